"""What the benchmarks measure is done, on few companies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import ratios_ours
from benchmarks.statements import YEARS, write_lines
from valuenet_pipeline.catalog import load_catalog

COMPANIES = 3


def test_all_ratios_of_made_up_statements_are_computed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_lines(COMPANIES, tmp_path / "lines.parquet")
    ratios_ours.main(tmp_path / "lines.parquet", tmp_path / "result.duckdb")
    printed = json.loads(capsys.readouterr().out)
    ratios = sum(one.table == "ratio" for one in load_catalog().metrics)
    assert printed["ratios"] == ratios
    assert printed["values"] > 0.5 * ratios * COMPANIES * len(YEARS)
