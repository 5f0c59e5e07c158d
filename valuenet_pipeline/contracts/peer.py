"""A company among others: ranks of its metrics, the challenges they watch, the value net they speak of."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import Real, Table, Text, Whole, real, text, whole
from valuenet_pipeline.contracts.metric import METRIC_STATUSES
from valuenet_pipeline.contracts.records import RATE_KINDS, ROLES
from valuenet_pipeline.vocabulary import FIGURE_STATUSES


class PeerRank(Table):
    """Rank and percentile of each metric among the companies with a value for the same fiscal year.

    Money compares within one currency, or translated with a rate that an extract states.
    """

    class Config(Table.Config):
        name = "mart.peer_rank"
        unique = ["entity_id", "fiscal_year", "metric_id", "compared_in"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year, the calendar year in which it ends")
    metric_id: Text = text("Ratio or indicator, defined in mart.formula")
    value: Real = real("Value in the company's own currency, where it is money")
    unit: Text = text("Unit of the value")
    compared_in: Text = text("Currency in which it is compared; none where the metric is no money", nullable=True)
    compared_value: Real = real("Value that is compared: translated where exchange_rate is given")
    compared: Whole = whole("Companies compared, this one included")
    ranked_by: Text = text("Which way is better, as mart.formula says; the highest value first where neither is")
    rank: Whole = whole("1 is the best; ties share a rank; none where there is nothing to compare with", nullable=True)
    percentile: Real = real("Share of the others that do not stand higher: 1 the best, 0 the last", nullable=True)
    exchange_rate: Real = real("Stated rate by which the value was translated", nullable=True)
    rate_kind: Text = text("Average rate, for flows, or closing rate, for balances", nullable=True, allowed=RATE_KINDS)
    rate_extract_id: Text = text("File that states the rate", nullable=True)
    rate_source: Text = text("Where the rate was published", nullable=True)
    input_status: Text = text("Support of the weakest figure, or rate, it rests on", nullable=True)


class Challenge(Table):
    """What threatens the business, watched by metrics: which way each moved, and how it stands among other companies."""

    class Config(Table.Config):
        name = "mart.challenge"
        unique = ["entity_id", "fiscal_year", "challenge", "metric_id"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year")
    challenge: Text = text("Challenge, such as hardware_dependence")
    name_en: Text = text("Name of the challenge in English")
    name_zh: Text = text("Name of the challenge in Chinese")
    worry: Text = text("What is to be feared")
    metric_id: Text = text("Ratio or indicator by which it is watched")
    worse_when: Text = text("Which way of the metric adds to the worry", allowed=("higher", "lower"))
    value: Real = real("Value; null exactly when status is not ok", nullable=True)
    unit: Text = text("Unit of the value")
    status: Text = text("ok, or why there is no value", allowed=METRIC_STATUSES)
    reason: Text = text("The missing input or the condition that is not met", nullable=True)
    change: Real = real("Value less that of the year before", nullable=True)
    moved: Text = text(
        "Whether the change eased the worry or worsened it", allowed=("eased", "worsened", "unchanged", "unknown")
    )
    compared: Whole = whole("Companies with a comparable value for the same fiscal year, this one included")
    peer_median: Real = real("Median of the others, in this company's currency where it is money", nullable=True)
    rank: Whole = whole("Place among them, 1 the least worrying; none where there is no other", nullable=True)
    input_status: Text = text(
        "Support of the weakest figure the value rests on", nullable=True, allowed=FIGURE_STATUSES
    )
    statement: Text = text("The same in a sentence")


class ValueNetIndicator(Table):
    """The metrics that speak of each role of the value net, with their ranks among other companies."""

    class Config(Table.Config):
        name = "mart.value_net_indicator"
        unique = ["entity_id", "fiscal_year", "role", "metric_id"]

    entity_id: Text = text("Company at the centre of the value net")
    fiscal_year: Whole = whole("Fiscal year")
    role: Text = text("Role towards the company", allowed=ROLES)
    nodes: Whole = whole("Companies and groups in that role; none where no extract lists any", nullable=True)
    place: Whole = whole("Place of the metric among those of the role, from 1")
    metric_id: Text = text("Ratio or indicator that speaks of the role")
    value: Real = real("Value; null exactly when status is not ok", nullable=True)
    status: Text = text("ok, or why there is no value", allowed=METRIC_STATUSES)
    reason: Text = text("The missing input or the condition that is not met", nullable=True)
    input_status: Text = text("Support of the weakest figure it rests on", nullable=True, allowed=FIGURE_STATUSES)
    rank: Whole = whole("Rank in mart.peer_rank, money within one currency", nullable=True)
    compared: Whole = whole("Companies compared, this one included", nullable=True)


PEER_VIEWS: tuple[type[Table], ...] = (PeerRank, Challenge, ValueNetIndicator)
