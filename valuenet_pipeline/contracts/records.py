"""Tables of the company around its figures: who owns it, what it went through, who makes up its value net.

A CSV whose header is a table's record columns is read into that table.
"""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import Exact, Table, Text, Whole, amount, text, whole
from valuenet_pipeline.vocabulary import FIGURE_STATUSES

CURRENCY = r"^[A-Z]{3}$"
PARTIAL_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"
ROLES = ("supplier", "ecosystem_company", "customer", "complementor", "competitor")
RATE_KINDS = ("average", "closing")
OWNERSHIP_MEASURES = ("shares_percent", "votes_percent", "class_percent", "shares")


class OwnershipRecord(Table):
    """Who holds how much of the company."""

    class Config(Table.Config):
        name = "core.ownership"

    fiscal_year: Whole = whole("Fiscal year the holding is given for", ge=1990, le=2100)
    as_of: Text = text(
        "Day, month or year of the holding, as precisely as known", nullable=True, str_matches=PARTIAL_DATE
    )
    holder: Text = text("Who holds")
    share_class: Text = text("Class of shares; none means all", nullable=True)
    measure: Text = text("What the value counts", allowed=OWNERSHIP_MEASURES)
    value: Exact = amount("Percent (31.4 means 31.4 %) or number of shares, as `measure` says")
    status: Text = text("How well the figure is supported", allowed=FIGURE_STATUSES)
    source: Text = text("Where it was published", nullable=True)
    note: Text = text("Remark", nullable=True)


class MilestoneRecord(Table):
    """What happened to the company, and when."""

    class Config(Table.Config):
        name = "core.milestone"

    occurred_on: Text = text("Day, month or year, as precisely as known", str_matches=PARTIAL_DATE)
    topic: Text = text("What the event is about, such as listing or strategy")
    event: Text = text("What happened")
    status: Text = text("How well the event is supported", allowed=FIGURE_STATUSES)
    source: Text = text("Where it was published", nullable=True)
    note: Text = text("Remark", nullable=True)


class ValueNetRecord(Table):
    """Who stands around the company, in which role, on what evidence."""

    class Config(Table.Config):
        name = "core.value_net"

    role: Text = text("Role towards the company", allowed=ROLES)
    name: Text = text("Name of the company or group")
    supplies: Text = text("What it brings; for a competitor, the field of rivalry", nullable=True)
    evidence: Text = text("What supports the statement", nullable=True)
    status: Text = text("How well it is supported", allowed=FIGURE_STATUSES)
    source: Text = text("Where it was published", nullable=True)


class BusinessLineRecord(Table):
    """What the company sells."""

    class Config(Table.Config):
        name = "core.business_line"

    business_line: Text = text("Name of the line of business")
    member_id: Text = text("Segment that reports it", nullable=True)
    role: Text = text("What the line is across companies", allowed=("hardware", "services", "other"), nullable=True)
    products: Text = text("What it sells", nullable=True)
    since: Text = text("Since when, as precisely as known", nullable=True, str_matches=PARTIAL_DATE)
    description: Text = text("Description", nullable=True)
    status: Text = text("How well it is supported", allowed=FIGURE_STATUSES)
    source: Text = text("Where it was published", nullable=True)


class ExchangeRateRecord(Table):
    """Rates at which money of one currency is translated into another, as a report or a central bank states them."""

    class Config(Table.Config):
        name = "core.exchange_rate"

    from_currency: Text = text("Currency translated, ISO 4217", str_matches=CURRENCY)
    to_currency: Text = text("Currency it is translated into, ISO 4217", str_matches=CURRENCY)
    fiscal_year: Whole = whole("Fiscal year the rate is for, the calendar year in which it ends", ge=1990, le=2100)
    kind: Text = text("Average of the year, for flows, or closing rate, for balances", allowed=RATE_KINDS)
    rate: Exact = amount("Units of the second currency for one unit of the first", gt=0)
    status: Text = text("How well the rate is supported", allowed=FIGURE_STATUSES)
    source: Text = text("Where it was published", nullable=True)


class Ownership(OwnershipRecord):
    """Who holds how much of the company."""

    class Config(Table.Config):
        name = "core.ownership"

    entity_id: Text = text("Company")
    extract_id: Text = text("File the row stands in")
    line: Whole = whole("Line of the file")


class Milestone(MilestoneRecord):
    """What happened to the company, and when."""

    class Config(Table.Config):
        name = "core.milestone"

    entity_id: Text = text("Company")
    extract_id: Text = text("File the row stands in")
    line: Whole = whole("Line of the file")


class ValueNetNode(Table):
    """Companies and groups that stand in the value net of some company."""

    class Config(Table.Config):
        name = "core.value_net_node"
        unique = ["name"]

    name: Text = text("Name of the company or group")
    roles: Whole = whole("In how many roles it appears")
    entities: Whole = whole("In the value nets of how many companies it appears")


class ValueNetEdge(ValueNetRecord):
    """Who stands around the company, in which role, on what evidence."""

    class Config(Table.Config):
        name = "core.value_net_edge"

    entity_id: Text = text("Company at the centre of the value net")
    extract_id: Text = text("File the row stands in")
    line: Whole = whole("Line of the file")


class ValueNetRole(Table):
    """How many stand in each role around a company, and how well that is supported."""

    class Config(Table.Config):
        name = "core.value_net_role"
        unique = ["entity_id", "role"]

    entity_id: Text = text("Company at the centre of the value net")
    role: Text = text("Role towards the company", allowed=ROLES)
    nodes: Whole = whole("Companies and groups in that role, each name once")
    confirmed: Whole = whole("Those whose best support is confirmed")
    printed: Whole = whole("Those whose best support is printed")
    derived: Whole = whole("Those whose best support is derived")
    unconfirmed: Whole = whole("Those of whom no statement is supported")


class ExchangeRate(ExchangeRateRecord):
    """Stated rates of translation; each holds for fiscal years that end in the month of the company's it is given for."""

    class Config(Table.Config):
        name = "core.exchange_rate"

    entity_id: Text = text("Company in whose folder the file lies, for whose fiscal years the rates are")
    extract_id: Text = text("File the row stands in")
    line: Whole = whole("Line of the file")


class BusinessLine(BusinessLineRecord):
    """What the company sells."""

    class Config(Table.Config):
        name = "core.business_line"

    entity_id: Text = text("Company")
    extract_id: Text = text("File the row stands in")
    line: Whole = whole("Line of the file")


RECORD_TABLES: tuple[type[Table], ...] = (
    OwnershipRecord, MilestoneRecord, ValueNetRecord, BusinessLineRecord, ExchangeRateRecord,
)  # fmt: skip
