"""Retention: Dagster's history of runs, and the log, are kept for some months and not for ever.

Belongs here: which runs and log files go, and when. Not here: ticks (Dagster's own `retention` in dagster.yaml),
published files (`warehouse`).
"""

import datetime

import dagster as dg

from valuenet_pipeline.orchestration import log
from valuenet_pipeline.orchestration.assets import EXTRACT, EXTRACT_PARTITIONS
from valuenet_pipeline.orchestration.flow import Project

KEPT_DAYS = 90
PAGE = 1000
FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


class Retention(dg.Config):
    """For how long history is kept."""

    days: int = KEPT_DAYS


@dg.op
def forget_old_runs(context: dg.OpExecutionContext, config: Retention, project: dg.ResourceParam[Project]) -> None:
    """Delete finished runs with their events and output, and files of the log, when they are old."""
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=config.days)
    with log.of_run(project, context.run_id):
        runs = _forget_runs(project, context.instance, before)
        files = _forget_log(project, before.date())
        log.event("history_forgotten", before=before.date().isoformat(), runs=runs, log_files=files)


@dg.job(executor_def=dg.in_process_executor, description="Forgets runs and log files that are older than 90 days.")
def forget_history() -> None:
    """The job."""
    forget_old_runs()


DAILY_FORGETTING = dg.ScheduleDefinition(
    name="daily_forgetting",
    job=forget_history,
    cron_schedule="0 5 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Keeps Dagster's history and the log from growing for ever.",
)


def _forget_runs(project: Project, instance: dg.DagsterInstance, before: datetime.datetime) -> int:
    """Delete the finished runs made before a moment, but for those that tell when a present extract arrived."""
    kept = _arrivals(instance)
    old = instance.get_run_records(dg.RunsFilter(statuses=FINISHED, created_before=before))
    run_ids = [record.dagster_run.run_id for record in old if record.dagster_run.run_id not in kept]
    for run_id in run_ids:
        instance.delete_run(run_id)
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        # SQLite keeps a file per run, which Dagster empties and leaves at its full size.
        (project.dagster_home / "history" / "runs" / f"{run_id}.db").unlink(missing_ok=True)
    return len(run_ids)


def _arrivals(instance: dg.DagsterInstance) -> set[str]:
    """The runs that hold the newest event of each extract in the inbox."""
    wanted = set(instance.get_dynamic_partitions(str(EXTRACT_PARTITIONS.name)))
    runs: set[str] = set()
    cursor, has_more = None, True
    while wanted and has_more:
        page = instance.fetch_materializations(EXTRACT.key, limit=PAGE, cursor=cursor)
        for record in page.records:
            if record.partition_key in wanted:
                wanted.remove(record.partition_key)
                runs.add(record.run_id)
        cursor, has_more = page.cursor, page.has_more
    return runs


def _forget_log(project: Project, before: datetime.date) -> int:
    """Delete the files of the log for the days before one."""
    folder = log.folder(project)
    old = [path for path in folder.glob("????-??-??.jsonl") if path.stem < before.isoformat()] if folder else []
    for path in old:
        path.unlink()
    return len(old)
