"""One query per result table that computes all metrics of all entities, years and vintages, with a status each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from valuenet_pipeline.derive.formula import CompiledMetric, Input, column
from valuenet_pipeline.vocabulary import FIGURE_STATUSES


def literal(text: str | None) -> str:
    """Text as an SQL literal; the texts are the catalog's own."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


class _Column(NamedTuple):
    name: str
    condition: str


def _total(name: str, condition: str) -> str:
    """The figure itself; a role's members add up only when every one of them is there."""
    total = f"sum(value) filter (where {condition})"
    if "__role__" not in name:
        return total
    there = f"count(distinct member_id) filter (where {condition} and value is not null)"
    return f"case when {there} = max(role_size) filter (where {condition}) then {total} end"


def _columns(inputs: Iterable[Input]) -> list[_Column]:
    seen = {column(one): one for one in inputs}
    conditions = {
        "whole": "member_id is null",
        "member": "member_id = {0}",
        "role": "role = {0} and dimension = 'segment'",
    }
    return [
        _Column(
            name,
            f"concept_id = {literal(one.concept_id)} and " + conditions[one.selector].format(literal(one.selected)),
        )
        for name, one in sorted(seen.items())
    ]


def wide_query(metrics: Iterable[CompiledMetric]) -> str:
    """One row per vintage, entity and year; three columns per input: value, rank of its status, in quarantine."""
    columns = _columns(one for metric in metrics for one in metric.inputs)
    ranks = " ".join(f"when {literal(status)} then {rank}" for rank, status in enumerate(FIGURE_STATUSES))
    cells = ",\n  ".join(
        f'{_total(name, condition)} as "{name}", '
        f'max(rank) filter (where {condition}) as "{name}__rank", '
        f'bool_or(is_quarantined) filter (where {condition}) as "{name}__quarantined"'
        for name, condition in columns
    )
    return f"""
with figure as (
  select vintage, entity_id, fiscal_year, concept_id, member_id, value::double as value,
         case status {ranks} end as rank, false as is_quarantined
  from core.fact_vintage
  union all
  select vintage, entity_id, fiscal_year, concept_id, member_id, null, null, true
  from core.reported_line, (values ('current'), ('as_reported')) as v(vintage)
  where outcome = 'quarantined' and concept_id is not null
)
select vintage, entity_id, fiscal_year,
  {cells}
from figure left join (
  select entity_id, member_id, dimension, role, count(*) over (partition by entity_id, dimension, role) as role_size
  from core.member
) using (entity_id, member_id)
group by vintage, entity_id, fiscal_year"""


def _missing(one: Input) -> str:
    return f'y{one.years_before}."{column(one)}" is null'


def _status(metric: CompiledMetric) -> tuple[str, str]:
    """SQL of a metric's status and of its reason."""
    required = metric.required
    any_missing = " or ".join(map(_missing, required)) or "false"
    quarantined = (
        " or ".join(f'({_missing(one)} and y{one.years_before}."{column(one)}__quarantined")' for one in required)
        or "false"
    )
    missing_now = " or ".join(_missing(one) for one in required if one.years_before == 0) or "false"
    gaps = sorted({one.years_before for one in required if one.years_before})
    no_year = " or ".join(f"y{gap}.entity_id is null" for gap in gaps) or "false"
    names = ", ".join(f"case when {_missing(one)} then {literal(one.text)} end" for one in required)
    invalid = f"not coalesce({metric.valid}, false)" if metric.valid else "false"
    no_value = f"({metric.value}) is null or not isfinite({metric.value})"
    why = literal(
        metric.metric.not_meaningful
        or (
            f"only meaningful when {metric.metric.valid_when}"
            if metric.metric.valid_when
            else "its base is not positive"
        )
    )
    status = f"""case when {any_missing} then
    case when {quarantined} then 'input_in_quarantine'
         when not ({missing_now}) and ({no_year}) then 'no_adjacent_year' else 'missing_input' end
  when {invalid} then 'not_meaningful' when {no_value} then 'not_meaningful' else 'ok' end"""
    reason = f"""case when {any_missing} then array_to_string(list_filter([{names}], lambda one: one is not null), ', ')
  when {invalid} then {why} when {no_value} then 'a denominator is zero' end"""
    return status, reason


def _struct(metric: CompiledMetric) -> str:
    status, reason = _status(metric)
    ranks = [f'y{one.years_before}."{column(one)}__rank"' for one in metric.inputs]
    return (
        f"{{'metric_id': {literal(metric.metric.metric_id)}, 'grouping': {literal(metric.metric.group)}, "
        f"'basis': {literal(metric.metric.basis)}, 'raw': ({metric.value})::double, 'status': {status}, "
        f"'reason': {reason}, 'rank': {'greatest(' + ', '.join(ranks) + ')' if ranks else 'null'}}}"
    )


def metric_query(metrics: tuple[CompiledMetric, ...], id_column: str, group_column: str | None) -> str:
    """All metrics as rows, from the wide relation `temp.wide_figure`."""
    deepest = max((one.years_before for metric in metrics for one in metric.inputs), default=0)
    joins = "\n".join(
        f"left join temp.wide_figure as y{gap} on y{gap}.vintage = y0.vintage and y{gap}.entity_id = y0.entity_id "
        f"and y{gap}.fiscal_year = y0.fiscal_year - {gap}"
        for gap in range(1, deepest + 1)
    )
    structs = ",\n".join(_struct(metric) for metric in metrics)
    statuses = "[" + ", ".join(map(literal, FIGURE_STATUSES)) + "]"
    group = f"one.grouping as {group_column}," if group_column else ""
    return f"""
select entity_id, fiscal_year, {group} one.metric_id as {id_column},
  case when one.status = 'ok' then one.raw end as value, one.status as status, one.reason as reason,
  one.basis as basis, vintage,
  case when one.status = 'ok' then {statuses}[one.rank + 1] end as input_status
from (
  select y0.vintage, y0.entity_id, y0.fiscal_year, unnest([
{structs}
  ]) as one
  from temp.wide_figure as y0
  {joins}
)"""
