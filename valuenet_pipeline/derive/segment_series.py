"""Members' figures as printed, report by report, and which years of a member are comparable, as SQL.

Everything starts from the companies with declared members; a panel without members is passed over.
"""

from __future__ import annotations

from valuenet_pipeline.derive.statement import LATEST, REPORT_RANK, presented

SEGMENT_PRINT = f"""
select *, row_number() over (partition by entity_id, fiscal_year, concept_id, member_id
    order by {LATEST}) = 1 as is_current
from (
  select f.*, (0.5 * power(10::double, -f.decimals))::decimal(38, 8) as half from ({presented("core.fact")}) f
  where f.entity_id in (select entity_id from core.member) and f.concept_id in (
    'revenue', 'revenue_share', 'cost_of_sales', 'gross_profit', 'gross_margin_printed', 'operating_profit')
  qualify row_number() over (partition by entity_id, fiscal_year, concept_id, member_id, report_kind, report_fiscal_year
    order by decimals desc, extract_id, sheet, cell) = 1
)"""
"""The figures of members and of their companies, one per report, with half a unit of the last printed digit."""

SEGMENT_SUCCESSION = """
with revenue as (
  select p.*, m.dimension, m.part_of, min(p.fiscal_year) over (partition by p.entity_id, p.member_id) as first_year
  from temp.segment_print p join core.member m using (entity_id, member_id) where p.is_current and p.concept_id = 'revenue'
), same as (
  select n.entity_id, n.member_id, p.member_id as predecessor_id
  from revenue n join revenue p on p.entity_id = n.entity_id and p.fiscal_year = n.fiscal_year
    and p.dimension <> n.dimension and p.part_of is not distinct from n.part_of and p.first_year < n.first_year
  group by all having count(*) > 1 and bool_and(abs(n.value - p.value) <= n.half + p.half)
), renamed as (
  from same
  qualify count(*) over (partition by entity_id, member_id) = 1 and count(*) over (partition by entity_id, predecessor_id) = 1
)
select *, count(*) over (partition by entity_id, predecessor_id) > 1 as is_split
from (from core.member_succession union from renamed)"""
"""Who continues whom: as declared; or where two presentations of a whole print the same revenue for a pair of members,
and for no other, in every year that both print, two at least."""

SEGMENT_GROWTH = f"""
with figure as (
  select p.*, m.dimension from temp.segment_print p join core.member m using (entity_id, member_id)
), shown as (
  select *, list(member_id) over (partition by entity_id, dimension, concept_id, fiscal_year order by member_id
      rows between unbounded preceding and unbounded following) as members,
    min(fiscal_year) over (partition by entity_id, member_id, concept_id) as first_year
  from figure where is_current
), pair as (
  select n.*, p.value as base, p.half as base_half
  from figure n join figure p using (entity_id, member_id, concept_id, report_kind, report_fiscal_year)
  where p.fiscal_year = n.fiscal_year - 1
  qualify row_number() over (partition by entity_id, member_id, concept_id, n.fiscal_year
    order by {REPORT_RANK}, report_fiscal_year desc, report_kind) = 1
), adjacent as (
  select n.entity_id, n.member_id, n.concept_id, n.fiscal_year, n.value, p.value as before, r.value as pair_value,
    r.base as pair_base, r.report_kind, r.report_fiscal_year, n.first_year, n.members <> p.members as has_other_members,
    abs(n.value - r.value) > n.half + r.half or abs(p.value - r.base) > p.half + r.base_half as is_recast
  from shown n
  left join shown p on p.entity_id = n.entity_id and p.member_id = n.member_id and p.concept_id = n.concept_id
    and p.fiscal_year = n.fiscal_year - 1
  left join pair r on r.entity_id = n.entity_id and r.member_id = n.member_id and r.concept_id = n.concept_id
    and r.fiscal_year = n.fiscal_year
), compared as (
  select * exclude (concept_id) rename (value as revenue),
    case when before is null then if(fiscal_year > first_year, 'year_missing', 'first_year')
         when pair_value is null and has_other_members then 'presentation_changed'
         when is_recast then 'recast' end as own_break,
    exists (from adjacent o where o.entity_id = a.entity_id and o.member_id = a.member_id and o.fiscal_year = a.fiscal_year
      and o.concept_id in ('cost_of_sales', 'gross_profit', 'gross_margin_printed') and o.is_recast) as is_profit_recast
  from adjacent a where concept_id = 'revenue'
), predecessor as (
  select n.entity_id, n.member_id, n.fiscal_year, bool_or(s.is_split) as is_split, count(o.revenue) > 0 as is_overlapping,
    case when count(o.before) = count(*) and count(o.own_break) = 0 then sum(o.revenue) end as predecessor_value,
    case when count(p.revenue) = count(*) then sum(p.revenue) end as predecessor_base
  from compared n join temp.segment_succession s using (entity_id, member_id)
  left join compared o on o.entity_id = n.entity_id and o.member_id = s.predecessor_id and o.fiscal_year = n.fiscal_year
  left join compared p on p.entity_id = n.entity_id and p.member_id = s.predecessor_id and p.fiscal_year = n.fiscal_year - 1
  group by all
), based as (
  select *, if(own_break = 'first_year' and is_split is not null, 'presentation_changed', own_break) as series_break,
    case when own_break is null then if(pair_value is null, 'separate_reports', 'comparative')
         when own_break = 'recast' then 'earlier_presentation'
         when is_split or predecessor_base is null then null
         when predecessor_value is not null then 'predecessor'
         when not is_overlapping then 'declared_succession' end as growth_basis
  from compared left join predecessor using (entity_id, member_id, fiscal_year)
), growing as (
  select *, case growth_basis when 'earlier_presentation' then pair_value when 'predecessor' then predecessor_value else revenue end as value,
    case when growth_basis in ('comparative', 'separate_reports') then before when growth_basis = 'earlier_presentation' then pair_base
         when growth_basis in ('predecessor', 'declared_succession') then predecessor_base end as base
  from based
)
select entity_id, member_id, fiscal_year, series_break, growth_basis, is_profit_recast, report_kind, report_fiscal_year,
  case when base > 0 then value::double / base::double - 1 end as growth
from growing"""
"""Growth of each member's revenue over the year before, from two figures that are on the same basis: printed in one report
that agrees with the figures shown; or, where the series breaks, on the basis on which both years are printed. A predecessor
that was split bridges nothing: nobody can tell which part of it went where."""
