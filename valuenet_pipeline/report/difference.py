"""What differs between two publications, for a person or for another program.

Belongs here: the look of a comparison. Not here: how two files are compared (`warehouse`).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from valuenet_pipeline.report.neutral import neutral
from valuenet_pipeline.report.plain import plain
from valuenet_pipeline.warehouse import Comparison

Rows = Sequence[Mapping[str, Any]]

PARTS = ("made_from", "tables", "facts", "metrics")
TITLES = {
    "made_from": "What they were made from",
    "tables": "Tables and views whose rows differ",
    "facts": "Facts that differ",
    "metrics": "Metrics that differ",
}


def print_comparison(out: Console, comparison: Comparison, limit: int) -> None:
    """Each kind of difference as a table of its first rows; figures that only stand elsewhere are counted."""
    facts = [row for row in comparison.facts if row["change"] != "moved"]
    for part in PARTS:
        rows = facts if part == "facts" else getattr(comparison, part)
        if rows:
            _print_rows(out, TITLES[part], rows, limit)
    if moved := len(comparison.facts) - len(facts):
        out.print(f"{moved} facts are the same and stand in another cell.")
    if comparison.is_equal:
        out.print("Every table and view has the same rows.")


def _print_rows(out: Console, title: str, rows: Rows, limit: int) -> None:
    table = Table(*rows[0], title=f"{title} ({len(rows)})", title_justify="left")
    for row in rows[:limit]:
        table.add_row(*(escape(plain("" if value is None else _text(value))) for value in row.values()))
    out.print(table)
    if len(rows) > limit:
        out.print(f"... and {len(rows) - limit} more; `--limit` shows them, `--format csv` or `json` writes them all\n")


def write_csv(stream: TextIO, comparison: Comparison) -> None:
    """All differences in one table; `part` tells which kind each is."""
    rows = [{"part": part, **row} for part in PARTS for row in getattr(comparison, part)]
    columns = dict.fromkeys(name for row in rows for name in row) or {"part": None}
    writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: "" if value is None else _text(neutral(value)) for name, value in row.items()} for row in rows
    )


def write_json(stream: TextIO, comparison: Comparison) -> None:
    """All differences, a list for each kind; exact figures are written as text."""
    json.dump({part: getattr(comparison, part) for part in PARTS}, stream, ensure_ascii=False, default=_text)
    stream.write("\n")


def _text(value: object) -> str:
    """A value as text, an exact figure without trailing zeros."""
    if isinstance(value, Decimal):
        whole, _, part = f"{value:f}".partition(".")
        return f"{whole}.{part.rstrip('0')}".rstrip(".")
    return str(value)
