"""Whole refreshes in a temporary project: bad extracts fail alone, and mending them clears everything."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest
from conftest import refresh

from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.warehouse import AuditError, publish

REPORT = "xiaomi/annual-report-2020.xlsx"


def rows(project: flow.Project, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.published.resolve()), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"PK\x03\x04 half a workbook", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "")],
)
def test_an_unreadable_extract_fails_alone_by_name(project: flow.Project, content: bytes, words: str) -> None:
    (project.inbox / "xiaomi" / "broken.xlsx").write_bytes(content)
    refresh(project)
    found = rows(project, "select extract_id, reason, remedy from mart.quarantine")
    assert {row[0] for row in found} == {"xiaomi/broken.xlsx"}
    assert all(words in str(row[1]).lower() and row[2] for row in found)
    assert rows(project, "select count(*) from mart.ratio where status = 'ok'")[0][0]
    (project.inbox / "xiaomi" / "broken.xlsx").unlink()
    refresh(project, "second")
    assert rows(project, "from mart.quarantine") == []


def _edit(path: Path, sheet: str, label: str, value: object, column: int = 3) -> None:
    book = openpyxl.load_workbook(path)
    row = next(cell.row for cell in book[sheet]["A"] if cell.value == label)
    book[sheet].cell(row, column).value = value
    book.save(path)


def test_a_statement_that_does_not_balance_is_kept_out_and_only_that_year(project: flow.Project) -> None:
    original = (project.inbox / REPORT).read_bytes()
    _edit(project.inbox / REPORT, "Balance sheet", "Total assets", 999_999)
    refresh(project)
    kept_out = rows(project, "select distinct extract_id, fiscal_year from mart.quarantine")
    assert kept_out == [(REPORT, 2020)]
    assert rows(project, "from mart.finding where check_id = 'BAL-01' and severity = 'error'")
    assert rows(project, "from core.fact where value = 999999000000") == []
    (project.inbox / REPORT).write_bytes(original)
    refresh(project, "second")
    assert rows(project, "from mart.quarantine") == []


def test_an_unknown_label_in_a_primary_statement_is_named_with_suggestions(project: flow.Project) -> None:
    book = openpyxl.load_workbook(project.inbox / REPORT)
    cell = next(cell for cell in book["Balance sheet"]["A"] if cell.value == "Inventories")
    cell.value = "Inventorys of goods"
    book.save(project.inbox / REPORT)
    refresh(project)
    found = rows(project, "select severity, label, remedy from mart.finding where check_id = 'label'")
    assert [(row[0], row[1]) for row in found] == [("error", "Inventorys of goods")]
    assert "inventories" in str(found[0][2])


def test_no_unit_means_no_figure(project: flow.Project) -> None:
    book = openpyxl.load_workbook(project.inbox / REPORT)
    for column in (3, 4):
        book["Cash flow"].cell(8, column).value = None
    book.save(project.inbox / REPORT)
    refresh(project)
    found = rows(project, f"select distinct reason from mart.quarantine where extract_id = '{REPORT}'")
    assert found == [("no unit is printed, configured or given",)]


def test_a_ratio_says_that_its_input_is_in_quarantine(project: flow.Project) -> None:
    for path in (project.inbox / "xiaomi").iterdir():
        if path.name not in ("entity.yaml", "annual-report-2021.xlsx"):
            path.unlink()
    _edit(project.inbox / "xiaomi" / "annual-report-2021.xlsx", "Income statement", "Gross profit", 1)
    refresh(project)
    found = rows(
        project,
        "select status, reason from mart.ratio where entity_id = 'xiaomi' and ratio_id = 'gross_margin' and fiscal_year = 2021 and vintage = 'current'",
    )
    assert found[0][0] == "input_in_quarantine"


def test_an_unchanged_inbox_is_known(project: flow.Project) -> None:
    refresh(project)
    assert flow.published_inbox_hash(project) == flow.scan_inbox(project).hash
    (project.inbox / REPORT).touch()
    assert flow.published_inbox_hash(project) == flow.scan_inbox(project).hash
    shutil.copy(project.inbox / REPORT, project.inbox / "xiaomi" / "copy.xlsx")
    assert flow.published_inbox_hash(project) != flow.scan_inbox(project).hash


def test_what_is_not_read_is_named_and_changes_no_figure(project: flow.Project) -> None:
    before = rows(project, "from core.fact order by all") if refresh(project) else []
    (project.inbox / "xiaomi" / "link.xlsx").symlink_to(project.inbox / REPORT)
    shutil.copy(project.inbox / REPORT, project.inbox / "xiaomi" / "second copy.xlsx")
    refresh(project, "second")
    found = rows(
        project, "select extract_id, check_id, severity from mart.finding where check_id in ('FIL-08', 'FIL-09')"
    )
    assert sorted(found) == [
        ("xiaomi/link.xlsx", "FIL-08", "error"),
        ("xiaomi/second copy.xlsx", "FIL-09", "info"),
    ]
    assert rows(project, "from core.fact order by all") == before
    (project.inbox / "xiaomi" / "link.xlsx").unlink()
    refresh(project, "third")
    assert rows(project, "from mart.finding where check_id = 'FIL-08'") == []


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_refresh(project: flow.Project) -> None:
    original = (project.inbox / REPORT).read_bytes()
    _edit(project.inbox / REPORT, "Income statement", "Revenue", 245_865_634)
    inbox = flow.scan_inbox(project)
    (project.inbox / REPORT).write_bytes(original + b"half a")
    flow.read_inbox(project, inbox)
    flow.publish_candidate(project, flow.build_candidate(project, inbox, "torn"))
    found = rows(project, "select severity, message from mart.finding where check_id = 'FIL-02'")
    assert [severity for severity, _ in found] == ["error"]
    assert rows(project, f"from core.fact where extract_id = '{REPORT}'") == []
    assert flow.published_inbox_hash(project) != inbox.hash
    (project.inbox / REPORT).write_bytes(original)
    refresh(project, "whole")
    assert rows(project, f"select count(*) > 100 from core.fact where extract_id = '{REPORT}'") == [(True,)]
    assert rows(project, "from mart.finding where check_id = 'FIL-02'") == []


def test_an_open_reader_keeps_its_snapshot_and_a_new_one_sees_the_new_file(project: flow.Project) -> None:
    refresh(project)
    with duckdb.connect(str(project.published), read_only=True) as old:
        before = old.execute("select publication_id from core.publication").fetchone()
        refresh(project, "second")
        assert old.execute("select publication_id from core.publication").fetchone() == before
        assert old.execute("select count(*) from mart.profit_model").fetchone()
    assert rows(project, "select publication_id from core.publication") != [before]


def test_a_file_that_fails_its_audit_is_not_published(project: flow.Project) -> None:
    refresh(project)
    before = project.published.resolve()
    candidate = project.warehouse / ".build-bad.duckdb"
    with duckdb.connect(str(candidate)) as connection:
        connection.execute("create table nothing (a int)")
    with pytest.raises(AuditError):
        publish(candidate, project.published, "bad")
    assert project.published.resolve() == before
