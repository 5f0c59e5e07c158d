"""The figures that formulas take as one wide relation: a row per entity and year, a value and a state per figure.

Entities whose figures were never restated have one row for both vintages.
"""

from __future__ import annotations

from collections.abc import Sequence

from valuenet_pipeline.derive.figure import Figure
from valuenet_pipeline.derive.state import MISSING_INPUT, QUARANTINED, RANKS, TYPE, typed
from valuenet_pipeline.derive.text import literal

VINTAGE_FACT = """
with restated as (
  select distinct entity_id from (
    select entity_id from temp.both_vintages group by entity_id, fiscal_year, concept_id, member_id
    having count(*) <> 2 or min(value) <> max(value) or min(status) <> max(status))
)
select case when r.entity_id is null then ['current', 'as_reported'] else [f.vintage] end as vintages,
  f.entity_id, f.fiscal_year, f.concept_id, f.member_id, f.value, f.decimals, f.status
from temp.both_vintages f left join restated r using (entity_id)
where r.entity_id is not null or f.vintage = 'current'"""
"""Facts by vintage, both in one where a company has never restated a figure."""


def _requested(figures: Sequence[Figure]) -> str:
    rows = ", ".join(
        f"({number}::usmallint, {literal(one.concept_id)}, {literal(one.selector)}, {literal(one.dimension)}, "
        f"{literal(one.selected)})"
        for number, one in enumerate(figures, start=1)
    )
    return f"(values {rows}) as requested(figure, concept_id, selector, dimension, selected)"


KEPT_OUT = """
select v.vintages, l.entity_id, l.fiscal_year, l.concept_id, l.member_id
from core.reported_line l join (
  select distinct entity_id, vintages from temp.vintage_fact
  union select distinct entity_id, ['current', 'as_reported'] from core.reported_line
  where entity_id not in (select entity_id from temp.vintage_fact)) v using (entity_id)
where l.outcome = 'quarantined' and l.concept_id is not null"""
"""Figures in quarantine, of all vintages of their company."""


def figure_query(figures: Sequence[Figure], facts: str = "temp.vintage_fact", kept_out: str = KEPT_OUT) -> str:
    """Long form of the wide relation: vintages, entity, year, figure, value, state.

    Every entity and year with a reported line has a row without a figure, so that it has a row in the end.
    """
    ranks = " ".join(f"when {literal(status)} then {rank}" for status, rank in RANKS.items())
    return f"""
with requested as (from {_requested(figures)}),
fact as (
  select vintages, entity_id, fiscal_year, concept_id, member_id, value, 0.5 * power(10::double, -decimals) as half_unit,
    case status {ranks} end::{TYPE} as state
  from {facts} where concept_id in (select concept_id from requested)
), of_member as (
  select f.*, m.dimension, m.role from fact f join core.member m using (entity_id, member_id)
), dimension as (
  select o.vintages, o.entity_id, o.fiscal_year, o.concept_id, o.dimension, max(o.value)::double as largest, max(o.state) as state,
    sum(o.value::double ** 2 order by o.member_id) filter (where o.value > 0)
      / nullif(sum(o.value) filter (where o.value > 0)::double ** 2, 0) as herfindahl,
    abs(sum(o.value)::double - any_value(w.value)::double) <= sum(o.half_unit order by o.member_id) + any_value(w.half_unit) as is_whole
  from of_member o join fact w on w.vintages = o.vintages and w.entity_id = o.entity_id and w.fiscal_year = o.fiscal_year
    and w.concept_id = o.concept_id and w.member_id is null
  group by all
), role_size as (
  select entity_id, dimension, role, count(*) as size from core.member where role is not null group by all
), role as (
  select o.vintages, o.entity_id, o.fiscal_year, o.concept_id, o.dimension, o.role, sum(o.value)::double as value,
    max(o.state) as state
  from of_member o join role_size s using (entity_id, dimension, role)
  left join dimension d using (vintages, entity_id, fiscal_year, concept_id, dimension)
  group by o.vintages, o.entity_id, o.fiscal_year, o.concept_id, o.dimension, o.role, s.size, d.is_whole
  having count(*) = s.size or d.is_whole
), quarantined as (
  select distinct k.*, m.dimension, m.role from ({kept_out}) k left join core.member m using (entity_id, member_id)
), named as (
  select f.vintages, f.entity_id, f.fiscal_year, r.figure, f.value::double as value, f.state
  from fact f join requested r on r.concept_id = f.concept_id and r.selector = 'whole' where f.member_id is null
  union all
  select f.vintages, f.entity_id, f.fiscal_year, r.figure, f.value::double, f.state
  from fact f join requested r on r.concept_id = f.concept_id and r.selector = 'member' and r.selected = f.member_id
  union all
  select f.vintages, f.entity_id, f.fiscal_year, r.figure, f.value, f.state
  from role f join requested r on r.concept_id = f.concept_id and r.selector = 'role' and r.dimension = f.dimension
    and r.selected = f.role
  union all
  select f.vintages, f.entity_id, f.fiscal_year, r.figure, if(r.selector = 'largest', f.largest, f.herfindahl), f.state
  from dimension f join requested r on r.concept_id = f.concept_id and r.selector in ('largest', 'herfindahl')
    and r.dimension = f.dimension
  where f.is_whole
  union all
  select q.vintages, q.entity_id, q.fiscal_year, r.figure, null, {typed(QUARANTINED)}
  from quarantined q join requested r on r.concept_id = q.concept_id and case r.selector
    when 'whole' then q.member_id is null when 'member' then r.selected = q.member_id
    when 'role' then r.dimension = q.dimension and r.selected = q.role else r.dimension = q.dimension end
)
from named
union all by name
select distinct vintages, entity_id, fiscal_year from {facts}
union all by name
select distinct vintages, entity_id, fiscal_year from quarantined"""


def wide_query(figures: Sequence[Figure], long: str = "temp.figure") -> str:
    """One row per vintages, entity and year from the long form; per figure a value and a state.

    A figure that is both a fact and in quarantine is the fact.
    """
    columns = ",\n  ".join(
        f'"{number}_value" as "{one.key}", coalesce("{number}_state", {typed(MISSING_INPUT)}) as "{one.key} state"'
        for number, one in enumerate(figures, start=1)
    )
    numbers = ", ".join(str(number) for number in range(1, len(figures) + 1))
    return f"""
select vintages, entity_id, fiscal_year,
  {columns}
from (pivot {long} on figure in ({numbers}) using max(value) as value, min(state) as state
  group by vintages, entity_id, fiscal_year)"""
