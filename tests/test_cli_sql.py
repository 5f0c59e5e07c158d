"""The door for SQL: what it gives, that it reaches nothing but the warehouse, and that it can always be shut."""

from __future__ import annotations

import importlib
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from valuenet_pipeline import warehouse
from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.warehouse.connection import HARDENED

PAGE = Path(__file__).parent.parent / "docs" / "querying-safely.md"
ENDLESS = "with recursive r(n) as (select 1 union all select n + 1 from r where n > 0) select max(n) from r"
DEAF = "select length(repeat(repeat('x', 100000000), 30)) from range(100)"
"""Memory that DuckDB takes past its own limit, by a function that heeds no interrupt."""

ESCAPES = {
    # The ten of the first audit.
    "a csv file": "from read_csv('{file}')",
    "a file by its name": "from '{file}'",
    "a listing": "from glob('{folder}/*')",
    "a copy out": "copy (select 1) to '{folder}/out.csv'",
    "another database": "attach '{folder}/other.duckdb'",
    "an export": "export database '{folder}/exported'",
    "an installation": "install httpfs",
    "an extension": "load '{folder}/evil.duckdb_extension'",
    "access again": "set enable_external_access = true",
    "more memory": "set memory_limit = '100GB'",
    # Others.
    "a text file": "from read_text('{file}')",
    "a binary file": "from read_blob('{file}')",
    "a json file": "from read_json('{file}')",
    "a parquet file": "from read_parquet('{file}')",
    "a file by a query in a text": "from query('from read_text(''{file}'')')",
    "a sniffed file": "from sniff_csv('{file}')",
    "a view of a file": "create temp view v as from read_csv('{file}')",
    "a file into a table": "create temp table t(a text); copy t from '{file}'",
    "standard output": "copy (select 1) to '/dev/stdout'",
    "a server": "from 'https://127.0.0.1:9/x.parquet'",
    "a shipped extension": "load httpfs",
    "a file beside the warehouse": "copy (select 1) to '{warehouse}/out.csv'",
    "a spill beside the warehouse": "set temp_directory = '{warehouse}/spill'",
    "a log": "set log_query_path = '{folder}/log'",
    "a profile": "set profiling_output = '{folder}/profile'",
    "a folder allowed": "set allowed_directories = ['{folder}']",
    "the lock": "set lock_configuration = false",
    "the limit as it was": "reset memory_limit",
    "more threads": "set threads = 64",
    "a table in the warehouse": "create table core.mine as select 1",
    "a row in the warehouse": "insert into core.entity (entity_id, name_en) values ('x', 'x')",
    "a variable of the program": "from _frame",
}


@pytest.fixture(autouse=True)
def _home(shipped: flow.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(shipped.root))


def sql(query: str, *options: str) -> Result:
    return CliRunner().invoke(app, ["sql", query, *options])


def listing(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


# What it gives


def test_rows_are_printed_as_a_table_or_as_csv() -> None:
    assert "one" in sql("select 1 as one").stdout
    assert sql("select 1 as one, '=1' as two", "--format", "csv").stdout.split() == ["one,two", "1,'=1"]


def test_a_result_is_written_to_a_file_in_the_format_of_its_name(tmp_path: Path) -> None:
    query = "select '=1' as text, -1.5 as number, date '2021-12-31' as day"
    for name in ("a.csv", "a.xlsx", "a.parquet"):
        result = sql(query, "--output", str(tmp_path / name))
        assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").split() == ["text,number,day", "'=1,-1.5,2021-12-31"]
    cells = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows())[1]
    assert [(cell.data_type, str(cell.value)) for cell in cells] == [
        ("s", "=1"),
        ("n", "-1.5"),
        ("d", "2021-12-31 00:00:00"),
    ]
    frame = pd.read_parquet(tmp_path / "a.parquet")
    assert (frame["text"][0], float(frame["number"][0])) == ("=1", -1.5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet", "a.xlsx"]


def test_a_name_whose_ending_is_no_format_is_refused(tmp_path: Path) -> None:
    refused = sql("select 1", "--output", str(tmp_path / "a.json"))
    assert refused.exit_code == 1
    assert "json is no format; name a file that ends in csv, xlsx, parquet" in refused.stderr
    assert sql("select 1", "--output", str(tmp_path / "a.json"), "--format", "csv").exit_code == 0
    assert sql("select 1 as one", "--output", str(tmp_path / "a.txt")).exit_code == 0
    assert "one" in (tmp_path / "a.txt").read_text(encoding="utf-8")


def test_a_failed_query_leaves_the_earlier_file(tmp_path: Path) -> None:
    output = tmp_path / "a.csv"
    output.write_text("kept", encoding="utf-8")
    # The first rows are written before the last one fails.
    failed = sql(
        "select case when i = 50000 then error('late') else i end from range(50001) t(i)", "--output", str(output)
    )
    assert failed.exit_code == 1
    assert "late" in failed.stderr
    assert output.read_text(encoding="utf-8") == "kept"
    assert listing(tmp_path) == {output}


def test_a_fault_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ratioo does not exist" in sql("from mart.ratioo").stderr
    assert "cannot be written" in sql("select 1", "--output", str(tmp_path / "no" / "a.csv")).stderr
    monkeypatch.setenv("VALUENET_HOME", str(tmp_path))
    missing = sql("select 1")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "run `valuenet refresh` first" in missing.stderr


def test_a_query_may_begin_with_a_comment_but_must_ask_for_something() -> None:
    assert sql("-- one\nselect 1 as one", "--format", "csv").stdout.split() == ["one", "1"]
    for empty, *options in (("",), ("-- one", "--format", "csv")):
        refused = sql(empty, *options)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "the query is empty" in refused.stderr
    refused = sql("select '\udcff'")  # a byte that is no UTF-8, as the system hands it on
    assert refused.exit_code == 2
    assert "not UTF-8" in refused.stderr


@pytest.mark.parametrize("name", ["", "there"])
def test_a_folder_is_no_output(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    refused = sql("select 1", "--output", name)
    assert refused.exit_code == 1
    assert "is a folder: name a file to write" in refused.stderr


@pytest.mark.parametrize(
    ("query", "ending", "reason"),
    [
        ("select interval 1 day", "parquet", "parquet cannot hold"),
        ("select to_days(2147483647)", "csv", "cast it to text"),
        # Now and then DuckDB names the threads that it ended, not what ended the first of them.
        ("select if(i = 200000, error('late'), i) from range(200001) t(i)", "parquet", "late|Interrupted"),
    ],
)
def test_what_cannot_be_written_is_told_in_words(query: str, ending: str, reason: str, tmp_path: Path) -> None:
    failed = sql(query, "--output", str(tmp_path / f"a.{ending}"))
    assert failed.exit_code == 1
    assert re.search(reason, failed.stderr)
    assert "Traceback" not in failed.stderr
    assert "None" not in failed.stderr
    assert listing(tmp_path) == set()


def test_a_statement_without_rows_prints_none() -> None:
    assert (sql("create temp table t as select 1; from t", "--format", "csv").stdout.split()) == ["1", "1"]


# What it does not reach


@pytest.mark.parametrize("escape", ESCAPES)
def test_nothing_but_the_warehouse_is_reached(escape: str, shipped: flow.Project, tmp_path: Path) -> None:
    """Run in one process, as each query has an error of its own; that the command opens it so is tested below."""
    file = tmp_path / "secret.csv"
    file.write_text("a\nsecret\n", encoding="utf-8")
    _frame = pd.DataFrame({"a": [1]})
    before = listing(tmp_path) | listing(shipped.warehouse)
    query = ESCAPES[escape].format(file=file, folder=tmp_path, warehouse=shipped.warehouse)
    with warehouse.connect_read_only(shipped.published) as connection, pytest.raises(warehouse.QueryError):
        connection.execute(query).fetchall()
    assert listing(tmp_path) | listing(shipped.warehouse) == before


def test_the_command_opens_the_same_door() -> None:
    refused = sql(f"from read_text('{Path(__file__)}')")
    assert refused.exit_code == 1
    assert "disabled" in refused.stderr


def test_a_sort_beyond_the_memory_fails_and_writes_nothing(
    shipped: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HARDENED, "memory_limit", "64MB")
    before = listing(shipped.warehouse)
    with warehouse.connect_read_only(shipped.published) as connection, pytest.raises(warehouse.QueryError):
        connection.execute("select i, md5(i::text) as m from range(5000000) t(i) order by m").fetchall()
    assert listing(shipped.warehouse) == before


def test_a_module_in_the_users_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "duckdb.py").write_text("open('ran', 'w')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert sql("select 1").exit_code == 0
    assert not (tmp_path / "ran").exists()


LOGGING = "call enable_logging(storage = 'file', storage_path = '{}'); select 1"
"""DuckDB refuses the file by ending the process."""


def test_a_log_in_a_file_is_refused_for_what_it_is(tmp_path: Path) -> None:
    refused = sql(LOGGING.format(tmp_path / "log"))
    assert refused.exit_code == 1
    assert "file system operations are disabled" in refused.stderr
    assert "memory" not in refused.stderr
    assert listing(tmp_path) == set()


def test_a_log_on_standard_output_is_not_in_the_result() -> None:
    logged = sql("call enable_logging('QueryLog', storage = 'stdout'); select 1 as one", "--format", "csv")
    assert logged.stdout.split() == ["one", "1"]


# How it is shut


def test_a_query_without_end_is_ended() -> None:
    begun = time.monotonic()
    result = sql(ENDLESS, "--seconds", "2")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "longer than 2 s" in result.stderr
    assert time.monotonic() - begun < 10


def test_a_query_that_takes_memory_past_every_setting_is_ended() -> None:
    result = sql(DEAF, "--seconds", "10")
    assert result.exit_code == 1
    assert re.search("memory|bad_alloc|longer than", result.stderr, re.IGNORECASE)


# What the page tells others to use


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The code of the page, saved as it says."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    folder = tmp_path_factory.mktemp("server")
    (folder / "safe_query.py").write_text(code, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield importlib.import_module("safe_query")
        sys.modules.pop("safe_query")


def test_the_page_gives_rows_and_opens_the_same_door(page: ModuleType, shipped: flow.Project) -> None:
    assert page.SETTINGS == HARDENED
    path = str(shipped.published)
    names, rows = page.query("select entity_id from core.entity order by 1 limit 2", path)
    assert (names, rows) == (["entity_id"], [("alibaba",), ("huawei",)])
    with pytest.raises(ValueError, match="disabled"):
        page.query(f"from read_text('{PAGE}')", path)
    with pytest.raises(ValueError, match="more than 5 rows"):
        page.query("from range(10)", path, most_rows=5)


def test_the_page_tells_of_a_query_that_ended_its_process(
    page: ModuleType, shipped: flow.Project, tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError, match="log in a file"):
        page.query(LOGGING.format(tmp_path / "log"), str(shipped.published))


def test_the_page_ends_what_has_no_end(page: ModuleType, shipped: flow.Project) -> None:
    with pytest.raises(TimeoutError, match="longer than 2 s"):
        page.query(ENDLESS, str(shipped.published), seconds=2)
