"""The data dictionary is complete, and a bad table is refused with all its faults."""

from __future__ import annotations

import duckdb
import pandas as pd

from valuenet_pipeline.contracts import SLICE_TABLES, TABLES, VIEWS, columns_of, describe, key_of, name_of, validate


def test_every_table_and_column_is_described() -> None:
    for table in TABLES:
        assert describe(table)
        assert all(column.description for column in columns_of(table)), name_of(table)
        assert set(key_of(table)) <= {column.name for column in columns_of(table)}


def test_every_published_table_and_column_has_a_comment(warehouse: duckdb.DuckDBPyConnection) -> None:
    for kind in ("duckdb_tables()", "duckdb_views()"):
        name = "table_name" if "tables" in kind else "view_name"
        query = f"select {name} from {kind} where comment is null and not internal"
        assert warehouse.execute(query).fetchall() == []
    bare = "select table_name, column_name from duckdb_columns() where comment is null and not internal"
    assert warehouse.execute(bare).fetchall() == []


def test_all_faults_of_a_table_are_told_at_once() -> None:
    frame = pd.DataFrame(
        [{"role": "friend", "name": "Q", "supplies": None, "evidence": None, "status": "sure", "source": None}]
    )
    _, faults = validate(frame, SLICE_TABLES["value_net"])
    assert {word for fault in faults for word in ("friend", "sure") if word in fault.message} == {"friend", "sure"}


def test_every_view_has_the_columns_of_its_contract(warehouse: duckdb.DuckDBPyConnection) -> None:
    for view in VIEWS:
        found = warehouse.execute(f"select column_name, column_type from (describe {name_of(view).sql})").fetchall()
        assert sorted(found) == sorted((column.name, column.sql_type) for column in columns_of(view)), name_of(view)
