"""When a company's next annual report is awaited."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import Exact, Table, Text, Whole, day, text, whole

BASES = ("own_lag", "default")


class ReportDue(Table):
    """The next annual report of every company with a folder and figures: the fiscal year it is about, and when it is due.

    It is overdue where due_on lies before today. Companies that only a vendor's file names are not awaited.
    """

    class Config(Table.Config):
        name = "mart.report_due"
        unique = ["entity_id"]

    entity_id: Text = text("Company")
    newest_fiscal_year: Whole = whole("Newest fiscal year with a figure of a statement of the whole company")
    next_fiscal_year: Whole = whole("Fiscal year of the report that is awaited")
    last_fiscal_year: Whole = whole("Last fiscal year that is awaited at all, as entity.yaml says", nullable=True)
    year_ends_on: Exact = day("Day on which the next fiscal year ends")
    due_on: Exact = day("Day by which its report is awaited")
    lag_days: Whole = whole("Days between the two")
    basis: Text = text("The company's own past reports, or what exchanges allow", allowed=BASES)


DUE_TABLES: tuple[type[Table], ...] = (ReportDue,)
