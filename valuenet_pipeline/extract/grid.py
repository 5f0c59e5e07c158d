"""The plain grid that every reader of files delivers: named sheets of cells, and the refusal to read a file.

Belongs here: cells, addresses, `Refused`. Not here: opening files (`container`), what a cell means.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

CellValue = str | float | int | bool | datetime.date | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: row 0 is the sheet's first row, column 0 is column A; rows may differ in length."""

    name: str
    rows: tuple[tuple[CellValue, ...], ...]

    def value(self, row: int, column: int) -> CellValue:
        """The cell at a 0-based place; None where the sheet has no such cell."""
        if not 0 <= row < len(self.rows) or not 0 <= column < len(self.rows[row]):
            return None
        return self.rows[row][column]


def address(row: int, column: int) -> str:
    """The spreadsheet name of a 0-based place: (0, 0) is "A1"."""
    letters = ""
    remaining = column + 1
    while remaining:
        remaining, letter = divmod(remaining - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


class Refused(Exception):
    """A file that is not read: which check refused it, what was found and how to mend it."""

    def __init__(self, check_id: str, message: str, remedy: str) -> None:
        super().__init__(check_id, message, remedy)
        self.check_id = check_id
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.check_id}: {self.message} {self.remedy}"
