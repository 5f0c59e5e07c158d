"""Printed sign conventions are told by arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract.lines import Line
from valuenet_pipeline.extract.signs import natural_signs


def line(concept_id: str, value: int) -> Line:
    return Line(
        "s", concept_id, "income_statement", None, concept_id, str(value), concept_id, None, 2021,
        date(2021, 1, 1), date(2021, 12, 31), Decimal(value), "CNY", 0, "fact",
    )  # fmt: skip


def values(*lines: Line) -> dict[str | None, Decimal | None]:
    signed, _ = natural_signs(list(lines), load_catalog())
    return {one.concept_id: one.value for one in signed if one.outcome == "fact"}


def test_expenses_printed_negative_become_positive_amounts() -> None:
    found = values(line("revenue", 100), line("cost_of_sales", -60), line("gross_profit", 40))
    assert found["cost_of_sales"] == 60


def test_expenses_printed_positive_stay() -> None:
    found = values(line("revenue", 100), line("cost_of_sales", 60), line("gross_profit", 40))
    assert found["cost_of_sales"] == 60


def test_a_tax_credit_keeps_its_sign_among_negative_expenses() -> None:
    found = values(
        line("revenue", 100), line("cost_of_sales", -60), line("gross_profit", 40), line("income_tax_expense", 5)
    )
    assert found["income_tax_expense"] == -5


def test_mixed_signs_without_a_sum_are_kept_out() -> None:
    signed, findings = natural_signs([line("cost_of_sales", -60), line("selling_expenses", 7)], load_catalog())
    assert {one.outcome for one in signed} == {"quarantined"}
    assert [finding.check_id for finding in findings] == ["SGN-01"]
