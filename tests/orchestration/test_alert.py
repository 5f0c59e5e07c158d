"""Alerts: what is news between two publications, and how it is told."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from receiver import Receiver, receive

from valuenet_pipeline.orchestration import alert, log
from valuenet_pipeline.orchestration.failure import run_failed
from valuenet_pipeline.orchestration.flow import Project

TABLES = """
create schema core; create schema mart;
create table core.extract (entity_id text, extract_id text, content_hash text, state text);
create table mart.quarantine (entity_id text, extract_id text, cell text, reason text, remedy text);
create table mart.finding (check_id text, severity text, message text, remedy text, sheet text, cell text, label text,
  extract_id text, entity_id text, fiscal_year bigint);
create table mart.restatement (entity_id text, fiscal_year bigint, concept_id text, member_id text, kind text,
  earlier_value decimal(38, 8), later_value decimal(38, 8), earlier_extract_id text, later_extract_id text);
"""
REFUSED = """insert into core.extract values ('acme', 'acme/a.csv', 'one', 'quarantined');
insert into mart.quarantine values ('acme', 'acme/a.csv', null, 'it is empty', 'replace it');
insert into mart.finding values ('FIL-01', 'error', 'it is empty', 'replace it', null, null, null, 'acme/a.csv', 'acme', null);"""
UNBALANCED = """insert into core.extract values ('acme', 'acme/b.csv', 'two', 'read');
insert into mart.finding values
  ('BAL-01', 'error', 'assets are not the sum', 'mend it', 'S', 'B2', null, 'acme/b.csv', 'acme', 2020),
  ('BAL-01', 'error', 'assets are not the sum', 'mend it', 'S', 'C2', null, 'acme/b.csv', 'acme', 2021),
  ('SGN-01', 'warning', 'a sign is odd', 'look', 'S', 'B3', null, 'acme/b.csv', 'acme', 2020);"""
RESTATED = """insert into mart.restatement values ('acme', 2020, 'revenue', null, 'restated', 1, 2, 'acme/a.csv', 'acme/b.csv'),
  ('acme', 2020, 'revenue', 'phones', 'restated', 1, 3, 'acme/a.csv', 'acme/b.csv'),
  ('acme', 2021, 'cost', null, 'withdrawn', 5, null, 'acme/c.csv', null),
  ('acme', 2022, 'cost', null, 'unit_changed', 5, 5, 'acme/c.csv', 'acme/c.csv');"""


@pytest.fixture
def publish(tmp_path: Path) -> Any:
    """Makes a publication that says something."""

    def make(name: str, says: str = "", tables: str = TABLES) -> Path:
        path = tmp_path / f"{name}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(tables + says)
        return path

    return make


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A web server that keeps what is posted to it."""
    with receive() as server:
        yield server


def told(alerts: list[alert.Alert]) -> list[tuple[str, str | None, str]]:
    return [(one.kind, one.extract_id, one.message) for one in alerts]


def test_a_first_publication_alerts_of_all_that_is_wrong_with_it(publish: Any, tmp_path: Path) -> None:
    after = publish("after", REFUSED + UNBALANCED + RESTATED)
    assert told(alert.news(alert.seen(tmp_path / "none.duckdb"), after)) == [
        ("extract_quarantined", "acme/a.csv", "it is empty"),
        ("check_failed", "acme/b.csv", "assets are not the sum (and 1 more)"),
    ]


def test_what_was_told_is_not_news(publish: Any) -> None:
    before = alert.seen(publish("before", REFUSED + UNBALANCED + RESTATED))
    assert alert.news(before, publish("same", REFUSED + UNBALANCED + RESTATED)) == []
    assert alert.news(before, publish("mended")) == []
    replaced = publish("replaced", REFUSED.replace("'one'", "'another'") + UNBALANCED + RESTATED)
    assert told(alert.news(before, replaced)) == [("extract_quarantined", "acme/a.csv", "it is empty")]
    worse = publish("worse", REFUSED + UNBALANCED.replace("2021", "2022") + RESTATED)
    assert told(alert.news(before, worse)) == [("check_failed", "acme/b.csv", "assets are not the sum")]


def test_restatements_are_told_by_company_and_year_without_values(publish: Any) -> None:
    alerts = alert.news(alert.seen(publish("before")), publish("after", RESTATED))
    assert [(one.severity, one.entity_id, one.extract_id, one.message) for one in alerts] == [
        ("warning", "acme", "acme/b.csv", "revenue for fiscal year 2020: restated (and 1 more)"),
        ("warning", "acme", "acme/c.csv", "cost for fiscal year 2021: withdrawn"),
        ("warning", "acme", "acme/c.csv", "cost for fiscal year 2022: unit changed"),
    ]


def test_an_earlier_publication_that_cannot_be_read_or_has_other_tables_says_nothing(
    publish: Any, tmp_path: Path
) -> None:
    after = publish("after", REFUSED + RESTATED)
    (tmp_path / "damaged.duckdb").write_bytes(b"no database")
    other = publish("other", tables="create schema core; create schema mart; create table mart.finding (a int);")
    for before in (tmp_path / "damaged.duckdb", other):
        assert [one.kind for one in alert.news(alert.seen(before), after)] == ["extract_quarantined"]


def test_the_same_news_has_the_same_id_and_other_news_another(publish: Any) -> None:
    nothing = alert.seen(publish("nothing"))
    first, again, other = (
        [one.id for one in alert.news(nothing, publish(name, says))]
        for name, says in (("first", UNBALANCED), ("again", UNBALANCED), ("other", UNBALANCED.replace("B2", "B9")))
    )
    assert first == again != other


ALERT = alert.Alert("1", "check_failed", "error", "acme", "acme/a.csv", "m", "r")


def tell(project: Project, alerts: list[alert.Alert]) -> list[dict[str, Any]]:
    """Tell alerts; what the log says."""
    with log.of_run(project, "run-1"):
        alert.tell(alerts, run_id="run-1")
    (file,) = (project.dagster_home / "log").iterdir()
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_alerts_are_posted_at_once_and_the_rest_is_counted(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(alert.WEBHOOK, receiver.url)
    lines = tell(Project(tmp_path), [ALERT] * (alert.MOST_POSTED + 5))
    (message,) = receiver.received
    assert message["text"] == "valuenet: 105 check_failed; acme/a.csv: m"
    assert (message["run_id"], message["total"], len(message["alerts"])) == ("run-1", 105, 100)
    assert message["alerts"][0] == vars(ALERT)
    assert [line["event"] for line in lines] == ["alert"] * 105 + ["alerts_sent"]
    assert (lines[0]["extract_id"], lines[0]["kind"], lines[0]["level"]) == ("acme/a.csv", "check_failed", "warning")


def test_without_an_address_or_without_news_nothing_is_posted(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [line["event"] for line in tell(Project(tmp_path), [ALERT])] == ["alert"]
    monkeypatch.setenv(alert.WEBHOOK, receiver.url)
    alert.tell([])
    assert receiver.received == []


@pytest.mark.parametrize(("status", "location"), [(500, ""), (302, "/elsewhere"), (307, "file:///etc/hostname")])
def test_a_receiver_that_fails_or_sends_elsewhere_is_logged_without_its_address(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, location: str
) -> None:
    monkeypatch.setenv(alert.WEBHOOK, receiver.url)
    receiver.status, receiver.location = status, location
    lines = tell(Project(tmp_path), [ALERT])
    assert len(receiver.received) == 1
    assert [line["event"] for line in lines] == ["alert", "alerts_not_sent"]
    assert str(status) in lines[1]["message"]
    assert "s3cret" not in str(lines)


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://127.0.0.1/s3cret", "s3cret", "http://[s3cret", "http://127.0.0.1:x/s3cret"]
)
def test_an_address_that_is_none_is_logged(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(alert.WEBHOOK, url)
    lines = tell(Project(tmp_path), [ALERT])
    assert lines[1]["event"] == "alerts_not_sent"
    assert "s3cret" not in str(lines)


def test_a_receiver_that_does_not_answer_costs_the_timeout_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert, "TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(alert.WEBHOOK, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert tell(Project(tmp_path), [ALERT])[1]["error"] in ("TimeoutError", "URLError")


def test_a_run_that_failed_under_the_daemon_is_told_with_what_it_raised(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.op
    def breaks() -> None:
        raise ValueError("the disk is full")

    @dg.job
    def refresh() -> None:
        breaks()

    monkeypatch.setenv(alert.WEBHOOK, receiver.url)
    with dg.DagsterInstance.ephemeral() as instance:
        result = refresh.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="run_failed",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
            resources={"project": Project(tmp_path)},
        ).for_run_failure()
        run_failed(context)
    (message,) = receiver.received
    (failed,) = message["alerts"]
    assert (message["run_id"], failed["kind"]) == (result.run_id, "run_failed")
    assert failed["message"] == "refresh: ValueError: the disk is full"
