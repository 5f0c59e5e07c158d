"""Scores: Altman's, Piotroski's and Beneish's, as published."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, average, finite, first, or_nil, positive, prior, sign


def weighed(weights: Mapping[Definition, float], constant: float = 0.0) -> Definition:
    """A discriminant: weights times variables."""
    return lambda c: sum((weight * variable(c) for variable, weight in weights.items()), start=constant)


def x1(c: Companies) -> pd.DataFrame:
    return lines.working_capital(c) / c.total_assets


def x2(c: Companies) -> pd.DataFrame:
    return (c.retained_earnings + or_nil(c.statutory_reserves)) / c.total_assets


def x3(c: Companies) -> pd.DataFrame:
    return lines.ebit(c) / c.total_assets


def x4(c: Companies) -> pd.DataFrame:
    return c.total_equity / c.total_liabilities


def x5(c: Companies) -> pd.DataFrame:
    return c.revenue / c.total_assets


ALTMAN_1983 = {x1: 0.717, x2: 0.847, x3: 3.107, x4: 0.420, x5: 0.998}
ALTMAN_1995 = {x1: 6.56, x2: 3.26, x3: 6.72, x4: 1.05}


def rises(x: pd.DataFrame) -> pd.DataFrame:
    change = finite(x).diff()
    return sign(change > 0, change)


def falls(x: pd.DataFrame) -> pd.DataFrame:
    return rises(-x)


def gross_margin(c: Companies) -> pd.DataFrame:
    return lines.gross_profit(c) / lines.sales(c)


def no_issue(c: Companies) -> pd.DataFrame:
    """By the number of shares; where it is not printed, by the proceeds of issues."""
    shares, proceeds = c.weighted_average_shares_basic, c.proceeds_from_issue_of_shares
    return first(sign(shares.diff() <= 0, shares.diff()), sign(proceeds == 0, proceeds).mask(proceeds < 0))


PIOTROSKI: dict[str, Definition] = {
    "piotroski_return_on_assets_positive": lambda c: sign(c.net_profit > 0, c.net_profit),
    "piotroski_cash_flow_positive": lambda c: sign(c.operating_cash_flow > 0, c.operating_cash_flow),
    "piotroski_return_on_assets_up": lambda c: rises(c.net_profit / prior(c.total_assets)),
    "piotroski_cash_above_profit": lambda c: sign(
        c.operating_cash_flow > c.net_profit, c.operating_cash_flow, c.net_profit
    ),
    "piotroski_leverage_down": lambda c: falls(lines.non_current_debt(c) / average(c.total_assets)),
    "piotroski_liquidity_up": lambda c: rises(c.current_assets / c.current_liabilities),
    "piotroski_no_equity_issue": no_issue,
    "piotroski_gross_margin_up": lambda c: rises(gross_margin(c)),
    "piotroski_asset_turnover_up": lambda c: rises(c.revenue / prior(c.total_assets)),
}


def index(x: pd.DataFrame) -> pd.DataFrame:
    """This year's figure in that of the year before."""
    return finite(x) / prior(finite(x))


def receivables_index(c: Companies) -> pd.DataFrame:
    return index(c.receivables / c.revenue)


def gross_margin_index(c: Companies) -> pd.DataFrame:
    return 1 / index(positive(gross_margin(c)))


def asset_quality_index(c: Companies) -> pd.DataFrame:
    soft = (c.total_assets - c.current_assets - c.property_plant_and_equipment) / c.total_assets
    return index(soft).where(prior(soft) > 0)


def sales_index(c: Companies) -> pd.DataFrame:
    return index(c.revenue)


def depreciation_index(c: Companies) -> pd.DataFrame:
    written_off = lines.depreciation_and_amortisation(c)
    return 1 / index(written_off / (written_off + c.property_plant_and_equipment))


def expense_index(c: Companies) -> pd.DataFrame:
    ratio = lines.selling_and_administration(c) / c.revenue
    return index(ratio).where(prior(ratio) > 0)


def leverage_index(c: Companies) -> pd.DataFrame:
    return index((lines.non_current_debt(c) + c.current_liabilities) / c.total_assets)


def accruals(c: Companies) -> pd.DataFrame:
    return (first(c.profit_from_continuing_operations, c.net_profit) - c.operating_cash_flow) / c.total_assets


BENEISH = {
    receivables_index: 0.920,
    gross_margin_index: 0.528,
    asset_quality_index: 0.404,
    sales_index: 0.892,
    depreciation_index: 0.115,
    expense_index: -0.172,
    accruals: 4.679,
    leverage_index: -0.327,
}
BENEISH_FIVE = {
    receivables_index: 0.823,
    gross_margin_index: 0.906,
    asset_quality_index: 0.593,
    sales_index: 0.717,
    depreciation_index: 0.107,
}

DEFINITIONS: dict[str, Definition] = {
    "altman_working_capital": x1,
    "altman_retained_earnings": x2,
    "altman_earnings_before_interest_and_tax": x3,
    "altman_book_equity": x4,
    "altman_asset_turnover": x5,
    "altman_z_prime": weighed(ALTMAN_1983),
    "altman_z_double_prime": weighed(ALTMAN_1995),
    "altman_emerging_market_score": weighed(ALTMAN_1995, 3.25),
    **PIOTROSKI,
    "piotroski_f_score": weighed(dict.fromkeys(PIOTROSKI.values(), 1.0)),
    "beneish_receivables": receivables_index,
    "beneish_gross_margin": gross_margin_index,
    "beneish_asset_quality": asset_quality_index,
    "beneish_sales_growth": sales_index,
    "beneish_depreciation": depreciation_index,
    "beneish_selling_and_administrative": expense_index,
    "beneish_leverage": leverage_index,
    "beneish_accruals": accruals,
    "beneish_m_score": weighed(BENEISH, -4.84),
    "beneish_m_score_five_variables": weighed(BENEISH_FIVE, -6.065),
}
