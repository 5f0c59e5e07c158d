"""Reporting season: which annual reports should be here by now and are not, as a warning on the published warehouse.

Belongs here: the check, and the job and schedule that look when nothing arrives. Not here: when a report is due (`derive`).
"""

import datetime
from pathlib import Path

import dagster as dg
import pandas as pd

from valuenet_pipeline import warehouse
from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.metadata import asset_key, markdown_table
from valuenet_pipeline.orchestration.turn import Turn

REPORT_DUE = asset_key("mart.report_due")
PUBLICATION = asset_key("publication.warehouse")
NAMED = 10
"""Companies named in the sentence; the table names all."""

OVERDUE = """
select entity_id, due_on::varchar as due_on, $today - d.due_on as days_overdue, basis, next_fiscal_year as missing_from,
  least(next_fiscal_year + date_sub('year', d.due_on, $today - 1), last_fiscal_year) as missing_to,
  1 + missing_to - missing_from as missing_reports
from mart.report_due d where d.due_on < $today order by d.due_on, entity_id"""
"""One report a year is missing from the first that is overdue on."""


def overdue_reports(published: Path, today: datetime.date) -> pd.DataFrame:
    """The companies whose next annual report was due before `today`, the longest overdue first."""
    with warehouse.connect_read_only(published) as connection:
        return connection.execute(OVERDUE, {"today": today}).df()


def overdue_result(overdue: pd.DataFrame) -> dg.AssetCheckResult:
    """A warning that names each company, or that nothing is overdue."""
    said = [
        f"{one.entity_id}: {one.missing_reports} annual report(s) from fiscal year {one.missing_from} on, "
        f"the first overdue by {one.days_overdue} days"
        for one in overdue.head(NAMED).itertuples()
    ]
    if len(overdue) > NAMED:
        said.append(f"and {len(overdue) - NAMED} more companies")
    return dg.AssetCheckResult(
        passed=overdue.empty,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(said) or "Every annual report that is due is here.",
        metadata={
            "companies": len(overdue),
            "missing_reports": int(overdue["missing_reports"].sum()),
            "overdue": dg.MetadataValue.md(markdown_table(overdue) if said else "none"),
        },
    )


@dg.asset_check(
    asset=REPORT_DUE,
    additional_deps=[PUBLICATION],
    description="Annual reports that are due by fiscal year end and past publication days, and are not in the inbox. "
    "Put the report into the company's folder; `last_fiscal_year` in its entity.yaml says that no later one is awaited.",
)
def annual_reports_overdue(project: dg.ResourceParam[Project], turn: dg.ResourceParam[Turn]) -> dg.AssetCheckResult:
    if flow.published_inbox_hash(project) is None:
        return dg.AssetCheckResult(passed=True, description="Nothing is published yet by this version.")
    return overdue_result(overdue_reports(project.published, datetime.date.today()))


REPORTING_SEASON_CHECK = dg.define_asset_job(
    name="reporting_season_check",
    selection=dg.AssetSelection.checks(annual_reports_overdue),
    executor_def=dg.in_process_executor,
    description="Look for overdue annual reports in the published warehouse; nothing is rebuilt.",
)

REPORTING_SEASON = dg.ScheduleDefinition(
    name="reporting_season",
    job=REPORTING_SEASON_CHECK,
    cron_schedule="0 7 * * 1-5",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every working day: a report becomes overdue although nothing arrives, and some fiscal year ends every month.",
)
