"""Formulas: what they take, when they are meaningful, and how a slip is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from valuenet_pipeline.catalog import Catalog, Metric, load_catalog
from valuenet_pipeline.derive import CompiledMetric, FormulaError, compile_metrics


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
