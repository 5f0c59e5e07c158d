"""A full disk and a read-only folder, for real on a small file system; an engine that stops; a flood of files."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from conftest import refresh
from typer.testing import CliRunner

from valuenet_pipeline import warehouse
from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.orchestration.archive import take_in

SIZE_MB = 40


@pytest.fixture
def small_disk(acme: flow.Project, shipped: flow.Project) -> Iterator[flow.Project]:
    """A project whose warehouse is a file system of its own, with a publication of other companies."""
    acme.warehouse.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(acme.warehouse)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip(f"a file system can only be mounted by root: {done.stderr.strip()}")
    try:
        take_in(acme, flow.scan_inbox(acme))
        candidate = Path(shutil.copy(shipped.published, acme.warehouse / ".build-first.duckdb"))
        warehouse.publish(candidate, acme.published, "2020")
        yield acme
    finally:
        subprocess.run(["umount", str(acme.warehouse)], check=True)


def fill(project: flow.Project, leave: int) -> Path:
    """Take all of the disk but `leave` bytes."""
    path = project.warehouse / "filler"
    free = os.statvfs(project.warehouse)
    with path.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, free.f_bavail * free.f_frsize - leave)
    return path


def companies(project: flow.Project) -> int:
    with duckdb.connect(str(project.published), read_only=True) as connection:
        (row,) = connection.execute("select count(distinct entity_id) from mart.income_statement").fetchall()
        return int(row[0])


def test_a_full_disk_stops_a_refresh_and_harms_nothing(small_disk: flow.Project) -> None:
    before = small_disk.published.resolve()
    inbox = flow.scan_inbox(small_disk)

    filler = fill(small_disk, leave=4096)
    with pytest.raises(OSError, match=r"report\.csv cannot be stored"):
        flow.read_inbox(small_disk, inbox)
    filler.unlink()
    (state,) = flow.read_inbox(small_disk, inbox)
    assert (state.state, state.facts) == ("read", 20)  # the file is not taken for a bad one

    filler = fill(small_disk, leave=1_000_000)
    with pytest.raises(duckdb.Error, match="No space left"):
        flow.build_candidate(small_disk, inbox, "full")
    filler.unlink()
    candidate = flow.build_candidate(small_disk, inbox, "next")

    filler = fill(small_disk, leave=0)
    with pytest.raises(OSError, match="No space left"):
        flow.publish_candidate(small_disk, candidate)
    assert small_disk.published.resolve() == before
    assert flow.published_fault(small_disk) is None
    assert companies(small_disk) == 4
    filler.unlink()

    flow.publish_candidate(small_disk, candidate)
    assert companies(small_disk) == 1
    assert flow.published_fault(small_disk) is None
    left = {path.name for path in small_disk.warehouse.iterdir() if not path.name.startswith("valuenet")}
    assert left == {"lines"}


def test_the_command_says_in_one_line_that_the_disk_is_full_or_read_only(
    small_disk: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(small_disk.root))
    filler = fill(small_disk, leave=4096)
    full = CliRunner().invoke(app, ["refresh"])
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk.warehouse)], check=True)
    read_only = CliRunner().invoke(app, ["refresh"])
    for shown, reason in ((full, "No space left"), (read_only, "Read-only file system")):
        assert shown.exit_code == 1
        (line,) = [line for line in shown.stderr.splitlines() if line]
        assert line.startswith("error: ")
        assert reason in line
        assert line.endswith("`valuenet ui` shows the run")
    shown = CliRunner().invoke(app, ["sql", "select count(distinct entity_id) from mart.income_statement"])
    assert "4" in shown.stdout  # a file on a read-only disk can be read


ABORTS = ("before_wal_finish", "before_header", "after_free_list_write", "before_truncate", "before_header_non_fatal")


def test_an_engine_that_stops_while_it_writes_leaves_the_publication(
    acme: flow.Project, shipped: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB's own switch ends its checkpoint at each of these places."""
    acme.warehouse.mkdir()
    inbox = flow.scan_inbox(acme)
    take_in(acme, inbox)
    candidate = Path(shutil.copy(shipped.published, acme.warehouse / ".build-first.duckdb"))
    before = warehouse.publish(candidate, acme.published, "2020")
    flow.read_inbox(acme, inbox)
    build = sys.modules[warehouse.build.__module__]
    opened = build.open_new
    for place in ABORTS:

        @contextmanager
        def aborting(path: Path, place: str = place) -> Iterator[duckdb.DuckDBPyConnection]:
            with opened(path) as connection:
                connection.execute(f"set debug_checkpoint_abort = '{place}'")
                yield connection

        monkeypatch.setattr(build, "open_new", aborting)
        with pytest.raises(duckdb.Error):
            flow.build_candidate(acme, inbox, place)
        assert acme.published.resolve() == before
        assert flow.published_fault(acme) is None
    monkeypatch.setattr(build, "open_new", opened)
    refresh(acme)
    assert companies(acme) == 1
    assert not list(acme.warehouse.glob(".build-*"))


def test_a_thousand_files_more_are_all_read_in_the_memory_of_a_few(acme: flow.Project) -> None:
    for number in range(1000):
        folder = acme.inbox / f"company{number % 20}"
        folder.mkdir(exist_ok=True)
        text = f"Annual Report 2021\nIncome statement (USD million)\n,2021,2020\nRevenue,{number},90\n"
        (folder / f"report-{number}.csv").write_text(text, encoding="utf-8")
    inbox = flow.scan_inbox(acme)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    states = flow.read_inbox(acme, inbox)
    assert [(state.state, state.facts) for state in states] == [("read", 20), *[("read", 2)] * 1000]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # KiB
