"""Challenges: which way a watched metric moved, and how the company stands among the others."""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping

import duckdb
import pytest
from tiny import Tiny

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.derive.challenge import challenge_query

CATALOG = load_catalog()
WATCHED = {"research_intensity": "lower", "inventory_days": "higher"}
"""Metrics by which challenges are watched, and which way is worse."""


def tiny(values: Mapping[tuple[str, str, int], float | None]) -> Tiny:
    """Values by metric, company and year; a value that is none is missing."""
    one = Tiny().add("mart.formula", metric_id="research_intensity", name_en="R&D intensity")
    one.add("mart.formula", metric_id="inventory_days", name_en="Inventory days", unit="days", direction="lower")
    for entity_id in sorted({entity_id for _, entity_id, _ in values}):
        one.add("core.entity", entity_id=entity_id)
    for (metric_id, entity_id, year), value in values.items():
        row = {"metric_id": metric_id, "entity_id": entity_id, "fiscal_year": year, "value": value}
        if value is None:
            row |= {"status": "missing_input", "reason": "revenue", "input_status": None}
        one.add("mart.metric_value", **row)
    return one.view("mart.challenge", challenge_query(CATALOG))


def row(one: Tiny, columns: str, entity_id: str = "acme", year: int = 2021) -> tuple[object, ...]:
    (found,) = one.rows(
        f"select {columns} from mart.challenge where entity_id = '{entity_id}' and fiscal_year = {year}"
    )
    return found


def test_the_catalog_watches_these() -> None:
    watched = dict(pair for one in CATALOG.model.challenges for pair in one.metrics)
    assert watched.items() >= WATCHED.items()
    assert [one.challenge for one in CATALOG.model.challenges] == [
        "independent_innovation", "supplier_management", "hardware_dependence", "overseas_services", "internet_business",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metric_id", "before", "value", "moved"),
    [
        ("research_intensity", 0.04, 0.05, "eased"),
        ("research_intensity", 0.05, 0.04, "worsened"),
        ("research_intensity", 0.05, 0.05, "unchanged"),
        ("inventory_days", 60.0, 70.0, "worsened"),
        ("inventory_days", 70.0, 60.0, "eased"),
        ("inventory_days", None, 60.0, "unknown"),
        ("inventory_days", 60.0, None, "unknown"),
    ],
)
def test_it_moves_one_way_or_the_other(metric_id: str, before: float | None, value: float | None, moved: str) -> None:
    one = tiny({(metric_id, "acme", 2020): before, (metric_id, "acme", 2021): value})
    change = value - before if value is not None and before is not None else None
    assert row(one, "moved, change") == (moved, pytest.approx(change) if change else change)


def test_a_year_that_lies_between_is_not_bridged() -> None:
    one = tiny({("inventory_days", "acme", 2019): 60.0, ("inventory_days", "acme", 2021): 70.0})
    assert row(one, "moved, change") == ("unknown", None)


def test_the_least_worrying_ranks_first() -> None:
    for metric_id, best in (("research_intensity", "cat"), ("inventory_days", "ann")):
        one = tiny({(metric_id, name, 2021): value for name, value in (("ann", 1.0), ("bob", 2.0), ("cat", 3.0))})
        ranked = one.rows("select entity_id, rank, compared from mart.challenge order by rank")
        assert [first for first, _, _ in ranked] == (["cat", "bob", "ann"] if best == "cat" else ["ann", "bob", "cat"])
        assert [rank for _, rank, _ in ranked] == [1, 2, 3]


@pytest.mark.parametrize("companies", [2, 3, 4, 5, 8, 13])
@pytest.mark.parametrize("different", [3, 1000])
def test_the_median_is_that_of_the_others(companies: int, different: int) -> None:
    rng = random.Random(companies * different)
    values = {f"c{n}": float(rng.randrange(different)) for n in range(companies)}
    one = tiny({("inventory_days", name, 2021): value for name, value in values.items()})
    found = {name: median for name, median in one.rows("select entity_id, peer_median from mart.challenge")}
    assert found == {
        name: statistics.median(value for other, value in values.items() if other != name) for name in values
    }


def test_the_statement_says_all_of_it() -> None:
    values = {"acme": 0.04, "bob": 0.08, "cat": 0.10}
    one = tiny({("research_intensity", "acme", 2020): 0.0375} | {
        ("research_intensity", name, 2021): value for name, value in values.items()
    })  # fmt: skip
    assert row(one, "statement") == (
        "R&D intensity moved from 3.75 % to 4.00 % in 2021, which eases the worry. "
        "Among 3 companies it ranks 3, 1 being the least worrying; the median of the others is 9.00 %.",
    )
    assert row(one, "statement, compared, rank, peer_median", year=2020) == (
        "R&D intensity was 3.75 % in 2020; for the year before there is no figure to compare it with. "
        "No other company has a figure for that year that can be compared.", 1, None, None,
    )  # fmt: skip
    missing = tiny({("research_intensity", "acme", 2021): None, ("research_intensity", "bob", 2021): 0.1})
    assert row(missing, "statement, value, rank, compared") == (
        "R&D intensity is not known for 2021 (missing input: revenue).", None, None, 0,
    )  # fmt: skip


def test_shipped_companies(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """select round(value, 4), round(change, 4), moved, compared, rank, round(peer_median, 4) from mart.challenge
        where entity_id = 'xiaomi' and fiscal_year = 2021 and metric_id = 'research_intensity'"""
    ).fetchall()
    assert rows == [(0.0401, 0.0025, "eased", 4, 3, 0.0798)]  # Alibaba 7.98 %, Huawei 22.40 %, JD 1.72 %
    counts = warehouse.execute(
        """select count(*), count(distinct (entity_id, fiscal_year)), count(distinct (challenge, metric_id)),
          count(distinct (entity_id, fiscal_year, challenge, metric_id)) from mart.challenge"""
    ).fetchone()
    assert counts is not None
    assert counts[0] == counts[1] * counts[2] == counts[3]
