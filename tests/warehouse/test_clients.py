"""Clients of other DuckDB versions read what is published: every table, every view, every column."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest

OLDEST = "1.4.4"

READ_ALL = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    names = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_schema in ('core', 'mart')"
    ).fetchall()
    rows = {name: len(connection.execute(f"from {name}").fetchall()) for (name,) in names}
    explained = connection.execute("from mart.explain('xiaomi', 2021, 'gross_margin')").fetchall()
print(duckdb.__version__, len(rows), sum(rows.values()), len(explained))
"""


def client(version: str) -> Path:
    """A folder with a DuckDB client of its own, kept between test runs; skips where it cannot be had."""
    folder = Path(tempfile.gettempdir()) / f"valuenet-duckdb-{version}-{os.getuid()}"
    if not (folder / "duckdb").is_dir():
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps"]
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            target = Path(temporary) / "client"
            command = [*pip, "--only-binary", ":all:", "--target", str(target), f"duckdb=={version}"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            if done.returncode:
                pytest.skip(f"pip cannot fetch duckdb {version}: {done.stderr.strip()[-200:]}")
            if not folder.exists():
                target.rename(folder)
    return folder


def read_all(published: Path, path: str) -> str:
    environment = os.environ | {"PYTHONPATH": path}
    command = [sys.executable, "-c", READ_ALL, str(published)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_oldest_client_reads_what_the_newest_does(published: Path) -> None:
    old = read_all(published, str(client(OLDEST))).split()
    ours = read_all(published, "").split()
    assert (old[0], ours[0]) == (OLDEST, duckdb.__version__)
    assert old[1:] == ours[1:]
    assert int(old[2]) > 10_000
