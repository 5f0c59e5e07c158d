"""Profit source: the streams of revenue, and how much of the profit the business itself earns."""

from __future__ import annotations

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, first, growth, or_nil, positive, prior


def hardware(c: Companies) -> pd.DataFrame:
    return c.role("revenue", "hardware")


def services(c: Companies) -> pd.DataFrame:
    return c.role("revenue", "services")


def member_share(member: str) -> Definition:
    """From amounts, else as printed."""
    return lambda c: first(c.member("revenue", member) / c.revenue, c.member("revenue_share", member))


def contribution(stream: Definition) -> Definition:
    """A stream's growth in points of the whole."""
    return lambda c: stream(c).diff() / prior(c.revenue)


def of_services(line: str) -> Definition:
    return lambda c: c.role("revenue", line, "internet_services_line") / services(c)


def profit(c: Companies) -> pd.DataFrame:
    """Profit before tax, where there is one to divide."""
    return positive(lines.profit_before_tax(c))


def fair_value_changes(c: Companies) -> pd.DataFrame:
    apart = c.fair_value_changes_on_investments + or_nil(c.fair_value_changes_of_preferred_shares)
    return first(c.fair_value_gains_net, apart)


def beside_core_and_investments(c: Companies) -> pd.DataFrame:
    core = lines.core_operating_profit(c)
    return lines.profit_before_tax(c) - core - fair_value_changes(c) - c.share_of_profit_of_associates


DEFINITIONS: dict[str, Definition] = {
    "hardware_revenue": hardware,
    "services_revenue": services,
    "smartphone_revenue_share": member_share("smartphones"),
    "iot_and_lifestyle_revenue_share": member_share("iot_and_lifestyle"),
    "internet_services_revenue_share": member_share("internet_services"),
    "others_revenue_share": lambda c: c.role("revenue", "other") / c.revenue,
    "largest_stream_share": lambda c: c.largest("revenue", "segment") / c.revenue,
    "stream_concentration": lambda c: c.herfindahl("revenue", "segment"),
    "effective_number_of_streams": lambda c: 1 / c.herfindahl("revenue", "segment"),
    "hardware_revenue_growth": lambda c: growth(hardware(c)),
    "services_revenue_growth": lambda c: growth(services(c)),
    "hardware_contribution_to_growth": contribution(hardware),
    "services_contribution_to_growth": contribution(services),
    "overseas_contribution_to_growth": contribution(lambda c: c.role("revenue", "overseas", "region")),
    "advertising_share_of_services": of_services("advertising"),
    "games_share_of_services": of_services("games"),
    "remaining_share_of_services": lambda c: 1 - of_services("advertising")(c) - of_services("games")(c),
    "recurring_revenue_share": lambda c: c.role("revenue", "recurring", "recurrence") / c.revenue,
    "prepaid_revenue_share": lambda c: lines.customer_advances(c) / c.revenue,
    "take_rate": lambda c: c.revenue / c.gross_merchandise_volume,
    "non_operating_profit": lambda c: lines.profit_before_tax(c) - lines.core_operating_profit(c),
    "core_share_of_pre_tax_profit": lambda c: lines.core_operating_profit(c) / profit(c),
    "fair_value_share_of_pre_tax_profit": lambda c: fair_value_changes(c) / profit(c),
    "associates_share_of_pre_tax_profit": lambda c: c.share_of_profit_of_associates / profit(c),
    "other_gains_and_finance_share_of_pre_tax_profit": lambda c: beside_core_and_investments(c) / profit(c),
    "non_core_share_of_operating_profit": lambda c: 1 - lines.core_operating_profit(c) / positive(c.operating_profit),
    "adjusted_to_reported_profit": lambda c: c.adjusted_net_profit / positive(c.net_profit),
    "adjustment_to_revenue": lambda c: c.adjusted_net_profit / c.revenue - c.net_profit / c.revenue,
}
