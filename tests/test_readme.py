"""The README keeps its word: its queries run, its table is what the warehouse says, and it names every command."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from valuenet_pipeline.cli import HEADLINES, app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
MAY_BE_EMPTY = ("mart.finding", "mart.quarantine")
"""What has no rows when nothing is wrong."""


def test_there_are_queries() -> None:
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("query", QUERIES)
def test_query_returns_rows(query: str, published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute(query).fetchall()
    assert rows or any(table in query for table in MAY_BE_EMPTY)


@pytest.mark.parametrize(("ratio_id", "title"), HEADLINES)
def test_headline_table_is_what_the_warehouse_says(ratio_id: str, title: str, published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute(
            """select value, input_status from mart.ratio
            where entity_id = 'xiaomi' and vintage = 'current' and ratio_id = ? and fiscal_year between 2017 and 2021
            order by fiscal_year""",
            [ratio_id],
        ).fetchall()
    expected = [
        "–" if value is None else f"{value:.1%}" + ("*" if support == "unconfirmed" else "") for value, support in rows
    ]
    line = next(line for line in README.splitlines() if line.startswith(f"| {title.capitalize()} |"))
    assert [cell.strip() for cell in line.strip("|").split("|")][1:] == expected


def test_every_command_is_named() -> None:
    names = [one.name or one.callback.__name__ for one in app.registered_commands if one.callback]
    assert names
    assert [name for name in names if f"`valuenet {name}" not in README] == []


def test_every_make_target_is_named() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert targets
    assert [target for target in targets if f"`make {target}`" not in README] == []
