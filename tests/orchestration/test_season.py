"""Overdue annual reports: counted from the day on which they were due, shown as a warning, looked for without a rebuild."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from conftest import refresh

from valuenet_pipeline.definitions import build_definitions
from valuenet_pipeline.orchestration import season
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.season import overdue_reports, overdue_result


@pytest.fixture
def due(tmp_path: Path) -> Path:
    """A file that awaits a report of acme by 30 April 2022, and one of a company studied up to 2022."""
    path = tmp_path / "due.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema mart")
        connection.execute(
            """create table mart.report_due as from (values
              ('acme', 2021, null::bigint, date '2022-04-30', 'default'), ('beta', 2021, 2022, date '2022-02-28', 'own_lag')
            ) t(entity_id, next_fiscal_year, last_fiscal_year, due_on, basis)"""
        )
    return path


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2022, 2, 28), {}),
        (date(2022, 3, 1), {"beta": (1, 1)}),
        (date(2022, 4, 30), {"beta": (1, 61)}),
        (date(2022, 5, 1), {"beta": (1, 62), "acme": (1, 1)}),
        (date(2023, 4, 30), {"beta": (2, 426), "acme": (1, 365)}),
        (date(2023, 5, 1), {"beta": (2, 427), "acme": (2, 366)}),
        (date(2026, 11, 23), {"beta": (2, 1729), "acme": (5, 1668)}),
    ],
)
def test_a_report_is_missing_for_each_year_that_was_due(
    due: Path, today: date, expected: dict[str, tuple[int, int]]
) -> None:
    found = overdue_reports(due, today)
    counts = zip(found["missing_reports"], found["days_overdue"], strict=True)
    assert dict(zip(found["entity_id"], counts, strict=True)) == expected


def test_the_warning_names_company_years_and_days(due: Path) -> None:
    late = overdue_result(overdue_reports(due, date(2023, 5, 1)))
    assert not late.passed
    assert late.severity is dg.AssetCheckSeverity.WARN
    assert "acme: 2 annual report(s) from fiscal year 2021 on, the first overdue by 366 days" in str(late.description)
    table = str(late.metadata["overdue"].value)
    assert all(word in table for word in ("acme", "2022-04-30", "own_lag"))
    assert late.metadata["missing_reports"].value == 4
    on_time = overdue_result(overdue_reports(due, date(2022, 1, 1)))
    assert on_time.passed
    assert on_time.metadata["companies"].value == 0


def run_check(project: Project) -> dg.AssetCheckEvaluation:
    job = build_definitions(project).resolve_job_def("reporting_season_check")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance)
    assert {event.step_key for event in result.all_events if event.is_step_success} == {
        "mart__report_due_annual_reports_overdue"
    }
    (evaluation,) = result.get_asset_check_evaluations()
    return evaluation


def test_the_check_alone_reads_the_published_file_and_rebuilds_nothing(
    shipped: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    class June(date):
        @classmethod
        def today(cls) -> June:
            return cls(2023, 5, 1)

    monkeypatch.setattr(season.datetime, "date", June)
    before = shipped.published.resolve()
    evaluation = run_check(shipped)
    assert not evaluation.passed
    # Xiaomi's and Huawei's reports came by the end of March; Alibaba's and JD's are not due yet
    assert evaluation.metadata["companies"].value == 2
    assert "xiaomi: 1 annual report(s) from fiscal year 2022" in str(evaluation.description)
    assert shipped.published.resolve() == before


def test_a_company_that_is_studied_up_to_a_year_is_not_awaited_after_it(project: Project) -> None:
    for other in ("alibaba", "jd", "xiaomi"):
        shutil.rmtree(project.inbox / other)
    with (project.inbox / "huawei" / "entity.yaml").open("a", encoding="utf-8") as profile:
        profile.write("\nlast_fiscal_year: 2021\n")
    assert overdue_reports(refresh(project), date(2030, 1, 1)).empty


def test_before_the_first_publication_nothing_is_overdue(tmp_path: Path) -> None:
    assert run_check(Project(tmp_path)).passed


def test_the_season_is_looked_at_on_working_days() -> None:
    schedule = season.REPORTING_SEASON
    assert schedule.cron_schedule == "0 7 * * 1-5"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "reporting_season_check"
