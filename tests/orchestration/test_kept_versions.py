"""What the archive remembers: every content an extract had, when it came and left, whatever dies meanwhile."""

from __future__ import annotations

import errno
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from valuenet_pipeline.orchestration import archive
from valuenet_pipeline.orchestration import inbox as listing
from valuenet_pipeline.orchestration.archive import InboxGoneError, settled_inbox, take_in, versions
from valuenet_pipeline.orchestration.flow import Project, scan_inbox


@pytest.fixture
def desk(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    (project.inbox / "acme").mkdir(parents=True)
    put(project, "acme/a.csv", "first")
    return project


def put(project: Project, name: str, content: str, age: float = 60) -> Path:
    path = project.inbox / name
    path.write_text(content, encoding="utf-8")
    os.utime(path, (time.time() - age,) * 2)
    return path


def meet(project: Project) -> list[tuple[str, int, int, str | None]]:
    """One refresh's look; what the archive tells then."""
    take_in(project, scan_inbox(project))
    return [(one.extract_id, one.number, one.chain, one.left_because) for one in versions(project)]


def test_a_corrected_file_is_a_new_version_and_the_old_content_stays(desk: Project) -> None:
    meet(desk)
    put(desk, "acme/a.csv", "second")
    assert meet(desk) == [("acme/a.csv", 1, 1, "replaced"), ("acme/a.csv", 2, 1, None)]
    first, second = versions(desk)
    assert first.left_at == second.arrived_at
    assert archive.archived(desk, first.content_hash).read_text() == "first"


def test_an_unchanged_or_touched_file_is_noted_once(desk: Project) -> None:
    assert meet(desk) == meet(desk)
    put(desk, "acme/a.csv", "first", age=10)
    assert len(meet(desk)) == 1


def test_a_renamed_file_goes_on_under_its_new_name(desk: Project) -> None:
    meet(desk)
    (desk.inbox / "acme" / "a.csv").rename(desk.inbox / "acme" / "b.csv")
    assert meet(desk) == [("acme/b.csv", 1, 1, None)]
    put(desk, "acme/a.csv", "another")
    assert ("acme/a.csv", 1, 2, None) in meet(desk)


def test_files_that_change_places_go_on_under_their_new_names(desk: Project) -> None:
    put(desk, "acme/b.csv", "second")
    meet(desk)
    a, b = desk.inbox / "acme" / "a.csv", desk.inbox / "acme" / "b.csv"
    put(desk, "acme/a.csv", "second")
    put(desk, "acme/b.csv", "first")
    assert meet(desk) == [("acme/a.csv", 1, 2, None), ("acme/b.csv", 1, 1, None)]
    a.rename(a.with_name("last-year.csv"))
    put(desk, "acme/a.csv", "third")
    assert meet(desk) == [("acme/b.csv", 1, 1, None), ("acme/last-year.csv", 1, 2, None), ("acme/a.csv", 1, 3, None)]
    a.rename(b)
    gone, kept, moved = meet(desk)
    assert (gone, kept) == (("acme/b.csv", 1, 1, "removed"), ("acme/last-year.csv", 1, 2, None))
    assert moved == ("acme/b.csv", 2, 3, None)
    put(desk, "acme/b.csv", "fourth")
    assert meet(desk)[-2:] == [("acme/b.csv", 2, 3, "replaced"), ("acme/b.csv", 3, 3, None)]


def test_a_file_taken_away_and_put_back_has_been_away(desk: Project) -> None:
    put(desk, "acme/b.csv", "stays")
    meet(desk)
    (desk.inbox / "acme" / "a.csv").unlink()
    assert ("acme/a.csv", 1, 1, "removed") in meet(desk)
    put(desk, "acme/a.csv", "first")
    assert ("acme/a.csv", 2, 1, None) in meet(desk)


def test_an_inbox_that_is_gone_as_a_whole_is_no_removal(desk: Project) -> None:
    before = meet(desk)
    shutil.move(desk.inbox, desk.inbox.with_name("elsewhere"))
    with pytest.raises(InboxGoneError, match="whether the folder is there"):
        meet(desk)
    shutil.move(desk.inbox.with_name("elsewhere"), desk.inbox)
    assert meet(desk) == before


def test_a_line_half_written_by_a_dead_refresh_is_written_again(desk: Project) -> None:
    meet(desk)
    whole = archive.journal_path(desk).read_bytes()
    put(desk, "acme/b.csv", "later")
    after = meet(desk)
    full = archive.journal_path(desk).read_bytes()
    for cut in range(len(whole), len(full)):
        archive.journal_path(desk).write_bytes(full[:cut])
        assert [one[:2] for one in meet(desk)] == [one[:2] for one in after]


def test_a_last_line_without_an_end_counts_where_it_is_whole(desk: Project) -> None:
    before = meet(desk)
    journal = archive.journal_path(desk)
    journal.write_bytes(journal.read_bytes().rstrip(b"\n"))
    assert meet(desk) == before
    put(desk, "acme/b.csv", "later")
    assert meet(desk) == [*before, ("acme/b.csv", 1, 2, None)]


@pytest.mark.parametrize(
    ("junk", "said"),
    [
        (b"\xff", "line 2"),
        (b'{"at": ', "line 2"),
        (b'{"at": "2022-01-10T09:00:00", "event": "renamed", "extract_id": "b", "renamed_from": "c"}', "line 2: c is"),
        (b'{"event": "left"}', "'at'"),
        (b"[]", "list indices"),
    ],
)
def test_a_damaged_journal_is_said_and_left_as_it_is(desk: Project, junk: bytes, said: str) -> None:
    meet(desk)
    journal = archive.journal_path(desk)
    journal.write_bytes(journal.read_bytes() + junk + b"\n")
    damaged = journal.read_bytes()
    with pytest.raises(
        archive.ArchiveError, match=rf"journal\.jsonl is damaged \({said}.* bring it back from a backup"
    ):
        meet(desk)
    assert journal.read_bytes() == damaged


def test_a_damaged_copy_is_made_again_while_its_file_is_there(desk: Project) -> None:
    meet(desk)
    (version,) = versions(desk)
    copy = archive.archived(desk, version.content_hash)
    for damage in (b"", b"fir5t"):
        copy.chmod(0o644)
        copy.write_bytes(damage)
        meet(desk)
        assert copy.read_text() == "first"


def test_a_file_replaced_after_it_was_listed_is_not_noted_under_what_it_was(desk: Project) -> None:
    listed = scan_inbox(desk)
    put(desk, "acme/a.csv", "later")
    assert take_in(desk, listed) == set()
    assert versions(desk) == ()
    assert list(desk.archive.glob(".copy-*")) == []


@pytest.mark.parametrize("mark", ["~$a.csv", ".~lock.a.csv#"])
def test_a_file_that_is_open_or_still_changing_is_held_at_what_was_taken_in_before(desk: Project, mark: str) -> None:
    meet(desk)
    put(desk, "acme/a.csv", "half of the sec", age=0)
    put(desk, "acme/new.csv", "half of the fir", age=0)
    inbox = settled_inbox(desk)
    assert inbox.waiting == ("acme/a.csv", "acme/new.csv")
    assert [(file.extract_id, file.path.read_text()) for file in inbox.files] == [("acme/a.csv", "first")]
    assert inbox.hash == scan_before(desk)
    put(desk, "acme/a.csv", "second")
    put(desk, "acme/new.csv", "first of new")
    put(desk, f"acme/{mark}", "", age=3600)
    assert settled_inbox(desk).waiting == ("acme/a.csv",)
    put(desk, f"acme/{mark}", "", age=2 * 86400)
    assert [file.path.read_text() for file in settled_inbox(desk).files] == ["second", "first of new"]


@pytest.mark.parametrize(("code", "is_named"), [(errno.EBUSY, False), (errno.EACCES, True)])
def test_a_file_that_cannot_be_opened_is_not_taken_for_removed(
    desk: Project, monkeypatch: pytest.MonkeyPatch, code: int, is_named: bool
) -> None:
    meet(desk)
    put(desk, "acme/a.csv", "second")
    put(desk, "acme/new.csv", "first of new")

    def refused(path: Path) -> None:
        raise OSError(code, os.strerror(code), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(listing, "open_regular", refused)
        inbox = settled_inbox(desk)
    assert [(file.extract_id, file.path.read_text()) for file in inbox.files] == [("acme/a.csv", "first")]
    told = ["acme/a.csv", "acme/new.csv"]
    assert [one.extract_id for one in inbox.unread] == (told if is_named else [])
    assert list(inbox.waiting) == ([] if is_named else told)
    assert [file.path.read_text() for file in settled_inbox(desk).files] == ["second", "first of new"]


def scan_before(project: Project) -> str:
    """The hash of the inbox that was taken in."""
    held = [archive.file_of(project, one) for one in versions(project) if one.left_at is None]
    return replace(scan_inbox(project), files=tuple(held)).hash
