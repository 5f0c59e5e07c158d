"""The audit of what was read: every check of the build as a query over one relation of lines.

`temp.audit_line` holds each figure once with what the catalog knows about it; `temp.audit_finding` collects what the
checks say. A finding's `keeps_out` tells what an error keeps out: the `statement` of that year, the `cell`, or nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive import consistency, currency, identity, plausibility, rule
from valuenet_pipeline.derive.plausibility import plain
from valuenet_pipeline.derive.text import literal


class AuditStep(NamedTuple):
    """A temporary relation of the audit and the query that makes it."""

    name: str
    query: str


ROUND_FIGURES = 8
"""As many figures of a statement-year, all ending in zeros, were rounded before they were written out in full."""

AUDIT_LINE = f"""
with figure as (
  select l.*, c.statement as home, c.section as part, c.balance, c.is_non_negative, c.period_type, c.unit as kind,
    case when c.unit = 'currency' then l.unit when c.unit like 'currency%' then split_part(l.unit, '_', 1) else '' end
      as currency,
    c.section = 'supplementary' and c.is_non_negative as is_memo,
    case when c.unit <> 'currency' or l.value = 0 then null when l.value <> trunc(l.value) then 0
      else length(l.value::hugeint::varchar) - length(rtrim(l.value::hugeint::varchar, '0')) end as zeros,
    try_cast(round(log10(abs(l.value::double / nullif({identity.PRINTED_NUMBER}, 0)))) as int) as exponent,
    try_cast(regexp_extract(l.cell, '^[A-Z]+(\\d+)$', 1) as int) as sheet_row,
    regexp_extract(l.cell, '^([A-Z]+)\\d+$', 1) as sheet_column,
    e.report_kind, coalesce(e.report_fiscal_year, l.fiscal_year) as report_fiscal_year
  from core.reported_line l join core.concept c using (concept_id) join core.extract e using (extract_id)
  where l.outcome in ('fact', 'nil') and l.value is not null
)
select * exclude (zeros),
  (0.5 * power(10::double, case when kind = 'currency' and count(zeros) over side >= {ROUND_FIGURES}
    then greatest(-decimals, min(zeros) over side) else -decimals end))::decimal(38, 8) as half,
  row_number() over (
    partition by extract_id, entity_id, concept_id, member_id, fiscal_year, currency
    order by decimals desc, sheet, sheet_row, cell) = 1 as is_first
from figure window side as (partition by extract_id, entity_id, sheet, statement, fiscal_year, currency)"""
"""Figures that were read, the most precise print of each marked as first."""


def _identity_finding(catalog: Catalog) -> str:
    """What the identities say; what a table does to a sum everywhere is told once."""
    patterns = ", ".join(literal(one.name) for one in catalog.identities if one.rule == "pattern")
    at = "(r.entity_id, fiscal_year, sheet, cell, currency)"
    return f"""
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
from core.identity_result where verdict = 'info' and not is_layout
group by check_id, identity, statement, description, extract_id, entity_id
union all
select check_id, any_value(severity_of_layout), 'none', statement, extract_id, any_value(e.entity_id), null, min(sheet),
  arg_min(cell, {at}), arg_min(label, {at}),
  description || ', but ' || arg_min(hint, {at}) || ' (such as ' || arg_min(r.entity_id, {at}) || ' in '
    || arg_min(fiscal_year, {at}) || ')',
  'nothing, if the extract leaves lines out; the sum does not check the figures of this table'
from (select *, case when identity in ({patterns}) then 'info' else 'warning' end as severity_of_layout
      from core.identity_result where is_layout) r join core.extract e using (extract_id)
group by check_id, identity, statement, description, extract_id
union all
select distinct 'SGN-06', 'warning', 'none', statement, extract_id, entity_id, fiscal_year, hint_sheet, hint_cell, null,
  check_id || ' fails: ' || hint, 'check the sign of this figure'
from core.identity_result where verdict in ('warning', 'error') and hint_cell is not null"""


def _repeated_line(catalog: Catalog) -> str:
    """Lines that a sum leaves out because they repeat others, as a subtotal does."""
    details = ", ".join(literal(one.name) for one in catalog.identities if one.is_detail)
    at = "(fiscal_year, hint_sheet, hint_cell, currency)"
    return f"""
select 'INC-10' as check_id, 'info' as severity, 'none' as keeps_out, statement, extract_id, entity_id,
  min(fiscal_year) as fiscal_year, min(hint_sheet) as sheet, arg_min(hint_cell, {at}) as cell, null as label,
  any_value(description) || ' ' || arg_min(hint, {at}) as message, 'nothing, if the line is a subtotal' as remedy
from core.identity_result where verdict = 'pass' and hint is not null and identity in ({details})
group by extract_id, entity_id, statement, identity"""


POSITIVE_SUMS = "('BAL-03', 'BAL-04', 'BAL-06', 'BAL-07', 'BAL-08', 'BAL-09')"
"""Checks of sums whose lines are positive, so that cutting makes every one fall short of its total."""

CUT_FINDING = f"""
with sum as (
  select r.extract_id, r.entity_id, r.difference::double as missed, r.tolerance::double as tolerance,
    2 * max(l.half)::double as unit
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
having min(missed) >= 0 and sum(missed order by missed) > 4 * sqrt(sum(tolerance * unit / 6 order by tolerance, unit))"""
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
    queries = (
        _identity_finding(catalog), _repeated_line(catalog), CUT_FINDING, rule.rule_query(catalog), *plausibility.FINDINGS,
        *consistency.FINDINGS, *currency.FINDINGS,
    )  # fmt: skip
    return "\nunion all by name\n".join(f"(from ({query}))" for query in queries)
