"""From the bytes of a file to sheets of cells: what the file is, whether it is safe, what its cells hold.

Belongs here: signatures, limits, archives, encodings, spreadsheet libraries. Not here: what a sheet shows.
"""

from __future__ import annotations

import csv
import datetime
import io
import math
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import xlrd
from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from valuenet_pipeline.extract.grid import CellValue, Refused, Sheet, address

ERROR_TEXT = "#ERROR"
"""Stands where a cell holds #REF!, #DIV/0! or another error."""
NO_VALUE_TEXT = "#NOVALUE"
"""Stands where a cell holds a formula whose value was never computed."""

_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_MAX_BYTES = 50 * 1024**2
_MAX_EXPANDED_BYTES = 100 * 1024**2
_MAX_ENTRIES = 1000
_MAX_ROWS = 1_048_576
_MAX_COLUMNS = 256
_MAX_CELLS = 2_000_000
_CHUNK = 64 * 1024
_DTD_WINDOW = 4 * 1024
_WHOLE_LIMIT = 1e15

_ACTIVE_PARTS = ("vbaproject.bin", "externallinks/", "oleobject")
_XML_ENDINGS = (".xml", ".rels", ".vml")
_WORKBOOK = "xl/workbook.xml"
_WORKBOOK_LINKS = "xl/_rels/workbook.xml.rels"
_ATTRIBUTES = rb"""(?:\s(?:[^>"']|"[^"]*"|'[^']*')*?)?"""
_ROW_OR_CELL = re.compile(
    rb"<(?:\w+:)?(?:(?P<row>row)(?P<row_attributes>" + _ATTRIBUTES + rb")/?>"
    rb"|c(?P<cell_attributes>" + _ATTRIBUTES + rb")(?:/>|>(?P<content>.*?)</(?:\w+:)?c\s*>))",
    re.DOTALL,
)
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_CELL_REFERENCE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_CELL_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]")
_INLINE = re.compile(rb"<(?:\w+:)?is[\s>]")

Marks = Mapping[tuple[int, int], str]


@dataclass(frozen=True)
class _Cell:
    """What the grid scan sees of one cell that holds something."""

    row: int
    column: int
    mark: str | None


def open_sheets(content: bytes, name: str) -> list[Sheet]:
    """The visible sheets of a file, told by its content and not by its name; raises Refused."""
    _check_size(content, name)
    if content.startswith(_OLE_SIGNATURE):
        return _open_ole(content, name)
    if content.startswith(_ZIP_SIGNATURES):
        return _open_zip(content, name)
    return [_open_text(content, name)]


def _check_size(content: bytes, name: str) -> None:
    if not content:
        raise Refused("FIL-02", f"{name} is empty.", "Download or save the file again.")
    if len(content) > _MAX_BYTES:
        message = f"{name} has {len(content):,} bytes; the limit is {_MAX_BYTES:,}."
        raise Refused("FIL-03", message, "Keep only the sheets with statements.")


# Old workbooks


def _open_ole(content: bytes, name: str) -> list[Sheet]:
    if _ENCRYPTED_STREAM in content:
        raise _password_protected(name)
    sheets = _read_calamine(content, name, {})
    return _read_xlrd(content, name) if _has_nul(sheets) else sheets


def _has_nul(sheets: Iterable[Sheet]) -> bool:
    return any(isinstance(cell, str) and "\0" in cell for sheet in sheets for row in sheet.rows for cell in row)


def _read_xlrd(content: bytes, name: str) -> list[Sheet]:
    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
        return [
            Sheet(
                sheet.name,
                tuple(tuple(_xlrd_value(cell, book.datemode) for cell in sheet.row(row)) for row in range(sheet.nrows)),
            )
            for sheet in book.sheets()
            if sheet.visibility == 0
        ]
    except Exception as error:
        raise _unreadable(name, error) from error


def _xlrd_value(cell: xlrd.sheet.Cell, datemode: int) -> CellValue:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ERROR_TEXT
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _cell_value(xlrd.xldate_as_datetime(cell.value, datemode))
    return _cell_value(cell.value)


# Workbooks in an archive


def _open_zip(content: bytes, name: str) -> list[Sheet]:
    parts = _expand(content, name)
    if _WORKBOOK not in parts:
        raise Refused("FIL-01", f"{name} is an archive without a workbook.", "Save it as .xlsx or .csv.")
    for part, text in parts.items():
        _check_part(part, text, name)
    marks = {part: _scan_grid(text, part, name) for part, text in parts.items() if b"sheetData" in text}
    part_names = _sheet_names(parts, name)
    by_sheet = {sheet: marks[part] for part, sheet in part_names.items() if part in marks}
    return _read_calamine(content, name, by_sheet)


def _expand(content: bytes, name: str) -> dict[str, bytes]:
    """The parts by lower-case path; every entry is expanded and counted, whatever its header says."""
    parts: dict[str, bytes] = {}
    remaining = _MAX_EXPANDED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_entries(archive.infolist(), name)
            for entry in archive.infolist():
                expanded = _expand_entry(archive, entry, remaining, name)
                remaining -= len(expanded)
                parts[_part_key(entry.filename)] = expanded
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        message = f"{name} is truncated or damaged: {error}."
        raise Refused("FIL-02", message, "Download the file again, or save it again as .xlsx.") from error
    return parts


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > _MAX_ENTRIES:
        message = f"{name} holds {len(entries):,} parts; the limit is {_MAX_ENTRIES:,}."
        raise Refused("FIL-03", message, "Save the sheets with statements as a new workbook.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise _password_protected(name)
    keys = [_part_key(entry.filename) for entry in entries]
    if len(set(keys)) < len(keys):
        raise Refused("FIL-02", f"{name} holds two parts of one name.", "Save the workbook again as .xlsx.")
    for key in keys:
        if any(active in key for active in _ACTIVE_PARTS):
            message = f"{name} holds a macro, an external link or an embedded object: {key}."
            raise Refused("FIL-07", message, "Save the values alone as a new .xlsx.")


def _part_key(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").lower()


def _expand_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, name: str) -> bytes:
    expanded = bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            expanded += chunk
            if len(expanded) > limit:
                message = f"{name} expands to more than {_MAX_EXPANDED_BYTES:,} bytes."
                raise Refused("FIL-03", message, "Save the sheets with statements as a new workbook.")
    return bytes(expanded)


def _check_part(part: str, text: bytes, name: str) -> None:
    """Refuse document types, and encodings in which a document type or an address could hide."""
    if not part.endswith(_XML_ENDINGS) and not text.lstrip().startswith(b"<"):
        return
    head = text[:_DTD_WINDOW]
    if b"<!DOCTYPE" in head:
        message = f"{name} declares a document type in {part}."
        raise Refused("FIL-05", message, "Save the workbook again with a spreadsheet program.")
    if text.startswith(_UTF16_MARKS) or b"\0" in head:
        raise Refused("FIL-05", f"{name} holds {part} in another encoding than UTF-8.", "Save it again as .xlsx.")


# The scan of a worksheet's cells


def _scan_grid(text: bytes, part: str, name: str) -> dict[tuple[int, int], str]:
    """The cells whose value the parser would blank out; refuses a grid beyond the limits."""
    marks: dict[tuple[int, int], str] = {}
    rows = columns = 0
    for cell in _scan_cells(text, part, name):
        rows, columns = max(rows, cell.row + 1), max(columns, cell.column + 1)
        if cell.mark:
            marks[cell.row, cell.column] = cell.mark
    _check_grid(rows, columns, f"{name}, {part}")
    return marks


def _check_grid(rows: int, columns: int, place: str) -> None:
    if rows > _MAX_ROWS or columns > _MAX_COLUMNS or rows * columns > _MAX_CELLS:
        last = address(rows - 1, columns - 1)
        message = f"{place} reaches {last}; the limit is {_MAX_CELLS:,} cells and {_MAX_COLUMNS} columns."
        raise Refused("FIL-04", message, "Delete the stray cells far from the tables.")


def _scan_cells(text: bytes, part: str, name: str) -> Iterator[_Cell]:
    row, column = -1, -1
    for match in _ROW_OR_CELL.finditer(text):
        if match["row"]:
            printed = _REFERENCE.search(match["row_attributes"])
            row, column = _row_number(printed[1], part, name) if printed else row + 1, -1
            continue
        printed = _REFERENCE.search(match["cell_attributes"])
        row, column = _cell_place(printed[1], part, name) if printed else (row, column + 1)
        inner = match["content"] or b""
        if inner.strip():
            yield _Cell(row, column, _mark(match["cell_attributes"], inner))


def _row_number(printed: bytes, part: str, name: str) -> int:
    if not re.fullmatch(rb"[0-9]{1,7}", printed):
        raise _bad_address(printed, part, name)
    return int(printed) - 1


def _cell_place(printed: bytes, part: str, name: str) -> tuple[int, int]:
    match = _CELL_REFERENCE.fullmatch(printed)
    if match is None:
        raise _bad_address(printed, part, name)
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - ord("A") + 1
    return int(match[2]) - 1, column - 1


def _bad_address(printed: bytes, part: str, name: str) -> Refused:
    message = f"{name} holds a cell at {printed[:20]!r} in {part}, which is no address."
    return Refused("FIL-04", message, "Save the workbook again with a spreadsheet program.")


def _mark(attributes: bytes, inner: bytes) -> str | None:
    kind = _CELL_TYPE.search(attributes)
    if kind and kind[1] == b"e":
        return ERROR_TEXT
    is_text = kind is not None and kind[1] == b"str"
    if _FORMULA.search(inner) and not is_text and not _VALUE.search(inner) and not _INLINE.search(inner):
        return NO_VALUE_TEXT
    return None


def _sheet_names(parts: Mapping[str, bytes], name: str) -> dict[str, str]:
    """Which worksheet part holds which sheet."""
    try:
        workbook = SafeTree.fromstring(parts[_WORKBOOK])
        links = SafeTree.fromstring(parts.get(_WORKBOOK_LINKS, b"<Relationships/>"))
    except (SafeTree.ParseError, DefusedXmlException) as error:
        raise _unreadable(name, error) from error
    targets = {link.get("Id"): _part_of_target(link.get("Target", "")) for link in links}
    names: dict[str, str] = {}
    for element in workbook.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link_id = next((value for key, value in element.items() if key.endswith("}id")), None)
            names[targets.get(link_id, "")] = element.get("name", "")
    return names


def _part_of_target(target: str) -> str:
    return _part_key(target if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target)))


# Cells by calamine


def _read_calamine(content: bytes, name: str, marks: Mapping[str, Marks]) -> list[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            _read_sheet(workbook.get_sheet_by_name(sheet.name), marks.get(sheet.name, {}), name)
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
    except Refused:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if "password" in str(error).lower():
            raise _password_protected(name) from error
        raise _unreadable(name, error) from error


def _read_sheet(sheet: CalamineSheet, marks: Marks, name: str) -> Sheet:
    _check_grid(sheet.total_height, sheet.total_width, f"{name}, {sheet.name}")
    rows = [[_cell_value(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), mark in marks.items():
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend(None for _ in range(column + 1 - len(rows[row])))
        rows[row][column] = mark
    return Sheet(sheet.name, tuple(tuple(row) for row in rows))


def _cell_value(
    cell: str | float | int | bool | datetime.date | datetime.time | datetime.timedelta,
) -> CellValue:
    if cell == "":
        return None
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ERROR_TEXT
        return int(cell) if cell.is_integer() and abs(cell) < _WHOLE_LIMIT else cell
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell)
    return cell


def _password_protected(name: str) -> Refused:
    return Refused("FIL-06", f"{name} is password-protected.", "Save it without a password.")


def _unreadable(name: str, error: BaseException) -> Refused:
    message = f"{name} cannot be read as a workbook: {error}."
    return Refused("FIL-02", message, "Open it with a spreadsheet program and save it again as .xlsx.")


# Text


def _open_text(content: bytes, name: str) -> Sheet:
    text = _decode(content, name)
    if text.lstrip().startswith(("<", "{")):
        raise _unsupported(name)
    return Sheet("csv", tuple(_csv_rows(text, name)))


def _unsupported(name: str) -> Refused:
    return Refused("FIL-01", f"{name} is not a supported format.", "Save it as .xlsx or .csv.")


def _decode(content: bytes, name: str) -> str:
    is_utf16 = content.startswith(_UTF16_MARKS)
    if b"\0" in content and not is_utf16:
        raise _unsupported(name)
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = f"{name} is text in an unknown encoding."
    raise Refused("FIL-13", message, "Save it as CSV in UTF-8.")


def _csv_rows(text: str, name: str) -> Iterator[tuple[CellValue, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows = columns = 0
    try:
        for line in reader:
            rows, columns = rows + 1, max(columns, len(line))
            _check_grid(rows, columns, name)
            yield tuple(cell.strip() or None for cell in line)
    except csv.Error as error:
        message = f"{name} is not valid CSV at line {reader.line_num}: {error}."
        raise Refused("FIL-14", message, "Mend the quotes in that line, or save the table again.") from error


def _delimiter(text: str) -> str:
    """The delimiter outside quotes that most of the first lines share; a comma if there is none."""
    unquoted = re.sub(r'"[^"]*"', "", text[:_CHUNK])
    lines = [line for line in unquoted.splitlines() if line.strip()]
    return max(",;\t|", key=lambda mark: sum(mark in line for line in lines))
