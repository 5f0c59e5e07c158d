"""Ratios of companies under IFRS, US GAAP and Chinese accounts, checked by hand; decompositions that must add up."""

from __future__ import annotations

import duckdb
import pytest


def value(warehouse: duckdb.DuckDBPyConnection, company: str, year: int, ratio_id: str) -> tuple[float | None, str]:
    row = warehouse.execute(
        "select value, status from mart.ratio where vintage = 'current' "
        "and entity_id = ? and fiscal_year = ? and ratio_id = ?",
        [company, year, ratio_id],
    ).fetchone()
    assert row is not None
    return row[0], row[1]


@pytest.mark.parametrize(
    ("company", "year", "ratio_id", "by_hand"),
    [
        # debt: borrowings of IFRS; a printed total alone; borrowings with senior notes apart; notes not told apart
        ("xiaomi", 2021, "interest_bearing_debt_to_assets", 0.0896),  # (5,527 + 20,720) / 292,892
        ("huawei", 2021, "interest_bearing_debt_to_assets", 0.1781),  # 175,100 / 982,971
        ("huawei", 2019, "interest_bearing_debt_to_assets", 0.1306),  # (7,631 + 104,531) / 858,661
        ("alibaba", 2022, "interest_bearing_debt_to_assets", 0.0834),  # (8,841 + 0 + 38,244 + 94,259) / 1,695,553
        ("jd", 2020, "interest_bearing_debt_to_assets", 0.0374),  # (0 + 2,936 + 12,854) / 422,288
        # cash at hand: deposits apart, or among the short-term investments
        ("xiaomi", 2019, "cash_ratio_with_short_term_investments", 0.6933),  # (25,920 + 21,523 + 16,463) / 92,181
        ("jd", 2021, "cash_ratio_with_short_term_investments", 0.8362),  # (70,767 + 114,564) / 221,636
        # expenses: three lines; one line for selling and administration; amortisation apart; fulfilment apart
        ("xiaomi", 2021, "operating_expense_ratio", 0.1184),  # (20,980 + 4,740 + 13,167) / 328,309
        ("huawei", 2021, "operating_expense_ratio", 0.3885),  # (104,709 + 142,666) / 636,807
        ("alibaba", 2022, "operating_expense_ratio", 0.2565),  # (119,799 + 31,922 + 55,465 + 11,647) / 853,062
        ("jd", 2020, "core_operating_margin", 0.0143),  # (109,108 - 27,156 - 6,409 - 16,149 - 48,700) / 745,802
        # associates below income tax; depreciation from the notes, or from two lines of the cash flow
        ("alibaba", 2022, "effective_tax_rate", 0.3629),  # 26,815 / (59,550 + 14,344)
        ("xiaomi", 2021, "ebitda_margin", 0.0854),  # (26,029 + 2,006) / 328,309
        ("alibaba", 2022, "ebitda_margin", 0.1380),  # (69,638 + 27,808 + 20,257) / 853,062
        ("xiaomi", 2021, "return_on_invested_capital", 0.1347),
        ("xiaomi", 2021, "cash_conversion_cycle", -20.0184),
        ("xiaomi", 2021, "payable_days_on_purchases", 95.4451),
        ("xiaomi", 2021, "revenue_growth_three_years", 0.2335),  # (328,309 / 174,915) ^ (1 / 3) - 1
        ("xiaomi", 2021, "piotroski_f_score", 3),
        ("xiaomi", 2021, "beneish_m_score", -1.7645),
    ],
)
def test_ratio_by_hand(
    warehouse: duckdb.DuckDBPyConnection, company: str, year: int, ratio_id: str, by_hand: float
) -> None:
    assert value(warehouse, company, year, ratio_id) == (pytest.approx(by_hand, abs=5e-5), "ok")


@pytest.mark.parametrize(
    ("company", "year", "ratio_id", "status"),
    [
        ("xiaomi", 2017, "interest_bearing_debt_to_equity", "not_meaningful"),  # equity is negative
        ("xiaomi", 2017, "cash_content_of_profit", "not_meaningful"),  # a loss
        ("jd", 2020, "working_capital_turnover", "not_meaningful"),  # opening working capital is negative
        ("jd", 2020, "long_term_debt_to_capital", "not_meaningful"),  # senior notes are not told apart
        ("jd", 2017, "interest_bearing_debt", "missing_input"),  # only short-term borrowings are printed
        ("xiaomi", 2021, "quick_ratio_by_addition", "missing_input"),  # short-term investments are in no extract
        ("xiaomi", 2021, "altman_z_double_prime", "missing_input"),  # so are retained earnings
        ("xiaomi", 2020, "net_profit_growth_three_years", "not_meaningful"),  # a loss three years before
        ("xiaomi", 2021, "weighted_average_return_on_equity", "missing_input"),
    ],
)
def test_no_number_where_there_is_none(
    warehouse: duckdb.DuckDBPyConnection, company: str, year: int, ratio_id: str, status: str
) -> None:
    assert value(warehouse, company, year, ratio_id) == (None, status)


def test_five_steps_multiply_back_to_return_on_equity(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """select r.dupont_parent_share * r.dupont_tax_burden * r.dupont_interest_burden * r.ebit_margin
            * r.dupont_asset_turnover * r.dupont_equity_multiplier, r.return_on_equity
        from mart.ratio_wide r where r.dupont_five_step_return_on_equity is not null"""
    ).fetchall()
    assert len(rows) >= 5
    for product, expected in rows:
        assert product == pytest.approx(expected, rel=1e-9)


def test_contributions_sum_to_the_change_of_return_on_equity(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """select dupont_net_margin_contribution + dupont_asset_turnover_contribution
            + dupont_equity_multiplier_contribution, dupont_return_on_equity_change
        from mart.ratio_wide where dupont_return_on_equity_change is not null"""
    ).fetchall()
    assert len(rows) >= 5
    for total, change in rows:
        assert total == pytest.approx(change, rel=1e-9)
