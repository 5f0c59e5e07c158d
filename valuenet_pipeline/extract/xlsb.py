"""A binary Excel workbook (.xlsb) to sheets.

Belongs here: the records that the checks before the parser need. Not here: values, which calamine reads.
"""

from __future__ import annotations

import html
import re
import struct
from collections.abc import Iterator

from valuenet_pipeline.extract.archive import Parts, pack
from valuenet_pipeline.extract.grid import Book, Place
from valuenet_pipeline.extract.limits import check_grid, unreadable
from valuenet_pipeline.extract.workbook import Side, read_calamine
from valuenet_pipeline.extract.worksheet import ERROR_TEXT, Worksheet

BINARY_WORKBOOK = "xl/workbook.bin"
_LINKS = "xl/_rels/workbook.bin.rels"

# Record types of [MS-XLSB] 2.3.2.
_ROW, _BLANK, _ERROR, _FORMULA_ERROR, _SHEET = 0, 1, 3, 11, 156
_LAST_CELL = 11
_NUMBER = struct.Struct("<I")
_TAG = re.compile(r"<(?:\w+:)?Relationship(\s[^<>]*)>")
_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*["']([^"']*)["']""")


def open_xlsb(parts: Parts, name: str) -> Book:
    """The visible sheets of the expanded parts; raises Refused."""
    sides: dict[str, Side] = {}
    try:
        links = _links(parts)
        for sheet, link_id in _sheets(parts[BINARY_WORKBOOK]):
            part = links.get(link_id, "")
            if part in parts:
                sides[sheet] = Side(Worksheet(_scan(parts[part], f"{name}, {sheet}")))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise unreadable(name, error) from error
    sheets, findings = read_calamine(pack(parts), name, sides)
    return Book(tuple(sheets), None, tuple(findings))


def _links(parts: Parts) -> dict[str, str]:
    links: dict[str, str] = {}
    for attributes in _TAG.findall(parts.get(_LINKS, b"").decode(errors="replace")):
        link = {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(attributes)}
        target = link.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        links[link.get("Id", "")] = path.lower()
    return links


def _records(text: bytes) -> Iterator[tuple[int, int, int]]:
    """Type, start and end of the content of every record."""
    position = 0
    while position < len(text):
        kind, position = text[position], position + 1
        if kind & 0x80:
            kind, position = (kind & 0x7F) | text[position] << 7, position + 1
        size = 0
        for shift in (0, 7, 14, 21):
            byte, position = text[position], position + 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, position, position + size
        position += size


def _sheets(workbook: bytes) -> Iterator[tuple[str, str]]:
    """Name and link of every sheet."""
    for kind, start, _ in _records(workbook):
        if kind == _SHEET:
            link_id, after = _text(workbook, start + 2 * _NUMBER.size)
            name, _ = _text(workbook, after)
            yield name, link_id


def _text(text: bytes, start: int) -> tuple[str, int]:
    (length,) = _NUMBER.unpack_from(text, start)
    begin = start + _NUMBER.size
    return text[begin : begin + 2 * length].decode("utf-16-le"), begin + 2 * length


def _scan(text: bytes, place: str) -> dict[Place, str]:
    marks: dict[Place, str] = {}
    row = rows = columns = 0
    for kind, start, _ in _records(text):
        if kind == _ROW:
            (row,) = _NUMBER.unpack_from(text, start)
        elif _BLANK < kind <= _LAST_CELL:
            (column,) = _NUMBER.unpack_from(text, start)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if kind in (_ERROR, _FORMULA_ERROR):
                marks[row, column] = ERROR_TEXT
    check_grid(rows, columns, place)
    return marks
