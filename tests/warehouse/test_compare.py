"""Two builds of one inbox are the same to the last digit; where two files differ, every difference is named."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import refresh
from typer.testing import CliRunner

from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.warehouse import compare


def test_a_refresh_after_deleting_the_warehouse_gives_identical_tables(project: flow.Project, published: Path) -> None:
    shutil.rmtree(project.warehouse)
    refresh(project)
    found = compare(published, project.published)
    assert (found.tables, found.facts, found.metrics) == ([], [], [])
    assert found.is_equal
    assert {row["what"] for row in found.made_from} == {"publication_id", "built_at"}


def test_a_corrected_figure_is_named_with_what_follows_from_it(
    acme: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = refresh(acme)
    path = acme.inbox / "acme" / "report.csv"
    text = path.read_text(encoding="utf-8")
    moved = text.replace("四、净利润,11", "附注,,,,\n四、净利润,11")
    path.write_text(moved.replace('"1,104,218.90"', '"1,104,218.95"'), encoding="utf-8")
    found = compare(first, refresh(acme, "second"))
    assert not found.is_equal
    (figure,) = [row for row in found.facts if row["change"] != "moved"]
    assert {name: figure[name] for name in ("change", "entity_id", "fiscal_year", "concept_id", "member_id")} == {
        "change": "changed", "entity_id": "acme", "fiscal_year": 2022, "concept_id": "revenue", "member_id": None,
    }  # fmt: skip
    assert (figure["old_value"], figure["new_value"]) == (Decimal(11_042_189_000), Decimal(11_042_189_500))
    assert figure["new_cell"] == "acme/report.csv csv!D5"
    places = [(row["change"], row["old_cell"][-3:], row["new_cell"][-3:]) for row in found.facts if row is not figure]
    assert places == [("moved", "D15", "D16"), ("moved", "C15", "C16")]
    margins = [row for row in found.metrics if row["metric_id"] == "net_margin" and row["vintage"] == "current"]
    assert [(row["change"], row["fiscal_year"]) for row in margins] == [("changed", 2022)]
    assert margins[0]["old_value"] > margins[0]["new_value"] > 0
    changed = {row["table"]: row for row in found.tables}
    assert [changed["mart.ratio"][name] for name in ("old_rows", "new_rows", "added", "removed")] == [
        changed["mart.ratio"]["old_rows"], changed["mart.ratio"]["old_rows"], 0, 0,
    ]  # fmt: skip
    assert changed["mart.ratio"]["changed"] > 10

    monkeypatch.setenv("VALUENET_HOME", str(acme.root))
    shown = CliRunner().invoke(app, ["diff", "--limit", "3"], env={"COLUMNS": "200"})
    assert shown.exit_code == 1
    assert "11042189500" in shown.stdout
    assert "2 facts are the same and stand in another cell" in shown.stdout
    rows = CliRunner().invoke(app, ["diff", "--format", "csv"]).stdout.splitlines()
    assert sum(row.startswith("facts,") for row in rows) == 3
    assert sum(row.startswith("metrics,") for row in rows) == len(found.metrics) > 20
    written = json.loads(CliRunner().invoke(app, ["diff", "--format", "json"]).stdout)
    assert [len(written[part]) for part in ("tables", "metrics")] == [len(found.tables), len(found.metrics)]
    refused = CliRunner().invoke(app, ["diff", "1999"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "there are: 20" in refused.stderr


def _file(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for schema in ("core", "mart"):
            connection.execute(f"create schema {schema}")
        connection.execute("create table core.publication as select 'x' as publication_id")
        for statement in statements:
            connection.execute(statement)
    return path


def test_rows_and_tables_of_one_file_alone_are_counted(tmp_path: Path) -> None:
    old = _file(
        tmp_path / "old.duckdb",
        "create table core.entity as from (values ('a', 1.0), ('b', 2.0), ('c', 3.0)) t(entity_id, x)",
        "create table mart.keyless as from (values (1), (1), (2)) t(x)",
        "create table mart.gone as select 1 as x",
    )
    new = _file(
        tmp_path / "new.duckdb",
        "create table core.entity as from (values ('a', 1.0), ('b', 2.5), ('d', 3.0), ('e', 3.0)) t(entity_id, x)",
        "create table mart.keyless as from (values (1), (2), (2), (2)) t(x)",
    )
    found = {row["table"]: row for row in compare(old, new).tables}
    counts = ("old_rows", "new_rows", "added", "removed", "changed")
    assert [found["core.entity"][name] for name in counts] == [3, 4, 2, 1, 1]
    assert [found["mart.keyless"][name] for name in counts] == [3, 4, 2, 1, 0]
    assert (found["mart.gone"]["change"], found["mart.gone"]["old_rows"]) == ("removed", 1)
    assert compare(old, old).is_equal


@pytest.mark.parametrize("step", [1e-16, 1e-300])
def test_numbers_are_the_same_only_to_the_last_digit(tmp_path: Path, step: float) -> None:
    value = 0.3 if step == 1e-16 else 0.0
    old = _file(tmp_path / "old.duckdb", f"create table mart.one as select {value!r}::double as x")
    new = _file(tmp_path / "new.duckdb", f"create table mart.one as select {value + step!r}::double as x")
    assert [row["change"] for row in compare(old, new).tables] == ["rows differ"]
