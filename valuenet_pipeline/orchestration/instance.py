"""The local Dagster instance: its home, a refresh in this process.

Belongs here: what Dagster keeps and one run of it. Not here: the web interface (`serve`), the definitions it loads.
"""

import os
from pathlib import Path

import dagster as dg

from valuenet_pipeline.orchestration.assets import AGAIN, OnProgress, build_assets
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.schedule import REFRESH

INSTANCE_YAML = """\
telemetry:
  enabled: false
# A killed refresh must not count as running for ever.
run_monitoring:
  enabled: true
  max_runtime_seconds: 3600
"""


def ignore_progress(_done: int, _total: int, _name: str) -> None:
    """Progress nobody watches."""


def resources(project: Project, on_progress: OnProgress | None = None) -> dict[str, object]:
    """What the assets and the sensor are given."""
    return {"project": project, "on_progress": on_progress or ignore_progress}


def instance_home(project: Project) -> Path:
    """The Dagster home of a project, made when missing; an existing dagster.yaml is left as it is."""
    home = project.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(INSTANCE_YAML, encoding="utf-8")
    return home.resolve()


def run_refresh(
    project: Project, on_progress: OnProgress | None = None, again: bool = False
) -> dg.ExecuteInProcessResult:
    """Run the refresh job here, recorded where the web interface sees it; the result tells if it failed.

    What was rolled back is published only when it is asked for `again`.
    """
    os.environ["DAGSTER_HOME"] = str(instance_home(project))
    definitions = dg.Definitions(
        assets=build_assets(project), jobs=[REFRESH], resources=resources(project, on_progress)
    )
    with dg.DagsterInstance.get() as instance:
        return definitions.resolve_job_def(REFRESH.name).execute_in_process(
            run_config={"loggers": {"console": {"config": {"log_level": "ERROR"}}}},
            instance=instance,
            tags={AGAIN: "true"} if again else {},
            raise_on_error=False,
        )
