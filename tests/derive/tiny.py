"""Hand-made tables, a few rows each, for queries that are tested alone."""

from __future__ import annotations

import duckdb

TABLES = {
    "core.entity": "entity_id text, currency text default 'CNY', fiscal_year_end text default '12-31', last_fiscal_year bigint",
    "core.extract": "extract_id text, entity_id text",
    "core.report": "entity_id text, fiscal_year bigint, kind text default 'annual_report', published_on date",
    "core.concept": "concept_id text, unit text, period_type text, statement text default 'income_statement'",
    "core.fact": "entity_id text, fiscal_year bigint, concept_id text, member_id text",
    "core.fact_current": "entity_id text, fiscal_year bigint, concept_id text, member_id text, value double, status text default 'printed'",
    "core.exchange_rate": "from_currency text, to_currency text, fiscal_year bigint, kind text, rate double, "
    "status text default 'printed', source text, entity_id text, extract_id text default 'rates.csv'",
    "core.value_net_edge": "entity_id text, role text, name text, status text",
    "mart.formula": "metric_id text, name_en text, unit text default 'fraction', direction text default 'higher'",
    "mart.formula_input": "metric_id text, concept_id text, years_before bigint default 0",
    "mart.metric_value": "entity_id text, fiscal_year bigint default 2021, metric_id text, value double, "
    "status text default 'ok', reason text, vintage text default 'current', input_status text default 'printed'",
}


class Tiny:
    """An empty warehouse in memory, filled row by row."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:")
        for schema in ("core", "mart"):
            self.connection.execute(f"create schema {schema}")
        for name, columns in TABLES.items():
            self.connection.execute(f"create table {name} ({columns})")

    def add(self, table: str, **row: object) -> Tiny:
        """One row; columns not named take their defaults."""
        marks = ", ".join("?" * len(row))
        self.connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))
        return self

    def fact(self, concept_id: str, values: dict[int, float], entity_id: str = "acme", status: str = "printed") -> Tiny:
        """The whole company's figures of a concept."""
        for year, value in values.items():
            row = {"entity_id": entity_id, "fiscal_year": year}
            self.add("core.fact", **row)
            self.add("core.fact_current", **row, concept_id=concept_id, value=value, status=status)
        return self

    def view(self, name: str, query: str) -> Tiny:
        """A view under the name it has in the warehouse."""
        self.connection.execute(f"create view {name} as {query}")
        return self

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query returns."""
        return self.connection.execute(query).fetchall()
