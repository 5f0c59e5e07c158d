"""The catalog of ratios: the field's ratios are there, told apart by name, and none is a number where it would lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
import sqlglot
from sqlglot import exp

from valuenet_pipeline.catalog import Metric, load_catalog

CATALOG = load_catalog()
METRICS = {metric.metric_id: metric for metric in CATALOG.metrics}
RATIOS = [metric for metric in CATALOG.metrics if metric.table == "ratio"]

NAMED = {
    "profitability": """gross_margin operating_margin core_operating_margin pre_tax_margin net_margin
        attributable_net_margin adjusted_net_margin ebitda_margin return_on_assets return_on_assets_closing
        return_on_total_assets_before_interest_and_tax return_on_equity return_on_equity_closing return_on_total_equity
        weighted_average_return_on_equity weighted_average_recurring_return_on_equity return_on_paid_in_capital
        return_on_invested_capital return_on_capital_employed cost_expense_profit_ratio selling_expense_ratio
        administrative_expense_ratio research_and_development_expense_ratio finance_expense_ratio
        operating_expense_ratio period_expense_ratio effective_tax_rate""",
    "solvency": """current_ratio quick_ratio quick_ratio_by_addition cash_ratio cash_ratio_with_short_term_investments
        operating_cash_flow_to_current_liabilities working_capital asset_liability_ratio interest_bearing_debt
        interest_bearing_debt_to_assets interest_bearing_debt_to_equity debt_to_equity equity_multiplier
        equity_multiplier_average long_term_debt_to_capital non_current_liabilities_to_capital net_debt
        net_debt_to_ebitda interest_cover interest_cover_operating interest_cover_net_finance_costs
        interest_cover_cash_flow interest_cover_operating_cash_flow tangible_net_worth debt_to_tangible_net_worth""",
    "operating_capacity": """inventory_turnover inventory_days receivable_turnover receivable_days payable_turnover
        payable_days current_asset_turnover current_asset_days fixed_asset_turnover fixed_asset_days
        working_capital_turnover working_capital_days asset_turnover total_asset_days equity_turnover equity_days
        operating_cycle cash_conversion_cycle inventory_days_closing receivable_days_closing payable_days_closing
        payable_days_on_purchases inventory_days_360 receivable_days_360 payable_days_360
        revenue_per_average_employee net_profit_per_average_employee""",
    "growth": """revenue_growth gross_profit_growth operating_profit_growth net_profit_growth
        attributable_net_profit_growth recurring_net_profit_growth asset_growth equity_growth capital_preservation
        revenue_growth_three_years net_profit_growth_three_years equity_growth_three_years sustainable_growth""",
    "cash": """cash_received_to_revenue cash_content_of_profit operating_cash_flow_margin free_cash_flow
        free_cash_flow_margin cash_return_on_assets cash_return_on_assets_closing capital_expenditure_cover
        capital_expenditure_to_depreciation reinvestment_rate""",
    "dupont": """dupont_net_margin dupont_asset_turnover dupont_equity_multiplier dupont_return_on_equity
        dupont_tax_burden dupont_interest_burden dupont_parent_share dupont_five_step_return_on_equity
        dupont_return_on_equity_change dupont_net_margin_contribution dupont_asset_turnover_contribution
        dupont_equity_multiplier_contribution""",
    "score": """altman_z_prime altman_z_double_prime altman_emerging_market_score piotroski_f_score beneish_m_score
        beneish_m_score_five_variables""",
}
"""Category → what the field expects to find in it."""


@pytest.mark.parametrize("category", NAMED)
def test_the_ratios_of_the_field_are_there(category: str) -> None:
    there = {metric.metric_id for metric in RATIOS if metric.group == category}
    assert set(NAMED[category].split()) - there == set()


def test_there_are_ratios_enough() -> None:
    assert len(RATIOS) >= 110


def test_names_tell_ratios_apart() -> None:
    for names in (
        [one.metric_id for one in CATALOG.metrics],
        [one.name_en for one in RATIOS],
        [one.name_zh for one in RATIOS],
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_every_ratio_says_where_its_definition_comes_from() -> None:
    assert [one.metric_id for one in RATIOS if not one.source.strip() or one.source == "user"] == []


def test_a_condition_says_what_is_wrong_when_it_is_not_met() -> None:
    assert [one.metric_id for one in RATIOS if bool(one.valid_when) != bool(one.not_meaningful)] == []


def names_in(text: str) -> set[str]:
    return {column.name for column in sqlglot.parse_one(text, dialect="duckdb").find_all(exp.Column)}


@cache
def can_be_negative(name: str) -> bool:
    """Whether the figure may fall to zero or below: a result, a net cash flow, equity, or a difference."""
    if concept := CATALOG.concepts.get(name):
        return not concept.is_non_negative and concept.balance != "debit"
    formula = sqlglot.parse_one(METRICS[name].formula, dialect="duckdb")
    return formula.find(exp.Sub) is not None or any(map(can_be_negative, names_in(METRICS[name].formula)))


def denominators(metric: Metric) -> Iterator[exp.Expression]:
    for division in sqlglot.parse_one(metric.formula, dialect="duckdb").find_all(exp.Div):
        yield division.expression


def test_no_ratio_is_taken_of_a_base_that_can_be_negative() -> None:
    unguarded = [
        metric.metric_id
        for metric in RATIOS
        if not metric.valid_when
        for base in denominators(metric)
        if base.find(exp.Sub) or any(can_be_negative(column.name) for column in base.find_all(exp.Column))
    ]
    assert unguarded == []


def test_a_guard_speaks_of_the_base_it_guards() -> None:
    for metric in RATIOS:
        bases = [column.name for base in denominators(metric) for column in base.find_all(exp.Column)]
        risky = {name for name in bases if can_be_negative(name)}
        assert not metric.valid_when or not risky or risky & names_in(metric.valid_when), metric.metric_id


def test_growth_is_guarded_by_a_positive_base() -> None:
    for metric in RATIOS:
        for call in sqlglot.parse_one(metric.formula, dialect="duckdb").find_all(exp.Anonymous):
            if str(call.this).lower() == "growth" and can_be_negative(call.expressions[0].name):
                assert metric.valid_when, metric.metric_id
