"""Run a function over jobs in child processes with limits; a job that breaks one costs that job alone.

Belongs here: processes, their limits and their death. Not here: what a job does.
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, TypeVar, cast

Job = TypeVar("Job")
Result = TypeVar("Result")

_PRELOADED = ("valuenet_pipeline.extract.read",)
_MAX_FILE_BYTES = 1024**2
_MAX_REASON = 500
_JOIN_SECONDS = 5.0


@dataclass(frozen=True)
class Limits:
    """What one job may take: memory beyond that of a fresh process, processor time, time on the clock.

    The clock is for what waits without working, as on a file server that is gone: on a busy machine a sound file takes long.
    """

    memory_bytes: int = 1024**3
    cpu_seconds: int = 30
    wall_seconds: float = 300.0


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class WorkerFailed:
    """Stands for the result of a job that raised, died or went beyond a limit."""

    reason: str


def run_limited(function: Callable[[Job], Result], job: Job, limits: Limits = DEFAULT_LIMITS) -> Result | WorkerFailed:
    """The function's result for one job, computed in a child process."""
    ((_, result),) = map_limited(function, [job], 1, limits)
    return result


def map_limited(
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    workers: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[tuple[Job, Result | WorkerFailed]]:
    """Each job with its result, in the order in which they end; the children end with the iterator.

    The function must be importable by name; jobs, taken one at a time, and results must be picklable.
    """
    waiting = iter(jobs)
    idle: list[_Worker[Job, Result]] = []
    busy: list[_Worker[Job, Result]] = []
    count = workers or usable_cores()
    try:
        while True:
            while len(busy) < count:
                try:
                    job = next(waiting)
                except StopIteration:
                    break
                worker = idle.pop() if idle else _Worker(function, limits)
                busy.append(worker)
                worker.begin(job)
            if not busy:
                return
            for worker in _ended(busy):
                busy.remove(worker)
                result = worker.end()
                if worker.is_alive:
                    idle.append(worker)
                yield worker.job, result
    finally:
        for worker in [*idle, *busy]:
            worker.stop()


def usable_cores() -> int:
    """The processor cores that this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


# In the parent


class _Worker(Generic[Job, Result]):
    """One child process and the job it has."""

    job: Job

    def __init__(self, function: Callable[[Job], Result], limits: Limits) -> None:
        self._limits = limits
        self._deadline = math.inf
        self.is_alive = True
        self.connection, theirs = multiprocessing.Pipe()
        self.process = _start(function, theirs, limits)
        # The child holds the only other end, so that its death ends the connection.
        theirs.close()

    def begin(self, job: Job) -> None:
        self.job = job
        self._deadline = time.monotonic() + self._limits.wall_seconds
        # A child that died while idle is found out when the reply is read.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send(job)

    @property
    def seconds_left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.0)

    def end(self) -> Result | WorkerFailed:
        """The result of a job that is done, late or lost."""
        if not self.connection.poll():
            self.stop()
            return WorkerFailed(f"took longer than {self._limits.wall_seconds:g} s")
        try:
            is_done, reply = self.connection.recv()
        except (EOFError, OSError):
            self.process.join(_JOIN_SECONDS)
            code = self.process.exitcode
            self.stop()
            return WorkerFailed(_cause_of_death(code, self._limits))
        if is_done:
            return cast(Result, reply)
        # What it had in hand may fill its memory for the next job.
        self.stop()
        return WorkerFailed(str(reply))

    def stop(self) -> None:
        self.is_alive = False
        self.process.kill()
        self.process.join(_JOIN_SECONDS)
        self.connection.close()


def _start(function: Callable[[Job], Result], connection: Connection, limits: Limits) -> BaseProcess:
    """A child that shares no state with this process: forked from a small server where there is one."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload(list(_PRELOADED))
        process: BaseProcess = server.Process(target=_serve, args=(function, connection, limits), daemon=True)
    else:
        spawn = multiprocessing.get_context("spawn")
        process = spawn.Process(target=_serve, args=(function, connection, limits), daemon=True)
    process.start()
    return process


def _ended(busy: list[_Worker[Job, Result]]) -> list[_Worker[Job, Result]]:
    """Waits until at least one worker has replied, died or run out of time."""
    while True:
        ready = wait([worker.connection for worker in busy], min(worker.seconds_left for worker in busy))
        ended = [worker for worker in busy if worker.connection in ready or not worker.seconds_left]
        if ended:
            return ended


def _cause_of_death(code: int | None, limits: Limits) -> str:
    if code == -signal.SIGXCPU:
        return f"took more than {limits.cpu_seconds} s of processor time"
    cause = f"was ended by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with code {code}"
    return f"{cause}; its limit of memory is {limits.memory_bytes:,} bytes"


# In the child


def _serve(function: Callable[[Job], Result], connection: Connection, limits: Limits) -> None:
    """Answer jobs until the parent closes the connection or dies."""
    # Ctrl-C reaches the whole group of processes; the parent alone decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A library that aborts prints pages; the cause of death and what was raised are told by the parent.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _limit(resource.RLIMIT_AS, _mapped_bytes() + limits.memory_bytes)
    _limit(resource.RLIMIT_FSIZE, _MAX_FILE_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    while True:
        try:
            job = connection.recv()
        except EOFError:
            return
        # The limit counts from the start of the process, which may have had jobs before.
        _limit(resource.RLIMIT_CPU, math.ceil(time.process_time()) + limits.cpu_seconds)
        reply = _answer(function, job)
        try:
            connection.send(reply)
        except Exception as error:
            connection.send((False, _reason(error)))


def _answer(function: Callable[[Job], Result], job: Job) -> tuple[bool, Result | str]:
    try:
        return True, function(job)
    except BaseException as error:
        # As text: an exception's own pickling may fail, or run code of its own.
        return False, _reason(error)


def _reason(error: BaseException) -> str:
    return f"raised {type(error).__name__}: {error}"[:_MAX_REASON]


def _limit(kind: int, soft: int) -> None:
    _, hard = resource.getrlimit(kind)
    # Not every system has every limit; the parent's clock holds on all of them.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _mapped_bytes() -> int:
    """Address space that the libraries take before any job; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()
