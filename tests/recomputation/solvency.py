"""Solvency: whether debts can be paid, soon and in the end."""

from __future__ import annotations

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, average, or_nil, positive


def of_current_liabilities(assets: Definition) -> Definition:
    return lambda c: assets(c) / c.current_liabilities


def quick_assets(c: Companies) -> pd.DataFrame:
    return lines.cash_and_short_term_investments(c) + c.receivables


def net_debt(c: Companies) -> pd.DataFrame:
    return lines.debt(c) - c.cash - or_nil(c.short_term_bank_deposits)


def tangible_net_worth(c: Companies) -> pd.DataFrame:
    return c.total_equity - lines.intangibles(c)


def daily_spending(c: Companies) -> pd.DataFrame:
    """Costs that have to be paid: depreciation does not."""
    return (c.cost_of_sales + lines.operating_expenses(c) - lines.depreciation_and_amortisation(c)) / 365


def share_of_capital(borrowed: Definition) -> Definition:
    """Borrowed capital within borrowed and own capital."""
    return lambda c: 1 - positive(c.total_equity) / (borrowed(c) + c.total_equity)


DEFINITIONS: dict[str, Definition] = {
    "current_interest_bearing_debt": lines.current_debt,
    "non_current_interest_bearing_debt": lines.non_current_debt,
    "interest_bearing_debt": lines.debt,
    "liquid_investments": lines.short_term_investments,
    "cash_and_liquid_investments": lines.cash_and_short_term_investments,
    "intangibles_total": lines.intangibles,
    "working_capital": lines.working_capital,
    "current_ratio": of_current_liabilities(lambda c: c.current_assets),
    "quick_ratio": of_current_liabilities(lambda c: c.current_assets - c.inventories),
    "quick_ratio_by_addition": of_current_liabilities(quick_assets),
    "cash_ratio": of_current_liabilities(lambda c: c.cash),
    "cash_ratio_with_short_term_investments": of_current_liabilities(lines.cash_and_short_term_investments),
    "operating_cash_flow_to_current_liabilities": of_current_liabilities(lambda c: c.operating_cash_flow),
    "operating_cash_flow_to_short_term_debt": lambda c: c.operating_cash_flow / lines.current_debt(c),
    "defensive_interval_days": lambda c: quick_assets(c) / positive(daily_spending(c)),
    "asset_liability_ratio": lambda c: c.total_liabilities / c.total_assets,
    "asset_liability_ratio_without_preferred_shares": lambda c: (
        (c.total_liabilities - or_nil(c.convertible_preferred_shares)) / c.total_assets
    ),
    "debt_to_equity": lambda c: c.total_liabilities / positive(c.total_equity),
    "liabilities_to_attributable_equity": lambda c: c.total_liabilities / positive(c.equity_attributable_to_parent),
    "equity_multiplier": lambda c: c.total_assets / positive(c.total_equity),
    "equity_multiplier_average": lambda c: average(c.total_assets) / average(positive(c.total_equity)),
    "interest_bearing_debt_to_liabilities": lambda c: lines.debt(c) / c.total_liabilities,
    "interest_bearing_debt_to_assets": lambda c: lines.debt(c) / c.total_assets,
    "interest_bearing_debt_to_equity": lambda c: lines.debt(c) / positive(c.total_equity),
    "debt_to_capital": share_of_capital(lines.debt),
    "long_term_debt_to_capital": share_of_capital(lines.non_current_debt),
    "non_current_liabilities_to_capital": share_of_capital(lambda c: c.non_current_liabilities),
    "net_debt": net_debt,
    "net_debt_to_ebitda": lambda c: net_debt(c) / positive(lines.ebitda(c)),
    "interest_bearing_debt_to_ebitda": lambda c: lines.debt(c) / positive(lines.ebitda(c)),
    "tangible_net_worth": tangible_net_worth,
    "debt_to_tangible_net_worth": lambda c: c.total_liabilities / positive(tangible_net_worth(c)),
    "asset_coverage": lambda c: (
        (c.total_assets - lines.intangibles(c) - c.current_liabilities + lines.current_debt(c)) / lines.debt(c)
    ),
    "interest_cover": lambda c: 1 + lines.profit_before_tax(c) / positive(lines.interest(c)),
    "interest_cover_operating": lambda c: lines.operating_profit(c) / positive(lines.interest(c)),
    "interest_cover_net_finance_costs": lambda c: 1 + lines.profit_before_tax(c) / positive(lines.net_finance_costs(c)),
    "interest_cover_cash_flow": lambda c: 1 + (c.operating_cash_flow + c.income_tax_paid) / positive(c.interest_paid),
    "interest_cover_operating_cash_flow": lambda c: c.operating_cash_flow / positive(lines.interest(c)),
    "interest_paid_to_interest_expense": lambda c: c.interest_paid / positive(lines.interest(c)),
    "debt_service_cover": lambda c: lines.ebitda(c) / positive(lines.interest(c) + lines.current_debt(c)),
    "operating_cash_flow_to_liabilities": lambda c: c.operating_cash_flow / c.total_liabilities,
    "operating_cash_flow_to_interest_bearing_debt": lambda c: c.operating_cash_flow / lines.debt(c),
    "preferred_dividend_cover": lambda c: c.net_profit / positive(c.preferred_dividends),
}
