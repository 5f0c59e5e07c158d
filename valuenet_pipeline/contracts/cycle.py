"""The cycle that drives the profit model: which links turned, year by year and over all years."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import Real, Table, Text, Whole, real, text, whole
from valuenet_pipeline.vocabulary import FIGURE_STATUSES


class Flywheel(Table):
    """The cycle from hardware to users to services to profit to research: did each link turn?"""

    class Config(Table.Config):
        name = "mart.flywheel"
        unique = ["entity_id", "fiscal_year", "position"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    position: Whole = whole("Place of the link in the cycle, from 1")
    cause_stage: Text = text("Stage at the start of the link, such as users")
    effect_stage: Text = text("Stage at its end")
    cause: Text = text("Metric or concept that measures the start")
    effect: Text = text("Metric or concept that measures the end")
    cause_growth: Real = real(
        "Growth of the cause over the adjacent year; none where the year before is zero or below", nullable=True
    )
    effect_growth: Real = real("Growth of the effect, on the same terms", nullable=True)
    turned: Text = text("Whether both grew", allowed=("yes", "no", "unknown"))
    input_status: Text = text("Support of the weakest figure it rests on", nullable=True, allowed=FIGURE_STATUSES)
    evidence: Text = text("What the two growth rates say, and what they leave open")


class FlywheelSummary(Table):
    """Each link of the cycle over all years: in how many of those that are known both ends grew."""

    class Config(Table.Config):
        name = "mart.flywheel_summary"
        unique = ["entity_id", "position"]

    entity_id: Text = text("Company")
    position: Whole = whole("Place of the link in the cycle, from 1")
    cause_stage: Text = text("Stage at the start of the link")
    effect_stage: Text = text("Stage at its end")
    causes: Text = text("Metrics or concepts that measure the start in the years that are known", nullable=True)
    effects: Text = text("Metrics or concepts that measure the end in the years that are known", nullable=True)
    years: Whole = whole("Years on record")
    years_known: Whole = whole("Years for which the growth of both ends is known")
    years_turned: Whole = whole("Years in which both grew")
    first_known: Whole = whole("First year that is known", nullable=True)
    last_known: Whole = whole("Last year that is known", nullable=True)
    statement: Text = text("The same in a sentence")


CYCLE_VIEWS: tuple[type[Table], ...] = (Flywheel, FlywheelSummary)
