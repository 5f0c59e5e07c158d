"""Reading workbooks into lines beside the raw parse and pandas, and the values per second of large data files."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

from benchmarks.measure import medians, verdict
from benchmarks.workbooks import ROWS, YEARS, three_statements
from valuenet_pipeline.catalog import Catalog, EntityProfile, load_catalog, load_entity
from valuenet_pipeline.extract.book import BookLines, Options, lines_of_book
from valuenet_pipeline.extract.container import open_book

MOST_RAW, LEAST_PANDAS, LEAST_VALUES = 3, 6, 100_000
REPETITIONS, PANEL_REPETITIONS = 9, 2
ROOT = Path(__file__).parent.parent
PANELS = ROOT.parent / "shared" / "samples" / "scale"


def read_workbooks(console: Console) -> None:
    """The typical workbook and the shipped ones."""
    catalog = load_catalog()
    table = Table(
        "workbook", "lines", "raw, ms", "into lines, ms", "pandas, ms",
        f"times raw (<= {MOST_RAW})", f"pandas / ours (>= {LEAST_PANDAS})",
        title="Reading a workbook into lines, safety scans included; milliseconds of one core",
    )  # fmt: skip
    # A workbook for each repetition: labels recur from file to file, figures do not.
    typical = [three_statements(catalog, seed) for seed in range(REPETITIONS + 1)]
    _compare(table, f"three statements, {ROWS} x {len(YEARS)} each", typical, catalog, None)
    for path in sorted((ROOT / "data" / "raw").rglob("*.xlsx")):
        profile = path.parent / "entity.yaml"
        known = load_entity(profile) if profile.exists() else None
        _compare(table, f"{path.parent.name}/{path.name}", [path.read_bytes()], catalog, known)
    console.print(table)


def _compare(table: Table, name: str, contents: list[bytes], catalog: Catalog, profile: EntityProfile | None) -> None:
    seconds = medians(
        {
            "raw": lambda number: _raw(contents[number % len(contents)]),
            "ours": lambda number: _lines(contents[number % len(contents)], "book.xlsx", catalog, profile),
            "pandas": lambda number: _pandas(contents[number % len(contents)]),
        },
        REPETITIONS,
    )
    raw, ours, pandas = (seconds[task] for task in ("raw", "ours", "pandas"))
    count = len(_lines(contents[0], "book.xlsx", catalog, profile).lines)
    table.add_row(
        name, f"{count:,}", *(f"{1000 * value:.2f}" for value in (raw, ours, pandas)),
        f"{ours / raw:.1f} {verdict(ours <= MOST_RAW * raw)}",
        f"{pandas / ours:.1f} {verdict(pandas >= LEAST_PANDAS * ours)}",
    )  # fmt: skip


def _raw(content: bytes) -> list[Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def _pandas(content: bytes) -> dict[str, pd.DataFrame]:
    return pd.read_excel(io.BytesIO(content), sheet_name=None, engine="openpyxl")


def _lines(content: bytes, name: str, catalog: Catalog, profile: EntityProfile | None) -> BookLines:
    return lines_of_book(open_book(content, name), name, catalog, profile, Options())


def read_panels(console: Console) -> None:
    """Values per second of large data files on one core; pandas parses the same bytes and reads nothing into them."""
    paths = sorted(PANELS.glob("*.csv"))
    if not paths:
        console.print(f"Large data files: skipped, as there is no {PANELS}")
        return
    catalog = load_catalog()
    table = Table(
        "data file", "cells", "values", "seconds", "pandas, s", "cells/s", f"values/s (>= {LEAST_VALUES:,})",
        title="Reading large data files into lines, one core; a value is a figure cell that became a line",
    )  # fmt: skip
    for path in paths:
        content = path.read_bytes()
        read = partial(_lines, content, path.name, catalog, None)
        book = open_book(content, path.name)
        cells = sum(value is not None for sheet in book.sheets for row in sheet.rows for value in row)
        values = len(read().lines)
        seconds = medians(
            {
                "ours": lambda _, read=read: read(),  # type: ignore[misc]
                "pandas": lambda _, content=content: pd.read_csv(io.BytesIO(content), sep=None, engine="python"),  # type: ignore[misc]
            },
            PANEL_REPETITIONS,
        )
        rate = values / seconds["ours"]
        table.add_row(
            path.name, f"{cells:,}", f"{values:,}", f"{seconds['ours']:.2f}", f"{seconds['pandas']:.2f}",
            f"{cells / seconds['ours']:,.0f}", f"{rate:,.0f} {verdict(rate >= LEAST_VALUES)}",
        )  # fmt: skip
    console.print(table)
