"""When the next annual report is due: year ends, habits of publication, and who is awaited at all."""

from __future__ import annotations

from datetime import date

import pytest
from tiny import Tiny

from valuenet_pipeline.contracts import columns_of
from valuenet_pipeline.contracts.due import ReportDue
from valuenet_pipeline.derive.due import REPORT_DUE


class Companies(Tiny):
    """Companies with folders of their own, as a build has them when reports are awaited."""

    def __init__(self) -> None:
        super().__init__()
        self.add("core.concept", concept_id="revenue")
        self.add("core.concept", concept_id="employees", statement="operating")

    def company(
        self, newest: int | None, year_end: str = "12-31", entity_id: str = "acme", **entity: object
    ) -> Companies:
        self.add("core.entity", entity_id=entity_id, fiscal_year_end=year_end, **entity)
        self.add("core.extract", extract_id=f"{entity_id}/report.xlsx", entity_id=entity_id)
        for year in range(newest - 2, newest + 1) if newest else ():
            self.add("core.fact", entity_id=entity_id, fiscal_year=year, concept_id="revenue")
        return self

    def published(self, *days: tuple[int, str], kind: str = "annual_report") -> Companies:
        for year, day in days:
            self.add("core.report", entity_id="acme", fiscal_year=year, kind=kind, published_on=day)
        return self

    def due(self, columns: str = "due_on, basis") -> list[tuple[object, ...]]:
        return self.rows(f"select {columns} from ({REPORT_DUE}) order by entity_id")


@pytest.mark.parametrize(
    ("year_end", "newest", "ends_on", "due_on"),
    [
        ("12-31", 2021, date(2022, 12, 31), date(2023, 4, 30)),
        ("03-31", 2021, date(2022, 3, 31), date(2022, 7, 31)),
        ("06-30", 2021, date(2022, 6, 30), date(2022, 10, 31)),
        ("02-29", 2022, date(2023, 2, 28), date(2023, 6, 30)),
        ("02-29", 2023, date(2024, 2, 29), date(2024, 6, 30)),
        ("9-27", 2021, date(2022, 9, 27), date(2023, 1, 27)),
    ],
)
def test_without_a_day_of_publication_four_months_are_allowed(
    year_end: str, newest: int, ends_on: date, due_on: date
) -> None:
    found = (
        Companies().company(newest, year_end).due("newest_fiscal_year, next_fiscal_year, year_ends_on, due_on, basis")
    )
    assert found == [(newest, newest + 1, ends_on, due_on, "default")]


def test_a_company_that_published_late_is_awaited_as_late_and_a_week() -> None:
    one = Companies().company(2021).published((2019, "2020-03-31"), (2020, "2021-03-24"), (2021, "2022-03-22"))
    # 91 days after the end of 2019, the leap day among them
    assert one.due("due_on, basis, lag_days") == [(date(2023, 4, 8), "own_lag", 98)]


def test_the_last_three_reports_make_the_habit() -> None:
    days = ((2018, "2019-06-30"), (2019, "2020-03-01"), (2020, "2021-03-01"), (2021, "2022-03-01"))
    assert Companies().company(2021).published(*days).due("lag_days") == [(61 + 7,)]


def test_a_prospectus_and_a_report_of_another_time_make_no_habit() -> None:
    one = Companies().company(2021).published((2018, "2018-05-03"), kind="prospectus")
    one.published((2019, "2021-06-01"), (2020, "2020-12-01"))
    one.add("core.report", entity_id="acme", fiscal_year=2021)
    assert one.due() == [(date(2023, 4, 30), "default")]


def test_only_companies_with_a_folder_and_figures_of_their_own_are_awaited() -> None:
    one = Companies().company(2021).company(None, entity_id="empty").company(None, entity_id="vendor")
    one.connection.execute("insert into core.entity by name select 'printed_' || n as entity_id from range(5000) t(n)")
    one.connection.execute(
        "insert into core.fact by name select entity_id, 2015 as fiscal_year, 'revenue' as concept_id from core.entity "
        "where entity_id like 'printed%'"
    )
    assert one.due("entity_id") == [("acme",)]


def test_a_figure_of_a_segment_or_of_no_statement_is_no_annual_report() -> None:
    one = Companies().company(2021)
    one.add("core.fact", entity_id="acme", fiscal_year=2022, concept_id="employees")
    one.add("core.fact", entity_id="acme", fiscal_year=2023, concept_id="revenue", member_id="phones")
    assert one.due("next_fiscal_year") == [(2022,)]


def test_nothing_is_awaited_after_the_last_year() -> None:
    one = Companies().company(2021, last_fiscal_year=2021).company(2020, entity_id="beta", last_fiscal_year=2021)
    assert one.due("entity_id, next_fiscal_year, last_fiscal_year") == [("beta", 2021, 2021)]


def test_the_query_gives_the_columns_of_the_contract() -> None:
    names = {row[0] for row in Companies().rows(f"describe {REPORT_DUE}")}
    assert names == {column.name for column in columns_of(ReportDue)}
