"""The order of derivation: which table comes from which query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive.audit import audit_steps, finding_query
from valuenet_pipeline.derive.figure import figures_of
from valuenet_pipeline.derive.formula import CompiledMetric, compile_metrics
from valuenet_pipeline.derive.integrity import integrity_query
from valuenet_pipeline.derive.metric import inputs_of, metric_view, reasons_of, series_query, wide_view
from valuenet_pipeline.derive.segment import SEGMENT_CONCENTRATION, SEGMENT_MIX, flywheel_query
from valuenet_pipeline.derive.state import input_state_of
from valuenet_pipeline.derive.statement import FACT_VIEWS, statement_query
from valuenet_pipeline.derive.text import literal, literals
from valuenet_pipeline.derive.wide import VINTAGE_FACT, figure_query, wide_query


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
with series as (
  select entity_id, fiscal_year, unnest(vintages) as vintage, input_state, 'ratio' as metric_table from mart.ratio_series
  union all
  select entity_id, fiscal_year, unnest(vintages), input_state, 'profit_model' from mart.profit_model_series
), wanted as (
  select s.entity_id, s.fiscal_year, s.vintage, i.*, s.fiscal_year - i.years_before as input_fiscal_year,
    s.input_state[i.position] as state
  from mart.formula_input i join series s using (metric_table)
)
select w.entity_id, w.fiscal_year, w.vintage, w.metric_id, w.concept_id, f.member_id, w.input_fiscal_year, f.period_start,
  f.period_end, f.value, f.unit, f.extract_id, f.sheet, f.cell, f.label, f.status, f.source, f.note,
  {input_state} as input_state, w.is_optional
from wanted w
left join (
  select v.*, m.dimension, m.role from core.fact_vintage v left join core.member m using (entity_id, member_id)
) f on f.vintage = w.vintage and f.entity_id = w.entity_id and f.concept_id = w.concept_id
  and f.fiscal_year = w.input_fiscal_year
  and case w.selector when 'whole' then f.member_id is null when 'member' then f.member_id = w.selected
    when 'role' then f.dimension = w.dimension and f.role = w.selected else f.dimension = w.dimension end"""

METRIC_VALUE = """
select entity_id, fiscal_year, ratio_id as metric_id, value, status, reason, vintage, input_status from mart.ratio
union all select entity_id, fiscal_year, indicator_id, value, status, reason, vintage, input_status from mart.profit_model"""

EXPLAIN = """create macro mart.explain(entity, year, metric) as table
select v.metric_id, f.formula, v.value, v.status, v.reason, i.concept_id, i.member_id, i.input_fiscal_year,
  i.value as input_value, i.unit as input_unit, i.extract_id, i.sheet, i.cell, i.label,
  coalesce(i.status, i.input_state) as input_status
from mart.metric_value v join mart.formula f using (metric_id)
left join mart.metric_input i using (entity_id, fiscal_year, metric_id, vintage)
where v.entity_id = entity and v.fiscal_year = year and v.metric_id = metric and v.vintage = 'current'
order by i.concept_id, i.member_id, i.input_fiscal_year desc"""


def _formula(metrics: Sequence[CompiledMetric]) -> Iterator[str]:
    inputs = {one: place for place, one in enumerate(inputs_of(metrics), start=1)}
    for position, one in enumerate(metrics, start=1):
        m = one.metric
        texts = (
            m.metric_id, m.table, m.group, m.name_en, m.name_zh, m.formula, m.valid_when, m.unit, m.direction, m.basis,
            m.source, one.version,
        )  # fmt: skip
        needs = literals(" or ".join(each.text for each in group) for group in one.needs)
        needed = "[" + ", ".join(str([inputs[each] for each in group]) for group in one.needs) + "]"
        yield f"({', '.join(map(literal, texts))}, {position}, {literals(reasons_of(one))}, {needs}, {needed}::bigint[][])"


def _formula_input(metrics: Sequence[CompiledMetric]) -> Iterator[str]:
    inputs = {one: place for place, one in enumerate(inputs_of(metrics), start=1)}
    for one in metrics:
        for each in one.inputs:
            figure = each.figure
            texts = (
                one.metric.metric_id, one.metric.table, figure.concept_id, figure.selector, figure.dimension or None,
                figure.selected or None,
            )  # fmt: skip
            is_optional = str(each not in one.required).lower()
            yield f"({', '.join(map(literal, texts))}, {each.years_before}, {is_optional}, {inputs[each]})"


def _rows(rows: Iterable[str], columns: str) -> str:
    return f"from (values {', '.join(rows)}) as t({columns})"


FORMULA_COLUMNS = (
    "metric_id, metric_table, category, name_en, name_zh, formula, valid_when, unit, direction, basis, source, version, "
    "position, not_meaningful, needs, needed_inputs"
)
INPUT_COLUMNS = (
    "metric_id, metric_table, concept_id, selector, dimension, selected, years_before, is_optional, position"
)


FAMILIES: dict[str, tuple[str, str | None]] = {
    "ratio": ("ratio_id", None),
    "profit_model": ("indicator_id", "aspect"),
}
"""Table of a family → its columns for the metric and for the group."""
WIDE = "Values of the {} in the latest vintage, one row per entity and fiscal year, a column per metric"


def _metrics(metrics: Sequence[CompiledMetric]) -> Iterator[Derivation]:
    """The two families of metrics, each one query, and what unfolds, names and traces them."""
    families = {table: [one for one in metrics if one.metric.table == table] for table in FAMILIES}
    figures = figures_of(inputs_of(metrics))
    yield Derivation(
        "mart.formula", _rows(chain.from_iterable(map(_formula, families.values())), FORMULA_COLUMNS), "table"
    )
    yield Derivation(
        "mart.formula_input", _rows(chain.from_iterable(map(_formula_input, families.values())), INPUT_COLUMNS), "table"
    )
    yield Derivation("temp.both_vintages", "from core.fact_vintage", "scratch")
    yield Derivation("temp.vintage_fact", VINTAGE_FACT, "scratch")
    yield Derivation("temp.figure", figure_query(figures), "scratch")
    yield Derivation("temp.wide_figure", wide_query(figures), "scratch")
    for table, (id_column, group_column) in FAMILIES.items():
        series = f"mart.{table}_series"
        yield Derivation(series, series_query(families[table]), "table")
        yield Derivation(f"mart.{table}", metric_view(series, table, id_column, group_column), "view")
        yield Derivation(
            f"mart.{table}_wide", wide_view(series, families[table]), "view", WIDE.format(table.replace("_", " "))
        )
    yield Derivation(
        "mart.metric_input", METRIC_INPUT.format(input_state=input_state_of("w.state")), "view",
        "Every figure a metric takes, with the cell it stands in, or why it is not there",
    )  # fmt: skip
    yield Derivation("mart.metric_value", METRIC_VALUE, "view", "Ratios and indicators in one relation")
    yield Derivation("mart.explain", EXPLAIN, "macro")


def plan(catalog: Catalog) -> tuple[Derivation, ...]:
    """All derived relations in the order in which they can be made."""
    metrics = compile_metrics(catalog)
    return (
        *(Derivation(f"temp.{name}", query, "audit") for name, query in audit_steps(catalog)),
        Derivation("temp.audit_finding", finding_query(catalog), "finding"),
        *(Derivation(name, query, "view", text) for name, (text, query) in FACT_VIEWS.items()),
        *(
            Derivation(f"mart.{name}", statement_query(catalog, name), "statement")
            for name in ("income_statement", "balance_sheet", "cash_flow")
        ),
        *_metrics(metrics),
        Derivation("mart.dupont", DUPONT, "table"),
        Derivation("mart.segment_mix", SEGMENT_MIX, "table"),
        Derivation("mart.segment_concentration", SEGMENT_CONCENTRATION, "table"),
        Derivation("mart.flywheel", flywheel_query(), "table"),
        Derivation("mart.finding", integrity_query(), "table"),
    )
