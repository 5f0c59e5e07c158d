"""Old history goes; what still tells where an extract came from, what is young and what still runs stays."""

import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from valuenet_pipeline.orchestration.assets import EXTRACT, EXTRACT_PARTITIONS
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.instance import instance_home
from valuenet_pipeline.orchestration.retention import DAILY_FORGETTING, KEPT_DAYS, forget_history

NOW = datetime.datetime.now(datetime.UTC)
OLD = NOW - datetime.timedelta(days=KEPT_DAYS + 1)
YOUNG = NOW - datetime.timedelta(days=KEPT_DAYS - 1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path)


@pytest.fixture
def instance(project: Project) -> Iterator[dg.DagsterInstance]:
    """Its history, in SQLite as it is by default."""
    with dg.DagsterInstance.from_config(str(instance_home(project))) as instance:
        yield instance


def run(instance: dg.DagsterInstance, made: datetime.datetime, *extracts: str) -> str:
    """A run of that day that printed something and read these extracts; returns its id."""

    @dg.op
    def read(context: dg.OpExecutionContext) -> None:
        print("read")
        for extract in extracts:
            context.log_event(dg.AssetMaterialization(EXTRACT.key, partition=extract))

    @dg.job
    def refresh() -> None:
        read()

    run_id = refresh.execute_in_process(instance=instance).run_id
    with instance.run_storage.connect() as connection:
        connection.exec_driver_sql(
            "update runs set create_timestamp = ? where run_id = ?", (made.strftime("%Y-%m-%d %H:%M:%S.%f"), run_id)
        )
    return run_id


def forget(instance: dg.DagsterInstance, project: Project, days: int = KEPT_DAYS) -> None:
    config = {"ops": {"forget_old_runs": {"config": {"days": days}}}}
    assert forget_history.execute_in_process(config, instance, resources={"project": project}).success


def remaining(instance: dg.DagsterInstance) -> set[str]:
    """Runs of the refresh that are still known."""
    return {one.run_id for one in instance.get_runs(dg.RunsFilter(job_name="refresh"))}


def test_old_runs_go_with_their_events_their_output_and_their_files(
    instance: dg.DagsterInstance, project: Project
) -> None:
    old, young, running = run(instance, OLD), run(instance, YOUNG), run(instance, OLD)
    with instance.run_storage.connect() as connection:
        connection.exec_driver_sql("update runs set status = 'STARTED' where run_id = ?", (running,))

    def traces(run_id: str) -> list[Path]:
        return [path for path in project.dagster_home.rglob("*") if run_id in path.name]

    assert len(traces(old)) == len(traces(young)) > 1
    forget(instance, project)
    assert remaining(instance) == {young, running}
    assert instance.all_logs(young)
    assert traces(old) == []
    assert len(traces(young)) > 1
    forget(instance, project, days=KEPT_DAYS - 2)
    assert remaining(instance) == {running}


def test_a_run_is_kept_that_tells_when_an_extract_still_in_the_inbox_arrived(
    instance: dg.DagsterInstance, project: Project
) -> None:
    instance.add_dynamic_partitions(str(EXTRACT_PARTITIONS.name), ["acme/here.csv", "acme/corrected.csv"])
    arrived = run(instance, OLD, "acme/here.csv", "acme/corrected.csv")
    run(instance, OLD, "acme/gone.csv")
    run(instance, OLD, "acme/corrected.csv")
    corrected = run(instance, OLD, "acme/corrected.csv")
    forget(instance, project)
    assert remaining(instance) == {arrived, corrected}


def test_old_files_of_the_log_go_and_other_files_stay(instance: dg.DagsterInstance, project: Project) -> None:
    folder = project.dagster_home / "log"
    folder.mkdir()
    kept = {f"{YOUNG:%Y-%m-%d}.jsonl", "notes.jsonl"}
    for name in (*kept, f"{OLD:%Y-%m-%d}.jsonl"):
        (folder / name).touch()
    forget(instance, project)
    assert set(os.listdir(folder)) == kept | {f"{NOW:%Y-%m-%d}.jsonl"}


def test_it_happens_every_day_by_itself() -> None:
    assert DAILY_FORGETTING.default_status is dg.DefaultScheduleStatus.RUNNING
    assert DAILY_FORGETTING.cron_schedule == "0 5 * * *"
    ticks = DAILY_FORGETTING.evaluate_tick(dg.build_schedule_context())
    assert ticks.run_requests is not None
    assert len(ticks.run_requests) == 1
