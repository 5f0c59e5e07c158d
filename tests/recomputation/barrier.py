"""Profit barrier: what keeps it from rivals."""

from __future__ import annotations

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, first, growth, positive


def research(c: Companies) -> pd.DataFrame:
    return c.research_and_development_expenses


def over_years(x: pd.DataFrame, years: int) -> pd.DataFrame:
    return x.rolling(years).sum()


def deposits(c: Companies) -> pd.DataFrame:
    return c.cash + c.restricted_cash + c.short_term_bank_deposits


def monthly_spending(c: Companies) -> pd.DataFrame:
    """All that stands between revenue and the core operating profit."""
    return (c.revenue - lines.core_operating_profit(c)) / 12


def gearing(c: Companies) -> pd.DataFrame:
    """Net debt in net capital, which is equity and net debt."""
    net_capital = c.total_equity + lines.debt(c) - deposits(c)
    return 1 - positive(c.total_equity) / positive(net_capital)


DEFINITIONS: dict[str, Definition] = {
    "research_growth": lambda c: growth(research(c)),
    "research_three_years": lambda c: over_years(research(c), 3),
    "research_five_years": lambda c: over_years(research(c), 5),
    "research_three_years_intensity": lambda c: over_years(research(c), 3) / over_years(c.revenue, 3),
    "research_intensity_change": lambda c: (research(c) / c.revenue).diff(),
    "research_to_selling": lambda c: research(c) / c.selling_expenses,
    "research_staff_share": lambda c: first(c.research_staff_share_printed, c.research_staff / c.employees),
    "research_per_research_employee": lambda c: research(c) / c.research_staff,
    "patents_held": lambda c: c.patents_granted,
    "patent_growth": lambda c: growth(c.patents_granted),
    "installed_base": lambda c: c.connected_devices,
    "installed_base_growth": lambda c: growth(c.connected_devices),
    "installed_base_added": lambda c: c.connected_devices.diff(),
    "multi_device_user_growth": lambda c: growth(c.multi_device_users),
    "multi_device_lock_in_change": lambda c: (c.multi_device_users / c.monthly_active_users).diff(),
    "smartphone_market_share": lambda c: c.market_share,
    "smartphone_shipment_growth": lambda c: growth(c.smartphones_shipped),
    "largest_supplier_dependence": lambda c: c.largest_supplier_share,
    "supplier_concentration": lambda c: c.five_largest_suppliers_share,
    "cash_and_deposits_share": lambda c: deposits(c) / c.total_assets,
    "liquid_funds": lines.cash_and_short_term_investments,
    "liquid_funds_share": lambda c: lines.cash_and_short_term_investments(c) / c.total_assets,
    "liquid_funds_in_months": lambda c: lines.cash_and_short_term_investments(c) / monthly_spending(c),
    "cash_resources_share": lambda c: c.total_cash_resources / c.total_assets,
    "cash_resources_in_months": lambda c: c.total_cash_resources / monthly_spending(c),
    "net_debt_to_net_capital": gearing,
}
