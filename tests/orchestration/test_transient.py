"""What passes by itself is tried again, what does not is not."""

import errno
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from valuenet_pipeline import warehouse
from valuenet_pipeline.orchestration.transient import WAITS, is_transient, retry_when_transient

HOLD = """
import sys, duckdb
held = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_a_warehouse_that_another_process_writes_is_held_for_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    duckdb.connect(str(path)).close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(duckdb.IOException) as held:
            warehouse.connect_read_only(path)
        holder.communicate(b"")
    assert is_transient(held.value)
    warehouse.connect_read_only(path).close()


def test_a_locked_history_is_held_for_a_moment_and_a_missing_table_is_not(tmp_path: Path) -> None:
    one, other = (sqlite3.connect(tmp_path / "history.db", timeout=0) for _ in range(2))
    one.execute("begin exclusive")
    with pytest.raises(sqlite3.OperationalError) as locked:
        other.execute("begin exclusive")
    one.rollback()
    with pytest.raises(sqlite3.OperationalError) as missing:
        other.execute("select * from nothing")
    one.close()
    other.close()
    assert is_transient(locked.value)
    assert not is_transient(missing.value)


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EAGAIN, errno.ETXTBSY, errno.ESTALE])
def test_a_file_that_is_held_is_transient_whatever_it_became(code: int) -> None:
    held = OSError(code, "held")
    assert is_transient(held)
    wrapped = RuntimeError("the build failed")
    wrapped.__cause__ = held
    assert is_transient(wrapped)


def test_a_damaged_file_and_a_file_that_is_no_warehouse_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "damaged.duckdb"
    path.write_bytes(b"no warehouse" * 1000)
    with pytest.raises(duckdb.Error) as damaged:
        warehouse.connect_read_only(path)
    assert not is_transient(damaged.value)


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "denied"),
        OSError(errno.ENOSPC, "no space"),
        FileNotFoundError(errno.ENOENT, "gone"),
        ValueError("a bug"),
        warehouse.AuditError("wrong"),
        None,
    ],
)
def test_what_waits_for_somebody_is_not_transient(error: BaseException | None) -> None:
    assert not is_transient(error)


def attempts(fault: Callable[[int], Exception | None], monkeypatch: pytest.MonkeyPatch) -> tuple[bool, int]:
    """Success and attempts of a run whose step meets a fault, without the waiting."""
    monkeypatch.setattr("valuenet_pipeline.orchestration.transient.WAITS", (0,) * len(WAITS))
    made: list[int] = []

    @dg.asset
    def step(context: dg.AssetExecutionContext) -> None:
        with retry_when_transient(context):
            made.append(len(made))
            if error := fault(made[-1]):
                raise error

    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize([step], instance=instance, raise_on_error=False).success, len(made)


def test_a_step_is_tried_again_while_a_file_is_held_and_three_times_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    held = OSError(errno.EBUSY, "held")
    assert attempts(lambda attempt: held if attempt < 2 else None, monkeypatch) == (True, 3)
    assert attempts(lambda attempt: held, monkeypatch) == (False, 1 + len(WAITS))


def test_a_step_that_fails_by_itself_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert attempts(lambda attempt: ValueError("a bug"), monkeypatch) == (False, 1)
