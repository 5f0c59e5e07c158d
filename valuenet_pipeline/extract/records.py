"""Record files: a header that names a record table's columns, one record a row (owners, milestones, value net)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import pandas as pd

from valuenet_pipeline.contracts import AMOUNT, RECORD_TABLES, Column, Table, columns_of
from valuenet_pipeline.extract.grid import CellValue, Sheet


def record_table(sheet: Sheet) -> type[Table] | None:
    """The record table whose columns the sheet's first row names, if any."""
    if not sheet.rows:
        return None
    header = {str(value).strip() for value in sheet.rows[0] if value is not None}
    for table in RECORD_TABLES:
        if header == {column.name for column in columns_of(table)}:
            return table
    return None


def _cell(value: CellValue, column: Column) -> object:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    text = str(value).strip()
    try:
        if column.sql_type == AMOUNT:
            return Decimal(text.replace(",", ""))
        if column.sql_type == "BIGINT":
            return int(text)
    except (InvalidOperation, ValueError):
        return text
    return text


def read_records(sheet: Sheet, table: type[Table]) -> pd.DataFrame:
    """The records as a frame with the table's columns, indexed by the line of the file they stand on (from 1)."""
    header = [str(value).strip() for value in sheet.rows[0]]
    columns = {column.name: column for column in columns_of(table)}
    rows, lines = [], []
    for number, row in enumerate(sheet.rows[1:], start=2):
        if any(value not in (None, "") for value in row):
            rows.append({name: _cell(value, columns[name]) for name, value in zip(header, row, strict=False)})
            lines.append(number)
    return pd.DataFrame(rows, columns=list(columns), index=pd.Index(lines, name="line"), dtype=object)
