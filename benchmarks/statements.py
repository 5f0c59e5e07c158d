"""Made-up statements of many companies that add up, in one file of lines that both sides read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.financetoolkit import lines_query

YEARS = range(2012, 2022)
LOSSES, OVERDRAWN = 0.1, 0.03
"""Fractions of company-years with a loss, and of companies whose equity is negative."""


def figures(companies: int, concepts: Iterable[str], seed: int = 0) -> pd.DataFrame:
    """A row per company and year, a column per concept: what sums and margins tie together, and amounts of their own."""
    rng = np.random.default_rng(seed)
    shape = (companies, len(YEARS))

    def part(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, shape)

    size = rng.lognormal(23, 1.5, (companies, 1)) * np.cumprod(part(0.9, 1.25), axis=1)
    own = {concept: np.round(size * part(0.01, 0.1)) for concept in concepts}
    f = own | {name: np.round(size * part(0.01, 0.1)) for name in BASE}
    f["revenue"] = np.round(size)
    f["cost_of_sales"] = np.round(size * np.where(part(0, 1) < LOSSES, 1.05, part(0.4, 0.7)))
    f["gross_profit"] = f["revenue"] - f["cost_of_sales"]
    f["selling_general_and_administrative_expenses"] = f["selling_expenses"] + f["administrative_expenses"]
    f["total_operating_expenses"] = (
        f["selling_general_and_administrative_expenses"] + f["research_and_development_expenses"]
    )
    f["operating_profit"] = f["gross_profit"] - f["total_operating_expenses"]
    f["profit_before_tax"] = f["operating_profit"] - f["interest_expense"]
    f["income_tax_expense"] = np.round(f["profit_before_tax"] * part(0.1, 0.3))
    f["net_profit"] = f["profit_before_tax"] - f["income_tax_expense"]
    f["net_profit_attributable_to_parent"] = np.round(f["net_profit"] * part(0.9, 1))
    f["intangible_assets_and_goodwill"] = f["intangible_assets"] + f["goodwill"]
    f["current_assets"] = sum(f[name] for name in CURRENT_ASSETS)
    f["non_current_assets"] = sum(f[name] for name in NON_CURRENT_ASSETS)
    f["total_assets"] = f["current_assets"] + f["non_current_assets"]
    f["current_liabilities"] = sum(f[name] for name in CURRENT_LIABILITIES)
    f["total_equity"] = np.round(f["total_assets"] * np.where(rng.random((companies, 1)) < OVERDRAWN, -0.2, 0.3))
    f["equity_attributable_to_parent"] = np.round(f["total_equity"] * part(0.9, 1))
    f["total_liabilities"] = f["total_assets"] - f["total_equity"]
    f["operating_cash_flow"] = np.round(size * part(-0.02, 0.2))
    wide = pd.DataFrame({name: values.ravel() for name, values in f.items()})
    wide.insert(0, "entity_id", np.repeat([f"company_{number:05}" for number in range(companies)], len(YEARS)))
    wide.insert(1, "fiscal_year", np.tile(np.array(YEARS), companies))
    return wide


CURRENT_ASSETS = ("cash", "short_term_bank_deposits", "short_term_investments", "receivables", "inventories")
NON_CURRENT_ASSETS = ("property_plant_and_equipment", "intangible_assets", "goodwill", "long_term_investments")
CURRENT_LIABILITIES = ("borrowings_current", "trade_payables", "contract_liabilities", "income_tax_payable")
BASE = (
    *CURRENT_ASSETS,
    *NON_CURRENT_ASSETS,
    *CURRENT_LIABILITIES,
    "selling_expenses",
    "administrative_expenses",
    "research_and_development_expenses",
    "interest_expense",
)
"""Amounts that others are made of."""


def write_lines(companies: int, concepts: Iterable[str], path: Path) -> None:
    """A parquet file with a row per company and line, and a column per year."""
    wide = figures(companies, concepts)
    with duckdb.connect(":memory:", config={"threads": 2}) as connection:
        connection.register("wide", wide)
        connection.execute(f"copy ({lines_query('wide', wide.columns[2:], YEARS)}) to '{path}' (format parquet)")
