"""A full disk and a read-only folder, for real: a small file system under data/warehouse."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import refresh
from typer.testing import CliRunner

from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow

SIZE_MB = 40


@pytest.fixture
def small_disk(acme: flow.Project) -> Iterator[flow.Project]:
    """A project whose warehouse is a file system of its own, with one publication."""
    acme.warehouse.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(acme.warehouse)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip(f"a file system can only be mounted by root: {done.stderr.strip()}")
    try:
        refresh(acme)
        yield acme
    finally:
        subprocess.run(["umount", str(acme.warehouse)], check=True)


def fill(project: flow.Project, leave: int) -> Path:
    """Take all of the disk but `leave` bytes."""
    path = project.warehouse / "filler"
    free = os.statvfs(project.warehouse)
    with path.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, free.f_bavail * free.f_frsize - leave)
    return path


def correct(project: flow.Project) -> None:
    path = project.inbox / "acme" / "report.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1,104,218.90", "1,104,218.95"), encoding="utf-8")


def revenue(project: flow.Project) -> int:
    with duckdb.connect(str(project.published), read_only=True) as connection:
        query = "select revenue from mart.income_statement where fiscal_year = 2022"
        (row,) = connection.execute(query).fetchall()
        return int(row[0])


BEFORE, AFTER = 11_042_189_000, 11_042_189_500


def test_a_full_disk_stops_a_refresh_and_harms_nothing(small_disk: flow.Project) -> None:
    before = small_disk.published.resolve()
    correct(small_disk)
    inbox = flow.scan_inbox(small_disk)

    filler = fill(small_disk, leave=4096)
    with pytest.raises(OSError, match=r"report\.csv cannot be stored"):
        flow.read_inbox(small_disk, inbox)
    filler.unlink()
    (state,) = flow.read_inbox(small_disk, inbox)
    assert (state.state, state.facts) == ("read", 20)  # the file is not taken for a bad one

    filler = fill(small_disk, leave=1_000_000)
    with pytest.raises(duckdb.Error, match="No space left"):
        flow.build_candidate(small_disk, inbox, "full")
    filler.unlink()
    candidate = flow.build_candidate(small_disk, inbox, "next")

    filler = fill(small_disk, leave=0)
    with pytest.raises(OSError, match="No space left"):
        flow.publish_candidate(small_disk, candidate)
    assert small_disk.published.resolve() == before
    assert flow.published_fault(small_disk) is None
    assert revenue(small_disk) == BEFORE
    filler.unlink()

    refresh(small_disk, "last")
    assert revenue(small_disk) == AFTER
    left = {path.name for path in small_disk.warehouse.iterdir() if not path.name.startswith("valuenet")}
    assert left <= {"lines", ".refresh.lock"}


def test_the_command_says_in_one_line_that_the_disk_is_full_or_read_only(
    small_disk: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(small_disk.root))
    correct(small_disk)
    filler = fill(small_disk, leave=4096)
    full = CliRunner().invoke(app, ["refresh"])
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk.warehouse)], check=True)
    read_only = CliRunner().invoke(app, ["refresh"])
    for shown, reason in ((full, "No space left"), (read_only, "Read-only file system")):
        assert shown.exit_code == 1
        (line,) = [line for line in shown.stderr.splitlines() if line]
        assert line.startswith("error: ")
        assert reason in line
        assert line.endswith("`valuenet ui` shows the run")
    assert "11042189000" in CliRunner().invoke(app, ["sql", "select revenue::bigint from mart.income_statement"]).stdout
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk.warehouse)], check=True)
    refresh(small_disk)
    assert revenue(small_disk) == AFTER
