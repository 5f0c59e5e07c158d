"""Tables of the revenue mix: by segment, by region, by line of services."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import Real, Table, Text, Whole, real, text, whole


class SegmentMix(Table):
    """What each segment, region or line brings: revenue, profit, shares, growth and margins."""

    class Config(Table.Config):
        name = "mart.segment_mix"
        unique = ["entity_id", "fiscal_year", "dimension", "member_id"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    dimension: Text = text("Dimension, such as segment or region")
    member_id: Text = text("Member; `residual` is what the members leave of the whole")
    role: Text = text("What the member is across companies", nullable=True)
    revenue: Real = real("Revenue in base units of the currency", nullable=True)
    gross_profit: Real = real("Gross profit, printed or derived", nullable=True)
    gross_profit_basis: Text = text("How gross profit is known: printed, or from a printed margin", nullable=True)
    share: Real = real("Share of the whole company's revenue", nullable=True)
    gross_profit_share: Real = real("Share of the whole company's gross profit", nullable=True)
    growth: Real = real("Growth of revenue over the adjacent fiscal year", nullable=True)
    contribution_to_growth: Real = real("Points of the company's revenue growth that the member brings", nullable=True)
    gross_margin: Real = real("Gross profit over revenue, or the printed margin", nullable=True)


class SegmentConcentration(Table):
    """How evenly revenue is spread over the members of a dimension whose members make up the whole."""

    class Config(Table.Config):
        name = "mart.segment_concentration"
        unique = ["entity_id", "fiscal_year", "dimension"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    dimension: Text = text("Dimension")
    members: Whole = whole("Members with revenue")
    herfindahl: Real = real("Sum of squared shares: 1 means one member brings everything")
    effective_members: Real = real("1 over the Herfindahl index: as if so many equal members")
    entropy: Real = real("Shannon entropy of the shares, in nats")
    largest_member_id: Text = text("Member with the largest share")
    largest_share: Real = real("Share of the largest member")


SEGMENT_TABLES: tuple[type[Table], ...] = (SegmentMix, SegmentConcentration)
