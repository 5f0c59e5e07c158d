"""Since when each print of a figure has been known, and what became of those that a new version of a file replaced.

Belongs here: SQL over facts and versions of extracts. Not here: which versions there are (`orchestration.archive`),
what restatements do to metrics (`derive`).
"""

from __future__ import annotations

FACT = """
with published as (
  select e.extract_id, arg_min(r.published_on, (r.kind <> e.report_kind, r.kind <> 'annual_report', r.published_on)) as published_on
  from core.extract e join core.report r on r.entity_id = e.entity_id and r.fiscal_year = e.report_fiscal_year
  where r.published_on is not null and (r.kind = e.report_kind or r.kind in ('annual_report', 'prospectus'))
  group by e.extract_id
), arrived as (
  select extract_id, arrived_at from core.extract_version where left_at is null
)
select l.entity_id, l.fiscal_year, l.period_start, l.period_end, l.concept_id, l.member_id, l.value, l.unit,
  l.decimals, l.extract_id, e.report_kind, coalesce(e.report_fiscal_year, l.fiscal_year) as report_fiscal_year,
  l.sheet, l.cell, l.label, l.status, l.source, l.note,
  coalesce(l.published_on, p.published_on, a.arrived_at)::timestamp as known_from,
  case when l.published_on is not null then 'extract' when p.published_on is not null then 'entity_profile'
    else 'arrival' end as known_from_basis
from core.reported_line l join core.extract e using (extract_id) join arrived a using (extract_id)
left join published p on p.extract_id = l.extract_id and e.entity_id = l.entity_id
where l.outcome in ('fact', 'nil') and l.concept_id is not null and l.value is not null"""
"""Lines as facts. A print is known from its publication: the row's, else the report's, else the arrival of the extract."""

FIGURE = "entity_id, fiscal_year, concept_id, member_id"

SPAN = f"""
with stay as (
  select * exclude (is_apart, is_lost), sum(is_apart) over (partition by chain order by arrived_at) as run,
    min(place) filter (where is_lost) over (partition by chain) as lost_place
  from (
    select extract_id, version, chain, arrived_at, left_at, is_lost, row_number() over following as place,
      (lag(left_at) over following is distinct from arrived_at)::int as is_apart
    from core.extract_version window following as (partition by chain order by arrived_at))
), print as (
  from temp.past_figure join stay using (extract_id, version) where value is not null
  union all by name
  from core.fact join (from stay where left_at is null) using (extract_id)
  where chain in (select chain from stay where left_at is not null)
), once as (
  from print qualify row_number() over (partition by chain, place, {FIGURE}, unit, value order by decimals desc, sheet, cell) = 1
), placed as (
  select *, place - row_number() over (partition by chain, run, {FIGURE}, unit, value order by place) as island,
    least(min(place) over (partition by chain, {FIGURE}), lost_place) as first_place
  from once
)
select *, first_value(place) over span as from_place, first_value(known_from) over span as first_known_from,
  first_value(known_from_basis) over span as first_basis, first_value(arrived_at) over span as first_arrived_at,
  place = max(place) over (partition by chain, run, {FIGURE}, unit, value, island) as is_last
from placed window span as (partition by chain, run, {FIGURE}, unit, value, island order by place)"""
"""Prints of files with more than one version; consecutive versions that print the same value for a figure are one span."""

STARTED = """if(from_place = first_place, first_known_from, first_arrived_at) as known_from,
  if(from_place = first_place, first_basis, 'arrival') as known_from_basis"""
"""A figure is known from its publication; another value for it, from the arrival of the version that first printed it.

So is what a version prints after one that is lost, which may have said otherwise.
"""

KEPT = f"""
insert into core.superseded_fact by name
select * exclude (chain, run, place, lost_place, arrived_at, left_at, island, first_place, from_place, first_known_from,
    first_basis, first_arrived_at, is_last, known_from, known_from_basis), {STARTED}, left_at as known_until
from temp.span where is_last and left_at is not null"""

CHANGED = f"""
update core.fact as f set known_from = s.known_from, known_from_basis = s.known_from_basis
from (select extract_id, {FIGURE}, unit, value, {STARTED} from temp.span where is_last and left_at is null) s
where s.extract_id = f.extract_id and s.entity_id = f.entity_id and s.fiscal_year = f.fiscal_year
  and s.concept_id = f.concept_id and s.member_id is not distinct from f.member_id and s.unit = f.unit
  and s.value = f.value"""
