"""Tables of schema `core`: what the extracts say, cell by cell."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import (
    Exact,
    Flag,
    Many,
    Moment,
    Table,
    Text,
    Whole,
    amount,
    day,
    flag,
    moment,
    text,
    text_by_text,
    whole,
)  # fmt: skip
from valuenet_pipeline.contracts.records import (
    BusinessLine,
    ExchangeRate,
    Milestone,
    Ownership,
    ValueNetEdge,
    ValueNetNode,
    ValueNetRole,
)
from valuenet_pipeline.vocabulary import FIGURE_STATUSES

KNOWN_FROM_BASES = ("extract", "entity_profile", "arrival")
OUTCOMES = ("fact", "nil", "absent", "quarantined")


class Entity(Table):
    """Companies that report, as their entity.yaml describes them."""

    class Config(Table.Config):
        name = "core.entity"
        unique = ["entity_id"]

    entity_id: Text = text("Identifier of the company, the name of its folder in the inbox")
    name_en: Text = text("Name in English")
    name_zh: Text = text("Name in Chinese", nullable=True)
    ticker: Text = text("Stock exchange ticker", nullable=True)
    currency: Text = text("Presentation currency, ISO 4217", nullable=True)
    accounting_standard: Text = text("Accounting standard of the statements", nullable=True)
    fiscal_year_end: Text = text("Month and day on which the fiscal year ends, MM-DD")
    last_fiscal_year: Whole = whole("Last fiscal year that is studied; no later report is awaited", nullable=True)


class Report(Table):
    """Publications of a company that its entity.yaml or its extracts name."""

    class Config(Table.Config):
        name = "core.report"
        unique = ["entity_id", "fiscal_year", "kind"]

    entity_id: Text = text("Company that publishes")
    fiscal_year: Whole = whole("Fiscal year reported, the calendar year in which it ends")
    kind: Text = text("Kind of publication, such as annual_report, prospectus or summary")
    published_on: Exact = day("Day of publication, where known", nullable=True)
    source: Text = text("Where the publication date comes from", nullable=True)


class Extract(Table):
    """Files in the inbox and what became of them."""

    class Config(Table.Config):
        name = "core.extract"
        unique = ["extract_id"]

    extract_id: Text = text("Path of the file below the inbox")
    entity_id: Text = text("Company whose folder the file lies in")
    content_hash: Text = text("SHA-256 of the file's bytes")
    bytes: Whole = whole("Size of the file in bytes")
    report_kind: Text = text("Kind of report the figures come from, as its title says")
    report_fiscal_year: Whole = whole("Newest fiscal year in the file", nullable=True)
    state: Text = text("What became of the file", allowed=("read", "quarantined"))
    lines: Whole = whole("Reported lines read")
    facts: Whole = whole("Lines that became facts")
    findings: Whole = whole("Findings of all severities")


class ConceptRow(Table):
    """What a line can mean: the catalog of accounting and operating concepts."""

    class Config(Table.Config):
        name = "core.concept"
        unique = ["concept_id"]

    concept_id: Text = text("Identifier in plain words")
    statement: Text = text("Statement the concept belongs to")
    section: Text = text("Section of the statement")
    balance: Text = text("XBRL balance: debit, credit or none", nullable=True)
    period_type: Text = text("Instant or duration", allowed=("instant", "duration"))
    unit: Text = text("Kind of unit: currency, shares, count, pure ...")
    is_non_negative: Flag = flag("Whether a negative value would be an error")
    name_en: Text = text("Name in English")
    name_zh: Text = text("Name in Chinese", nullable=True)
    description: Text = text("Definition")


class MemberRow(Table):
    """Positions on a company's dimensions: segments, regions, lines of internet services."""

    class Config(Table.Config):
        name = "core.member"
        unique = ["entity_id", "member_id"]

    entity_id: Text = text("Company")
    member_id: Text = text("Identifier of the position")
    dimension: Text = text("Dimension, such as segment or region")
    role: Text = text("What the member is across companies: hardware, services, other ...", nullable=True)
    part_of: Text = text("Member that the dimension divides; none means the company", nullable=True)
    name_en: Text = text("Name in English")
    name_zh: Text = text("Name in Chinese", nullable=True)


class MemberSuccession(Table):
    """Which member continues which of an earlier presentation, as entity.yaml says."""

    class Config(Table.Config):
        name = "core.member_succession"
        unique = ["entity_id", "member_id", "predecessor_id"]

    entity_id: Text = text("Company")
    member_id: Text = text("Member of the later presentation")
    predecessor_id: Text = text("Member of the earlier presentation that it continues")


class SliceLine(Table):
    """Reported lines of one extract, before it is known under which name the extract lies in the inbox."""

    class Config(Table.Config):
        name = "core.reported_line"
        unique = ["sheet", "cell", "concept_id"]

    entity: Text = text("Company as printed, where the extract holds several; none means the folder's", nullable=True)
    sheet: Text = text("Sheet")
    cell: Text = text("Cell address, or the path of the figure in a JSON file")
    statement: Text = text("Statement the table was taken for", nullable=True)
    section: Text = text("Section heading above the line", nullable=True)
    label: Text = text("Label as printed")
    printed: Text = text("Value as found in the cell")
    concept_id: Text = text("Concept the label means", nullable=True)
    member_id: Text = text("Member the line is about; none means the whole company", nullable=True)
    fiscal_year: Whole = whole("Fiscal year of the column", ge=1990, le=2100)
    period_start: Exact = day("First day of the period; none for an instant", nullable=True)
    period_end: Exact = day("Last day of the period")
    value: Exact = amount("Value in base units and natural sign", nullable=True)
    unit: Text = text("Currency code, shares, count, pure, or currency per share", nullable=True)
    decimals: Whole = whole("Precision as XBRL decimals of the value in base units", nullable=True)
    status: Text = text("How well the figure is supported", allowed=FIGURE_STATUSES)
    source: Text = text("Where the extract says that the figure comes from", nullable=True)
    note: Text = text("Remark on the figure", nullable=True)
    published_on: Exact = day("Day on which the extract says the figure was published or last restated", nullable=True)
    outcome: Text = text("What became of the cell", allowed=OUTCOMES)
    reason: Text = text("Why the line is in quarantine", nullable=True)


class ReportedLine(SliceLine):
    """Every figure cell of a statement table: label, printed value, cell, and what we made of it."""

    class Config(Table.Config):
        name = "core.reported_line"
        unique = ["extract_id", "sheet", "cell", "concept_id"]

    extract_id: Text = text("File the cell stands in")
    entity_id: Text = text("Company")


class Fact(Table):
    """Figures by concept, period and member, every vintage, each with the cell it stands in."""

    class Config(Table.Config):
        name = "core.fact"
        unique = ["extract_id", "sheet", "cell", "concept_id"]

    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year, the calendar year in which it ends")
    period_start: Exact = day("First day of the period; none for an instant", nullable=True)
    period_end: Exact = day("Last day of the period")
    concept_id: Text = text("Concept")
    member_id: Text = text("Member of a dimension; none means the whole company", nullable=True)
    value: Exact = amount("Value in base units (not thousands) and natural sign")
    unit: Text = text("Currency code, shares, count, pure, or currency per share")
    decimals: Whole = whole("Precision as XBRL decimals of the value in base units")
    extract_id: Text = text("File the figure stands in")
    report_kind: Text = text("Kind of report the file holds")
    report_fiscal_year: Whole = whole("Fiscal year of that report: the vintage of the figure")
    sheet: Text = text("Sheet")
    cell: Text = text("Cell address")
    label: Text = text("Label as printed")
    status: Text = text("How well the figure is supported", allowed=FIGURE_STATUSES)
    source: Text = text("Where the extract says that the figure comes from", nullable=True)
    note: Text = text("Remark on the figure", nullable=True)
    known_from: Moment = moment(
        "Since when this print of the figure has been known, UTC; a day of publication is its first moment"
    )
    known_from_basis: Text = text(
        "Where that comes from: the extract's own day of publication, the report's in entity.yaml, or the arrival of the extract",
        allowed=KNOWN_FROM_BASES,
    )


class SupersededFact(Fact):
    """Figures of extracts that were replaced or removed, as they were when they left; those replaced by the same are not here."""

    class Config(Table.Config):
        name = "core.superseded_fact"
        unique = ["extract_id", "version", "sheet", "cell", "concept_id"]

    version: Whole = whole("Version of the extract that printed it last")
    known_until: Moment = moment("When that version left the inbox, UTC")


class ExtractVersion(Table):
    """Every content that an extract ever had in the inbox, and when it came and left."""

    class Config(Table.Config):
        name = "core.extract_version"
        unique = ["extract_id", "version"]

    extract_id: Text = text("Path of the file below the inbox, as it is or was when it left")
    version: Whole = whole("Number of the content under this name, from 1", ge=1)
    chain: Whole = whole("The same for all versions of one file, whatever it was renamed to")
    entity_id: Text = text("Company whose folder the file lies in")
    content_hash: Text = text("SHA-256 of the file's bytes; its copy in data/archive bears this name")
    bytes: Whole = whole("Size in bytes")
    arrived_at: Moment = moment("When a refresh first met it, UTC")
    left_at: Moment = moment("When a refresh no longer met it, UTC; none while it lies in the inbox", nullable=True)
    left_because: Text = text(
        "Whether another content took its place or the file is gone", nullable=True, allowed=("replaced", "removed")
    )
    is_lost: Flag = flag(
        "Whether neither a copy nor a reading of it is left: what it said is not in core.superseded_fact"
    )


class Publication(Table):
    """The publication this file is: what it was made from."""

    class Config(Table.Config):
        name = "core.publication"
        unique = ["publication_id"]

    publication_id: Text = text("Identifier, part of the file's name")
    built_at: Moment = moment("When the build began, UTC")
    inbox_hash: Text = text("Hash over the paths and contents of all extracts and profiles")
    catalog_version: Text = text("Version of the catalog's data files")
    code_version: Text = text("Version of the package's code")
    duckdb_version: Text = text("Version of DuckDB that wrote the file")
    inputs: Many = text_by_text(
        "Path below the inbox of each extract, of each company's profile (its layout counted in) and of metrics.yaml, with "
        "the SHA-256 of the content"
    )


CORE_TABLES: tuple[type[Table], ...] = (
    Entity, Report, Extract, ExtractVersion, ConceptRow, MemberRow, MemberSuccession, ReportedLine, Fact, SupersededFact,
    Ownership, Milestone, ValueNetNode, ValueNetEdge, ValueNetRole, BusinessLine, ExchangeRate, Publication,
)  # fmt: skip
