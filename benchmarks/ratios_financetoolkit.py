"""A process of its own: FinanceToolkit's ratios of a file of lines, written to parquet; prints seconds and memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet

from benchmarks.financetoolkit import STATEMENTS, prices, ratios, statement
from benchmarks.measure import Stopwatch


def read(lines: Path, name: str) -> pd.DataFrame:
    """One statement, read with as little memory as possible."""
    years = [one for one in pyarrow.parquet.read_schema(lines).names if one.isdigit()]
    where = [("statement", "==", name)]
    return statement(pd.read_parquet(lines, columns=["entity_id", "item", *years], filters=where, use_threads=False))


def main(lines: Path, result: Path) -> None:
    """Only what follows the reading is timed."""
    import financetoolkit.ratios.ratios_controller  # noqa: F401

    frames = {name: read(lines, name) for name in STATEMENTS}
    history = prices(frames["income"])
    stopwatch = Stopwatch()
    values = ratios(frames, history)
    values.set_axis(values.columns.astype(str), axis=1).to_parquet(result)
    stopwatch.stop()
    stopwatch.report(values=int(values.notna().sum().sum()), ratios=values.index.get_level_values(1).nunique())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
