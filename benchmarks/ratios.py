"""All our ratios beside FinanceToolkit's 62 of the same statements: seconds, memory, and how both grow."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.financetoolkit import IS_INSTALLED
from benchmarks.measure import verdict
from benchmarks.statements import write_lines

ROOT = Path(__file__).parent.parent
ROUNDS = {1_000: 5, 5_000: 3, 10_000: 3}
"""Repetitions by the number of companies."""
MOST_OF_THEIRS = {1_000: 1 / 2, 5_000: 1 / 3}
"""Of FinanceToolkit's time, by the number of companies."""
MOST_MEMORY = 2 * 2**30
Measured = dict[str, float]


def compute_ratios(console: Console) -> None:
    """Both sides in fresh processes that read the same file first; ours and theirs in turn."""
    table = Table(
        "companies", "our ratios", "values", "ours, s", "FinanceToolkit, s", "ours / theirs", "ours, MiB", "FinanceToolkit, MiB",
        "s per 1,000 companies",
        title="All ratios of ten years with status and lineage, written to disk, beside FinanceToolkit's 62",
    )  # fmt: skip
    if not IS_INSTALLED:
        console.print("FinanceToolkit is not installed here: our side alone")
    sides = ("ours", "financetoolkit") if IS_INSTALLED else ("ours",)
    smallest = None
    with tempfile.TemporaryDirectory() as folder:
        for companies, rounds in ROUNDS.items():
            lines = Path(folder, "lines.parquet")
            write_lines(companies, lines)
            measured = {side: [] for side in sides}  # type: dict[str, list[Measured]]
            for _ in range(rounds):
                for side in sides:
                    measured[side].append(_run(side, lines))
            ours, *theirs = (_median(measured[side]) for side in sides)
            smallest = smallest or ours["seconds"] / companies
            table.add_row(*_row(companies, ours, theirs[0] if theirs else None, smallest))
    console.print(table)


def _row(companies: int, ours: Measured, theirs: Measured | None, smallest: float) -> list[str]:
    ratio, memory, other = "", f"{ours['peak'] / 2**20:,.0f}", ("", "")
    if theirs:
        times = ours["seconds"] / theirs["seconds"]
        most = MOST_OF_THEIRS.get(companies)
        ratio = f"{times:.2f}" + (f" (<= {most:.2f}) {verdict(times <= most)}" if most else "")
        other = (f"{theirs['seconds']:.2f}", f"{theirs['peak'] / 2**20:,.0f}")
        if companies == min(ROUNDS):
            memory += f" (less) {verdict(ours['peak'] < theirs['peak'])}"
    rate = ours["seconds"] / companies
    growth = f"{1000 * rate:.3f}"
    if companies == max(ROUNDS):
        memory += f" (< 2 GiB) {verdict(ours['peak'] < MOST_MEMORY)}"
        growth += f" (no more than above) {verdict(rate <= smallest)}"
    return [
        f"{companies:,}", f"{ours['ratios']:.0f}", f"{ours['values']:,.0f}", f"{ours['seconds']:.2f}", other[0], ratio,
        memory, other[1], growth,
    ]  # fmt: skip


def _run(side: str, lines: Path) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", f"benchmarks.ratios_{side}", str(lines), str(Path(folder, "result"))]
        printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    measured: Measured = json.loads(printed)
    return measured


def _median(measured: list[Measured]) -> Measured:
    return {name: statistics.median(one[name] for one in measured) for name in measured[0]}
