"""Lines of the log: where they go, and that each is whole whatever it carries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from valuenet_pipeline.orchestration import log
from valuenet_pipeline.orchestration.flow import Project


def lines(folder: Path) -> list[dict[str, Any]]:
    """Everything that is logged in a folder."""
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


def test_an_event_is_one_line_with_its_run_and_its_extract(tmp_path: Path) -> None:
    hostile = 'acme/报告\n{"event": "published"}\u202e\x1b[31m.csv'
    with log.of_run(Project(tmp_path), "run-1"):
        log.event("extract_read", extract_id=hostile, lines=3, reason=None)
    (line,) = lines(tmp_path / ".dagster" / "log")
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "info", "event": "extract_read", "run_id": "run-1", "extract_id": hostile, "lines": 3}
    (file,) = (tmp_path / ".dagster" / "log").iterdir()
    assert file.read_bytes().isascii()


def test_what_ends_a_run_is_logged_and_goes_on_up(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), log.of_run(Project(tmp_path), "run-1"):
        _ = 1 / 0
    (failed,) = lines(tmp_path / ".dagster" / "log")
    assert (failed["level"], failed["event"], failed["run_id"]) == ("error", "failed", "run-1")
    assert (failed["error"], failed["message"]) == ("ZeroDivisionError", "division by zero")


def test_the_lines_of_one_run_do_not_reach_the_log_of_another(tmp_path: Path) -> None:
    for name in ("first", "second"):
        with log.of_run(Project(tmp_path / name), name):
            log.event("started")
    log.event("started")
    assert [line["run_id"] for name in ("first", "second") for line in lines(tmp_path / name / ".dagster" / "log")] == [
        "first",
        "second",
    ]


def test_the_log_goes_where_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(tmp_path / "project")
    monkeypatch.setenv(log.PLACE, str(tmp_path / "elsewhere"))
    with log.of_run(project, "run-1"):
        log.event("started")
    assert [line["event"] for line in lines(tmp_path / "elsewhere")] == ["started"]
    monkeypatch.setenv(log.PLACE, "-")
    with log.of_run(project, "run-2"):
        log.event("started")
    shown = capsys.readouterr()
    assert json.loads(shown.err)["run_id"] == "run-2"
    assert shown.out == ""
    assert not project.root.exists()
