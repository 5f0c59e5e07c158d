"""The order of derivation: which table comes from which query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive.audit import audit_steps, finding_query
from valuenet_pipeline.derive.challenge import challenge_query
from valuenet_pipeline.derive.cycle import flywheel_query, flywheel_summary_query
from valuenet_pipeline.derive.definition import formula_input_query, formula_query
from valuenet_pipeline.derive.due import REPORT_DUE
from valuenet_pipeline.derive.dupont import DUPONT
from valuenet_pipeline.derive.exchange_rate import RATES_DIFFER
from valuenet_pipeline.derive.figure import figures_of
from valuenet_pipeline.derive.formula import CompiledMetric, compile_metrics
from valuenet_pipeline.derive.history import (
    FACT_AS_OF,
    KEPT_OUT,
    KNOWN_CHOICE,
    KNOWN_FACT,
    KNOWN_KEPT_OUT,
    KNOWN_MOMENT,
    KNOWN_PRINT,
    as_of_macro,
    history_query,
)
from valuenet_pipeline.derive.integrity import integrity_query
from valuenet_pipeline.derive.metric import (
    FAMILIES,
    by_vintage,
    describe_wide,
    families_of,
    inputs_of,
    metric_view,
    series_query,
    wide_view,
)
from valuenet_pipeline.derive.peer import PEER_RANK
from valuenet_pipeline.derive.restatement import RESTATEMENT, effect_query
from valuenet_pipeline.derive.segment import SEGMENT_CONCENTRATION, SEGMENT_MIX, SEGMENT_ROLE
from valuenet_pipeline.derive.segment_figure import SEGMENT_FIGURE, SEGMENT_PART
from valuenet_pipeline.derive.segment_input import SEGMENT_INPUT
from valuenet_pipeline.derive.segment_series import SEGMENT_GROWTH, SEGMENT_PRINT, SEGMENT_SUCCESSION
from valuenet_pipeline.derive.statement import FACT_VIEWS, STATEMENTS, describe_statement, statement_query
from valuenet_pipeline.derive.trace import EXPLAIN, METRIC_INPUT, METRIC_VALUE
from valuenet_pipeline.derive.value_net import VALUE_NET_ROLE, value_net_indicator_query
from valuenet_pipeline.derive.wide import VINTAGE_FACT, figure_query, wide_query


class Derivation(NamedTuple):
    """A relation and the query that fills it; kinds are those of a build's steps."""

    name: str
    query: str
    kind: str
    description: str = ""


def metric_steps(metrics: Sequence[CompiledMetric]) -> Iterator[Derivation]:
    """The two families of metrics, each one query, and what unfolds, names and traces them."""
    families = families_of(metrics)
    figures = figures_of(inputs_of(metrics))
    yield Derivation("mart.formula", formula_query(families.values()), "table")
    yield Derivation("mart.formula_input", formula_input_query(families.values()), "table")
    yield Derivation("temp.both_vintages", "from core.fact_vintage", "scratch")
    yield Derivation("temp.vintage_fact", VINTAGE_FACT, "scratch")
    yield Derivation("temp.figure", figure_query(figures), "scratch")
    yield Derivation("temp.wide_figure", wide_query(figures), "scratch")
    for table, (id_column, group_column) in FAMILIES.items():
        series = f"mart.{table}_series"
        yield Derivation(series, series_query(families[table]), "series")
        yield Derivation(f"mart.{table}", metric_view(by_vintage(series), table, id_column, group_column), "view")
        yield Derivation(f"mart.{table}_wide", wide_view(series, families[table]), "view", describe_wide(table))
    yield Derivation(
        "mart.metric_input", METRIC_INPUT, "view",
        "Every figure a metric takes, with the cell it stands in, or why it is not there",
    )  # fmt: skip
    yield Derivation("mart.metric_value", METRIC_VALUE, "view", "Ratios and indicators in one relation")
    yield Derivation("mart.explain", EXPLAIN, "macro")


def history_steps(metrics: Sequence[CompiledMetric]) -> Iterator[Derivation]:
    """What was known when, and what restatements did."""
    families = families_of(metrics)
    figures = figures_of(inputs_of(metrics))
    yield Derivation("temp.known_print", KNOWN_PRINT, "scratch")
    yield Derivation("temp.known_kept_out", KNOWN_KEPT_OUT, "scratch")
    yield Derivation("temp.known_moment", KNOWN_MOMENT, "scratch")
    yield Derivation("temp.known_choice", KNOWN_CHOICE, "scratch")
    yield Derivation("temp.known_fact", KNOWN_FACT, "scratch")
    yield Derivation("temp.known_figure", figure_query(figures, "temp.known_fact", KEPT_OUT), "scratch")
    yield Derivation("temp.known_wide", wide_query(figures, "temp.known_figure"), "scratch")
    yield Derivation("core.fact_as_of", FACT_AS_OF, "macro")
    for table in FAMILIES:
        yield Derivation(f"mart.{table}_history", history_query(families[table]), "series")
        yield Derivation(f"mart.{table}_as_of", as_of_macro(table), "macro")
    yield Derivation("mart.restatement", RESTATEMENT, "table")
    yield Derivation("mart.restatement_effect", effect_query(), "table")


@lru_cache(maxsize=4)
def plan(catalog: Catalog) -> tuple[Derivation, ...]:
    """All derived relations in the order in which they can be made."""
    metrics = compile_metrics(catalog)
    return (
        *(Derivation(f"temp.{name}", query, "audit") for name, query in audit_steps(catalog)),
        Derivation("temp.audit_finding", finding_query(catalog), "finding"),
        *(Derivation(name, query, "view", text) for name, (text, query) in FACT_VIEWS.items()),
        *(
            Derivation(f"mart.{name}", statement_query(catalog, name), "statement", describe_statement(name))
            for name in STATEMENTS
        ),
        *metric_steps(metrics),
        *history_steps(metrics),
        Derivation("mart.dupont", DUPONT, "table"),
        Derivation("mart.report_due", REPORT_DUE, "table"),
        Derivation("temp.segment_print", SEGMENT_PRINT, "scratch"),
        Derivation("temp.segment_succession", SEGMENT_SUCCESSION, "scratch"),
        Derivation("temp.segment_growth", SEGMENT_GROWTH, "scratch"),
        Derivation("temp.segment_figure", SEGMENT_FIGURE, "scratch"),
        Derivation("temp.segment_part", SEGMENT_PART, "scratch"),
        Derivation("mart.segment_mix", SEGMENT_MIX, "table"),
        Derivation("mart.segment_input", SEGMENT_INPUT, "table"),
        Derivation("mart.segment_role", SEGMENT_ROLE, "table"),
        Derivation("mart.segment_concentration", SEGMENT_CONCENTRATION, "table"),
        Derivation("mart.flywheel", flywheel_query(catalog), "view"),
        Derivation("mart.flywheel_summary", flywheel_summary_query(catalog), "view"),
        Derivation("mart.peer_rank", PEER_RANK, "view"),
        Derivation("mart.challenge", challenge_query(catalog), "view"),
        Derivation("core.value_net_role", VALUE_NET_ROLE, "table"),
        Derivation("mart.value_net_indicator", value_net_indicator_query(catalog), "view"),
        Derivation("mart.finding", RATES_DIFFER, "table"),
        Derivation("mart.finding", integrity_query(), "table"),
    )
