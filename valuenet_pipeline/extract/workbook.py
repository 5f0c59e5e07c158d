"""A workbook to sheets: the values by calamine or xlrd, and what those readers leave out.

Belongs here: .xlsx and .xls, the clean-up of cell values. Not here: archives, the scan of one worksheet.
"""

from __future__ import annotations

import datetime
import html
import io
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import xlrd
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from valuenet_pipeline.extract.archive import Parts, check_well_formed, pack
from valuenet_pipeline.extract.grid import Book, CellValue, Place, Refused, Sheet, address
from valuenet_pipeline.extract.limits import check_grid, password_protected, unreadable
from valuenet_pipeline.extract.styles import read_formats
from valuenet_pipeline.extract.worksheet import ERROR_TEXT, Worksheet, scan_worksheet, styled_places
from valuenet_pipeline.vocabulary import Finding

WORKBOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_STRINGS = "xl/sharedstrings.xml"
_PROPERTIES = "docprops/core.xml"
# The parser needs no others of what lies beside the worksheets.
_READ_PARTS = ("[content_types].xml", "_rels/", "xl/")
_UNREAD_PARTS = ("xl/media/", "xl/theme/", "xl/calcchain.xml", "xl/printersettings/", "xl/drawings/", "xl/charts/")
_WHOLE_LIMIT = 1e15
_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet(\s[^<>]*)>")
_LINK_TAG = re.compile(r"<(?:\w+:)?Relationship(\s[^<>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MODIFIED = re.compile(rb"<(?:\w+:)?modified(?:\s[^<>]*)?>\s*(\d{4}-\d{2}-\d{2})")
_VISIBLE = 0
_BLANK = ""
"""Python keeps one empty text, so that an identity finds most blanks; the other branch finds the rest."""


@dataclass(frozen=True)
class Side:
    """What is known of one sheet beside its values."""

    worksheet: Worksheet
    number_formats: Mapping[Place, str] = field(default_factory=dict)


NO_SIDE = Side(Worksheet({}))


class _Formats:
    """The formats of a workbook's styles, read once, when the first sheet asks."""

    def __init__(self, styles: bytes) -> None:
        self._styles = styles

    @cached_property
    def by_style(self) -> dict[int, str]:
        return read_formats(self._styles)


class LazyFormats(Mapping[Place, str]):
    """The formats of a sheet's cells, read when the first is asked for: many readings never ask."""

    def __init__(self, text: bytes, formats: _Formats) -> None:
        self._text = text
        self._formats = formats

    @cached_property
    def _by_place(self) -> dict[Place, str]:
        by_style = self._formats.by_style
        return styled_places(self._text, by_style) if by_style else {}

    def __getitem__(self, place: Place) -> str:
        return self._by_place[place]

    @cached_property
    def get(self) -> Callable[..., Any]:
        """The format of a cell; asked for every figure, so without a detour over this class."""
        return self._by_place.get

    def __iter__(self) -> Iterator[Place]:
        return iter(self._by_place)

    def __len__(self) -> int:
        return len(self._by_place)

    def __repr__(self) -> str:
        return repr(self._by_place)

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self._by_place,)


# .xlsx


def open_xlsx(parts: Parts, name: str) -> Book:
    """The visible sheets of the expanded parts of an .xlsx or .xlsm; raises Refused."""
    if "[content_types].xml" not in parts:
        raise unreadable(name, "it has no list of contents")
    scans = {
        part: scan_worksheet(text, f"{name}, {part}")
        for part, text in parts.items()
        # A worksheet may lie under any name, and a hostile one would.
        if b"sheetData" in text
    }
    for part in (*scans, *({_STRINGS} & parts.keys())):
        check_well_formed(parts[part], f"{name}, {part}")
    formats = _Formats(parts.get(_STYLES, b""))
    sides: dict[str, Side] = {}
    for sheet, part in _sheet_parts(parts, name).items():
        if part in scans:
            sides[sheet] = Side(scans[part], LazyFormats(parts[part], formats))
    needed = {
        part: text
        for part, text in parts.items()
        if part.startswith(_READ_PARTS) and not part.startswith(_UNREAD_PARTS)
    }
    sheets, findings = read_calamine(pack(needed), name, sides)
    return Book(tuple(sheets), _modified_on(parts.get(_PROPERTIES, b"")), tuple(findings))


def _sheet_parts(parts: Parts, name: str) -> dict[str, str]:
    """Which part holds which sheet."""
    links = {
        link.get("Id"): _part_of_target(link.get("Target", "")) for link in _tags(_LINK_TAG, parts.get(_LINKS, b""))
    }
    sheets: dict[str, str] = {}
    for sheet in _tags(_SHEET_TAG, parts[WORKBOOK]):
        link_id = next((value for key, value in sheet.items() if key.endswith(":id")), None)
        if sheet.get("name", "") in sheets:
            raise Refused("FIL-02", f"{name} holds two sheets of one name.", "Give every sheet its own name.")
        sheets[sheet.get("name", "")] = links.get(link_id, "")
    return sheets


def _tags(pattern: re.Pattern[str], text: bytes) -> Iterator[dict[str, str]]:
    for attributes in pattern.findall(text.decode(errors="replace")):
        found = _ATTRIBUTE.findall(attributes)
        yield {key: html.unescape(double or single) for key, double, single in found}


def _part_of_target(target: str) -> str:
    path = target if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    return path.replace("\\", "/").lstrip("/").lower()


def _modified_on(properties: bytes) -> datetime.date | None:
    printed = _MODIFIED.search(properties)
    try:
        return datetime.date.fromisoformat(printed[1].decode()) if printed else None
    except ValueError:
        return None


# Cells by calamine


def read_calamine(content: bytes, name: str, sides: Mapping[str, Side]) -> tuple[list[Sheet], list[Finding]]:
    """The visible sheets with their sides, and a finding for every sheet that is left out; raises Refused."""
    sheets: list[Sheet] = []
    findings: list[Finding] = []
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in workbook.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible != SheetVisibleEnum.Visible:
                findings.append(hidden_sheet(sheet.name))
                continue
            side = sides.get(sheet.name, NO_SIDE)
            sheets.append(_read_sheet(workbook.get_sheet_by_name(sheet.name), side, name))
            findings += [*hidden_figures(sheets[-1]), *_volatile_figures(sheets[-1], side.worksheet)]
    except Refused:
        raise
    except BaseException as error:
        # A panic of the parser is no Exception, yet says only that the file is damaged.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if "password" in str(error).lower():
            raise password_protected(name) from error
        raise unreadable(name, error) from error
    return sheets, findings


def hidden_sheet(sheet: str) -> Finding:
    """The finding that names a sheet that is left out."""
    return Finding("FIL-11", "info", f"the sheet {sheet} is hidden and not read", "unhide it if it is wanted", sheet)


def _is_number(value: CellValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _volatile_figures(sheet: Sheet, worksheet: Worksheet) -> Iterator[Finding]:
    """A finding where numbers come from formulas that give others tomorrow; a date of today in a title is none."""
    places = [place for place in worksheet.volatile if _is_number(sheet.value(*place))]
    if places:
        message = f"{len(places)} number(s) come from formulas whose value changes by itself (RAND, TODAY, OFFSET ...)"
        yield Finding("NUM-04", "warning", message, "replace them by their values", sheet.name, address(*min(places)))


def hidden_figures(sheet: Sheet) -> Iterator[Finding]:
    """A finding where hidden rows or columns hold numbers: those are read like any other."""
    if not sheet.hidden_rows and not sheet.hidden_columns:
        return
    places = [
        (row, column)
        for row, cells in enumerate(sheet.rows)
        for column in (range(len(cells)) if row in sheet.hidden_rows else sheet.hidden_columns)
        if column < len(cells) and _is_number(cells[column])
    ]
    if places:
        message = f"{len(places)} number(s) in hidden rows or columns are read like the others"
        remedy = "unhide and check them, or delete them if they are out of date"
        yield Finding("FIL-11", "info", message, remedy, sheet.name, address(*min(places)))


def _read_sheet(sheet: CalamineSheet, side: Side, name: str) -> Sheet:
    check_grid(sheet.total_height, sheet.total_width, f"{name}, {sheet.name}")
    rows = sheet.to_python(skip_empty_area=False)
    worksheet = side.worksheet
    for (row, column), mark in worksheet.marks.items():
        if row >= len(rows):
            rows.extend([] for _ in range(row + 1 - len(rows)))
        cells = rows[row]
        if column >= len(cells):
            cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = mark
    clean = tuple([tuple(_clean(row)) for row in rows])
    return Sheet(sheet.name, clean, side.number_formats, worksheet.hidden_rows, worksheet.hidden_columns)


def _clean(row: list[Any]) -> list[CellValue]:
    """Blank text to None, whole floats to int; in one expression, as a call per cell costs more than the parse."""
    return [
        None
        if cell is _BLANK
        else (cell.rstrip() or None)
        if (kind := type(cell)) is str
        else ((int(cell) if cell.is_integer() else cell) if -_WHOLE_LIMIT < cell < _WHOLE_LIMIT else _large(cell))
        if kind is float
        else cell
        if kind is datetime.datetime or kind is datetime.date or kind is bool or kind is int
        else str(cell)
        for cell in row
    ]


def _large(number: float) -> CellValue:
    """A number beyond exact integers, or none at all: neither nan nor infinity is a figure."""
    return number if abs(number) < float("inf") else ERROR_TEXT


def plain_date(moment: datetime.datetime) -> datetime.date:
    """The day alone at midnight, as calamine gives it for .xlsx."""
    return moment.date() if moment.time() == datetime.time() else moment


# .xls by xlrd: calamine leaves error cells blank and misreads some old texts


def open_xls(content: bytes, name: str) -> Book:
    """The visible sheets of an old binary workbook; raises Refused."""
    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, ragged_rows=True, on_demand=True
        )
        sheets: list[Sheet] = []
        findings: list[Finding] = []
        for index, visibility in enumerate(book._sheet_visibility):
            sheet_name = book.sheet_names()[index]
            if visibility != _VISIBLE:
                findings.append(hidden_sheet(sheet_name))
                continue
            sheet = book.sheet_by_index(index)
            check_grid(sheet.nrows, sheet.ncols, f"{name}, {sheet_name}")
            sheets.append(_xlrd_sheet(book, sheet))
            findings += hidden_figures(sheets[-1])
    except Refused:
        raise
    except Exception as error:
        if "encrypted" in str(error).lower():
            raise password_protected(name) from error
        raise unreadable(name, error) from error
    return Book(tuple(sheets), None, tuple(findings))


def _xlrd_sheet(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet) -> Sheet:
    codes = [book.format_map[style.format_key].format_str for style in book.xf_list]
    formats: dict[Place, str] = {}
    rows: list[tuple[CellValue, ...]] = []
    for row in range(sheet.nrows):
        cells = sheet.row(row)
        rows.append(tuple(_xlrd_value(cell, book.datemode) for cell in cells))
        for column, cell in enumerate(cells):
            if cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                code = codes[cell.xf_index]
                if code and code != "General":
                    formats[row, column] = code
    hidden_rows = frozenset(row for row, look in sheet.rowinfo_map.items() if look.hidden)
    hidden_columns = frozenset(column for column, look in sheet.colinfo_map.items() if look.hidden)
    return Sheet(sheet.name, tuple(rows), formats, hidden_rows, hidden_columns)


def _xlrd_value(cell: xlrd.sheet.Cell, datemode: int) -> CellValue:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ERROR_TEXT
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    value = cell.value
    if cell.ctype == xlrd.XL_CELL_DATE:
        return plain_date(xlrd.xldate_as_datetime(value, datemode))
    return _clean([value])[0]
