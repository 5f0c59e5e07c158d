"""Growth: change over the year before."""

from __future__ import annotations

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, compound_growth, growth, positive, prior


def payout(c: Companies) -> pd.DataFrame:
    return c.dividends_paid / positive(c.net_profit_attributable_to_parent)


def retained_profit(c: Companies) -> pd.DataFrame:
    """What a profit leaves after dividends; a loss leaves nothing to share out."""
    return positive(c.net_profit_attributable_to_parent) - c.dividends_paid


DEFINITIONS: dict[str, Definition] = {
    "revenue_growth": lambda c: growth(c.revenue),
    "gross_profit_growth": lambda c: growth(lines.gross_profit(c)),
    "operating_profit_growth": lambda c: growth(c.operating_profit),
    "net_profit_growth": lambda c: growth(c.net_profit),
    "attributable_net_profit_growth": lambda c: growth(c.net_profit_attributable_to_parent),
    "recurring_net_profit_growth": lambda c: growth(c.net_profit_excluding_non_recurring_items),
    "asset_growth": lambda c: growth(c.total_assets),
    "equity_growth": lambda c: growth(c.total_equity),
    "capital_preservation": lambda c: 1 + growth(c.total_equity),
    "revenue_growth_three_years": lambda c: compound_growth(c.revenue, 3),
    "net_profit_growth_three_years": lambda c: compound_growth(c.net_profit, 3),
    "equity_growth_three_years": lambda c: compound_growth(c.total_equity, 3),
    "payout_ratio": payout,
    "retention_ratio": lambda c: retained_profit(c) / c.net_profit_attributable_to_parent,
    "sustainable_growth": lambda c: retained_profit(c) / positive(prior(c.equity_attributable_to_parent)),
}
