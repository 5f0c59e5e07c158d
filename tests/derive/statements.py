"""Made-up companies whose statements add up, as reported lines, and a warehouse audited from such lines."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.derive import identity_query, plan
from valuenet_pipeline.warehouse import Sources, build
from valuenet_pipeline.warehouse.build import AUDIT_KINDS, Step

LAYOUT = {
    "balance_sheet": [
        "property_plant_and_equipment",
        "intangible_assets",
        "goodwill",
        "non_current_assets",
        "inventories",
        "receivables",
        "other_current_assets",
        "cash",
        "current_assets",
        "total_assets",
        "share_capital",
        "other_reserves",
        "retained_earnings",
        "equity_attributable_to_parent",
        "non_controlling_interests",
        "total_equity",
        "long_term_borrowings",
        "lease_liabilities_non_current",
        "deferred_tax_liabilities",
        "non_current_liabilities",
        "trade_payables",
        "contract_liabilities",
        "income_tax_payable",
        "current_liabilities",
        "total_liabilities",
        "total_equity_and_liabilities",
    ],
    "income_statement": [
        "revenue",
        "cost_of_sales",
        "gross_profit",
        "selling_expenses",
        "administrative_expenses",
        "research_and_development_expenses",
        "other_income",
        "operating_profit",
        "finance_income_net",
        "profit_before_tax",
        "income_tax_expense",
        "net_profit",
        "net_profit_attributable_to_parent",
        "net_profit_attributable_to_non_controlling_interests",
    ],
    "cash_flow": [
        "cash_received_from_sales",
        "cash_paid_for_purchases",
        "cash_paid_to_employees",
        "operating_cash_flow",
        "capital_expenditure",
        "purchases_of_investments",
        "investing_cash_flow",
        "proceeds_from_borrowings",
        "dividends_paid",
        "financing_cash_flow",
        "net_change_in_cash",
        "exchange_effect_on_cash",
        "opening_cash_and_equivalents",
        "closing_cash_and_equivalents",
    ],
}
"""Lines in the order in which a table prints them, totals below their parts."""


def figures(seed: int, years: Iterable[int]) -> dict[int, dict[str, float]]:
    """Unrounded figures of a company of about 10^11 that grow from year to year, by year and concept."""
    rng = random.Random(seed)
    base = {name: rng.uniform(0.5e9, 9e9) for names in LAYOUT.values() for name in names}
    company: dict[int, dict[str, float]] = {}
    before: dict[str, float] = {}
    for year in years:
        v = {name: value * rng.uniform(0.8, 1.3) for name, value in (before or base).items()}
        if not before:
            v |= {name: 3 * v[name] for name in ("property_plant_and_equipment", "inventories", "receivables", "cash")}
        v["non_current_assets"] = v["property_plant_and_equipment"] + v["intangible_assets"] + v["goodwill"]
        v["current_assets"] = v["inventories"] + v["receivables"] + v["other_current_assets"] + v["cash"]
        v["total_assets"] = v["total_equity_and_liabilities"] = v["non_current_assets"] + v["current_assets"]
        v["non_current_liabilities"] = sum(
            v[name] for name in ("long_term_borrowings", "lease_liabilities_non_current", "deferred_tax_liabilities")
        )
        v["current_liabilities"] = v["trade_payables"] + v["contract_liabilities"] + v["income_tax_payable"]
        v["total_liabilities"] = v["non_current_liabilities"] + v["current_liabilities"]
        v["total_equity"] = v["total_assets"] - v["total_liabilities"]
        v["equity_attributable_to_parent"] = v["total_equity"] - v["non_controlling_interests"]
        v["retained_earnings"] = v["equity_attributable_to_parent"] - v["share_capital"] - v["other_reserves"]
        v["revenue"] = v["cost_of_sales"] * rng.uniform(4, 5)
        v["gross_profit"] = v["revenue"] - v["cost_of_sales"]
        v["operating_profit"] = (
            v["gross_profit"]
            - v["selling_expenses"]
            - v["administrative_expenses"]
            - v["research_and_development_expenses"]
            + v["other_income"]
        )
        v["profit_before_tax"] = v["operating_profit"] + v["finance_income_net"]
        v["income_tax_expense"] = 0.21 * v["profit_before_tax"]
        v["net_profit"] = v["profit_before_tax"] - v["income_tax_expense"]
        v["net_profit_attributable_to_parent"] = 0.97 * v["net_profit"]
        v["net_profit_attributable_to_non_controlling_interests"] = 0.03 * v["net_profit"]
        v["operating_cash_flow"] = (
            v["cash_received_from_sales"] - v["cash_paid_for_purchases"] - v["cash_paid_to_employees"]
        )
        v["investing_cash_flow"] = -v["capital_expenditure"] - v["purchases_of_investments"]
        v["opening_cash_and_equivalents"] = before.get("cash", v["opening_cash_and_equivalents"])
        v["closing_cash_and_equivalents"] = v["cash"]
        v["net_change_in_cash"] = v["cash"] - v["opening_cash_and_equivalents"] - v["exchange_effect_on_cash"]
        v["financing_cash_flow"] = v["net_change_in_cash"] - v["operating_cash_flow"] - v["investing_cash_flow"]
        v["proceeds_from_borrowings"] = v["financing_cash_flow"] + v["dividends_paid"]
        company[year] = before = v
    return company


@dataclass
class Extract:
    """A file with the three statements, each on its sheet: labels in column A, the newest year in column B."""

    figures: dict[int, dict[str, float]]
    years: tuple[int, ...]
    extract_id: str = "acme/report.xlsx"
    exponent: int = 6
    kind: str = "annual_report"
    entity_id: str = "acme"
    content_hash: str = "0"
    lines_missed: int = 0
    """How many lines of the reading did not arrive."""
    lines: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        """Print the figures, rounded."""
        rows = []
        for statement, names in LAYOUT.items():
            for row, name in enumerate(names, start=5):
                for column, year in enumerate(sorted(self.years, reverse=True)):
                    rows.append(self.line(statement, name, year, f"{'BCDEFGH'[column]}{row}", self.figures[year][name]))
        self.lines = pd.DataFrame(rows, dtype=object)

    def line(
        self,
        statement: str,
        name: str,
        year: int,
        cell: str,
        value: float,
        unit: str = "CNY",
        member: str | None = None,
    ) -> dict[str, object]:
        """One reported line, rounded to the extract's unit when it is an amount of money."""
        exponent = self.exponent if unit == "CNY" else -3
        printed = (Decimal(value) / Decimal(10) ** exponent).quantize(Decimal(1), ROUND_HALF_EVEN)
        return {
            "sheet": statement, "cell": cell, "statement": statement, "section": None,
            "label": name.replace("_", " ").capitalize(), "printed": str(printed), "concept_id": name,
            "member_id": member, "fiscal_year": year, "period_start": None,
            "period_end": datetime.date(year, 12, 31), "value": printed.scaleb(exponent) + Decimal("0.000"), "unit": unit,
            "decimals": -exponent, "status": "printed", "outcome": "fact", "reason": None,
        }  # fmt: skip

    def add(
        self, statement: str, name: str, values: dict[int, float], unit: str = "CNY", member: str | None = None
    ) -> None:
        """Print one more row below a statement."""
        row = 50 + len(self.lines)
        more = [
            self.line(statement, name, year, f"{'BCDEFGH'[column]}{row}", value, unit, member)
            for column, (year, value) in enumerate(sorted(values.items(), reverse=True))
        ]
        self.lines = pd.concat([self.lines, pd.DataFrame(more, dtype=object)], ignore_index=True)

    def at(self, name: str | None = None, year: int | None = None, statement: str | None = None) -> pd.Series:
        """Which lines are meant."""
        chosen = pd.Series(True, index=self.lines.index)
        for column, wanted in (("concept_id", name), ("fiscal_year", year), ("statement", statement)):
            if wanted is not None:
                chosen &= self.lines[column] == wanted
        return chosen

    def multiply(self, factor: object, **where: object) -> Extract:
        """The extract with some figures multiplied."""
        chosen = self.at(**where)  # type: ignore[arg-type]
        self.lines.loc[chosen, "value"] = [value * Decimal(str(factor)) for value in self.lines.loc[chosen, "value"]]
        if not where:  # a whole file in another unit is as precise as it was
            self.lines["decimals"] -= max(0, len(str(factor)) - 1) if str(factor).isdigit() else 0
        return self

    def drop(self, **where: object) -> Extract:
        """The extract without some lines."""
        self.lines = self.lines[~self.at(**where)].reset_index(drop=True)  # type: ignore[arg-type]
        return self


@dataclass(frozen=True)
class Audited:
    """What the audit made of some extracts."""

    findings: pd.DataFrame
    lines: pd.DataFrame
    identities: pd.DataFrame

    def ids(self, severity: str = "error") -> set[str]:
        """Checks that speak with this severity."""
        return set(self.findings.loc[self.findings["severity"] == severity, "check_id"])

    def message(self, check_id: str) -> str:
        """What a check says, all its findings together."""
        return "\n".join(self.findings.loc[self.findings["check_id"] == check_id, "message"])

    @property
    def kept_out(self) -> set[tuple[str, str, int]]:
        """(extract, statement, year) of the lines in quarantine."""
        out = self.lines[self.lines["outcome"] == "quarantined"]
        return {
            (str(e), str(s), int(y))
            for e, s, y in zip(out["extract_id"], out["statement"], out["fiscal_year"], strict=True)
        }


@cache
def _steps() -> list[Step]:
    return [Step(*one) for one in plan(load_catalog())]


Members = tuple[tuple[str, str, str, str], ...]
"""(entity, member, dimension, role) of each."""


def _sources(
    extracts: tuple[Extract, ...], members: Members = (), findings: pd.DataFrame | None = None, publications: int = 1
) -> Sources:
    catalog = load_catalog()
    frames = {
        "core.concept": pd.DataFrame(
            [{name: getattr(one, name) for name in one.__dataclass_fields__} for one in catalog.concepts.values()]
        ),
        "core.member": pd.DataFrame(
            [dict(zip(("entity_id", "member_id", "dimension", "role"), one, strict=True), name_en=one[1]) for one in members]
        ),
        "core.entity": pd.DataFrame(
            [{"entity_id": name, "name_en": name, "fiscal_year_end": "12-31"} for name in {one.entity_id for one in extracts}]
        ),
        "core.extract": pd.DataFrame(
            [
                {
                    "extract_id": one.extract_id, "entity_id": one.entity_id, "content_hash": one.content_hash, "bytes": 1,
                    "report_kind": one.kind, "report_fiscal_year": max(one.years), "state": "read",
                    "lines": len(one.lines) + one.lines_missed, "facts": 0, "findings": 0,
                }
                for one in extracts
            ]
        ),
        "core.extract_version": pd.DataFrame(
            [
                {
                    "extract_id": one.extract_id, "version": 1, "chain": number, "entity_id": one.entity_id,
                    "content_hash": one.content_hash, "bytes": 1, "arrived_at": datetime.datetime(2024, 1, 1), "is_lost": False,
                }
                for number, one in enumerate(extracts)
            ]
        ),
        "core.reported_line": pd.concat(
            [one.lines.assign(extract_id=one.extract_id, entity_id=one.entity_id, value=one.lines["value"].map(str, na_action="ignore"))
            for one in extracts]
        ),
        "core.publication": pd.DataFrame(
            [{"publication_id": str(number), "built_at": datetime.datetime(2024, 1, 1), "inbox_hash": "", "catalog_version": "",
              "code_version": "", "duckdb_version": "", "inputs": {"key": [], "value": []}} for number in range(publications)]
        ),
        "mart.finding": pd.DataFrame() if findings is None else findings,
    }  # fmt: skip
    return Sources(frames, {}, {})


def audit(path: Path, *extracts: Extract, members: Members = (), findings: pd.DataFrame | None = None) -> Audited:
    """Build a warehouse of these extracts' lines alone, without what is derived; `findings` are those of reading."""
    steps = [one for one in _steps() if one.kind in AUDIT_KINDS]
    build(path, _sources(extracts, members, findings), identity_query(load_catalog()), steps, {})
    with duckdb.connect(str(path), read_only=True) as connection:
        return Audited(
            connection.execute("from mart.finding").df(),
            connection.execute(
                "select extract_id, statement, fiscal_year, concept_id, outcome, reason from core.reported_line"
            ).df(),
            connection.execute("from core.identity_result").df(),
        )


def derive(
    path: Path,
    *extracts: Extract,
    only: str | None = None,
    faults: dict[str, str] | None = None,
    publications: int = 1,
) -> duckdb.DuckDBPyConnection:
    """Build a warehouse with all that is derived, or `only` one relation, and open it; `faults` replace the queries of
    some relations, of which `{query}` is the right one."""
    steps = [
        replace(one, query=(faults or {}).get(one.name, "{query}").replace("{query}", one.query))
        for one in _steps()
        if only in (None, one.name) or one.kind in AUDIT_KINDS
    ]
    build(path, _sources(extracts, publications=publications), identity_query(load_catalog()), steps, {})
    return duckdb.connect(str(path), read_only=True)
