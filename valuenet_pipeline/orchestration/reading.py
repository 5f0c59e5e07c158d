"""Read what is new in the inbox: in child processes with limits, so that no file takes the refresh down with it.

Belongs here: which extracts are read, by whom, and what became of each. Not here: how one is read (`extract`).
"""

from __future__ import annotations

import hashlib
import os
import resource
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import valuenet_pipeline
from valuenet_pipeline import warehouse
from valuenet_pipeline.catalog import EntityProfile, load_catalog
from valuenet_pipeline.catalog.layout import Layout
from valuenet_pipeline.extract import Options, Reading, read_extract
from valuenet_pipeline.extract.limits import MAX_BYTES
from valuenet_pipeline.extract.read import refuse, stopped
from valuenet_pipeline.extract.worker import DEFAULT_LIMITS, Limits, WorkerFailed, map_limited
from valuenet_pipeline.orchestration import log
from valuenet_pipeline.orchestration.archive import file_of, take_in, versions
from valuenet_pipeline.orchestration.inbox import Inbox, InboxFile, open_regular
from valuenet_pipeline.orchestration.project import Project
from valuenet_pipeline.vocabulary import Finding

Progress = Callable[[int, int, str], None]

CHANGED = "the file changed or went while it was read; it is read again at the next refresh"


@dataclass(frozen=True)
class Note:
    """What a finding says, short enough for a table."""

    severity: str
    place: str
    message: str
    remedy: str


@dataclass(frozen=True)
class ExtractState:
    """What became of one extract."""

    extract_id: str
    entity_id: str
    content_hash: str
    state: str
    """As in core.extract; or changed, where the file was another one than was listed when its turn came."""
    is_newly_read: bool
    lines: int
    facts: int
    findings: int
    unknown_labels: list[str]
    messages: list[str]
    notes: list[Note]
    """Findings other than unknown labels: what was left out, and why."""


@dataclass(frozen=True)
class NotStored:
    """A reading that could not be written down, which is no fault of the file."""

    reason: str


@dataclass(frozen=True)
class ReadJob:
    """One extract to be read and stored, as it is handed to a child process."""

    path: Path
    name: str
    content_hash: str
    profile: EntityProfile | None
    layouts: tuple[Layout, ...]
    folder: Path
    key: str


@cache
def code_version() -> str:
    """Hash of the package's code: readings of another version are not reused."""
    digest = hashlib.sha256()
    for path in sorted(Path(valuenet_pipeline.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def slice_key(inbox: Inbox, file: InboxFile) -> str:
    """Name of an extract's slice: a hash of all that made it."""
    profile = inbox.profile_hashes.get(file.entity_id, "")
    parts = (file.content_hash, file.name, profile, load_catalog().reading_version, code_version())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def read_inbox(
    project: Project, inbox: Inbox, on_progress: Progress | None = None, limits: Limits = DEFAULT_LIMITS
) -> list[ExtractState]:
    """Take the inbox into the archive and read what no slice holds yet, several at a time; one bad extract fails alone.

    What was replaced or removed is read from the archive, where no slice of it is left.
    Raises OSError when a reading cannot be stored, as on a full disk.
    """
    take_in(project, inbox)
    keys = {file.extract_id: slice_key(inbox, file) for file in inbox.files}
    wanted = _wanted(project, inbox)
    for key in sorted(warehouse.discard_damaged(project.slices, wanted)):
        log.event("slice_damaged", level="warning", extract_id=wanted[key].extract_id)
    jobs = {
        key: ReadJob(
            file.path,
            file.name,
            file.content_hash,
            inbox.profiles.get(file.entity_id),
            inbox.layouts.get(file.entity_id, ()),
            project.slices,
            key,
        )
        for key, file in wanted.items()
        if not warehouse.has_slice(project.slices, key)
    }
    total = len(wanted)
    done = total - len(jobs)
    results = map_limited(read_and_store, jobs.values(), limits=limits)
    # Closing ends the children, whatever ends this loop: Ctrl-C, a full disk, a cancelled run.
    with closing(cast(Generator[tuple[ReadJob, bool | NotStored | WorkerFailed], None, None], results)):
        for job, result in results:
            if isinstance(result, WorkerFailed):
                _store(job, refuse(stopped(job.name, result.reason)))
            elif isinstance(result, NotStored):
                raise OSError(f"the reading of {job.name} cannot be stored: {result.reason}")
            _log(_state(wanted[job.key], _load(project, job.key), True))
            done += 1
            if on_progress:
                on_progress(done, total, job.name)
    return [
        _state(file, _load(project, key), key in jobs) for file, key in zip(inbox.files, keys.values(), strict=True)
    ]


def prune_slices(project: Project, inbox: Inbox) -> None:
    """Remove readings that neither the inbox nor the archive needs, and that nobody has needed for long."""
    warehouse.prune_slices(project.slices, _wanted(project, inbox))


def _wanted(project: Project, inbox: Inbox) -> dict[str, InboxFile]:
    """Slice key → file: the inbox, and what was replaced or removed."""
    past = [file_of(project, version) for version in versions(project) if version.left_at is not None]
    return {slice_key(inbox, file): file for file in (*past, *inbox.files)}


def _log(state: ExtractState) -> None:
    log.event(
        f"extract_{state.state}",
        level="info" if state.state == "read" else "warning",
        extract_id=state.extract_id,
        content_hash=state.content_hash,
        lines=state.lines,
        facts=state.facts,
        findings=state.findings,
        reason=None if state.state == "read" else "; ".join(state.messages),
    )


def refused(inbox: Inbox) -> list[ExtractState]:
    """The files that are refused unopened, as extracts in quarantine."""
    return [
        ExtractState(
            one.extract_id, one.entity_id, "", "quarantined", False, 0, 0, 1, [], [one.finding.message],
            [Note("error", "", one.finding.message, one.finding.remedy)],
        )
        for one in inbox.unread
        if one.finding.severity == "error"
    ]  # fmt: skip


def read_and_store(job: ReadJob) -> bool | NotStored:
    """Read one extract and store its slice; False where the file is no longer the one that was listed.

    The file is read once, in one piece, and what is stored under a hash is made from the bytes with that hash: a file
    replaced meanwhile gives all of the old content or nothing, and one still being copied waits for its end.
    """
    try:
        with open_regular(job.path) as stream:
            # a read takes the memory for all that it asks for, before it knows how little there is
            content = stream.read(min(os.fstat(stream.fileno()).st_size, MAX_BYTES) + 1)
    except OSError:
        return False
    if hashlib.sha256(content).hexdigest() != job.content_hash:
        return False
    reading = read_extract(content, job.name, load_catalog(), job.profile, Options(layouts=job.layouts))
    _allow_large_files()
    try:
        _store(job, reading)
    except OSError as error:
        return NotStored(str(error))
    return True


def _allow_large_files() -> None:
    """Lift a child's limit on written files: while it parsed it wrote nothing, and the slice of a panel is large."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def _store(job: ReadJob, reading: Reading) -> None:
    warehouse.store_slice(job.folder, job.key, reading.tables, _summary(reading))


def _summary(reading: Reading) -> dict[str, object]:
    lines = reading.lines
    years = [int(year) for year in lines["fiscal_year"].dropna().unique()]
    labels = {finding.label for finding in reading.findings if finding.check_id == "label" and finding.label}
    return {
        "state": "quarantined" if reading.is_refused else "read",
        "report_kind": reading.report_kind,
        "report_fiscal_year": max(years, default=None),
        "lines": len(lines) or sum(len(frame) for name, frame in reading.tables.items() if name != "finding"),
        "facts": int(lines["outcome"].isin(["fact", "nil"]).sum()),
        "unknown_labels": sorted(labels),
        "messages": [f"{finding.severity}: {finding.message}" for finding in reading.findings],
        "notes": [
            asdict(Note(finding.severity, place_of(finding), finding.message, finding.remedy))
            for finding in reading.findings
            if finding.check_id != "label"
        ],
    }


def place_of(finding: Finding) -> str:
    """Sheet and cell as a spreadsheet writes them; empty for the whole file."""
    return "!".join(part for part in (finding.sheet, finding.cell) if part)


def _load(project: Project, key: str) -> dict[str, Any]:
    """What was said about an extract when it was stored, or that it was not stored."""
    if warehouse.has_slice(project.slices, key):
        return warehouse.load_slice(project.slices, key)
    notes = [asdict(Note("error", "", CHANGED, ""))]
    return {"state": "changed", "lines": 0, "facts": 0, "unknown_labels": [], "messages": [CHANGED], "notes": notes}


def _state(file: InboxFile, summary: dict[str, Any], is_new: bool) -> ExtractState:
    return ExtractState(
        extract_id=file.extract_id,
        entity_id=file.entity_id,
        content_hash=file.content_hash,
        state=summary["state"],
        is_newly_read=is_new,
        lines=summary["lines"],
        facts=summary["facts"],
        findings=len(summary["messages"]),
        unknown_labels=summary["unknown_labels"],
        messages=summary["messages"],
        notes=[Note(**note) for note in summary["notes"]],
    )
