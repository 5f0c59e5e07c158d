"""The cover page of a filing, as regulators' renderings print it: what kind of document, whose, for which year end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from valuenet_pipeline.catalog.wording import normalise
from valuenet_pipeline.extract.grid import Sheet
from valuenet_pipeline.vocabulary import FiscalYearEnd

DEEPEST = 200
LABELS = {
    normalise(label): name
    for label, name in (
        ("Document Type", "document_type"),
        ("Entity Registrant Name", "entity"),
        ("Current Fiscal Year End Date", "year_end"),
    )
}
INTERIM_FORMS = re.compile(r"\s*(?:10-?QT?|8-?K|6-?K)(?:/A)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Cover:
    """What a cover states; None where it does not."""

    sheet: str | None = None
    document_type: str | None = None
    entity: str | None = None
    year_end: FiscalYearEnd | None = None

    @property
    def is_interim(self) -> bool:
        """Whether the document reports no whole year."""
        return self.document_type is not None and INTERIM_FORMS.fullmatch(self.document_type) is not None


def read_cover(sheets: Iterable[Sheet]) -> Cover:
    """The first cover page among the sheets."""
    for sheet in sheets:
        found: dict[str, str] = {}
        for row in sheet.rows[:DEEPEST]:
            if row and isinstance(row[0], str) and (name := LABELS.get(normalise(row[0]))):
                value = next((cell for cell in row[1:] if isinstance(cell, str) and cell.strip()), None)
                if value is not None:
                    found.setdefault(name, value.strip())
        if "document_type" in found:
            return Cover(sheet.name, found["document_type"], found.get("entity"), _year_end(found.get("year_end")))
    return Cover()


def _year_end(printed: str | None) -> FiscalYearEnd | None:
    match = re.fullmatch(r"-{0,2}(\d{2}-\d{2})", printed or "")
    return FiscalYearEnd.parse(match[1]) if match else None
