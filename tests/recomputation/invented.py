"""Invented companies that print lines the shipped ones do not: some every line, some few, with losses, gaps and restatements."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive import plan

YEARS = range(2012, 2020)
PRINTED = (1.0, 1.0, 0.97, 0.97, 0.9, 0.9, 0.8, 0.8, 0.7, 0.7, 0.6, 0.6, 0.5, 0.5, 0.4, 0.4)
"""By company: how likely it prints a line at all, and one that it prints in a year."""
MEMBERS = pd.DataFrame(
    [
        ("smartphones", "segment", "hardware"),
        ("iot_and_lifestyle", "segment", "hardware"),
        ("internet_services", "segment", "services"),
        ("others", "segment", "other"),
        ("home", "region", "domestic"),
        ("near_abroad", "region", "overseas"),
        ("far_abroad", "region", "overseas"),
        ("advertising", "internet_services_line", "advertising"),
        ("games", "internet_services_line", "games"),
        ("services_abroad", "internet_services_region", "overseas"),
        ("goods_sold", "revenue_type", "other"),
        ("services_sold", "revenue_type", "services"),
        ("subscriptions", "recurrence", "recurring"),
        ("consumers", "consumer_base", "worldwide"),
    ],
    columns=["member_id", "dimension", "role"],
)
SILENT = (3, 2015)
"""A company and a year in which it reports nothing."""
RESTATING = [f"company_{number}" for number in (1, 4, 7, 10, 13)]
DIVIDED = ("revenue", "gross_profit", "operating_profit", "revenue_share", "annual_active_consumers")
DECIMALS = -2
COMPUTED = ("mart.ratio", "mart.profit_model", "mart.metric_value")


def _amount(random: np.random.Generator, is_non_negative: bool) -> int:
    """Whole, of very different size, sometimes nil, sometimes a loss."""
    if random.random() < 0.05:
        return 0
    size = round(float(np.exp(random.normal(18, 1.5))))
    return size if is_non_negative or random.random() < 0.8 else -size


def _parts(random: np.random.Generator, whole: int, members: list[str]) -> Iterator[tuple[str, int]]:
    """What members make of a whole: all of it but for rounding, or too much, or some are not printed."""
    parts = [round(float(whole * share)) for share in random.dirichlet([1.0] * len(members))]
    too_much = abs(whole) // 3 if random.random() < 0.2 else 0
    parts[0] += whole - sum(parts) + int(random.integers(-200, 201)) + too_much
    if random.random() < 0.2:
        parts[0], parts[-1] = parts[0] + 2 * parts[-1], -parts[-1]
    for member, part in zip(members, parts, strict=True):
        if part and random.random() < 0.85:
            yield member, part


def facts(catalog: Catalog, random: np.random.Generator) -> pd.DataFrame:
    """Lines of all companies as printed first and as they stand in the end."""
    rows = []
    for number, likely in enumerate(PRINTED):
        for concept in catalog.concepts.values():
            if random.random() > likely:
                continue
            for year in YEARS:
                if random.random() > likely or (number, year) == SILENT:
                    continue
                amount = _amount(random, concept.is_non_negative)
                key = (f"company_{number}", year, concept.concept_id)
                rows.append((*key, None, amount))
                if concept.concept_id in DIVIDED:
                    for _, own in MEMBERS.groupby("dimension"):
                        rows += [(*key, *part) for part in _parts(random, amount, list(own["member_id"]))]
    current = pd.DataFrame(rows, columns=["entity_id", "fiscal_year", "concept_id", "member_id", "value"])
    is_restated = current["entity_id"].isin(RESTATING) & (random.random(len(current)) < 0.05)
    first = current.assign(value=current["value"].where(~is_restated, current["value"] * 2))
    both = pd.concat([current.assign(vintage="current"), first.assign(vintage="as_reported")], ignore_index=True)
    return both.assign(decimals=DECIMALS, status="printed")


def warehouse(catalog: Catalog, seed: int) -> duckdb.DuckDBPyConnection:
    """What the package makes of the invented facts."""
    connection = duckdb.connect(":memory:")
    figures = facts(catalog, np.random.default_rng(seed))
    entities = figures[["entity_id"]].drop_duplicates()
    connection.execute("create schema core; create schema mart")
    connection.register("figures", figures)
    connection.register("members", entities.merge(MEMBERS, "cross"))
    connection.execute(
        "create table core.fact_vintage as select * replace (value::decimal(38, 8) as value) from figures; "
        "create table core.member as from members; "
        "create table core.reported_line "
        "(entity_id varchar, fiscal_year bigint, concept_id varchar, member_id varchar, outcome varchar)"
    )
    steps = plan(catalog)
    names = [one.name for one in steps]
    for one in steps[names.index("mart.formula") : names.index("mart.metric_value") + 1]:
        kind = {"table": "table", "series": "table", "scratch": "temp table"}.get(one.kind)
        if kind or one.name in COMPUTED:
            connection.execute(f"create {kind or 'view'} {one.name.removeprefix('temp.')} as {one.query}")
    return connection
