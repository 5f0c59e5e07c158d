"""The plain grid that every reader of files delivers: named sheets of cells, and the refusal to read a file.

Belongs here: cells, addresses, `Refused`. Not here: opening files (`container`), what a cell means.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from valuenet_pipeline.vocabulary import Finding

CellValue = str | float | int | bool | datetime.date | None
Place = tuple[int, int]
"""Row and column of a cell, both from 0."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: row 0 is the sheet's first row, column 0 is column A; rows may differ in length."""

    name: str
    rows: tuple[tuple[CellValue, ...], ...]
    number_formats: Mapping[Place, str] = field(default_factory=dict)
    """The format code of cells that have another than General."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def value(self, row: int, column: int) -> CellValue:
        """The cell at a 0-based place; None where the sheet has no such cell."""
        if row < 0 or column < 0 or row >= len(self.rows):
            return None
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None


@dataclass(frozen=True)
class Book:
    """An opened file: its visible sheets, and what was found while opening it."""

    sheets: tuple[Sheet, ...]
    modified_on: datetime.date | None = None
    """Day of the last change that the file itself states; templates may state an old one."""
    findings: tuple[Finding, ...] = ()


def address(row: int, column: int) -> str:
    """The spreadsheet name of a 0-based place: (0, 0) is "A1"."""
    return f"{column_letters(column)}{row + 1}"


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """The letters of a 0-based column: 0 is "A"."""
    letters = ""
    remaining = column + 1
    while remaining:
        remaining, letter = divmod(remaining - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


class Refused(Exception):
    """A file that is not read: which check refused it, what was found and how to mend it."""

    def __init__(self, check_id: str, message: str, remedy: str) -> None:
        super().__init__(check_id, message, remedy)
        self.check_id = check_id
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.check_id}: {self.message} {self.remedy}"
