"""Profit leverage: the activities and resources that multiply profit."""

from __future__ import annotations

import pandas as pd

from recomputation import dupont, lines, operating_capacity
from recomputation.companies import Companies, Definition, average, first, growth, or_nil, positive, total


def intensity(expense: Definition) -> Definition:
    return lambda c: expense(c) / c.revenue


def gross_profit_per(resource: Definition) -> Definition:
    return lambda c: lines.gross_profit(c) / resource(c)


def incremental(profit: Definition) -> Definition:
    """What is left of a further unit of revenue."""
    return lambda c: profit(c).diff() / positive(c.revenue.diff())


def owed_to_suppliers(c: Companies) -> pd.DataFrame:
    """On open account and by bill."""
    return first(c.bills_and_trade_payables_subtotal, c.trade_payables + or_nil(c.bills_payable))


def associates(c: Companies) -> pd.DataFrame:
    return first(c.investments_in_associates, c.long_term_equity_investments)


def ecosystem(c: Companies) -> pd.DataFrame:
    other_stakes = total(
        c.long_term_investments_fvtpl,
        c.long_term_equity_investments_fvoci,
        c.equity_securities_and_other_investments_non_current,
    )
    return associates(c) + other_stakes


def investment_result(c: Companies) -> pd.DataFrame:
    return first(c.fair_value_gains_net, c.fair_value_changes_on_investments) + c.share_of_profit_of_associates


DEFINITIONS: dict[str, Definition] = {
    "research_intensity": intensity(lambda c: c.research_and_development_expenses),
    "selling_intensity": intensity(lambda c: c.selling_expenses),
    "administrative_intensity": intensity(lambda c: c.administrative_expenses),
    "selling_and_administrative_intensity": intensity(lines.selling_and_administration),
    "fulfilment_intensity": intensity(lambda c: c.fulfillment_expenses),
    "research_yield": gross_profit_per(lambda c: c.research_and_development_expenses),
    "selling_yield": gross_profit_per(lambda c: c.selling_expenses),
    "administrative_yield": gross_profit_per(lambda c: c.administrative_expenses),
    "selling_and_administrative_yield": gross_profit_per(lines.selling_and_administration),
    "degree_of_operating_leverage": lambda c: growth(lines.core_operating_profit(c)) / growth(c.revenue),
    "incremental_gross_margin": incremental(lines.gross_profit),
    "incremental_core_operating_margin": incremental(lines.core_operating_profit),
    "cash_cycle": operating_capacity.cash_conversion_cycle,
    "supplier_financing": lambda c: owed_to_suppliers(c) / c.inventories,
    "net_trade_funding": lambda c: -(c.inventories + c.receivables - c.trade_payables) / c.revenue,
    "financial_leverage": dupont.multiplier,
    "ecosystem_investments": ecosystem,
    "ecosystem_investment_share": lambda c: ecosystem(c) / c.total_assets,
    "ecosystem_investment_return": lambda c: investment_result(c) / average(ecosystem(c)),
    "associate_return": lambda c: c.share_of_profit_of_associates / average(associates(c)),
    "ecosystem_companies_growth": lambda c: growth(c.investee_companies),
    "revenue_per_employee": lambda c: c.revenue / c.employees,
    "gross_profit_per_employee": gross_profit_per(lambda c: c.employees),
    "fixed_asset_share": lambda c: c.property_plant_and_equipment / c.total_assets,
}
