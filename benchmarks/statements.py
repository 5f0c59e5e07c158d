"""Made-up statements of many companies that add up, in one file of lines that both sides read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.financetoolkit import lines_query, named
from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.derive import compile_metrics

YEARS = range(2012, 2022)
LOSSES, OVERDRAWN = 0.1, 0.03
"""Fractions of company-years with a loss, and of companies whose equity is negative."""
CURRENT_ASSETS = ("cash", "short_term_bank_deposits", "short_term_investments", "receivables", "inventories")
NON_CURRENT_ASSETS = ("property_plant_and_equipment", "intangible_assets", "goodwill", "long_term_investments")
CURRENT_LIABILITIES = ("borrowings_current", "trade_payables", "contract_liabilities", "income_tax_payable")
EXPENSES = ("selling_expenses", "administrative_expenses", "research_and_development_expenses", "interest_expense")
PRINTED_OTHERWISE = {
    "operating_revenue", "taxes_and_surcharges", "fulfillment_expenses", "amortisation_and_impairment_of_intangible_assets",
    "amortisation_of_intangible_assets_expense", "profit_before_tax_and_associates", "finance_costs", "finance_costs_net",
    "finance_expenses_net", "finance_income", "finance_income_net", "interest_expense_net", "interest_income_net",
    "cash_and_short_term_investments", "short_term_investments_fvtpl", "short_term_investments_fvoci",
    "short_term_investments_amortised_cost", "marketable_securities_current", "bills_and_trade_receivables_subtotal",
    "bills_and_trade_payables_subtotal", "indefinite_lived_intangible_assets", "common_stock_and_additional_paid_in_capital",
    "current_debt", "short_term_borrowings", "current_portion_of_long_term_debt", "commercial_paper", "short_term_bonds_payable",
    "non_current_liabilities_due_within_one_year", "long_term_debt", "long_term_borrowings", "bonds_payable",
    "convertible_notes_non_current", "senior_notes", "senior_notes_current", "senior_notes_non_current", "total_borrowings",
    "total_debt", "depreciation_and_amortisation_in_cash_flow", "depreciation_in_cash_flow", "amortisation_in_cash_flow",
    "depreciation_including_investment_property_in_cash_flow", "depreciation_of_investment_property_in_cash_flow",
    "depreciation_of_right_of_use_assets_in_cash_flow", "amortisation_of_long_term_deferred_expenses",
    "purchase_of_property_plant_and_equipment", "purchase_of_intangible_assets", "proceeds_from_debt", "repayments_of_debt",
    "weighted_average_return_on_equity_printed", "weighted_average_recurring_return_on_equity_printed",
}  # fmt: skip
"""Lines that other companies print in place of these, which would contradict them."""


def concepts() -> list[str]:
    """What the catalog's ratios take of the whole company, and what FinanceToolkit's items are made of."""
    catalog = load_catalog()
    taken = {
        one.figure.concept_id
        for metric in compile_metrics(catalog)
        for one in metric.inputs
        if metric.metric.table == "ratio" and one.figure.selector == "whole"
    }
    return [name for name in catalog.concepts if name in taken.union(named()) - PRINTED_OTHERWISE]


def figures(companies: int, names: Iterable[str], seed: int = 0) -> pd.DataFrame:
    """A row per company and year, a column per name: what sums tie together, and amounts of their own."""
    rng = np.random.default_rng(seed)
    shape = (companies, len(YEARS))

    def part(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, shape)

    size = rng.lognormal(23, 1.5, (companies, 1)) * np.cumprod(part(0.9, 1.25), axis=1)
    base = dict.fromkeys((*names, *CURRENT_ASSETS, *NON_CURRENT_ASSETS, *CURRENT_LIABILITIES, *EXPENSES))
    f = {name: np.round(size * part(0.01, 0.1)) for name in base}
    f["revenue"] = np.round(size)
    f["cost_of_sales"] = np.round(size * np.where(rng.random(shape) < LOSSES, 1.05, part(0.4, 0.7)))
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
    f["current_assets"] = np.sum([f[name] for name in CURRENT_ASSETS], axis=0)
    f["non_current_assets"] = np.sum([f[name] for name in NON_CURRENT_ASSETS], axis=0)
    f["total_assets"] = f["current_assets"] + f["non_current_assets"]
    f["current_liabilities"] = np.sum([f[name] for name in CURRENT_LIABILITIES], axis=0)
    f["total_equity"] = np.round(f["total_assets"] * np.where(rng.random((companies, 1)) < OVERDRAWN, -0.2, 0.3))
    f["equity_attributable_to_parent"] = np.round(f["total_equity"] * part(0.9, 1))
    f["total_liabilities"] = f["total_assets"] - f["total_equity"]
    f["operating_cash_flow"] = np.round(size * part(-0.02, 0.2))
    wide = pd.DataFrame({name: values.ravel() for name, values in f.items()})
    wide.insert(0, "entity_id", np.repeat([f"company_{number:05}" for number in range(companies)], len(YEARS)))
    wide.insert(1, "fiscal_year", np.tile(np.array(YEARS), companies))
    return wide


def write_lines(companies: int, path: Path) -> None:
    """A parquet file with a row per company and line, and a column per year.

    FinanceToolkit's items that we compute from others are amounts of their own here: only time is measured on them.
    """
    printed = concepts()
    wide = figures(companies, [*printed, *named()])
    with duckdb.connect(":memory:", config={"threads": 2}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.register("wide", wide)
        connection.execute(f"copy ({lines_query('wide', printed, YEARS)}) to '{path}' (format parquet)")
