"""What differs between two built files: tables, facts, metrics, and what the files were made from.

Belongs here: queries over two files side by side, opened read-only. Not here: how differences are shown (`report`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from valuenet_pipeline.contracts import TABLES, VIEWS, key_of, name_of

Row = dict[str, Any]

PUBLICATION = "core.publication"
"""The table in which no two files agree: it says which of them each is."""

SIDES = ("old", "new")

UNCHANGED = {"added": 0, "removed": 0, "changed": 0}

KEYS = {name_of(table).sql: key_of(table) for table in (*TABLES, *VIEWS)}


@dataclass(frozen=True)
class Comparison:
    """All that differs, each difference one row; a row that only one file has is removed or added."""

    made_from: list[Row]
    """what, old, new: publications, versions, and the content hash of every input that changed."""
    tables: list[Row]
    """table, change, old_rows, new_rows, added, removed, changed."""
    facts: list[Row]
    """change, entity_id, fiscal_year, concept_id, member_id, unit, report, old_value, new_value, old_cell, new_cell."""
    metrics: list[Row]
    """change, entity_id, fiscal_year, metric_id, vintage, old_value, new_value, old_status, new_status."""

    @property
    def is_equal(self) -> bool:
        """Whether every table and view has the same rows in both files."""
        return not self.tables


def compare(old: Path, new: Path) -> Comparison:
    """Compare two built files row by row; numbers are the same only to the last digit.

    Raises QueryError when one of the files cannot be read.
    """
    with _open_both(old, new) as connection:
        tables = list(_tables(connection))
        changed = {row["table"] for row in tables if row["change"] == "rows differ"}
        return Comparison(
            list(_made_from(connection)),
            tables,
            _rows(connection, FACTS) if "core.fact" in changed else [],
            _rows(connection, METRICS) if "mart.metric_value" in changed else [],
        )


@contextmanager
def _open_both(old: Path, new: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both files attached as `old` and `new` to a connection that reads nothing else and writes nowhere."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute("set enable_progress_bar = false")
        for side, path in zip(SIDES, (old, new), strict=True):
            literal = str(path.resolve()).replace("'", "''")
            connection.execute(f"attach '{literal}' as {side} (read_only)")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = connection.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _made_from(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """What the two publications say of themselves, where it differs."""
    old, new = (_rows(connection, f"from {side}.{PUBLICATION}")[0] for side in SIDES)
    old_inputs, new_inputs = (dict(row.pop("inputs", None) or {}) for row in (old, new))
    for before, after in ((old, new), (old_inputs, new_inputs)):
        for what in sorted(before.keys() | after.keys(), key=list({**before, **after}).index):
            if before.get(what) != after.get(what):
                yield {"what": what, "old": before.get(what), "new": after.get(what)}


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """The tables and views that differ."""
    old, new = (_columns(connection, side) for side in SIDES)
    for table in sorted(old.keys() | new.keys()):
        if table == PUBLICATION:
            continue
        if table not in old or table not in new:
            yield _one_sided(connection, table, is_new=table in new)
            continue
        shared = [name for name, kind in old[table].items() if new[table].get(name) == kind]
        before, after = (_fingerprint(connection, f"{side}.{table}", shared) for side in SIDES)
        rows = {"old_rows": before[0], "new_rows": after[0]}
        if before != after:
            yield {"table": table, "change": "rows differ", **rows, **_changes(connection, table, shared)}
        elif old[table] != new[table]:
            yield {"table": table, "change": "columns differ", **rows, **UNCHANGED}


def _one_sided(connection: duckdb.DuckDBPyConnection, table: str, is_new: bool) -> Row:
    """A table that only one file has."""
    rows = _count(connection, f"{SIDES[is_new]}.{table}")
    counts = (0, rows, rows, 0) if is_new else (rows, 0, 0, rows)
    named = zip(("old_rows", "new_rows", "added", "removed"), counts, strict=True)
    return {"table": table, "change": "added" if is_new else "removed", **dict(named), "changed": 0}


def _columns(connection: duckdb.DuckDBPyConnection, side: str) -> dict[str, dict[str, str]]:
    """Table or view → its columns and their types."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        """select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()
        where database_name = ? and not internal order by column_index""",
        [side],
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(_rows(connection, f"select count(*) as n from {table}")[0]["n"])


def _hash(columns: Sequence[str]) -> str:
    return f"hash({', '.join(map(_name, columns))})" if columns else "0::ubigint"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _fingerprint(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> tuple[int, int]:
    """Number of rows and the sum of their hashes, which does not depend on their order."""
    (row,) = _rows(connection, f"select count(*) as n, sum({_hash(columns)}::hugeint)::varchar as h from {table}")
    return row["n"], row["h"]


def _changes(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> Row:
    """Rows added, removed and changed; of a table without a key, a changed row is one removed and one added."""
    key = KEYS.get(table, ())
    keys = ", ".join(map(_name, key)) if key and set(key) <= set(columns) else "h"
    picked = "" if keys == "h" else f"{keys}, "
    both = " union all ".join(
        f"select {picked}{_hash(columns)} as h, {old} as o, {1 - old} as n from {side}.{table}"
        for side, old in zip(SIDES, (1, 0), strict=True)
    )
    (row,) = _rows(
        connection,
        f"""select sum(greatest(n - o, 0))::bigint as added, sum(greatest(o - n, 0))::bigint as removed,
          sum(least(o, n) - same)::bigint as changed
        from (select {keys}, sum(o) as o, sum(n) as n, sum(least(o, n)) as same
          from (select {picked}h, sum(o) as o, sum(n) as n from ({both}) group by {picked}h) group by {keys})""",
    )
    return row


FACT = """select entity_id, fiscal_year, concept_id, coalesce(member_id, '') as member, unit, report_kind, report_fiscal_year, value, status,
    concat(extract_id, ' ', sheet, '!', cell) as place,
    row_number() over (
      partition by entity_id, fiscal_year, concept_id, member_id, unit, report_kind, report_fiscal_year
      order by extract_id, sheet, cell) as print
  from {side}.core.fact"""
"""Figures as a report printed them, told apart where it printed one several times."""

CHANGE = "case when o.entity_id is null then 'added' when n.entity_id is null then 'removed' {moved}else 'changed' end"

FACTS = f"""
with old_fact as ({FACT.format(side="old")}), new_fact as ({FACT.format(side="new")})
select {CHANGE.format(moved="when o.value = n.value and o.status = n.status then 'moved' ")} as change,
  entity_id, fiscal_year, concept_id, nullif(member, '') as member_id, unit,
  concat(report_kind, ' ', report_fiscal_year) as report,
  o.value as old_value, n.value as new_value, o.place as old_cell, n.place as new_cell
from old_fact o full join new_fact n
  using (entity_id, fiscal_year, concept_id, member, unit, report_kind, report_fiscal_year, print)
where (o.value, o.status, o.place) is distinct from (n.value, n.status, n.place)
order by change, entity_id, fiscal_year, concept_id, member_id, unit, report, print"""
"""A figure that only stands elsewhere has moved."""

METRIC = """select *, concat(status, coalesce(' (' || input_status || ')', ''), coalesce(': ' || reason, '')) as said
  from {side}.mart.metric_value"""

METRICS = f"""
with old_metric as ({METRIC.format(side="old")}), new_metric as ({METRIC.format(side="new")})
select {CHANGE.format(moved="")} as change, entity_id, fiscal_year, metric_id, vintage,
  o.value as old_value, n.value as new_value, o.said as old_status, n.said as new_status
from old_metric o full join new_metric n using (entity_id, fiscal_year, metric_id, vintage)
where (o.value, o.said) is distinct from (n.value, n.said)
order by change, entity_id, fiscal_year, metric_id, vintage"""
