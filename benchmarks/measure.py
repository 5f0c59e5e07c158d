"""Interleaved repetitions, their medians, peak memory, and the verdict beside a budget."""

from __future__ import annotations

import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def medians(
    tasks: Mapping[str, Callable[[int], object]],
    repetitions: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Median seconds of each task, called with the number of the repetition; one round warms up.

    All tasks run in every round, so that a slow moment of the machine falls on all of them. Seconds are of this
    process on the processor, which other programs disturb least; tasks that wait for others need another clock.
    """
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    gc.collect()
    gc.freeze()  # what is loaded already is no garbage of the tasks
    for repetition in range(-1, repetitions):
        for name, task in tasks.items():
            gc.collect()
            start = clock()
            task(repetition)
            if repetition >= 0:
                seconds[name].append(clock() - start)
    gc.unfreeze()
    return {name: statistics.median(measured) for name, measured in seconds.items()}


def verdict(is_met: bool) -> str:
    """How a budget stands."""
    return "[green]met[/green]" if is_met else "[red]missed[/red]"


class Stopwatch:
    """What a process that measures itself tells the one that started it."""

    def __init__(self) -> None:
        """Start."""
        self.start = time.perf_counter()

    def stop(self) -> None:
        """What comes after is neither timed nor does its memory count."""
        self.measured = {"seconds": time.perf_counter() - self.start, "peak": float(peak_memory())}

    def report(self, **more: float) -> None:
        """Print seconds, bytes of memory at most, and what else is told, as JSON."""
        print(json.dumps({**self.measured, **more}))


def peak_memory() -> int:
    """Bytes that this process had in memory at most.

    Linux lets a process inherit what getrusage says from the one that started it; the kernel's status does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
