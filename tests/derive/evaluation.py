"""A formula computed over figures made up for a test, as a build computes it."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from valuenet_pipeline.derive import CompiledMetric
from valuenet_pipeline.derive.definition import formula_query
from valuenet_pipeline.derive.metric import by_vintage, metric_view, series_query
from valuenet_pipeline.derive.state import MISSING_INPUT, QUARANTINED

KEPT_OUT = "kept out"
PRINTED = 1


def _columns(one: CompiledMetric, figures: Mapping[str, float | str | None]) -> str:
    columns = []
    for key in sorted({each.figure.key for each in one.inputs}):
        given = figures.get(key)
        state = QUARANTINED if given == KEPT_OUT else MISSING_INPUT if given is None else PRINTED
        value = "null" if state > PRINTED else given
        columns.append(f'{value}::double as "{key}", {state}::usmallint as "{key} state"')
    return ", ".join(columns)


def evaluate(
    one: CompiledMetric, *years: Mapping[str, float | str | None], year: int = 2021
) -> tuple[float | None, str]:
    """Value and status in `year`, from the figures of that year and those before it; what is not given is not there."""
    relations = {
        "mart.formula": formula_query([[one]]),
        "mart.ratio_series": series_query([one]),
        "mart.ratio": metric_view(by_vintage("mart.ratio_series"), one.metric.table, "ratio_id", None),
    }
    with duckdb.connect() as connection:
        rows = " union all by name ".join(
            f"select ['current'] as vintages, 'e' as entity_id, {year - gap} as fiscal_year, {_columns(one, figures)}"
            for gap, figures in enumerate(years)
        )
        connection.execute(f"create temp table wide_figure as {rows}")
        connection.execute("create schema mart")
        for name, query in relations.items():
            connection.execute(f"create table {name} as {query}")
        row = connection.execute("select value, status from mart.ratio where fiscal_year = ?", [year]).fetchone()
    assert row is not None
    return row
