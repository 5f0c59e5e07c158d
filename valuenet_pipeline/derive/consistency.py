"""What the lines of one extract say about each other beside sums: shares, counts, digits, segments, labels.

Queries of findings over `temp.audit_line`, in the columns of `audit.finding_query`.
"""

from __future__ import annotations

from valuenet_pipeline.derive.plausibility import NOWHERE, plain

SHARES = f"""
with share as (
  select extract_id, entity_id, fiscal_year, concept_id, any_value(value) as value, min(half) as half,
    arg_min(struct_pack(sheet := sheet, cell := cell, label := label), (sheet, sheet_row, cell)) as at
  from temp.audit_line where concept_id in ('shares_issued', 'shares_outstanding') and member_id is null
  group by all having count(distinct value) = 1
)
select 'BAL-14' as check_id, 'error' as severity, 'cell' as keeps_out, null as statement, extract_id, entity_id,
  fiscal_year, side.at.sheet as sheet, side.at.cell as cell, side.at.label as label,
  {plain("o.value")} || ' shares are outstanding, but only ' || {plain("i.value")} || ' issued' as message,
  'compare both counts and their units with the report' as remedy
from share o join share i using (extract_id, entity_id, fiscal_year), unnest([{{'at': o.at}}, {{'at': i.at}}]) as u(side)
where o.concept_id = 'shares_outstanding' and i.concept_id = 'shares_issued' and o.value > i.value + o.half + i.half"""
"""Both counts are kept out, as nothing tells which is wrong. Classes of shares make several counts of one year: those
are not compared."""

WHOLE_COUNT = f"""
select 'UNI-09' as check_id, 'warning' as severity, 'none' as keeps_out, null as statement, extract_id, entity_id,
  fiscal_year, sheet, cell, label, label || ' is ' || {plain("value")} || ', which is no whole number' as message,
  'check the unit of the count' as remedy
from temp.audit_line where kind = 'count' and value <> trunc(value)"""

LAST_DIGIT_CELLS = 200
LAST_DIGIT_CHI_SQUARE = 26.124
"""Exceeded by one extract in a thousand: chi-square of eight degrees of freedom, p < 0.001."""

LAST_DIGIT = f"""
with figure as (
  select distinct extract_id, entity_id,
    ltrim(rtrim(regexp_replace(printed, '[^0-9]', '', 'g'), '0'), '0') as digits
  from temp.audit_line where kind = 'currency' and not contains(lower(printed), 'e')
), digit as (
  select extract_id, entity_id, right(digits, 1) as last, count(*) as figures from figure
  where length(digits) between 4 and 12 group by all
), test as (
  select extract_id, entity_id, sum(figures) as figures, 9 * sum(figures * figures) / sum(figures) - sum(figures) as chi,
    arg_max(last, (figures, last)) as most, max(figures) as times
  from digit group by extract_id, entity_id
)
select 'TIM-06' as check_id, 'warning' as severity, 'none' as keeps_out, null as statement, extract_id, entity_id,
  null::bigint as fiscal_year, {NOWHERE},
  'the last digits of ' || figures || ' figures are not spread as measured figures are: ' || times || ' end in ' || most
    as message,
  'check whether the figures are made up or were rounded to fives' as remedy
from test where figures >= {LAST_DIGIT_CELLS} and chi > {LAST_DIGIT_CHI_SQUARE}"""
"""The last digit that is not zero, so that figures rounded to tens or thousands look like any others.

Figures of fewer than four digits are left out, as leading digits are not spread evenly; so are long ones, which are
computed and not printed. A figure printed twice counts once.
"""

NEW_LABEL_STEP = 0.1

NEW_LABEL = f"""
with span as (
  select extract_id, entity_id, currency, home, part, concept_id, arg_max(label, fiscal_year) as last_label,
    arg_min(label, fiscal_year) as label, arg_min(sheet, fiscal_year) as sheet, arg_min(cell, fiscal_year) as cell,
    min(fiscal_year) as first_year, max(fiscal_year) as last_year,
    arg_min(value, fiscal_year)::double as first_value, arg_max(value, fiscal_year)::double as last_value,
    arg_min(exponent, fiscal_year) as exponent
  from temp.audit_line
  where is_first and kind = 'currency' and member_id is null and value <> 0 and statement = home
    and home in ('balance_sheet', 'income_statement', 'cash_flow')
  group by all
), begun as (
  select extract_id, entity_id, home, part, label, sheet, cell, first_year, first_value, 0 as unscaled, currency from span
  union all by name
  select extract_id, entity_id, statement as home, label, arg_min(sheet, (fiscal_year, sheet, cell)) as sheet,
    arg_min(cell, (fiscal_year, sheet, cell)) as cell, min(fiscal_year) as first_year,
    arg_min(amount, (fiscal_year, sheet, cell))::double as first_value, 1 as unscaled
  from temp.audit_unread where amount > 0 group by extract_id, entity_id, statement, label
), pair as (
  select b.*, a.last_label, a.last_year, a.concept_id,
    b.first_value * power(10::double, b.unscaled * a.exponent) as value, a.last_value,
    count(*) over (partition by b.extract_id, b.entity_id, b.home, b.label) as olds,
    count(*) over (partition by a.extract_id, a.entity_id, a.currency, a.concept_id) as news
  from span a join begun b on b.extract_id = a.extract_id and b.entity_id = a.entity_id and b.home = a.home
    and b.first_year = a.last_year + 1 and (b.unscaled = 1 or (b.part = a.part and b.currency = a.currency))
  where abs(b.first_value * power(10::double, b.unscaled * a.exponent)
      - case when b.unscaled = 1 then abs(a.last_value) else a.last_value end) <= {NEW_LABEL_STEP} * abs(a.last_value)
)
select 'TIM-07' as check_id, 'info' as severity, 'none' as keeps_out, null as statement, extract_id, entity_id,
  first_year as fiscal_year, sheet, cell, label,
  last_label || ' ends in ' || last_year || ' with ' || printf('%.10g', last_value) || ', and ' || label || ' begins in '
    || first_year || ' with ' || printf('%.10g', value) || ': they may be one line' as message,
  'if they are, name the wording of the new line under ' || concept_id || ' in `labels` of the entity''s entity.yaml'
    as remedy
from pair where olds = 1 and news = 1"""
"""A line that ends where another of its section begins with a similar figure; also one whose label is not known.

Only pairs that are the only choice for each other are proposed.
"""

SEGMENT_SET = f"""
with member as (
  select distinct l.extract_id, l.entity_id, m.dimension, l.fiscal_year, l.member_id
  from core.reported_line l join core.member m using (entity_id, member_id)
  where l.concept_id = 'revenue' and coalesce(m.role, '') not in ('elimination', 'unallocated')
), year as (
  select extract_id, entity_id, dimension, fiscal_year, list(member_id order by member_id) as members
  from member group by all
), step as (
  select n.*, list_filter(p.members, lambda one: not list_contains(n.members, one)) as gone,
    list_filter(n.members, lambda one: not list_contains(p.members, one)) as come
  from year n join year p using (extract_id, entity_id, dimension)
  where p.fiscal_year = n.fiscal_year - 1 and n.members <> p.members and len(n.members) > 1 and len(p.members) > 1
)
select 'SEG-07' as check_id, 'warning' as severity, 'none' as keeps_out, null as statement, extract_id, entity_id,
  fiscal_year, {NOWHERE},
  'the ' || replace(dimension, '_', ' ') || 's of ' || fiscal_year || ' are not those of the year before: '
    || concat_ws('; ', 'without ' || nullif(array_to_string(gone, ', '), ''), 'with ' || nullif(array_to_string(come, ', '), ''))
    as message,
  'give each division of the company a dimension of its own in its entity.yaml, such as segment_until_2020; a member names under `succeeds` those that it continues' as remedy
from step"""
"""A line that is printed without a figure counts as there, so that only rows that are not printed are missed."""

SEGMENT_LABEL = """
select 'SEG-09' as check_id, 'error' as severity, 'none' as keeps_out, null as statement, f.extract_id, f.entity_id,
  f.fiscal_year, f.sheet, f.cell, f.label,
  f.message || ', in a table of segments: its figures are kept out, and the segments are not complete' as message,
  'declare the segment under `members` in the entity''s entity.yaml; or ' || f.remedy as remedy
from mart.finding f semi join core.reported_line l on l.extract_id = f.extract_id and l.sheet = f.sheet
  and l.cell = f.cell and l.statement = 'segment' and l.outcome = 'quarantined'
where f.check_id = 'label' and f.severity <> 'info' and exists (
  from core.reported_line k where k.extract_id = f.extract_id and k.sheet = f.sheet and k.statement = 'segment'
    and k.member_id is not null)"""
"""Unknown labels in a sheet that prints a known segment; anywhere else a table is only taken for one of segments."""

FINDINGS = (SHARES, WHOLE_COUNT, LAST_DIGIT, NEW_LABEL, SEGMENT_SET, SEGMENT_LABEL)
"""Queries of findings, each with what an error keeps out."""
