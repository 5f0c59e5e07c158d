"""Names are data: those of folders, files, sheets, companies and labels reach no query as its text."""

from __future__ import annotations

import json

import duckdb
import openpyxl
import pytest
from conftest import refresh
from typer.testing import CliRunner

from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow

HOSTILE = "a'; drop table core.fact; --"
"""The name of a company's folder."""
BOOK = 'it\'s "a" $1 ? ; {0} report.xlsx'
SHEET = "x'') --$1;"
LABEL = "Turnover'); drop table core.fact; --"
ALIAS = "O'Hara \"& Sons\"'); drop schema core cascade; --"

PROFILE = f"""\
entity_id: {json.dumps(HOSTILE)}
name: {{en: {json.dumps(ALIAS)}}}
aliases: {json.dumps(["A'B", "'", '"', "$1", "?"])}
currency: USD
labels:
  revenue: [{json.dumps(LABEL)}]
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> flow.Project:
    """A refreshed project of a company whose every name is an attack, and of a panel that prints its name."""
    # The folder of the project has a quote and marks of a pattern in its name.
    project = flow.Project(tmp_path_factory.mktemp("it's [a] {b} project"))
    folder = project.inbox / HOSTILE
    folder.mkdir(parents=True)
    (folder / "entity.yaml").write_text(PROFILE, encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.title = SHEET
    for row in (
        ["Income statement (USD in millions)"],
        ["Item", 2022, 2021],
        [LABEL, 1000, 900],
        ["Gross profit", 400, 300],
    ):
        book.active.append(row)
    book.save(folder / BOOK)
    other = project.inbox / "vendor"
    other.mkdir()
    quoted = ALIAS.replace('"', '""')
    (other / "panel.csv").write_text(
        "Company,Report Date,Currency,Revenue,Total Assets\n"
        f'"{quoted}",2020-12-31,USD,800000000,5000000000\n"Other\'s; drop table x",2020-12-31,USD,70000000,90000000\n',
        encoding="utf-8",
    )
    refresh(project)
    return project


def rows(project: flow.Project, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.published.resolve()), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_name_arrives_as_it_was(named: flow.Project) -> None:
    found = rows(
        named,
        "select entity_id, extract_id, sheet, label, (value / 1e6)::int from core.fact where fiscal_year = 2022 order by 5",
    )
    assert found == [
        (HOSTILE, f"{HOSTILE}/{BOOK}", SHEET, "Gross profit", 400),
        (HOSTILE, f"{HOSTILE}/{BOOK}", SHEET, LABEL, 1000),
    ]
    assert rows(named, f"select name_en from core.entity where entity_id = $${HOSTILE}$$") == [(ALIAS,)]


def test_a_name_that_a_panel_prints_is_that_of_the_company(named: flow.Project) -> None:
    found = rows(
        named,
        "select entity_id, (value / 1e6)::int from core.fact where fiscal_year = 2020 and concept_id = 'revenue' order by 2",
    )
    assert found == [("other_s_drop_table_x", 70), (HOSTILE, 800)]


def test_the_commands_take_the_names_as_data(named: flow.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(named.root))
    told = CliRunner().invoke(app, ["explain", HOSTILE, "2022", "gross_margin"], env={"COLUMNS": "300"})
    assert told.exit_code == 0, told.stderr
    assert f"{HOSTILE} 2022 gross_margin = 0.4" in told.stdout
    assert CliRunner().invoke(app, ["explain", HOSTILE, "2022", "x' or '1'='1"]).exit_code == 1
