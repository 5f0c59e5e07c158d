"""The read-only door to a published file.

Belongs here: how a published file is opened for queries. Not here: who asks, and for how long (`cli_sql`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

HARDENED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "memory_limit": "2GB",
    "threads": 4,
    # What does not fit into memory fails: the folder of the warehouse stays as it is.
    "temp_directory": "",
    "max_temp_directory_size": "0B",
    "lock_configuration": True,
}
"""Read-only alone still lets SQL read and write other files; these settings do not."""

Connection = duckdb.DuckDBPyConnection

QueryError = duckdb.Error
"""A query that cannot be run; the message is DuckDB's own."""


def is_locked(error: BaseException) -> bool:
    """Whether a file could not be opened because another process has it open for writing."""
    return isinstance(error, duckdb.IOException) and "Could not set lock" in str(error)


def connect_read_only(path: Path) -> Connection:
    """Open a published warehouse; raises FileNotFoundError that says how to make one."""
    if not path.exists():
        raise FileNotFoundError(f"there is no warehouse at {path}: run `valuenet refresh` first")
    return duckdb.connect(str(path.resolve()), read_only=True, config=HARDENED)
