"""Headers of statement tables: rows of periods, with group headings above them and units and scopes below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from valuenet_pipeline.extract.forecasts import forecast_columns
from valuenet_pipeline.extract.grid import CellValue, Sheet
from valuenet_pipeline.extract.heading import FORECAST, OPENING, Heading, day_first_of, parse_heading
from valuenet_pipeline.extract.labels import Lexicon
from valuenet_pipeline.extract.number import Absent, Nil, Number, parse_number
from valuenet_pipeline.extract.unit import parse_unit
from valuenet_pipeline.vocabulary import PrintedUnit

CONTINUED = re.compile(r"continued|cont'd|续|續", re.IGNORECASE)
"""What a title says above a header that is only printed again on the next page."""
MAY_BE_DATE = re.compile("[0-9]|[^\x00-\x7f]")
"""Digits, or characters that may stand for some: most labels have neither."""
MOST_ROWS_BELOW = 6
"""Rows that one header may have below its row of periods: units, audit marks, scopes."""


@dataclass(frozen=True)
class Block:
    """A header: its first row and the row after its last, and what its column headings say."""

    first_row: int
    end_row: int
    headings: Mapping[int, Heading]
    """By column; columns that say nothing of a period or a scope, such as a Note column, are not among them."""
    units: Mapping[int, PrintedUnit]
    label_texts: tuple[str, ...]
    """Texts of the header's rows left of its columns."""


def find_headers(sheet: Sheet, lexicon: Lexicon) -> Iterator[Block]:
    """The headers of a sheet, top to bottom; one that only repeats the header before it is left out."""
    texts = {value for row in sheet.rows for value in row if isinstance(value, str)}
    day_first = day_first_of(text for text in texts if MAY_BE_DATE.search(text))
    rows = {
        number: found
        for number, row in enumerate(sheet.rows)
        if (found := _row_headings(row, day_first)) and _is_period_row(row, found, lexicon)
    }
    for number in list(rows):  # one date above a row of periods is the title's
        if number + 1 in rows and _count(rows[number]) == 1 < _count(rows[number + 1]):
            del rows[number]
    current: Block | None = None
    for number in rows:
        if current is not None and number < current.end_row:
            continue
        block = _block(sheet, number, rows, day_first, current)
        if current is not None and _repeats(sheet, block, current):
            continue
        yield block
        current = block


def _repeats(sheet: Sheet, block: Block, current: Block) -> bool:
    """Whether a header only says again what the one before it says, as at a page break, and begins no other table."""
    if any(current.headings.get(column) != heading for column, heading in block.headings.items()):
        return False
    rows = reversed(sheet.rows[current.end_row : block.first_row])
    above = next((printed for row in rows if (printed := [value for value in row if value is not None])), [])
    return not (len(above) == 1 and isinstance(above[0], str) and not CONTINUED.search(above[0]))


def names_period(heading: Heading) -> bool:
    """Whether a heading names a year, a date, or "current" and "prior"."""
    return heading.year is not None or heading.end is not None or heading.offset is not None


def _row_headings(row: tuple[CellValue, ...], day_first: bool | None) -> dict[int, Heading]:
    """The headings of a row; none when an ordinary figure stands in it."""
    if any([type(value) is float and not value.is_integer() for value in row[1:]]):  # no period, as most rows tell
        return {}
    headings: dict[int, Heading] = {}
    for column, value in enumerate(row):
        if value is None:
            continue
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        heading = parse_heading(value, day_first=day_first, allow_serial=is_number)
        if heading is not None:
            headings[column] = heading
        elif column > 0 and (not isinstance(value, str) or isinstance(parse_number(value), Number)):
            return {}
    return headings


def _count(headings: dict[int, Heading]) -> int:
    return sum(column > 0 and names_period(heading) for column, heading in headings.items())


def _is_period_row(row: tuple[CellValue, ...], headings: dict[int, Heading], lexicon: Lexicon) -> bool:
    periods = [column for column, heading in headings.items() if column > 0 and names_period(heading)]
    if not periods:
        return False
    texts = [column for column, value in enumerate(row) if column > 0 and value is not None and column not in headings]
    if len(texts) > len(periods) + 1:
        return False
    if not all(headings[column].is_bare for column in periods):
        return True
    label = next((value for value in row[: periods[0]] if value is not None), None)
    ends = [end for column in periods if (end := headings[column].end) is not None]
    if ends:  # numbers that may be days: month ends, one a year, and nothing to their left that could be their label
        is_spaced = len({end.year for end in ends}) == len(ends) > 1
        is_label = label is not None and parse_heading(label) is None
        return is_spaced and not is_label and all((end + timedelta(days=1)).day == 1 for end in ends)
    years = [headings[column].year or 0 for column in periods]
    steps = {abs(later - earlier) for earlier, later in pairwise(years)}
    if label is None or parse_heading(label) is not None or (isinstance(label, str) and parse_unit(label)):
        return steps <= {0, 1} or len(set(years)) == len(years)
    return bool(steps) and steps <= {0, 1} and 1 in steps and not lexicon.knows(str(label))


def _block(
    sheet: Sheet,
    number: int,
    period_rows: Mapping[int, dict[int, Heading]],
    day_first: bool | None,
    above: Block | None,
) -> Block:
    """The whole header around a row of periods."""
    floor = above.end_row if above else 0
    first = number
    while first > floor and first - 1 not in period_rows and _is_fragment(sheet.rows[first - 1], day_first):
        first -= 1
    end = number + 1
    while end in period_rows:
        end += 1
    columns = {column for row in range(number, end) for column in period_rows[row] if column > 0}
    headings: dict[int, Heading] = {}
    units: dict[int, PrintedUnit] = {}
    for row in range(first, end):
        if row in period_rows:
            _combine(headings, period_rows[row])
        else:
            _combine(headings, _spread(sheet, row, day_first))
            _read_units(sheet.rows[row], columns, units)
    below: dict[int, Heading] = {}
    if end + 1 < len(sheet.rows) and not any(cell is not None for cell in sheet.rows[end]):
        end += _is_fragment(sheet.rows[end + 1], day_first)  # a blank row between the periods and their units
    while end < len(sheet.rows) and end < number + MOST_ROWS_BELOW and _is_below(sheet.rows[end], columns):
        _read_units(sheet.rows[end], columns, units)
        texts = {column: value for column, value in enumerate(sheet.rows[end]) if column > 0 and value is not None}
        found = {column: parse_heading(value, day_first=day_first) for column, value in texts.items()}
        _combine(below, {column: heading for column, heading in found.items() if heading is not None})
        end += 1
    for column in sorted(units.keys() - columns):  # one year heading over an RMB and a US$ column
        if left := max((place for place in columns if place < column), default=None):
            headings[column] = headings[left]
            columns.add(column)
    _combine(headings, {column: heading for column, heading in below.items() if column in columns})
    for column in forecast_columns(sheet, floor, number, range(first, end)) & columns:
        headings[column] = replace(headings[column], exclusion=FORECAST)
    first_column = min((column for column in columns if _says(headings[column])), default=0)
    label_texts = [sheet.value(row, column) for row in range(first, end) for column in range(first_column)]
    return Block(
        first_row=first,
        end_row=end,
        headings={column: headings[column] for column in sorted(columns) if _says(headings[column])},
        units=units,
        label_texts=tuple(text for text in label_texts if isinstance(text, str)),
    )


def _says(heading: Heading) -> bool:
    return names_period(heading) or heading.exclusion is not None


def _is_fragment(row: tuple[CellValue, ...], day_first: bool | None) -> bool:
    """A row of group headings: lengths, days without a year, scopes, units; no period of its own and no figure."""
    values = [value for column, value in enumerate(row) if value is not None and column > 0]
    if not values or not all(isinstance(value, str) for value in values):
        return False
    headings = [parse_heading(value, day_first=day_first) for value in values]
    return all(
        parse_unit(str(value)) is not None if heading is None else not names_period(heading)
        for value, heading in zip(values, headings, strict=True)
    )


def _spread(sheet: Sheet, row: int, day_first: bool | None) -> dict[int, Heading]:
    """Group headings carried to the right, as merged cells leave them in their first cell alone."""
    width = max(len(one) for one in sheet.rows[row : row + 3])
    cells = [parse_heading(sheet.value(row, column), day_first=day_first) for column in range(width)]
    printed = [heading for heading in cells[1:] if heading is not None]
    if len(printed) == 1 and printed[0].exclusion is None:  # one heading, centred over all columns
        return dict.fromkeys(range(1, width), printed[0])
    found: dict[int, Heading] = {}
    current: Heading | None = None
    for column in range(1, width):
        if sheet.value(row, column) is not None:
            current = cells[column]
        if current is not None:
            found[column] = current
    return found


def _read_units(row: tuple[CellValue, ...], columns: set[int], units: dict[int, PrintedUnit]) -> None:
    """Units printed above or below the periods; one alone in its row, as in a merged cell, is for all columns."""
    printed = {
        column: unit
        for column, value in enumerate(row)
        if column > 0 and isinstance(value, str) and (unit := parse_unit(value)) is not None
    }
    if len(printed) == 1:
        printed = dict.fromkeys(columns | units.keys(), next(iter(printed.values())))
    for column, unit in printed.items():
        units[column] = both_units(units.get(column), unit)


def both_units(first: PrintedUnit | None, second: PrintedUnit) -> PrintedUnit:
    """A currency in one place and a scale in another are one unit."""
    if first is None:
        return second
    return PrintedUnit(
        first.measure or second.measure,
        first.factor_exponent or second.factor_exponent,
        first.is_scale_stated or second.is_scale_stated,
    )


def _is_below(row: tuple[CellValue, ...], columns: set[int]) -> bool:
    """A row of the header below its periods: texts over the columns, and none of them a figure."""
    values = [row[column] for column in range(1, len(row)) if row[column] is not None]
    if not values or not all(isinstance(value, str) for value in values):
        return False
    if any(isinstance(parse_number(value), Number | Nil | Absent) for value in values):
        return False
    return any(column < len(row) and row[column] is not None for column in columns) or all(
        parse_unit(str(value)) or parse_heading(value) for value in values
    )


def _combine(headings: dict[int, Heading], others: Mapping[int, Heading]) -> None:
    for column, other in others.items():
        headings[column] = _combined(headings[column], other) if column in headings else other


def _combined(first: Heading, second: Heading) -> Heading:
    months = first.months if first.months is not None else second.months
    exclusions = [first.exclusion, second.exclusion]
    if months == 12:  # a year of whole weeks may end on 1 January
        exclusions = [exclusion for exclusion in exclusions if exclusion != OPENING]
    return replace(
        first,
        year=first.year if first.year is not None else second.year,
        end=first.end or second.end,
        month_day=first.month_day or second.month_day,
        months=months,
        is_instant=first.is_instant or second.is_instant,
        offset=first.offset if first.offset is not None else second.offset,
        exclusion=next((exclusion for exclusion in exclusions if exclusion), None),
        is_restated=first.is_restated or second.is_restated,
        unit=first.unit or second.unit,
        is_bare=first.is_bare and second.is_bare,
        is_neutral=first.is_neutral and second.is_neutral,
    )
