"""Metrics from figures: one query per result table computes all metrics of all entities, years and vintages.

Its rows hold every metric of an entity and year in lists, by position; views unfold them into a row per metric.
So a value costs nine bytes, and names, reasons and definitions stand once, in `mart.formula`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from valuenet_pipeline.derive.figure import Input
from valuenet_pipeline.derive.formula import CompiledMetric
from valuenet_pipeline.derive.state import MISSING, MISSING_INPUT, NO_ADJACENT_YEAR, UNMET, status_of
from valuenet_pipeline.derive.text import literals
from valuenet_pipeline.vocabulary import FIGURE_STATUSES

ZERO_DENOMINATOR = "a denominator is zero"


def inputs_of(metrics: Iterable[CompiledMetric]) -> tuple[Input, ...]:
    """The inputs of some metrics, each once, in the order of their states in a series."""
    return tuple(sorted({one for metric in metrics for one in metric.inputs}))


def reasons_of(metric: CompiledMetric) -> tuple[str, ...]:
    """Why the value is not meaningful, by the number of the condition that fails."""
    return (*(one.reason for one in metric.conditions), ZERO_DENOMINATOR)


def _state(number: int, metric: CompiledMetric) -> str:
    conditions = " ".join(
        f"when not coalesce({one.sql}, false) then {UNMET + place}" for place, one in enumerate(metric.conditions)
    )
    last = UNMET + len(metric.conditions)
    return f"case when s{number} >= {MISSING} then s{number} {conditions} when isfinite(v{number}) then s{number} else {last} end"


def series_query(metrics: Sequence[CompiledMetric]) -> str:
    """All metrics, a row per vintages, entity and year, from the wide relation `temp.wide_figure`."""
    inputs = inputs_of(metrics)
    gaps = sorted({one.years_before for one in inputs if one.years_before})
    joins = "\n".join(
        f"left join temp.wide_figure y{gap} on y{gap}.vintages = y0.vintages and y{gap}.entity_id = y0.entity_id "
        f"and y{gap}.fiscal_year = y0.fiscal_year - {gap}"
        for gap in gaps
    )
    columns = ",\n  ".join(
        f'y{gap}."{one.figure.key}" as "{one.column}", coalesce(y{gap}."{one.figure.key} state", '
        + (f"if(y{gap}.entity_id is null, {NO_ADJACENT_YEAR}, {MISSING_INPUT})" if gap else f"{MISSING_INPUT}")
        + f")::utinyint as {one.state_column}"
        for one in inputs
        for gap in [one.years_before]
    )
    raw = ",\n  ".join(f"({one.value})::double as v{n}, {one.state} as s{n}" for n, one in enumerate(metrics))
    states = ",\n  ".join(f"({_state(n, one)})::utinyint as c{n}" for n, one in enumerate(metrics))
    values = ", ".join(f"case when c{n} < {UNMET} then v{n} end" for n in range(len(metrics)))
    return f"""
select vintages, entity_id, fiscal_year, [{values}] as value, [{", ".join(f"c{n}" for n in range(len(metrics)))}] as state,
  input_state
from (select *, {states}
from (select *, {raw}, [{", ".join(one.state_column for one in inputs)}] as input_state
from (select y0.vintages, y0.entity_id, y0.fiscal_year,
  {columns}
from temp.wide_figure y0
{joins})))"""


def metric_view(series: str, table: str, id_column: str, group_column: str | None) -> str:
    """A row per entity, year, metric and vintage, from a series and the definitions of `table` in mart.formula."""
    state = "s.state[f.position]"
    group = f"f.category as {group_column}, " if group_column else ""
    absent = """array_to_string(list_filter(f.needs, lambda need, n:
      list_bool_and(list_transform(f.needed_inputs[n], lambda i: s.input_state[i] >= {missing}))), ', ')"""
    return f"""
select s.entity_id, s.fiscal_year, {group}f.metric_id as {id_column}, s.value[f.position] as value,
  {status_of(state)} as status,
  case when {state} >= {MISSING} then {absent.format(missing=MISSING)}
    when {state} >= {UNMET} then f.not_meaningful[{state} - {UNMET - 1}] end as reason,
  f.basis, v.vintage, case when {state} < {UNMET} then {literals(FIGURE_STATUSES)}[{state} + 1] end as input_status
from {series} s, unnest(s.vintages) as v(vintage), mart.formula f
where f.metric_table = '{table}'"""


def wide_view(series: str, metrics: Sequence[CompiledMetric]) -> str:
    """A row per entity and year, a column per metric, in the latest vintage."""
    columns = ",\n  ".join(f's.value[{n}] as "{one.metric.metric_id}"' for n, one in enumerate(metrics, start=1))
    return (
        f"select s.entity_id, s.fiscal_year,\n  {columns}\nfrom {series} s where list_contains(s.vintages, 'current')"
    )
