"""One fact printed twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract.conflicts import ReadTable, keep_out_conflicts
from valuenet_pipeline.extract.lines import Line
from valuenet_pipeline.vocabulary import Finding


def line(value: str, decimals: int, cell: str) -> Line:
    return Line(
        None, "s", cell, "income_statement", None, "Revenue", value, "revenue", None, 2021,
        date(2021, 1, 1), date(2021, 12, 31), Decimal(value), "CNY", decimals, "fact",
    )  # fmt: skip


def conflicts(lines: list[Line]) -> tuple[list[Line], list[Finding]]:
    return keep_out_conflicts([ReadTable(lines, is_statement=True, is_titled=True)], load_catalog())


def test_the_same_value_at_another_precision_is_one_fact() -> None:
    lines, findings = conflicts([line("1234", 0, "A1"), line("1200", -2, "A2")])
    assert {one.outcome for one in lines} == {"fact"}
    assert findings == []


def test_two_values_are_a_conflict_and_both_kept_out() -> None:
    lines, findings = conflicts([line("1234", 0, "A1"), line("1243", 0, "A2")])
    assert {one.outcome for one in lines} == {"quarantined"}
    assert [(one.check_id, "A1" in one.message, "A2" in one.message) for one in findings] == [("DUP-01", True, True)]


def test_another_currency_is_another_fact() -> None:
    other = line("190", 0, "B1")._replace(unit="USD")
    lines, findings = conflicts([line("1234", 0, "A1"), other])
    assert findings == []
    assert {one.outcome for one in lines} == {"fact"}
