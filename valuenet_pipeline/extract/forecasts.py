"""Columns of forecasts that their period does not show: under a banner, over a row of marks, or starred with a note."""

from __future__ import annotations

import re
from collections.abc import Iterable

from valuenet_pipeline.extract.grid import CellValue, Sheet
from valuenet_pipeline.extract.limits import MAX_COLUMNS

FORECAST_BANNER = re.compile(
    r"(?!.*\d).{0,8}\b(?:forecast\w*|proj(?:ect(?:ed|ions?))?|est(?:imate[ds]?)?|budget\w*|outlook|guidance|plan)\b.{0,14}"
    r"|(?!.*\d).{0,4}(?:预测|預測|预计|預計|预算|預算).{0,4}",
    re.IGNORECASE,
)
ACTUAL_BANNER = re.compile(
    r"(?!.*\d).{0,8}\b(?:hist(?:or\w*)?|actuals?|reported|audited)\b.{0,14}|(?!.*\d).{0,4}(?:历史|歷史|实际|實際).{0,4}",
    re.IGNORECASE,
)
FORECAST_MARK = re.compile(r"e|f|p|b|est\.?|proj\.?|fcst|bud|forecast|estimate|projected|budget", re.IGNORECASE)
ACTUAL_MARK = re.compile(r"a|h|r|act\.?|actual|hist\.?|reported|audited", re.IGNORECASE)
HIGHEST_BANNER = 8
"""Rows above the periods in which a banner over several columns may stand."""
STARS = re.compile(r"[*†‡]+")
FORECAST_NOTE = re.compile(
    r"\b(?:forecast|projected|projections?|estimate[ds]?|budget|guidance)|预测|預測|预计|預計|预算|預算", re.I
)
LONGEST_NOTE = 300


def forecast_columns(sheet: Sheet, floor: int, period_row: int, header: range) -> set[int]:
    """
    The columns of a header that are forecasts, from 0, whether or not a period stands in them.

    `floor` is the first row that can belong to the header's table; `header` the header's rows.
    """
    found = _under_banners(sheet.rows[max(floor, period_row - HIGHEST_BANNER) : period_row])
    for row in header:
        found |= _marked(sheet.rows[row])
    return found | _starred(sheet, period_row)


def _under_banners(rows: Iterable[tuple[CellValue, ...]]) -> set[int]:
    """Columns under a banner such as "Forecast -->", which holds to its right up to the next banner of its row."""
    found: set[int] = set()
    for row in rows:
        is_forecast = False
        for column, value in enumerate(row):
            if isinstance(value, str) and column > 0:
                is_forecast = bool(FORECAST_BANNER.fullmatch(value)) or (
                    is_forecast and not ACTUAL_BANNER.fullmatch(value)
                )
            if is_forecast:
                found.add(column)
        if is_forecast:  # the last banner holds to the right of the row's last cell too
            found |= set(range(len(row), MAX_COLUMNS))
    return found


def _marked(row: tuple[CellValue, ...]) -> set[int]:
    """The columns that a row of marks, one for each period, says are forecasts: A A A E E."""
    marks = {column: value.strip() for column, value in enumerate(row) if column > 0 and isinstance(value, str)}
    found = {column for column, mark in marks.items() if FORECAST_MARK.fullmatch(mark)}
    others = (mark for column, mark in marks.items() if column not in found)
    return found if len(marks) > 1 and all(ACTUAL_MARK.fullmatch(mark) for mark in others) else set()


def _starred(sheet: Sheet, period_row: int) -> set[int]:
    """The columns whose period has a star, where the note of that star says forecast or estimate."""
    stars = {
        column: found[0]
        for column, value in enumerate(sheet.rows[period_row])
        if isinstance(value, str) and (found := STARS.search(value))
    }
    if not stars:
        return set()
    notes = [
        value.strip()
        for row in sheet.rows[period_row + 1 :]
        for value in row[:2]
        if isinstance(value, str) and len(value) <= LONGEST_NOTE and FORECAST_NOTE.search(value)
    ]
    meant = {found[0] for note in notes if (found := STARS.match(note))}
    return {column for column, star in stars.items() if star in meant}
