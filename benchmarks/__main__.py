"""All benchmarks, one after the other."""

from __future__ import annotations

from rich.console import Console

from benchmarks.ratios import compute_ratios
from benchmarks.reading import read_panels, read_workbooks
from benchmarks.refreshing import refresh_unchanged


def main() -> None:
    """Print each table as it is measured."""
    console = Console(width=160)
    for benchmark in (read_workbooks, read_panels, refresh_unchanged, compute_ratios):
        benchmark(console)


main()
