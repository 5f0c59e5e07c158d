"""What is wrong with the files that describe a company and its extracts is told whole, each fault in its file."""

from __future__ import annotations

import duckdb
import pytest
from conftest import refresh
from typer.testing import CliRunner

from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow

OF_ACME = "select extract_id, message from mart.finding where check_id = 'profile' and severity = 'error' and entity_id = 'acme' order by all"


def told(acme: flow.Project) -> list[tuple[str, str]]:
    """What a refresh says is wrong with the files about acme: the file, and the fault."""
    refresh(acme)
    with duckdb.connect(str(acme.published), read_only=True) as connection:
        return connection.execute(OF_ACME).fetchall()


def test_the_faults_of_a_profile_and_of_a_layout_are_both_told(acme: flow.Project) -> None:
    folder = acme.inbox / "acme"
    (folder / "entity.yaml").write_text("entity_id: acme\nname: {en: Acme}\ncurrency: rmb\n", encoding="utf-8")
    (folder / "layout.yaml").write_text("- {file: report.csv, scale: -1}\n", encoding="utf-8")
    (profile, profile_fault), (layout, layout_fault) = told(acme)
    assert (profile, layout) == ("acme/entity.yaml", "acme/layout.yaml")
    assert "currency" in profile_fault
    assert "scale" in layout_fault


def test_a_profile_of_another_company_is_refused_and_so_is_it_by_a_look(
    acme: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = acme.inbox / "acme"
    (folder / "entity.yaml").write_text("entity_id: galaxy\nname: {en: Galaxy}\n", encoding="utf-8")
    remedy = 'write `entity_id: "acme"`, or rename the folder'
    ((_, fault),) = told(acme)
    assert remedy in fault
    with duckdb.connect(str(acme.published), read_only=True) as connection:
        assert connection.execute("select entity_id, name_en from core.entity").fetchall() == [("acme", "acme")]
    monkeypatch.setenv("VALUENET_HOME", str(acme.root))
    for arguments in ((), ("--entity", "acme")):
        looked = CliRunner().invoke(app, ["read", str(folder / "report.csv"), *arguments])
        assert looked.exit_code == 1
        assert remedy in " ".join(looked.stderr.split())
