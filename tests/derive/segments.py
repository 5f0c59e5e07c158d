"""A company's members and what its reports print of them, and the segment tables derived from that alone."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import pandas as pd

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.contracts import TABLES, name_of
from valuenet_pipeline.derive import plan
from valuenet_pipeline.warehouse.build import ddl

PREFIXES = ("temp.segment_", "mart.segment_", "core.fact_")
WHOLE = None


@cache
def _steps() -> tuple[tuple[str, str, str], ...]:
    return tuple(one[:3] for one in plan(load_catalog()) if one.name.startswith(PREFIXES) and one.kind != "macro")


@dataclass
class Company:
    """Reports of a company in millions, unless a figure says otherwise."""

    entity_id: str = "acme"
    members: list[dict[str, Any]] = field(default_factory=list)
    successions: list[tuple[str, str]] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)

    def divide(self, dimension: str, *members: str, part_of: str | None = None, **roles: str) -> Company:
        """Declare the members of a dimension, with their roles."""
        self.members += [
            {"entity_id": self.entity_id, "member_id": one, "dimension": dimension, "role": roles.get(one), "part_of": part_of,
             "name_en": one}
            for one in members
        ]  # fmt: skip
        return self

    def succeed(self, member_id: str, *predecessors: str) -> Company:
        """Say whom a member continues."""
        self.successions += [(member_id, one) for one in predecessors]
        return self

    def report(
        self,
        report_year: int,
        year: int,
        concept: str = "revenue",
        decimals: int = -6,
        unit: str = "CNY",
        **values: float | str,
    ) -> Company:
        """Print figures by member (`whole` is the company) in the report of a year."""
        scale = 10**6 if unit != "pure" else 1
        for member, value in values.items():
            self.facts.append(
                {
                    "entity_id": self.entity_id, "fiscal_year": year, "period_end": datetime.date(year, 12, 31),
                    "concept_id": concept, "member_id": None if member == "whole" else member,
                    "value": str(Decimal(str(value)) * scale), "unit": unit, "decimals": decimals,
                    "extract_id": f"{self.entity_id}/{report_year}.xlsx", "report_kind": "annual_report",
                    "report_fiscal_year": report_year, "sheet": "Segments", "cell": f"B{len(self.facts) + 1}",
                    "label": member, "status": "printed", "known_from": datetime.datetime(report_year + 1, 3, 31),
                    "known_from_basis": "entity_profile",
                }
            )  # fmt: skip
        return self

    def years(self, report_year: int, concept: str = "revenue", **series: list[float]) -> Company:
        """Print several years in one report, the last being the report's own."""
        for member, values in series.items():
            for years_before, value in enumerate(reversed(values)):
                self.report(report_year, report_year - years_before, concept, **{member: value})
        return self


def derive_segments(*companies: Company) -> duckdb.DuckDBPyConnection:
    """Derive the segment tables from these companies' reports."""
    connection = duckdb.connect()
    for schema in ("core", "mart"):
        connection.execute(f"create schema {schema}")
    for table in TABLES:
        if name_of(table).table.startswith(("fact", "entity", "member", "segment")):
            for statement in ddl(table):
                connection.execute(statement)
    frames = {
        "core.entity": [{"entity_id": one.entity_id, "name_en": one.entity_id, "currency": "CNY", "fiscal_year_end": "12-31"} for one in companies],
        "core.member": [member for one in companies for member in one.members],
        "core.member_succession": [
            {"entity_id": one.entity_id, "member_id": member, "predecessor_id": predecessor}
            for one in companies for member, predecessor in one.successions
        ],
        "core.fact": [fact for one in companies for fact in one.facts],
    }  # fmt: skip
    for name, rows in frames.items():
        if rows:
            frame = pd.DataFrame(rows, dtype=object)
            connection.register("frame", frame)
            connection.execute(f"insert into {name} ({', '.join(frame)}) from frame")
            connection.unregister("frame")
    for name, query, kind in _steps():
        if kind == "view":
            connection.execute(f"create view {name} as {query}")
        elif kind == "scratch":
            connection.execute(f"create temp table {name.removeprefix('temp.')} as {query}")
        else:
            connection.execute(f"insert into {name} by name {query}")
    return connection


def mix(*companies: Company) -> pd.DataFrame:
    """The segment mix, by member and year (of the first company's, where there is but one)."""
    return (
        derive_segments(*companies)
        .execute("from mart.segment_mix")
        .df()
        .set_index(["member_id", "fiscal_year"])
        .sort_index()
    )
