"""Files that survive a power cut, and checksums that tell whether they did.

Belongs here: fsync, checksums, names that begin to hold at once. Not here: what the files are.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def mark(path: Path) -> None:
    """Make an empty file; its name is on the disk when the folder is synced."""
    path.touch()
    sync(path)


def point(link: Path, target: Path) -> None:
    """Make a symbolic link to a file beside it at once: whoever opens it finds the earlier file or this one."""
    temporary = link.with_name(f".{link.name}.link")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target.name)
    os.replace(temporary, link)
    sync(link.parent)


def write_checksums(path: Path, files: Mapping[str, Path]) -> None:
    """Write the checksums of files, by the names that they have or will have beside `path`.

    `sha256sum --check` reads them.
    """
    path.write_text("".join(f"{_checksum(file)}  {name}\n" for name, file in files.items()), encoding="utf-8")


def is_as_written(path: Path) -> bool:
    """Whether the files that a list of checksums names are those for which it was written."""
    try:
        listed = [line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines()]
        return bool(listed) and all(_checksum(path.with_name(name)) == digest for digest, name in listed)
    except (OSError, ValueError):
        return False


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
