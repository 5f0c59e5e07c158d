"""Publish a finished file: audit in a new process, durable rename, symlink flip. Readers never meet a lock."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valuenet_pipeline.warehouse.durable import point, sync, write_checksums
from valuenet_pipeline.warehouse.versions import checksum_of, prune, remove_logs, version_path

AUDIT = Path(__file__).with_name("audit.py")


class AuditError(Exception):
    """A finished file failed its audit and is not published; the published file stays."""


@contextmanager
def refresh_lock(folder: Path) -> Iterator[None]:
    """One refresh at a time; the operating system frees the lock when its holder dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".refresh.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def publish(candidate: Path, published: Path, publication_id: str) -> Path:
    """Give `candidate` its versioned name and flip the symlink `published` to it; returns the versioned file.

    Raises AuditError, leaving everything as it was, when the file does not pass. Whenever this process dies, the
    symlink leads to a whole file: each step is on the disk before the next begins.
    """
    # -P: the modules beside the script must not hide those of the same name elsewhere
    command = [sys.executable, "-P", str(AUDIT), str(candidate)]
    audit = subprocess.run(command, capture_output=True, text=True, check=False)
    if audit.returncode:
        reason = (audit.stderr.strip().splitlines() or [f"the audit ended with code {audit.returncode}"])[-1]
        raise AuditError(f"{candidate.name} is not published: {reason}")
    if (log := candidate.with_name(f"{candidate.name}.wal")).exists():
        raise AuditError(
            f"{candidate.name} is not published: its build was not closed, and {log.name} holds a part of it"
        )
    version = version_path(published, publication_id)
    candidate.chmod(0o444)
    sync(candidate)
    # before the file that it is of, so that no version is without one
    write_checksums(checksum_of(version), {version.name: candidate})
    sync(checksum_of(version))
    os.replace(candidate, version)
    sync(version.parent)
    remove_logs(published)
    point(published, version)
    prune(published)
    return version
