"""Reading the inbox in child processes: one bad file costs itself alone, and nothing is passed over in silence."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import shutil
import time
from pathlib import Path

import dagster as dg
import pytest

from valuenet_pipeline import warehouse
from valuenet_pipeline.extract.worker import Limits
from valuenet_pipeline.orchestration import flow, preview
from valuenet_pipeline.orchestration.assets import EXTRACT, inbox_slice
from valuenet_pipeline.orchestration.instance import resources
from valuenet_pipeline.orchestration.metadata import extract_metadata

EXAMPLE = Path(__file__).parents[2] / "examples" / "messy-report.csv"


def read(project: flow.Project) -> dict[str, flow.ExtractState]:
    return {state.extract_id: state for state in flow.read_inbox(project, flow.scan_inbox(project))}


def unread(project: flow.Project) -> dict[str, tuple[str, str]]:
    return {
        one.extract_id: (one.finding.check_id, one.finding.message) for one in flow.scan_inbox(project).unread
    }  # fmt: skip


def test_a_reading_is_stored_once_and_kept(acme: flow.Project) -> None:
    first, again = read(acme)["acme/report.csv"], read(acme)["acme/report.csv"]
    assert (first.state, first.facts, first.is_newly_read) == ("read", 20, True)
    assert (again.facts, again.is_newly_read) == (20, False)


def test_a_file_that_breaks_a_limit_is_quarantined_and_the_others_are_read(acme: flow.Project) -> None:
    (acme.inbox / "acme" / "huge.csv").write_bytes(b"1,2,3,4,5,6,7,8,9,0\n" * 400_000)
    states = flow.read_inbox(acme, flow.scan_inbox(acme), limits=Limits(memory_bytes=48 * 1024**2))
    huge, report = states
    assert (report.state, report.facts) == ("read", 20)
    assert (huge.state, huge.facts) == ("quarantined", 0)
    assert "huge.csv" in huge.messages[0]
    assert re.search("MemoryError|limit of memory", huge.messages[0])
    assert huge.notes[0].remedy
    assert [state.is_newly_read for state in flow.read_inbox(acme, flow.scan_inbox(acme))] == [False, False]


def test_a_file_beyond_the_size_limit_is_refused_before_any_of_it_is_read(acme: flow.Project) -> None:
    path = acme.inbox / "acme" / "huge.xlsx"
    with path.open("wb") as stream:
        stream.truncate(20 * 1024**3)  # a hole, which takes no room on the disk
    begun = time.monotonic()
    assert unread(acme) == {
        "acme/huge.xlsx": ("FIL-03", "huge.xlsx has 21,474,836,480 bytes; the limit is 52,428,800.")
    }
    assert time.monotonic() - begun < 2
    assert list(read(acme)) == ["acme/report.csv"]


def test_a_file_that_grew_after_it_was_listed_is_not_read_whole(acme: flow.Project) -> None:
    inbox = flow.scan_inbox(acme)
    with (acme.inbox / "acme" / "report.csv").open("ab") as stream:
        stream.truncate(20 * 1024**3)
    (state,) = flow.read_inbox(acme, inbox)
    assert state.state == "changed"


def test_a_slice_may_be_larger_than_what_a_parser_may_write(acme: flow.Project) -> None:
    draw = random.Random(1)
    rows = [
        f"C{n},2023-12-31,USD,{draw.randrange(10**9, 10**12)},{draw.randrange(10**9, 10**12)}" for n in range(15_000)
    ]
    header = "Ticker,Report Date,Currency,Revenue,Total Assets"
    (acme.inbox / "acme" / "panel.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    assert read(acme)["acme/panel.csv"].facts == 30_000
    assert max(path.stat().st_size for path in acme.slices.rglob("*.parquet")) > 1024**2


def test_a_file_replaced_after_it_was_listed_is_read_at_the_next_refresh(acme: flow.Project) -> None:
    inbox = flow.scan_inbox(acme)
    path = acme.inbox / "acme" / "report.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1,286,540.37", "1,286,540.38"), encoding="utf-8")
    (state,) = flow.read_inbox(acme, inbox)
    assert (state.state, state.facts) == ("changed", 0)
    assert "again" in state.messages[0]
    assert not list(acme.slices.rglob("*.parquet"))
    assert read(acme)["acme/report.csv"].facts == 20


def test_a_file_taken_away_after_it_was_listed_stops_nobody(acme: flow.Project) -> None:
    (acme.inbox / "acme" / "gone.csv").write_text("a,b\n", encoding="utf-8")
    inbox = flow.scan_inbox(acme)
    (acme.inbox / "acme" / "gone.csv").unlink()
    assert [state.state for state in flow.read_inbox(acme, inbox)] == ["changed", "read"]


def test_what_is_no_regular_file_is_refused_by_name_and_not_opened(acme: flow.Project, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x.csv").write_text("a,b\n", encoding="utf-8")
    folder = acme.inbox / "acme"
    os.symlink(tmp_path / "secret" / "x.csv", folder / "link.csv")
    os.symlink(tmp_path / "secret", folder / "linked")
    os.mkfifo(folder / "pipe.csv")
    found = unread(acme)
    assert {name: check for name, (check, _) in found.items()} == dict.fromkeys(
        ("acme/link.csv", "acme/linked", "acme/pipe.csv"), "FIL-08"
    )
    assert "a symbolic link" in found["acme/link.csv"][1]
    assert "a named pipe" in found["acme/pipe.csv"][1]
    assert list(read(acme)) == ["acme/report.csv"]


@pytest.mark.parametrize("name", ["a\nb.csv", "a\u202ecsv.exe", "..%2f..%2fx.csv", "a\\b.csv", "\x1b[31m.csv"])
def test_an_unsafe_name_is_refused_and_printed_on_one_plain_line(acme: flow.Project, name: str) -> None:
    (acme.inbox / "acme" / name).write_text("a,b\n", encoding="utf-8")
    ((shown, (check, message)),) = unread(acme).items()
    assert check == "FIL-08"
    assert (shown + message).isprintable()


def test_a_name_that_is_no_text_is_refused(acme: flow.Project) -> None:
    try:
        (acme.inbox / "acme" / os.fsdecode(b"\xff.csv")).write_text("a,b\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    before = flow.scan_inbox(acme)
    assert before.hash
    assert list(unread(acme)) == ["acme/\\udcff.csv"]


def test_a_file_outside_a_companys_folder_is_named(acme: flow.Project) -> None:
    (acme.inbox / "stray.csv").write_text("a,b\n", encoding="utf-8")
    assert "no company's folder" in unread(acme)["stray.csv"][1]


def test_lock_and_half_copied_files_are_listed_as_ignored(acme: flow.Project) -> None:
    for name in ("~$report.xlsx", ".~lock.report.csv#", "new.xlsx.part"):
        (acme.inbox / "acme" / name).write_text("x", encoding="utf-8")
    inbox = flow.scan_inbox(acme)
    assert set(inbox.ignored) == {"acme/~$report.xlsx", "acme/.~lock.report.csv#", "acme/new.xlsx.part"}
    assert not inbox.unread


def test_the_same_bytes_under_another_name_are_read_once(acme: flow.Project) -> None:
    alone = flow.scan_inbox(acme).hash
    shutil.copy(acme.inbox / "acme" / "report.csv", acme.inbox / "acme" / "report (1).csv")
    inbox = flow.scan_inbox(acme)
    assert [file.extract_id for file in inbox.files] == ["acme/report (1).csv"]
    assert unread(acme) == {"acme/report.csv": ("FIL-09", "the same bytes as acme/report (1).csv, which is read once")}
    assert inbox.hash != alone
    other = acme.inbox / "other"
    other.mkdir()
    shutil.copy(acme.inbox / "acme" / "report.csv", other)
    assert len(flow.scan_inbox(acme).files) == 2


def test_an_interrupt_ends_the_children(acme: flow.Project) -> None:
    def interrupt(_done: int, _total: int, _name: str) -> None:
        raise KeyboardInterrupt

    for number in range(4):
        (acme.inbox / "acme" / f"{number}.csv").write_text(f"a,b\n{number},1\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt) as kept:
        flow.read_inbox(acme, flow.scan_inbox(acme), interrupt)
    # The exception holds its frames, so that nothing is ended by mere garbage collection.
    assert kept.traceback
    assert multiprocessing.active_children() == []


def test_an_extracts_partition_shows_lines_facts_findings_and_what_was_not_understood(acme: flow.Project) -> None:
    os.symlink(EXAMPLE, acme.inbox / "acme" / "link.csv")
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([EXTRACT, inbox_slice], instance=instance, resources=resources(acme))
        assert result.success
        (event,) = instance.fetch_materializations(EXTRACT.key, limit=10).records
    assert event.partition_key == "acme/report.csv"
    assert event.asset_materialization is not None
    shown = event.asset_materialization.metadata
    assert [shown[name].value for name in ("state", "lines", "facts", "findings")] == ["read", 22, 20, 2]
    assert shown["unknown_labels"].value == "- 加：资产处理收益"
    heading, _, row = str(shown["left_out"].value).splitlines()
    assert heading == "| severity | place | message | remedy |"
    assert "interim" in row
    assert "csv!E" in row
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert "symbolic link" in str(check.metadata["reasons"].value)


def test_text_from_a_file_is_no_markup_in_the_interface() -> None:
    note = flow.Note("error", "S!A1", "<img src=x> [x](http://e) | `a`\n\x1b[31m", "")
    state = flow.ExtractState("a/b.csv", "a", "", "read", True, 1, 0, 1, ["*bold*\u202e"], [], [note])
    shown = extract_metadata(state)
    assert shown["left_out"].value.splitlines()[-1] == (
        r"| error | S!A1 | \<img src=x\> \[x\](http://e) \| \`a\` \\x1b\[31m |  |"
    )
    assert shown["unknown_labels"].value == r"- \*bold\*\\u202e"


def test_a_panel_of_many_companies_is_charted_by_a_few(project: flow.Project) -> None:
    """One file may hold thousands of companies; a chart of them all would be of no use, and fail."""
    rows = "\n".join(f"C{number};USD;2021-12-31;{number + 10}00000000;{number + 4}00000000" for number in range(1200))
    folder = project.inbox / "vendor"
    folder.mkdir()
    (folder / "panel.csv").write_text(f"Ticker;Currency;Report Date;Revenue;Gross Profit\n{rows}\n", encoding="utf-8")
    inbox = flow.scan_inbox(project)
    flow.read_inbox(project, inbox)
    candidate = flow.build_candidate(project, inbox, "many")
    with warehouse.connect_read_only(candidate) as connection:
        assert preview.table_rows(connection, "core.entity") > 1200
        assert preview.headline_series(connection, "mart.ratio")["series"].nunique() < 30
