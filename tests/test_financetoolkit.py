"""Our ratios beside FinanceToolkit's of the same figures, value by value; `make bench` installs it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from benchmarks import ratios_ours
from benchmarks.agreement import compare, is_close
from benchmarks.financetoolkit import IS_INSTALLED, definitions
from benchmarks.statements import write_lines
from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.derive.plan import metric_steps

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "financetoolkit.md").read_text(encoding="utf-8")
GROUPS = {"efficiency": 19, "liquidity": 8, "profitability": 21, "solvency": 14}
needs_financetoolkit = pytest.mark.skipif(not IS_INSTALLED, reason="FinanceToolkit is not installed: make bench does")


def test_every_ratio_of_theirs_has_a_metric_of_ours_or_a_reason() -> None:
    stated = definitions()
    assert {group: sum(one.group == group for one in stated) for group in GROUPS} == GROUPS
    known = {metric.metric_id for metric in load_catalog().metrics}
    assert [one.metric_id for one in stated if one.metric_id and one.metric_id not in known] == []
    assert [one.name for one in stated if (one.agrees == "yes") != (not one.reason)] == []


def test_the_document_lists_each_disagreement_with_its_reason() -> None:
    for one in definitions():
        row = f"| {one.name} | {f'`{one.metric_id}`' if one.metric_id else '–'} | {one.reason} |"
        assert (row in DOCUMENT) == (one.agrees != "yes")


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Thirty made-up companies over ten years, some with losses or negative equity."""
    folder = tmp_path_factory.mktemp("financetoolkit")
    write_lines(30, folder / "lines.parquet")
    with duckdb.connect(str(folder / "result.duckdb"), config={"threads": 2}) as connection:
        metrics = ratios_ours.ratios(load_catalog())
        ratios_ours.read(connection, folder / "lines.parquet")
        ratios_ours.compute(connection, metrics, ratios_ours.columns_of(connection))
        (wide,) = (one for one in metric_steps(metrics) if one.name == "mart.ratio_wide")
        connection.execute(f"create view {wide.name} as {wide.query}")
        return compare(connection)


SUMS = {
    "Gross Margin": "revenue - cost_of_sales = gross_profit",
    "Net Income per EBT": "net_profit + income_tax_expense = profit_before_tax",
    "EBT to EBIT Ratio": "net_profit + income_tax_expense = profit_before_tax",
    "EBIT to Revenue": "net_profit + income_tax_expense = profit_before_tax",
}
"""Theirs adds up what ours takes as printed: the same where the sum holds to the last digit."""


@pytest.fixture
def shipped_compared(warehouse: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The shipped companies, without the values whose sums do not hold to the last digit."""
    compared = compare(warehouse)
    for name, condition in SUMS.items():
        sql = f"select entity_id, fiscal_year from mart.income_statement where {condition}"
        holding = {(str(entity), int(year)) for entity, year in warehouse.execute(sql).fetchall()}
        keys = zip(compared["entity_id"], compared["fiscal_year"], strict=True)
        is_held = pd.Series([key in holding for key in keys], index=compared.index)
        compared = compared[is_held | (compared["name"] != name)]
    return compared


def faults(compared: pd.DataFrame) -> list[str]:
    """Ratios with the same definition whose values differ, or that have a value on one side only."""
    same = compared[compared["agrees"] != "no"]
    is_both = same["value"].notna() & np.isfinite(same["theirs"])
    is_unexplained = (
        same["value"].isna() & np.isfinite(same["theirs"])
        & ~((same["agrees"] == "where meaningful") & (same["status"] == "not_meaningful"))
    )  # fmt: skip
    wrong = same[(is_both & ~is_close(same)) | is_unexplained]
    return [f"{row.name}: {row.entity_id} {row.fiscal_year}" for row in wrong.itertuples(index=False)]


@needs_financetoolkit
@pytest.mark.filterwarnings("default")
def test_values_agree_wherever_the_definitions_do(compared: pd.DataFrame) -> None:
    assert faults(compared) == []
    both = compared[compared["value"].notna() & np.isfinite(compared["theirs"])].groupby("name").size()
    assert set(both.index) == {one.name for one in definitions() if one.metric_id}
    assert both.min() > 100  # every ratio was compared on most companies and years


@needs_financetoolkit
@pytest.mark.filterwarnings("default")
def test_values_that_are_said_to_differ_do(compared: pd.DataFrame) -> None:
    differing = compared[(compared["agrees"] == "no") & ~is_close(compared)]
    assert set(differing["name"]) == {one.name for one in definitions() if one.agrees == "no" and one.metric_id}
    only_theirs = compared[(compared["status"] == "not_meaningful") & np.isfinite(compared["theirs"])]
    assert {"Return on Equity", "Income Quality Ratio", "Debt-to-Equity Ratio"} <= set(only_theirs["name"])


@needs_financetoolkit
@pytest.mark.filterwarnings("default")
def test_values_of_the_shipped_companies_agree(shipped_compared: pd.DataFrame) -> None:
    assert faults(shipped_compared) == []
    both = shipped_compared["value"].notna() & np.isfinite(shipped_compared["theirs"])
    assert set(shipped_compared.loc[both, "entity_id"]) >= {"xiaomi", "alibaba", "huawei", "jd"}
    assert both.sum() > 500
