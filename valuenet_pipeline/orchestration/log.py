"""The log: one JSON object per line for each event of a run, for programs that watch it.

Belongs here: the shape of a line and where lines go. Not here: which events there are (their callers), and what
people read (the command line, Dagster's own log).
"""

from __future__ import annotations

import datetime
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

from valuenet_pipeline.orchestration.project import Project

PLACE = "VALUENET_LOG"
"""Environment variable: a folder for the files, or - for standard error."""

LOGGER = logging.getLogger("valuenet")
LOGGER.setLevel(logging.INFO)
LOGGER.propagate = False
LOGGER.addHandler(logging.NullHandler())

_run_id: ContextVar[str | None] = ContextVar("run_id", default=None)


class JsonLine(logging.Formatter):
    """An event as one line of JSON, whatever text it carries."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "event": record.msg, **vars(record)["fields"]}
        return json.dumps(line, default=str)


def event(name: str, *, level: Literal["info", "warning", "error"] = "info", **fields: object) -> None:
    """Log what happened, in the run it happened in; fields that are None are left out."""
    present = {key: value for key, value in {"run_id": _run_id.get(), **fields}.items() if value is not None}
    getattr(LOGGER, level)(name, extra={"fields": present})


@contextmanager
def of_run(project: Project, run_id: str) -> Iterator[None]:
    """Events inside belong to this run and go to the project's log; what ends the run early is one of them."""
    handler = _handler(project)
    handler.setFormatter(JsonLine())
    token = _run_id.set(run_id)
    LOGGER.addHandler(handler)
    try:
        yield
    except BaseException as error:
        event("failed", level="error", error=type(error).__name__, message=str(error))
        raise
    finally:
        LOGGER.removeHandler(handler)
        handler.close()
        _run_id.reset(token)


def folder(project: Project) -> Path | None:
    """Where the files of the log lie; None when it goes to standard error."""
    place = os.environ.get(PLACE)
    return None if place == "-" else Path(place) if place else project.dagster_home / "log"


def _handler(project: Project) -> logging.Handler:
    """A file per day, so that runs in several processes need not agree on when to start a new one."""
    into = folder(project)
    if into is None:
        return logging.StreamHandler()
    into.mkdir(parents=True, exist_ok=True)
    today = datetime.datetime.now(datetime.UTC).date()
    return logging.FileHandler(into / f"{today}.jsonl", encoding="utf-8")
