"""What a person sees of a reading: what would be loaded, what was not understood and why, what to write to mend it.

Belongs here: words and tables for a terminal. Not here: reading (`extract`), other programs' formats (`cli_read`).
Every text that comes from a file is printed plain: no markup, no terminal control.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from valuenet_pipeline.report.plain import plain
from valuenet_pipeline.vocabulary import Finding

FIRST_COMPANIES = 3
FIRST_CELLS = 6
NEWEST_YEARS = 6
FIRST_LABELS = 25
SCALES = {0: "", 3: "thousand", 4: "万", 6: "million", 8: "亿", 9: "billion"}
STATEMENTS = {
    "income_statement": "Income statement",
    "balance_sheet": "Balance sheet",
    "cash_flow": "Cash flow statement",
    "segment": "Segments",
    "operating": "Operating data",
}
LAYOUT_HINTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("FIL-10", "", ("shape: statement # or panel, long, skip", "header_row: 1 # the row that names the years or the columns")),
    ("PER-01", "", ("header_row: 1 # the row that names the years",)),
    ("PER-04", "", ("last_actual_year: 2020 # later columns hold forecasts",)),
    ("PER-07", "fiscal year end", ('fiscal_year_end: "12-31"',)),
    ("PER-08", "", ("last_actual_year: 2020 # later columns hold forecasts",)),
    ("UNI-01", "unit", ("currency: CNY # the currency of the figures", "scale: 1000000 # what a printed 1 stands for")),
)  # fmt: skip
"""Check, words of its remedy, and what a layout can state where the file does not; the values are examples."""
SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class Suggestion:
    """A label that no wording covers, and the concepts whose wordings come nearest."""

    label: str
    wording: str
    """The label as it would stand in entity.yaml: without its unit."""
    place: str
    concepts: Sequence[str]


@dataclass(frozen=True)
class Shown:
    """A reading as it is shown."""

    name: str
    company: str
    """The company in whose folder the file lies, or as which it is read; empty for none."""
    kind: str
    lines: pd.DataFrame
    """Rows of the contract `core.reported_line`, with `entity` filled in."""
    records: Mapping[str, int]
    """Record table → rows, where the file holds records rather than figures."""
    findings: Sequence[Finding]
    suggestions: Sequence[Suggestion]
    names: Mapping[str, str]
    """concept_id → name."""


def print_reading(out: Console, shown: Shown) -> None:
    """Print all of a reading that a person needs to judge it."""
    facts = shown.lines[shown.lines["outcome"].isin(["fact", "nil"])]
    kind = shown.kind.replace("_", " ") + (f" of {shown.company}" if shown.company else "")
    print_line(out, f"{shown.name}: {kind}, {len(shown.lines)} figure cells, {len(facts)} facts")
    for table, rows in shown.records.items():
        print_line(out, f"Read as records of core.{table}: {rows} rows")
    if len(facts):
        out.print(_tables_found(facts))
        _print_facts(out, facts, shown.names)
    if shown.findings:
        _print_findings(out, shown.findings, int((shown.lines["outcome"] == "quarantined").sum()))
    print_suggestions(out, shown)


def print_suggestions(out: Console, shown: Shown) -> None:
    """Print what to write, and where, so that more is understood."""
    if shown.suggestions:
        print_line(
            out, "\nTo teach it these labels: paste into entity.yaml, and take the # from the line that is right"
        )
        for line in label_lines(shown.suggestions):
            print_line(out, line)
    hints = list(layout_lines(shown.name, shown.findings))
    if hints:
        print_line(
            out, "\nWhat the file does not say can be stated in layout.yaml beside it, with values that are right"
        )
        for line in hints:
            print_line(out, line)


def print_line(out: Console, line: str) -> None:
    """Print one line as it is: no markup, no wrapping."""
    indent = line[: len(line) - len(line.lstrip(" \n"))]
    out.print(Text(indent + plain(line)), soft_wrap=True)


# What would be loaded


def _tables_found(facts: pd.DataFrame) -> Table:
    table = _table("Tables found", "sheet", "taken for", "cells", "shape", "fiscal years", "unit")
    for (sheet, statement), rows in facts.groupby(["sheet", "statement"], sort=False, dropna=False):
        places = [place for cell in rows["cell"] if (place := _row_and_column(cell))]
        cells = f"rows {min(r for r, _ in places)}-{max(r for r, _ in places)}" if places else "paths"
        years = sorted(set(rows["fiscal_year"]), reverse=True)
        units = Counter(_unit(rows_of) for _, rows_of in rows.groupby(["concept_id", "unit"], sort=False))
        table.add_row(
            *map(
                _text,
                (sheet, _title(statement), cells, _shape(rows), _years(years), units.most_common(1)[0][0]),
            )
        )
    return table


def _years(years: Sequence[int]) -> str:
    return ", ".join(map(str, years)) if len(years) <= 6 else f"{years[0]} to {years[-1]} ({len(years)})"


def _shape(rows: pd.DataFrame) -> str:
    """How the figures lie, told from the cells they were read from."""
    columns: dict[str, set[tuple[str, int, str]]] = defaultdict(set)
    for cell, label, year, entity in zip(rows["cell"], rows["label"], rows["fiscal_year"], rows["entity"], strict=True):
        if place := _row_and_column(cell):
            columns[place[1]].add((label, year, entity))
    if not columns:
        return "facts by tag"
    if all(len({(year, entity) for _, year, entity in column}) == 1 for column in columns.values()):
        return "statement: periods across"
    if all(len({label for label, _, _ in column}) == 1 for column in columns.values()):
        return "panel: a row per period"
    return "long: a row per figure" if len(columns) == 1 else "mixed"


def _row_and_column(cell: str) -> tuple[int, str] | None:
    found = re.fullmatch(r"([A-Z]{1,3})([1-9][0-9]*)", cell)
    return (int(found[2]), found[1]) if found else None


def _print_facts(out: Console, facts: pd.DataFrame, names: Mapping[str, str]) -> None:
    companies = list(dict.fromkeys(facts["entity"]))
    for company in companies[:FIRST_COMPANIES]:
        of_company = facts[facts["entity"] == company]
        if len(companies) > 1:
            print_line(out, f"\n{company}")
        for statement, rows in of_company.groupby("statement", sort=False, dropna=False):
            out.print(_statement(str(_title(statement)), rows, names))
    if len(companies) > FIRST_COMPANIES:
        counts = facts["entity"].value_counts()
        print_line(out, f"... and {len(companies) - FIRST_COMPANIES} more companies: {len(companies)} in all, "
                        f"{counts.min()} to {counts.max()} facts each; `--format csv` prints every one")  # fmt: skip


def _statement(title: str, rows: pd.DataFrame, names: Mapping[str, str]) -> Table:
    ends = {year: str(end) for year, end in zip(rows["fiscal_year"], rows["period_end"], strict=True)}
    every = sorted(ends, reverse=True)
    years = every[:NEWEST_YEARS]
    earlier = f", and {len(every) - len(years)} earlier years to {every[-1]}" if len(every) > len(years) else ""
    table = _table(f"{title}{earlier}", "concept", "printed as", "unit")
    for year in years:
        table.add_column(
            str(year) if ends[year].endswith("12-31") else f"{year}\nto {ends[year]}", justify="right", no_wrap=True
        )
    for (concept, member, unit, label), found in rows.groupby(
        ["concept_id", "member_id", "unit", "label"], sort=False, dropna=False
    ):
        exponent = _exponent(found)
        figures = zip(found["fiscal_year"], found["value"], found["decimals"], strict=True)
        by_year = {year: _figure(value, decimals, exponent) for year, value, decimals in figures}
        name = names.get(str(concept), str(concept))
        table.add_row(
            _text(f"{name} / {member}" if isinstance(member, str) else name),
            _text(label),
            _text(_unit_name(str(unit), exponent)),
            *(_text(by_year.get(year, "")) for year in years),
        )
    return table


def _unit(rows: pd.DataFrame) -> str:
    return _unit_name(str(rows["unit"].iloc[0]), _exponent(rows))


def _unit_name(unit: str, exponent: int) -> str:
    if unit == "pure":
        return {0: "fraction", -2: "%"}.get(exponent, f"x 10^{exponent}")
    return f"{unit} {SCALES.get(exponent, f'x 10^{exponent}')}".strip().replace("_per_", " per ")


def _figure(value: Decimal, decimals: float | None, exponent: int) -> str:
    """A figure in printed scale, with as many places as are printed."""
    scaled = value.scaleb(-exponent).normalize()
    places = -int(scaled.as_tuple().exponent)
    stated = 0 if decimals is None or decimals != decimals else int(decimals) + exponent
    return f"{scaled:,.{max(places, stated, 0)}f}"


def _exponent(rows: pd.DataFrame) -> int:
    """The power of ten between the figures as printed and as loaded."""
    found = [
        value.adjusted() - digits.adjusted()
        for value, printed in zip(rows["value"], rows["printed"], strict=True)
        if value and (digits := _digits(printed))
    ]
    return min(found, default=0)


def _digits(printed: str) -> Decimal | None:
    text = re.sub(r"[^0-9.]", "", unicodedata.normalize("NFKC", printed))
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


# What was not understood


def _print_findings(out: Console, findings: Sequence[Finding], kept_out: int) -> None:
    """Findings of one reason together, the gravest first."""
    groups: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.severity, _reason(finding), _remedy(finding)].append(finding)
    print_line(out, f"Not understood, left out or doubtful; {kept_out} figure cells are kept out")
    for severity in SEVERITIES:
        for (grave, reason, remedy), group in groups.items():
            if grave == severity:
                print_line(out, f"  {severity}: {reason}")
                print_line(out, f"    in {_listed(map(_where, group), len(group))}")
                if remedy:
                    print_line(out, f"    do: {remedy}")


def _reason(finding: Finding) -> str:
    """The message without the label and figure that differ from cell to cell."""
    return finding.message.split(f": {finding.label!r}")[0] if finding.label else finding.message


def _remedy(finding: Finding) -> str:
    return finding.remedy.split("; nearest:")[0]


def _where(finding: Finding) -> str:
    place = "!".join(part for part in (finding.sheet, finding.cell) if part) or "the file"
    return f"{place} {finding.label}" if finding.label else place


def _listed(items: Iterable[str], count: int) -> str:
    shown = ", ".join(islice(items, FIRST_CELLS))
    return f"{shown} and {count - FIRST_CELLS} more" if count > FIRST_CELLS else shown


# What to write


def label_lines(suggestions: Sequence[Suggestion]) -> Iterator[str]:
    """The `labels` of an entity.yaml, every choice commented out: which one is meant only a person knows."""
    yield "labels:"
    for one in suggestions[:FIRST_LABELS]:
        yield f"  # {plain(one.label)} ({one.place})"
        wording = json.dumps(plain(one.wording), ensure_ascii=False)
        for concept in one.concepts:
            yield f"  # {concept}: [{wording}]"
        if not one.concepts:
            yield f"  # CONCEPT: [{wording}]"
            yield "  # no wording is near; all concepts: valuenet sql 'select concept_id, name_en from core.concept'"
    if len(suggestions) > FIRST_LABELS:
        yield f"  # and {len(suggestions) - FIRST_LABELS} labels more"


def layout_lines(name: str, findings: Sequence[Finding]) -> Iterator[str]:
    """Entries of a layout.yaml for what the findings say is missing, one for each sheet."""
    hints: dict[str | None, dict[str, None]] = defaultdict(dict)
    for finding in findings:
        for check, words, lines in LAYOUT_HINTS:
            if finding.check_id == check and words in finding.remedy:
                hints[finding.sheet].update(dict.fromkeys(lines))
    for sheet, wanted in hints.items():
        yield f"- file: {json.dumps(plain(name), ensure_ascii=False)}"
        if sheet:
            yield f"  sheet: {json.dumps(plain(sheet), ensure_ascii=False)}"
        yield from (f"  {line}" for line in wanted)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _title(statement: Hashable) -> str:
    return STATEMENTS.get(statement, statement) if isinstance(statement, str) else "Other figures"


def _text(value: object) -> Text:
    return Text(plain(value))


__all__ = ["Shown", "Suggestion", "label_lines", "layout_lines", "print_line", "print_reading", "print_suggestions"]
