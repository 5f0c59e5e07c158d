"""A process of its own: our ratios of a file of lines, in a warehouse on disk; prints seconds and memory.

The lines are put into `core` before the clock starts, as facts of one report a year. What is timed goes from there to
the closed file: choosing vintages, figures, ratios with their states, definitions, and what traces them to cells.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from benchmarks.measure import Stopwatch
from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.derive import Derivation, plan
from valuenet_pipeline.derive.statement import FACT_VIEWS

THRIFTY: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "128MB",
    "preserve_insertion_order": False,
}
"""So that the reading does not count for more memory than it needs."""
CREATE = {"view": "view", "table": "table", "scratch": "temp table"}

FACT = """
create table core.fact as
select entity_id, fiscal_year::bigint as fiscal_year, make_date(fiscal_year::integer, 1, 1) as period_start,
  make_date(fiscal_year::integer, 12, 31) as period_end, concept_id, null::varchar as member_id,
  value::decimal(38, 8) as value, 'CNY' as unit, 0::bigint as decimals,
  entity_id || '/report-' || fiscal_year || '.xlsx' as extract_id, 'annual_report' as report_kind,
  fiscal_year::bigint as report_fiscal_year, 'statements' as sheet, 'B12' as cell, concept_id as label,
  'printed' as status, null::varchar as source, null::varchar as note
from (unpivot (select * exclude (statement, item) from read_parquet('{lines}') where concept_id is not null)
  on columns(* exclude (entity_id, concept_id)) into name fiscal_year value value)"""

OTHERS = """
create table core.entity as select distinct entity_id, 'CNY' as currency from core.fact;
create table core.member(entity_id varchar, member_id varchar, dimension varchar, role varchar);
create table core.reported_line(entity_id varchar, fiscal_year bigint, concept_id varchar, member_id varchar, outcome varchar)"""


def read(connection: duckdb.DuckDBPyConnection, lines: Path) -> None:
    """Fill `core` with the figures, each with the cell it would stand in."""
    connection.execute("set enable_progress_bar = false; create schema core; create schema mart")
    connection.execute(FACT.format(lines=lines))
    connection.execute(OTHERS)


def steps() -> list[Derivation]:
    """What leads from facts to ratios and their lineage; statements and what is made of ratios is left out."""
    every = [one for one in plan(load_catalog()) if one.kind in (*CREATE, "macro")]
    names = [one.name for one in every]
    return [
        *(one for one in every if one.name in FACT_VIEWS),
        *every[names.index("mart.formula") : names.index("mart.explain") + 1],
    ]


def compute(connection: duckdb.DuckDBPyConnection) -> None:
    """From facts to ratios on disk."""
    for one in steps():
        name = one.name.removeprefix("temp.")
        connection.execute(one.query if one.kind == "macro" else f"create {CREATE[one.kind]} {name} as {one.query}")
    connection.execute("checkpoint")


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """How many ratios there are, and how many values of theirs."""
    series = "select unnest(value) as value from mart.ratio_series where list_contains(vintages, 'current')"
    (values,) = connection.execute(f"select count(value) from ({series})").fetchall()
    (ratios,) = connection.execute("select count(*) from mart.formula where metric_table = 'ratio'").fetchall()
    return {"values": values[0], "ratios": ratios[0]}


def main(lines: Path, result: Path) -> None:
    """Only what follows the reading is timed."""
    with duckdb.connect(str(result), config=THRIFTY) as connection:
        read(connection, lines)
    with duckdb.connect(str(result), config={"threads": 2}) as connection:
        connection.execute("set enable_progress_bar = false")
        stopwatch = Stopwatch()
        compute(connection)
        stopwatch.stop()
        stopwatch.report(**_counts(connection))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
