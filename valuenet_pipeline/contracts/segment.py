"""Tables of the revenue mix: by segment, by region, by line of services, or by any other dimension of entity.yaml."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import (
    Exact,
    Real,
    Table,
    Text,
    Whole,
    amount,
    real,
    text,
    whole,
)  # fmt: skip
from valuenet_pipeline.vocabulary import FIGURE_STATUSES

SERIES_BREAKS = ("first_year", "year_missing", "presentation_changed", "recast")
GROWTH_BASES = ("comparative", "separate_reports", "earlier_presentation", "predecessor", "declared_succession")
PROFIT_BASES = ("printed", "revenue_less_cost", "printed_margin", "remainder")
COST_BASES = ("printed", "revenue_less_gross_profit")
INPUT_USES = ("figure", "whole", "part", "figure_year_before", "whole_year_before", "part_year_before", "growth")


class SegmentMix(Table):
    """What each segment, region or line brings to its whole: revenue, cost, profit, shares, growth and margins.

    Latest vintage. The whole is the company, or the member that the dimension divides. Where the members do not sum to
    it within printed precision (half a unit of the last printed digit of each figure), a row `residual` holds what they
    leave. Two years are compared only where they are on one basis: see series_break and growth_basis.
    """

    class Config(Table.Config):
        name = "mart.segment_mix"
        unique = ["entity_id", "fiscal_year", "dimension", "member_id"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    dimension: Text = text("Dimension, such as segment or region")
    member_id: Text = text("Member; `residual` is what the members leave of the whole")
    role: Text = text("What the member is across companies", nullable=True)
    part_of: Text = text("Member that is the whole of the dimension; none means the company", nullable=True)
    revenue: Real = real("Revenue in base units of the currency", nullable=True)
    revenue_precision: Real = real("Half-width of the interval in which the unrounded revenue lies", nullable=True)
    share: Real = real("Share of the whole's revenue; the printed share where no revenue is printed", nullable=True)
    growth: Real = real(
        "Growth of revenue over the adjacent fiscal year on one basis, from a base above zero", nullable=True
    )
    growth_basis: Text = text(
        "The two figures that growth compares: comparative, printed in one report, as shown; separate_reports, no report "
        "prints both years; earlier_presentation, printed in one report before the figure shown was recast; predecessor, "
        "those of the member or members continued, printed for both years; declared_succession, the figure shown and "
        "that of the members which entity.yaml says it continues",
        nullable=True,
        allowed=GROWTH_BASES,
    )
    series_break: Text = text(
        "Why the row is not comparable with the row of the year before: first_year, there is none; year_missing, there is "
        "none, but earlier ones; presentation_changed, it continues members of another presentation, or no report prints "
        "both years and the members are others; recast, a later report prints another figure than the report that "
        "prints both years, by more than printed precision",
        nullable=True,
        allowed=SERIES_BREAKS,
    )
    contribution_to_growth: Real = real(
        "Part of the growth of the whole's revenue that the member brings: its change in revenue over the whole's revenue "
        "of the year before. Members that make up the whole sum exactly to its growth: what was rounded away is shared "
        "out in proportion to each figure's precision. None where the series breaks",
        nullable=True,
    )
    cost: Real = real("Cost of sales", nullable=True)
    cost_basis: Text = text("How cost is known", nullable=True, allowed=COST_BASES)
    cost_share: Real = real("Share of the whole's cost of sales", nullable=True)
    gross_profit: Real = real("Gross profit", nullable=True)
    gross_profit_basis: Text = text(
        "How gross profit is known: printed; revenue_less_cost; printed_margin, revenue times the printed margin; remainder, "
        "what the other members leave of a whole that they make up",
        nullable=True,
        allowed=PROFIT_BASES,
    )
    gross_profit_precision: Real = real(
        "Half-width of the interval in which the unrounded gross profit lies, from the printed digits of its inputs",
        nullable=True,
    )
    gross_profit_share: Real = real("Share of the whole's gross profit", nullable=True)
    gross_margin: Real = real("Gross profit over revenue", nullable=True)
    margin_precision: Real = real("Half-width of the interval in which the unrounded gross margin lies", nullable=True)
    mix_effect: Real = real(
        "Change in the whole's gross margin by the member's change in share: (share - share of the year before) * (average "
        "margin of the member - average margin of the whole), averages of the two years. mix_effect and rate_effect of "
        "members that make up the whole sum exactly to the change of its margin; what was rounded away is shared out "
        "as for contribution_to_growth. None where the series breaks or the member's profit was recast",
        nullable=True,
    )
    rate_effect: Real = real(
        "Change in the whole's gross margin by the member's change in margin: average share * (margin - margin of the year "
        "before). None where the series breaks or the member's profit was recast",
        nullable=True,
    )
    operating_profit: Real = real(
        "Operating profit of the member as printed; the residual is what the company does not allocate", nullable=True
    )
    operating_margin: Real = real("Operating profit over revenue", nullable=True)


class SegmentInput(Table):
    """The printed figures that a row of the segment mix rests on, each with the cell it stands in."""

    class Config(Table.Config):
        name = "mart.segment_input"
        unique = [
            "entity_id", "fiscal_year", "dimension", "member_id", "used_as", "concept_id", "input_member_id", "input_fiscal_year",
        ]  # fmt: skip

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year of the row of the segment mix")
    dimension: Text = text("Dimension of the row")
    member_id: Text = text("Member of the row, or `residual`")
    used_as: Text = text(
        "What the figure is to the row: figure, the member's own; whole, that of its whole; part, that of another member, "
        "which a remainder rests on; the same of the year before; growth, what growth across a break rests on",
        allowed=INPUT_USES,
    )
    concept_id: Text = text("Concept of the figure")
    input_member_id: Text = text("Member of the figure; none means the company", nullable=True)
    input_fiscal_year: Whole = whole("Fiscal year of the figure")
    value: Exact = amount("Value in base units")
    unit: Text = text("Unit of the value")
    extract_id: Text = text("File the figure stands in")
    sheet: Text = text("Sheet")
    cell: Text = text("Cell address")
    label: Text = text("Label as printed")
    status: Text = text("How well the figure is supported", allowed=FIGURE_STATUSES)
    source: Text = text("Where the extract says that the figure comes from", nullable=True)
    note: Text = text("Remark on the figure", nullable=True)


class SegmentRole(Table):
    """The segment mix by role, which makes companies comparable: hardware, services, domestic, overseas ...

    Only dimensions that divide the company, and only where all members of the role are there or the dimension's
    members make up the whole.
    """

    class Config(Table.Config):
        name = "mart.segment_role"
        unique = ["entity_id", "fiscal_year", "dimension", "role"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    dimension: Text = text("Dimension, such as segment or region")
    role: Text = text("What the members are across companies")
    members: Whole = whole("Members with that role and revenue")
    revenue: Real = real("Revenue in base units of the currency")
    share: Real = real("Share of the company's revenue", nullable=True)
    growth: Real = real("Growth of revenue; none where a member was recast or regrouped", nullable=True)
    contribution_to_growth: Real = real("Sum of the members' contributions, where each has one", nullable=True)
    gross_profit: Real = real("Gross profit, where that of every member is known", nullable=True)
    gross_profit_precision: Real = real("Half-width of the interval in which it lies", nullable=True)
    gross_profit_share: Real = real("Share of the company's gross profit", nullable=True)
    gross_margin: Real = real("Gross profit over revenue", nullable=True)
    operating_profit: Real = real("Operating profit, where every member prints one", nullable=True)
    operating_margin: Real = real("Operating profit over revenue", nullable=True)


class SegmentConcentration(Table):
    """How evenly revenue is spread over the members of a dimension whose members make up the whole.

    Shares are of the members' revenue before eliminations between them.
    """

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


SEGMENT_TABLES: tuple[type[Table], ...] = (SegmentMix, SegmentInput, SegmentRole, SegmentConcentration)
