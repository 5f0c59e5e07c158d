"""Lines that IFRS, CAS and US GAAP print differently, as the textbook's items."""

from __future__ import annotations

import pandas as pd

from recomputation.companies import Companies, first, or_nil, positive, total


def sales(c: Companies) -> pd.DataFrame:
    """What cost of sales stands against: 营业收入, which a CAS statement prints below 营业总收入."""
    return first(c.operating_revenue, c.revenue)


def gross_profit(c: Companies) -> pd.DataFrame:
    return first(c.gross_profit, sales(c) - c.cost_of_sales)


def selling_and_administration(c: Companies) -> pd.DataFrame:
    return first(c.selling_general_and_administrative_expenses, c.selling_expenses + c.administrative_expenses)


def amortisation_line(c: Companies) -> pd.DataFrame:
    """Of intangible assets, where it is a line of its own among the expenses."""
    return or_nil(
        first(c.amortisation_of_intangible_assets_expense, c.amortisation_and_impairment_of_intangible_assets)
    )


def operating_expenses(c: Companies) -> pd.DataFrame:
    by_function = or_nil(c.research_and_development_expenses) + or_nil(c.fulfillment_expenses) + amortisation_line(c)
    return first(selling_and_administration(c) + by_function, c.total_operating_expenses)


def core_operating_profit(c: Companies) -> pd.DataFrame:
    return gross_profit(c) - operating_expenses(c) - or_nil(c.taxes_and_surcharges)


def operating_profit(c: Companies) -> pd.DataFrame:
    """Before what CAS deducts as 财务费用 above it."""
    return c.operating_profit + or_nil(c.finance_expenses_net)


def profit_before_tax(c: Companies) -> pd.DataFrame:
    return first(c.profit_before_tax, c.profit_before_tax_and_associates + c.share_of_profit_of_associates)


def interest(c: Companies) -> pd.DataFrame:
    return first(c.interest_expense, c.finance_costs)


def net_finance_costs(c: Companies) -> pd.DataFrame:
    net = first(c.finance_expenses_net, c.finance_costs_net, -c.finance_income_net, c.finance_costs - c.finance_income)
    return first(net, c.interest_expense_net, -c.interest_income_net, c.finance_costs, c.interest_expense)


def ebit(c: Companies) -> pd.DataFrame:
    return profit_before_tax(c) + interest(c)


def depreciation_and_amortisation(c: Companies) -> pd.DataFrame:
    plant = c.depreciation_in_cash_flow + or_nil(c.depreciation_of_investment_property_in_cash_flow)
    parts = [
        first(c.depreciation_including_investment_property_in_cash_flow, plant),
        c.amortisation_in_cash_flow,
        or_nil(c.depreciation_of_right_of_use_assets_in_cash_flow),
        or_nil(c.amortisation_of_long_term_deferred_expenses),
    ]
    return first(c.depreciation_and_amortisation, c.depreciation_and_amortisation_in_cash_flow, sum(parts))


def ebitda(c: Companies) -> pd.DataFrame:
    return operating_profit(c) + depreciation_and_amortisation(c)


def tax_rate(c: Companies) -> pd.DataFrame:
    return c.income_tax_expense / positive(profit_before_tax(c))


def operating_profit_after_tax(c: Companies) -> pd.DataFrame:
    """Taxed at the effective rate, which is no rate below zero or above the whole profit."""
    return operating_profit(c) - operating_profit(c) * tax_rate(c).clip(0, 1)


def capital_expenditure(c: Companies) -> pd.DataFrame:
    return first(
        c.capital_expenditure, c.purchase_of_property_plant_and_equipment + or_nil(c.purchase_of_intangible_assets)
    )


def paid_in_capital(c: Companies) -> pd.DataFrame:
    reserve = first(c.additional_paid_in_capital, c.share_premium)
    return first(c.common_stock_and_additional_paid_in_capital, c.share_capital + reserve)


def notes_not_told_apart(c: Companies) -> pd.DataFrame:
    """Senior notes printed in one line, of which nothing says when they fall due."""
    is_split = c.senior_notes_current.notna() | c.senior_notes_non_current.notna()
    return or_nil(c.senior_notes.mask(is_split))


def borrowings_within_a_year(c: Companies) -> pd.DataFrame:
    loans = total(
        c.short_term_borrowings, c.current_portion_of_long_term_debt, c.non_current_liabilities_due_within_one_year
    )
    others = [c.commercial_paper, c.short_term_bonds_payable, c.senior_notes_current]
    return first(c.current_debt, total(first(c.borrowings_current, loans), *others))


def borrowings_after_a_year(c: Companies) -> pd.DataFrame:
    loans = first(c.borrowings_non_current, total(c.long_term_borrowings, c.bonds_payable))
    return first(c.long_term_debt, total(loans, c.senior_notes_non_current, c.convertible_notes_non_current))


def current_debt(c: Companies) -> pd.DataFrame:
    return borrowings_within_a_year(c).where(notes_not_told_apart(c) == 0)


def non_current_debt(c: Companies) -> pd.DataFrame:
    return borrowings_after_a_year(c).where(notes_not_told_apart(c) == 0)


def debt(c: Companies) -> pd.DataFrame:
    lines = borrowings_within_a_year(c) + borrowings_after_a_year(c) + notes_not_told_apart(c)
    return first(lines, c.total_borrowings, c.total_debt)


def short_term_investments(c: Companies) -> pd.DataFrame:
    by_measurement = total(
        c.short_term_investments_fvtpl,
        c.short_term_investments_fvoci,
        c.short_term_investments_amortised_cost,
        c.marketable_securities_current,
    )
    return first(c.short_term_investments, by_measurement)


def cash_and_short_term_investments(c: Companies) -> pd.DataFrame:
    """US GAAP counts time deposits among short-term investments, IFRS statements print them apart."""
    apart = c.cash + or_nil(c.short_term_bank_deposits) + short_term_investments(c)
    return first(c.cash_and_short_term_investments, apart)


def intangibles(c: Companies) -> pd.DataFrame:
    apart = c.intangible_assets + or_nil(c.goodwill) + or_nil(c.indefinite_lived_intangible_assets)
    return first(c.intangible_assets_and_goodwill, apart)


def working_capital(c: Companies) -> pd.DataFrame:
    return c.current_assets - c.current_liabilities


def receivables_with_bills(c: Companies) -> pd.DataFrame:
    apart = total(c.receivables, c.bills_receivable)
    at_fair_value = total(c.bills_receivable_fvoci, c.receivables_financing)
    return first(apart, c.bills_and_trade_receivables_subtotal) + or_nil(at_fair_value)


def customer_advances(c: Companies) -> pd.DataFrame:
    return total(c.contract_liabilities, c.advances_received, c.deferred_revenue_current)
