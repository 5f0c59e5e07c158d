"""The cells that the figures of the segment mix rest on, as SQL."""

from __future__ import annotations

SEGMENT_INPUT = """
with mix as (
  select entity_id, fiscal_year, dimension, member_id, part_of, series_break, growth_basis,
    member_id = 'residual' or gross_profit_basis = 'remainder' as rests_on_others
  from mart.segment_mix
), own as (
  select *, 'figure' as used_as, member_id as input_member_id, fiscal_year as input_fiscal_year from mix where member_id <> 'residual'
  union all select *, 'whole', part_of, fiscal_year from mix
  union all select x.*, 'part', m.member_id, x.fiscal_year from mix x join core.member m using (entity_id, dimension)
  where x.rests_on_others and m.member_id <> x.member_id
), shown as (
  from own
  union all
  select o.* replace (n.fiscal_year as fiscal_year, o.used_as || '_year_before' as used_as)
  from mix n join own o using (entity_id, dimension, member_id)
  where n.series_break is null and o.fiscal_year = n.fiscal_year - 1
), traced as (
  select x.entity_id, x.fiscal_year, x.dimension, x.member_id, x.used_as, p.* exclude (entity_id, fiscal_year, member_id),
    p.member_id as input_member_id, p.fiscal_year as input_fiscal_year
  from shown x join temp.segment_print p on p.is_current and p.entity_id = x.entity_id and p.fiscal_year = x.input_fiscal_year
    and p.member_id is not distinct from x.input_member_id
  union all
  select x.entity_id, x.fiscal_year, x.dimension, x.member_id, 'growth', p.* exclude (entity_id, fiscal_year, member_id),
    p.member_id, p.fiscal_year
  from mix x join temp.segment_growth g using (entity_id, member_id, fiscal_year)
  join temp.segment_print p on p.entity_id = x.entity_id and p.concept_id = 'revenue'
    and p.fiscal_year between x.fiscal_year - 1 and x.fiscal_year
    and case x.growth_basis when 'earlier_presentation' then p.member_id = x.member_id
          and p.report_kind = g.report_kind and p.report_fiscal_year = g.report_fiscal_year
        when 'predecessor' then p.is_current and (x.entity_id, x.member_id, p.member_id) in (
          select (entity_id, member_id, predecessor_id) from temp.segment_succession)
        when 'declared_succession' then p.is_current and (x.entity_id, x.member_id, p.member_id) in (
          select (entity_id, member_id, predecessor_id) from temp.segment_succession) end
)
select entity_id, fiscal_year, dimension, member_id, used_as, concept_id, input_member_id, input_fiscal_year, value, unit,
  extract_id, sheet, cell, label, status, source, note
from traced"""
