"""The command line as others call it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow

runner = CliRunner()


@pytest.fixture(autouse=True)
def _home(shipped: flow.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(shipped.root))


def test_read_prints_facts_in_base_units_with_cells(shipped: flow.Project) -> None:
    result = runner.invoke(app, ["read", str(shipped.inbox / "xiaomi" / "annual-report-2021.xlsx"), "--format", "csv"])
    assert result.exit_code == 0
    facts = list(csv.DictReader(io.StringIO(result.stdout)))
    revenue = [
        fact for fact in facts if fact["concept"] == "revenue" and fact["fiscal_year"] == "2021" and not fact["member"]
    ]
    assert {(float(fact["value"]), fact["currency"]) for fact in revenue} == {(328_309_145_000.0, "CNY")}
    assert all(fact["sheet"] and fact["cell"] and fact["label"] for fact in facts)


def test_read_refuses_an_empty_file_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").write_bytes(b"")
    result = runner.invoke(app, ["read", str(tmp_path / "empty.xlsx"), "--format", "csv"])
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "empty" in result.stderr


def test_read_says_what_is_wrong_with_an_option(shipped: flow.Project) -> None:
    file = shipped.inbox / "xiaomi" / "annual-report-2021.xlsx"
    result = runner.invoke(app, ["read", str(file), "--fiscal-year-end", "31 March"])
    assert result.exit_code == 1
    assert "MM-DD" in result.stderr


def test_sql_prints_rows_and_reads_no_other_file() -> None:
    result = runner.invoke(app, ["sql", "select 1 as one", "--format", "csv"])
    assert result.stdout.split() == ["one", "1"]
    refused = runner.invoke(app, ["sql", f"from read_text('{Path(__file__)}')"])
    assert refused.exit_code == 1
    assert "disabled" in refused.stderr


def test_explain_names_the_cells() -> None:
    result = runner.invoke(app, ["explain", "xiaomi", "2021", "gross_margin"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "0.177458" in result.stdout
    assert "annual-report-2021.xlsx" in result.stdout


def test_explain_an_unknown_metric_says_where_to_look() -> None:
    result = runner.invoke(app, ["explain", "xiaomi", "2021", "gross_margn"])
    assert result.exit_code == 1
    assert "mart.formula" in result.stderr


def test_refresh_without_changes_only_shows() -> None:
    result = runner.invoke(app, ["refresh"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "Nothing changed" in result.stdout
    assert "17.7%" in result.stdout
