"""Ratios whose figures the shipped companies do not print, over figures made up here and worked out by hand."""

from __future__ import annotations

import pytest
from evaluation import evaluate

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.derive import compile_metrics

COMPILED = {one.metric.metric_id: one for one in compile_metrics(load_catalog())}
YEARS: dict[str, tuple[float, ...]] = {
    # this year, the year before
    "revenue": (1000, 800),
    "operating_revenue": (990, 790),
    "profit_before_tax": (200, 160),
    "income_tax_expense": (50, 40),
    "income_tax_paid": (30, 40),
    "net_profit": (150, 120),
    "net_profit_attributable_to_parent": (140, 110),
    "net_profit_excluding_non_recurring_items": (120, 100),
    "preferred_dividends": (10, 10),
    "interest_expense": (20, 16),
    "interest_paid": (25, 16),
    "operating_cash_flow": (180, 150),
    "cash_received_from_sales": (1089, 869),
    "capital_expenditure": (60, 50),
    "dividends_paid": (35, 30),
    "weighted_average_net_assets": (700, 600),
    "equity_attributable_to_parent": (750, 650),
    "total_equity": (800, 700),
    "share_capital": (100, 100),
    "additional_paid_in_capital": (200, 200),
    "retained_earnings": (300, 250),
    "statutory_reserves": (50, 40),
    "total_assets": (2000, 1800),
    "total_liabilities": (1200, 1100),
    "current_assets": (900, 800),
    "current_liabilities": (600, 500),
}


def computed(metric_id: str, **printed: tuple[float, ...] | None) -> tuple[float | None, str]:
    """Value and status of a ratio; a figure that is None is not printed."""
    figures = YEARS | printed
    years = ({key: row[gap] for key, row in figures.items() if row} for gap in range(2))
    return evaluate(COMPILED[metric_id], *years)


@pytest.mark.parametrize(
    ("metric_id", "by_hand"),
    [
        ("cash_received_to_revenue", 1089 / 990),
        ("capital_expenditure_and_dividend_cover", 180 / (60 + 35)),
        ("recurring_net_profit_growth", 120 / 100 - 1),
        ("payout_ratio", 35 / 140),
        ("retention_ratio", 1 - 35 / 140),
        ("sustainable_growth", 140 / 650 * (1 - 35 / 140)),
        ("weighted_average_return_on_equity", 140 / 700),
        ("weighted_average_recurring_return_on_equity", 120 / 700),
        ("return_on_paid_in_capital", 150 / 300),
        ("cash_tax_rate", 30 / 200),
        ("tax_rate_divergence", 30 / 200 - 50 / 200),
        ("interest_cover_cash_flow", (180 + 25 + 30) / 25),
        ("interest_paid_to_interest_expense", 25 / 20),
        ("preferred_dividend_cover", 150 / 10),
        ("altman_z_prime", 0.717 * 0.15 + 0.847 * 0.175 + 3.107 * 0.11 + 0.42 * 800 / 1200 + 0.998 * 0.5),
        ("altman_z_double_prime", 6.56 * 0.15 + 3.26 * 0.175 + 6.72 * 0.11 + 1.05 * 800 / 1200),
        ("altman_emerging_market_score", 3.25 + 6.56 * 0.15 + 3.26 * 0.175 + 6.72 * 0.11 + 1.05 * 800 / 1200),
    ],
)
def test_ratio_by_hand(metric_id: str, by_hand: float) -> None:
    assert computed(metric_id) == (pytest.approx(by_hand), "ok")


def test_a_weighted_return_is_the_printed_one_where_the_net_assets_are_not_printed() -> None:
    printed = {"weighted_average_net_assets": None, "weighted_average_return_on_equity_printed": (0.21, 0.2)}
    assert computed("weighted_average_return_on_equity", **printed) == (pytest.approx(0.21), "ok")
    not_printed = computed("weighted_average_return_on_equity", weighted_average_net_assets=None)
    assert not_printed == (None, "missing_input")
    negative = computed("weighted_average_return_on_equity", weighted_average_net_assets=(-5, -5))
    assert negative == (None, "not_meaningful")


def test_debt_of_one_side_is_not_taken_for_all_of_it() -> None:
    lines = {"short_term_borrowings": (100.0, 90.0), "non_current_liabilities_due_within_one_year": (20.0, 10.0)}
    assert computed("interest_bearing_debt", **lines)[0] is None
    both = lines | {"long_term_borrowings": (300.0, 200.0), "bonds_payable": (50.0, 50.0)}
    assert computed("interest_bearing_debt", **both) == (470, "ok")
    assert computed("interest_bearing_debt", **lines, total_borrowings=(500.0, 400.0)) == (500, "ok")


def test_debt_in_one_line_is_not_counted_again_from_its_parts() -> None:
    lines = {
        "borrowings_current": (120.0, 0.0),
        "short_term_borrowings": (100.0, 0.0),
        "borrowings_non_current": (300.0, 0.0),
    }
    assert computed("interest_bearing_debt", **lines, long_term_borrowings=(300.0, 0.0)) == (420, "ok")
    notes = {"senior_notes": (70.0, 0.0), "senior_notes_current": (30.0, 0.0), "senior_notes_non_current": (40.0, 0.0)}
    assert computed("interest_bearing_debt", **lines, **notes) == (490, "ok")
    assert computed("interest_bearing_debt", **lines, senior_notes=(70.0, 0.0)) == (490, "ok")


def test_selling_and_administration_in_one_line_are_not_counted_again() -> None:
    lines = {"selling_expenses": (70.0, 0.0), "administrative_expenses": (30.0, 0.0)}
    assert computed("operating_expenses", **lines, research_and_development_expenses=(20.0, 0.0)) == (120, "ok")
    one = {"selling_general_and_administrative_expenses": (100.0, 0.0)}
    assert computed("operating_expenses", **lines, **one) == (100, "ok")
    assert computed("operating_expenses", selling_expenses=(70.0, 0.0))[0] is None
