"""Publish a finished file: audit in a new process, durable rename, symlink flip. Readers never meet a lock."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEPT_VERSIONS = 5

AUDIT = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    names = connection.execute(
        "select table_schema || '.' || table_name, table_type from information_schema.tables"
        " where table_schema in ('core', 'mart')"
    ).fetchall()
    for name, kind in names:
        connection.execute(f"select * from {name} limit 1").fetchall()
        if kind == "BASE TABLE":
            connection.execute(f"select count(*) from {name}").fetchall()
    for table in ("mart.ratio", "mart.profit_model"):
        wrong = connection.execute(f"select count(*) from {table} where (value is null) <> (status <> 'ok')").fetchone()[0]
        if wrong:
            sys.exit(f"{table}: {wrong} rows whose value and status disagree")
    if connection.execute("select count(*) from core.publication").fetchone()[0] != 1:
        sys.exit("core.publication must have exactly one row")
    broken = connection.execute(
        "select check_id || ': ' || message from mart.finding where severity = 'error'"
        " and (check_id = 'TIM-03' or check_id like 'DER-%' or check_id like 'WHS-%') order by all"
    ).fetchall()
    if broken:
        sys.exit(f"{len(broken)} derived value(s) contradict what they rest on; {broken[0][0]}")
"""
"""Runs on the closed file in a process that shares nothing with the build."""


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

    Raises AuditError, leaving everything as it was, when the file does not pass.
    """
    audit = subprocess.run([sys.executable, "-c", AUDIT, str(candidate)], capture_output=True, text=True, check=False)
    if audit.returncode:
        raise AuditError(f"{candidate.name} is not published: {audit.stderr.strip().splitlines()[-1]}")
    folder = published.parent
    _sync(candidate)
    version = folder / f"{published.stem}-{publication_id}.duckdb"
    os.replace(candidate, version)
    version.chmod(0o444)
    _sync(folder)
    link = folder / f".{published.name}.link"
    link.unlink(missing_ok=True)
    link.symlink_to(version.name)
    os.replace(link, published)
    _sync(folder)
    _prune(folder, published, version)
    return version


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prune(folder: Path, published: Path, current: Path) -> None:
    versions = sorted(folder.glob(f"{published.stem}-*.duckdb"), reverse=True)
    for old in versions[KEPT_VERSIONS:]:
        if old != current:
            old.unlink()
