"""The audit of a finished file: `python audit.py FILE` exits with a reason when the file must not be published.

Belongs here: what a published file must be. Not here: imports of this package, for the audit shares nothing with the build.
"""

import sys

import duckdb

VALUE_AND_STATUS = ("mart.ratio", "mart.profit_model")

BROKEN = """select check_id || ': ' || message from mart.finding where severity = 'error'
and (check_id = 'TIM-03' or check_id like 'DER-%' or check_id like 'WHS-%') order by all"""


def fault_of(path: str) -> str | None:
    """Why the file must not be published; None when it may. Every block of every table is read, and so verified."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        relations = connection.execute(
            "select table_schema || '.' || table_name, table_type from information_schema.tables"
            " where table_schema in ('core', 'mart')"
        ).fetchall()
        for name, kind in relations:
            every_row = f"select max(hash(one)) from {name} one"
            connection.execute(every_row if kind == "BASE TABLE" else f"select * from {name} limit 1").fetchall()
        for table in VALUE_AND_STATUS:
            wrong = _number(connection, f"select count(*) from {table} where (value is null) <> (status <> 'ok')")
            if wrong:
                return f"{table}: {wrong} rows whose value and status disagree"
        if _number(connection, "select count(*) from core.publication") != 1:
            return "core.publication must have exactly one row"
        if broken := connection.execute(BROKEN).fetchall():
            return f"{len(broken)} derived value(s) contradict what they rest on; {broken[0][0]}"
    return None


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    sys.exit(fault_of(sys.argv[1]))
