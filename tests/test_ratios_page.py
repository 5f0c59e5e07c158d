"""The README's table of formulas and docs/ratios.md say what the catalog and the warehouse say."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from valuenet_pipeline.catalog import load_catalog

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "ratios.md").read_text(encoding="utf-8")
XIAOMI = re.findall(r"^\| `(\w+)` \| (-?[\d.]+)(%?) \| (-?[\d.]+)%? \|$", PAGE, re.MULTILINE)


def test_every_id_in_the_second_column_is_a_ratio() -> None:
    cells = re.findall(r"^\|[^|]*\| ((?:`\w+`(?:, )?)+) \|", README, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert len(named) > 40
    assert named <= {metric.metric_id for metric in load_catalog().metrics}


def test_figures_of_xiaomi_are_those_of_the_warehouse(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert len(XIAOMI) > 20
    for ratio_id, before, percent, latest in XIAOMI:
        values = warehouse.execute(
            "select value from mart.ratio where entity_id = 'xiaomi' and ratio_id = ? and vintage = 'current' "
            "and fiscal_year in (2020, 2021) order by fiscal_year",
            [ratio_id],
        ).fetchall()
        scale = 100 if percent else 1
        assert [f"{value * scale:.2f}" for (value,) in values] == [before, latest], ratio_id
