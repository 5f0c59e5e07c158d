"""What lies in the inbox: extracts and profiles, and what is not read and why.

Belongs here: listing, hashing, the kinds of files refused. Not here: reading an extract (`reading`).
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from io import BufferedReader
from pathlib import Path, PurePath

from valuenet_pipeline.catalog import EntityProfile, Metric, MetricFault, load_entity, load_metrics
from valuenet_pipeline.catalog.layout import Layout, load_layouts
from valuenet_pipeline.extract.grid import Refused
from valuenet_pipeline.extract.limits import check_size
from valuenet_pipeline.orchestration.project import LAYOUT, METRICS, PROFILE, Project
from valuenet_pipeline.report.plain import is_plain, plain
from valuenet_pipeline.vocabulary import Finding

TEMPORARY = (".part", ".tmp", ".crdownload", ".swp")
HELD = frozenset({errno.EAGAIN, errno.EBUSY, errno.ETXTBSY, errno.ESTALE})
"""What passes by itself: a file held by another program, a table of processes that is full, a file server that replaced it.

Not among them: permission denied, no space, no such file. Those wait for somebody.
"""
UNREADABLE = "FIL-02"
LONGEST_NAME = 150
LONGEST_EDIT = 24 * 3600.0
"""Seconds."""
SPECIAL = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True)
class InboxFile:
    """A file in the inbox."""

    extract_id: str
    entity_id: str
    path: Path
    content_hash: str
    size: int

    @property
    def name(self) -> str:
        """The file's name, which may say what is in it."""
        return self.extract_id.rpartition("/")[2]


@dataclass(frozen=True)
class Unread:
    """A file that is not read, by a name that is safe to print, and why."""

    extract_id: str
    entity_id: str
    finding: Finding


@dataclass(frozen=True)
class Inbox:
    """The inbox at one moment."""

    files: tuple[InboxFile, ...]
    profiles: dict[str, EntityProfile]
    configuration_faults: dict[str, str]
    """Path below the inbox of a profile or layout file → what is wrong with it."""
    profile_hashes: dict[str, str]
    """Entity → hash of all that is configured about it."""
    layouts: dict[str, tuple[Layout, ...]] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    """Refused files, and other names of files that are read once."""
    ignored: tuple[str, ...] = ()
    """Lock files, hidden files and half-copied ones, which are no extracts and no fault."""
    waiting: tuple[str, ...] = ()
    """Files that changed a moment ago, or are held or open in another program: extracts among them are not in `files`."""
    metrics: tuple[Metric, ...] = ()
    """Metrics that the user adds to the catalog's."""
    metrics_hash: str = ""

    @cached_property
    def hash(self) -> str:
        """Changes exactly when a path, a content, a profile or a refusal does."""
        parts = [f"{file.extract_id}\0{file.content_hash}" for file in self.files]
        parts += [f"{entity}\0{digest}" for entity, digest in sorted(self.profile_hashes.items())]
        parts += [f"{one.extract_id}\0{one.finding.message}" for one in self.unread]
        parts += [f"{METRICS}\0{self.metrics_hash}"]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass
class _Scan:
    """An inbox in the making."""

    files: list[InboxFile] = field(default_factory=list)
    profiles: dict[str, EntityProfile] = field(default_factory=dict)
    layouts: dict[str, tuple[Layout, ...]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    metrics: tuple[Metric, ...] = ()
    metrics_hash: str = ""


@contextmanager
def open_regular(path: Path) -> Iterator[BufferedReader]:
    """A file opened for reading; raises OSError for anything else, and never waits on a pipe or follows a link."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield stream


def scan_inbox(project: Project, settled_after: float = 0) -> Inbox:
    """All extracts and profiles; what is refused is named with the reason.

    A file that changed less than `settled_after` seconds ago may not be whole, and waits.
    """
    scan = _Scan()
    paths = sorted(_paths(project.inbox), key=lambda path: path.parts)
    owned = _owned(paths) if settled_after else set()
    for path in paths:
        relative = path.relative_to(project.inbox)
        is_waiting = bool(settled_after) and (path in owned or _is_younger(path, settled_after))
        _take(scan, path, relative, is_waiting=is_waiting)
    files = list(_without_aliases(scan))
    return Inbox(
        tuple(files), scan.profiles, scan.faults, scan.hashes, scan.layouts, tuple(scan.unread), tuple(scan.ignored),
        tuple(scan.waiting), scan.metrics, scan.metrics_hash,
    )  # fmt: skip


def _is_younger(path: Path, seconds: float) -> bool:
    """Whether a file changed so lately; a time that lies in the future tells nothing."""
    try:
        age = time.time() - path.lstat().st_mtime
    except OSError:
        return False
    return abs(age) < seconds


def _owned(paths: Iterable[Path]) -> set[Path]:
    """Files beside which a spreadsheet program keeps its mark of having them open; a mark of yesterday was left behind."""
    marks = (path for path in paths if path.name.startswith(("~$", ".~lock.")) and _is_younger(path, LONGEST_EDIT))
    return {mark.with_name(mark.name.removeprefix("~$").removeprefix(".~lock.").removesuffix("#")) for mark in marks}


def _paths(root: Path) -> Iterator[Path]:
    """Everything below a folder but folders; links to folders are listed and not followed."""
    for folder, folders, names in os.walk(root):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        yield from (Path(folder, name) for name in (*names, *links))


def _take(scan: _Scan, path: Path, relative: Path, *, is_waiting: bool) -> None:
    """Add one path to what it is part of."""
    entity = relative.parts[0]
    finding = _unsafe_name(relative)
    if finding is None and (relative.name.startswith(("~$", ".")) or relative.suffix.lower() in TEMPORARY):
        scan.ignored.append(relative.as_posix())
        return
    finding = finding or _not_an_extract(path, relative)
    if finding is None and is_waiting:
        scan.waiting.append(relative.as_posix())
        if not is_configuration(relative):
            return
    if finding is None:
        try:
            status = path.lstat()
            size, stamp = status.st_size, (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            check_size(size, relative.name)
            digest = _digest(path, stamp)
        except FileNotFoundError:  # taken away since it was listed
            return
        except OSError as error:
            if error.errno in HELD:
                scan.waiting.append(relative.as_posix())
                return
            remedy = "make the file readable; until then its last readable version counts"
            finding = Finding(UNREADABLE, "error", f"it cannot be read: {error.strerror}", remedy)
        except Refused as refused:
            finding = Finding(refused.check_id, "error", refused.message, refused.remedy)
    if finding is not None:
        scan.unread.append(Unread(plain(relative.as_posix()), plain(entity), finding))
    elif relative.parts == (METRICS,):
        scan.metrics_hash = digest
        metrics, faults = load_metrics(path)
        scan.metrics = tuple(metrics)
        scan.unread += map(refused_metric, faults)
    elif is_configuration(relative):
        scan.hashes[entity] = hashlib.sha256(
            f"{scan.hashes.get(entity, '')}{relative.name}{digest}".encode()
        ).hexdigest()
        _configure(scan, path, relative)
    else:
        scan.files.append(InboxFile(relative.as_posix(), entity, path, digest, size))


def is_configuration(relative: PurePath) -> bool:
    """Whether a path below the inbox tells how extracts are to be read or what is to be computed."""
    return relative.parts == (METRICS,) or (relative.name in (PROFILE, LAYOUT) and len(relative.parts) == 2)


@lru_cache(maxsize=100_000)
def _digest(path: Path, _stamp: tuple[int, ...]) -> str:
    """SHA-256 of a file; one that has the same stamp as when it was last asked for is not read again."""
    return sha256_of(path)


def sha256_of(path: Path) -> str:
    """SHA-256 of what a file holds now, in hexadecimal digits."""
    with open_regular(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _configure(scan: _Scan, path: Path, relative: Path) -> None:
    entity = relative.parts[0]
    try:
        if relative.name == PROFILE:
            scan.profiles[entity] = load_entity(path, entity)
        else:
            scan.layouts[entity] = load_layouts(path)
    except ValueError as error:
        scan.faults[relative.as_posix()] = f"{relative} is not what is expected there: {error}"


def refused_metric(fault: MetricFault) -> Unread:
    """A row of metrics.yaml that cannot be used; the others are."""
    message = plain(f"line {fault.line}: {fault.message}")
    return Unread(METRICS, "", Finding("MET-01", "error", message, f"mend the line in data/raw/{METRICS}"))


def _unsafe_name(relative: Path) -> Finding | None:
    if all(
        is_plain(part) and ".." not in part and "\\" not in part and len(part) <= LONGEST_NAME
        for part in relative.parts
    ):
        return None
    name = plain(relative.as_posix())[:LONGEST_NAME]
    remedy = f"rename it: at most {LONGEST_NAME} characters, no slashes, no two dots in a row, no hidden marks"
    return Finding("FIL-08", "error", f"the name {name} is not safe, so the file is not read", remedy)


def _not_an_extract(path: Path, relative: Path) -> Finding | None:
    """Why a file is refused before it is opened."""
    try:
        mode = path.lstat().st_mode
    except OSError:  # found out again, with a reason, when it is opened
        return None
    kind = next((kind for is_kind, kind in SPECIAL if is_kind(mode)), None)
    if kind is not None:
        return Finding(
            "FIL-08", "error", f"{relative} is {kind} and is not read", "put a copy of the file itself there"
        )
    if len(relative.parts) < 2 and relative.name != METRICS:
        return Finding(
            "FIL-08", "error", f"{relative} lies in no company's folder", "move it into a folder per company"
        )
    return None


def _without_aliases(scan: _Scan) -> Iterator[InboxFile]:
    """Each content of a company once; its other names become findings."""
    first: dict[tuple[str, str], InboxFile] = {}
    for file in scan.files:
        original = first.setdefault((file.entity_id, file.content_hash), file)
        if original is file:
            yield file
        else:
            message = f"the same bytes as {original.extract_id}, which is read once"
            finding = Finding("FIL-09", "info", message, "delete one of the two")
            scan.unread.append(Unread(file.extract_id, file.entity_id, finding))
