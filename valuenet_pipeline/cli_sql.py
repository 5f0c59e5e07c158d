"""The command `valuenet sql`: a query on the published warehouse, run in a process that can be ended at any moment.

Belongs here: the process, its limits, where its output goes. Not here: the settings of the connection (`warehouse`),
how rows are written (`report.export`).
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, TextIO

MEMORY_BYTES = 4 * 1024**3
"""Address space: twice what DuckDB may take, as some functions allocate past its own limit."""
OUTPUT_BYTES = 4 * 1024**3
BATCH = 10_000
"""Rows."""


class Format(StrEnum):
    """How a result is written."""

    table = "table"
    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"


BINARY = (Format.xlsx, Format.parquet)
ENDINGS = (Format.csv, *BINARY)


class QueryFailed(Exception):
    """A query that gave no result; the message says why."""


def run_query(path: Path, query: str, format: Format, seconds: float, result: IO[bytes]) -> None:
    """Write the result of a user's query to a file; raises QueryFailed, and then the file is of no use."""
    # The child finds the same package as this process, and nothing in the folder where the user stands.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
    command = [sys.executable, "-P", "-m", "valuenet_pipeline.cli_sql", str(path), format, query]
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=result, stderr=said, env=environment, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            raise QueryFailed(f"the query took longer than {seconds:g} s and was ended") from None
        said.seek(0)
        reason = said.read().decode(errors="replace").strip()
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        # DuckDB ends the process where it may not write a log that a query asked for.
        words = re.search(r'"exception_message":("(?:[^"\\]|\\.)*")', reason)
        why = json.loads(words[1]) if words else f"its limit of memory is {MEMORY_BYTES // 1024**3} GiB"
        raise QueryFailed(f"the query was ended by {name}: {why}")
    if done.returncode:
        raise QueryFailed(reason)


def export(path: Path, query: str, format: Format, seconds: float, output: Path | None) -> None:
    """The result on standard output or in a file, whole or not at all; raises QueryFailed or OSError."""
    if output is None:
        with tempfile.TemporaryFile() as result:
            run_query(path, query, format, seconds, result)
            result.seek(0)
            shutil.copyfileobj(result, sys.stdout.buffer)
            sys.stdout.flush()
        return
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("wb") as result:
            run_query(path, query, format, seconds, result)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


# In the child


def main() -> None:
    """Run the query of the command line and write its result, and nothing else, to standard output."""
    path, format, query = sys.argv[1:]
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        # Not every system has every limit; the parent's clock holds on all of them.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))
    from valuenet_pipeline import warehouse
    from valuenet_pipeline.report.export import ExportError

    try:
        with os.fdopen(os.dup(1), "w") as result:
            # What DuckDB prints by itself, such as a log that the query asked for, is no part of the result.
            os.dup2(2, 1)
            _write(Path(path), query, Format(format), result)
    except (FileNotFoundError, QueryFailed, ExportError, warehouse.QueryError) as error:
        sys.exit(str(error))
    except OverflowError as error:
        sys.exit(f"a value is beyond what {format} can hold: {error}; cast it to text")
    except MemoryError:
        sys.exit(f"the query needs more than {MEMORY_BYTES // 1024**3} GiB of memory")
    except OSError as error:
        # One without a reason of the system is the query's own, as pyarrow hands it on.
        sys.exit(f"the result cannot be written: {error.strerror}" if error.strerror else str(error))


def _write(path: Path, query: str, format: Format, result: TextIO) -> None:
    from valuenet_pipeline import warehouse
    from valuenet_pipeline.report import export

    with warehouse.connect_read_only(path) as connection:
        if not connection.extract_statements(query):
            raise QueryFailed('the query is empty: ask for something, such as "from mart.ratio limit 5"')
        if format is Format.table:
            if (relation := connection.sql(query)) is not None:
                result.write(f"{relation}\n")
            return
        connection.execute(query)
        if format is Format.parquet:
            export.write_parquet(result.buffer, connection.to_arrow_reader(BATCH))
            return
        names = [column[0] for column in connection.description or ()]
        rows = _rows(connection)
        if format is Format.csv:
            export.write_csv(result, names, rows)
        else:
            export.write_xlsx(result.buffer, names, rows)


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(BATCH):
        yield from batch


if __name__ == "__main__":
    main()
