"""An alert for a run that failed under the daemon; a refresh on the command line tells its caller by its exit code.

Belongs here: noticing the failure. Not here: how alerts are told (`alert`), retries.
"""

import dagster as dg

from valuenet_pipeline.orchestration import alert, log
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.report.plain import plain

REMEDY = "`valuenet ui` shows the run; the published warehouse is unchanged"


@dg.run_failure_sensor(
    name="run_failed",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Alerts when a run failed or was found dead.",
)
def run_failed(context: dg.RunFailureSensorContext, project: dg.ResourceParam[Project]) -> None:
    """Tell of one failed run."""
    run = context.dagster_run
    failed = alert.Alert(
        id=alert.identify("run_failed", run.run_id),
        kind="run_failed",
        severity="error",
        entity_id=None,
        extract_id=None,
        message=plain(f"{run.job_name}: {_reason(context)}"),
        remedy=REMEDY,
    )
    with log.of_run(project, run.run_id):
        alert.tell([failed], run_id=run.run_id)


def _reason(context: dg.RunFailureSensorContext) -> str:
    """What the first failed step raised; where none did, what Dagster says of the run."""
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        while error and error.cause:
            error = error.cause
        if error:
            return error.message
    return context.failure_event.message or "it failed"
