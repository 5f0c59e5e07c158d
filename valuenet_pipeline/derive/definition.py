"""The definitions of all metrics, and the figures each takes, as rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from valuenet_pipeline.derive.figure import Input
from valuenet_pipeline.derive.formula import CompiledMetric
from valuenet_pipeline.derive.metric import inputs_of
from valuenet_pipeline.derive.text import literal

FORMULA = {
    "metric_id": "VARCHAR", "metric_table": "VARCHAR", "category": "VARCHAR", "name_en": "VARCHAR", "name_zh": "VARCHAR",
    "formula": "VARCHAR", "valid_when": "VARCHAR", "unit": "VARCHAR", "direction": "VARCHAR", "basis": "VARCHAR",
    "source": "VARCHAR", "version": "VARCHAR", "position": "BIGINT", "not_meaningful": "VARCHAR[]", "needs": "VARCHAR[]",
    "needed_inputs": "BIGINT[][]",
}  # fmt: skip
FORMULA_INPUT = {
    "metric_id": "VARCHAR", "metric_table": "VARCHAR", "concept_id": "VARCHAR", "selector": "VARCHAR",
    "dimension": "VARCHAR", "selected": "VARCHAR", "years_before": "BIGINT", "is_optional": "BOOLEAN", "position": "BIGINT",
    "alternatives": "BIGINT[][][][]",
}  # fmt: skip
"""Column → type."""

Row = dict[str, object]


def _formula(metrics: Sequence[CompiledMetric]) -> Iterator[Row]:
    inputs = {one: place for place, one in enumerate(inputs_of(metrics), start=1)}
    for position, one in enumerate(metrics, start=1):
        m = one.metric
        yield {
            "metric_id": m.metric_id, "metric_table": m.table, "category": m.group, "name_en": m.name_en,
            "name_zh": m.name_zh, "formula": m.formula, "valid_when": m.valid_when, "unit": m.unit,
            "direction": m.direction, "basis": m.basis, "source": m.source, "version": one.version, "position": position,
            "not_meaningful": [each.reason for each in one.conditions], "needs": [" or ".join(each.text for each in group) for group in one.needs],
            "needed_inputs": [[inputs[each] for each in group] for group in one.needs],
        }  # fmt: skip


def _alternatives(metric: CompiledMetric, one: Input, inputs: dict[Input, int]) -> list[list[list[list[int]]]]:
    """Per place of an input the alternatives before it, as groups of positions; none where it is taken anyway."""
    places = [use.before for use in metric.uses if use.input == one]
    if not all(places):
        return []
    return sorted(
        sorted(sorted(sorted(inputs[each] for each in group) for group in needs) for needs in place) for place in places
    )


def _formula_input(metrics: Sequence[CompiledMetric]) -> Iterator[Row]:
    inputs = {one: place for place, one in enumerate(inputs_of(metrics), start=1)}
    for one in metrics:
        for each in one.inputs:
            figure = each.figure
            yield {
                "metric_id": one.metric.metric_id, "metric_table": one.metric.table, "concept_id": figure.concept_id,
                "selector": figure.selector, "dimension": figure.dimension or None, "selected": figure.selected or None,
                "years_before": each.years_before, "is_optional": each not in one.required, "position": inputs[each],
                "alternatives": _alternatives(one, each, inputs),
            }  # fmt: skip


def _query(rows: Iterable[Row], columns: Mapping[str, str]) -> str:
    """Rows as one JSON text: as SQL values they would take longer to plan than to insert."""
    text = json.dumps(list(rows), ensure_ascii=False)
    return f"select unnest(from_json({literal(text)}, {literal(json.dumps([columns]))}), recursive := true)"


def formula_query(families: Iterable[Sequence[CompiledMetric]]) -> str:
    """Rows of mart.formula; positions count within each family."""
    return _query(chain.from_iterable(map(_formula, families)), FORMULA)


def formula_input_query(families: Iterable[Sequence[CompiledMetric]]) -> str:
    """Rows of mart.formula_input; positions count the inputs of each family."""
    return _query(chain.from_iterable(map(_formula_input, families)), FORMULA_INPUT)
