"""Tables that say how each figure is supported: Cell, Status, Decimals, Source, Note (and Sheet)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from valuenet_pipeline.extract.grid import CellValue, Sheet
from valuenet_pipeline.vocabulary import FIGURE_STATUSES

NEEDED = {"cell", "status"}


@dataclass(frozen=True)
class Provenance:
    """Support of one figure; decimals only where coarser than the digits printed."""

    status: str
    decimals: int | None
    source: str | None
    note: str | None


def _text(value: CellValue) -> str | None:
    return str(value).strip() or None if value is not None else None


def _header(row: tuple[CellValue, ...]) -> dict[str, int]:
    return {str(value).strip().lower(): column for column, value in enumerate(row) if value is not None}


def _may_be_header(row: tuple[CellValue, ...]) -> bool:
    """Whether the row is worth a closer look, told of all its texts at once as few rows are."""
    texts = " ".join([value for value in row if isinstance(value, str)]).lower()
    return all([name in texts for name in NEEDED])


def read_provenance(sheets: Iterable[Sheet]) -> tuple[dict[tuple[str, str], Provenance], dict[str, int]]:
    """Provenance by (sheet, cell), and per sheet the row at which its provenance table begins."""
    found: dict[tuple[str, str], Provenance] = {}
    begins: dict[str, int] = {}
    for sheet in sheets:
        columns: dict[str, int] = {}
        for number, row in enumerate(sheet.rows):
            if not columns and _may_be_header(row) and set(header := _header(row)) >= NEEDED:
                columns, begins[sheet.name] = header, number
                continue
            if not columns:
                continue
            entry = {name: _text(row[column]) for name, column in columns.items() if column < len(row)}
            if entry.get("cell") and entry.get("status") in FIGURE_STATUSES:
                decimals = entry.get("decimals")
                found[entry.get("sheet") or sheet.name, str(entry["cell"])] = Provenance(
                    status=str(entry["status"]),
                    decimals=int(float(decimals)) if decimals else None,
                    source=entry.get("source"),
                    note=entry.get("note"),
                )
    return found, begins
