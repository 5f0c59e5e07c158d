"""The publications that are kept, each a file of its own: which one is read, whether it is whole, and going back.

Belongs here: names, checksums, the symlink, what is removed. Not here: how a file becomes one of them (`publish`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from valuenet_pipeline.warehouse.connection import connect_read_only
from valuenet_pipeline.warehouse.durable import is_as_written, point, sync

KEPT = 5
"""Versions; the one that is read stays, however old."""

CHECKSUM = ".sha256"


class VersionError(Exception):
    """There is no such version, or it cannot be used; the message says what there is."""


@dataclass(frozen=True)
class Version:
    """A kept publication; its name begins with the time of its build, so names sort by age."""

    publication_id: str
    path: Path
    is_current: bool

    @property
    def is_whole(self) -> bool:
        """Whether the file is what was published, to the last bit."""
        return is_as_written(checksum_of(self.path))

    def publication(self) -> dict[str, Any] | None:
        """Its row of core.publication; None where the file cannot be read."""
        return publication_of(self.path)


def version_path(published: Path, publication_id: str) -> Path:
    """Where the file of a publication lies."""
    return published.with_name(f"{published.stem}-{publication_id}{published.suffix}")


def checksum_of(version: Path) -> Path:
    """Where the checksum of a version lies."""
    return version.with_name(version.name + CHECKSUM)


def publication_of(path: Path) -> dict[str, Any] | None:
    """The row of core.publication of a built file; None where there is no such file or it cannot be read."""
    try:
        with connect_read_only(path) as connection:
            found = connection.execute("from core.publication")
            names = [column[0] for column in found.description or []]
            row = found.fetchone()
            return dict(zip(names, row, strict=True)) if row else None
    except (FileNotFoundError, duckdb.Error):
        return None


def contents_known(published: Path) -> int:
    """How many contents of extracts the file that is read knows of; 0 where it cannot say."""
    try:
        with connect_read_only(published) as connection:
            (count,) = connection.execute("select count(*) from core.extract_version").fetchone() or (0,)
            return int(count)
    except (FileNotFoundError, duckdb.Error):
        return 0


def versions(published: Path) -> list[Version]:
    """Every kept version, the newest first."""
    current = published.resolve()
    paths = sorted(published.parent.glob(version_path(published, "*").name), reverse=True)
    return [Version(path.stem.removeprefix(f"{published.stem}-"), path, path.resolve() == current) for path in paths]


def find_version(published: Path, name: str) -> Path:
    """The file of a version: its publication id, a part of it that only it has, `current`, `previous`, or a path."""
    kept = versions(published)
    if name in ("current", "previous"):
        place = next((place for place, one in enumerate(kept) if one.is_current), None)
        wanted = (
            kept if place is None else kept[place : place + 1] if name == "current" else kept[place + 1 : place + 2]
        )
    else:
        wanted = [one for one in kept if one.publication_id == name] or [
            one for one in kept if name in one.publication_id
        ]
    if len(wanted) == 1:
        return wanted[0].path
    if Path(name).is_file():
        return Path(name)
    listed = ", ".join(one.publication_id for one in kept) or "none"
    raise VersionError(f"{'no' if not wanted else 'more than one'} version is meant by {name!r}; there are: {listed}")


def go_back(published: Path, name: str = "previous") -> Version:
    """Make another kept version the one that is read; raises VersionError and changes nothing when it is not whole."""
    path = find_version(published, name)
    found = next((one for one in versions(published) if one.path == path), None)
    if found is None:
        raise VersionError(f"{path} is not one of the versions kept in {published.parent}")
    if not found.is_whole:
        raise VersionError(f"{path.name} is damaged: its content is not that of its checksum")
    point(published, path)
    return found


def rolled_back(published: Path, made_from: tuple[Any, ...]) -> str | None:
    """The publication of the same inbox, catalog and code that was gone back from, if there is one.

    What was gone back from is newer than what is read, for a new publication is always the newest.
    """
    for one in versions(published):
        if one.is_current:
            return None
        if made_from == made_from_of(one.publication()):
            return one.publication_id
    return None


def made_from_of(publication: dict[str, Any] | None) -> tuple[Any, ...]:
    """What decides the tables of a publication: inbox, catalog and code."""
    return tuple((publication or {}).get(name) for name in ("inbox_hash", "catalog_version", "code_version"))


def prune(published: Path) -> None:
    """Remove the oldest versions, and checksums whose file is gone; who has a removed file open can go on reading it."""
    for old in versions(published)[KEPT:]:
        if not old.is_current:
            old.path.unlink()
    for checksum in published.parent.glob(version_path(published, "*").name + CHECKSUM):
        if not checksum.with_suffix("").exists():
            checksum.unlink()
    sync(published.parent)


def remove_logs(published: Path) -> list[str]:
    """Remove write-ahead logs beside published files, where nothing is ever written; returns their names.

    A client would apply such a log to what it reads, or refuse to open the file.
    """
    strays = [*published.parent.glob(f"{published.stem}-*.wal"), *published.parent.glob(f"{published.name}.wal")]
    for stray in strays:
        stray.unlink(missing_ok=True)
    return [stray.name for stray in strays]
