"""A process of its own: our ratios of a file of lines, in a warehouse on disk; prints seconds and memory.

The lines are put into `core` as facts, and beside them into a statement with a column per concept, before the clock starts:
FinanceToolkit starts from statements as well. What is timed goes from there to the closed file: ratios with their
states, definitions, and what traces them to cells.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from benchmarks.measure import Stopwatch
from valuenet_pipeline.catalog import Catalog, load_catalog
from valuenet_pipeline.derive.figure import figures_of
from valuenet_pipeline.derive.formula import CompiledMetric, compile_metrics
from valuenet_pipeline.derive.plan import Derivation, metric_steps
from valuenet_pipeline.derive.state import MISSING_INPUT, RANKS, typed
from valuenet_pipeline.derive.statement import FACT_VIEWS

SETTINGS = """
set enable_progress_bar = false; set threads = 2; set preserve_insertion_order = false; set checkpoint_threshold = '1KB';
set disabled_optimizers = 'common_subexpressions';
attach '{}' as warehouse (storage_version 'v1.4.0', row_group_size 8192); use warehouse"""
"""Those of a build, whose module would load pandas, which no ratio needs."""

FACT = """
create table core.fact as
select entity_id, fiscal_year::bigint as fiscal_year, make_date(fiscal_year::integer, 1, 1) as period_start,
  make_date(fiscal_year::integer, 12, 31) as period_end, concept_id, null::varchar as member_id,
  value::decimal(38, 8) as value, 'CNY' as unit, 0::bigint as decimals,
  entity_id || '/report-' || fiscal_year || '.xlsx' as extract_id, 'annual_report' as report_kind,
  fiscal_year::bigint as report_fiscal_year, 'statements' as sheet, 'B12' as cell, concept_id as label,
  'printed' as status, null::varchar as source, null::varchar as note,
  null::date as known_from, null::varchar as known_from_basis
from (unpivot (select * exclude (statement, item) from read_parquet('{lines}') where concept_id is not null)
  on columns(* exclude (entity_id, concept_id)) into name fiscal_year value value)"""

STATEMENT = """
create table statement as from (
  pivot (select entity_id, fiscal_year, concept_id, value::double as value from core.fact)
  on concept_id using max(value) group by entity_id, fiscal_year)"""

OTHERS = """
create table core.entity as select distinct entity_id, 'CNY' as currency from core.fact;
create table core.member(entity_id varchar, member_id varchar, dimension varchar, role varchar)"""


def read(connection: duckdb.DuckDBPyConnection, lines: Path) -> None:
    """Fill `core` with the figures, each with the cell it would stand in, and a statement with their values."""
    connection.execute("create schema core; create schema mart")
    for query in (FACT.format(lines=lines), STATEMENT, OTHERS):
        connection.execute(query)
    for name, (_, query) in FACT_VIEWS.items():
        connection.execute(f"create view {name} as {query}")


def ratios(catalog: Catalog) -> tuple[CompiledMetric, ...]:
    """The catalog's ratios, without the indicators."""
    return compile_metrics(replace(catalog, metrics=tuple(one for one in catalog.metrics if one.table == "ratio")))


def wide_figure(metrics: tuple[CompiledMetric, ...], printed: set[str]) -> str:
    """The statement as the relation from which metrics are computed."""
    columns = []
    for figure in figures_of(one for metric in metrics for one in metric.inputs):
        value = f'"{figure.key}"' if figure.key in printed else "null::double"
        state = f"if({value} is null, {typed(MISSING_INPUT)}, {typed(RANKS['printed'])})"
        columns.append(f'{value} as "{figure.key}", {state} as "{figure.key} state"')
    return f"select ['current', 'as_reported'] as vintages, entity_id, fiscal_year, {', '.join(columns)} from statement"


def steps(metrics: tuple[CompiledMetric, ...]) -> Iterator[Derivation]:
    """What leads from figures to ratios and their lineage; not the same ratios once more, with a column each."""
    return (one for one in metric_steps(metrics) if one.kind != "scratch" and not one.name.endswith("_wide"))


def columns_of(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The concepts of the statement."""
    return {str(name) for (name,) in connection.execute("select column_name from (describe statement)").fetchall()}


def compute(connection: duckdb.DuckDBPyConnection, metrics: tuple[CompiledMetric, ...], printed: set[str]) -> None:
    """From a statement to ratios on disk."""
    connection.execute(f"create temp view wide_figure as {wide_figure(metrics, printed)}")
    for one in steps(metrics):
        if one.kind == "macro":
            connection.execute(one.query)
        else:
            connection.execute(f"create {'view' if one.kind == 'view' else 'table'} {one.name} as {one.query}")


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """How many ratios there are, and how many values of theirs."""
    (values,) = connection.execute("select count(value) from mart.ratio where vintage = 'current'").fetchall()
    (ratios,) = connection.execute("select count(*) from mart.formula").fetchall()
    return {"values": values[0], "ratios": ratios[0]}


def prepare(lines: Path, result: Path) -> None:
    """In a process of its own, so that its memory does not count."""
    with duckdb.connect() as connection:
        connection.execute(SETTINGS.format(result))
        read(connection, lines)


def main(lines: Path, result: Path) -> None:
    """Only what follows the reading is timed."""
    subprocess.run([sys.executable, "-m", "benchmarks.ratios_ours", str(lines), str(result), "prepare"], check=True)
    metrics = ratios(load_catalog())
    with duckdb.connect() as connection:
        connection.execute(SETTINGS.format(result))
        printed = columns_of(connection)
        stopwatch = Stopwatch()
        connection.execute("begin")
        compute(connection, metrics, printed)
        connection.execute("commit")
        stopwatch.stop()
        stopwatch.report(**_counts(connection))


if __name__ == "__main__":
    (prepare if "prepare" in sys.argv else main)(Path(sys.argv[1]), Path(sys.argv[2]))
