"""The audit of what was read: every check of the build as a query over one relation of lines.

`temp.audit_line` holds each figure once with what the catalog knows about it; `temp.audit_finding` collects what the
checks say. A finding's `keeps_out` tells what an error keeps out: the `statement` of that year, the `cell`, or nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive import identity, plausibility, rule
from valuenet_pipeline.derive.plausibility import plain


class AuditStep(NamedTuple):
    """A temporary relation of the audit and the query that makes it."""

    name: str
    query: str


AUDIT_LINE = f"""
with figure as (
  select l.*, c.statement as home, c.section as part, c.balance, c.is_non_negative, c.period_type, c.unit as kind,
    case when c.unit = 'currency' then l.unit when c.unit like 'currency%' then split_part(l.unit, '_', 1) else '' end
      as currency,
    c.section = 'supplementary' and c.is_non_negative as is_memo,
    (0.5 * power(10::double, -l.decimals))::decimal(38, 8) as half,
    round(log10(abs(l.value::double / nullif({identity.PRINTED_NUMBER}::double, 0))))::int as exponent,
    try_cast(regexp_extract(l.cell, '^[A-Z]+(\\d+)$', 1) as int) as sheet_row,
    regexp_extract(l.cell, '^([A-Z]+)\\d+$', 1) as sheet_column,
    e.report_kind, coalesce(e.report_fiscal_year, l.fiscal_year) as report_fiscal_year
  from core.reported_line l join core.concept c using (concept_id) join core.extract e using (extract_id)
  where l.outcome in ('fact', 'nil') and l.value is not null
)
select *, row_number() over (
  partition by extract_id, entity_id, concept_id, member_id, fiscal_year, currency
  order by decimals desc, sheet, sheet_row, cell) = 1 as is_first
from figure"""
"""Figures that were read, the most precise print of each marked as first."""


IDENTITY_FINDING = f"""
select check_id, verdict as severity, 'statement' as keeps_out, statement, extract_id, entity_id, fiscal_year,
  sheet, cell, label,
  description || ', but ' || coalesce(label, 'the total') || coalesce(' ' || {plain("value")}, '') || ' differs by ' || {plain("difference")}
    || ' with a tolerance of ' || {plain("tolerance")} || coalesce('; ' || hint, '') as message,
  'compare the lines with the report; an error keeps the statement-year out until the extract is mended' as remedy
from core.identity_result where verdict in ('warning', 'error')
union all
select check_id, 'info', 'none', statement, extract_id, entity_id, min(fiscal_year), min(sheet), min(cell), min(label),
  description || ' in no year that could be tried, so the lines read are not known to be complete',
  'nothing, if the extract leaves lines out'
from core.identity_result where verdict = 'info'
group by check_id, identity, statement, description, extract_id, entity_id
union all
select distinct 'SGN-06', 'warning', 'none', statement, extract_id, entity_id, fiscal_year, hint_sheet, hint_cell, null,
  check_id || ' fails: ' || hint, 'check the sign of this figure'
from core.identity_result where verdict in ('warning', 'error') and hint_cell is not null"""
"""What the identities say; a sum that closes nowhere is told once."""

POSITIVE_SUMS = "('BAL-03', 'BAL-04', 'BAL-06', 'BAL-07', 'BAL-08', 'BAL-09')"
"""Checks of sums whose lines are positive, so that cutting makes every one fall short of its total."""

CUT_FINDING = f"""
with sum as (
  select r.extract_id, r.entity_id, r.difference::double as missed, r.tolerance::double as tolerance,
    2 * any_value(l.half)::double as unit
  from core.identity_result r join temp.audit_line l using (extract_id, entity_id, sheet, cell)
  where r.check_id in {POSITIVE_SUMS} and r.value > 0 and r.verdict in ('pass', 'warning')
    and abs(r.difference) <= r.tolerance + r.tolerance
  group by all
)
select 'NUM-08' as check_id, 'info' as severity, 'none' as keeps_out, null as statement, extract_id, entity_id,
  null::bigint as fiscal_year, null as sheet, null as cell, null as label,
  count(*) filter (where missed > 0) || ' of ' || count(*)
    || ' sums of the balance sheet fall short of their totals and none exceeds it: the figures seem cut, not rounded'
    as message,
  'nothing, if the extract cuts its figures; each is then up to a whole printed unit too small' as remedy
from sum group by extract_id, entity_id
having min(missed) >= 0 and sum(missed) > 4 * sqrt(sum(tolerance * unit / 6))"""
"""Figures cut to the printed unit: n rounded parts miss their total by (n + 1) / 12 squared units on both sides."""


def audit_steps(catalog: Catalog) -> tuple[AuditStep, ...]:
    """What the audit makes before core.identity_result exists."""
    return (
        AuditStep("audit_line", AUDIT_LINE),
        AuditStep("audit_unread", identity.UNREAD),
        AuditStep("audit_nil", identity.NIL),
        AuditStep("audit_wide", rule.wide_query(catalog)),
        *(AuditStep(name, query) for name, query in plausibility.SCRATCH),
    )


def finding_query(catalog: Catalog) -> str:
    """Everything the audit finds: check_id, severity, keeps_out, statement, extract_id, entity_id, fiscal_year,
    sheet, cell, label, message, remedy."""
    queries = (IDENTITY_FINDING, CUT_FINDING, rule.rule_query(catalog), *plausibility.FINDINGS)
    return "\nunion all by name\n".join(f"(from ({query}))" for query in queries)
