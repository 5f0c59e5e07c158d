"""A refresh in this process, recorded in the local Dagster instance.

Belongs here: what such a run is given. Not here: Dagster's home (`home`), the web interface (`serve`).
"""

import os
import uuid

import dagster as dg
from sqlalchemy.exc import OperationalError

from valuenet_pipeline.orchestration.assets import AGAIN, OnProgress, build_assets
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.home import instance_home
from valuenet_pipeline.orchestration.live_runs import alive, fail_dead_runs
from valuenet_pipeline.orchestration.schedule import REFRESH
from valuenet_pipeline.orchestration.season import annual_reports_overdue
from valuenet_pipeline.orchestration.turn import turn_in


def ignore_progress(_done: int, _total: int, _name: str) -> None:
    """Progress nobody watches."""


def resources(project: Project, on_progress: OnProgress | None = None) -> dict[str, object]:
    """What the assets and the sensor are given."""
    return {"project": project, "on_progress": on_progress or ignore_progress, "turn": turn_in(project)}


def run_refresh(
    project: Project, on_progress: OnProgress | None = None, again: bool = False
) -> dg.ExecuteInProcessResult:
    """Run the refresh job here, recorded where the web interface sees it; the result tells if it failed.

    What was rolled back is published only when it is asked for `again`. Raises OSError when the run cannot be recorded.
    """
    os.environ["DAGSTER_HOME"] = str(instance_home(project))
    definitions = dg.Definitions(
        assets=build_assets(project),
        asset_checks=[annual_reports_overdue],
        jobs=[REFRESH],
        resources=resources(project, on_progress),
    )
    run_id = str(uuid.uuid4())
    try:
        with dg.DagsterInstance.get() as instance, alive(project, run_id):
            fail_dead_runs(instance, project)
            return definitions.resolve_job_def(REFRESH.name).execute_in_process(
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                instance=instance,
                run_id=run_id,
                tags={AGAIN: "true"} if again else {},
                raise_on_error=False,
            )
    except OperationalError as error:
        raise OSError(f"Dagster's history in {project.dagster_home} cannot be written: {error.orig}") from error


def failure_of(result: dg.ExecuteInProcessResult) -> str:
    """What went wrong first in a failed run, on one line: in a step, or before it, where it waits for its turn."""
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
        elif event.is_resource_init_failure:
            error = event.engine_event_data.error
        else:
            continue
        while error and error.cause:
            error = error.cause
        if error:
            return " ".join(error.message.split())
    return "the run failed"
