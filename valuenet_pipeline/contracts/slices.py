"""What one extract may hold once it is read: the contracts that its slice must meet before it is stored."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
from pandera.errors import SchemaErrors

from valuenet_pipeline.contracts.columns import Table, columns_of, name_of
from valuenet_pipeline.contracts.core import SliceLine
from valuenet_pipeline.contracts.mart import SliceFinding
from valuenet_pipeline.contracts.records import RECORD_TABLES
from valuenet_pipeline.vocabulary import Finding

_TABLES: tuple[type[Table], ...] = (SliceLine, SliceFinding, *RECORD_TABLES)
SLICE_TABLES: dict[str, type[Table]] = {name_of(table).table: table for table in _TABLES}


def empty(table: type[Table]) -> pd.DataFrame:
    """A frame of the table's columns without rows."""
    return pd.DataFrame({column.name: pd.Series(dtype=object) for column in columns_of(table)})


def validate(frame: pd.DataFrame, table: type[Table]) -> tuple[pd.DataFrame, list[Finding]]:
    """Check a frame against its contract: the coerced frame, and every fault at once as findings."""
    try:
        return table.validate(frame, lazy=True), []
    except SchemaErrors as errors:
        return frame, [_finding(frame, table, case) for case in errors.failure_cases.to_dict("records")]


def _finding(frame: pd.DataFrame, table: type[Table], case: dict[Hashable, Any]) -> Finding:
    index, column = case.get("index"), case.get("column")
    row = frame.loc[index] if index in frame.index else None
    where = f"row {row['line'] if row is not None and 'line' in frame else index}" if row is not None else "table"
    return Finding(
        check_id="contract",
        severity="error",
        message=f"{name_of(table).table}, {where}, column {column}: {case.get('failure_case')!r} fails {case.get('check')}",
        remedy="mend the value in the extract; the data dictionary lists what each column may hold",
        sheet=str(row["sheet"]) if row is not None and "sheet" in frame else None,
        cell=str(row["cell"]) if row is not None and "cell" in frame else None,
        label=str(row["label"]) if row is not None and "label" in frame else None,
    )
