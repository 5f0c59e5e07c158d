"""One folder per reading, named by the hash of all that made it; renamed into place, so whole or absent."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from valuenet_pipeline.contracts import SLICE_TABLES, columns_of

ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DECIMAL(38, 8)": pa.decimal128(38, 8),
}


def has_slice(folder: Path, key: str) -> bool:
    """Whether the reading named `key` is stored."""
    return (folder / key / "state.json").exists()


def store_slice(folder: Path, key: str, tables: dict[str, pd.DataFrame], state: dict[str, object]) -> None:
    """Store a reading's tables (by contract name) and what is to be said about it."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".slice-", dir=folder))
    try:
        for name, frame in tables.items():
            fields = [pa.field(column.name, ARROW[column.sql_type]) for column in columns_of(SLICE_TABLES[name])]
            index = [pa.field("line", pa.int64())] if frame.index.name == "line" else []
            frame = frame.reset_index() if index else frame
            columns = [_array(frame[field.name], field.type) for field in (*index, *fields)]
            pq.write_table(pa.table(columns, schema=pa.schema([*index, *fields])), temporary / f"{name}.parquet")
        (temporary / "state.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        if (folder / key).exists():
            shutil.rmtree(folder / key)
        os.replace(temporary, folder / key)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _array(series: pd.Series[Any], kind: pa.DataType) -> pa.Array:
    return pa.array([None if pd.isna(value) else value for value in series], type=kind)


def load_slice(folder: Path, key: str) -> dict[str, object]:
    """What `store_slice` was told about the reading."""
    state: dict[str, object] = json.loads((folder / key / "state.json").read_text(encoding="utf-8"))
    return state
