"""The typical workbook: three statements of one company, ten years across, in wordings of the catalog."""

from __future__ import annotations

import io
import random

from openpyxl import Workbook

from valuenet_pipeline.catalog import Catalog

YEARS = range(2014, 2024)
ROWS = 60
TITLES = {
    "income_statement": "Consolidated income statement",
    "balance_sheet": "Consolidated balance sheet",
    "cash_flow": "Consolidated cash flow statement",
}


def three_statements(catalog: Catalog, seed: int) -> bytes:
    """An .xlsx whose figures are another company's with each seed; its labels stay."""
    figures = random.Random(seed)
    book = Workbook()
    book.remove(book.worksheets[0])
    for statement, title in TITLES.items():
        sheet = book.create_sheet(statement)
        sheet.append([title])
        sheet.append(["RMB million"])
        sheet.append(["Year ended 31 December", *YEARS])
        for label in _labels(catalog, statement):
            sheet.append([label, *(round(figures.uniform(1, 500_000), 1) for _ in YEARS)])
        for row in sheet.iter_rows(min_row=4, min_col=2):
            for cell in row:
                cell.number_format = "#,##0.0"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _labels(catalog: Catalog, statement: str) -> list[str]:
    """One wording for each amount of the statement; where they are too few, names that nobody knows."""
    labels: dict[str, str] = {}
    for entry in catalog.labels:
        concept = catalog.concepts[entry.concept_id]
        if concept.statement == statement and concept.unit == "currency" and entry.label.isascii():
            labels.setdefault(entry.concept_id, entry.label)
    known = list(labels.values())[:ROWS]
    return [*known, *(f"Sundry item {number}" for number in range(ROWS - len(known)))]
