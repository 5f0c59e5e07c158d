"""Runs and processes that die: the next refresh ends the dead run, and works; two refreshes at once follow one another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.instance import instance_home
from valuenet_pipeline.orchestration.live_runs import alive, dead_run_sensor, fail_dead_runs

ROOT = Path(__file__).parents[2]
REFRESH = "from valuenet_pipeline.cli import main; main()"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


def started(instance: dg.DagsterInstance) -> str:
    """A run that counts as running."""
    run = dg.DagsterRun(job_name="refresh", status=dg.DagsterRunStatus.STARTED)
    return instance.add_run(run).run_id


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


HOLD = """
import sys, time
from pathlib import Path
from valuenet_pipeline.orchestration.live_runs import keep_alive
from valuenet_pipeline.orchestration.project import Project
keep_alive(Project(Path(sys.argv[1])), sys.argv[2])
print("held", flush=True)
time.sleep(60)
"""


def test_a_run_is_ended_when_its_process_is_killed_and_not_before(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    project = Project(tmp_path)
    run_id = started(instance)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), run_id], stdout=subprocess.PIPE, cwd=ROOT
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert fail_dead_runs(instance, project) == []
        assert status(instance, run_id) is dg.DagsterRunStatus.STARTED
        holder.kill()
    with dg.build_sensor_context(instance=instance, resources={"project": project}) as context:
        said = dead_run_sensor(context)
    assert isinstance(said, dg.SkipReason)
    assert run_id in str(said.skip_message)
    assert status(instance, run_id) is dg.DagsterRunStatus.FAILURE
    assert fail_dead_runs(instance, project) == []


def test_a_run_that_ended_by_itself_or_never_held_a_lock_is_left_as_it_is(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    elsewhere, here = started(instance), started(instance)
    with alive(project, here):
        assert fail_dead_runs(instance, project) == []
    assert fail_dead_runs(instance, project) == []
    assert {status(instance, one) for one in (elsewhere, here)} == {dg.DagsterRunStatus.STARTED}


def refresh(project: Project) -> subprocess.Popen[bytes]:
    """`valuenet refresh` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", REFRESH, "refresh"],
        env={**os.environ, "VALUENET_HOME": str(project.root), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def wait_until(holds: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def runs(project: Project) -> dict[str, dg.DagsterRunStatus]:
    with dg.DagsterInstance.from_config(str(instance_home(project))) as instance:
        return {run.run_id: run.status for run in instance.get_runs()}


def test_a_killed_refresh_is_ended_by_the_next_two_that_run_at_once_and_publish_once(acme: Project) -> None:
    project = acme
    with refresh(project) as killed:
        wait_until(lambda: list(project.warehouse.glob(".build-*")))
        killed.send_signal(signal.SIGKILL)
    (dead,) = runs(project)
    assert runs(project)[dead] is dg.DagsterRunStatus.STARTED
    (leftover,) = project.warehouse.glob(".build-*")

    with flow.refresh_lock(project):  # until both have found something to do
        both = [refresh(project) for _ in range(2)]
        wait_until(lambda: len(runs(project)) == 3)
    said = [process.communicate()[0].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    ended = runs(project)
    assert ended.pop(dead) is dg.DagsterRunStatus.FAILURE
    assert list(ended.values()) == [dg.DagsterRunStatus.SUCCESS] * 2
    assert not leftover.exists()
    assert list(project.warehouse.glob(".build-*")) == []
    (version,) = project.warehouse.glob("valuenet-*.duckdb")
    assert project.published.resolve() == version
    assert flow.published_inbox_hash(project) == flow.scan_inbox(project).hash
