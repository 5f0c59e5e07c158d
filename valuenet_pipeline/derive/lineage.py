"""Which columns each derived column is made from, and the columns of relations that have one per concept or metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive.dupont import COLUMNS
from valuenet_pipeline.derive.figure import Input
from valuenet_pipeline.derive.formula import compile_metrics
from valuenet_pipeline.derive.metric import FAMILIES, describe_wide, families_of
from valuenet_pipeline.derive.statement import STATEMENTS, concepts_of, describe_statement

Source = tuple[str, str]
"""Table and column."""

KEYS = (
    ("entity_id", "VARCHAR", "Company"),
    ("fiscal_year", "BIGINT", "Fiscal year, the calendar year in which it ends"),
)


class WideColumn(NamedTuple):
    """A column of a relation with one per concept or metric."""

    name: str
    sql_type: str
    description: str
    sources: tuple[Source, ...] = ()


class WideRelation(NamedTuple):
    """A relation with a row per entity and fiscal year, and a column per concept or metric."""

    name: str
    description: str
    columns: tuple[WideColumn, ...]


def _sources(inputs: Iterable[Input], catalog: Catalog) -> tuple[Source, ...]:
    """Where the figures stand: in a statement, or among the facts where no statement has a column for them."""
    found: dict[Source, None] = {}
    for one in inputs:
        statement = catalog.concepts[one.figure.concept_id].statement
        if one.figure.selector == "whole" and statement in STATEMENTS:
            found[f"mart.{statement}", one.figure.concept_id] = None
        else:
            found["core.fact", "value"] = None
        if one.figure.selector not in ("whole", "member"):
            found["core.member", "role" if one.figure.selector == "role" else "dimension"] = None
    return tuple(found)


def wide_relations(catalog: Catalog) -> Iterator[WideRelation]:
    """Statements, ratios and indicators with a column each."""
    keys = tuple(WideColumn(*key) for key in KEYS)
    for name in STATEMENTS:
        columns = (
            WideColumn(one.concept_id, "DECIMAL(38, 8)", one.description, (("core.fact", "value"),))
            for one in concepts_of(catalog, name)
        )
        yield WideRelation(f"mart.{name}", describe_statement(name), (*keys, *columns))
    for table, metrics in families_of(compile_metrics(catalog)).items():
        values = (
            WideColumn(
                one.metric.metric_id,
                "DOUBLE",
                f"{one.metric.name_en}: {one.metric.formula}",
                _sources(one.inputs, catalog),
            )
            for one in metrics
        )
        yield WideRelation(f"mart.{table}_wide", describe_wide(table), (*keys, *values))


def column_lineage(catalog: Catalog) -> dict[str, Mapping[str, tuple[Source, ...]]]:
    """Table → derived column → the columns it is made from."""
    wide = {
        one.name: {column.name: column.sources for column in one.columns if column.sources}
        for one in wide_relations(catalog)
    }
    lineage: dict[str, Mapping[str, tuple[Source, ...]]] = {**wide}
    for table in FAMILIES:
        every = tuple(dict.fromkeys(source for sources in wide[f"mart.{table}_wide"].values() for source in sources))
        series = f"mart.{table}_series"
        lineage[series] = {
            "raw": every,
            "state": (*every, ("core.reported_line", "outcome")),
            "input_state": (("core.fact", "status"), ("core.reported_line", "outcome")),
        }
        lineage[f"mart.{table}"] = {
            "value": ((series, "raw"), (series, "state"), ("mart.formula", "position")),
            "status": ((series, "state"),),
            "reason": ((series, "input_state"), ("mart.formula", "needs"), ("mart.formula", "not_meaningful")),
            "input_status": ((series, "state"),),
            "vintage": ((series, "vintages"),),
        }
    return lineage | LINEAGE


def _each(names: Iterable[str], *sources: Source) -> dict[str, tuple[Source, ...]]:
    return dict.fromkeys(names, sources)


LINEAGE: dict[str, Mapping[str, tuple[Source, ...]]] = {
    "core.fact": {
        name: (("core.reported_line", name),) for name in ("value", "concept_id", "member_id", "sheet", "cell", "label")
    },
    "mart.segment_mix": {
        **_each(
            (
                "revenue",
                "share",
                "growth",
                "contribution_to_growth",
                "cost",
                "gross_profit",
                "gross_margin",
                "mix_effect",
                "rate_effect",
                "operating_profit",
                "operating_margin",
            ),
            ("core.fact", "value"),
            ("core.member", "dimension"),
        ),
        **_each(("revenue_precision", "gross_profit_precision", "margin_precision"), ("core.fact", "decimals")),
        "series_break": (("core.fact", "report_fiscal_year"), ("core.member_succession", "predecessor_id")),
    },
    "mart.segment_input": {
        name: (("core.fact", name),) for name in ("value", "extract_id", "sheet", "cell", "label", "status")
    },
    "mart.segment_role": {
        name: (("mart.segment_mix", name), ("core.member", "role"))
        for name in ("revenue", "share", "contribution_to_growth", "gross_profit", "operating_profit")
    },
    "mart.segment_concentration": _each(
        ("herfindahl", "effective_members", "entropy", "largest_share"), ("mart.segment_mix", "revenue")
    ),
    "mart.flywheel": _each(
        ("cause_growth", "effect_growth"),
        ("core.fact", "value"),
        ("mart.ratio", "value"),
        ("mart.profit_model", "value"),
    ),
    "mart.flywheel_summary": _each(("years_known", "years_turned"), ("mart.flywheel", "turned")),
    "mart.peer_rank": {
        "value": (("mart.ratio", "value"), ("mart.profit_model", "value")),
        **_each(
            ("compared_value", "rank", "percentile"),
            ("mart.ratio", "value"),
            ("mart.profit_model", "value"),
            ("core.exchange_rate", "rate"),
        ),
    },
    "mart.challenge": {
        **_each(("value", "change"), ("mart.ratio", "value"), ("mart.profit_model", "value")),
        **_each(
            ("peer_median", "rank"),
            ("mart.ratio", "value"),
            ("mart.profit_model", "value"),
            ("core.exchange_rate", "rate"),
        ),
    },
    "mart.value_net_indicator": {
        "value": (("mart.ratio", "value"), ("mart.profit_model", "value")),
        "nodes": (("core.value_net_role", "nodes"),),
        "rank": (("mart.peer_rank", "rank"),),
    },
    "core.value_net_role": _each(("nodes",), ("core.value_net_edge", "name")),
    "mart.dupont": _each(COLUMNS, ("mart.ratio", "value")),
}
