"""The definitions load, and hold every table of the contracts."""

from pathlib import Path

import dagster as dg
import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.contracts import TABLES, VIEWS, name_of
from valuenet_pipeline.definitions import build_definitions
from valuenet_pipeline.derive import column_lineage
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.instance import run_refresh

WIDE = {
    f"mart/{name}" for name in ("income_statement", "balance_sheet", "cash_flow", "ratio_wide", "profit_model_wide")
}


@pytest.fixture
def definitions(tmp_path: Path) -> dg.Definitions:
    return build_definitions(Project(tmp_path))


def test_definitions_are_loadable(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_every_table_is_an_asset(definitions: dg.Definitions) -> None:
    keys = {key.to_user_string() for key in definitions.resolve_asset_graph().get_all_asset_keys()}
    tables = {"/".join(name_of(table)) for table in (*TABLES, *VIEWS)} | WIDE
    assert keys == tables | {"inbox/extract", "inbox/slice", "publication/warehouse"}


def test_groups_follow_the_way_of_the_data(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {"inbox", "core", "mart", "publication"}


def test_extracts_are_external_and_partitioned(definitions: dg.Definitions) -> None:
    extract = definitions.resolve_asset_graph().get(dg.AssetKey(["inbox", "extract"]))
    assert extract.is_external
    assert extract.is_partitioned


def test_every_table_shows_its_columns(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for table in (*TABLES, *VIEWS):
        schema = graph.get(dg.AssetKey(list(name_of(table)))).metadata["dagster/column_schema"]
        assert all(column.description for column in schema.columns)


def test_every_identity_is_a_check_on_the_facts(definitions: dg.Definitions) -> None:
    checks = {
        key.name
        for key in definitions.resolve_asset_graph().asset_check_keys
        if key.asset_key == dg.AssetKey(["core", "fact"])
    }
    assert checks == {identity.name for identity in load_catalog().identities}


def test_publication_depends_on_every_mart(definitions: dg.Definitions) -> None:
    published = definitions.resolve_asset_graph().get(dg.AssetKey(["publication", "warehouse"]))
    marts = {"/".join(name_of(table)) for table in (*TABLES, *VIEWS) if name_of(table).schema == "mart"}
    assert {key.to_user_string() for key in published.parent_keys} == marts | WIDE


def test_every_step_takes_the_turn_of_its_run(definitions: dg.Definitions) -> None:
    for job in ("refresh", "reporting_season_check"):
        nodes = definitions.resolve_job_def(job).nodes
        assert nodes
        assert all(
            "turn" in node.definition.required_resource_keys
            for node in nodes
            if isinstance(node.definition, dg.OpDefinition)
        )


def test_schedule_rebuilds_every_morning(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("daily_rebuild")
    assert schedule.cron_schedule == "0 6 * * *"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "refresh"
    ticks = schedule.evaluate_tick(dg.build_schedule_context())
    assert ticks.run_requests is not None
    assert len(ticks.run_requests) == 1


def test_an_edited_formula_changes_the_version_of_the_assets_it_fills_and_of_no_other(tmp_path: Path) -> None:
    row = "- {{id: mine, category: growth, en: Mine, zh: Mine, formula: {}}}"
    (tmp_path / "data" / "raw").mkdir(parents=True)
    versions = []
    for formula in ("revenue * 2", "revenue * 3"):
        (tmp_path / "data" / "raw" / "metrics.yaml").write_text(row.format(formula), encoding="utf-8")
        graph = build_definitions(Project(tmp_path)).resolve_asset_graph()
        versions.append({key.to_user_string(): graph.get(key).code_version for key in graph.get_all_asset_keys()})
    before, after = versions
    assert {key for key in before if before[key] != after[key]} == {
        "mart/ratio_series", "mart/ratio_history", "mart/ratio", "mart/formula",
    }  # fmt: skip


def test_a_ratio_column_is_made_from_the_columns_of_the_statements_it_takes() -> None:
    lineage = column_lineage(load_catalog())["mart.ratio_wide"]
    assert set(lineage["return_on_equity"]) == {
        ("mart.income_statement", "net_profit_attributable_to_parent"),
        ("mart.balance_sheet", "equity_attributable_to_parent"),
    }


def test_a_run_of_all_assets_publishes_and_previews_every_relation(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")  # the run sets it; so it is put back
    result = run_refresh(project)
    assert result.success
    shown = {
        event.asset_key.to_user_string(): event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key and event.asset_key.path[0] in ("core", "mart")
    }
    assert all({"dagster/row_count", "preview"} <= set(metadata) for metadata in shown.values())
    lineage = shown["mart/ratio_wide"]["dagster/column_lineage"].value
    assert {(one.asset_key.to_user_string(), one.column_name) for one in lineage.deps_by_column["net_margin"]} == {
        ("mart/income_statement", "net_profit"),
        ("mart/income_statement", "revenue"),
    }
