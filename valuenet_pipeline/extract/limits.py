"""How large a file, an archive and a grid may be, and the refusal beyond it.

Belongs here: limits that several openers share. Not here: what a file holds.
"""

from __future__ import annotations

from valuenet_pipeline.extract.grid import Refused, address

MAX_BYTES = 50 * 1024**2
"""Bytes of a file."""
MAX_EXPANDED_BYTES = 100 * 1024**2
"""Bytes of all entries of an archive together, expanded."""
MAX_ENTRY_BYTES = 50 * 1024**2
MAX_ENTRIES = 1000
MAX_EXPANSION = 100
"""Expanded over compressed bytes of an entry; entries up to FREE_ENTRY_BYTES may expand more."""
FREE_ENTRY_BYTES = 100_000
MAX_ROWS = 1_048_576
MAX_COLUMNS = 1024
MAX_CELLS = 2_000_000
"""Cells of the rectangle from A1 to the last populated cell of a worksheet."""
MAX_TEXT_CELLS = 5_000_000
"""Fields of a text file, which needs no rectangle; its lines and the fields of one are limited as in a worksheet."""


def check_size(size: int, name: str) -> None:
    """Refuse a file that is too large, before anybody reads it."""
    if size > MAX_BYTES:
        message = f"{name} has {size:,} bytes; the limit is {MAX_BYTES:,}."
        raise Refused("FIL-03", message, "Keep only the sheets with statements.")


def check_grid(rows: int, columns: int, place: str) -> None:
    """Refuse a grid beyond the limits before anything builds it; `place` names the file and the sheet."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        last = address(max(rows - 1, 0), max(columns - 1, 0))
        message = f"{place} reaches {last}; the limit is {MAX_CELLS:,} cells and {MAX_COLUMNS} columns."
        raise Refused("FIL-04", message, "Delete the stray cells and merges far from the tables.")


def unreadable(name: str, error: BaseException | str) -> Refused:
    """The refusal of a workbook that no reader understands."""
    message = f"{name} cannot be read as a workbook: {str(error)[:200]}."
    return Refused("FIL-02", message, "Open it with a spreadsheet program and save it again as .xlsx.")


def password_protected(name: str) -> Refused:
    """The refusal of an encrypted file."""
    return Refused("FIL-06", f"{name} is password-protected.", "Save it without a password.")
