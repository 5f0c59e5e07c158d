"""Profitability: what remains of revenue, and what capital earns."""

from __future__ import annotations

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, average, first, or_nil, positive


def invested_capital(c: Companies) -> pd.DataFrame:
    return c.total_equity + lines.debt(c)


def capital_employed(c: Companies) -> pd.DataFrame:
    return c.total_assets - c.current_liabilities


def costs_and_expenses(c: Companies) -> pd.DataFrame:
    """成本费用总额 of SASAC's rules."""
    above = c.cost_of_sales + or_nil(c.taxes_and_surcharges)
    return above + lines.operating_expenses(c) + lines.net_finance_costs(c)


def weighted_return(c: Companies, profit: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Only the report knows in which months equity moved: its weighted net assets, else the ratio it prints."""
    has_none = c.weighted_average_net_assets <= 0
    return first(profit / c.weighted_average_net_assets, printed).mask(has_none)


def of_revenue(line: Definition) -> Definition:
    return lambda c: line(c) / c.revenue


DEFINITIONS: dict[str, Definition] = {
    "gross_profit_computed": lines.gross_profit,
    "selling_general_and_administrative_total": lines.selling_and_administration,
    "operating_expenses": lines.operating_expenses,
    "core_operating_profit": lines.core_operating_profit,
    "operating_profit_before_finance": lines.operating_profit,
    "pre_tax_profit": lines.profit_before_tax,
    "interest_charges": lines.interest,
    "net_finance_costs": lines.net_finance_costs,
    "earnings_before_interest_and_tax": lines.ebit,
    "depreciation_and_amortisation_total": lines.depreciation_and_amortisation,
    "ebitda_computed": lines.ebitda,
    "net_operating_profit_after_tax": lines.operating_profit_after_tax,
    "invested_capital": invested_capital,
    "capital_employed": capital_employed,
    "gross_margin": lambda c: lines.gross_profit(c) / lines.sales(c),
    "operating_margin": of_revenue(lambda c: c.operating_profit),
    "core_operating_margin": of_revenue(lines.core_operating_profit),
    "ebit_margin": of_revenue(lines.ebit),
    "ebitda_margin": of_revenue(lines.ebitda),
    "pre_tax_margin": of_revenue(lines.profit_before_tax),
    "net_margin": of_revenue(lambda c: c.net_profit),
    "attributable_net_margin": of_revenue(lambda c: c.net_profit_attributable_to_parent),
    "adjusted_net_margin": of_revenue(lambda c: c.adjusted_net_profit),
    "return_on_assets": lambda c: c.net_profit / average(c.total_assets),
    "return_on_assets_closing": lambda c: c.net_profit / c.total_assets,
    "return_on_tangible_assets": lambda c: c.net_profit / positive(average(c.total_assets - lines.intangibles(c))),
    "return_on_total_assets_before_interest_and_tax": lambda c: lines.ebit(c) / average(c.total_assets),
    "return_on_equity": lambda c: (
        c.net_profit_attributable_to_parent / average(positive(c.equity_attributable_to_parent))
    ),
    "return_on_equity_closing": lambda c: (
        c.net_profit_attributable_to_parent / positive(c.equity_attributable_to_parent)
    ),
    "return_on_total_equity": lambda c: c.net_profit / average(positive(c.total_equity)),
    "weighted_average_return_on_equity": lambda c: weighted_return(
        c, c.net_profit_attributable_to_parent, c.weighted_average_return_on_equity_printed
    ),
    "weighted_average_recurring_return_on_equity": lambda c: weighted_return(
        c, c.net_profit_excluding_non_recurring_items, c.weighted_average_recurring_return_on_equity_printed
    ),
    "return_on_paid_in_capital": lambda c: c.net_profit / positive(average(lines.paid_in_capital(c))),
    "return_on_invested_capital": lambda c: (
        lines.operating_profit_after_tax(c) / average(positive(invested_capital(c)))
    ),
    "return_on_capital_employed": lambda c: lines.operating_profit(c) / positive(capital_employed(c)),
    "cost_expense_profit_ratio": lambda c: lines.profit_before_tax(c) / positive(costs_and_expenses(c)),
    "operating_ratio": of_revenue(lambda c: c.cost_of_sales + lines.operating_expenses(c)),
    "selling_expense_ratio": of_revenue(lambda c: c.selling_expenses),
    "administrative_expense_ratio": of_revenue(lambda c: c.administrative_expenses),
    "selling_general_and_administrative_expense_ratio": of_revenue(lines.selling_and_administration),
    "research_and_development_expense_ratio": of_revenue(lambda c: c.research_and_development_expenses),
    "finance_expense_ratio": of_revenue(lines.net_finance_costs),
    "operating_expense_ratio": of_revenue(lines.operating_expenses),
    "period_expense_ratio": of_revenue(lambda c: lines.operating_expenses(c) + lines.net_finance_costs(c)),
    "share_based_compensation_ratio": of_revenue(lambda c: c.share_based_compensation),
    "effective_tax_rate": lines.tax_rate,
    "cash_tax_rate": lambda c: c.income_tax_paid / positive(lines.profit_before_tax(c)),
    "tax_rate_divergence": lambda c: (c.income_tax_paid - c.income_tax_expense) / positive(lines.profit_before_tax(c)),
    "fair_value_gain_share": lambda c: (
        first(c.fair_value_changes_on_investments, c.fair_value_gains_net) / positive(c.operating_profit)
    ),
}
