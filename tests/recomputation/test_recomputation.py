"""Each ratio and indicator as published, beside the same from its definition, in pandas, from the same facts."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import chain

import duckdb
import numpy as np
import pandas as pd
import pytest

from recomputation import invented
from recomputation.companies import CELL, Companies, Definition, finite
from valuenet_pipeline.catalog import load_catalog

CATALOG = load_catalog()


def definitions() -> dict[str, Definition]:
    """By metric; a category or aspect has a module of its name."""
    groups = dict.fromkeys(metric.group for metric in CATALOG.metrics)
    return dict(chain.from_iterable(import_module(f"recomputation.{one}").DEFINITIONS.items() for one in groups))


def recomputed(warehouse: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """A row per vintage, entity and year, a column per metric; not a number where the definition gives none."""
    facts = warehouse.sql(
        "select vintage, entity_id, fiscal_year, concept_id, member_id, value::double as value, decimals "
        "from core.fact_vintage"
    ).df()
    members = warehouse.sql("select entity_id, member_id, dimension, role from core.member").df()
    companies = Companies(facts, members, CATALOG.concepts)
    series = {name: definition(companies).unstack() for name, definition in definitions().items()}
    return finite(pd.DataFrame(series)).rename_axis(columns="metric_id")


def published(warehouse: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The same shape from the tables; a value only where the status says that there is one."""
    values = warehouse.sql(
        "select vintage, entity_id, fiscal_year, metric_id, if(status = 'ok', value, null) as value from mart.metric_value"
    ).df()
    return values.pivot(index=CELL, columns="metric_id", values="value")


def disagreements(warehouse: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Where one has another value than the other, or one has a value and the other none."""
    ours = published(warehouse)
    theirs = recomputed(warehouse).reindex(index=ours.index)[ours.columns]
    agree = np.isclose(ours, theirs, rtol=1e-9, atol=1e-12, equal_nan=True)
    both = {"published": ours.stack(future_stack=True), "recomputed": theirs.stack(future_stack=True)}
    return pd.DataFrame(both)[~agree.ravel()]


@pytest.fixture(scope="module")
def invented_companies() -> Iterator[duckdb.DuckDBPyConnection]:
    with invented.warehouse(CATALOG, seed=1) as connection:
        yield connection


def test_every_metric_has_a_definition_of_its_own() -> None:
    assert sorted(definitions()) == sorted(metric.metric_id for metric in CATALOG.metrics)


def test_values_of_the_shipped_companies_agree_with_their_definitions(warehouse: duckdb.DuckDBPyConnection) -> None:
    wrong = disagreements(warehouse)
    assert wrong.empty, wrong.to_string()


def test_values_of_companies_that_print_other_lines_agree_too(invented_companies: duckdb.DuckDBPyConnection) -> None:
    wrong = disagreements(invented_companies)
    assert wrong.empty, wrong.to_string()


def test_no_definition_goes_without_a_value(invented_companies: duckdb.DuckDBPyConnection) -> None:
    values = published(invented_companies).notna().sum()
    assert sorted(values.index[values > 0]) == sorted(definitions())
