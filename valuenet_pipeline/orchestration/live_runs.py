"""Which runs are alive: each holds a lock as long as its process lives, and a run whose lock is free was killed.

Belongs here: taking the lock, and ending the runs of dead processes in Dagster's history. Not here: what a run does.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from valuenet_pipeline.orchestration.project import Project

KILLED = (
    "The process of this run is gone: killed, out of memory, or the machine went down. "
    "The published warehouse is whole; the next refresh does the work again."
)

_HELD: dict[str, int] = {}
"""Run → descriptor of its lock, open until the run or the process ends; a child process does not inherit it."""


@contextmanager
def alive(project: Project, run_id: str) -> Iterator[None]:
    """Show a run as alive while it is executed here."""
    keep_alive(project, run_id)
    try:
        yield
    finally:
        _path(project, run_id).unlink(missing_ok=True)
        os.close(_HELD.pop(run_id))


def keep_alive(project: Project, run_id: str) -> None:
    """Show a run as alive until its process ends: it writes its last event after its last step."""
    if run_id in _HELD:
        return
    path = _path(project, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Locked before it has its name, so that nobody finds it free.
    temporary = path.with_name(f".{run_id}")
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.replace(temporary, path)
    _HELD[run_id] = descriptor


def fail_dead_runs(instance: dg.DagsterInstance, project: Project) -> list[str]:
    """End the runs whose processes are gone; returns those that counted as running until now."""
    dead = []
    for path in sorted(_folder(project).glob("[!.]*")):
        with _free(path) as is_free:
            if not is_free:
                continue
            run = instance.get_run_by_id(path.name)
            if run is not None and not run.is_finished:
                instance.report_run_failed(run, KILLED)
                dead.append(path.name)
            path.unlink(missing_ok=True)
    return dead


@contextmanager
def _free(path: Path) -> Iterator[bool]:
    """Whether nobody holds a lock; it is held here meanwhile, so that two who look do not both end a run."""
    try:
        stream = path.open()
    except FileNotFoundError:  # ended since the folder was listed
        yield False
        return
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _folder(project: Project) -> Path:
    return project.dagster_home / "running"


def _path(project: Project, run_id: str) -> Path:
    return _folder(project) / run_id


@dg.sensor(
    name="dead_run_sensor",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends runs whose process was killed, which would count as started for ever.",
)
def dead_run_sensor(context: dg.SensorEvaluationContext, project: dg.ResourceParam[Project]) -> dg.SkipReason:
    dead = fail_dead_runs(context.instance, project)
    return dg.SkipReason(f"Ended {', '.join(dead)}." if dead else "No run is dead.")
