"""One folder per reading or past fact table, named by the hash of all that made it; renamed into place, so whole or absent.

Each holds the checksums of its files: whatever becomes of a disk, a slice is used as it was written, or read again.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from valuenet_pipeline.contracts import SLICE_TABLES, columns_of
from valuenet_pipeline.warehouse.durable import is_as_written, write_checksums

ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DECIMAL(38, 8)": pa.decimal128(38, 8),
}


CHECKSUMS = "SHA256SUMS"
TABLE = "table"

KEPT_DAYS = 30
"""For which a reading is kept though nothing needs it: a change that is soon undone is not read again."""


def has_slice(folder: Path, key: str) -> bool:
    """Whether the reading named `key` is stored."""
    return (folder / key / "state.json").exists()


def store_slice(folder: Path, key: str, tables: dict[str, pd.DataFrame], state: dict[str, object]) -> None:
    """Store a reading's tables (by contract name) and what is to be said about it."""
    _store(folder, key, {name: _arrow(name, frame) for name, frame in tables.items()}, state)


def remembered(folder: Path, key: str, make: Callable[[], pa.Table]) -> pa.Table:
    """The table that is stored under `key`; made, and stored, where there is none."""
    discard_damaged(folder, [key])
    if not has_slice(folder, key):
        _store(folder, key, {TABLE: make()}, {})
    os.utime(folder / key)  # needed today, so not to be pruned
    return pq.read_table(folder / key / f"{TABLE}.parquet")


def _store(folder: Path, key: str, tables: dict[str, pa.Table], state: dict[str, object]) -> None:
    with _temporary_folder(folder) as temporary:
        for name, table in tables.items():
            pq.write_table(table, temporary / f"{name}.parquet")
        (temporary / "state.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        write_checksums(temporary / CHECKSUMS, {file.name: file for file in sorted(temporary.iterdir())})
        if (folder / key).exists():
            shutil.rmtree(folder / key)
        os.replace(temporary, folder / key)


@contextmanager
def _temporary_folder(folder: Path) -> Iterator[Path]:
    """A folder to write a slice in. Its writer holds a shared lock, which tells the living from the dead."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        temporary = Path(tempfile.mkdtemp(prefix=".slice-", dir=folder))
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    fields = [pa.field(column.name, ARROW[column.sql_type]) for column in columns_of(SLICE_TABLES[name])]
    index = [pa.field("line", pa.int64())] if frame.index.name == "line" else []
    frame = frame.reset_index() if index else frame
    columns = [_array(frame[field.name], field.type) for field in (*index, *fields)]
    return pa.table(columns, schema=pa.schema([*index, *fields]))


def _array(series: pd.Series[Any], kind: pa.DataType) -> pa.Array:
    return pa.array([None if pd.isna(value) else value for value in series], type=kind)


def load_slice(folder: Path, key: str) -> dict[str, object]:
    """What `store_slice` was told about the reading."""
    state: dict[str, object] = json.loads((folder / key / "state.json").read_text(encoding="utf-8"))
    return state


def discard_damaged(folder: Path, keys: Iterable[str]) -> list[str]:
    """Remove those of the stored readings that are not as they were written; returns their names."""
    damaged = [key for key in keys if (folder / key).exists() and not is_as_written(folder / key / CHECKSUMS)]
    for key in damaged:
        shutil.rmtree(folder / key)
    return damaged


def prune_slices(folder: Path, keep: Collection[str], days: float = KEPT_DAYS) -> None:
    """Remove the readings that are neither to be kept nor of the last days, and what dead readers left half-written."""
    oldest = time.time() - days * 24 * 60 * 60
    for path in folder.glob("[!.]*"):
        if path.name not in keep and path.stat().st_mtime < oldest:
            shutil.rmtree(path)
    if folder.exists():
        _remove_half_written(folder)


def _remove_half_written(folder: Path) -> None:
    """Nothing is half-written by a living process while nobody shares the lock."""
    with (folder / ".lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for left in folder.glob(".slice-*"):
            shutil.rmtree(left)
