"""Segment mix and concentration as SQL."""

from __future__ import annotations

SEGMENT_MIX = """
with member_figure as (
  select f.entity_id, f.fiscal_year, m.dimension, f.member_id, m.role,
    max(f.value) filter (where f.concept_id = 'revenue')::double as revenue,
    max(f.value) filter (where f.concept_id = 'gross_profit')::double as gross_profit,
    max(f.note) filter (where f.concept_id = 'gross_profit') as gross_profit_note,
    max(f.value) filter (where f.concept_id = 'gross_margin_printed')::double as printed_margin,
    max(0.5 * power(10::double, -f.decimals)) filter (where f.concept_id = 'revenue') as half_unit
  from core.fact_vintage f join core.member m using (entity_id, member_id)
  where f.vintage = 'current' group by all
), whole as (
  select entity_id, fiscal_year, max(value) filter (where concept_id = 'revenue')::double as revenue,
    max(value) filter (where concept_id = 'gross_profit')::double as gross_profit,
    max(0.5 * power(10::double, -decimals)) filter (where concept_id = 'revenue') as half_unit
  from core.fact_vintage where vintage = 'current' and member_id is null group by all
), residual as (
  select m.entity_id, m.fiscal_year, m.dimension, 'residual' as member_id, null as role,
    any_value(w.revenue) - sum(m.revenue) as revenue, null::double as gross_profit, null as gross_profit_note,
    null::double as printed_margin, null::double as half_unit
  from member_figure m join whole w using (entity_id, fiscal_year)
  where m.dimension in ('segment', 'region') and m.revenue is not null
  group by m.entity_id, m.fiscal_year, m.dimension
  having abs(any_value(w.revenue) - sum(m.revenue)) > any_value(w.half_unit) + sum(m.half_unit)
), figure as (from member_figure where revenue is not null union all from residual)
select n.entity_id, n.fiscal_year, n.dimension, n.member_id, n.role, n.revenue, n.gross_profit,
  case when n.gross_profit is null then null when n.gross_profit_note like 'derived from the printed margin%'
       then 'printed margin' else 'printed' end as gross_profit_basis,
  n.revenue / nullif(w.revenue, 0) as share, n.gross_profit / nullif(w.gross_profit, 0) as gross_profit_share,
  case when p.revenue > 0 then n.revenue / p.revenue - 1 end as growth,
  (n.revenue - p.revenue) / nullif(v.revenue, 0) as contribution_to_growth,
  coalesce(n.gross_profit / nullif(n.revenue, 0), n.printed_margin) as gross_margin
from figure n
join whole w using (entity_id, fiscal_year)
left join figure p on p.entity_id = n.entity_id and p.dimension = n.dimension and p.member_id = n.member_id
  and p.fiscal_year = n.fiscal_year - 1
left join whole v on v.entity_id = n.entity_id and v.fiscal_year = n.fiscal_year - 1"""

SEGMENT_CONCENTRATION = """
with part as (
  select *, bool_or(member_id = 'residual') over (partition by entity_id, fiscal_year, dimension) as has_residual
  from mart.segment_mix where dimension in ('segment', 'region') and share > 0
)
select entity_id, fiscal_year, dimension, count(*) as members, sum(share * share) as herfindahl,
  1 / sum(share * share) as effective_members, -sum(share * ln(share)) as entropy,
  arg_max(member_id, share) as largest_member_id, max(share) as largest_share
from part where not has_residual group by all having abs(sum(share) - 1) < 0.001"""
