"""Formulas: what they take, when they are meaningful, and how a slip is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from valuenet_pipeline.catalog import Catalog, Metric, load_catalog
from valuenet_pipeline.derive import CompiledMetric, FormulaError, compile_metrics


def metric(metric_id: str, formula: str, valid_when: str | None = None) -> Metric:
    return Metric(
        metric_id, "ratio", "test", metric_id, metric_id, formula, valid_when, None, "fraction", "none", "period", ""
    )


def compiled(*metrics: Metric) -> dict[str, CompiledMetric]:
    catalog: Catalog = replace(load_catalog(), metrics=metrics)
    return {one.metric.metric_id: one for one in compile_metrics(catalog)}


def test_inputs_are_those_of_the_formula_with_their_years() -> None:
    one = compiled(metric("m", "net_profit / average(total_assets)"))["m"]
    assert {(each.concept_id, each.years_before) for each in one.inputs} == {
        ("net_profit", 0),
        ("total_assets", 0),
        ("total_assets", 1),
    }


def test_growth_is_only_meaningful_on_a_positive_base() -> None:
    one = compiled(metric("m", "growth(revenue)"))["m"]
    assert one.valid is not None
    assert "> 0" in one.valid


def test_a_metric_used_by_another_brings_its_inputs_and_conditions() -> None:
    both = compiled(metric("a", "net_profit / total_equity", "total_equity > 0"), metric("b", "a * 2"))
    assert both["b"].inputs == both["a"].inputs
    assert both["b"].valid == both["a"].valid


def test_only_an_input_under_coalesce_is_optional() -> None:
    one = compiled(metric("m", "total_liabilities - coalesce(convertible_preferred_shares, 0)"))["m"]
    assert [each.concept_id for each in one.required] == ["total_liabilities"]


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("gross_proft / revenue", "gross_profit"),
        ("averag(revenue)", "average"),
        ("m + 1", "refers to itself"),
        ("revenue /", "not an expression"),
        ("(select 1)", "not part of the formula language"),
        ("member(revenue)", "takes a concept and a text"),
    ],
)
def test_a_slip_is_refused_with_a_suggestion(formula: str, words: str) -> None:
    with pytest.raises(FormulaError, match=words.replace("(", r"\(")):
        compiled(metric("m", formula))


def test_the_catalog_compiles() -> None:
    assert len(compile_metrics(load_catalog())) == len(load_catalog().metrics)
