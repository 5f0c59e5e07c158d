"""Segment mix, roles and concentration as SQL.

Floating-point sums have an order, so that two builds of the same extracts agree to the last digit.
"""

from __future__ import annotations

SEGMENT_MIX = """
with year as (
  select *, reconciled_revenue / nullif(whole_revenue, 0)::double as exact_share,
    reconciled_profit / nullif(reconciled_revenue, 0) as exact_margin,
    whole_profit::double / nullif(whole_revenue, 0)::double as whole_margin
  from temp.segment_part
), dimension as (
  select p.entity_id, p.fiscal_year, p.dimension, any_value(p.members) as members, count(g.series_break) as breaks,
    min(g.series_break) filter (where g.series_break in ('recast', 'presentation_changed')) as series_break
  from temp.segment_part p left join temp.segment_growth g using (entity_id, member_id, fiscal_year) group by all
), compared as (
  select n.*, g.growth as member_growth, g.growth_basis, g.is_profit_recast, p.exact_share as share_before, p.exact_margin as margin_before, p.whole_margin as whole_margin_before,
    p.reconciled_revenue as revenue_before, p.whole_revenue::double as whole_before,
    case when n.member_id <> 'residual' then g.series_break
         when d.breaks > 0 or d.members <> e.members then coalesce(d.series_break, if(e.members is null, 'first_year', 'presentation_changed'))
         when p.revenue is null then 'first_year' end as series_break
  from year n
  left join year p on p.entity_id = n.entity_id and p.dimension = n.dimension and p.member_id = n.member_id
    and p.fiscal_year = n.fiscal_year - 1
  join dimension d on d.entity_id = n.entity_id and d.dimension = n.dimension and d.fiscal_year = n.fiscal_year
  left join dimension e on e.entity_id = n.entity_id and e.dimension = n.dimension and e.fiscal_year = n.fiscal_year - 1
  left join temp.segment_growth g on g.entity_id = n.entity_id and g.member_id = n.member_id and g.fiscal_year = n.fiscal_year
)
select entity_id, fiscal_year, dimension, member_id, role, part_of,
  revenue, revenue_half as revenue_precision,
  coalesce(revenue::double / nullif(whole_revenue, 0)::double, printed_share::double) as share,
  case when member_id <> 'residual' then member_growth
       when series_break is null and revenue_before > 0 then revenue::double / revenue_before - 1 end as growth,
  if(member_growth is null, null, growth_basis) as growth_basis, series_break,
  case when series_break is null then (reconciled_revenue - revenue_before) / nullif(whole_before, 0) end as contribution_to_growth,
  coalesce(printed_cost, revenue - gross_profit) as cost,
  case when printed_cost is not null then 'printed' when revenue - gross_profit is not null then 'revenue_less_gross_profit' end as cost_basis,
  coalesce(printed_cost, revenue - gross_profit)::double / nullif(whole_cost, 0)::double as cost_share,
  gross_profit, gross_profit_basis, gross_profit_half as gross_profit_precision,
  gross_profit::double / nullif(whole_profit, 0)::double as gross_profit_share,
  gross_profit::double / nullif(revenue, 0)::double as gross_margin,
  coalesce(margin_half, (gross_profit_half::double + abs(gross_margin) * revenue_half::double)
    / nullif(greatest(abs(revenue) - revenue_half, 0), 0)::double) as margin_precision,
  case when has_margins_of_one_basis then (exact_share - share_before) * ((exact_margin + margin_before) - (whole_margin + whole_margin_before)) / 2
    end as mix_effect,
  case when has_margins_of_one_basis then (exact_share + share_before) / 2 * (exact_margin - margin_before) end as rate_effect,
  operating_profit, operating_profit::double / nullif(revenue, 0)::double as operating_margin
from (select *, series_break is null and not coalesce(is_profit_recast, false) as has_margins_of_one_basis from compared)"""

SHARING_MEMBER = """
select *, count(*) filter (where revenue is null or share is null or member_id = 'residual') over (
    partition by entity_id, fiscal_year, dimension) = 0 as makes_up_whole
from mart.segment_mix where member_id <> 'residual' or revenue is not null"""
"""Rows of revenue with whether the members of their dimension make up the whole in that year."""

SEGMENT_ROLE = f"""
with declared as (
  select entity_id, dimension, role, count(*) as members from core.member where role is not null group by all
), total as (
  select s.entity_id, s.fiscal_year, s.dimension, s.role, count(*) as members, sum(s.revenue order by s.member_id) as revenue, sum(s.share order by s.member_id) as share,
    count(*) filter (where s.series_break in ('recast', 'presentation_changed')) = 0 as is_comparable,
    case when count(s.contribution_to_growth) = count(*) then sum(s.contribution_to_growth order by s.member_id) end as contribution_to_growth,
    case when count(s.gross_profit) = count(*) then sum(s.gross_profit order by s.member_id) end as gross_profit,
    case when count(s.gross_profit) = count(*) then sum(s.gross_profit_precision order by s.member_id) end as gross_profit_precision,
    case when count(s.gross_profit) = count(*) then sum(s.gross_profit_share order by s.member_id) end as gross_profit_share,
    case when count(s.operating_profit) = count(*) then sum(s.operating_profit order by s.member_id) end as operating_profit
  from ({SHARING_MEMBER}) s join declared d using (entity_id, dimension, role)
  where s.part_of is null and s.revenue is not null
  group by s.entity_id, s.fiscal_year, s.dimension, s.role having bool_and(s.makes_up_whole) or count(*) = any_value(d.members)
)
select n.entity_id, n.fiscal_year, n.dimension, n.role, n.members, n.revenue, n.share,
  case when n.is_comparable and p.revenue > 0 then n.revenue / p.revenue - 1 end as growth, n.contribution_to_growth,
  n.gross_profit, n.gross_profit_precision, n.gross_profit_share, n.gross_profit / nullif(n.revenue, 0) as gross_margin,
  n.operating_profit, n.operating_profit / nullif(n.revenue, 0) as operating_margin
from total n left join total p on p.entity_id = n.entity_id and p.dimension = n.dimension and p.role = n.role
  and p.fiscal_year = n.fiscal_year - 1"""

SEGMENT_CONCENTRATION = f"""
with part as (
  select *, revenue / sum(revenue) over (partition by entity_id, fiscal_year, dimension order by member_id
      rows between unbounded preceding and unbounded following) as part
  from ({SHARING_MEMBER}) where makes_up_whole and role is distinct from 'elimination'
)
select entity_id, fiscal_year, dimension, count(*) filter (where part > 0) as members, sum(part * part order by member_id) as herfindahl,
  1 / sum(part * part order by member_id) as effective_members,
  -sum(part * ln(nullif(greatest(part, 0), 0)) order by member_id) as entropy, arg_max(member_id, (part, member_id)) as largest_member_id, max(part) as largest_share
from part group by all having bool_and(part >= 0)"""
