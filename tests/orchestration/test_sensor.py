"""Ticks of the inbox sensor: what starts a refresh, and what does not."""

import json
from pathlib import Path

import dagster as dg
import pytest

from valuenet_pipeline.orchestration import sensor
from valuenet_pipeline.orchestration.flow import Inbox, InboxFile, Project


class Desk:
    """An inbox in memory and the sensor's cursor between ticks."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.files: dict[str, str] = {}
        self.profile = ""
        self.pipeline = "1.0"
        self.published: str | None = None
        self.cursor: str | None = None

    def inbox(self) -> Inbox:
        files = tuple(
            InboxFile(extract_id=name, entity_id="acme", path=Path(name), content_hash=content, size=1)
            for name, content in sorted(self.files.items())
        )
        return Inbox(files, profiles={}, configuration_faults={}, profile_hashes={"acme": self.profile})

    def tick(self) -> list[dg.RunRequest]:
        """One tick; the run requests it makes."""
        with dg.build_sensor_context(cursor=self.cursor, resources={"project": self.project}) as context:
            outcome = sensor.inbox_sensor(context)
        if isinstance(outcome, dg.SkipReason):
            return []
        assert isinstance(outcome, dg.SensorResult)
        self.cursor = outcome.cursor
        return list(outcome.run_requests or [])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(tmp_path)
    desk.files["acme/a.xls"] = "1"
    monkeypatch.setattr(sensor, "settled_inbox", lambda project: desk.inbox())
    monkeypatch.setattr(sensor, "pipeline_version", lambda: desk.pipeline)
    monkeypatch.setattr(sensor, "published_inbox_hash", lambda project: desk.published)
    return desk


def test_first_tick_starts_one_run(desk: Desk) -> None:
    (request,) = desk.tick()
    assert request.run_key == f"1-{desk.inbox().hash}"
    assert request.tags["valuenet/news"] == "1 new"


def test_another_version_of_the_pipeline_starts_one_run(desk: Desk) -> None:
    desk.tick()
    desk.pipeline = "1.1"
    (request,) = desk.tick()
    assert request.tags["valuenet/news"] == "another version of the pipeline"
    assert not desk.tick()


def test_cursor_holds_the_whole_picture(desk: Desk) -> None:
    desk.tick()
    assert json.loads(desk.cursor or "")["extracts"] == {"acme/a.xls": "1"}


def test_unchanged_inbox_starts_nothing(desk: Desk) -> None:
    desk.tick()
    assert desk.tick() == []


def test_any_number_of_arrivals_is_one_run(desk: Desk) -> None:
    desk.tick()
    desk.files |= {"acme/b.xls": "2", "acme/c.xls": "3"}
    (request,) = desk.tick()
    assert request.tags["valuenet/news"] == "2 new"


def test_changed_content_starts_a_run(desk: Desk) -> None:
    desk.tick()
    desk.files["acme/a.xls"] = "2"
    (request,) = desk.tick()
    assert request.tags["valuenet/news"] == "1 changed"


def test_changed_profile_starts_a_run(desk: Desk) -> None:
    desk.tick()
    desk.profile = "edited"
    (request,) = desk.tick()
    assert request.tags["valuenet/news"] == "profiles or metrics changed"


def test_file_taken_out_and_put_back_is_news_twice(desk: Desk) -> None:
    desk.tick()
    first = desk.files.pop("acme/a.xls")
    (gone,) = desk.tick()
    desk.files["acme/a.xls"] = first
    (back,) = desk.tick()
    assert gone.tags["valuenet/news"] == "1 gone"
    assert back.run_key == f"3-{desk.inbox().hash}"


def test_published_inbox_only_moves_the_cursor(desk: Desk) -> None:
    desk.published = desk.inbox().hash
    assert desk.tick() == []
    assert desk.cursor is not None
    desk.files["acme/b.xls"] = "2"
    assert len(desk.tick()) == 1


def test_sensor_runs_by_itself() -> None:
    assert sensor.inbox_sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.inbox_sensor.minimum_interval_seconds == 10
