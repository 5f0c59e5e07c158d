"""The companies beside Xiaomi: a stacked workbook, panels and a Chinese three-statement workbook, read to the last figure.

`company_items.csv` says what every item of the shared facts means: concept, member, and -1 where the fact is given
with the sign opposite to the concept's natural one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

HERE = Path(__file__).parent
FACTS = HERE.parent.parent / "shared" / "data"
COMPANIES = ("alibaba", "huawei", "jd")
KINDS = {"RMB": "CNY", "RMB per share": "CNY_per_share", "percent": "pure"}
SCALES = {"thousand": 3, "million": 6, "percent": -2}


class Expected(NamedTuple):
    """A fact as the warehouse should hold it, in base units and natural sign."""

    item: str
    concept_id: str
    member_id: str | None
    fiscal_year: int
    value: Decimal
    unit: str
    status: str
    decimals: int | None
    """None where the unit says that the figure is rounded: "about", "nearly", "as printed"."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


ITEMS = rows(HERE / "company_items.csv")


def meaning(company: str, fact: dict[str, str]) -> dict[str, str]:
    found = [
        row
        for row in ITEMS
        if (row["company"], row["statement"], row["item"]) == (company, fact["statement"], fact["item"])
        and (row["first_year"] or "0") <= fact["fiscal_year"] <= (row["last_year"] or "9999")
    ]
    assert len(found) == 1, f"company_items.csv has {len(found)} meanings of {fact}"
    return found[0]


def expected(company: str) -> Iterator[Expected]:
    for fact in rows(FACTS / company / "facts.csv"):
        item = meaning(company, fact)
        unit, _, qualifier = fact["unit"].partition(" (")
        scale = next((SCALES[word] for word in unit.split() if word in SCALES), 0)
        places = len(fact["value"].partition(".")[2])
        yield Expected(
            item=f"{fact['fiscal_year']} {fact['item']}",
            concept_id=item["concept_id"],
            member_id=item["member_id"] or None,
            fiscal_year=int(fact["fiscal_year"]),
            value=int(item["sign"]) * Decimal(fact["value"]).scaleb(scale),
            unit=KINDS.get(unit) or ("CNY" if unit.startswith("RMB") else "count"),
            status=fact["status"],
            decimals=None if qualifier else places - scale,
        )


def digits(number: Decimal) -> tuple[int, ...]:
    """What a figure looks like whatever its scale and sign."""
    return number.normalize().as_tuple().digits


def held(warehouse: duckdb.DuckDBPyConnection, company: str, fact: Expected) -> str | None:
    """What is wrong with the warehouse's facts where this one should be; None if nothing is."""
    found = warehouse.execute(
        """select f.value, f.unit, f.status, f.decimals, l.printed
        from core.fact f join core.reported_line l using (extract_id, sheet, cell)
        where f.entity_id = ? and f.concept_id = ? and f.member_id is not distinct from ? and f.fiscal_year = ?""",
        [company, fact.concept_id, fact.member_id, fact.fiscal_year],
    ).fetchall()
    if not found:
        return "not there"
    for value, unit, status, decimals, printed in found:
        if (value, unit, status) != (fact.value, fact.unit, fact.status):
            return f"is {value} {unit} ({status}) instead of {fact.value} {fact.unit} ({fact.status})"
        if fact.decimals is not None and decimals != fact.decimals:
            return f"has {decimals} decimals instead of {fact.decimals}"
        if digits(Decimal(printed)) != digits(fact.value):
            return f"stands in a cell that holds {printed}"
    return None


@pytest.mark.parametrize("company", COMPANIES)
def test_every_fact_is_there_with_its_cell(warehouse: duckdb.DuckDBPyConnection, company: str) -> None:
    if not (FACTS / company / "facts.csv").exists():
        pytest.skip(f"{FACTS / company} is not there: its facts cannot be compared")
    wrong = [f"{fact.item}: {fault}" for fact in expected(company) if (fault := held(warehouse, company, fact))]
    assert not wrong, f"{len(wrong)} facts\n" + "\n".join(wrong)


@pytest.mark.parametrize("company", COMPANIES)
def test_nothing_is_kept_out(warehouse: duckdb.DuckDBPyConnection, company: str) -> None:
    assert warehouse.execute("from mart.quarantine where entity_id = ?", [company]).fetchall() == []
    errors = "from mart.finding where severity = 'error' and entity_id = ?"
    assert warehouse.execute(errors, [company]).fetchall() == []


@pytest.mark.parametrize(
    ("company", "year", "concept_id", "millions"),
    [
        ("alibaba", 2021, "revenue", 717_289),
        ("alibaba", 2021, "net_profit", 143_284),
        ("alibaba", 2022, "impairment_of_goodwill", 25_141),
        ("alibaba", 2022, "mezzanine_equity", 9_655),
        ("huawei", 2021, "revenue", 636_807),
        ("huawei", 2021, "net_profit", 113_718),
        ("huawei", 2020, "operating_cash_flow", 35_218),
        ("jd", 2021, "revenue", 951_592),
        ("jd", 2021, "net_profit", -4_467),
        ("jd", 2021, "total_assets", 496_507),
    ],
)
def test_headline_figure(
    warehouse: duckdb.DuckDBPyConnection, company: str, year: int, concept_id: str, millions: int
) -> None:
    found = warehouse.execute(
        "select distinct value, unit from core.fact "
        "where entity_id = ? and fiscal_year = ? and concept_id = ? and member_id is null",
        [company, year, concept_id],
    ).fetchall()
    assert found == [(Decimal(millions) * 1_000_000, "CNY")]


@pytest.mark.parametrize(
    ("company", "year", "ratio_id", "by_hand"),
    [
        ("alibaba", 2021, "gross_margin", 0.4128),  # 296,084 / 717,289
        ("alibaba", 2021, "asset_liability_ratio", 0.3589),  # 606,584 / 1,690,218
        ("alibaba", 2021, "current_ratio", 1.7049),  # 643,360 / 377,358
        ("huawei", 2021, "gross_margin", 0.4828),  # 307,446 / 636,807
        ("huawei", 2021, "asset_liability_ratio", 0.5782),  # 568,319 / 982,971; the company prints 57.8 %
        ("huawei", 2021, "net_margin", 0.1786),  # 113,718 / 636,807
        ("jd", 2021, "gross_margin", 0.1356),  # 129,066 / 951,592
        ("jd", 2021, "asset_liability_ratio", 0.5030),  # 249,723 / 496,507
        ("jd", 2021, "current_ratio", 1.3521),  # 299,672 / 221,636
    ],
)
def test_ratio_by_hand(
    warehouse: duckdb.DuckDBPyConnection, company: str, year: int, ratio_id: str, by_hand: float
) -> None:
    found = warehouse.execute(
        "select value, status from mart.ratio where vintage = 'current' "
        "and entity_id = ? and fiscal_year = ? and ratio_id = ?",
        [company, year, ratio_id],
    ).fetchall()
    assert found == [(pytest.approx(by_hand, abs=5e-5), "ok")]


@pytest.mark.parametrize(
    ("company", "year", "dimension", "member_id", "share"),
    [
        ("alibaba", 2021, "segment", "cloud", 0.0844),  # 60,558 / 717,289
        ("alibaba", 2021, "segment_until_2021", "cloud_computing", 0.0838),  # 60,120 / 717,289
        ("huawei", 2021, "segment", "consumer_business", 0.3823),  # 243,431 / 636,807
        ("huawei", 2020, "region", "china", 0.6562),  # 584,910 / 891,368
        ("jd", 2021, "segment", "jd_logistics", 0.1100),  # 104,693 / 951,592
        ("jd", 2021, "revenue_type", "net_service_revenues", 0.1429),  # 135,937 / 951,592
    ],
)
def test_share_of_revenue_by_hand(
    warehouse: duckdb.DuckDBPyConnection, company: str, year: int, dimension: str, member_id: str, share: float
) -> None:
    found = warehouse.execute(
        "select share from mart.segment_mix where entity_id = ? and fiscal_year = ? and dimension = ? and member_id = ?",
        [company, year, dimension, member_id],
    ).fetchall()
    assert found == [(pytest.approx(share, abs=5e-5),)]


def test_fiscal_years_end_where_the_company_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    ends = warehouse.execute(
        "select distinct entity_id, strftime(period_start, '%m-%d'), strftime(period_end, '%m-%d') from core.fact "
        "where concept_id = 'revenue' and entity_id <> 'xiaomi' order by 1"
    ).fetchall()
    assert ends == [("alibaba", "04-01", "03-31"), ("huawei", "01-01", "12-31"), ("jd", "01-01", "12-31")]
