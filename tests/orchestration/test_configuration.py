"""What is wrong with the files that describe a company and its extracts is told whole, each fault in its file."""

from __future__ import annotations

import duckdb
import pytest
from conftest import refresh
from typer.testing import CliRunner

from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow

OF_ACME = "select message from mart.finding where check_id = 'profile' and severity = 'error' and entity_id = 'acme'"


def told(acme: flow.Project) -> str:
    """What a refresh says is wrong with the profile of acme."""
    refresh(acme)
    with duckdb.connect(str(acme.published), read_only=True) as connection:
        ((message,),) = connection.execute(OF_ACME).fetchall()
    return str(message)


def test_the_faults_of_a_profile_and_of_a_layout_are_both_told(acme: flow.Project) -> None:
    folder = acme.inbox / "acme"
    (folder / "entity.yaml").write_text("entity_id: acme\nname: {en: Acme}\ncurrency: rmb\n", encoding="utf-8")
    (folder / "layout.yaml").write_text("- {file: report.csv, scale: -1}\n", encoding="utf-8")
    profile, layout = told(acme).split("acme/layout.yaml")
    assert "acme/entity.yaml" in profile
    assert "currency" in profile
    assert "scale" in layout


def test_a_profile_of_another_company_is_refused_and_so_is_it_by_a_look(
    acme: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = acme.inbox / "acme"
    (folder / "entity.yaml").write_text("entity_id: galaxy\nname: {en: Galaxy}\n", encoding="utf-8")
    remedy = 'write `entity_id: "acme"`, or rename the folder'
    assert remedy in told(acme)
    with duckdb.connect(str(acme.published), read_only=True) as connection:
        assert connection.execute("select entity_id, name_en from core.entity").fetchall() == [("acme", "acme")]
    monkeypatch.setenv("VALUENET_HOME", str(acme.root))
    for arguments in ((), ("--entity", "acme")):
        looked = CliRunner().invoke(app, ["read", str(folder / "report.csv"), *arguments])
        assert looked.exit_code == 1
        assert remedy in " ".join(looked.stderr.split())
