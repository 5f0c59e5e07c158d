"""Interleaved repetitions, their medians, and the verdict beside a budget."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping


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
