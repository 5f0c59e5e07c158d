"""The archive: a copy of every content that was ever taken from the inbox, and a journal of what came and left when.

Belongs here: the journal, the versions of an extract that it tells, copies by content hash.
Not here: what lies in the inbox now (`inbox`), reading an extract (`reading`).
"""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from valuenet_pipeline import warehouse
from valuenet_pipeline.orchestration.inbox import UNREADABLE, Inbox, InboxFile, open_regular, scan_inbox, sha256_of
from valuenet_pipeline.orchestration.project import Project

Event = dict[str, Any]
"""A line of the journal: what happened to an extract, and when a refresh noticed, which all its events share."""
ARRIVED, LEFT, RENAMED = "arrived", "left", "renamed"
REPLACED, REMOVED = "replaced", "removed"
CHUNK = 1024**2
TICK = datetime.timedelta(microseconds=1)
"""The least time between two moments, which is that of a timestamp in the warehouse."""
ANEW = "move {} away, and what was known when begins anew"
SETTLED_AFTER = 5.0
"""Seconds for which a file must not have changed before it is taken to be whole."""


class ArchiveError(Exception):
    """What the archive says cannot be gone on from; the message says what to do."""


class InboxGoneError(ArchiveError):
    """Every extract is gone at once: rather a folder that is not there than reports that never were."""


@dataclass(frozen=True)
class Version:
    """One content that an extract had for a time."""

    extract_id: str
    """The name it has in the inbox, or had when it left."""
    number: int
    """From 1, by name."""
    chain: int
    """The same for all versions of one extract, whatever it was renamed to."""
    content_hash: str
    size: int
    arrived_at: datetime.datetime
    """When a refresh first met it, UTC."""
    left_at: datetime.datetime | None = None
    """When a refresh no longer met it, UTC; None while it lies in the inbox."""
    left_because: str | None = None

    @property
    def entity_id(self) -> str:
        """The folder it lies in."""
        return self.extract_id.partition("/")[0]


def now() -> datetime.datetime:
    """The time in UTC, without a zone, as tables hold it."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def take_in(project: Project, inbox: Inbox) -> set[str]:
    """Copy what is new into the archive, and note what came and left; returns the extracts that are safely there.

    A file that is no longer the one that was listed is passed over, and is met by the next refresh.
    Raises InboxGoneError when nothing is left of an inbox that held extracts, ArchiveError when the archive forgot them.
    """
    project.archive.mkdir(parents=True, exist_ok=True)
    with _lock(project):
        journal, history = _read_journal(project)
        if not history and (known := warehouse.contents_known(project.published)):
            raise ArchiveError(
                f"{project.archive} remembers nothing, though what is published knows {known} contents of extracts: "
                f"bring it back from a backup; without one, {ANEW.format(project.warehouse)}"
            )
        held = {one.extract_id: one for one in history if one.left_at is None}
        if held and not inbox.files:
            raise InboxGoneError(
                f"{project.inbox} holds no extract, though it held {len(held)}: see whether the folder is there "
                f"whole; if all of them are to go, delete {project.archive} and the warehouse with them"
            )
        safe = [file for file in inbox.files if _keep(project, file)]
        if events := list(_events(held, safe, inbox, _after_all(journal))):
            _append(project, events)
    return {file.extract_id for file in safe}


def settled_inbox(project: Project) -> Inbox:
    """The inbox without what is still arriving: a file that waits is held at the version taken in before, if any.

    So is one that cannot be opened, which is a fault of the disk or of its permissions, and no withdrawal.
    """
    inbox = scan_inbox(project, SETTLED_AFTER)
    unsettled = [*inbox.waiting, *(one.extract_id for one in inbox.unread if one.finding.check_id == UNREADABLE)]
    if not unsettled:
        return inbox
    held = {one.extract_id: one for one in versions(project) if one.left_at is None}
    present = {(file.entity_id, file.content_hash) for file in inbox.files}
    kept = [
        file_of(project, one)
        for name in unsettled
        if (one := held.get(name)) is not None and (one.entity_id, one.content_hash) not in present
    ]
    return replace(inbox, files=tuple(sorted((*inbox.files, *kept), key=lambda file: file.extract_id.split("/"))))


def versions(project: Project) -> tuple[Version, ...]:
    """Every version of every extract, by arrival; none where nothing was taken in yet."""
    return _read_journal(project)[1]


def archived(project: Project, content_hash: str) -> Path:
    """Where a content is kept."""
    return project.archive / content_hash


def file_of(project: Project, version: Version) -> InboxFile:
    """A version as a file to be read: its copy in the archive."""
    copy = archived(project, version.content_hash)
    return InboxFile(version.extract_id, version.entity_id, copy, version.content_hash, version.size)


def journal_path(project: Project) -> Path:
    """The journal: a JSON object per line, in the order in which things happened."""
    return project.archive / "journal.jsonl"


def moments(history: Sequence[Version]) -> Iterator[tuple[list[Version], list[Version]]]:
    """Looks back to just before extracts left: what lay there then, and which of it was about to leave.

    A folder's extracts are judged beside each other, and folders apart from each other: so each look is at the first,
    second ... departure from every folder that had as many, and there are no more looks than departures from one.
    """
    departures: dict[str, list[datetime.datetime]] = {}
    for one in history:
        if one.left_at is not None:
            departures.setdefault(one.entity_id, []).append(one.left_at)
    sequences = {entity_id: sorted(set(found)) for entity_id, found in departures.items()}
    for place in range(max(map(len, sequences.values()), default=0)):
        at = {entity_id: found[place] for entity_id, found in sequences.items() if place < len(found)}
        there = [
            one
            for one in history
            if (moment := at.get(one.entity_id)) is not None
            and one.arrived_at < moment
            and (one.left_at is None or one.left_at >= moment)
        ]
        yield there, [one for one in there if one.left_at == at[one.entity_id]]


def versions_of(journal: Sequence[Event]) -> tuple[Version, ...]:
    """The versions that a journal tells, by arrival.

    A renamed content stays one extract, whatever the name had before: so names may be exchanged in one refresh.
    Raises ValueError, with the line, for an event that cannot follow those before it.
    """
    open_: dict[str, Version] = {}
    closed: list[Version] = []
    numbers: Counter[str] = Counter()
    last_chain: dict[str, int] = {}
    chains = 0

    def close(extract_id: str, at: datetime.datetime, because: str) -> None:
        if extract_id in open_:
            closed.append(replace(open_.pop(extract_id), left_at=at, left_because=because))

    for moment, refresh in groupby(enumerate(journal, start=1), key=lambda numbered: numbered[1]["at"]):
        events, at = list(refresh), datetime.datetime.fromisoformat(moment)
        renamed: dict[str, Version] = {}
        for line, event in events:
            if event["event"] == RENAMED:
                if (old := event.get("renamed_from")) not in open_:
                    raise ValueError(f"line {line}: {old} is renamed, and was not there")
                renamed[event["extract_id"]] = open_.pop(old)
                numbers[old] -= 1
                last_chain.pop(old)
        for _, event in events:
            if event["event"] == LEFT:
                close(event["extract_id"], at, REMOVED)
        for _, event in events:
            extract_id = event["extract_id"]
            if event["event"] == LEFT:
                continue
            close(extract_id, at, REPLACED)
            numbers[extract_id] += 1
            if (version := renamed.get(extract_id)) is None:
                if extract_id not in last_chain:
                    chains += 1
                chain = last_chain.get(extract_id, chains)
                version = Version(extract_id, 0, chain, event["content_hash"], event["bytes"], at)
            open_[extract_id] = replace(version, extract_id=extract_id, number=numbers[extract_id])
            last_chain[extract_id] = version.chain
    return tuple(sorted((*closed, *open_.values()), key=lambda one: (one.arrived_at, one.extract_id, one.number)))


def _after_all(journal: Sequence[Event]) -> datetime.datetime:
    """Now, or just after the last event where the clock was set back: what came later is known later."""
    return max([now(), *(datetime.datetime.fromisoformat(event["at"]) + TICK for event in journal[-1:])])


def _events(
    held: dict[str, Version], files: Sequence[InboxFile], inbox: Inbox, at: datetime.datetime
) -> Iterator[Event]:
    """What happened since: a content by another name is renamed, not removed and new, even where two changed places."""
    present = {file.extract_id for file in inbox.files}
    contents = {file.extract_id: file.content_hash for file in files}
    displaced = {
        (one.entity_id, one.content_hash): one
        for one in held.values()
        if one.extract_id not in present or contents.get(one.extract_id, one.content_hash) != one.content_hash
    }
    replaced = set()
    moment = at.isoformat(timespec="microseconds")
    for file in files:
        before = held.get(file.extract_id)
        if before is not None and before.content_hash == file.content_hash:
            continue
        old = displaced.pop((file.entity_id, file.content_hash), None)
        if old is None:
            replaced.add(file.extract_id)
        yield {
            "at": moment, "event": RENAMED if old else ARRIVED, "extract_id": file.extract_id,
            "content_hash": file.content_hash, "bytes": file.size,
            **({"renamed_from": old.extract_id} if old else {}),
        }  # fmt: skip
    for one in displaced.values():
        if one.extract_id not in replaced:
            yield {"at": moment, "event": LEFT, "extract_id": one.extract_id, "content_hash": one.content_hash}


def _keep(project: Project, file: InboxFile) -> bool:
    """Copy a file into the archive unless it is there whole; False where it is no longer what was listed."""
    kept = archived(project, file.content_hash)
    if kept.exists() and sha256_of(kept) == file.content_hash:
        return True
    descriptor, name = tempfile.mkstemp(prefix=".copy-", dir=project.archive)
    try:
        digest = hashlib.sha256()
        with os.fdopen(descriptor, "wb") as copy, open_regular(file.path) as stream:
            # What it grew by since it was listed is not copied: it may be anything.
            left = file.size + 1
            while left and (chunk := stream.read(min(CHUNK, left))):
                left -= len(chunk)
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        if digest.hexdigest() != file.content_hash:
            return False
        os.chmod(name, 0o444)
        os.replace(name, kept)
        return True
    except FileNotFoundError:
        return False
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _lock(project: Project) -> Iterator[None]:
    with (project.archive / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _read_journal(project: Project) -> tuple[list[Event], tuple[Version, ...]]:
    """The events and the versions they tell, none where nothing was taken in yet.

    Raises ArchiveError where the journal cannot be gone on from.
    """
    path = journal_path(project)
    if not path.exists():
        return [], ()
    try:
        journal = list(_whole_lines(path.read_bytes()))
        return journal, versions_of(journal)
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(
            f"{path} is damaged ({error}): bring it back from a backup; without one, "
            f"{ANEW.format(f'{path.parent} and {project.warehouse}')}"
        ) from error


def _whole_lines(content: bytes) -> Iterator[Event]:
    """The events; a last line that is cut off was being written when its writer died."""
    *lines, last = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    if _is_whole(last):
        yield json.loads(last)


def _is_whole(last: bytes) -> bool:
    """Whether the bytes after the last line end are a line nevertheless, as an editor may leave them."""
    try:
        return isinstance(json.loads(last), dict)
    except ValueError:
        return False


def _append(project: Project, events: Sequence[Event]) -> None:
    """All events of a refresh at the end of the journal, durably, over what a dead writer left half written."""
    lines = b"".join(f"{json.dumps(event, ensure_ascii=False)}\n".encode() for event in events)
    with journal_path(project).open("ab+") as stream:
        stream.seek(0)
        before, _, last = stream.read().rpartition(b"\n")
        if _is_whole(last):
            stream.write(b"\n")
        else:
            stream.truncate(len(before) + 1 if before else 0)
        stream.write(lines)
        stream.flush()
        os.fsync(stream.fileno())
    folder = os.open(project.archive, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
