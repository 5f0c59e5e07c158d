"""Figures that a later print changed, and the metrics that this moved."""

from __future__ import annotations

from valuenet_pipeline.derive.metric import FAMILIES, is_ok
from valuenet_pipeline.derive.state import MISSING_INPUT, status_of, typed
from valuenet_pipeline.derive.statement import LATEST, REPORT_RANK, presented
from valuenet_pipeline.derive.trace import subjects, taken

HALF = "(0.5 * power(10::double, -decimals))::decimal(38, 8)"

RESTATEMENT = f"""
with print as (
  select *, {HALF} as half, {REPORT_RANK} as rank from ({presented("core.fact")})
), best as (
  from print qualify rank = min(rank) over (partition by entity_id, fiscal_year, concept_id, member_id)
), one as (
  from best qualify row_number() over (
    partition by entity_id, fiscal_year, concept_id, member_id, report_fiscal_year order by {LATEST}) = 1
), reported as (
  select 'restated' as kind, entity_id, fiscal_year, concept_id, member_id, unit, value, half, report_fiscal_year,
    extract_id, sheet, cell, known_from
  from one
), version as (
  select *, count(*) over (partition by chain, entity_id, fiscal_year, concept_id, member_id, unit
    order by place range between 1 preceding and 1 preceding) > 0 as goes_on
  from temp.span
), replaced as (
  select case when l.unit = e.unit then 'corrected' when l.unit is null then 'withdrawn' else 'unit_changed' end as kind,
    e.entity_id, e.fiscal_year, e.concept_id, e.member_id, e.unit, l.unit as later_unit,
    e.value as earlier_value, l.value, e.decimals, l.decimals as later_decimals,
    e.report_fiscal_year as earlier_report, l.report_fiscal_year, e.extract_id as earlier_extract, l.extract_id,
    e.sheet as earlier_sheet, e.cell as earlier_cell, l.sheet, l.cell, e.known_from as earlier_known_from,
    e.known_until as known_from
  from core.superseded_fact e join core.extract_version v using (extract_id, version)
  join version p using (extract_id, version, sheet, cell, concept_id)
  left join version l on l.chain = p.chain and l.place = p.place + 1 and l.entity_id = e.entity_id
    and l.fiscal_year = e.fiscal_year and l.concept_id = e.concept_id and l.member_id is not distinct from e.member_id
    and (l.unit = e.unit or not l.goes_on)
  where v.left_because = 'replaced'
    and not exists (from core.extract_version n where n.chain = v.chain and n.arrived_at = v.left_at and n.is_lost)
  qualify row_number() over (
    partition by v.chain, e.entity_id, e.fiscal_year, e.concept_id, e.member_id, e.unit, e.known_until
    order by l.unit = e.unit desc, e.decimals desc, e.sheet, e.cell, l.decimals desc, l.sheet, l.cell) = 1
), pair as (
  select kind, entity_id, fiscal_year, concept_id, member_id, unit, unit as later_unit,
    lag(value) over reports as earlier_value, value as later_value, lag(half) over reports + half as tolerance, lag(report_fiscal_year) over reports as earlier_report_fiscal_year,
    report_fiscal_year as later_report_fiscal_year, lag(extract_id) over reports as earlier_extract_id,
    lag(sheet) over reports as earlier_sheet, lag(cell) over reports as earlier_cell, extract_id as later_extract_id,
    sheet as later_sheet, cell as later_cell, lag(known_from) over reports as earlier_known_from,
    greatest(known_from, lag(known_from) over reports) as known_from
  from reported window reports as (partition by entity_id, fiscal_year, concept_id, member_id order by report_fiscal_year)
  union all by name
  select kind, entity_id, fiscal_year, concept_id, member_id, unit, later_unit, earlier_value, value as later_value,
    {HALF} + coalesce({HALF.replace("decimals", "later_decimals")}, 0) as tolerance,
    earlier_report as earlier_report_fiscal_year, report_fiscal_year as later_report_fiscal_year,
    earlier_extract as earlier_extract_id, earlier_sheet, earlier_cell, extract_id as later_extract_id, sheet as later_sheet,
    cell as later_cell, earlier_known_from, known_from
  from replaced
)
select * exclude (tolerance), if(kind = 'unit_changed', null, tolerance) as tolerance,
  if(kind = 'unit_changed', null, later_value - earlier_value) as change, change::double / nullif(abs(earlier_value), 0)::double as relative_change
from pair where earlier_value is not null and (later_value is null or kind = 'unit_changed' or abs(later_value - earlier_value) > tolerance)"""
"""Between reports: each beside the report before it that prints the figure, as well audited. Between versions of a file:
what the version that took its place prints (`temp.span`, where its `place` follows), in the same unit; else in a unit in
which the figure was not printed before, for amounts in two currencies, side by side, are no change of one to the other."""


def _moved(side: str) -> str:
    """SQL of a metric's value and status on one side of a change; of a year without a row, all figures are missing."""
    raw, state = f"{side}.raw[f.position]", f"coalesce({side}.state[f.position], {typed(MISSING_INPUT)})"
    ok = is_ok(raw, state)
    return (
        f"if({ok}, {raw}, null) as {side}_value, case when {ok} then 'ok' else {status_of(state)} end as {side}_status"
    )


def effect_query() -> str:
    """Metrics that differ before and after a change of a figure that their formulas take."""
    pairs = "\n  union all\n  ".join(
        f"""select 'restated' as kind, '{table}' as metric_table, a.entity_id, a.fiscal_year, null::timestamp as known_from,
    a.raw as earlier_raw, a.state as earlier_state, b.raw as later_raw, b.state as later_state
  from mart.{table}_series a join mart.{table}_series b using (entity_id, fiscal_year)
  where a.vintages = ['as_reported'] and b.vintages = ['current'] and a.entity_id in (select entity_id from mart.restatement)
  union all
  select 'corrected', '{table}', a.entity_id, a.fiscal_year, a.known_until, a.raw, a.state, b.raw, b.state
  from mart.{table}_history a left join mart.{table}_history b on b.entity_id = a.entity_id
    and b.fiscal_year = a.fiscal_year and b.known_from = a.known_until
  where (a.entity_id, a.known_until) in (select entity_id, known_from from mart.restatement where kind <> 'restated')"""
        for table in FAMILIES
    )
    return f"""
with pair as (
  {pairs}
), moved as (
  select p.kind, p.entity_id, p.fiscal_year, p.known_from, f.metric_id, {_moved("earlier")}, {_moved("later")}
  from (select * exclude (earlier_raw, earlier_state, later_raw, later_state),
      {{'raw': earlier_raw, 'state': earlier_state}} as earlier, {{'raw': later_raw, 'state': later_state}} as later from pair) p
  join mart.formula f using (metric_table)
  where earlier_value is distinct from later_value or (later.state is not null and earlier_status <> later_status)
), subject as (
  select r.entity_id, r.fiscal_year, r.concept_id, r.member_id, r.known_from, if(r.kind = 'restated', 'restated', 'corrected') as kind,
    {subjects("r", "m")} as subject
  from mart.restatement r left join core.member m using (entity_id, member_id)
), caused as (
  select m.*, s.known_from as since, concat_ws(' ', s.concept_id, 'of ' || s.member_id, s.fiscal_year) as restated
  from moved m join mart.formula_input i using (metric_id)
  join subject s on s.kind = m.kind and s.entity_id = m.entity_id and s.concept_id = i.concept_id
    and s.fiscal_year = m.fiscal_year - i.years_before and s.subject = {taken("i")}
    and (m.known_from is null or s.known_from = m.known_from)
)
select entity_id, fiscal_year, metric_id, kind, max(since) as known_from, any_value(earlier_value) as earlier_value,
  any_value(later_value) as later_value, any_value(later_value - earlier_value) as change,
  any_value(earlier_status) as earlier_status, any_value(later_status) as later_status,
  list(distinct restated order by restated) as restated
from caused group by entity_id, fiscal_year, metric_id, kind, caused.known_from"""
