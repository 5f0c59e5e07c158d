"""Cash: what reaches the till."""

from __future__ import annotations

import pandas as pd

from recomputation import lines
from recomputation.companies import Companies, Definition, average, positive


def free_cash_flow(c: Companies) -> pd.DataFrame:
    return c.operating_cash_flow - lines.capital_expenditure(c)


DEFINITIONS: dict[str, Definition] = {
    "capital_expenditure_total": lines.capital_expenditure,
    "free_cash_flow": free_cash_flow,
    "free_cash_flow_margin": lambda c: free_cash_flow(c) / c.revenue,
    "free_cash_flow_to_operating_cash_flow": lambda c: (
        1 - lines.capital_expenditure(c) / positive(c.operating_cash_flow)
    ),
    "operating_cash_flow_margin": lambda c: c.operating_cash_flow / c.revenue,
    "cash_received_to_revenue": lambda c: c.cash_received_from_sales / lines.sales(c),
    "cash_content_of_profit": lambda c: c.operating_cash_flow / positive(c.net_profit),
    "cash_return_on_assets": lambda c: c.operating_cash_flow / average(c.total_assets),
    "cash_return_on_assets_closing": lambda c: c.operating_cash_flow / c.total_assets,
    "capital_expenditure_cover": lambda c: c.operating_cash_flow / positive(lines.capital_expenditure(c)),
    "capital_expenditure_and_dividend_cover": lambda c: (
        c.operating_cash_flow / positive(lines.capital_expenditure(c) + c.dividends_paid)
    ),
    "capital_expenditure_to_revenue": lambda c: lines.capital_expenditure(c) / c.revenue,
    "capital_expenditure_to_depreciation": lambda c: (
        lines.capital_expenditure(c) / lines.depreciation_and_amortisation(c)
    ),
    "reinvestment_rate": lambda c: (
        (lines.capital_expenditure(c) - lines.depreciation_and_amortisation(c))
        / positive(lines.operating_profit_after_tax(c))
    ),
}
