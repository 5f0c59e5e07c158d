"""The table of contents: everything Dagster loads, on one screen.

Belongs here: the list. Not here: the things listed (`orchestration`).
"""

import dagster as dg

from valuenet_pipeline.orchestration.assets import build_assets
from valuenet_pipeline.orchestration.failure import run_failed
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.instance import resources
from valuenet_pipeline.orchestration.live_runs import dead_run_sensor
from valuenet_pipeline.orchestration.retention import DAILY_FORGETTING, forget_history
from valuenet_pipeline.orchestration.schedule import DAILY_REBUILD, REFRESH
from valuenet_pipeline.orchestration.season import REPORTING_SEASON, REPORTING_SEASON_CHECK, annual_reports_overdue
from valuenet_pipeline.orchestration.sensor import inbox_sensor


def build_definitions(project: Project | None = None) -> dg.Definitions:
    """Definitions over a project; the one found from the environment or working directory unless given."""
    project = project or Project.find()
    return dg.Definitions(
        assets=build_assets(project),
        asset_checks=[annual_reports_overdue],
        jobs=[REFRESH, REPORTING_SEASON_CHECK, forget_history],
        sensors=[inbox_sensor, dead_run_sensor, run_failed],
        schedules=[DAILY_REBUILD, REPORTING_SEASON, DAILY_FORGETTING],
        resources=resources(project),
        executor=dg.in_process_executor,
    )


defs = build_definitions()
