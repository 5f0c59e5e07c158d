"""Formulas: what they take, when they are meaningful, and how a slip is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from evaluation import KEPT_OUT, evaluate

from valuenet_pipeline.catalog import Catalog, Metric, load_catalog
from valuenet_pipeline.derive import CompiledMetric, FormulaError, compile_metrics
from valuenet_pipeline.derive.metric import series_query


def metric(metric_id: str, formula: str, valid_when: str | None = None, line: int = 0) -> Metric:
    return Metric(
        metric_id, "ratio", "growth", metric_id, metric_id, formula, valid_when, None, "fraction", "none", "period", "",
        line,
    )  # fmt: skip


def compiled(*metrics: Metric) -> dict[str, CompiledMetric]:
    catalog: Catalog = replace(load_catalog(), metrics=metrics)
    return {one.metric.metric_id: one for one in compile_metrics(catalog)}


def inputs(one: CompiledMetric) -> set[str]:
    return {each.text for each in one.inputs}


def test_inputs_are_those_of_the_formula_with_their_years() -> None:
    one = compiled(metric("m", "net_profit / average(total_assets)"))["m"]
    assert inputs(one) == {"net_profit", "total_assets", "total_assets (1 year before)"}


def test_growth_is_only_meaningful_on_a_positive_base() -> None:
    one = compiled(metric("m", "growth(revenue)"))["m"]
    assert [(each.sql, each.reason) for each in one.conditions] == [
        ('"revenue@1" > 0', "revenue of the year before is zero or negative: no rate of growth")
    ]


def test_a_metric_used_by_another_brings_its_inputs_and_conditions() -> None:
    both = compiled(metric("a", "net_profit / total_equity", "total_equity > 0"), metric("b", "a * 2"))
    assert both["b"].inputs == both["a"].inputs
    assert both["b"].conditions == both["a"].conditions


def test_a_version_changes_with_that_of_a_metric_it_takes() -> None:
    before = compiled(metric("a", "net_profit / revenue"), metric("b", "a * 2"))["b"]
    after = compiled(metric("a", "net_profit / total_assets"), metric("b", "a * 2"))["b"]
    assert before.version != after.version


def test_only_an_input_with_a_substitute_is_optional() -> None:
    one = compiled(metric("m", "total_liabilities - coalesce(convertible_preferred_shares, 0)"))["m"]
    assert [each.text for each in one.required] == ["total_liabilities"]


def test_of_alternatives_one_is_needed() -> None:
    both = compiled(
        metric("a", "coalesce(total_debt, total_of(long_term_borrowings, short_term_borrowings))"),
        metric("b", "coalesce(ebit, profit_before_tax + interest_expense)"),
    )
    assert [{each.text for each in group} for group in both["a"].needs] == [
        {"total_debt", "long_term_borrowings", "short_term_borrowings"}
    ]
    assert sorted(sorted(each.text for each in group) for group in both["b"].needs) == [
        ["ebit", "interest_expense"],
        ["ebit", "profit_before_tax"],
    ]


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("gross_proft / revenue", "gross_profit"),
        ("averag(revenue)", "average"),
        ("m + 1", "refers to itself"),
        ("revenue /", "not an expression"),
        ("(select 1)", "not part of the formula language"),
        ("member(revenue)", "takes a concept and a text"),
        ("avg(revenue)", "nearest: average"),
        ("prior(revenue, 1.5)", "whole number from 1 to 20"),
        ("prior(prior(revenue, 20))", "more than 20 years back"),
        ("(revenue * 2) in (1, 2)", "not part of the formula language"),
        ("'text'", "not part of the formula language"),
        ("read_text('/etc/passwd')", "unknown function read_text"),
    ],
)
def test_a_slip_is_refused_with_a_suggestion(formula: str, words: str) -> None:
    with pytest.raises(FormulaError, match=words.replace("(", r"\(")):
        compiled(metric("m", formula))


def test_the_catalog_compiles() -> None:
    assert len(compile_metrics(load_catalog())) == len(load_catalog().metrics)


def computed(formula: str, valid_when: str | None = None, **figures: float | str | None) -> tuple[float | None, str]:
    """Value and status of a formula over figures of one year; what is not given is not there."""
    return evaluate(compiled(metric("m", formula, valid_when))["m"], figures)


def test_a_total_of_nothing_gives_way_to_the_next_alternative() -> None:
    formula = "coalesce(total_of(long_term_borrowings, short_term_borrowings) + 0, total_debt, 0)"
    assert computed(formula, short_term_borrowings=5.0, total_debt=9.0) == (5.0, "ok")
    assert computed(formula, total_debt=9.0) == (9.0, "ok")
    assert computed(formula) == (0.0, "ok")


def test_a_figure_in_quarantine_is_neither_nil_nor_replaced() -> None:
    assert computed("coalesce(total_debt, 0)", total_debt=KEPT_OUT) == (None, "input_in_quarantine")
    assert computed("coalesce(total_debt, total_borrowings)", total_debt=KEPT_OUT, total_borrowings=1) == (
        None,
        "input_in_quarantine",
    )
    assert computed("total_of(total_debt, total_borrowings)", total_debt=KEPT_OUT, total_borrowings=1) == (
        None,
        "input_in_quarantine",
    )


def test_a_zero_denominator_is_no_number_even_where_only_compared() -> None:
    assert computed("revenue / total_assets", revenue=1, total_assets=0) == (None, "not_meaningful")
    assert computed("case when revenue / total_assets > 1 then 1 else 0 end", revenue=1, total_assets=0) == (
        None,
        "not_meaningful",
    )
    assert computed("1 / (revenue / total_assets)", revenue=1, total_assets=0) == (None, "not_meaningful")
    assert computed("ln(revenue)", revenue=0) == (None, "not_meaningful")


def test_a_condition_that_fails_is_told_from_a_figure_that_is_absent() -> None:
    assert computed("revenue", "total_equity > 0", revenue=1, total_equity=-1) == (None, "not_meaningful")
    assert computed("revenue", "total_equity > 0", revenue=1) == (None, "missing_input")
    assert computed("revenue", "total_equity > 0", revenue=1, total_equity=1) == (1.0, "ok")


def test_an_alternative_that_is_not_meaningful_gives_way() -> None:
    alternatives = (metric("rate", "income_tax_expense / profit_before_tax", "profit_before_tax > 0"),)
    catalog = replace(load_catalog(), metrics=(*alternatives, metric("m", "coalesce(rate, 0.25)")))
    [_, one] = compile_metrics(catalog)
    assert one.conditions == ()


def test_an_alternative_is_taken_only_where_those_before_it_lack_something() -> None:
    one = compiled(metric("m", "coalesce(total_debt, long_term_borrowings + bonds_payable, 0) + revenue"))["m"]
    places = {use.input.text: {frozenset(need) for need in use.before} for use in one.uses}
    [debt] = {use.input for use in one.uses if use.input.text == "total_debt"}
    assert places["total_debt"] == places["revenue"] == set()
    assert places["bonds_payable"] == {frozenset([frozenset([debt])])}


def test_a_choice_within_choices_is_computed_once() -> None:
    names = ["total_debt", "total_borrowings", "long_term_borrowings", "short_term_borrowings", "ebit", "ebitda"]
    formula = "revenue"
    for name in names:
        formula = f"coalesce({name}, total_of({formula}, gross_profit))"
    one = compiled(metric("m", formula))["m"]
    assert len(series_query([one])) < 20_000
    assert computed(formula, gross_profit=3.0) == (18.0, "ok")
    assert computed(formula, gross_profit=3.0, revenue=4.0, total_debt=7.0) == (22.0, "ok")
