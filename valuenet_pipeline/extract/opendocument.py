"""An OpenDocument spreadsheet (.ods) to sheets.

Belongs here: the extent and the error cells of its tables. Not here: values, which calamine reads.
"""

from __future__ import annotations

import datetime
import html
import re
from dataclasses import dataclass, field

from valuenet_pipeline.extract.archive import Parts, pack
from valuenet_pipeline.extract.grid import Book, Place, Refused
from valuenet_pipeline.extract.limits import MAX_CELLS, MAX_COLUMNS, check_grid
from valuenet_pipeline.extract.workbook import Side, read_calamine
from valuenet_pipeline.extract.worksheet import ERROR_TEXT, NO_VALUE_TEXT, Worksheet

CONTENT = "content.xml"
_TAG = re.compile(
    rb"<table:(?P<kind>table|table-row|table-column|table-cell|covered-table-cell)"
    rb"""(?P<attributes>(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*?)?)(?P<empty>/?)>"""
)
_NAME = re.compile(rb"""\stable:name\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REPEATED = re.compile(rb"""\stable:number-(?:rows|columns)-repeated\s*=\s*["'](\d{1,9})["']""")
_HIDDEN = re.compile(rb"""\stable:visibility\s*=\s*["'](?:collapse|filter)["']""")
_CELL_END = re.compile(rb"</table:(?:covered-)?table-cell")
_MODIFIED = re.compile(rb"<dc:date>\s*(\d{4}-\d{2}-\d{2})")
_PROPERTIES = "meta.xml"


@dataclass
class _Scan:
    """One table as it is walked; `row` and `column` are where the next one begins."""

    row: int = 0
    row_repeats: int = 1
    column: int = 0
    columns_declared: int = 0
    marks: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def open_ods(parts: Parts, name: str) -> Book:
    """The visible sheets of the expanded parts; raises Refused."""
    sides = {
        sheet: Side(Worksheet(scan.marks, frozenset(scan.hidden_rows), frozenset(scan.hidden_columns)))
        for sheet, scan in _scan(parts[CONTENT], name).items()
    }
    # The parser looks for a part of the original spelling.
    known = {"meta-inf/manifest.xml": "META-INF/manifest.xml"}
    sheets, findings = read_calamine(pack({known.get(path, path): text for path, text in parts.items()}), name, sides)
    printed = _MODIFIED.search(parts.get(_PROPERTIES, b""))
    try:
        modified_on = datetime.date.fromisoformat(printed[1].decode()) if printed else None
    except ValueError:
        modified_on = None
    return Book(tuple(sheets), modified_on, tuple(findings))


def _scan(text: bytes, name: str) -> dict[str, _Scan]:
    scans: dict[str, _Scan] = {}
    scan, sheet = _Scan(), ""
    tags = _TAG.finditer(text)
    tag = next(tags, None)
    while tag is not None:
        following = next(tags, None)
        attributes, kind = tag["attributes"], tag["kind"]
        repeated = _REPEATED.search(attributes)
        repeats = int(repeated[1]) if repeated else 1
        if kind == b"table":
            printed = _NAME.search(attributes)
            sheet = html.unescape((printed[1] or printed[2] or b"").decode(errors="replace")) if printed else ""
            scan = scans[sheet] = _Scan()
        elif kind == b"table-row":
            scan.row, scan.row_repeats, scan.column = scan.row + scan.row_repeats, repeats, 0
            if _HIDDEN.search(attributes) and scan.row <= MAX_CELLS:
                scan.hidden_rows.update(range(scan.row - 1, scan.row - 1 + min(repeats, MAX_CELLS)))
        elif kind == b"table-column":
            if _HIDDEN.search(attributes):
                last = min(scan.columns_declared + repeats, MAX_COLUMNS)
                scan.hidden_columns.update(range(scan.columns_declared, last))
            scan.columns_declared += repeats
        else:
            inner = b"" if tag["empty"] else text[tag.end() : following.start() if following else None]
            end = _CELL_END.search(inner)
            _scan_cell(scan, attributes, inner[: end.start()] if end else inner, repeats, f"{name}, {sheet}")
        tag = following
    return scans


def _scan_cell(scan: _Scan, attributes: bytes, inner: bytes, repeats: int, place: str) -> None:
    first, scan.column = scan.column, scan.column + repeats
    if scan.column > MAX_CELLS or scan.row > MAX_CELLS:
        raise Refused("FIL-04", f"{place} repeats cells beyond any grid.", "Save it again as .xlsx.")
    if b"value-type" not in attributes and b"table:formula" not in attributes and not inner.strip():
        return
    top = scan.row - 1
    check_grid(top + scan.row_repeats, scan.column, place)
    mark = None
    if b'calcext:value-type="error"' in attributes:
        mark = ERROR_TEXT
    elif b"table:formula" in attributes and b"office:value-type" not in attributes and not inner.strip():
        mark = NO_VALUE_TEXT
    if mark:
        for row in range(top, top + scan.row_repeats):
            scan.marks.update(dict.fromkeys(((row, column) for column in range(first, scan.column)), mark))
