"""What changed between prints of one figure, what it did to the metrics, and what every metric was before."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import (
    Exact,
    Many,
    Moment,
    Real,
    Table,
    Text,
    Whole,
    amount,
    moment,
    real,
    reals,
    states,
    text,
    texts,
    whole,
)
from valuenet_pipeline.contracts.metric import METRIC_STATUSES

KINDS = ("restated", "corrected", "unit_changed", "withdrawn")


class Restatement(Table):
    """Figures that a later print changed by more than both are rounded to, or in their unit, each beside the print before it."""

    class Config(Table.Config):
        name = "mart.restatement"

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year of the figure")
    concept_id: Text = text("Concept")
    member_id: Text = text("Member of a dimension; none means the whole company", nullable=True)
    kind: Text = text(
        "restated: a later report prints another value; corrected: a new version of the same file does; "
        "unit_changed: a new version of the same file prints it in another currency or unit instead; "
        "withdrawn: a new version of the same file prints none",
        allowed=KINDS,
    )
    earlier_value: Exact = amount("Value printed before, in base units")
    later_value: Exact = amount("Value printed after; none where it was withdrawn", nullable=True)
    change: Exact = amount(
        "Later less earlier value; none between units, which cannot be subtracted, and where it was withdrawn",
        nullable=True,
    )
    relative_change: Real = real(
        "Change over the size of the earlier value; none where that is zero or there is no change", nullable=True
    )
    tolerance: Exact = amount("What rounding of both prints can explain; none between units", nullable=True)
    unit: Text = text("Unit of the earlier value: currency code, shares, count, pure, or currency per share")
    later_unit: Text = text("Unit of the later value; another one only where it changed", nullable=True)
    earlier_report_fiscal_year: Whole = whole("Fiscal year of the report that printed it before")
    later_report_fiscal_year: Whole = whole("Fiscal year of the report that printed it after", nullable=True)
    earlier_extract_id: Text = text("File of the earlier print")
    earlier_sheet: Text = text("Its sheet")
    earlier_cell: Text = text("Its cell")
    later_extract_id: Text = text("File of the later print", nullable=True)
    later_sheet: Text = text("Its sheet", nullable=True)
    later_cell: Text = text("Its cell", nullable=True)
    earlier_known_from: Moment = moment("Since when the earlier value was known, UTC")
    known_from: Moment = moment("Since when the change has been known, UTC")


class RestatementEffect(Table):
    """Metrics that restatements and corrections moved, and by how much."""

    class Config(Table.Config):
        name = "mart.restatement_effect"
        unique = ["entity_id", "fiscal_year", "metric_id", "kind", "known_from"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year of the metric")
    metric_id: Text = text("Ratio or indicator, defined in mart.formula")
    kind: Text = text(
        "restated: from the series as reported to the current one; corrected: by a new version of a file",
        allowed=("restated", "corrected"),
    )
    known_from: Moment = moment("Since when the change has been known, UTC; the last where there were several")
    earlier_value: Real = real("Value before", nullable=True)
    later_value: Real = real("Value after", nullable=True)
    change: Real = real("Later less earlier value", nullable=True)
    earlier_status: Text = text("Status before", allowed=METRIC_STATUSES)
    later_status: Text = text("Status after", allowed=METRIC_STATUSES)
    restated: Many = texts("Figures among its inputs that changed: concept, member and fiscal year")


class History(Table):
    """Columns that the histories of both families share."""

    class Config(Table.Config):
        name = "mart.history"

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year, the calendar year in which it ends")
    known_from: Moment = moment("Since when the row has held, UTC")
    known_until: Moment = moment("Until when it held, UTC; none where it still does", nullable=True)
    raw: Many = reals("What each formula gives, as in the series of the family")
    state: Many = states("States, as in the series of the family")
    input_state: Many = states("States of all figures taken, as in the series of the family")


class RatioHistory(History):
    """All ratios of an entity and year as they were known over time, as they are stored; mart.ratio_as_of unfolds them."""

    class Config(Table.Config):
        name = "mart.ratio_history"
        unique = ["entity_id", "fiscal_year", "known_from"]


class ProfitModelHistory(History):
    """All indicators of an entity and year as they were known over time; mart.profit_model_as_of unfolds them."""

    class Config(Table.Config):
        name = "mart.profit_model_history"
        unique = ["entity_id", "fiscal_year", "known_from"]


VINTAGE_TABLES: tuple[type[Table], ...] = (RatioHistory, ProfitModelHistory, Restatement, RestatementEffect)
