"""Faults that pass by themselves: what another program holds for a moment. Such a step is tried again, no other is.

Belongs here: telling a passing fault from one that would come again. Not here: bad extracts, which are findings (`reading`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from valuenet_pipeline import warehouse
from valuenet_pipeline.orchestration.inbox import HELD

WAITS = (1, 2, 4)
"""Seconds before each further try."""
SQLITE_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_transient(error: BaseException | None) -> bool:
    """Whether the same step may well succeed in a moment: the error, or what it was raised from, says that something is held."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in HELD:
            return True
        # the low byte; the rest tells kinds of the same code apart
        if (
            isinstance(error, sqlite3.OperationalError)
            and getattr(error, "sqlite_errorcode", 0) & 0xFF in SQLITE_PASSING
        ):
            return True
        if warehouse.is_locked(error):
            return True
        error = error.__cause__
    return False


@contextmanager
def retry_when_transient(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> Iterator[None]:
    """Have a step that meets a passing fault tried again, once for each of WAITS."""
    tried = context.op_execution_context.retry_number
    try:
        yield
    except Exception as error:
        if tried == len(WAITS) or not is_transient(error):
            raise
        raise dg.RetryRequested(max_retries=len(WAITS), seconds_to_wait=WAITS[tried]) from error
