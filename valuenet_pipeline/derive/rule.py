"""Rules of checks.csv: conditions over the figures of one extract and fiscal year, compiled to SQL.

A name is a concept of the whole company; `prior.x` is its figure of the year before, `half.x` half a unit of its last
printed digit, and `member_id.x` the figure of a member. A rule of which a figure is missing is not evaluated.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.catalog.loader import Check
from valuenet_pipeline.derive.expression import DIALECT, FormulaError
from valuenet_pipeline.derive.identity import CONFIRMED, CONFIRMING
from valuenet_pipeline.derive.text import literal


@dataclass(frozen=True)
class Rule:
    """A compiled rule: its condition over the columns of temp.audit_wide, and the columns it takes."""

    check: Check
    condition: str
    columns: tuple[tuple[str, str], ...]
    """(qualifier, concept), in the order of the formula."""


CONFIRMABLE = {"SGN-03": ("total_equity",), "INC-09": ("income_tax_expense", "profit_before_tax")}
"""Rules of what is rare but real: where sums of the statement confirm these figures, the reading is no suspicion."""


def _name(qualifier: str, concept_id: str) -> str:
    return f"{qualifier}__{concept_id}" if qualifier else concept_id


def _compile(check: Check, catalog: Catalog) -> Rule:
    try:
        tree = sqlglot.parse_one(check.formula, dialect=DIALECT)
    except SqlglotError as error:
        raise FormulaError(f"check {check.check_id}: {check.formula!r} is not a condition: {error}") from error
    found: dict[tuple[str, str], None] = {}
    for node in tree.find_all(exp.Column, bfs=False):
        if node.name not in catalog.concepts:
            near = ", ".join(difflib.get_close_matches(node.name, catalog.concepts, 3))
            raise FormulaError(f"check {check.check_id}: unknown concept {node.name}; nearest: {near}")
        found[node.table, node.name] = None
    for division in tree.find_all(exp.Div):
        division.set("expression", exp.Nullif(this=division.expression, expression=exp.Literal.number(0)))
    condition = tree.transform(
        lambda node: exp.column(_name(node.table, node.name), quoted=True) if isinstance(node, exp.Column) else node
    ).sql(dialect=DIALECT)
    return Rule(check, condition, tuple(found))


def compile_rules(catalog: Catalog) -> tuple[Rule, ...]:
    """Every rule of the catalog; raises FormulaError for the first that cannot be resolved."""
    return tuple(_compile(check, catalog) for check in catalog.checks.values() if check.kind == "rule")


def _column(qualifier: str, concept_id: str) -> str:
    what = "half" if qualifier == "half" else "value"
    years = 1 if qualifier == "prior" else 0
    member = "member_id is null" if qualifier in ("", "prior", "half") else f"member_id = {literal(qualifier)}"
    condition = f"years_before = {years} and concept_id = {literal(concept_id)} and {member}"
    return f'any_value({what}::double) filter (where {condition}) as "{_name(qualifier, concept_id)}"'


def wide_query(catalog: Catalog) -> str:
    """One row per extract, entity and fiscal year, a column per figure that a rule takes, in the main currency."""
    columns = sorted({one for rule in compile_rules(catalog) for one in rule.columns})
    concepts = ", ".join(sorted({literal(concept) for _, concept in columns}))
    return f"""
with main as (
  select extract_id, entity_id, arg_max(currency, (figures, currency)) as main from (
    select extract_id, entity_id, currency, count(*) as figures from temp.audit_line where kind = 'currency' group by all
  ) group by all
), figure as (
  select l.* exclude (fiscal_year), l.fiscal_year + years_before as fiscal_year, years_before
  from temp.audit_line l left join main m using (extract_id, entity_id), (values (0), (1)) as y(years_before)
  where l.is_first and l.concept_id in ({concepts}) and (l.currency = '' or l.currency = m.main)
)
select extract_id, entity_id, fiscal_year, {", ".join(_column(*one) for one in columns)}
from figure group by all having bool_or(years_before = 0)"""


def rule_query(catalog: Catalog) -> str:
    """Findings of all rules; the finding stands at the first figure of the formula that the extract prints."""
    parts = []
    for rule in compile_rules(catalog):
        check = rule.check
        figures = ", ".join(
            f"""{literal(_name(q, c).replace("__", " "))} || ' = ' || printf('%.10g', "{_name(q, c)}")"""
            for q, c in rule.columns
            if q != "half"
        )
        anchors = [concept for qualifier, concept in rule.columns if qualifier == ""]
        statement = "null" if check.scope == "cell" else literal(check.scope)
        parts.append(f"""
select {literal(check.check_id)} as check_id, {literal(check.severity)} as severity,
  {literal("cell" if check.scope == "cell" else "statement")} as keeps_out, {statement} as statement,
  extract_id, entity_id, fiscal_year,
  {literal(check.name + ", but here not: ")} || concat_ws(', ', {figures}) as message,
  [{", ".join(map(literal, anchors))}] as anchors
from temp.audit_wide where ({rule.condition}) is false""")
    weighed = ", ".join(literal(concept) for concepts in CONFIRMABLE.values() for concept in concepts)
    return f"""
with broken as ({" union all ".join(parts)}), confirmed as ({CONFIRMED}), judged as (
  select b.*, l.sheet, l.cell, l.label, b.check_id in ({", ".join(map(literal, CONFIRMABLE))})
      and bool_and(coalesce(s.off <= {CONFIRMING} * abs(l.value), false)) filter (where l.concept_id in ({weighed})) over (
      partition by b.check_id, b.extract_id, b.entity_id, b.fiscal_year) as is_confirmed,
    row_number() over (partition by b.check_id, b.extract_id, b.entity_id, b.fiscal_year
      order by list_position(b.anchors, l.concept_id), l.currency) as place
  from broken b left join temp.audit_line l on l.extract_id = b.extract_id and l.entity_id = b.entity_id
  and l.fiscal_year = b.fiscal_year and l.member_id is null and l.is_first and list_contains(b.anchors, l.concept_id)
  left join confirmed s on s.extract_id = l.extract_id and s.entity_id = l.entity_id and s.fiscal_year = l.fiscal_year
    and s.concept_id = l.concept_id and s.currency = l.currency
)
select check_id, case when is_confirmed then 'info' else severity end as severity, keeps_out, statement, extract_id,
  entity_id, fiscal_year, sheet, cell, label,
  message || case when is_confirmed then '; the sums they stand in confirm the reading' else '' end as message,
  case when is_confirmed then 'nothing' else 'compare these figures with the report' end as remedy
from judged where place = 1"""
