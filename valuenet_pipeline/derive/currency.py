"""What is printed in another currency than the one in which a company's statements and metrics are given.

Queries of findings over `temp.audit_line`, in the columns of `audit.finding_query`.
"""

from __future__ import annotations

from valuenet_pipeline.derive.plausibility import NOWHERE

SECOND_CURRENCY = f"""
with printed as (
  select extract_id, entity_id, currency, count(*) as figures from temp.audit_line
  where kind like 'currency%' and currency <> '' group by all
), ranked as (
  select *, first(currency) over ranking as main, row_number() over ranking as place from printed
  window ranking as (partition by extract_id, entity_id order by figures desc, currency)
)
select 'UNI-06' as check_id, 'info' as severity, 'none' as keeps_out, null as statement, extract_id, entity_id,
  null::bigint as fiscal_year, {NOWHERE},
  figures || ' figure(s) are in ' || currency || ' beside those in ' || main || ', as a convenience translation is'
    as message,
  'nothing: statements and metrics take the presentation currency alone' as remedy
from ranked where place > 1"""

FOREIGN_ALONE = """
with money as (
  select l.*, e.currency as presentation, if(member_id is null, home, 'segment') as book
  from temp.audit_line l join core.entity e using (entity_id) where l.currency <> '' and e.currency is not null
), alone as (
  select entity_id, fiscal_year, book from money group by all having not bool_or(currency = presentation)
), printed as (
  select extract_id, entity_id, book, presentation, count(*) as figures,
    list(distinct fiscal_year order by fiscal_year) as years, list(distinct currency order by currency) as currencies,
    arg_min(struct_pack(sheet := sheet, cell := cell, label := label), (sheet, sheet_row, cell)) as top
  from money join alone using (entity_id, fiscal_year, book) group by all
)
select 'UNI-10' as check_id, 'warning' as severity, 'none' as keeps_out, null as statement, extract_id, entity_id,
  if(len(years) = 1, years[1], null) as fiscal_year, min(top)['sheet'] as sheet, min(top)['cell'] as cell, min(top)['label'] as label,
  sum(figures) || ' figure(s) of ' || array_to_string(years, ', ') || ' (' || string_agg(replace(book, '_', ' '), ', ' order by book)
    || ') are in ' || array_to_string(currencies, ' and ') || ' and nowhere in ' || presentation
    || ', which alone statements, ratios and indicators take' as message,
  'correct `currency` in the entity.yaml of the company, or add its report in ' || presentation as remedy
from printed group by extract_id, entity_id, presentation, years, currencies"""
"""Statements of a year, segments and operating figures each by themselves: whatever prints them in the presentation
currency as well makes the others a convenience translation."""

FINDINGS = (SECOND_CURRENCY, FOREIGN_ALONE)
"""Queries of findings, each with what an error keeps out."""
