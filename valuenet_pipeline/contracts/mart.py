"""Tables of schema `mart`: what is derived from the facts, and what the checks say, for analysts."""

from __future__ import annotations

from valuenet_pipeline.contracts.columns import Table, Text, Whole, text, whole
from valuenet_pipeline.contracts.due import DUE_TABLES
from valuenet_pipeline.contracts.metric import METRIC_TABLES
from valuenet_pipeline.contracts.segment import SEGMENT_TABLES
from valuenet_pipeline.contracts.vintage import VINTAGE_TABLES


class SliceFinding(Table):
    """Findings of one extract, before it is known under which name the extract lies in the inbox."""

    class Config(Table.Config):
        name = "mart.finding"

    check_id: Text = text("Check that speaks")
    severity: Text = text("How grave: an error keeps lines out", allowed=("error", "warning", "info"))
    message: Text = text("What is wrong")
    remedy: Text = text("What to do")
    sheet: Text = text("Sheet", nullable=True)
    cell: Text = text("Cell", nullable=True)
    label: Text = text("Label of the line", nullable=True)


class FindingRow(SliceFinding):
    """What the checks say about extracts, cells and identities."""

    class Config(Table.Config):
        name = "mart.finding"

    extract_id: Text = text("File the finding is about")
    entity_id: Text = text("Company")
    fiscal_year: Whole = whole("Fiscal year, where the finding is about one", nullable=True)


class Quarantine(Table):
    """Lines and whole files kept out of the facts, with the reason."""

    class Config(Table.Config):
        name = "mart.quarantine"

    entity_id: Text = text("Company")
    extract_id: Text = text("File")
    sheet: Text = text("Sheet; none when the whole file is kept out", nullable=True)
    cell: Text = text("Cell; none when the whole file is kept out", nullable=True)
    label: Text = text("Label of the line", nullable=True)
    concept_id: Text = text("Concept, where known", nullable=True)
    fiscal_year: Whole = whole("Fiscal year", nullable=True)
    reason: Text = text("Why it is kept out")
    remedy: Text = text("What to do")


MART_TABLES: tuple[type[Table], ...] = (
    *METRIC_TABLES, *VINTAGE_TABLES, *SEGMENT_TABLES, *DUE_TABLES, FindingRow, Quarantine,
)  # fmt: skip
