"""The profit model around its indicators, as data: stages of the cycle, challenges, roles of the value net, sentences."""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "profit_model"
WORSE = {"+": "higher", "-": "lower"}


@dataclass(frozen=True)
class Stage:
    """A place in the cycle; each leads to the next, the last to the first."""

    stage: str
    name_en: str
    name_zh: str
    measures: tuple[str, ...]
    """Concepts or metrics that measure it: the first that a company has figures of is taken."""


@dataclass(frozen=True)
class Challenge:
    """What threatens the business, and by which metrics it is watched."""

    challenge: str
    name_en: str
    name_zh: str
    worry: str
    metrics: tuple[tuple[str, str], ...]
    """(metric, which way is worse: higher or lower); written +metric or -metric."""


@dataclass(frozen=True)
class Role:
    """What a company can be in the value net of another, and the metrics that speak of it."""

    role: str
    name_en: str
    name_zh: str
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class ProfitModel:
    """All four files."""

    stages: tuple[Stage, ...]
    challenges: tuple[Challenge, ...]
    roles: tuple[Role, ...]
    statements: Mapping[tuple[str, str], str]
    """(topic, verdict) → sentence with {words} to fill in."""


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _watched(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, WORSE[sign]) for sign, name in re.findall(r"([+-])(\w+)", text))


def load_profit_model() -> ProfitModel:
    """Read the four files."""
    return ProfitModel(
        stages=tuple(
            Stage(row["stage"], row["en"], row["zh"], tuple(row["measures"].split())) for row in _rows("flywheel.csv")
        ),
        challenges=tuple(
            Challenge(row["challenge"], row["en"], row["zh"], row["worry"], _watched(row["metrics"]))
            for row in _rows("challenges.csv")
        ),
        roles=tuple(
            Role(row["role"], row["en"], row["zh"], tuple(row["metrics"].split())) for row in _rows("value_net.csv")
        ),
        statements={(row["topic"], row["verdict"]): row["template"] for row in _rows("statements.csv")},
    )


def profit_model_faults(model: ProfitModel, concepts: Container[str], metrics: Container[str]) -> Iterator[str]:
    """Names that the rest of the catalog does not know."""
    for stage in model.stages:
        for name in stage.measures:
            if name not in concepts and name not in metrics:
                yield f"profit_model/flywheel.csv: {stage.stage} names {name!r}, neither a concept nor a metric"
    for challenge in model.challenges:
        for name, _ in challenge.metrics:
            if name not in metrics:
                yield f"profit_model/challenges.csv: {challenge.challenge} names the unknown metric {name!r}"
    for role in model.roles:
        for name in role.metrics:
            if name not in metrics:
                yield f"profit_model/value_net.csv: {role.role} names the unknown metric {name!r}"
