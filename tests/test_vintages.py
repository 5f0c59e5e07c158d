"""Every print of a figure is kept: what was known on a day, what a later print changed, and what that moved."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from report_desk import PROFILE, Desk, Rows, income

from valuenet_pipeline import warehouse as publications
from valuenet_pipeline.orchestration import archive


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


REVENUE = """select fiscal_year, value::bigint / 1000000 from core.fact_as_of('{}')
    where entity_id = 'acme' and concept_id = 'revenue' and member_id is null order by all"""
MARGIN = "select fiscal_year, round(value, 3) from mart.ratio_as_of('{}') where ratio_id = 'gross_margin' order by all"
OF_ACME = MARGIN.replace(" order", " and entity_id = 'acme' order")
CHANGE = """select kind, fiscal_year, concept_id, earlier_value::bigint / 1000000, later_value::bigint / 1000000,
    earlier_report_fiscal_year, later_report_fiscal_year from mart.restatement where concept_id = 'revenue' order by all"""


def publish_two_reports(desk: Desk) -> None:
    """2019 as first printed, and restated by the report of 2020."""
    desk.report(2019, income((900, 800), (540, 480)))
    desk.report(2020, income((1000, 880), (600, 540)))


def test_a_restated_comparative_is_listed_and_known_since_its_report(desk: Desk) -> None:
    publish_two_reports(desk)
    desk.refresh()
    assert desk.rows(CHANGE) == [("restated", 2019, "revenue", 900, 880, 2019, 2020)]
    assert desk.rows(REVENUE.format("2020-03-30")) == []
    assert desk.rows(REVENUE.format("2020-03-31")) == [(2018, 800), (2019, 900)]
    assert desk.rows(REVENUE.format("2021-03-31")) == [(2018, 800), (2019, 880), (2020, 1000)]
    assert desk.rows(MARGIN.format("2020-12-31")) == [(2018, 0.4), (2019, 0.4)]
    assert desk.rows(MARGIN.format("2022-01-01")) == [(2018, 0.4), (2019, 0.386), (2020, 0.4)]
    known = desk.rows("select distinct known_from::date::varchar, known_from_basis from core.fact order by all")
    assert known == [("2020-03-31", "entity_profile"), ("2021-03-31", "entity_profile")]


def test_a_restatement_names_the_metrics_it_moved_and_by_how_much(desk: Desk) -> None:
    publish_two_reports(desk)
    desk.refresh()
    moved = desk.rows(
        "select fiscal_year, round(earlier_value, 4), round(later_value, 4), round(change, 4), restated, known_from::date::varchar"
        " from mart.restatement_effect where metric_id in ('gross_margin', 'revenue_growth') order by metric_id, fiscal_year"
    )
    assert moved == [
        (2019, 0.4, 0.3864, -0.0136, ["gross_profit 2019", "revenue 2019"], "2021-03-31"),
        (2019, 0.125, 0.1, -0.025, ["revenue 2019"], "2021-03-31"),
        (2020, 0.1111, 0.1364, 0.0253, ["revenue 2019"], "2021-03-31"),
    ]
    series = desk.rows(
        "select vintage, round(value, 3) from mart.ratio where ratio_id = 'gross_margin' and fiscal_year = 2019 order by all"
    )
    assert series == [("as_reported", 0.4), ("current", 0.386)]


def test_a_late_older_report_changes_nothing_but_what_it_prints_first(desk: Desk) -> None:
    publish_two_reports(desk)
    desk.refresh()
    both = {table: desk.rows(f"from mart.{table} order by all") for table in ("restatement", "ratio")}
    late = desk.folder / "annual-report-2019.csv"
    content = late.read_text()
    late.unlink()
    desk.refresh(days=1)
    assert desk.rows(CHANGE) == []
    late.write_text(content)
    desk.refresh(days=1)
    assert desk.rows("from mart.ratio order by all") == both["ratio"]
    assert desk.rows(CHANGE) == [("restated", 2019, "revenue", 900, 880, 2019, 2020)]


def test_a_correction_of_a_correction_is_kept_with_all_before_it(desk: Desk) -> None:
    days = []
    for revenue in (1000, 1100, 1000, 1050):
        desk.report(2020, income((revenue, 880), (600, 540)))
        desk.refresh(days=10)
        days.append(desk.clock)
    assert desk.rows(CHANGE) == [
        ("corrected", 2020, "revenue", 1000, 1050, 2020, 2020),
        ("corrected", 2020, "revenue", 1000, 1100, 2020, 2020),
        ("corrected", 2020, "revenue", 1100, 1000, 2020, 2020),
    ]
    seen = [desk.rows(REVENUE.format(day))[-1] for day in days]
    assert seen == [(2020, 1000), (2020, 1100), (2020, 1000), (2020, 1050)]
    assert desk.rows(REVENUE.format("2021-04-01"))[-1] == (2020, 1000)
    margins = [desk.rows(MARGIN.format(day))[-1][1] for day in days]
    assert margins == [0.4, 0.455, 0.4, 0.429]
    moved = desk.rows(
        "select round(earlier_value, 3), round(later_value, 3), known_from from mart.restatement_effect"
        " where metric_id = 'gross_margin' and fiscal_year = 2020 order by known_from"
    )
    assert moved == [(0.4, 0.455, days[1]), (0.455, 0.4, days[2]), (0.4, 0.429, days[3])]
    versions = desk.rows("select version, left_because, arrived_at from core.extract_version order by version")
    assert versions == [(place, "replaced" if place < 4 else None, days[place - 1]) for place in (1, 2, 3, 4)]


UNITS = """select kind, unit, earlier_value::bigint / 1000000, later_unit, later_value::bigint / 1000000,
    change::bigint / 1000000 from mart.restatement where concept_id = 'revenue' order by known_from, unit"""


def test_a_corrected_currency_is_a_change_of_unit_and_of_no_amount(desk: Desk) -> None:
    for currency in ("CNY", "USD", "CNY"):
        desk.report(2020, income((1000,), (600,)), currency=currency)
        desk.refresh(days=1)
    assert desk.rows(UNITS) == [
        ("unit_changed", "CNY", 1000, "USD", 1000, None), ("unit_changed", "USD", 1000, "CNY", 1000, None),
    ]  # fmt: skip
    assert desk.rows("select distinct relative_change, tolerance from mart.restatement") == [(None, None)]


def test_a_currency_that_is_corrected_was_another_one_before(desk: Desk) -> None:
    (desk.folder / "entity.yaml").write_text(f"{PROFILE}currency: USD\n", encoding="utf-8")
    for currency in ("CNY", "USD"):
        desk.report(2020, income((1000,), (600,)), currency=currency)
        desk.refresh(days=1)
    assert desk.rows(REVENUE.format("2021-12-31")) == []  # nothing in the presentation currency
    assert desk.rows(MARGIN.format("2021-12-31")) == []
    assert desk.rows(REVENUE.format(desk.clock)) == [(2020, 1000)]


def test_a_version_that_is_lost_is_not_said_to_print_nothing(desk: Desk) -> None:
    for revenue in (1000, 1010, 1020):
        desk.report(2020, income((revenue,), (600,)))
        desk.refresh(days=1)
    assert [row[3:5] for row in desk.rows(CHANGE)] == [(1000, 1010), (1010, 1020)]
    middle = next(one for one in archive.versions(desk.project) if one.number == 2)
    archive.archived(desk.project, middle.content_hash).unlink()
    shutil.rmtree(desk.project.warehouse)
    desk.refresh(days=1)
    assert desk.rows(CHANGE) == []


def test_a_translation_that_comes_and_goes_changes_no_unit(desk: Desk) -> None:
    head = "Acme Annual Report 2020\nConsolidated income statement\n,2020,2020\n,US$,RMB\n,(in millions),\n"
    for revenue in ("140,1000", ",1000", "154,1100", "168,1200"):
        text = f"{head}Revenue,{revenue}\nGross profit,56,400\n"
        (desk.folder / "annual-report-2020.csv").write_text(text, encoding="utf-8")
        desk.refresh(days=1)
    assert desk.rows(UNITS) == [
        ("withdrawn", "USD", 140, None, None, None),
        ("corrected", "CNY", 1000, "CNY", 1100, 100),
        ("corrected", "CNY", 1100, "CNY", 1200, 100),
        ("corrected", "USD", 154, "USD", 168, 14),
    ]


def test_figures_that_a_correction_leaves_alone_are_known_as_long_as_before(desk: Desk) -> None:
    desk.report(2020, income((1000, 880), (600, 540)))
    desk.refresh()
    desk.report(2020, income((1100, 880), (600, 540)))
    desk.refresh(days=1)
    assert desk.rows("select fiscal_year, concept_id from core.superseded_fact order by all") == [
        (2020, "gross_profit"),
        (2020, "revenue"),
    ]
    known = desk.rows("select distinct known_from_basis, concept_id, fiscal_year from core.fact order by all")
    assert {row[1:] for row in known if row[0] == "arrival"} == {("gross_profit", 2020), ("revenue", 2020)}


def test_a_removed_extract_is_named_and_counts_no_longer_from_then_on(desk: Desk) -> None:
    publish_two_reports(desk)
    desk.refresh()
    before = desk.clock
    (desk.folder / "annual-report-2020.csv").unlink()
    desk.refresh(days=5)
    found = desk.rows("select severity, extract_id, message from mart.finding where check_id = 'FIL-15'")
    assert [row[:2] for row in found] == [("info", "acme/annual-report-2020.csv")]
    assert desk.rows(REVENUE.format(desk.clock)) == [(2018, 800), (2019, 900)]
    assert desk.rows(REVENUE.format(before)) == [(2018, 800), (2019, 880), (2020, 1000)]
    assert desk.rows("select count(*) from mart.ratio where fiscal_year = 2020") == [(0,)]


STATUS = (
    """select fiscal_year, status from mart.{} where entity_id = 'acme' and ratio_id = 'revenue_growth' order by all"""
)


def test_a_year_whose_reports_are_gone_is_none_to_look_back_to(desk: Desk) -> None:
    desk.report(2019, income((900,), (540,)))
    desk.report(2020, income((1000,), (600,)))
    desk.refresh()
    before = desk.clock
    (desk.folder / "annual-report-2019.csv").unlink()
    desk.refresh(days=1)
    now = [(2020, "no_adjacent_year")]
    assert desk.rows(STATUS.format("ratio").replace("order", "and vintage = 'current' order")) == now
    assert desk.rows(STATUS.format("ratio_as_of('2100-01-01')")) == now
    assert desk.rows(STATUS.format(f"ratio_as_of('{before}')")) == [(2019, "no_adjacent_year"), (2020, "ok")]


def test_a_year_that_a_correction_takes_away_is_among_what_it_moved(desk: Desk) -> None:
    desk.report(2020, income((1000, 880), (600, 540)))
    desk.refresh()
    desk.report(2020, income((1000,), (600,)))
    desk.refresh(days=1)
    moved = desk.rows(
        "select metric_id, fiscal_year, round(earlier_value, 3), later_value, later_status from mart.restatement_effect"
        " where metric_id in ('gross_margin', 'revenue_growth') order by all"
    )
    assert moved == [
        ("gross_margin", 2019, 0.386, None, "missing_input"),
        ("revenue_growth", 2020, 0.136, None, "no_adjacent_year"),
    ]


def test_a_name_that_another_extract_has_now_is_not_told_as_removed(desk: Desk) -> None:
    desk.report(2019, income((900, 800), (540, 480)), "a.csv")
    desk.report(2020, income((1000, 880), (600, 540)), "b.csv")
    desk.refresh()
    (desk.folder / "b.csv").rename(desk.folder / "a.csv")
    desk.refresh(days=1)
    assert desk.rows("from mart.finding where check_id = 'FIL-15'") == []
    assert desk.rows(REVENUE.format(desk.clock)) == [(2019, 880), (2020, 1000)]


def test_the_past_is_checked_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_two_reports(desk)
    desk.refresh()
    desk.report(2020, income((1010, 880), (600, 540)))
    desk.refresh(days=1)
    known = desk.rows("from core.superseded_fact order by all")
    assert known
    monkeypatch.setattr(publications, "facts_of", None)
    desk.refresh(days=1)
    assert desk.rows("from core.superseded_fact order by all") == known


def test_what_the_archive_lost_is_named(desk: Desk) -> None:
    publish_two_reports(desk)
    desk.refresh()
    desk.report(2020, income((1010, 880), (600, 540)))
    desk.refresh(days=1)
    (lost,) = (one for one in archive.versions(desk.project) if one.left_at)
    archive.archived(desk.project, lost.content_hash).unlink()
    desk.refresh(days=1)
    assert desk.rows("select distinct version from core.superseded_fact") == [(1,)]  # as it was read before
    shutil.rmtree(desk.project.warehouse)
    desk.refresh(days=1)
    found = desk.rows("select severity, extract_id, message, remedy from mart.finding where check_id = 'FIL-16'")
    told = f"bring the file {lost.content_hash} back from a backup of data/archive"
    assert found == [("warning", "acme/annual-report-2020.csv", "what its version 1 said is lost", told)]
    assert desk.rows("select version, is_lost from core.extract_version where not extract_id like '%2019%' order by all") == [
        (1, True), (2, False),
    ]  # fmt: skip
    # what version 2 says was not known before it came: version 1 may have said otherwise
    assert desk.rows(REVENUE.format("2021-12-31")) == [(2018, 800), (2019, 900)]
    assert desk.rows(REVENUE.format("2100-01-01")) == [(2018, 800), (2019, 880), (2020, 1010)]


def test_an_archive_that_is_gone_is_asked_for_before_anything_is_published_without_it(desk: Desk) -> None:
    publish_two_reports(desk)
    desk.refresh()
    published = desk.project.published.resolve()
    backup = desk.project.archive.rename(desk.project.root / "backup")
    with pytest.raises(archive.ArchiveError, match="remembers nothing, though what is published knows 2 contents"):
        desk.refresh(days=1)
    assert desk.project.published.resolve() == published
    shutil.rmtree(desk.project.archive)
    backup.rename(desk.project.archive)
    desk.refresh(days=1)
    assert desk.rows("select count(*) from core.extract_version") == [(2,)]


def test_a_company_removed_with_its_profile_is_remembered(desk: Desk) -> None:
    desk.report(2019, income((900, 800), (540, 480)))
    other = desk.project.inbox / "other"
    other.mkdir()
    shutil.copy(desk.folder / "annual-report-2019.csv", other / "report.csv")
    desk.refresh()
    shutil.rmtree(desk.folder)
    desk.refresh(days=1)
    assert desk.rows("select entity_id, currency from core.entity order by all") == [("acme", "USD"), ("other", "USD")]
    assert desk.rows("select extract_id from mart.finding where check_id = 'FIL-15'") == [
        ("acme/annual-report-2019.csv",)
    ]
    assert desk.rows(REVENUE.format("2022-01-10 12:00")) == [(2018, 800), (2019, 900)]
    assert desk.rows(REVENUE.format("2022-01-12")) == []
    assert desk.rows(OF_ACME.format("2022-01-10 12:00")) == [(2018, 0.4), (2019, 0.4)]
    assert desk.rows(OF_ACME.format("2022-01-12")) == []


def test_a_version_that_was_kept_out_was_never_known(desk: Desk) -> None:
    figures = {**income((1000,), (600,)), "Gross profit": (1,)}
    desk.report(2020, figures)
    desk.refresh()
    day = desk.clock
    desk.report(2020, income((1000,), (600,)))
    desk.refresh(days=1)
    assert desk.rows("from core.superseded_fact") == []
    assert desk.rows("from mart.restatement") == []
    assert desk.rows("select value from mart.ratio where ratio_id = 'gross_margin' and vintage = 'current'") == [(0.4,)]
    assert day < desk.clock


def test_a_figure_that_was_kept_out_has_said_so_since_it_arrived(desk: Desk) -> None:
    desk.report(2021, {**income((1000,), (600,)), "Gross profit": (1,)})
    desk.refresh()
    day = desk.clock
    desk.report(2021, income((1000,), (600,)))
    desk.refresh(days=5)
    known = "select fiscal_year, value, status from mart.ratio_as_of('{}') where ratio_id = 'gross_margin'"
    assert desk.rows(known.format(day - datetime.timedelta(days=1))) == []
    assert desk.rows(known.format(day)) == [(2021, None, "input_in_quarantine")]
    assert desk.rows(known.format(desk.clock)) == [(2021, 0.4, "ok")]


def test_a_resegmentation_shows_what_was_recast(desk: Desk) -> None:
    def segments(year: int, rows: str) -> None:
        title = f"Acme Annual Report {year},,\nSegment information (USD million),,\n"
        content = f"{title},{year},{year - 1}\nRevenue,,\n{rows}"
        (desk.folder / f"segments-{year}.csv").write_text(content, encoding="utf-8")

    publish_two_reports(desk)
    segments(2019, "Phones,700,600\nServices,200,200\nTotal revenue,900,800\n")
    segments(2020, "Devices,760,660\nServices,240,220\nTotal revenue,1000,880\n")
    desk.refresh()
    recast = desk.rows(
        "select fiscal_year, member_id, earlier_value::bigint / 1000000, later_value::bigint / 1000000, known_from::date::varchar"
        " from mart.restatement where member_id is not null"
    )
    assert recast == [(2019, "services", 200, 220, "2021-03-31")]
    query = """select member_id, value::bigint / 1000000 from core.fact_as_of('{}')
        where concept_id = 'revenue' and fiscal_year = 2019 and member_id is not null order by all"""
    assert desk.rows(query.format("2020-12-31")) == [("phones", 700), ("services", 200)]
    assert desk.rows(query.format("2021-12-31")) == [("devices", 660), ("phones", 700), ("services", 220)]


def test_the_publication_a_row_prints_is_taken_before_all_others(desk: Desk) -> None:
    (desk.folder / "panel.csv").write_text(
        "Ticker,Currency,Report Date,Publish Date,Revenue,Gross Profit\n"
        "ACME,USD,2020-12-31,2021-02-19,1000000000,400000000\n"
        "ACME,USD,2021-12-31,2022-02-18,1100000000,450000000\n",
        encoding="utf-8",
    )
    desk.refresh()
    known = desk.rows(
        "select distinct fiscal_year, known_from::date::varchar, known_from_basis from core.fact order by all"
    )
    assert known == [(2020, "2021-02-19", "extract"), (2021, "2022-02-18", "extract")]
    assert desk.rows(MARGIN.format("2021-06-30")) == [(2020, 0.4)]


def test_the_warehouse_is_the_same_after_it_was_deleted(desk: Desk) -> None:
    publish_two_reports(desk)
    desk.refresh()
    desk.report(2020, income((1100, 880), (600, 540)))
    desk.refresh(days=1)
    tables: Callable[[], dict[str, Rows]] = lambda: {  # noqa: E731
        name: desk.rows(f"from {name} order by all")
        for name in (
            "core.fact",
            "core.superseded_fact",
            "core.extract_version",
            "mart.ratio_history",
            "mart.restatement",
        )
    }
    before = tables()
    for path in sorted(desk.project.warehouse.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    desk.refresh()
    assert tables() == before


def test_a_clock_that_was_set_back_puts_nothing_later_before_what_was_earlier(desk: Desk) -> None:
    desk.report(2019, income((900, 800), (540, 480)))
    desk.refresh()
    desk.report(2019, income((910, 800), (540, 480)))
    desk.refresh(days=-400)
    newest, older = publications.versions(desk.project.published)
    assert newest.is_current
    assert newest.publication_id > older.publication_id
    assert desk.rows("select version, left_because from core.extract_version order by arrived_at") == [
        (1, "replaced"), (2, None),
    ]  # fmt: skip
    assert desk.rows("select earlier_value::bigint / 1000000, later_value::bigint / 1000000 from mart.restatement "
                     "where concept_id = 'revenue'") == [(900, 910)]  # fmt: skip


def test_what_is_known_now_is_the_current_series(warehouse: duckdb.DuckDBPyConnection) -> None:
    """On the shipped companies, with every metric, status and reason."""
    for table, name in (("ratio", "ratio_id"), ("profit_model", "indicator_id")):
        columns = f"entity_id, fiscal_year, {name}, value, status, reason, basis, input_status"
        query = f"from (select {columns} from mart.{table}_as_of(current_date + 1)) except all from (select {columns} from mart.{table} where vintage = 'current')"
        reverse = f"from (select {columns} from mart.{table} where vintage = 'current') except all from (select {columns} from mart.{table}_as_of(current_date + 1))"
        assert warehouse.execute(query).fetchall() == []
        assert warehouse.execute(reverse).fetchall() == []
