"""Printed sign conventions are told by arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract.lines import Line
from valuenet_pipeline.extract.signs import natural_signs


def line(concept_id: str, value: int) -> Line:
    return Line(
        None, "s", concept_id, "income_statement", None, concept_id, str(value), concept_id, None, 2021,
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


def test_mixed_signs_without_a_sum_keep_out_what_could_be_either() -> None:
    """A cost of sales cannot be negative; a tax may be a charge or a credit."""
    signed, findings = natural_signs([line("cost_of_sales", -60), line("income_tax_expense", 7)], load_catalog())
    assert {one.concept_id: (one.outcome, one.value) for one in signed} == {
        "cost_of_sales": ("fact", 60),
        "income_tax_expense": ("quarantined", 7),
    }
    assert [finding.check_id for finding in findings] == ["SGN-01"]


def test_payments_have_a_convention_of_their_own() -> None:
    found = values(
        line("revenue", 100), line("cost_of_sales", 60), line("gross_profit", 40), line("dividends_paid", -9)
    )
    assert (found["cost_of_sales"], found["dividends_paid"]) == (60, 9)


def test_impairments_among_chinese_gains_are_entered_with_a_minus() -> None:
    """Below 投资收益 a loss is negative; among the costs it is positive."""
    gain, loss = line("investment_income", 5), line("credit_impairment_loss", -8)._replace(label="信用减值损失")
    assert values(line("cost_of_sales", 60), gain, loss)["credit_impairment_loss"] == 8
    assert values(line("cost_of_sales", 60), loss._replace(value=Decimal(8)), gain)["credit_impairment_loss"] == 8
