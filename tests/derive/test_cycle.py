"""The cycle: what each year's figures say about a link, and never more than they say."""

from __future__ import annotations

import re

import duckdb
import pytest
from tiny import Tiny

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.derive.cycle import flywheel_query, flywheel_summary_query

CATALOG = load_catalog()
CAUSAL = re.compile(
    r"\b(caus\w*|because|due to|thanks to|led to|leads? to|drives?|drove|driven|therefore|hence|results? (in|of|from)|"
    r"explains?|brought about|proves|proved|shows that|demonstrat\w*)\b",
    re.IGNORECASE,
)
"""Wordings that claim more than that two figures grew in the same year."""

HARDWARE, USERS, DEVICES, SERVICES, PROFIT, RESEARCH = 1, 2, 3, 4, 5, 6
"""Positions of the links, by the stage at which each begins."""


def flywheel(tiny: Tiny) -> Tiny:
    tiny.view("mart.flywheel", flywheel_query(CATALOG))
    return tiny.view("mart.flywheel_summary", flywheel_summary_query(CATALOG))


def link(tiny: Tiny, year: int, position: int, columns: str = "turned", entity: str = "acme") -> tuple[object, ...]:
    (row,) = tiny.rows(
        f"select {columns} from mart.flywheel where entity_id = '{entity}' and fiscal_year = {year} and position = {position}"
    )
    return row


def test_a_link_turns_when_both_ends_grow() -> None:
    tiny = Tiny().fact("smartphones_shipped", {2018: 100.0, 2019: 98.9, 2020: 110.0})
    tiny.fact("monthly_active_users", {2018: 100.0, 2019: 127.9, 2020: 130.0})
    flywheel(tiny)
    assert link(tiny, 2019, HARDWARE, "cause, effect, turned") == ("smartphones_shipped", "monthly_active_users", "no")
    assert link(tiny, 2020, HARDWARE) == ("yes",)
    (no,), (yes,) = (link(tiny, year, HARDWARE, "evidence") for year in (2019, 2020))
    assert no == (
        "In 2019 smartphones shipped fell 1.1 % while monthly active users grew 27.9 %: "
        "the link did not turn on this year's figures. One such year does not refute the link."
    )
    assert yes == (
        "In 2020 smartphones shipped grew 11.2 % and monthly active users grew 1.6 %: the link turned on this year's "
        "figures. One year of growth on both sides is consistent with the link, not proof of it."
    )


def test_what_is_missing_is_unknown_and_named() -> None:
    tiny = Tiny().fact("smartphones_shipped", {2018: 100.0, 2020: 110.0})
    tiny.fact("monthly_active_users", {2018: 100.0, 2019: 127.9, 2020: 130.0})
    flywheel(tiny)
    assert link(tiny, 2018, USERS, "turned, evidence") == (
        "unknown",
        "For 2018 it is unknown whether the link turned: monthly active users has no figure for 2017; "
        "connected IoT devices has no figure for 2017 and 2018.",
    )
    for year, absent in ((2019, 2019), (2020, 2019)):  # 2018 to 2020 is not bridged
        turned, growth, evidence = link(tiny, year, HARDWARE, "turned, cause_growth, evidence")
        assert (turned, growth) == ("unknown", None)
        assert f"smartphones shipped has no figure for {absent}." in str(evidence)
    assert tiny.rows("select count(*) from mart.flywheel") == [(3 * 6,)]


def test_a_base_of_zero_or_below_has_no_growth_and_is_not_replaced_by_another_measure() -> None:
    tiny = Tiny().fact("adjusted_net_profit", {2015: -3.0, 2016: 19.0, 2017: -1.0})
    tiny.fact("net_profit", {2015: 1.0, 2016: 2.0, 2017: 3.0})
    tiny.fact("research_and_development_expenses", {2015: 1.0, 2016: 2.0, 2017: 3.0})
    flywheel(tiny)
    assert link(tiny, 2016, PROFIT, "cause, turned, evidence") == (
        "adjusted_net_profit",
        "unknown",
        "For 2016 it is unknown whether the link turned: adjusted net profit was zero or below in 2015, "
        "a base without a rate of growth.",
    )
    turned, evidence = link(tiny, 2017, PROFIT, "turned, evidence")
    assert turned == "no"
    assert "adjusted net profit fell to zero or below while" in str(evidence)


def test_other_companies_measure_a_stage_by_what_they_report() -> None:
    tiny = Tiny().fact("annual_active_consumers", {2020: 10.0, 2021: 12.0})
    tiny.fact("net_profit", {2020: 10.0, 2021: 12.0}).fact("research_and_development_expenses", {2020: 1.0, 2021: 2.0})
    for year, value in ((2020, 5.0), (2021, 6.0)):
        tiny.add("mart.metric_value", entity_id="acme", fiscal_year=year, metric_id="hardware_revenue", value=value)
    flywheel(tiny)
    assert link(tiny, 2021, HARDWARE, "cause, effect, turned") == (
        "hardware_revenue", "annual_active_consumers", "yes",
    )  # fmt: skip
    assert link(tiny, 2021, PROFIT, "cause, turned") == ("net_profit", "yes")


def test_support_reaches_the_evidence() -> None:
    tiny = Tiny().fact("smartphones_shipped", {2018: 1.0, 2019: 2.0})
    tiny.fact("monthly_active_users", {2018: 1.0}, status="unconfirmed").fact("monthly_active_users", {2019: 2.0})
    status, evidence = link(flywheel(tiny), 2019, HARDWARE, "input_status, evidence")
    assert status == "unconfirmed"
    assert str(evidence).endswith("It rests on a figure whose source is unconfirmed.")


def test_the_summary_counts_years_and_claims_no_more() -> None:
    tiny = Tiny().fact("smartphones_shipped", {2018: 100.0, 2019: 98.9, 2020: 110.0, 2021: 120.0})
    tiny.fact("monthly_active_users", {2018: 100.0, 2019: 127.9, 2020: 130.0})
    tiny.fact("connected_devices", {2018: 1.0, 2019: 2.0})
    columns = "years, years_known, years_turned, statement"
    rows = flywheel(tiny).rows(f"select {columns} from mart.flywheel_summary where position < 4 order by position")
    assert rows == [
        (4, 2, 1, "Hardware sold and users grew together in 1 of the 2 years for which both are known "
                  "(2019 to 2020): this tells what went together, not why."),
        (4, 1, 1, "Users and connected devices grew together in 1 of the 1 year for which both are known (2019): "
                  "one year shows no pattern."),
        (4, 0, 0, "Connected devices and services revenue per user: in no year on record (4) is it known whether they "
                  "grew together."),
    ]  # fmt: skip


def test_no_wording_claims_a_cause(warehouse: duckdb.DuckDBPyConnection) -> None:
    texts = warehouse.execute(
        """select evidence from mart.flywheel union all select statement from mart.flywheel_summary
        union all select statement from mart.challenge"""
    ).fetchall()
    assert len(texts) > 200
    assert [text for (text,) in texts if CAUSAL.search(text)] == []
    templates = [re.sub(r"{\w+}", "", text) for text in CATALOG.model.statements.values()]
    assert [text for text in templates if CAUSAL.search(text)] == []


GROWTH_BY_HAND = {
    # smartphones shipped, users, connected devices, services revenue per user, adjusted net profit, research; per cent
    2018: (29.85, 41.66, 193.01, 13.81, 59.54, 83.31),
    2019: (4.97, 27.88, 55.60, -6.91, 34.81, 29.70),
    2020: (17.50, 27.91, 38.42, -6.39, 12.78, 23.54),
    2021: (29.99, 28.51, 33.54, -7.40, 69.45, 42.25),
}
"""From the published figures: 91.41, 118.7, 124.6, 146.4 and 190.3 million smartphones; 170.9, 242.1, 309.6, 396.0 and
508.9 million users; 51.5, 150.9, 234.8, 325 and 434 million devices; services revenue 9,896, 15,956, 19,842, 23,755
and 28,212 million over users at year end in 2018 (2016 has no user figure), over average users from 2019; adjusted
net profit 5,362, 8,554.5, 11,532.3, 13,006 and 22,039 million; research 3,151, 5,777, 7,493, 9,256 and 13,167."""


@pytest.mark.parametrize("year", GROWTH_BY_HAND)
def test_xiaomi_by_hand(warehouse: duckdb.DuckDBPyConnection, year: int) -> None:
    rows = warehouse.execute(
        """select cause_growth, effect_growth, turned from mart.flywheel
        where entity_id = 'xiaomi' and fiscal_year = ? order by position""",
        [year],
    ).fetchall()
    by_hand = GROWTH_BY_HAND[year]
    assert [100 * row[0] for row in rows] == pytest.approx(by_hand, abs=0.006)
    assert [100 * row[1] for row in rows] == pytest.approx([*by_hand[1:], by_hand[0]], abs=0.006)
    expected = ["yes" if min(pair) > 0 else "no" for pair in zip(by_hand, (*by_hand[1:], by_hand[0]), strict=True)]
    assert [row[2] for row in rows] == expected


def test_xiaomi_without_user_figures_is_unknown(warehouse: duckdb.DuckDBPyConnection) -> None:
    turned = warehouse.execute(
        "select distinct turned from mart.flywheel where entity_id = 'xiaomi' and fiscal_year < 2018 and position < 4"
    ).fetchall()
    assert turned == [("unknown",)]
