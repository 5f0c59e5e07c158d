"""The publications that are kept, each a file of its own: which one is read, whether it is whole, and going back.

Belongs here: names, checksums, marks, the symlink, what is removed. Not here: how a file becomes one of them (`publish`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from valuenet_pipeline.warehouse.connection import connect_read_only
from valuenet_pipeline.warehouse.durable import is_as_written, mark, point, sync

KEPT = 5
"""Versions; the one that is read stays, however old."""

CHECKSUM = ".sha256"

ROLLED_BACK = ".rolled-back"
"""An empty file of this name beside a version says that it was gone back from."""


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

    @property
    def is_rolled_back(self) -> bool:
        """Whether it was gone back from; what is read is not, though a rollback that was cut off may have marked it."""
        return not self.is_current and rolled_back_mark(self.path).exists()

    def publication(self) -> dict[str, Any] | None:
        """Its row of core.publication; None where the file cannot be read."""
        return publication_of(self.path)


def version_path(published: Path, publication_id: str) -> Path:
    """Where the file of a publication lies."""
    return published.with_name(f"{published.stem}-{publication_id}{published.suffix}")


def checksum_of(version: Path) -> Path:
    """Where the checksum of a version lies."""
    return version.with_name(version.name + CHECKSUM)


def rolled_back_mark(version: Path) -> Path:
    """Where the mark of a version lies that was gone back from."""
    return version.with_name(version.name + ROLLED_BACK)


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
    """The file of a version: its publication id, a part of it that only it has, `current`, `previous`, or a path.

    `previous` is the newest one before what is read that was not gone back from.
    """
    kept = versions(published)
    wanted = _wanted(kept, name)
    if len(wanted) == 1:
        return wanted[0].path
    if Path(name).is_file():
        return Path(name)
    if not kept:
        raise VersionError(f"there is no publication in {published.parent}: run `valuenet refresh` first")
    listed = ", ".join(one.publication_id for one in kept)
    if name == "previous":
        raise VersionError(f"no earlier version is kept, but for what was rolled back; name one of: {listed}")
    raise VersionError(f"{'no' if not wanted else 'more than one'} version is meant by {name!r}; there are: {listed}")


def _wanted(kept: list[Version], name: str) -> list[Version]:
    if name == "current":
        return [one for one in kept if one.is_current]
    if name == "previous":
        place = next((place for place, one in enumerate(kept) if one.is_current), -1)
        return [one for one in kept[place + 1 :] if not one.is_rolled_back][:1]
    return [one for one in kept if one.publication_id == name] or [one for one in kept if name in one.publication_id]


def go_back(published: Path, name: str = "previous") -> Version:
    """Make another kept version the one that is read; raises VersionError and changes nothing when it is not whole.

    All that is newer is marked as gone back from, and stays so when something is published after it.
    """
    path = find_version(published, name)
    kept = versions(published)
    found = next((one for one in kept if one.path == path), None)
    if found is None:
        raise VersionError(f"{path} is not one of the versions kept in {published.parent}")
    if not found.is_whole:
        raise VersionError(f"{path.name} is damaged: its content is not that of its checksum")
    # before the version is read, so that none is left without a mark
    for newer in kept[: kept.index(found)]:
        mark(rolled_back_mark(newer.path))
    rolled_back_mark(path).unlink(missing_ok=True)
    sync(published.parent)
    point(published, path)
    return found


def rolled_back(published: Path, made_from: tuple[Any, ...]) -> str | None:
    """The newest publication of an inbox, catalog and code, where each one of them was gone back from."""
    kept = versions(published)

    def made(*, is_rolled_back: bool) -> Iterator[Version]:
        return (
            one for one in kept if one.is_rolled_back is is_rolled_back and made_from_of(one.publication()) == made_from
        )

    left = next(made(is_rolled_back=True), None)
    return left.publication_id if left and not any(made(is_rolled_back=False)) else None


def made_from_of(publication: dict[str, Any] | None) -> tuple[Any, ...]:
    """What decides the tables of a publication: inbox, catalog and code."""
    return tuple((publication or {}).get(name) for name in ("inbox_hash", "catalog_version", "code_version"))


def prune(published: Path) -> None:
    """Remove the oldest versions, and what lies beside files that are gone; who has a removed file open can read on."""
    for old in versions(published)[KEPT:]:
        if not old.is_current:
            old.path.unlink()
    for ending in (CHECKSUM, ROLLED_BACK):
        for beside in published.parent.glob(version_path(published, "*").name + ending):
            if not beside.with_suffix("").exists():
                beside.unlink()
    sync(published.parent)


def remove_logs(published: Path) -> list[str]:
    """Remove write-ahead logs beside published files, where nothing is ever written; returns their names.

    A client would apply such a log to what it reads, or refuse to open the file.
    """
    strays = [*published.parent.glob(f"{published.stem}-*.wal"), *published.parent.glob(f"{published.name}.wal")]
    for stray in strays:
        stray.unlink(missing_ok=True)
    return [stray.name for stray in strays]
