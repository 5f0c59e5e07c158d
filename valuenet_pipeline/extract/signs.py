"""Which sign a table prints its expenses and payments in, told by arithmetic, and lines in natural sign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.extract.lines import Line
from valuenet_pipeline.vocabulary import Finding

CHAINS: tuple[tuple[str, str, str], ...] = (
    ("gross_profit", "revenue", "cost_of_sales"),
    ("net_profit", "profit_before_tax", "income_tax_expense"),
)
"""total = base less deduction, in natural sign."""


def _votes(lines: list[Line], catalog: Catalog) -> tuple[int, int]:
    """How many sums close when deductions are printed negative, and when printed positive."""
    by_key: dict[tuple[int, str | None], dict[str, Line]] = {}
    for line in lines:
        if line.concept_id and line.value is not None:
            by_key.setdefault((line.fiscal_year, line.member_id), {})[line.concept_id] = line
    negative = positive = 0
    for row in by_key.values():
        for total, base, deduction in CHAINS:
            if total in row and base in row and deduction in row:
                values = [row[name].value or Decimal(0) for name in (total, base, deduction)]
                tolerance = sum(Decimal(10) ** -(row[name].decimals or 0) for name in (total, base, deduction)) / 2
                if values[2] == 0:
                    continue
                negative += abs(values[0] - values[1] - values[2]) <= tolerance
                positive += abs(values[0] - values[1] + values[2]) <= tolerance
    return negative, positive


def natural_signs(lines: list[Line], catalog: Catalog) -> tuple[list[Line], list[Finding]]:
    """Lines of one table with every value in its concept's natural sign.

    The convention is the one under which the table's own sums close; without sums, the one that all its
    deductions share. A table that allows neither keeps its deductions out.
    """
    lines = [_magnitude(line, catalog) for line in lines]
    deductions = [line for line in lines if _is_deduction(line, catalog) and line.value]
    if not deductions:
        return lines, []
    negative, positive = _votes(lines, catalog)
    if not negative and not positive:
        negative = sum(line.value < 0 for line in deductions if line.value)
        positive = len(deductions) - negative
        if negative and positive:
            negative = positive = 0
    if bool(negative) == bool(positive):
        return _kept_out(lines, catalog)
    flip = -1 if negative else 1
    return [
        replace(line, value=line.value * flip) if line.value and _is_deduction(line, catalog) else line
        for line in lines
    ], []


def _is_deduction(line: Line, catalog: Catalog) -> bool:
    concept = catalog.concepts.get(line.concept_id or "")
    return concept is not None and concept.is_deduction


def _magnitude(line: Line, catalog: Catalog) -> Line:
    """A memo line's amount, whichever sign it is printed in."""
    concept = catalog.concepts.get(line.concept_id or "")
    return replace(line, value=abs(line.value)) if concept and concept.is_memo and line.value else line


def _kept_out(lines: Iterable[Line], catalog: Catalog) -> tuple[list[Line], list[Finding]]:
    reason = "the table prints expenses in mixed signs and no sum tells which is meant"
    kept = [line.kept_out(reason) if line.value and _is_deduction(line, catalog) else line for line in lines]
    first = next(line for line in kept if line.outcome == "quarantined")
    finding = Finding(
        "SGN-01", "error", reason, "check the signs of the expense lines", first.sheet, first.cell, first.label
    )
    return kept, [finding]
