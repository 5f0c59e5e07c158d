"""Metrics as rows of YAML: the package's own and those a user adds, read with the line each stands in.

Belongs here: what a row must hold. Not here: what a formula means (`derive.formula`).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from valuenet_pipeline.catalog.yaml_file import MAX_BYTES

CATEGORIES = ("profitability", "solvency", "operating_capacity", "growth", "cash", "dupont", "score")
ASPECTS = ("point", "object", "source", "leverage", "barrier")
GROUPS = {"category": ("ratio", CATEGORIES), "aspect": ("profit_model", ASPECTS)}
"""Key of a row that says where a metric belongs → table of its values, and what the key may say."""
TABLES = tuple(table for table, _ in GROUPS.values())
DIRECTIONS = ("higher", "lower", "none")
BASES = ("period", "average", "closing")
REQUIRED = ("id", "en", "zh", "formula")
OPTIONAL = {
    "valid_when": None, "not_meaningful": None, "unit": "fraction", "direction": "none", "basis": "period",
    "source": "user",
}  # fmt: skip
NAME = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Metric:
    """A formula over concepts: a ratio (group is its category) or an indicator (group is its aspect)."""

    metric_id: str
    table: str
    group: str
    name_en: str
    name_zh: str
    formula: str
    valid_when: str | None
    not_meaningful: str | None
    unit: str
    direction: str
    basis: str
    source: str
    line: int = 0
    """Line of the file in which the row's formula begins."""


@dataclass(frozen=True)
class MetricFault:
    """Why a row cannot be used."""

    line: int
    message: str


def near(name: str, known: tuple[str, ...] | list[str]) -> str:
    """The nearest known names, as the end of a sentence; empty where none is near."""
    found = difflib.get_close_matches(name, known, 3)
    return f"; nearest: {', '.join(found)}" if found else ""


def read_metrics(text: str) -> tuple[list[Metric], list[MetricFault]]:
    """The rows of a file of metrics, and every fault of those that are none."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return [], [MetricFault(line, f"not valid YAML: {error.problem or error.context}")]
    if tree is None:
        return [], []
    if not isinstance(tree, yaml.SequenceNode):
        return [], [MetricFault(1, "not a list of metrics: each begins with `- id: `")]
    metrics: list[Metric] = []
    faults: list[MetricFault] = []
    for node in tree.value:
        row, lines, wrong = _row(node)
        wrong += _faults(row, lines, node.start_mark.line + 1) if not wrong else []
        if wrong:
            faults += wrong
        else:
            metrics.append(_metric(row, lines))
    return metrics, faults


def load_metrics(path: Path) -> tuple[list[Metric], list[MetricFault]]:
    """The rows of a file; a file that is no text, or not one that a person writes, is one fault."""
    if (size := path.stat().st_size) > MAX_BYTES:
        return [], [MetricFault(1, f"{size:,} bytes; the limit is {MAX_BYTES:,}")]
    try:
        return read_metrics(path.read_text(encoding="utf-8-sig"))
    except RecursionError:
        return [], [MetricFault(1, "its content is nested too deeply")]
    except UnicodeDecodeError as error:
        return [], [MetricFault(1, f"not UTF-8 text: {error.reason} at byte {error.start}")]


def _row(node: yaml.Node) -> tuple[dict[str, str], dict[str, int], list[MetricFault]]:
    start = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        return {}, {}, [MetricFault(start, "not a metric: it has no keys such as `id: ` and `formula: `")]
    row: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults = []
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in row:
            faults.append(MetricFault(line, f"the key {name!r} stands twice"))
        elif not isinstance(value, yaml.ScalarNode):
            faults.append(MetricFault(line, f"{name} is not a text"))
        else:
            row[name], lines[name] = value.value, line
    return row, lines, faults


def _faults(row: dict[str, str], lines: dict[str, int], start: int) -> list[MetricFault]:
    known = [*REQUIRED, *OPTIONAL, *GROUPS]
    faults = [MetricFault(lines[key], f"unknown key {key!r}{near(key, known)}") for key in row if key not in known]
    faults += [MetricFault(start, f"{key} is missing") for key in REQUIRED if not row.get(key, "").strip()]
    if (metric_id := row.get("id", "")) and not NAME.fullmatch(metric_id):
        faults.append(
            MetricFault(lines["id"], f"id {metric_id!r} is not lower-case letters, digits and _, a letter first")
        )
    if len(groups := [key for key in GROUPS if key in row]) != 1:
        faults.append(MetricFault(start, "one of category (a ratio) or aspect (an indicator) must be given"))
    allowed: dict[str, tuple[str, ...]] = {key: GROUPS[key][1] for key in groups}
    allowed |= {"direction": DIRECTIONS, "basis": BASES}
    faults += [
        MetricFault(lines[key], f"{key} is {row[key]!r}, not one of {', '.join(values)}")
        for key, values in allowed.items()
        if key in row and row[key] not in values
    ]
    return faults


def _metric(row: dict[str, str], lines: dict[str, int]) -> Metric:
    key = next(key for key in GROUPS if key in row)
    given: dict[str, Any] = {name: row.get(name) or default for name, default in OPTIONAL.items()}
    return Metric(
        metric_id=row["id"], table=GROUPS[key][0], group=row[key], name_en=row["en"], name_zh=row["zh"],
        formula=row["formula"].strip(), line=lines["formula"], **given,
    )  # fmt: skip
