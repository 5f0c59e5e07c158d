"""Fixtures: the shipped companies, refreshed once per session in a temporary project."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from valuenet_pipeline.orchestration import flow

ROOT = Path(__file__).parent.parent

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the kinds of fault, where they were injected; said here, as workers that run tests have no terminal."""
    if any("[FLT-" in one.nodeid for told in terminalreporter.stats.values() for one in told if hasattr(one, "nodeid")):
        from faults.summary import print_faults

        print_faults(terminalreporter)


def refresh(project: flow.Project, run_id: str = "test") -> Path:
    """Read, build and publish, without Dagster."""
    inbox = flow.scan_inbox(project)
    flow.read_inbox(project, inbox)
    return flow.publish_candidate(project, flow.build_candidate(project, inbox, run_id))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> flow.Project:
    """A project with the shipped companies, published."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
    project = flow.Project(root)
    refresh(project)
    return project


@pytest.fixture(scope="session")
def published(shipped: flow.Project) -> Path:
    """The published file of the shipped companies."""
    return shipped.published


@pytest.fixture
def warehouse(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the published file."""
    with duckdb.connect(str(published), read_only=True) as connection:
        yield connection


@pytest.fixture
def project(tmp_path: Path, shipped: flow.Project) -> flow.Project:
    """A project of one's own with the shipped companies and their readings, to be broken."""
    shutil.copytree(shipped.root / "data" / "raw", tmp_path / "data" / "raw")
    shutil.copytree(shipped.archive, tmp_path / "data" / "archive")
    shutil.copytree(shipped.slices, tmp_path / "data" / "warehouse" / "lines")
    return flow.Project(tmp_path)


@pytest.fixture
def acme(tmp_path: Path) -> flow.Project:
    """A project with one small company and one extract, nothing read yet."""
    folder = tmp_path / "data" / "raw" / "acme"
    folder.mkdir(parents=True)
    profile = folder / "entity.yaml"
    profile.write_text("entity_id: acme\nname: {en: Acme}\n", encoding="utf-8")
    os.utime(profile, (time.time() - 60,) * 2)  # what was written a moment ago is waited for
    shutil.copy2(ROOT / "examples" / "messy-report.csv", folder / "report.csv")
    return flow.Project(tmp_path)
