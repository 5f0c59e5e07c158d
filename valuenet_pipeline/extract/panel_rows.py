"""The rows of a data file: which company, fiscal year and unit each speaks for, and why others are left out."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from valuenet_pipeline.catalog.wording import normalise
from valuenet_pipeline.extract.grid import CellValue, Sheet, address
from valuenet_pipeline.extract.header import both_units
from valuenet_pipeline.extract.heading import INTERIM, PARENT, SCHEDULE, Heading, day_first_of, parse_heading
from valuenet_pipeline.extract.number import Number, parse_number
from valuenet_pipeline.extract.periods import CLOSE_DATES, FOURTH_QUARTER, Calendar, Span, resolve
from valuenet_pipeline.extract.roles import ENTITY, PERIOD
from valuenet_pipeline.extract.table import Slot
from valuenet_pipeline.extract.unit import find_unit, parse_unit
from valuenet_pipeline.vocabulary import Finding, PrintedUnit

PARENT_CODES = set(
    [
        "n",
        "b",
        "no",
        "false",
        "parent",
        "individual",
        "standalone",
        "unconsolidated",
        "母公司",
        "母公司报表",
        "母公司報表",
        "非合併",
        "個體",
    ]
)
"""What a column of the scope of consolidation says of statements of the parent alone; CSMAR writes B."""
ANNUAL = set(["fy", "annual", "a", "12m", "year", "yearly", "y", "年报", "年報"])
FOURTH = set(["q4", "4", "4q", "iv", "第四季度"])
INTERIMS = set(["q1", "q2", "q3", "1", "2", "3", "1q", "2q", "3q", "h1", "h2", "9m", "6m", "3m", "i", "ii", "iii"])
STATISTICS = {
    normalise(word)
    for word in [
        "Minimum",
        "Min",
        "Maximum",
        "Max",
        "Average",
        "Mean",
        "Median",
        "Total",
        "Count",
        "Std",
        "Sum",
        "最小值",
        "最大值",
        "平均值",
        "平均",
        "中位数",
        "合计",
        "总计",
    ]
}
PART = re.compile(
    r"\b(?:subsidiar(?:y|ies)|eliminations?|VIEs?|guarantors?|beneficiar(?:y|ies)|parent)\b|抵销|抵銷", re.I
)
"""A column of a consolidating schedule in the place of a company."""
GROWN = 2.5
"""A cumulative fourth quarter is about four times the first; a single one is about the same."""
MOST = 0.8
"""Share of the companies' years that must grow through the year before flows are taken as cumulative."""


class Columns(NamedTuple):
    """Where a data file says what its rows are about; by 0-based column."""

    roles: Mapping[int, str]

    def of(self, *names: str) -> list[int]:
        """The columns with one of these roles, best role first."""
        return [column for name in names for column, role in self.roles.items() if role == name]

    def first(self, name: str) -> int | None:
        """The first column with a role."""
        return next(iter(self.of(name)), None)


@dataclass(frozen=True)
class _Row:
    """What a row says of itself, before its neighbours are asked."""

    number: int
    entity: str | None
    heading: Heading
    is_fourth_quarter: bool = False


def row_slots(
    sheet: Sheet, header_row: int, rows: range, columns: Columns, clock: Calendar, revenue: int | None
) -> tuple[dict[int, Slot], list[Finding]]:
    """The slot of each row of annual consolidated actuals, and a finding per reason that others are left out for.

    `revenue` is the column of revenue, whose growth through a year tells cumulative interim figures from single ones.
    """
    named = list(_named_rows(sheet, rows, columns))
    is_cumulative = _is_cumulative(sheet, named, revenue)
    measured = _with_lengths(sheet, named, columns, is_cumulative)
    excluded: dict[str, list[int]] = defaultdict(list)
    by_entity: dict[str | None, dict[int, _Row]] = defaultdict(dict)
    for row in measured:
        if row.heading.exclusion:
            excluded[row.heading.exclusion].append(row.number)
        else:
            by_entity[row.entity][row.number] = row
    unit_of = _unit_reader(sheet, header_row, columns)
    slots: dict[int, Slot] = {}
    for entity, group in by_entity.items():
        spans, left_out = resolve({number: row.heading for number, row in group.items()}, None, clock)
        for number, reason in left_out.items():
            excluded[reason].append(number)
        for number, span in spans.items():
            is_quarter = group[number].is_fourth_quarter
            slots[number] = _slot(entity, span, unit_of(number), is_cumulative, is_quarter=is_quarter)
    return slots, list(_left_out(sheet, excluded))


def _slot(entity: str | None, span: Span, unit: PrintedUnit | None, is_cumulative: bool, *, is_quarter: bool) -> Slot:
    no_flows = span.no_flows
    if is_cumulative and no_flows == CLOSE_DATES:
        no_flows = None
    if is_quarter and not is_cumulative:
        no_flows = FOURTH_QUARTER
    return Slot(entity, span.fiscal_year, span.start, span.end, unit, None, no_flows, span.is_restated)


def _left_out(sheet: Sheet, excluded: Mapping[str, list[int]]) -> Iterator[Finding]:
    for reason, numbers in sorted(excluded.items()):
        check = "FIL-12" if reason == PARENT else "PER-07"
        remedy = "state the fiscal year end in entity.yaml or by option" if "not known" in reason else ""
        message = f"{len(numbers)} row(s) are left out: {reason}"
        yield Finding(check, "info", message, remedy, sheet.name, address(min(numbers), 0))


def _named_rows(sheet: Sheet, rows: range, columns: Columns) -> Iterator[_Row]:
    """Rows that name a period, with the company and the scope of consolidation they print."""
    periods, entities, scope = columns.of(*PERIOD), columns.of(*ENTITY), columns.first("consolidation")
    texts = (value for row in rows for column in periods if isinstance(value := sheet.value(row, column), str))
    day_first = day_first_of(texts)
    for number in rows:
        cells = sheet.rows[number]
        printed = ((cells[column], column) for column in entities if column < len(cells) and cells[column])
        entity = next((_name(value, columns.roles[column]) for value, column in printed), None)
        if entities and (entity is None or normalise(entity) in STATISTICS):
            continue
        heading = _period(cells, periods, columns, day_first)
        if heading is None:
            continue
        named = parse_heading(entity) if entity else None
        if entity and PART.search(entity):
            heading = replace(heading, exclusion=SCHEDULE)
        elif named is not None and named.exclusion in (PARENT, SCHEDULE):
            heading = replace(heading, exclusion=named.exclusion)
        elif named is not None and named.is_neutral:
            entity = None
        if scope is not None and str(sheet.value(number, scope)).strip().lower() in PARENT_CODES:
            heading = replace(heading, exclusion=PARENT)
        yield _Row(number, entity, heading)


def _name(printed: CellValue, role: str) -> str:
    """A company as printed; a code is one word, so that BRK-A is not taken for A."""
    text = str(printed).strip()
    return re.sub(r"[^\w]+", "_", text) if role == "entity_code" else text


def _period(
    cells: tuple[CellValue, ...], periods: Sequence[int], columns: Columns, day_first: bool | None
) -> Heading | None:
    """The period of a row: its date before its year."""
    for column in periods:
        value = cells[column] if column < len(cells) else None
        heading = parse_heading(value, day_first=day_first, allow_serial=True) if value is not None else None
        if heading is None or not (heading.year or heading.end or heading.exclusion):
            continue
        if columns.roles[column] == "period_month" and heading.end is not None:
            last = calendar.monthrange(heading.end.year, heading.end.month)[1]
            heading = replace(heading, end=heading.end.replace(day=last))
        return heading
    return None


def _with_lengths(sheet: Sheet, named: list[_Row], columns: Columns, is_cumulative: bool) -> Iterator[_Row]:
    """The rows with what other columns say of their length."""
    starts, length, quarter = (columns.first(name) for name in ("period_start", "fiscal_period", "quarter"))
    if quarter is not None and not is_cumulative and _repeats_the_date(sheet, named, quarter):
        quarter = None  # a quarter of the calendar says nothing of the fiscal year
    for row in named:
        if starts is not None and row.heading.end is not None:
            begin = parse_heading(sheet.value(row.number, starts), allow_serial=True)
            if begin is not None and begin.end is not None:
                months = round(((row.heading.end - begin.end).days + 1) / 30.4)
                row = replace(row, heading=replace(row.heading, months=months))
        yield _with_length(row, [sheet.value(row.number, column) for column in (length, quarter) if column is not None])


def _with_length(row: _Row, printed: list[CellValue]) -> _Row:
    for value in printed:
        text = str(value).strip().lower().removesuffix(".0") if value is not None else ""
        if text in ANNUAL:
            return replace(row, heading=replace(row.heading, months=12))
        if text in FOURTH:
            return replace(row, is_fourth_quarter=True)
        found = parse_heading(text) if text else None
        if text in INTERIMS or (found is not None and (found.exclusion or found.months not in (None, 12))):
            exclusion = found.exclusion if found is not None and found.exclusion else INTERIM
            return replace(row, heading=replace(row.heading, exclusion=exclusion))
    return row


def _repeats_the_date(sheet: Sheet, named: list[_Row], quarter: int) -> bool:
    """Whether the quarter is that of the calendar in every row, as a program derives it from the date."""
    dated = [(row.heading.end, sheet.value(row.number, quarter)) for row in named if row.heading.end is not None]
    digits = [(end, re.sub(r"\D|\.0$", "", str(value))) for end, value in dated if value is not None]
    return bool(digits) and all(value == str((end.month + 2) // 3) for end, value in digits)


def _is_cumulative(sheet: Sheet, named: list[_Row], revenue: int | None) -> bool:
    """Whether interim rows run from the year's start, told by revenue that grows through most of the years."""
    if revenue is None:
        return False
    years: dict[tuple[str | None, int], list[tuple[date, float]]] = defaultdict(list)
    for row in named:
        number = parse_number(sheet.value(row.number, revenue))
        if row.heading.exclusion is None and row.heading.end is not None and isinstance(number, Number):
            years[row.entity, row.heading.end.year].append((row.heading.end, float(number.value)))
    votes = []
    for points in years.values():
        values = [value for _, value in sorted(points)]
        if len(values) == 4 and values[0] > 0:
            votes.append(values == sorted(values) and values[3] >= GROWN * values[0])
    return bool(votes) and sum(votes) >= MOST * len(votes)


def _unit_reader(sheet: Sheet, header_row: int, columns: Columns) -> Callable[[int], PrintedUnit | None]:
    """The unit of a row: from its currency and unit columns, else from a title above the header."""
    places = [column for column in (columns.first("unit"), columns.first("currency")) if column is not None]
    titles = [value for above in sheet.rows[:header_row] for value in above if isinstance(value, str)]
    title_unit = next((unit for text in reversed(titles) if (unit := find_unit(text))), None)
    units: dict[tuple[CellValue, ...], PrintedUnit | None] = {}

    def unit_of(row: int) -> PrintedUnit | None:
        printed = tuple(sheet.value(row, column) for column in places)
        if printed not in units:
            unit: PrintedUnit | None = None
            for value in printed:
                if value is not None and (found := parse_unit(str(value))) is not None:
                    unit = both_units(unit, found)
            units[printed] = unit or title_unit
        return units[printed]

    return unit_of
