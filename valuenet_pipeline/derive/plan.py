"""The order of derivation: which table comes from which query."""

from __future__ import annotations

from typing import NamedTuple

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive.audit import audit_steps, finding_query
from valuenet_pipeline.derive.formula import CompiledMetric, compile_metrics
from valuenet_pipeline.derive.integrity import integrity_query
from valuenet_pipeline.derive.metric import literal, metric_query, wide_query
from valuenet_pipeline.derive.segment import SEGMENT_CONCENTRATION, SEGMENT_MIX, flywheel_query
from valuenet_pipeline.derive.statement import FACT_VIEWS, statement_query


class Derivation(NamedTuple):
    """A relation and the query that fills it; kinds are those of a build's steps."""

    name: str
    query: str
    kind: str
    description: str = ""


DUPONT = """
select entity_id, fiscal_year,
  max(value) filter (where ratio_id = 'dupont_net_margin') as net_margin,
  max(value) filter (where ratio_id = 'dupont_asset_turnover') as asset_turnover,
  max(value) filter (where ratio_id = 'dupont_equity_multiplier') as equity_multiplier,
  max(value) filter (where ratio_id = 'dupont_return_on_equity') as return_on_equity,
  max(status) filter (where ratio_id = 'dupont_return_on_equity') as status,
  max(reason) filter (where ratio_id = 'dupont_return_on_equity') as reason
from mart.ratio where vintage = 'current' group by entity_id, fiscal_year"""

METRIC_INPUT = """
select g.entity_id, g.fiscal_year, i.metric_id, f.concept_id, f.member_id, f.fiscal_year as input_fiscal_year,
  f.value, f.unit, f.extract_id, f.sheet, f.cell, f.label, f.status, f.source, f.note
from mart.formula_input i
join (select distinct entity_id, fiscal_year from mart.ratio) g on true
join core.fact_vintage f on f.vintage = 'current' and f.entity_id = g.entity_id and f.concept_id = i.concept_id
  and f.fiscal_year = g.fiscal_year - i.years_before
left join core.member m on m.entity_id = f.entity_id and m.member_id = f.member_id
where (i.selector = 'whole' and f.member_id is null)
  or (i.selector = 'member' and f.member_id = i.selected)
  or (i.selector = 'role' and m.role = i.selected and m.dimension = 'segment')"""

METRIC_VALUE = """
select entity_id, fiscal_year, ratio_id as metric_id, value, status, reason, vintage from mart.ratio
union all select entity_id, fiscal_year, indicator_id, value, status, reason, vintage from mart.profit_model"""

EXPLAIN = """create macro mart.explain(entity, year, metric) as table
select v.metric_id, f.formula, v.value, v.status, v.reason, i.concept_id, i.member_id, i.input_fiscal_year,
  i.value as input_value, i.unit as input_unit, i.extract_id, i.sheet, i.cell, i.label, i.status as input_status
from mart.metric_value v join mart.formula f using (metric_id)
left join mart.metric_input i using (entity_id, fiscal_year, metric_id)
where v.entity_id = entity and v.fiscal_year = year and v.metric_id = metric and v.vintage = 'current'"""


def _formula(metrics: tuple[CompiledMetric, ...]) -> str:
    rows = ",\n".join(
        "(" + ", ".join(map(literal, (
            m.metric_id, m.table, m.group, m.name_en, m.name_zh, m.formula, m.valid_when, m.unit, m.direction, m.basis,
            m.source, version,
        ))) + ")"
        for m, version in ((one.metric, one.version) for one in metrics)
    )  # fmt: skip
    return f"from (values {rows}) as t(metric_id, metric_table, category, name_en, name_zh, formula, valid_when, unit, direction, basis, source, version)"


def _formula_input(metrics: tuple[CompiledMetric, ...]) -> str:
    rows = ",\n".join(
        f"({literal(one.metric.metric_id)}, {literal(each.concept_id)}, {literal(each.selector)}, "
        f"{literal(each.selected)}, {each.years_before}, {str(each in one.optional).lower()})"
        for one in metrics
        for each in one.inputs
    )
    return f"from (values {rows}) as t(metric_id, concept_id, selector, selected, years_before, is_optional)"


def plan(catalog: Catalog) -> tuple[Derivation, ...]:
    """All derived relations in the order in which they can be made."""
    metrics = compile_metrics(catalog)
    ratios = tuple(one for one in metrics if one.metric.table == "ratio")
    indicators = tuple(one for one in metrics if one.metric.table == "profit_model")
    return (
        *(Derivation(f"temp.{name}", query, "audit") for name, query in audit_steps(catalog)),
        Derivation("temp.audit_finding", finding_query(catalog), "finding"),
        *(Derivation(name, query, "view", text) for name, (text, query) in FACT_VIEWS.items()),
        *(
            Derivation(f"mart.{name}", statement_query(catalog, name), "statement")
            for name in ("income_statement", "balance_sheet", "cash_flow")
        ),
        Derivation("mart.formula", _formula(metrics), "table"),
        Derivation("mart.formula_input", _formula_input(metrics), "table"),
        Derivation("temp.wide_figure", wide_query(metrics), "scratch"),
        Derivation("mart.ratio", metric_query(ratios, "ratio_id", None), "table"),
        Derivation("mart.profit_model", metric_query(indicators, "indicator_id", "aspect"), "table"),
        Derivation("mart.dupont", DUPONT, "table"),
        Derivation("mart.segment_mix", SEGMENT_MIX, "table"),
        Derivation("mart.segment_concentration", SEGMENT_CONCENTRATION, "table"),
        Derivation("mart.flywheel", flywheel_query(), "table"),
        Derivation(
            "mart.metric_input", METRIC_INPUT, "view", "Every figure a metric rests on, with the cell it stands in"
        ),
        Derivation("mart.metric_value", METRIC_VALUE, "view", "Ratios and indicators in one relation"),
        Derivation("mart.explain", EXPLAIN, "macro"),
        Derivation("mart.finding", integrity_query(), "table"),
    )
