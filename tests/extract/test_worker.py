"""Jobs in child processes: one that works, and every way in which one can fail without harm to the others."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from valuenet_pipeline.extract.worker import Limits, WorkerFailed, map_limited, run_limited, usable_cores

HOARD: list[bytearray] = []
LIMITS = Limits(memory_bytes=200 * 1024**2, cpu_seconds=20, wall_seconds=20)


def work(job: str) -> str:
    if job == "allocate":
        return str(len(bytearray(400 * 1024**2)))
    if job == "hoard":
        HOARD.append(bytearray(300 * 1024**2))
        raise ValueError("full")
    if job == "fill":
        return str(len(bytearray(200 * 1024**2)))
    if job == "abort":
        os.write(2, b"pages of a backtrace")
        os.abort()
    if job == "exit":
        os._exit(3)
    if job == "leave":
        sys.exit("left")
    if job == "raise":
        raise ValueError("no such table")
    if job == "unpicklable":
        return threading.Lock()  # type: ignore[return-value]
    if job == "sleep":
        time.sleep(60)
    while job == "loop":
        pass
    return job.upper()


def identity(job: int) -> tuple[int, int]:
    return job, os.getpid()


def reason(job: str, limits: Limits = LIMITS) -> str:
    result = run_limited(work, job, limits)
    assert isinstance(result, WorkerFailed)
    return result.reason


def test_a_job_that_works_gives_its_result() -> None:
    assert run_limited(work, "good", LIMITS) == "GOOD"


@pytest.mark.parametrize(
    ("job", "part"),
    [
        ("allocate", "MemoryError"),
        ("abort", "SIGABRT"),
        ("exit", "code 3"),
        ("leave", "left"),
        ("raise", "no such table"),
        ("unpicklable", "cannot pickle"),
    ],
)
def test_a_failure_is_told(job: str, part: str) -> None:
    assert part in reason(job)


def test_a_dying_child_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert "SIGABRT" in reason("abort")
    assert capfd.readouterr() == ("", "")


def test_time_is_limited() -> None:
    assert "0.3 s" in reason("sleep", Limits(wall_seconds=0.3))
    assert "processor time" in reason("loop", Limits(cpu_seconds=1, wall_seconds=30))


def test_a_failure_costs_one_job_alone() -> None:
    jobs = ["a", "abort", "b", "allocate", "c", "exit", "d", "raise", "e"]
    results = dict(map_limited(work, jobs, 2, LIMITS))
    assert set(results) == set(jobs)
    good = {job: result for job, result in results.items() if not isinstance(result, WorkerFailed)}
    assert good == {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}


def test_what_a_failed_job_left_behind_takes_no_room_from_the_next() -> None:
    results = dict(map_limited(work, ["hoard", "fill"], 1, replace(LIMITS, memory_bytes=400 * 1024**2)))
    assert isinstance(results["hoard"], WorkerFailed)
    assert results["fill"] == str(200 * 1024**2)


def test_processes_are_used_again() -> None:
    results = [result for _, result in map_limited(identity, range(20), 2, LIMITS)]
    pairs = [result for result in results if not isinstance(result, WorkerFailed)]
    assert sorted(job for job, _ in pairs) == list(range(20))
    assert len({process for _, process in pairs}) <= 2
    assert os.getpid() not in {process for _, process in pairs}


def test_children_end_with_the_iterator() -> None:
    results = map_limited(work, (job for job in ["a", "sleep", "sleep"]), 2, LIMITS)
    assert next(results) == ("a", "A")
    assert isinstance(results, Iterator)
    results.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


def test_no_jobs_start_no_process() -> None:
    assert list(map_limited(work, [])) == []
    assert usable_cores() >= 1
