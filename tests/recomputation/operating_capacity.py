"""Operating capacity: how often capital turns over, and how long each turn takes."""

from __future__ import annotations

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, average, positive


def sales_turn(balance: Definition) -> Definition:
    """Turns of a balance a year, against revenue."""
    return lambda c: c.revenue / average(balance(c))


def cost_turn(balance: Definition) -> Definition:
    """Turns of a balance a year, against cost of sales."""
    return lambda c: c.cost_of_sales / average(balance(c))


def days(turnover: Definition, year: int = 365) -> Definition:
    """How long one turn takes."""
    return lambda c: year / turnover(c)


def held(balance: Definition, flow: Definition) -> Definition:
    """How many days' flow the closing balance is."""
    return lambda c: balance(c) / (flow(c) / 365)


def revenue(c: Companies) -> pd.DataFrame:
    return c.revenue


def cost_of_sales(c: Companies) -> pd.DataFrame:
    return c.cost_of_sales


def inventories(c: Companies) -> pd.DataFrame:
    return c.inventories


def receivables(c: Companies) -> pd.DataFrame:
    return c.receivables


def trade_payables(c: Companies) -> pd.DataFrame:
    return c.trade_payables


def purchases(c: Companies) -> pd.DataFrame:
    return c.cost_of_sales + c.inventories.diff()


def equity(c: Companies) -> pd.DataFrame:
    return positive(c.total_equity)


def operating_cycle(c: Companies) -> pd.DataFrame:
    return days(cost_turn(inventories))(c) + days(sales_turn(receivables))(c)


def cash_conversion_cycle(c: Companies) -> pd.DataFrame:
    return operating_cycle(c) - days(cost_turn(trade_payables))(c)


DEFINITIONS: dict[str, Definition] = {
    "receivables_including_bills": lines.receivables_with_bills,
    "customer_advances": lines.customer_advances,
    "purchases": purchases,
    "asset_turnover": sales_turn(lambda c: c.total_assets),
    "asset_turnover_closing": lambda c: c.revenue / c.total_assets,
    "current_asset_turnover": sales_turn(lambda c: c.current_assets),
    "fixed_asset_turnover": sales_turn(lambda c: c.property_plant_and_equipment),
    "working_capital_turnover": sales_turn(lambda c: positive(lines.working_capital(c))),
    "equity_turnover": sales_turn(equity),
    "inventory_turnover": cost_turn(inventories),
    "receivable_turnover": sales_turn(receivables),
    "receivable_turnover_including_bills": sales_turn(lines.receivables_with_bills),
    "payable_turnover": cost_turn(trade_payables),
    "inventory_days": days(cost_turn(inventories)),
    "inventory_days_closing": held(inventories, cost_of_sales),
    "receivable_days": days(sales_turn(receivables)),
    "receivable_days_closing": held(receivables, revenue),
    "receivable_days_including_bills": days(sales_turn(lines.receivables_with_bills)),
    "payable_days": days(cost_turn(trade_payables)),
    "payable_days_closing": held(trade_payables, cost_of_sales),
    "payable_days_on_purchases": days(lambda c: positive(purchases(c)) / average(c.trade_payables)),
    "current_asset_days": days(sales_turn(lambda c: c.current_assets)),
    "fixed_asset_days": days(sales_turn(lambda c: c.property_plant_and_equipment)),
    "working_capital_days": days(sales_turn(lines.working_capital)),
    "total_asset_days": days(sales_turn(lambda c: c.total_assets)),
    "equity_days": days(sales_turn(equity)),
    "operating_cycle": operating_cycle,
    "cash_conversion_cycle": cash_conversion_cycle,
    "inventory_days_360": days(cost_turn(inventories), 360),
    "receivable_days_360": days(sales_turn(receivables), 360),
    "payable_days_360": days(cost_turn(trade_payables), 360),
    "revenue_per_average_employee": sales_turn(lambda c: c.employees),
    "net_profit_per_average_employee": lambda c: c.net_profit / average(c.employees),
    "deferred_revenue_ratio": lambda c: lines.customer_advances(c) / c.revenue,
}
