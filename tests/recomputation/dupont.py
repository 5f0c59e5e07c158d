"""DuPont: return on equity taken apart, and its change put down to the factors in every order there is."""

from __future__ import annotations

from itertools import permutations
from math import prod

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, average, positive, prior


def multiplier(c: Companies) -> pd.DataFrame:
    return average(c.total_assets) / average(positive(c.equity_attributable_to_parent))


def net_margin(c: Companies) -> pd.DataFrame:
    return c.net_profit_attributable_to_parent / c.revenue


def turnover(c: Companies) -> pd.DataFrame:
    return c.revenue / average(c.total_assets)


FACTORS = (net_margin, turnover, multiplier)


def return_on_equity(c: Companies) -> pd.DataFrame:
    return prod(factor(c) for factor in FACTORS)


def contribution(of: Definition) -> Definition:
    """What a factor's change does to the product, on average over the orders in which the factors may be changed."""

    def mean(c: Companies) -> pd.DataFrame:
        effects = []
        for order in permutations(FACTORS):
            state = {factor: prior(factor(c)) for factor in FACTORS}
            for factor in order:
                before = prod(state.values())
                state[factor] = factor(c)
                if factor is of:
                    effects.append(prod(state.values()) - before)
        return sum(effects) / len(effects)

    return mean


def five_steps(c: Companies) -> pd.DataFrame:
    """The profit left after interest, tax and minorities, none of which has a meaning on a loss."""
    is_profit = (lines.ebit(c) > 0) & (lines.profit_before_tax(c) > 0) & (c.net_profit > 0)
    return return_on_equity(c).where(is_profit)


DEFINITIONS: dict[str, Definition] = {
    "dupont_net_margin": net_margin,
    "dupont_asset_turnover": turnover,
    "dupont_equity_multiplier": multiplier,
    "dupont_return_on_equity": return_on_equity,
    "dupont_parent_share": lambda c: c.net_profit_attributable_to_parent / positive(c.net_profit),
    "dupont_tax_burden": lambda c: c.net_profit / positive(lines.profit_before_tax(c)),
    "dupont_interest_burden": lambda c: lines.profit_before_tax(c) / positive(lines.ebit(c)),
    "dupont_five_step_return_on_equity": five_steps,
    "dupont_return_on_equity_change": lambda c: return_on_equity(c).diff(),
    "dupont_net_margin_contribution": contribution(net_margin),
    "dupont_asset_turnover_contribution": contribution(turnover),
    "dupont_equity_multiplier_contribution": contribution(multiplier),
}
