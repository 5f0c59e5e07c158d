"""Members' figures of one year: what is printed, what follows from it and how precisely, and what is left of the whole."""

from __future__ import annotations

SEGMENT_FIGURE = """
with printed as (
  select entity_id, fiscal_year, member_id,
    any_value(value) filter (where concept_id = 'revenue') as revenue,
    any_value(half) filter (where concept_id = 'revenue') as revenue_half,
    any_value(value) filter (where concept_id = 'revenue_share') as printed_share,
    any_value(value) filter (where concept_id = 'cost_of_sales') as printed_cost,
    any_value(half) filter (where concept_id = 'cost_of_sales') as cost_half,
    any_value(value) filter (where concept_id = 'gross_profit') as printed_profit,
    any_value(half) filter (where concept_id = 'gross_profit') as profit_half,
    any_value(value) filter (where concept_id = 'gross_margin_printed')::double as printed_margin,
    any_value(half) filter (where concept_id = 'gross_margin_printed')::double as margin_half,
    any_value(value) filter (where concept_id = 'operating_profit') as operating_profit,
    any_value(half) filter (where concept_id = 'operating_profit') as operating_half
  from temp.segment_print where is_current group by all
), based as (
  select *, case when printed_profit is not null then 'printed' when revenue - printed_cost is not null then 'revenue_less_cost'
    when revenue > 0 and printed_margin is not null then 'printed_margin' end as gross_profit_basis
  from printed
)
select entity_id, fiscal_year, member_id, revenue, revenue_half, printed_share, printed_cost, operating_profit, operating_half,
  gross_profit_basis,
  case gross_profit_basis when 'printed' then printed_profit when 'revenue_less_cost' then revenue - printed_cost
    when 'printed_margin' then (printed_margin * revenue::double)::decimal(38, 8) end as gross_profit,
  case gross_profit_basis when 'printed' then profit_half when 'revenue_less_cost' then revenue_half + cost_half
    when 'printed_margin' then ((revenue + revenue_half)::double * margin_half + abs(printed_margin) * revenue_half::double)::decimal(38, 8)
    end as gross_profit_half,
  case when gross_profit_basis = 'printed_margin' then margin_half end as margin_half
from based"""
"""Members and wholes (no member), latest vintage, a column per figure; the half-width of what follows from rounded figures
holds whatever was rounded away."""

SEGMENT_PART = """
with member as (
  select f.*, m.dimension, m.role, m.part_of, w.revenue as whole_revenue, w.revenue_half as whole_half,
    w.gross_profit as whole_profit, w.gross_profit_half as whole_profit_half, w.operating_profit as whole_operating_profit,
    w.operating_half as whole_operating_half, coalesce(w.printed_cost, w.revenue - w.gross_profit) as whole_cost,
    coalesce(sum(f.gross_profit) over dimension, 0) as known_profit, coalesce(sum(f.gross_profit_half) over dimension, 0) as known_half,
    count(*) over dimension - count(f.gross_profit) over dimension as unknown,
    coalesce(count(f.revenue) over dimension = count(*) over dimension
      and abs(w.revenue - sum(f.revenue) over dimension) <= w.revenue_half + sum(f.revenue_half) over dimension, false) as makes_up_whole
  from temp.segment_figure f join core.member m using (entity_id, member_id)
  left join temp.segment_figure w on w.entity_id = f.entity_id and w.fiscal_year = f.fiscal_year
    and w.member_id is not distinct from m.part_of
  where f.revenue is not null or f.printed_share is not null
  window dimension as (partition by f.entity_id, f.fiscal_year, m.dimension)
), filled as (
  select * replace (
      if(is_remainder, whole_profit - known_profit, gross_profit) as gross_profit,
      if(is_remainder, whole_profit_half + known_half, gross_profit_half) as gross_profit_half,
      if(is_remainder, 'remainder', gross_profit_basis) as gross_profit_basis)
  from (select *, makes_up_whole and unknown = 1 and gross_profit is null and whole_profit is not null as is_remainder from member)
), total as (
  select entity_id, fiscal_year, dimension, part_of, bool_and(makes_up_whole) as makes_up_whole, count(*) as members,
    count(revenue) = count(*) as has_revenue,
    count(gross_profit) = count(*) filter (where role is distinct from 'elimination') as has_profit,
    count(operating_profit) = count(*) filter (where role is distinct from 'elimination') as has_operating_profit,
    any_value(whole_revenue) - sum(revenue) as revenue_left, any_value(whole_half) + sum(revenue_half) as revenue_tolerance,
    sum(revenue_half) as revenue_halves,
    any_value(whole_profit) - sum(gross_profit) as profit_left, any_value(whole_profit_half) + sum(gross_profit_half) as profit_tolerance,
    sum(gross_profit_half) as profit_halves,
    any_value(whole_operating_profit) - sum(operating_profit) as operating_left,
    any_value(whole_operating_half) + sum(operating_half) as operating_tolerance,
    any_value(whole_revenue) as whole_revenue, any_value(whole_profit) as whole_profit, any_value(whole_cost) as whole_cost
  from filled group by all
), judged as (
  select *, has_revenue and not makes_up_whole and revenue_left is not null as leaves_revenue,
    coalesce(has_profit and (leaves_revenue or abs(profit_left) > profit_tolerance), false) as leaves_profit,
    coalesce(has_operating_profit and (leaves_revenue or abs(operating_left) > operating_tolerance), false) as leaves_operating_profit
  from total
), residual as (
  select entity_id, fiscal_year, dimension, part_of, 'residual' as member_id, members, makes_up_whole, whole_revenue, whole_profit, whole_cost,
    if(leaves_revenue, revenue_left, null) as revenue, if(leaves_revenue, revenue_tolerance, null) as revenue_half,
    if(leaves_profit, profit_left, null) as gross_profit, if(leaves_profit, profit_tolerance, null) as gross_profit_half,
    if(leaves_profit, 'remainder', null) as gross_profit_basis, if(leaves_operating_profit, operating_left, null) as operating_profit,
    revenue::double as reconciled_revenue, gross_profit::double as reconciled_profit
  from judged where leaves_revenue or leaves_profit or leaves_operating_profit
)
select f.entity_id, f.fiscal_year, f.dimension, f.part_of, f.member_id, f.role, f.revenue, f.revenue_half, f.printed_share,
  f.printed_cost, f.gross_profit, f.gross_profit_half, f.gross_profit_basis, f.margin_half, f.operating_profit,
  t.members, t.makes_up_whole, t.whole_revenue, t.whole_profit, t.whole_cost,
  f.revenue::double + if(t.makes_up_whole, coalesce(t.revenue_left::double * f.revenue_half::double / nullif(t.revenue_halves, 0)::double, 0), 0)
    as reconciled_revenue,
  f.gross_profit::double + if(t.makes_up_whole and t.has_profit and abs(t.profit_left) <= t.profit_tolerance,
    coalesce(t.profit_left::double * f.gross_profit_half::double / nullif(t.profit_halves, 0)::double, 0), 0) as reconciled_profit
from filled f join judged t using (entity_id, fiscal_year, dimension)
union all by name from residual"""
"""Members and what they leave of the whole. Where exactly one member of a dimension that makes up the whole lacks a gross
profit, it is what the others leave. Reconciled figures share out what was rounded away, in proportion to each figure's own
imprecision, so that they sum exactly to the printed whole."""
