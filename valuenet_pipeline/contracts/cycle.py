"""Tables of the profit model beyond its indicators: the cycle that drives it, and what threatens it."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import Real, Table, Text, Whole, real, text, whole


class Flywheel(Table):
    """The cycle from hardware to users to services to profit to research: did each link turn?"""

    class Config(Table.Config):
        name = "mart.flywheel"
        unique = ["entity_id", "fiscal_year", "position"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    position: Whole = whole("Place of the link in the cycle, from 1")
    cause: Text = text("Metric or concept at the start of the link")
    effect: Text = text("Metric or concept at its end")
    cause_growth: Real = real("Growth of the cause over the adjacent year", nullable=True)
    effect_growth: Real = real("Growth of the effect over the adjacent year", nullable=True)
    turned: Text = text("Whether both grew", allowed=("yes", "no", "unknown"))


CYCLE_TABLES: tuple[type[Table], ...] = (Flywheel,)
