"""The read-only door to a published file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

HARDENED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "memory_limit": "2GB",
    "lock_configuration": True,
}
"""Read-only alone still lets SQL read and write other files; these settings do not."""


QueryError = duckdb.Error
"""A query that cannot be run; the message is DuckDB's own."""


def connect_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a published warehouse; raises FileNotFoundError that says how to make one."""
    if not path.exists():
        raise FileNotFoundError(f"there is no warehouse at {path}: run `valuenet refresh` first")
    return duckdb.connect(str(path.resolve()), read_only=True, config=HARDENED)


@contextmanager
def query_untrusted(path: Path, query: str, seconds: float = 60) -> Iterator[duckdb.DuckDBPyRelation | None]:
    """A user's query, executed, interrupted after `seconds`; None when the statement returns no rows."""
    connection = connect_read_only(path)
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        relation = connection.sql(query)
        yield relation.execute() if relation is not None else None
    finally:
        timer.cancel()
        connection.close()
