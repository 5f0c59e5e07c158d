"""What the XML of one worksheet says beside its values: extent, errors, formulas without value, formats, hidden lines.

Ordinary worksheets, whose cells all begin `<c r="A1"`, are searched as a whole; any other is scanned cell by cell.
Belongs here: one worksheet part. Not here: which sheet it is, its values.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from valuenet_pipeline.extract.grid import Place, Refused
from valuenet_pipeline.extract.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, check_grid

ERROR_TEXT = "#ERROR"
"""Stands where a cell holds #REF!, #DIV/0! or another error."""
NO_VALUE_TEXT = "#NOVALUE"
"""Stands where a cell holds a formula whose value was never computed."""

_MAX_MERGES = 300_000
# No pattern runs past the next "<": what costs time on a damaged or hostile part stays in proportion to its size.
_ATTRIBUTES = rb"""(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*?)?"""
_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(?P<kind>row|c)(?P<attributes>" + _ATTRIBUTES + rb")(?P<empty>/?)>")
_CELL_END = re.compile(rb"</(?:\w+:)?c\s*>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_CELL_REFERENCE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_CELL_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_CELL_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d{1,9})["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]")
_INLINE = re.compile(rb"<(?:\w+:)?is[\s>]")
_FORMULA_TEXT = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*)?>([^<]+)<")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")

_VOLATILE_WORDS = (b"RAND(", b"RANDBETWEEN(", b"NOW(", b"TODAY(", b"OFFSET(", b"INDIRECT(")
_VOLATILE = re.compile(rb"(?<![\w.])(?:%b)" % b"|".join(map(re.escape, _VOLATILE_WORDS)))

# These begin with fixed bytes, which makes a search several times faster.
_PREFIXED_CELL = re.compile(rb":(?:c|row)[\s/>]")
_BARE_CELL = re.compile(rb"<c[\s/>]")
_END_WITHOUT_VALUE = re.compile(rb"</f>(?!<v>[^<])")
_FORMULA_WITHOUT_VALUE = re.compile(rb"<f(?:\s[^<>]*)?/>(?!<v>[^<])")
_EARLY_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,2})[0-9]{1,4}:([A-Z]{1,2})([0-9]{1,4})"')
_PLAIN_PLACE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_LATE_PLACE = re.compile(rb'<c r="(?!(?:[A-F]?[A-Z]|G[A-R])[0-9]{1,4}")')
"""A cell beyond the first 200 columns and 9,999 rows, which together are within the limit of cells."""
_ERROR_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^<>]*? t="e"')
_EMPTY_FORMULA = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"([^<>]*)>\s*<f(?:\s[^<>]*?)?(?:/>|>[^<]*</f\s*>)\s*(?:</c>|<v\s*/>|<v>\s*</v>)'
)
_ROW = re.compile(rb"<(?:\w+:)?row(\s[^<>]*)>")
_COLUMNS = re.compile(rb"<(?:\w+:)?col(\s[^<>]*)>")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_BOUND = re.compile(rb"""\s(min|max)\s*=\s*["'](\d{1,5})["']""")
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True)
class Worksheet:
    """Marks stand where a parser would leave a blank; the hidden lines count from 0."""

    marks: Mapping[Place, str]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    volatile: frozenset[Place] = frozenset()
    """Cells whose formula gives another value each time it is computed."""


def scan_worksheet(text: bytes, place: str) -> Worksheet:
    """Scan one part; `place` names the file and the part; refuses a grid beyond the limits and dynamic data."""
    _check_merges(text, place)
    _check_dynamic_data(text, place)
    marks = _plain_marks(text) if _is_plain(text) and _is_small(text) else _exact_marks(text, place)
    is_volatile = b"<f" in text and any(word in text for word in _VOLATILE_WORDS)
    volatile = frozenset(_volatile_places(text, place)) if is_volatile else frozenset()
    if b"hidden" not in text:
        return Worksheet(marks, volatile=volatile)
    return Worksheet(marks, frozenset(_hidden_rows(text, place)), frozenset(_hidden_columns(text)), volatile)


@lru_cache(maxsize=1024)
def column_number(letters: bytes) -> int:
    """0-based: b"A" is 0, b"AA" is 26."""
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column - 1


def styled_places(text: bytes, formats: Mapping[int, str]) -> dict[Place, str]:
    """The format of every cell whose style has one in `formats`, by style index."""
    if _is_plain(text):
        styles = b"|".join(b"%d" % style for style in formats)
        pattern = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})" s="(%b)"' % styles)
        by_index = {b"%d" % style: code for style, code in formats.items()}
        places: dict[Place, str] = {}
        for letters, row, style in pattern.findall(text):
            places[int(row) - 1, column_number(letters)] = by_index[style]
        return places
    return {
        (row, column): formats[int(style[1])]
        for row, column, attributes, _ in _scan_cells(text, "the worksheet")
        if (style := _CELL_STYLE.search(attributes)) and int(style[1]) in formats
    }


# Ordinary worksheets


def _is_plain(text: bytes) -> bool:
    begin, end = text.find(b"<sheetData"), text.rfind(b"</sheetData")
    if begin < 0 or end < begin or _PREFIXED_CELL.search(text):
        return False
    body = text[begin:end]
    if body.count(b"<c") != body.count(b'<c r="'):
        return False
    return not _BARE_CELL.search(text[:begin]) and not _BARE_CELL.search(text[end:])


def _is_small(text: bytes) -> bool:
    """Whether the grid is within the limits even if every cell, blank or not, counts."""
    if not _LATE_PLACE.search(text):
        return True
    cells = text.count(b'<c r="')
    letters: set[bytes] = set()
    rows = places = 0
    for match in _PLAIN_PLACE.finditer(text):
        column, row = match.groups()
        letters.add(column)
        rows, places = max(rows, int(row)), places + 1
    columns = max(map(column_number, letters), default=0) + 1
    return places == cells and rows <= MAX_ROWS and columns <= MAX_COLUMNS and rows * columns <= MAX_CELLS


def _plain_marks(text: bytes) -> dict[Place, str]:
    marks: dict[Place, str] = {}
    if b"<f" in text and _has_empty_formula(text):
        for letters, row, attributes in _EMPTY_FORMULA.findall(text):
            if b't="str"' not in attributes:
                marks[int(row) - 1, column_number(letters)] = NO_VALUE_TEXT
    if b't="e"' in text:
        for letters, row in _ERROR_CELL.findall(text):
            marks[int(row) - 1, column_number(letters)] = ERROR_TEXT
    return marks


def _has_empty_formula(text: bytes) -> bool:
    """Whether any formula lacks the value that ordinary writers put right behind it."""
    return bool(_END_WITHOUT_VALUE.search(text) or _FORMULA_WITHOUT_VALUE.search(text))


# Any worksheet


def _exact_marks(text: bytes, place: str) -> dict[Place, str]:
    marks: dict[Place, str] = {}
    rows = columns = 0
    for row, column, attributes, inner in _scan_cells(text, place):
        if not inner.strip():
            continue
        rows, columns = max(rows, row + 1), max(columns, column + 1)
        if mark := _mark(attributes, inner):
            marks[row, column] = mark
    check_grid(rows, columns, place)
    return marks


def _scan_cells(text: bytes, place: str) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Row, column, attributes and content of every cell; a cell without an address follows the one before."""
    row, column = -1, -1
    tags = _ROW_OR_CELL.finditer(text)
    tag = next(tags, None)
    while tag is not None:
        following = next(tags, None)
        attributes = tag["attributes"]
        printed = _REFERENCE.search(attributes)
        if tag["kind"] == b"row":
            row, column = _row_number(printed[1], place) if printed else row + 1, -1
        else:
            row, column = _cell_place(printed[1], place) if printed else (row, column + 1)
            inner = b"" if tag["empty"] else text[tag.end() : following.start() if following else None]
            end = _CELL_END.search(inner)
            yield row, column, attributes, inner[: end.start()] if end else inner
        tag = following


def _row_number(printed: bytes, place: str) -> int:
    if not re.fullmatch(rb"[0-9]{1,7}", printed) or not 1 <= int(printed) <= MAX_ROWS:
        raise _bad_address(printed, place)
    return int(printed) - 1


def _cell_place(printed: bytes, place: str) -> Place:
    match = _CELL_REFERENCE.fullmatch(printed)
    if match is None or int(match[2]) < 1:
        raise _bad_address(printed, place)
    return int(match[2]) - 1, column_number(match[1])


def _bad_address(printed: bytes, place: str) -> Refused:
    message = f"{place} holds a cell at {printed[:20]!r}, which is no address."
    return Refused("FIL-04", message, "Save the workbook again with a spreadsheet program.")


def _mark(attributes: bytes, inner: bytes) -> str | None:
    kind = _CELL_TYPE.search(attributes)
    if kind and kind[1] == b"e":
        return ERROR_TEXT
    is_text = kind is not None and kind[1] == b"str"
    if _FORMULA.search(inner) and not is_text and not _VALUE.search(inner) and not _INLINE.search(inner):
        return NO_VALUE_TEXT
    return None


# Merges, hidden lines, volatile formulas, dynamic data


def _check_merges(text: bytes, place: str) -> None:
    if b"mergeCell " not in text:
        return
    early = _EARLY_MERGE.findall(text)
    if len(early) == text.count(b"mergeCell "):
        # No merge is larger than the rectangle around all of them.
        columns = max(column_number(letters) for first, last, _ in early for letters in (first, last))
        if max(int(row) for _, _, row in early) * (columns + 1) <= MAX_CELLS and columns < MAX_COLUMNS:
            return
    for merges, match in enumerate(_MERGE.finditer(text), 1):
        first, _, last = match[1].replace(b"$", b"").partition(b":")
        top, left = _cell_place(first, place)
        bottom, right = _cell_place(last, place) if last else (top, left)
        check_grid(bottom - top + 1, right - left + 1, place)
        if merges > _MAX_MERGES:
            message = f"{place} merges more than {_MAX_MERGES:,} ranges."
            raise Refused("FIL-04", message, "Save the values alone as a new .xlsx.")


def _hidden_rows(text: bytes, place: str) -> Iterator[int]:
    for match in _ROW.finditer(text):
        if b"hidden" in match[1] and _HIDDEN.search(match[1]) and (printed := _REFERENCE.search(match[1])):
            yield _row_number(printed[1], place)


def _hidden_columns(text: bytes) -> Iterator[int]:
    for match in _COLUMNS.finditer(text):
        bounds = {name: int(number) for name, number in _BOUND.findall(match[1])}
        if _HIDDEN.search(match[1]) and b"min" in bounds and b"max" in bounds:
            yield from range(bounds[b"min"] - 1, min(bounds[b"max"], MAX_COLUMNS))


def _volatile_places(text: bytes, place: str) -> Iterator[Place]:
    for row, column, _, inner in _scan_cells(text, place):
        if (formula := _FORMULA_TEXT.search(inner)) and _VOLATILE.search(formula[1]):
            yield row, column


def _check_dynamic_data(text: bytes, place: str) -> None:
    """Refuse a formula that starts a program (`cmd|'/c calc'!A1`): no operator of a spreadsheet is a bar."""
    if b"|" not in text:
        return
    for match in _FORMULA_TEXT.finditer(text):
        if b"|" in match[1] and "|" in _QUOTED.sub("", html.unescape(match[1].decode(errors="replace"))):
            message = f"{place} holds a formula that starts another program."
            raise Refused("FIL-07", message, "Save the values alone as a new .xlsx.")
