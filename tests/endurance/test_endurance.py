"""Readers during refreshes, and refreshes killed at any moment. `make endure` runs them long; the tests run them briefly."""

from __future__ import annotations

import collections
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from valuenet_pipeline.orchestration import flow

HERE = Path(__file__).parent
READERS = int(os.environ.get("VALUENET_READERS", "2"))
REFRESHES = int(os.environ.get("VALUENET_REFRESHES", "1"))
KILLS = int(os.environ.get("VALUENET_KILLS", "1"))
PHASES = ("read", "build", "audit", "publish")
DRAWN = ("build", "audit", "publish", "read")
"""Phases in the order in which they are killed."""


class Refresher:
    """The process that refreshes, and the words it says."""

    def __init__(self, project: flow.Project) -> None:
        self.project = project
        self.seconds: dict[str, float] = {}
        environment = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "refresher.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def hears(self, word: str) -> list[str]:
        """What is said until a word, or until a refresh ends."""
        said: list[str] = []
        assert self.process.stdout
        for line in self.process.stdout:
            said.append(line.strip())
            if line.startswith((word, "exit")):
                return said
        raise AssertionError("the refresher is gone")

    def begin(self) -> int:
        """Start a refresh; returns its process."""
        assert self.process.stdin
        self.process.stdin.write(f"{self.project.root}\n")
        self.process.stdin.flush()
        return int(self.hears("pid")[-1].split()[1])

    def refresh(self) -> None:
        """A whole refresh; remembers how long each phase takes at least."""
        self.begin()
        times = [(self.hears(word)[-1], time.monotonic()) for word in (*PHASES, "done")]
        assert self.hears("exit") == ["exit 0"]
        for (phase, at), (_, after) in itertools.pairwise(times):
            self.seconds[phase] = min(self.seconds.get(phase, after - at), after - at)

    def kill_in(self, phase: str, after: float) -> str:
        """Start a refresh and kill it and its children some time into a phase; returns the phase it was in then."""
        process = self.begin()
        self.hears(phase)
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        *said, end = [phase, *self.hears("exit")]
        assert end in (f"exit {-signal.SIGKILL}", "exit 0")
        return said[-1]


@pytest.fixture
def refresher(acme: flow.Project) -> Iterator[Refresher]:
    running = Refresher(acme)
    with running.process:
        yield running


def edit(project: flow.Project, number: int) -> int:
    """Another content of the report; returns the revenue that it prints."""
    path = project.inbox / "acme" / "report.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    place = next(place for place, line in enumerate(lines) if "一、营业收入" in line)
    lines[place] = f'一、营业收入,1,"1,286,540.37","1,104,{number % 1000:03}.{number % 89 + 10}","702,113.55"'
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return int(f"1104{number % 1000:03}{number % 89 + 10}") * 100


def revenue(project: flow.Project) -> int:
    with duckdb.connect(str(project.published), read_only=True) as connection:
        query = "select revenue from mart.income_statement where fiscal_year = 2022"
        (row,) = connection.execute(query).fetchall()
        return int(row[0])


def test_readers_see_no_error_and_only_whole_states(refresher: Refresher) -> None:
    project = refresher.project
    refresher.refresh()
    stop = project.root / "stop"
    command = [sys.executable, str(HERE / "reader.py"), str(project.published), str(stop)]
    readers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(READERS)
    ]
    try:
        assert [reader.stdout.readline() for reader in readers if reader.stdout] == ["reading\n"] * READERS
        for number in range(REFRESHES):
            expected = edit(project, number)
            refresher.refresh()
            assert revenue(project) == expected
    finally:
        stop.touch()
    said = [reader.communicate() for reader in readers]
    assert [(reader.returncode, errors) for reader, (_, errors) in zip(readers, said, strict=True)] == [
        (0, "")
    ] * READERS
    counts = [tuple(map(int, output.split())) for output, _ in said]
    assert all(reads > 0 and versions > 1 for reads, versions in counts)
    print(f"{READERS} readers, {REFRESHES} refreshes, {sum(reads for reads, _ in counts)} reads without an error")


def test_a_refresh_killed_at_any_moment_leaves_the_published_file_whole(refresher: Refresher) -> None:
    project, draw, killed = (
        refresher.project,
        random.Random(os.environ.get("VALUENET_SEED", "1")),
        collections.Counter[str](),
    )
    edit(project, 0)
    refresher.refresh()
    for number in range(1, KILLS + 1):
        before, phase = revenue(project), DRAWN[(number - 1) % len(DRAWN)]
        after = edit(project, number)
        died_in = refresher.kill_in(phase, draw.uniform(0, refresher.seconds[phase]))
        killed[died_in] += 1
        assert flow.published_fault(project) is None
        assert revenue(project) in ((before, after) if died_in in ("publish", "done") else (before,))
        refresher.refresh()
        assert revenue(project) == after
        left = {path.name for path in project.warehouse.iterdir() if not path.name.startswith("valuenet")}
        assert left == {"lines", ".refresh.lock"}
        assert not list(project.slices.glob(".slice-*"))
        assert flow.published_fault(project) is None
    assert killed.total() - killed["done"] >= KILLS / 2
    print(f"{KILLS} kills: {dict(killed)}")
