"""Metrics from figures: one query per result table computes all metrics of all entities, years and vintages.

Its rows hold every metric of an entity and year in lists, by position: what the formula gives, and the state of what it
rests on. Views unfold them into a row per metric, and show a value only where its state lets them. So a value costs ten
bytes, and names, reasons and definitions stand once, in `mart.formula`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from valuenet_pipeline.derive.figure import Figure, Input
from valuenet_pipeline.derive.formula import CompiledMetric
from valuenet_pipeline.derive.state import (
    CONDITIONS,
    MISSING,
    NO_ADJACENT_YEAR,
    TYPE,
    UNMET,
    failing,
    status_of,
    support_of,
    typed,
)

FAMILIES: dict[str, tuple[str, str | None]] = {
    "ratio": ("ratio_id", None),
    "profit_model": ("indicator_id", "aspect"),
}
"""Table of a family of metrics → its columns for the metric and for the group."""

EVERY_SERIES = (
    "(" + " union all ".join(f"select *, '{one}' as metric_table from mart.{one}_series" for one in FAMILIES) + ")"
)
"""SQL of the series of all families."""

SERIES_KEYS = ("vintages", "entity_id", "fiscal_year")

ZERO_DENOMINATOR = "a denominator is zero"
NO_ALTERNATIVE = "no alternative has a value"


def families_of(metrics: Sequence[CompiledMetric]) -> dict[str, list[CompiledMetric]]:
    """The metrics by the table that holds their values."""
    return {table: [one for one in metrics if one.metric.table == table] for table in FAMILIES}


def inputs_of(metrics: Iterable[CompiledMetric]) -> tuple[Input, ...]:
    """The inputs of some metrics, each once, in the order of their states in a series."""
    return tuple(sorted({one for metric in metrics for one in metric.inputs}))


NAMED = re.compile(r'"([^"]+)"')


def _state(metric: CompiledMetric) -> str:
    """SQL of the metric's state: that of its figures, and which conditions fail."""
    failed = (f"if({one.sql}, {typed(0)}, {typed(failing(place))})" for place, one in enumerate(metric.conditions))
    return " | ".join([f"({metric.state})", *failed])


def _layers(metrics: Sequence[CompiledMetric]) -> Iterator[dict[str, str]]:
    """Columns by name, layer upon layer: each takes those of the layers before it.

    A step that only one other takes stands in it; the fewer the layers, the less there is to plan. Adding nothing makes
    zero of minus zero: storage keeps the one or the other, whichever of them the rows before hold.
    """
    steps = sorted({step for one in metrics for step in one.steps}, key=lambda step: (step.level, step.name))
    known = {step.name for step in steps}
    # a metric that others take is computed already
    names = (Input(Figure(one.metric.metric_id), 0).column for one in metrics)
    raw = [f'"{name}"' if name in known else one.value for name, one in zip(names, metrics, strict=True)]
    state = [_state(one) for one in metrics]
    takers = Counter(name for sql in (*(step.sql for step in steps), *raw, *state) for name in NAMED.findall(sql))
    spelt: dict[str, str] = {}
    level: dict[str, int] = {}
    layers: dict[int, dict[str, str]] = defaultdict(dict)

    def spell(sql: str) -> str:
        return NAMED.sub(lambda name: spelt.get(name[1], name[0]), sql)

    for step in steps:
        sql = spell(step.sql)
        if takers[step.name] == 1:
            spelt[step.name] = f"({sql})"
        else:
            level[step.name] = 1 + max((level.get(name, 0) for name in NAMED.findall(sql)), default=0)
            layers[level[step.name]][step.name] = sql
    yield from (layers[number] for number in sorted(layers))
    yield {
        "raw": f"[{', '.join(f'({spell(one)})::double + 0' for one in raw)}]::double[]",
        "state": f"[{', '.join(map(spell, state))}]::{TYPE}[]",
    }


def series_query(metrics: Sequence[CompiledMetric]) -> str:
    """All metrics, a row per vintages, entity and year, from the wide relation `temp.wide_figure`.

    The materialised relation is read by several threads; a table of so few rows would be read by one.
    """
    joins = "\n".join(
        f"left join figure y{gap} on y{gap}.vintages = y0.vintages and y{gap}.entity_id = y0.entity_id "
        f"and y{gap}.fiscal_year = y0.fiscal_year - {gap}"
        for gap in years_before(metrics)
    )
    relation = f"figure y0\n{joins}"
    return f"with figure as materialized (from temp.wide_figure)\n{lists_query(metrics, relation, 'y0', SERIES_KEYS)}"


def years_before(metrics: Iterable[CompiledMetric]) -> list[int]:
    """How many years back figures are taken from, each once."""
    return sorted({one.years_before for one in inputs_of(metrics) if one.years_before})


def lists_query(metrics: Sequence[CompiledMetric], relation: str, owner: str, keys: Sequence[str]) -> str:
    """All metrics in lists, a row per keys of `owner`, from a relation of figures y0 and of years before y1 ...

    A layer passes on only what a later one takes: planning costs by the column.
    """
    inputs = inputs_of(metrics)
    columns = {}
    for one in inputs:
        year, key = f"y{one.years_before}", one.figure.key
        state = f'{year}."{key} state"'
        columns[one.column] = f'{year}."{key}"'
        columns[f"{one.column} state"] = f"coalesce({state}, {typed(NO_ADJACENT_YEAR)})" if one.years_before else state
    layers = [
        columns,
        {"input_state": f"[{', '.join(one.state_column for one in inputs)}]::{TYPE}[]"},
        *_layers(metrics),
    ]
    taken = [set(NAMED.findall(" ".join(layer.values()))) for layer in layers]
    source, known = ", ".join(f"{owner}.{key}" for key in keys), set[str]()
    for place, layer in enumerate(layers):
        later = {"input_state"}.union(*taken[place + 1 :])
        passed = [f'"{name}"' for name in sorted(known & later)]
        made = [f'{sql} as "{name}"' for name, sql in layer.items() if name in later or layer is layers[-1]]
        relation = f"select {', '.join([source, *passed, *made])}\nfrom {relation if not place else f'({relation})'}"
        source, known = ", ".join(keys), (known & later) | set(layer)
    return relation


def metric_view(lists: str, table: str, id_column: str, group_column: str | None, vintage: str = "vintage") -> str:
    """A row per entity, year, metric and vintage, from rows of lists and the definitions of `table` in mart.formula."""
    group = f"category as {group_column}, " if group_column else ""
    return f"""
select entity_id, fiscal_year, {group}metric_id as {id_column}, if(is_ok, raw, null) as value,
  case when is_ok then 'ok' else {status_of("state")} end as status,
  case when is_ok then null
    when state >= {MISSING} then coalesce(nullif(array_to_string(list_filter(needs, lambda need, n:
      list_bool_and(list_transform(needed_inputs[n], lambda i: input_state[i] >= {MISSING}))), ', '), ''), '{NO_ALTERNATIVE}')
    when state >= {UNMET} then list_filter(not_meaningful, lambda reason, n:
      state & ({UNMET} << least(n, {CONDITIONS}) - 1) > 0)[1]
    else '{ZERO_DENOMINATOR}' end as reason,
  basis, {vintage}, if(is_ok, {support_of("state")}, null) as input_status
from (
  select s.entity_id, s.fiscal_year, s.{vintage}, s.input_state, f.*, s.raw[f.position] as raw, s.state[f.position] as state,
    {is_ok("s.raw[f.position]", "s.state[f.position]")} as is_ok
  from {lists} s, mart.formula f
  where f.metric_table = '{table}')"""


def by_vintage(series: str) -> str:
    """The rows of a series for each of their vintages."""
    return f"(select *, unnest(vintages) as vintage from {series})"


def is_ok(raw: str, state: str) -> str:
    """SQL of whether there is a value."""
    return f"{state} < {UNMET} and coalesce(isfinite({raw}), false)"


def describe_wide(table: str) -> str:
    """What the view with a column per metric holds."""
    return f"Values of the {table.replace('_', ' ')} in the latest vintage, one row per entity and fiscal year, a column per metric"


def wide_view(series: str, metrics: Sequence[CompiledMetric]) -> str:
    """A row per entity and year, a column per metric, in the latest vintage."""
    columns = ",\n  ".join(
        f'if({is_ok(f"s.raw[{n}]", f"s.state[{n}]")}, s.raw[{n}], null) as "{one.metric.metric_id}"'
        for n, one in enumerate(metrics, start=1)
    )
    return (
        f"select s.entity_id, s.fiscal_year,\n  {columns}\nfrom {series} s where list_contains(s.vintages, 'current')"
    )
