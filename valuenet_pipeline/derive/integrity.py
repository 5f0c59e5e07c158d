"""Checks of what is derived: metrics against the facts they rest on, facts against the lines they were.

They hold whatever the extracts say, so a finding means that the derivation is wrong, and is an error.
"""

from __future__ import annotations

from valuenet_pipeline.derive.metric import EVERY_SERIES
from valuenet_pipeline.derive.state import UNMET
from valuenet_pipeline.derive.statement import REPORT_RANK
from valuenet_pipeline.derive.support import rank_of, status_at
from valuenet_pipeline.derive.trace import subjects, taken

RELATIVE = "1e-9"


def _differs(left: str, right: str) -> str:
    return f"abs({left} - ({right})) > {RELATIVE} * greatest(abs({left}), abs({right}))"


NOT_FINITE = """
select 'DER-01' as check_id, entity_id, fiscal_year, metric_id || ' (' || vintage || ') is ok but has no finite value'
  as message
from mart.metric_value where status = 'ok' and (value is null or not isfinite(value))"""

ONE_END = f"""
with series as (
  select entity_id, fiscal_year, state, metric_table from {EVERY_SERIES} where list_contains(vintages, 'current')
), needed as (
  select i.metric_table, i.concept_id, i.years_before, list((f.position, f.metric_id)) as metrics
  from mart.formula_input i join mart.formula f using (metric_id)
  where i.years_before > 0 and not i.is_optional group by all
), there as (select distinct entity_id, fiscal_year, concept_id from temp.both_vintages where vintage = 'current'),
absent as (
  from (select entity_id, fiscal_year, n.* from (select distinct entity_id, fiscal_year from series) cross join needed n) n
  anti join there t on t.entity_id = n.entity_id and t.concept_id = n.concept_id
    and t.fiscal_year = n.fiscal_year - n.years_before
), broken as (
  select a.*, unnest(list_filter(a.metrics, lambda metric: s.state[metric[1]] < {UNMET}))[2] as metric_id
  from absent a join series s using (entity_id, fiscal_year, metric_table)
)
select 'DER-03' as check_id, entity_id, fiscal_year,
  metric_id || ' (current) has a value without ' || concept_id || ' of ' || (fiscal_year - years_before) as message
from broken"""

DUPONT = f"""
select 'DER-04' as check_id, d.entity_id, d.fiscal_year,
  'margin x turnover x leverage is ' || printf('%.12g', d.net_margin * d.asset_turnover * d.equity_multiplier)
    || ', return on equity is ' || printf('%.12g', r.value) as message
from mart.dupont d join mart.ratio r using (entity_id, fiscal_year)
where r.ratio_id = 'return_on_equity' and r.vintage = 'current' and r.status = 'ok' and d.status = 'ok'
  and {_differs("r.value", "d.net_margin * d.asset_turnover * d.equity_multiplier")}"""

CASH_CYCLE = f"""
with days as (
  select entity_id, fiscal_year, vintage, max(value) filter (where ratio_id = 'cash_conversion_cycle') as cycle,
    max(value) filter (where ratio_id = 'inventory_days') + max(value) filter (where ratio_id = 'receivable_days')
      - max(value) filter (where ratio_id = 'payable_days') as parts
  from mart.ratio
  where ratio_id in ('cash_conversion_cycle', 'inventory_days', 'receivable_days', 'payable_days') group by all
)
select 'DER-05' as check_id, entity_id, fiscal_year,
  'the cash conversion cycle is ' || cycle || ' days, its parts (' || vintage || ') make ' || coalesce(parts::varchar, 'none')
    as message
from days where cycle is not null and (parts is null or abs(cycle - parts) > {RELATIVE} * 365)"""

WORST_STATUS = f"""
with stated as (
  select entity_id, fiscal_year, metric_id, {rank_of("input_status")} as rank
  from mart.metric_value where vintage = 'current' and status = 'ok'
), best as (select entity_id, min(rank) as rank from stated group by entity_id),
weaker as (
  select f.entity_id, f.fiscal_year, f.concept_id, {rank_of("f.status")} as rank, {subjects("f", "m")} as subject
  from temp.both_vintages f join best b using (entity_id) left join core.member m using (entity_id, member_id)
  where f.vintage = 'current' and {rank_of("f.status")} > b.rank
), taken as (
  select w.entity_id, w.fiscal_year + i.years_before as fiscal_year, i.metric_id, max(w.rank) as rank
  from weaker w join mart.formula_input i on i.concept_id = w.concept_id and not i.is_optional and w.subject = {taken("i")}
  group by all
)
select 'DER-07' as check_id, entity_id, fiscal_year,
  metric_id || ' is said to rest on ' || {status_at("s.rank")} || ' figures, but one is only ' || {status_at("t.rank")} as message
from stated s join taken t using (entity_id, fiscal_year, metric_id) where s.rank < t.rank"""

OUTRANKED = f"""
with fact as (select *, {REPORT_RANK} as rank from core.fact)
select 'TIM-03' as check_id, c.entity_id, c.fiscal_year,
  c.concept_id || ' is taken from the ' || c.report_kind || ' of ' || c.report_fiscal_year || ', not from the '
    || n.report_kind || ' of ' || n.report_fiscal_year || ' (' || n.extract_id || ')' as message
from (select *, {REPORT_RANK} as rank from core.fact_current) c join fact n on n.entity_id = c.entity_id
  and n.fiscal_year = c.fiscal_year and n.concept_id = c.concept_id and n.member_id is not distinct from c.member_id
  and n.unit = c.unit
where n.rank < c.rank or (n.rank = c.rank and n.report_fiscal_year > c.report_fiscal_year)"""

NO_LINEAGE = """
select 'WHS-01' as check_id, f.entity_id, f.fiscal_year,
  f.concept_id || ' at ' || f.extract_id || ' ' || f.sheet || '!' || f.cell || ' has no content to point at' as message
from core.fact f left join core.extract e using (extract_id)
where e.extract_id is null or '' in (e.content_hash, f.cell, f.label)"""

UNACCOUNTED = """
select 'WHS-02' as check_id, entity_id, fiscal_year,
  label || ' at ' || extract_id || ' ' || sheet || '!' || cell || case when outcome = 'quarantined'
    then ' is kept out without a reason' else ' is read, but is no fact' end as message
from core.reported_line l
where (outcome = 'quarantined' and coalesce(reason, '') = '') or (outcome in ('fact', 'nil') and not exists (
  from core.fact f where f.extract_id = l.extract_id and f.sheet = l.sheet and f.cell = l.cell
    and f.concept_id = l.concept_id))
union all
select 'WHS-02', entity_id, null, extract_id || ' has ' || lines || ' lines, of which ' || found || ' are in the warehouse'
from (select e.*, (select count(*) from core.reported_line l where l.extract_id = e.extract_id) as found
      from core.extract e where e.state = 'read' and e.report_kind <> 'record')
where lines <> found"""

PUBLICATIONS = """
select 'WHS-04' as check_id, coalesce(min(publication_id), '') as entity_id, null as fiscal_year,
  'the warehouse holds ' || count(*) || ' publications, not one' as message
from core.publication having count(*) <> 1"""

CHECKS = (
    NOT_FINITE, ONE_END, DUPONT, CASH_CYCLE, WORST_STATUS, OUTRANKED, NO_LINEAGE, UNACCOUNTED, PUBLICATIONS,
)  # fmt: skip


def integrity_query() -> str:
    """Rows of mart.finding; a finding about a metric names the first extract of its company and year."""
    broken = "\nunion all by name\n".join(f"(from ({query}))" for query in CHECKS)
    return f"""
with broken as ({broken}), source as (
  select entity_id, fiscal_year, min(extract_id) as extract_id from core.fact group by all
)
select b.check_id, 'error' as severity, b.message, 'report it: this is a fault of the program, not of the extract' as remedy,
  coalesce(s.extract_id, '') as extract_id, b.entity_id, b.fiscal_year
from broken b left join source s using (entity_id, fiscal_year)"""
