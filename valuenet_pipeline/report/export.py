"""Rows as files for other programs, in which a spreadsheet finds nothing to run: csv, xlsx and parquet.

Belongs here: how a value is written. Not here: where rows come from (`warehouse`), what a person sees (`reading`).
"""

from __future__ import annotations

import csv
import datetime
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from valuenet_pipeline.report.neutral import neutral

MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 1_048_576, 16_384, 32_767
"""What a sheet holds: rows with the header, columns, characters of a cell."""

FIRST_DATE = datetime.date(1900, 3, 1)
"""Spreadsheets count days from 1900, and take that year for a leap year."""

Rows = Iterable[Sequence[Any]]


class ExportError(ValueError):
    """Rows that the format cannot hold; the message says what to do."""


def write_csv(stream: IO[str], names: Sequence[str], rows: Rows) -> None:
    """A header and the rows; numbers and dates as they print."""
    writer = csv.writer(stream)
    writer.writerow([neutral(name) for name in names])
    writer.writerows([neutral(value) for value in row] for row in rows)


def write_parquet(stream: IO[bytes], batches: pa.RecordBatchReader) -> None:
    """The batches as they are: no program runs what a parquet file holds."""
    try:
        with pq.ParquetWriter(stream, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    except pa.ArrowNotImplementedError as error:
        raise ExportError(f"parquet cannot hold a column: {error}; cast it to text, or write csv") from error


def write_xlsx(stream: IO[bytes], names: Sequence[str], rows: Rows) -> None:
    """One sheet with a header; text is always text, numbers are numbers and dates are dates."""
    if len(names) > MAX_COLUMNS:
        raise ExportError(f"a sheet holds {MAX_COLUMNS:,} columns, the query gives {len(names):,}: choose fewer")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("query")
    try:
        for row in _with_header(names, rows):
            sheet.append([_cell(sheet, value) for value in row])
    finally:
        sheet.close()
    book.save(stream)


def _with_header(names: Sequence[str], rows: Rows) -> Iterator[Sequence[Any]]:
    yield names
    for number, row in enumerate(rows, 2):
        if number > MAX_ROWS:
            message = f"a sheet holds {MAX_ROWS - 1:,} rows below its header: add a limit, or write csv or parquet"
            raise ExportError(message)
        yield row


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """A value as openpyxl writes it without guessing."""
    if value is None or isinstance(value, bool | int | Decimal) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if _is_sheet_date(value):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub(lambda found: found[0].encode("unicode_escape").decode(), str(value))
    if len(text) > MAX_TEXT:
        raise ExportError(f"a cell holds {MAX_TEXT:,} characters, a value has {len(text):,}: write csv or parquet")
    cell = WriteOnlyCell(sheet, text)
    # Without these a text that looks like a formula is one, at once or after the cell is edited.
    cell.data_type = "s"
    cell.quotePrefix = neutral(text) != text
    return cell


def _is_sheet_date(value: Any) -> bool:
    """Whether a value is a date or a time without zone that the calendar of sheets has."""
    if isinstance(value, datetime.datetime):
        return value.tzinfo is None and value.date() >= FIRST_DATE
    return isinstance(value, datetime.date) and value >= FIRST_DATE
