"""From a metric to the figures it takes and the cells they stand in, as SQL that an analyst can run."""

from __future__ import annotations

from valuenet_pipeline.derive.metric import EVERY_SERIES, FAMILIES
from valuenet_pipeline.derive.state import MISSING, input_state_of


def taken(formula_input: str) -> str:
    """SQL of what an input is about: the company, a member, a role or a whole dimension; one of a fact's `subjects`."""
    i = formula_input
    return f"""case {i}.selector when 'whole' then '' when 'member' then 'member ' || {i}.selected
    when 'role' then 'role ' || {i}.dimension || ' ' || {i}.selected else 'dimension ' || {i}.dimension end"""


def subjects(fact: str, member: str) -> str:
    """SQL of all that a fact is about, a row each, so that a join on it is one of equals."""
    return f"""unnest(list_filter([coalesce('member ' || {fact}.member_id, ''),
    'role ' || {member}.dimension || ' ' || {member}.role, 'dimension ' || {member}.dimension], lambda one: one is not null))"""


IS_THERE = f"s.input_state[input] < {MISSING}"
IS_COMPLETE = f"""coalesce(list_bool_and(list_transform(alternative, lambda need:
        list_bool_or(list_transform(need, lambda input: {IS_THERE})))), true)"""
IS_TAKEN = f"""len(i.alternatives) = 0 or list_bool_or(list_transform(i.alternatives, lambda place:
      not list_bool_or(list_transform(place, lambda alternative: {IS_COMPLETE}))))"""
"""An input is taken at a place of the formula where no alternative before it has all it needs."""

METRIC_INPUT = f"""
with series as (
  select entity_id, fiscal_year, unnest(vintages) as vintage, input_state, metric_table from {EVERY_SERIES}
), wanted as (
  select s.entity_id, s.fiscal_year, s.vintage, i.*, s.fiscal_year - i.years_before as input_fiscal_year,
    s.input_state[i.position] as state
  from mart.formula_input i join series s using (metric_table)
  where {IS_TAKEN}
)
select w.entity_id, w.fiscal_year, w.vintage, w.metric_id, w.concept_id, f.member_id, w.input_fiscal_year, f.period_start,
  f.period_end, f.value, f.unit, f.extract_id, f.sheet, f.cell, f.label, f.status, f.source, f.note,
  {input_state_of("w.state")} as input_state, w.is_optional
from wanted w
left join (
  select v.*, {subjects("v", "m")} as subject from core.fact_vintage v left join core.member m using (entity_id, member_id)
) f on f.vintage = w.vintage and f.entity_id = w.entity_id and f.concept_id = w.concept_id
  and f.fiscal_year = w.input_fiscal_year
  and f.subject = {taken("w")}"""

METRIC_VALUE = "\nunion all ".join(
    f"select entity_id, fiscal_year, {id_column} as metric_id, value, status, reason, vintage, input_status from mart.{table}"
    for table, (id_column, _) in FAMILIES.items()
)

EXPLAIN = """create macro mart.explain(entity, year, metric) as table
select v.metric_id, f.formula, v.value, v.status, v.reason, i.concept_id, i.member_id, i.input_fiscal_year,
  i.value as input_value, i.unit as input_unit, i.extract_id, i.sheet, i.cell, i.label,
  coalesce(i.status, i.input_state) as input_status
from mart.metric_value v join mart.formula f using (metric_id)
left join mart.metric_input i using (entity_id, fiscal_year, metric_id, vintage)
where v.entity_id = entity and v.fiscal_year = year and v.metric_id = metric and v.vintage = 'current'
  and (v.status <> 'ok' or i.input_state = 'there')
order by i.concept_id, i.member_id, i.input_fiscal_year desc"""
