"""HTML tables, as exports name them .xls, to sheets.

Belongs here: tables, rows and cells of HTML. Not here: encodings of plain text, what a cell means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from valuenet_pipeline.extract.grid import CellValue, Refused, Sheet
from valuenet_pipeline.extract.limits import MAX_CELLS, MAX_COLUMNS, check_grid
from valuenet_pipeline.extract.text import decode_text

_HEAD_BYTES = 4096
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{1,20})""", re.IGNORECASE)
_CODECS = {
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "cp950",
}
_TABLE = re.compile(r"<table[\s>]", re.IGNORECASE)
_MAX_DEPTH = 20
_MAX_SPAN = MAX_COLUMNS + 1
_UNSEEN = ("script", "style", "title")
_LAYOUT = re.compile(r"[\t\r\n ]+")


def is_html(text: str) -> bool:
    """Whether a text that begins with markup is a page with a table."""
    return text.lstrip().startswith("<") and _TABLE.search(text) is not None


def decode_html(content: bytes, name: str) -> str:
    """The text in the charset that the page declares, else by the rules of plain text; raises Refused."""
    declared = _CHARSET.search(content[:_HEAD_BYTES])
    codec = _CODECS.get(declared[1].decode().lower()) if declared else None
    if codec is None or b"\0" in content:
        return decode_text(content, name)
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        message = f"{name} declares another charset than it has: the byte at offset {error.start:,} does not fit."
        raise Refused("FIL-13", message, "Export it again from the source as CSV in UTF-8.") from error


def open_html(text: str, name: str) -> list[Sheet]:
    """One sheet for each table that holds a cell, named table 1, table 2, …; raises Refused."""
    parser = _Tables(name)
    parser.feed(text)
    parser.close()
    grids = [table.rows for table in parser.tables if any(cell is not None for row in table.rows for cell in row)]
    if not grids:
        raise Refused("FIL-01", f"{name} is a page without a filled table.", "Save it as .xlsx or .csv.")
    return [Sheet(f"table {number}", tuple(map(tuple, rows))) for number, rows in enumerate(grids, 1)]


@dataclass
class _Table:
    """A table as it grows; `taken` maps a column to the rows below that a cell above it covers."""

    rows: list[list[CellValue]] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)
    text: list[str] | None = None
    spans: tuple[int, int] = (1, 1)

    def begin_row(self) -> None:
        self.end_cell()
        if self.rows:
            self.taken = {column: rows - 1 for column, rows in self.taken.items() if rows > 1}
        self.rows.append([])

    def begin_cell(self, rows: int, columns: int) -> None:
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self.text, self.spans = [], (rows, columns)

    def end_cell(self) -> None:
        if self.text is None:
            return
        row = self.rows[-1]
        while len(row) in self.taken:
            row.append(None)
        # Markup breaks lines for its own sake; a hard blank is the only indentation a page can show.
        value = _LAYOUT.sub(" ", "".join(self.text)).strip(" ").rstrip()
        rows, columns = self.spans
        first = len(row)
        row += [value or None, *[None] * (columns - 1)]
        if rows > 1:
            # The row itself counts, since the next row's start takes one away.
            self.taken.update(dict.fromkeys(range(first, first + columns), rows))
        self.text = None


class _Tables(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._name = name
        self._open: list[_Table] = []
        self._unseen = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._begin_table()
        elif not self._open:
            return
        elif tag == "tr":
            self._open[-1].begin_row()
        elif tag in ("td", "th"):
            self._begin_cell(dict(attrs))
        elif tag in ("br", "p", "div") and self._open[-1].text is not None:
            self._open[-1].text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag == "table" and self._open:
            self._open.pop().end_cell()
        elif tag in ("td", "th", "tr") and self._open:
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen and self._open[-1].text is not None:
            self._open[-1].text.append(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self._open.pop().end_cell()

    def _begin_table(self) -> None:
        table = _Table()
        self.tables.append(table)
        self._open.append(table)
        if len(self._open) > _MAX_DEPTH:
            message = f"{self._name} nests more than {_MAX_DEPTH} tables."
            raise Refused("FIL-04", message, "Save the table alone as .xlsx or .csv.")

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        rows, columns = _span(attributes.get("rowspan")), _span(attributes.get("colspan"))
        self._cells += columns
        table = self._open[-1]
        check_grid(len(table.rows), len(table.rows[-1]) + columns if table.rows else columns, self._name)
        if self._cells > MAX_CELLS:
            message = f"{self._name} holds more than {MAX_CELLS:,} cells."
            raise Refused("FIL-04", message, "Save the table alone as .xlsx or .csv.")
        table.begin_cell(rows, columns)


def _span(printed: str | None) -> int:
    """0 and nonsense count as 1, as in a browser; a span beyond the limits stays, and the grid check meets it."""
    return min(max(int(printed), 1), _MAX_SPAN) if printed and printed.isdecimal() and len(printed) < 9 else 1
