"""The README keeps its word: its queries run, its table is what the warehouse says, and it names every command."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from valuenet_pipeline.catalog.layout import load_layouts
from valuenet_pipeline.cli import HEADLINES, app
from valuenet_pipeline.orchestration import flow

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
MAY_BE_EMPTY = ("mart.finding", "mart.quarantine", "mart.restatement", "mart.restatement_effect")
"""What has no rows when nothing is wrong and nothing was restated."""


EXAMPLE = README[README.index("## A file it does not understand") : README.index("## What the shipped data is")]
OUTPUTS = re.findall(r"^```text\n(.*?)^```$", EXAMPLE, flags=re.MULTILINE | re.DOTALL)
PROFILES = re.findall(r"^```yaml\n(.*?)^```$", EXAMPLE, flags=re.MULTILINE | re.DOTALL)


def missing(shown: str, printed: str) -> list[str]:
    """Lines of a shortened output that the real one does not print, or not in this order."""
    rest: Iterator[str] = iter([line.rstrip() for line in printed.splitlines()])
    return [line for line in shown.splitlines() if line != "..." and line not in rest]


def test_the_example_of_a_messy_file_is_mended_as_shown(tmp_path: Path) -> None:
    (command,) = re.findall(r"^\.venv/bin/valuenet (read .*)$", EXAMPLE, flags=re.MULTILINE)
    verb, path = command.split()
    file = Path(shutil.copy(ROOT / path, tmp_path))
    (before, after), (profile, layout) = OUTPUTS, PROFILES
    assert missing(before, CliRunner().invoke(app, [verb, str(file)]).stdout) == []
    (label,) = yaml.safe_load(profile)["labels"].items()
    assert f"# {label[0]}: {label[1]}".replace("'", '"') in before
    (tmp_path / "entity.yaml").write_text(profile, encoding="utf-8")
    (tmp_path / "layout.yaml").write_text(layout, encoding="utf-8")
    assert len(load_layouts(tmp_path / "layout.yaml")) == 2  # it is a layout, and holds for other files
    assert missing(after, CliRunner().invoke(app, [verb, str(file)]).stdout) == []


def test_there_are_queries() -> None:
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("query", QUERIES)
def test_query_returns_rows(query: str, published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute(query).fetchall()
    assert rows or any(table in query for table in MAY_BE_EMPTY)


def test_the_checksums_are_checked_from_the_projects_folder(shipped: flow.Project) -> None:
    (command,) = re.findall(r"`([^`]*sha256sum[^`]*)`", README)
    done = subprocess.run(command, shell=True, cwd=shipped.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{shipped.published.resolve().name}: OK\n")


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
