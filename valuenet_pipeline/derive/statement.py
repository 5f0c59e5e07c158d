"""The three statements as tables: one row per entity and year, a column per concept; and the fact views."""

from __future__ import annotations

from valuenet_pipeline.catalog import Catalog, Concept
from valuenet_pipeline.derive.text import literal

STATEMENTS = ("income_statement", "balance_sheet", "cash_flow")

REPORT_RANK = "case report_kind when 'annual_report' then 0 when 'prospectus' then 0 when 'unstated' then 1 else 2 end"
"""Audited reports before summaries, whatever their year."""

LATEST = f"{REPORT_RANK}, report_fiscal_year desc, decimals desc, extract_id, sheet, cell"
"""Order in which the first print of a figure is its latest vintage."""


def presented(facts: str) -> str:
    """Facts in the company's presentation currency: convenience translations stay in core.fact."""
    return f"""select f.* from {facts} f join core.entity e using (entity_id)
where e.currency is null or not regexp_matches(f.unit, '^[A-Z]{{3}}($|_)') or f.unit[:3] = e.currency"""


def with_derived_profit(facts: str) -> str:
    """Facts by `vintage`, and of each member the gross profit that its revenue and its printed margin give."""
    return f"""
from {facts}
union all by name
select m.vintage, m.entity_id, m.fiscal_year, m.period_start, m.period_end, 'gross_profit' as concept_id, m.member_id,
  (m.value::double * r.value::double)::decimal(38, 8) as value, r.unit,
  floor(-log10((r.value::double + 0.5 * power(10, -r.decimals)) * power(10, -m.decimals) + abs(m.value::double) * power(10, -r.decimals)))::bigint as decimals, m.extract_id, m.report_kind,
  m.report_fiscal_year, m.sheet, m.cell, m.label, case when 'unconfirmed' in (m.status, r.status) then 'unconfirmed' else 'derived' end as status, m.source,
  'derived from the printed margin and revenue (' || r.extract_id || ', ' || r.sheet || ', ' || r.cell || ')' as note,
  greatest(m.known_from, r.known_from) as known_from, if(m.known_from >= r.known_from, m.known_from_basis, r.known_from_basis) as known_from_basis
from {facts} m join {facts} r using (vintage, entity_id, fiscal_year, member_id)
where m.concept_id = 'gross_margin_printed' and r.concept_id = 'revenue' and r.value > 0 and not exists (
  from {facts} f where f.vintage = m.vintage and f.entity_id = m.entity_id and f.fiscal_year = m.fiscal_year
  and f.member_id = m.member_id and f.concept_id = 'gross_profit')"""


FACT_VIEWS = {
    "core.fact_current": (
        "The latest vintage of every figure: audited reports before summaries, then the newest report, then precision",
        f"""{presented("core.fact")} qualify row_number() over (
  partition by entity_id, fiscal_year, concept_id, member_id
  order by {LATEST}) = 1""",
    ),
    "core.fact_as_reported": (
        "The first print of every figure: audited reports before summaries, then the oldest report, then precision",
        f"""{presented("core.fact")} qualify row_number() over (
  partition by entity_id, fiscal_year, concept_id, member_id
  order by {REPORT_RANK}, report_fiscal_year, decimals desc, extract_id, sheet, cell) = 1""",
    ),
    "core.fact_vintage": (
        "Both vintages; a member's gross profit that is not printed is its revenue times its printed margin",
        f"""with both_vintages as (
  select 'current' as vintage, * from core.fact_current
  union all select 'as_reported', * from core.fact_as_reported
) {with_derived_profit("both_vintages")}""",
    ),
}


def concepts_of(catalog: Catalog, statement: str) -> list[Concept]:
    """What a statement has a column for."""
    return [concept for concept in catalog.concepts.values() if concept.statement == statement]


def describe_statement(statement: str) -> str:
    """What the table of a statement holds."""
    return f"The {statement.replace('_', ' ')}, one row per entity and fiscal year, latest vintage"


def statement_query(catalog: Catalog, statement: str) -> str:
    """One statement in latest vintage, a column per concept of the catalog."""
    names = ", ".join(literal(one.concept_id) for one in concepts_of(catalog, statement))
    return f"""from (pivot (
  select entity_id, fiscal_year, concept_id, value from core.fact_current where member_id is null and concept_id in ({names})
) on concept_id in ({names}) using max(value) group by entity_id, fiscal_year)"""
