"""What the cells of a data file's row say of its kind: a forecast, the parent alone, a quarter, a whole year.

A word that says so counts in whatever column it stands alone in a cell. Codes, such as 1, N or B, count only in a
column whose header says what they are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.extract.heading import AVERAGE, FORECAST, INTERIM, OPENING, PARENT, parse_heading
from valuenet_pipeline.extract.number import Number, parse_number
from valuenet_pipeline.extract.roles import ENTITY, PERIOD

NO = {"n", "no", "false", "f", "0", "否"}
ACTUAL = {"a", "actual", "actuals", "historical", "history", "reported", "real", "实际", "历史"}
"""What a column of scenarios calls that which has happened."""
YES = {"y", "yes", "true", "t", "1", "是", "e"}
PARENT_CODES = NO | {"b", "parent", "individual", "母公司", "非合併", "個體"}
"""What a column of the scope of consolidation says of statements of the parent alone; CSMAR writes B."""
ANNUAL = {"fy", "annual", "a", "12m", "year", "yearly", "y", "年报", "年報"}
FOURTH = {"q4", "4", "4q", "iv", "第四季度"}
INTERIMS = {"q1", "q2", "q3", "1", "2", "3", "1q", "2q", "3q", "h1", "h2", "9m", "6m", "3m", "i", "ii", "iii"}
INTERIMS |= {"q", "m", "s", "h", "quarter", "semi-annual", "semiannual", "half-yearly", "half", "10-q", "10-q/a", "6-k"}
REPORT_CODES = {"2": INTERIM, "3": INTERIM, **dict.fromkeys(["6", "7", "8", "9", "10", "12"], PARENT)}
"""Tushare's kinds of statements: single quarters, and the parent's; 1 is the group's."""
SILENT = {
    *ENTITY,
    *PERIOD,
    "item",
    "value",
    "unit",
    "currency",
    "member",
    "period_start",
    "published_on",
    "restated_on",
}
"""Roles of columns whose words are about something else than the kind of the row."""
LENGTHS = ("period", "fiscal_period", "report_type", "months")
SPEAKING = {*LENGTHS, "quarter"}
"""Roles heard although some of them are silent on all but the length."""
NUMBERS = re.compile(r"(?:-?[0-9.]*\n)*")
"""Texts, a line each, that say nothing of a row."""
Heard = Mapping[int, str | None]
"""The role of each column whose cells may say something, from left to right; None for columns without one."""


class Length(NamedTuple):
    """What a row says of the length of its period, besides its date."""

    exclusion: str | None
    is_annual: bool
    is_fourth_quarter: bool


def heard_columns(rows: Sequence[tuple[CellValue, ...]], roles: Mapping[int, str]) -> Heard:
    """The columns whose cells may say something: by their role, or because a word stands in them, as in few others."""
    width = max(map(len, rows), default=0)
    heard = {column: roles.get(column) for column in range(width)}
    return {
        column: role
        for column, role in heard.items()
        if (role in SPEAKING or role not in SILENT if role else _has_word(rows, column))
    }


def scope_mark(cells: tuple[CellValue, ...], heard: Heard) -> str | None:
    """Why a row holds no consolidated actuals, if a cell says so; words on the length are left to `length_mark`."""
    for role, text in _texts(cells, heard):
        if (role == "forecast_flag" and text in YES) or (role == "actual_flag" and text in NO):
            return FORECAST
        if role == "scenario" and text not in ACTUAL:
            return FORECAST
        if role == "consolidation" and text in PARENT_CODES:
            return PARENT
        if role == "report_type" and text in REPORT_CODES:
            return REPORT_CODES[text]
        if (role not in SILENT or role == "period") and (exclusion := _exclusion(text)) not in (None, INTERIM):
            return exclusion
    return None


def length_mark(cells: tuple[CellValue, ...], heard: Heard, *, dated_by: int, hears_quarter: bool) -> Length:
    """What a row's other cells than that of its date say of its length; a year's word goes before a quarter's number."""
    is_annual = is_fourth = False
    exclusion = None
    quarter: str | None = None
    for role, text in _texts(cells, heard, dated_by):
        if role == "quarter":
            quarter = text if hears_quarter else None
            continue
        if role not in LENGTHS:
            exclusion = exclusion or (INTERIM if role not in SILENT and _exclusion(text) == INTERIM else None)
            continue
        found = parse_heading(text)
        if role == "report_type" and text.isdigit():
            continue  # a code, which says nothing of the length but what `scope_mark` hears
        elif role == "months":
            number = parse_number(text)
            months = int(number.value) if isinstance(number, Number) else found.months if found else None
            is_annual = is_annual or months == 12
            exclusion = exclusion or (INTERIM if months not in (None, 12) else None)
        elif text in ANNUAL or (found is not None and found.months == 12 and not found.exclusion):
            is_annual = True
        elif text in FOURTH:
            is_fourth = True
        elif (
            text in INTERIMS
            or (found is not None and found.months not in (None, 12))
            or (found is not None and found.exclusion == INTERIM)
        ):
            exclusion = exclusion or INTERIM
    if quarter is not None and not is_annual:
        which = quarter_printed(quarter)
        is_fourth = is_fourth or quarter in FOURTH or which == 4
        exclusion = exclusion or (INTERIM if quarter in INTERIMS or which in (1, 2, 3) else _exclusion(quarter))
    return Length(exclusion, is_annual, is_fourth and not is_annual)


def quarter_printed(value: CellValue) -> int | None:
    """The quarter that "4", "Q4", "2023Q4" or "4Q23" names."""
    text = str(value).strip().lower().removesuffix(".0") if value is not None else ""
    found = re.search(r"q([1-4])(?!\d)|(?<!\d)([1-4])q|^([1-4])$", text)
    return int(next(digit for digit in found.groups() if digit)) if found else None


def _has_word(rows: Sequence[tuple[CellValue, ...]], column: int) -> bool:
    """Whether a text other than a plain number stands in a column."""
    cells = (row[column] for row in rows if column < len(row))
    return not NUMBERS.fullmatch("".join([f"{value}\n" for value in cells if isinstance(value, str)]))


def _texts(cells: tuple[CellValue, ...], heard: Heard, without: int | None = None) -> Iterator[tuple[str | None, str]]:
    """The role of each filled cell that is heard and its text in small letters; of columns without a role only texts."""
    for column, role in heard.items():
        value = cells[column] if column < len(cells) else None
        if value is not None and column != without and (role is not None or isinstance(value, str)):
            yield role, str(value).strip().lower().removesuffix(".0")


def _exclusion(text: str) -> str | None:
    """What a whole cell says against annual actuals; dates and spans of years say nothing of the row."""
    heading = parse_heading(text)
    return heading.exclusion if heading is not None and heading.exclusion not in (OPENING, AVERAGE) else None
