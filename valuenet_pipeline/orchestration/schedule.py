"""The refresh job, and when it runs by the clock.

Belongs here: the job and its schedule. Not here: runs started by arriving files (`sensor`).
"""

import dagster as dg

REFRESH = dg.define_asset_job(
    name="refresh",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Read what is new in the inbox, build all tables, publish them.",
)

DAILY_REBUILD = dg.ScheduleDefinition(
    name="daily_rebuild",
    job=REFRESH,
    cron_schedule="0 6 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Rebuilds once a day, so that a missed arrival or a failed run is made good by itself.",
)
