"""An XML spreadsheet of 2003 (SpreadsheetML), as old exports write it, to sheets.

Belongs here: its worksheets, rows and typed cells. Not here: the XML inside an .xlsx.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree

from valuenet_pipeline.extract.grid import Book, CellValue, Refused, Sheet
from valuenet_pipeline.extract.limits import check_grid, unreadable
from valuenet_pipeline.extract.workbook import hidden_sheet, plain_date
from valuenet_pipeline.extract.worksheet import ERROR_TEXT, NO_VALUE_TEXT

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = "{" + _NAMESPACE + "}"
_HEAD = 4096
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_WHOLE_LIMIT = 1e15


@dataclass
class _Table:
    """One worksheet as it grows; `row` and `column` are the last ones begun, from 0."""

    name: str
    rows: list[list[CellValue]] = field(default_factory=list)
    row: int = -1
    column: int = -1
    hidden_rows: set[int] = field(default_factory=set)
    is_visible: bool = True


def is_spreadsheetml(text: str) -> bool:
    """Whether a text is an XML spreadsheet of 2003."""
    return text.lstrip().startswith("<") and _NAMESPACE in text[:_HEAD] and "<html" not in text[:_HEAD].lower()


def open_spreadsheetml(text: str, name: str) -> Book:
    """The visible worksheets; raises Refused."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("FIL-05", f"{name} declares a document type.", "Save it again as .xlsx.")
    # The text is decoded already: what its declaration says of an encoding no longer holds.
    stream = io.BytesIO(_DECLARATION.sub("", text).encode())
    try:
        tables = list(_tables(stream, name))
    except (SafeTree.ParseError, DefusedXmlException, ValueError) as error:
        raise unreadable(name, error) from error
    sheets = [
        Sheet(table.name, tuple(map(tuple, table.rows)), hidden_rows=frozenset(table.hidden_rows))
        for table in tables
        if table.is_visible
    ]
    return Book(tuple(sheets), None, tuple(hidden_sheet(table.name) for table in tables if not table.is_visible))


def _tables(stream: io.BytesIO, name: str) -> Iterator[_Table]:
    table = _Table("")
    for event, element in SafeTree.iterparse(stream, events=("start", "end"), forbid_dtd=True):
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "Worksheet":
                table = _Table(element.get(_SS + "Name", ""))
            elif tag == "Row":
                _begin_row(table, element)
            elif tag == "Cell":
                table.column = _place(element, table.column)
        elif tag == "Cell":
            _end_cell(table, element, name)
        elif tag == "Row":
            element.clear()
        elif tag == "Visible":
            table.is_visible = not (element.text or "").startswith("SheetHidden")
        elif tag == "Worksheet":
            yield table


def _place(element: Element[Any], last: int) -> int:
    index = element.get(_SS + "Index", "")
    return int(index) - 1 if re.fullmatch(r"[1-9]\d{0,6}", index) else last + 1


def _begin_row(table: _Table, element: Element[Any]) -> None:
    table.row, table.column = _place(element, table.row), -1
    if element.get(_SS + "Hidden") == "1":
        table.hidden_rows.add(table.row)


def _end_cell(table: _Table, element: Element[Any], name: str) -> None:
    value = _value(element)
    row, column = table.row, table.column
    across = element.get(_SS + "MergeAcross", "")
    table.column += int(across) if re.fullmatch(r"\d{1,5}", across) else 0
    element.clear()
    if value is None or row < 0:
        return
    check_grid(row + 1, column + 1, f"{name}, {table.name}")
    table.rows.extend([] for _ in range(row + 1 - len(table.rows)))
    table.rows[row].extend(None for _ in range(column + 1 - len(table.rows[row])))
    table.rows[row][column] = value


def _value(element: Element[Any]) -> CellValue:
    data = element.find(_SS + "Data")
    if data is None:
        return NO_VALUE_TEXT if element.get(_SS + "Formula") else None
    text, kind = "".join(data.itertext()), data.get(_SS + "Type")
    if kind == "Error":
        return ERROR_TEXT
    if kind == "Number" and text.strip():
        number = float(text)
        return int(number) if number.is_integer() and abs(number) < _WHOLE_LIMIT else number
    if kind == "DateTime" and text.strip():
        return plain_date(datetime.datetime.fromisoformat(text.strip()))
    if kind == "Boolean":
        return text.strip() == "1"
    return text.rstrip() or None
