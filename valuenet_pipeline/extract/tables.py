"""Find the statement tables of a sheet: a header row of fiscal years, labels to its left, figures below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from valuenet_pipeline.extract.grid import Sheet
from valuenet_pipeline.extract.labels import Lexicon, normalise
from valuenet_pipeline.extract.number import Nil, Number, parse_number
from valuenet_pipeline.extract.period import is_excluded_period, parse_fiscal_year
from valuenet_pipeline.extract.unit import parse_unit
from valuenet_pipeline.vocabulary import FiscalYearEnd, PrintedUnit

TITLES: tuple[tuple[str, str], ...] = (
    (
        "income_statement",
        r"income statement|profit or loss|statements? of (income|operations|earnings)|利润表|损益|綜合收益表|損益",
    ),
    ("balance_sheet", r"balance sheet|financial position|资产负债表|資產負債表"),
    ("cash_flow", r"cash flow|现金流量|現金流量"),
    ("segment", r"segment|分部|分行业|分产品"),
    ("operating", r"operating data|operating metrics|key operating|经营数据|運營數據|运营数据"),
)
NIL_LEGEND = re.compile(
    r"^[\"'“”]?[-–—－―][\"'“”]?\s*(denotes|means|represents|stands for|indicates|表示|代表|:|：|=)\s*(nil|zero|零|无)",
    re.I,
)


@dataclass(frozen=True)
class StatementTable:
    """Where a table stands in its sheet: 0-based rows and columns."""

    sheet: Sheet
    statement: str | None
    titles: tuple[str, ...]
    label_column: int
    years: dict[int, int]
    """Column of figures → fiscal year."""
    units: dict[int, PrintedUnit]
    """Column of figures → unit printed above it, from the header or the table's title."""
    first_row: int
    end_row: int
    dash_is_nil: bool


def _header_years(sheet: Sheet, row: int, year_end: FiscalYearEnd) -> dict[int, int]:
    years: dict[int, int] = {}
    for column, value in enumerate(sheet.rows[row]):
        if value is None or column == 0:
            continue
        year = parse_fiscal_year(value, year_end)
        if year is not None:
            years[column] = year
        elif parse_number(value).__class__ is Number and not is_excluded_period(value):
            return {}
    return years


def _texts(sheet: Sheet, rows: range) -> list[str]:
    return [value for row in rows for value in sheet.rows[row] if isinstance(value, str) and value.strip()]


def _label_column(sheet: Sheet, rows: range, first_figure: int) -> int:
    counts = Counter(
        column for row in rows for column in range(first_figure) if isinstance(sheet.value(row, column), str)
    )
    return min((column for column in counts if counts[column] == max(counts.values())), default=0)


def _statement(titles: list[str], name: str, labels: list[str], lexicon: Lexicon) -> str | None:
    for text in (name, *reversed(titles)):
        for statement, pattern in TITLES:
            if re.search(pattern, text, re.I):
                return statement
    votes = Counter(statement for label in labels for statement in lexicon.statement_votes(label))
    return votes.most_common(1)[0][0] if votes else None


def find_tables(sheet: Sheet, lexicon: Lexicon, year_end: FiscalYearEnd) -> Iterator[StatementTable]:
    """The statement tables of a sheet, top to bottom."""
    headers = [row for row in range(len(sheet.rows)) if _header_years(sheet, row, year_end)]
    headers = [row for row in headers if not _is_data_row(sheet, row, lexicon)]
    for index, header in enumerate(headers):
        end = headers[index + 1] if index + 1 < len(headers) else len(sheet.rows)
        above = range(headers[index - 1] + 1 if index else 0, header)
        years = _header_years(sheet, header, year_end)
        titles = _texts(sheet, above)
        title_unit = next((unit for text in reversed(titles) if (unit := parse_unit(text))), None)
        first = header + 1
        units = {column: title_unit for column in years} if title_unit else {}
        if first < end and (row_units := _unit_row(sheet, first, years)):
            units, first = row_units, first + 1
        label_column = _label_column(sheet, range(first, end), min(years))
        labels = [str(value) for row in range(first, end) if isinstance(value := sheet.value(row, label_column), str)]
        yield StatementTable(
            sheet=sheet,
            statement=_statement(titles, sheet.name, labels, lexicon),
            titles=tuple(titles),
            label_column=label_column,
            years=years,
            units=units,
            first_row=first,
            end_row=end,
            dash_is_nil=any(NIL_LEGEND.match(text) for text in _texts(sheet, range(first, end))),
        )


def _is_data_row(sheet: Sheet, row: int, lexicon: Lexicon) -> bool:
    """A line whose figures look like years, such as employees of 2,021: its label is a known one."""
    first = sheet.value(row, 0)
    return isinstance(first, str) and normalise(first) in lexicon.wordings


def _unit_row(sheet: Sheet, row: int, years: dict[int, int]) -> dict[int, PrintedUnit]:
    units = {}
    for column in years:
        value = sheet.value(row, column)
        if value is None:
            continue
        unit = parse_unit(value) if isinstance(value, str) else None
        if unit is None:
            return {}
        units[column] = unit
    return units


def has_figures(table: StatementTable, row: int) -> bool:
    """Whether any figure column of the row holds a number or a dash."""
    return any(isinstance(parse_number(table.sheet.value(row, column)), Number | Nil) for column in table.years)
