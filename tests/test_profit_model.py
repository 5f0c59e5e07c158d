"""The profit model in five aspects: figures by hand, why some are absent, and a page whose queries run.

Figures by hand are written as sums over what the shipped workbooks print, in millions of RMB unless said.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

PAGE = (Path(__file__).parent.parent / "docs" / "profit-model.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
ASPECTS = ("point", "object", "source", "leverage", "barrier")


def indicator(
    warehouse: duckdb.DuckDBPyConnection, entity_id: str, year: int, indicator_id: str
) -> tuple[float | None, str, str | None]:
    rows = warehouse.execute(
        "select value, status, reason from mart.profit_model where vintage = 'current' "
        "and entity_id = ? and fiscal_year = ? and indicator_id = ?",
        [entity_id, year, indicator_id],
    ).fetchall()
    assert len(rows) == 1
    return rows[0]


POINT = [
    # segment revenue and gross profit of 2018, in thousands
    ("xiaomi", 2018, "hardware_gross_margin", (7_043_257 + 4_510_827) / (113_800_384 + 43_816_885)),
    ("xiaomi", 2018, "services_gross_margin", 10_271_702 / 15_955_558),
    ("xiaomi", 2018, "effective_number_of_profit_points",
     22_191_938**2 / (7_043_257**2 + 4_510_827**2 + 10_271_702**2 + 366_153**2)),
    # only the margins are printed: 74.1 % of internet services in 2021
    ("xiaomi", 2021, "services_gross_profit_share", 0.741 * 28_211_677 / 58_260_938),
    ("xiaomi", 2021, "gross_profit_per_smartphone", 24_861.09 / 190.3),
    ("xiaomi", 2021, "smartphone_average_selling_price_recomputed", 208_868.942 / 190.3),
    ("alibaba", 2021, "services_operating_margin",
     (-3_964 - 12_479 - 10_321 - 29_197) / (37_258 + 60_558 + 31_186 + 35_442)),
    ("jd", 2021, "services_share_by_revenue_type", 135_937 / 951_592),
]  # fmt: skip
OBJECT = [
    ("xiaomi", 2021, "services_revenue_per_average_user", 28_211.677 / ((396 + 508.9) / 2)),
    ("xiaomi", 2021, "devices_per_user", 434 / 508.9),
    ("xiaomi", 2021, "multi_device_user_share", 8.8 / 508.9),
    ("xiaomi", 2021, "overseas_services_revenue_per_closing_user", 5_000 / (508.9 - 130.2)),
    # no overseas revenue is printed for 2015, but the share of mainland China is: 93.9 %
    ("xiaomi", 2015, "overseas_revenue_share", 1 - 0.939),
    ("huawei", 2020, "overseas_revenue_share", (180_849 + 64_359 + 39_638 + 21_612) / 891_368),
    ("jd", 2021, "revenue_per_average_consumer", 951_592 / ((471.9 + 569.7) / 2)),
    ("alibaba", 2022, "active_consumer_growth", 1_310 / 1_000 - 1),
]
SOURCE = [
    ("xiaomi", 2021, "largest_stream_share", 208_868_942 / 328_309_145),
    ("huawei", 2021, "stream_concentration",
     (281_469**2 + 102_444**2 + 243_431**2 + 9_463**2) / 636_807**2),
    ("alibaba", 2021, "services_contribution_to_growth",
     ((37_258 + 60_558 + 31_186 + 35_442) - (22_233 + 40_301 + 29_094 + 29_660)) / 509_711),
    ("xiaomi", 2021, "games_share_of_services", 3_900 / 28_211.677),
    # results of associates stand below profit before tax: 165,578 + 6,984
    ("alibaba", 2021, "associates_share_of_pre_tax_profit", 6_984 / (165_578 + 6_984)),
    ("xiaomi", 2018, "fair_value_share_of_pre_tax_profit", (4_430_359 + 12_514_279) / 13_927_124),
    ("xiaomi", 2021, "adjusted_to_reported_profit", 22_039_474 / 19_283_235),
    ("huawei", 2019, "prepaid_revenue_share", 69_327 / 858_833),
]  # fmt: skip
LEVERAGE = [
    ("huawei", 2021, "research_intensity", 142_666 / 636_807),
    ("alibaba", 2022, "selling_and_administrative_yield", 313_612 / (119_799 + 31_922)),
    ("huawei", 2021, "selling_and_administrative_yield", 307_446 / 104_709),
    ("jd", 2021, "fulfilment_intensity", 59_055 / 951_592),
    ("jd", 2021, "supplier_financing", 140_484 / 75_601),
    ("huawei", 2019, "supplier_financing", 135_654 / 165_361),
    ("huawei", 2020, "incremental_gross_margin", (327_132 - 322_689) / (891_368 - 858_833)),
    ("xiaomi", 2020, "ecosystem_investment_return",
     (13_173.479 + 1_380.904) / ((20_679.363 + 9_300.507 + 35_215.319 + 12_781.995) / 2)),
    ("alibaba", 2022, "ecosystem_investment_share", (219_642 + 223_611) / 1_695_553),
    ("jd", 2021, "revenue_per_employee", 951_592e6 / 385_357),
]  # fmt: skip
BARRIER = [
    ("huawei", 2021, "research_five_years", (89_690 + 101_509 + 131_659 + 141_893 + 142_666) * 1e6),
    ("xiaomi", 2021, "research_three_years_intensity",
     (7_492.554 + 9_256.139 + 13_167) / (205_838.682 + 245_865.633 + 328_309.145)),
    ("huawei", 2021, "research_staff_share", 0.548),
    ("xiaomi", 2021, "research_staff_share", 14_000 / 33_427),
    ("huawei", 2021, "patent_growth", 110_000 / 100_000 - 1),
    ("xiaomi", 2021, "installed_base_growth", 434 / 325 - 1),
    ("huawei", 2021, "liquid_funds_share", 416_334 / 982_971),
    ("jd", 2021, "liquid_funds_share", (70_767 + 114_564) / 496_507),
    # cost of sales, selling, administrative and research expenses
    ("xiaomi", 2021, "cash_resources_in_months", 12 * 106_000 / (270_048.207 + 20_980 + 4_740 + 13_167)),
    # -31.1 %, as the company prints it
    ("xiaomi", 2021, "net_debt_to_net_capital",
     (NET_DEBT := 5_527.050 + 20_719.790 - 23_511.579 - 4_319.661 - 31_041.129) / (137_432.5 + NET_DEBT)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("entity_id", "year", "indicator_id", "by_hand"), [*POINT, *OBJECT, *SOURCE, *LEVERAGE, *BARRIER]
)
def test_indicator_by_hand(
    warehouse: duckdb.DuckDBPyConnection, entity_id: str, year: int, indicator_id: str, by_hand: float
) -> None:
    value, status, _ = indicator(warehouse, entity_id, year, indicator_id)
    assert status == "ok"
    assert value == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("year", [2018, 2019, 2020])
def test_the_parts_of_pre_tax_profit_add_up(warehouse: duckdb.DuckDBPyConnection, year: int) -> None:
    parts = ("core", "fair_value", "associates", "other_gains_and_finance")
    values = [indicator(warehouse, "xiaomi", year, f"{part}_share_of_pre_tax_profit")[0] for part in parts]
    assert sum(value or 0 for value in values) == pytest.approx(1)


def test_parts_contribute_what_the_whole_grows(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Xiaomi 2021: hardware, services, and others from 2,509 to 6,248, make revenue grow from 245,866 to 328,309."""
    hardware, services = (
        indicator(warehouse, "xiaomi", 2021, f"{role}_contribution_to_growth")[0] for role in ("hardware", "services")
    )
    assert hardware is not None
    assert services is not None
    others = (6_248_454 - 2_508_969) / 245_865_633
    assert hardware + services + others == pytest.approx(328_309_145 / 245_865_633 - 1, abs=1e-5)


@pytest.mark.parametrize(
    ("entity_id", "year", "indicator_id", "status", "says"),
    [
        # what no shipped company publishes
        ("xiaomi", 2021, "customer_concentration", "missing_input", "five_largest_customers_share"),
        ("xiaomi", 2021, "supplier_concentration", "missing_input", "five_largest_suppliers_share"),
        ("xiaomi", 2021, "recurring_revenue_share", "missing_input", "revenue of recurring"),
        ("xiaomi", 2021, "patents_held", "missing_input", "patents_granted"),
        # absent is not zero: the short-term investments of 2021 are not at hand, so cash alone is no sum of both
        ("xiaomi", 2021, "liquid_funds", "missing_input", None),
        # others' gross profit is not printed in 2021, so the segments do not make up the whole
        ("xiaomi", 2021, "effective_number_of_profit_points", "missing_input", "gross_profit of every segment"),
        # gross profit by segment is not published by the peers
        ("alibaba", 2021, "services_gross_margin", "missing_input", "gross_profit of services"),
        # the counts of Alibaba's consumers by marketplace overlap and are not added up
        ("alibaba", 2019, "active_consumers", "missing_input", None),
        ("huawei", 2021, "services_revenue", "missing_input", "revenue of services"),
        # no year before the first: there is nothing to grow from
        ("huawei", 2017, "research_growth", "no_adjacent_year", None),
        # shares of a loss, and an increment of revenue that fell
        ("jd", 2021, "adjusted_to_reported_profit", "not_meaningful", "net profit is zero or a loss"),
        ("huawei", 2021, "incremental_gross_margin", "not_meaningful", "revenue did not grow"),
        ("xiaomi", 2019, "degree_of_operating_leverage", "not_meaningful", "zero or negative"),
    ],
)
def test_an_absent_indicator_says_why(
    warehouse: duckdb.DuckDBPyConnection, entity_id: str, year: int, indicator_id: str, status: str, says: str | None
) -> None:
    value, found, reason = indicator(warehouse, entity_id, year, indicator_id)
    assert (value, found) == (None, status)
    assert reason
    assert says is None or says in reason


def test_every_aspect_has_its_indicators(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = dict(
        warehouse.execute(
            "select aspect, count(distinct indicator_id) from mart.profit_model group by aspect"
        ).fetchall()
    )
    assert set(counts) == set(ASPECTS)
    assert sum(counts.values()) >= 45
    assert min(counts.values()) >= 9


@pytest.mark.parametrize("aspect", ASPECTS)
def test_xiaomi_has_every_aspect(warehouse: duckdb.DuckDBPyConnection, aspect: str) -> None:
    row = warehouse.execute(
        "select count(*) from mart.profit_model where entity_id = 'xiaomi' and fiscal_year = 2021 "
        "and vintage = 'current' and status = 'ok' and aspect = ?",
        [aspect],
    ).fetchone()
    assert row is not None
    assert row[0] >= 12


@pytest.mark.parametrize(("entity_id", "at_least"), [("alibaba", 40), ("jd", 40), ("huawei", 25)])
def test_general_indicators_come_out_for_other_platforms(
    warehouse: duckdb.DuckDBPyConnection, entity_id: str, at_least: int
) -> None:
    row = warehouse.execute(
        "select count(*), count(distinct aspect) from mart.profit_model "
        "where entity_id = ? and fiscal_year = 2021 and vintage = 'current' and status = 'ok'",
        [entity_id],
    ).fetchone()
    assert row is not None
    assert row[0] >= at_least
    assert row[1] == len(ASPECTS)


def test_the_page_names_every_indicator_and_no_other(warehouse: duckdb.DuckDBPyConnection) -> None:
    known = {row[0] for row in warehouse.execute("select distinct indicator_id from mart.profit_model").fetchall()}
    section = PAGE[PAGE.index("## What belongs to which aspect") : PAGE.index("## What is not there")]
    named = {
        name for row in re.findall(r"^\|(.*?)\|", section, flags=re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert sorted(known - named) == []
    assert sorted(named - known) == []


@pytest.mark.parametrize("query", QUERIES)
def test_query_of_the_page_returns_rows(warehouse: duckdb.DuckDBPyConnection, query: str) -> None:
    assert warehouse.execute(query).fetchall()
