"""The definitions of all metrics, and the figures each takes, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from valuenet_pipeline.derive.figure import Input
from valuenet_pipeline.derive.formula import CompiledMetric
from valuenet_pipeline.derive.metric import inputs_of, reasons_of
from valuenet_pipeline.derive.text import literal, literals

FORMULA_COLUMNS = (
    "metric_id, metric_table, category, name_en, name_zh, formula, valid_when, unit, direction, basis, source, version, "
    "position, not_meaningful, needs, needed_inputs"
)
INPUT_COLUMNS = (
    "metric_id, metric_table, concept_id, selector, dimension, selected, years_before, is_optional, position, "
    "alternatives"
)


def _formula(metrics: Sequence[CompiledMetric]) -> Iterator[str]:
    inputs = {one: place for place, one in enumerate(inputs_of(metrics), start=1)}
    for position, one in enumerate(metrics, start=1):
        m = one.metric
        texts = (
            m.metric_id, m.table, m.group, m.name_en, m.name_zh, m.formula, m.valid_when, m.unit, m.direction, m.basis,
            m.source, one.version,
        )  # fmt: skip
        needs = literals(" or ".join(each.text for each in group) for group in one.needs)
        needed = "[" + ", ".join(str([inputs[each] for each in group]) for group in one.needs) + "]"
        yield f"({', '.join(map(literal, texts))}, {position}, {literals(reasons_of(one))}, {needs}, {needed}::bigint[][])"


def _alternatives(metric: CompiledMetric, one: Input, inputs: dict[Input, int]) -> list[list[list[list[int]]]]:
    """Per place of an input the alternatives before it, as groups of positions; none where it is taken anyway."""
    places = [use.before for use in metric.uses if use.input == one]
    if not all(places):
        return []
    return sorted(
        sorted(sorted(sorted(inputs[each] for each in group) for group in needs) for needs in place) for place in places
    )


def _formula_input(metrics: Sequence[CompiledMetric]) -> Iterator[str]:
    inputs = {one: place for place, one in enumerate(inputs_of(metrics), start=1)}
    for one in metrics:
        for each in one.inputs:
            figure = each.figure
            texts = (
                one.metric.metric_id, one.metric.table, figure.concept_id, figure.selector, figure.dimension or None,
                figure.selected or None,
            )  # fmt: skip
            is_optional = str(each not in one.required).lower()
            yield (
                f"({', '.join(map(literal, texts))}, {each.years_before}, {is_optional}, {inputs[each]}, "
                f"{_alternatives(one, each, inputs)}::bigint[][][][])"
            )


def _rows(rows: Iterable[str], columns: str) -> str:
    return f"from (values {', '.join(rows)}) as t({columns})"


def formula_query(families: Iterable[Sequence[CompiledMetric]]) -> str:
    """Rows of mart.formula; positions count within each family."""
    return _rows(chain.from_iterable(map(_formula, families)), FORMULA_COLUMNS)


def formula_input_query(families: Iterable[Sequence[CompiledMetric]]) -> str:
    """Rows of mart.formula_input; positions count the inputs of each family."""
    return _rows(chain.from_iterable(map(_formula_input, families)), INPUT_COLUMNS)
