"""The same fact printed twice in one extract: one value is one fact, two values are a conflict and kept out."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from valuenet_pipeline.extract.lines import Line
from valuenet_pipeline.vocabulary import Finding

REASON = "the extract prints different values for the same fact"


def _interval(line: Line) -> tuple[Decimal, Decimal]:
    """The range that the printed precision leaves open (XBRL Calculations 1.1)."""
    value, half = line.value or Decimal(0), Decimal(10) ** -(line.decimals or 0) / 2
    return value - half, value + half


def keep_out_conflicts(lines: list[Line]) -> tuple[list[Line], list[Finding]]:
    """Lines with every conflicting group in quarantine, and a finding per group (check DUP-01)."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.outcome in ("fact", "nil") and line.value is not None:
            groups[line.concept_id, line.member_id, line.fiscal_year, line.unit].append(index)
    checked, findings = list(lines), []
    for indices in groups.values():
        intervals = [_interval(lines[index]) for index in indices]
        if max(low for low, _ in intervals) <= min(high for _, high in intervals):
            continue
        for index in indices:
            checked[index] = lines[index].kept_out(REASON)
        first = lines[indices[0]]
        cells = ", ".join(f"{lines[index].sheet}!{lines[index].cell} ({lines[index].printed})" for index in indices[:4])
        message = f"{REASON}: {first.concept_id} {first.fiscal_year} at {cells}"
        remedy = "remove or correct the wrong one; all are kept out until then"
        findings.append(Finding("DUP-01", "error", message, remedy, first.sheet, first.cell, first.label))
    return checked, findings
