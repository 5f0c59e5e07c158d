"""docs/operating.md keeps its word: a refresh as configured there, through PostgreSQL, with its log and its alerts."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from postgres import CannotRun, Server, serve
from receiver import receive

from valuenet_pipeline.orchestration import alert
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.home import instance_home
from valuenet_pipeline.orchestration.instance import run_refresh

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The page's code blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


(STORAGE,) = blocks("yaml")
(DATABASE,) = blocks("sql")
LOG_LINE, MESSAGE = map(json.loads, blocks("json"))
DOCUMENTED = {
    name for cells in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE) for name in re.findall("`(.*?)`", cells)
}


@dataclass(frozen=True)
class Refreshed:
    """What one refresh left behind."""

    project: Project
    run_id: str
    server: Server
    database: dict[str, str]
    log: list[dict[str, Any]]
    posted: list[dict[str, Any]]


@pytest.fixture(scope="module")
def refreshed(shipped: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refreshed]:
    """The shipped companies, a file that cannot be read and a link, refreshed once."""
    project = Project(tmp_path_factory.mktemp("operated"))
    shutil.copytree(shipped.root / "data", project.root / "data", symlinks=True)
    broken = project.inbox / "xiaomi" / "broken.xlsx"
    broken.write_bytes(b"no workbook")
    os.utime(broken, (time.time() - 60,) * 2)  # one that may still be written would wait
    (project.inbox / "xiaomi" / "link.xlsx").symlink_to("broken.xlsx")
    role, database = re.findall(r"create (?:role|database) (\w+)", DATABASE)
    (password,) = re.findall("password '(.*)'", DATABASE)
    with pytest.MonkeyPatch.context() as patch, receive() as receiver:
        try:
            with serve() as server:
                administrator = server.connect()
                with administrator.cursor() as cursor:
                    for statement in DATABASE.strip().split(";\n"):
                        cursor.execute(statement)
                administrator.close()
                settings = {
                    "HOST": "127.0.0.1",
                    "PORT": str(server.port),
                    "USER": role,
                    "PASSWORD": password,
                    "DB": database,
                }
                for name, value in settings.items():
                    patch.setenv(f"DAGSTER_PG_{name}", value)
                patch.setenv("DAGSTER_HOME", "")  # the run sets it; so it is put back
                patch.setenv(alert.WEBHOOK, receiver.url)
                with (instance_home(project) / "dagster.yaml").open("a", encoding="utf-8") as stream:
                    stream.write(STORAGE)
                result = run_refresh(project)
                assert result.success
                (file,) = (project.dagster_home / "log").iterdir()
                lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
                access = {"user": role, "password": password, "database": database}
                yield Refreshed(project, result.run_id, server, access, lines, receiver.received)
        except CannotRun as reason:
            pytest.skip(str(reason))


def test_the_settings_on_the_page_are_those_that_the_run_needs() -> None:
    settings = yaml.safe_load(STORAGE)["storage"]["postgres"]["postgres_db"].values()
    assert {one["env"] for one in settings if isinstance(one, dict)} == {
        f"DAGSTER_PG_{name}" for name in ("HOST", "PORT", "USER", "PASSWORD", "DB")
    }


def test_a_refresh_is_recorded_in_postgresql_and_nowhere_else(refreshed: Refreshed) -> None:
    connection = refreshed.server.connect(**refreshed.database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select status from runs where run_id = %s", [refreshed.run_id])
            assert cursor.fetchall() == [("SUCCESS",)]
            cursor.execute(
                "select count(*) from event_logs where run_id = %s and dagster_event_type = 'ASSET_MATERIALIZATION'",
                [refreshed.run_id],
            )
            assert cursor.fetchone()[0] > 30
            cursor.execute("select count(*) from dynamic_partitions where partition = 'xiaomi/annual-report-2021.xlsx'")
            assert cursor.fetchone() == (1,)
    finally:
        connection.close()
    assert list(refreshed.project.dagster_home.rglob("*.db")) == []
    assert refreshed.project.published.exists()


def test_every_line_of_the_log_tells_the_run_and_what_it_is_about(refreshed: Refreshed) -> None:
    assert {line["run_id"] for line in refreshed.log} == {refreshed.run_id}
    told = [(line["event"], line.get("extract_id")) for line in refreshed.log]
    assert told == [
        ("started", None),
        ("extract_quarantined", "xiaomi/broken.xlsx"),
        ("extract_refused", "xiaomi/link.xlsx"),
        ("tables_built", None),
        ("published", None),
        ("alert", "xiaomi/broken.xlsx"),
        ("alert", "xiaomi/link.xlsx"),
        ("alerts_sent", None),
    ]
    (published,) = (line for line in refreshed.log if line["event"] == "published")
    assert published["file"] == refreshed.project.published.resolve().name
    assert list(published)[:4] == list(LOG_LINE)[:4] == ["time", "level", "event", "run_id"]


def test_the_webhook_hears_of_the_publication_once_with_all_its_news(refreshed: Refreshed) -> None:
    (message,) = refreshed.posted
    assert message.keys() == MESSAGE.keys()
    assert message["run_id"] == refreshed.run_id
    assert message["file"] == refreshed.project.published.resolve().name
    assert [one["kind"] for one in message["alerts"]] == ["extract_quarantined", "check_failed"]
    assert all(one.keys() == MESSAGE["alerts"][0].keys() for one in message["alerts"])
    assert all(one["entity_id"] == "xiaomi" and one["message"] and one["remedy"] for one in message["alerts"])


def test_every_event_and_every_alert_is_on_the_page(refreshed: Refreshed) -> None:
    sources = "".join(path.read_text() for path in (ROOT / "valuenet_pipeline" / "orchestration").glob("*.py"))
    events = set(re.findall(r'\bevent\(\s*"(\w+)"', sources)) | {line["event"] for line in refreshed.log}
    kinds = {watch.kind for watch in alert.WATCHES} | set(re.findall(r'kind="(\w+)"', sources))
    assert len(events) > 10
    assert len(kinds) == 4
    assert (events | kinds) - DOCUMENTED == set()


def test_the_unit_starts_a_command_that_there_is() -> None:
    unit = configparser.ConfigParser()
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(blocks("ini")[0])
    program, command = unit["Service"]["ExecStart"].split()
    assert program == f"{unit['Service']['WorkingDirectory']}/.venv/bin/valuenet"
    assert f"def {command}(" in (ROOT / "valuenet_pipeline" / "cli.py").read_text(encoding="utf-8")
