"""Dagster's home in a project: the folder of its history, and its settings.

Belongs here: what Dagster finds when it starts. Not here: what runs in it (`instance`, `serve`).
"""

from pathlib import Path

from valuenet_pipeline.orchestration.project import Project

INSTANCE_YAML = """\
telemetry:
  enabled: false
# Nor does the interface ask for an address.
nux:
  enabled: false
# A run that does not start, or does not end, must not count as running for ever.
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
  max_runtime_seconds: 3600
  poll_interval_seconds: 60
# A run whose process was killed is started again; one that failed by itself would fail again.
run_retries:
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false
# Runs follow one another; those that wait are seen in the queue.
concurrency:
  runs:
    max_concurrent_runs: 1
# The sensors look several times a minute; looks that found nothing go sooner.
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days: {skipped: 2, success: 90, failure: 90}
"""


def instance_home(project: Project) -> Path:
    """The Dagster home of a project, made when missing; an existing dagster.yaml is left as it is."""
    home = project.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(INSTANCE_YAML, encoding="utf-8")
    return home.resolve()
