"""The rows of a data file: which company, fiscal year and unit each speaks for, and why others are left out."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from valuenet_pipeline.catalog.wording import normalise
from valuenet_pipeline.extract.grid import CellValue, Sheet, address
from valuenet_pipeline.extract.header import both_units
from valuenet_pipeline.extract.heading import (
    FORECAST,
    INTERIM,
    OPENING,
    PARENT,
    SCHEDULE,
    Heading,
    day_first_of,
    parse_heading,
)
from valuenet_pipeline.extract.heading_words import last_day
from valuenet_pipeline.extract.number import Number, parse_number
from valuenet_pipeline.extract.periods import CLOSE_DATES, FOURTH_QUARTER, FUTURE, WEEK, Calendar, Span, resolve
from valuenet_pipeline.extract.roles import ENTITY, LISTED, PERIOD
from valuenet_pipeline.extract.row_marks import Heard, heard_columns, length_mark, quarter_printed, scope_mark
from valuenet_pipeline.extract.table import Slot
from valuenet_pipeline.extract.unit import find_unit, parse_unit
from valuenet_pipeline.vocabulary import Finding, FiscalYearEnd, PrintedUnit

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

CHECKS = {FORECAST: "PER-08", FUTURE: "PER-04", PARENT: "FIL-12"}
"""By the reason that rows are left out for; the others are PER-07."""
QUARTER = 100
"""Days; the longest quarter has 14 weeks."""
ISO_DATE = len("2021-12-31")
FEWEST_CARRIED = 2
"""Years, of one company or of several, that must agree before figures tell the fiscal year."""
SUFFIXED_CODE = re.compile(r"[0-9]{6}\.(?:SH|SZ|BJ|SS|XSHG|XSHE)|(?:SH|SZ|BJ)[0-9]{6}", re.I)
"""A share of Shanghai, Shenzhen or Beijing."""
BARE_CODE = re.compile(rf"[023689][0-9]{{5}}|4[0-9]{{5}}|{SUFFIXED_CODE.pattern}", re.I)
"""The same under a header of Chinese codes; Korean codes have six digits as well."""


class Columns(NamedTuple):
    """Where a data file says what its rows are about; by 0-based column."""

    roles: Mapping[int, str]

    def of(self, *names: str) -> list[int]:
        """The columns with one of these roles, best role first."""
        return [column for name in names for column, role in self.roles.items() if role == name]

    def first(self, name: str) -> int | None:
        """The first column with a role."""
        return next(iter(self.of(name)), None)


class _Row(NamedTuple):
    """What a row says of itself, before its neighbours are asked."""

    number: int
    entity: str | None
    heading: Heading
    dated_by: int
    """The column of its period."""
    is_fourth_quarter: bool = False


def row_slots(
    sheet: Sheet, header_row: int, rows: range, columns: Columns, clock: Calendar, revenue: int | None
) -> tuple[dict[int, Slot], list[Finding]]:
    """The slot of each row of annual consolidated actuals, and a finding per reason that others are left out for.

    `revenue` is the column of revenue, whose growth through a year tells cumulative interim figures from single ones.
    """
    heard = heard_columns(sheet.rows[rows.start : rows.stop], columns.roles)
    named = list(_named_rows(sheet, rows, columns, heard))
    votes = _cumulative_votes(sheet, named, revenue)
    every_vote = [vote for group in votes.values() for vote in group]
    is_cumulative = _carried(every_vote)
    measured = _with_lengths(sheet, named, columns, heard, is_cumulative)
    excluded: dict[str, list[int]] = defaultdict(list)
    interim: dict[str | None, set[date]] = defaultdict(set)
    by_entity: dict[str | None, dict[int, _Row]] = defaultdict(dict)
    for row in measured:
        if row.heading.exclusion and not (row.heading.exclusion == OPENING and row.heading.end):
            excluded[row.heading.exclusion].append(row.number)
            if row.heading.exclusion == INTERIM and row.heading.end is not None:
                interim[row.entity].add(row.heading.end)
        else:
            by_entity[row.entity][row.number] = row
    unit_of = _unit_reader(sheet, header_row, columns)
    published = columns.of("published_on", "restated_on")
    quarters = set().union(*interim.values(), *(_quarters(group.values()) for group in by_entity.values()))
    slots: dict[int, Slot] = {}
    for entity, group in by_entity.items():
        year_end = clock.year_end or _known_year_end(
            sheet,
            list(group.values()),
            columns,
            is_counted=_carried(every_vote, FEWEST_CARRIED) and _carried(votes[entity]),
        )
        headings = {number: row.heading for number, row in group.items()}
        is_alone = len({heading.end for heading in headings.values()}) == 1
        beside = quarters if is_alone else interim[entity]  # one date among others' quarters may be a quarter's
        spans, left_out = resolve(headings, None, replace(clock, year_end=year_end), beside)
        for number, reason in left_out.items():
            excluded[reason].append(number)
        for number, span in spans.items():
            is_quarter = group[number].is_fourth_quarter
            slot = _slot(entity, span, unit_of(number), is_cumulative, is_quarter=is_quarter)
            slots[number] = slot._replace(published_on=_published_on(sheet, number, published, span.end))
    return slots, list(_left_out(sheet, excluded))


def _slot(entity: str | None, span: Span, unit: PrintedUnit | None, is_cumulative: bool, *, is_quarter: bool) -> Slot:
    no_flows = span.no_flows
    if is_cumulative and no_flows == CLOSE_DATES:
        no_flows = None
    if is_quarter and not is_cumulative:
        no_flows = FOURTH_QUARTER
    return Slot(entity, span.fiscal_year, span.start, span.end, unit, None, no_flows, span.is_restated)


def _published_on(sheet: Sheet, row: int, columns: Sequence[int], period_end: date) -> date | None:
    """The day a row was published, or restated where that is later: its figures were not known before."""
    days = []
    for column in columns:
        value = sheet.value(row, column)
        printed = value.strip()[:ISO_DATE] if isinstance(value, str) else value  # without a time of day
        heading = parse_heading(printed, allow_serial=True) if printed is not None else None
        if heading is not None and heading.end is not None and heading.end > period_end:
            days.append(heading.end)
    return max(days, default=None)


def _left_out(sheet: Sheet, excluded: Mapping[str, list[int]]) -> Iterator[Finding]:
    for reason, numbers in sorted(excluded.items()):
        check = CHECKS.get(reason, "PER-07")
        remedy = "state the fiscal year end in entity.yaml or by option" if "not known" in reason else ""
        message = f"{len(numbers)} row(s) are left out: {reason}"
        yield Finding(check, "info", message, remedy, sheet.name, address(min(numbers), 0))


def _named_rows(sheet: Sheet, rows: range, columns: Columns, heard: Heard) -> Iterator[_Row]:
    """Rows that name a period, with the company and the scope of consolidation they print."""
    periods, entities, month = columns.of(*PERIOD), columns.of(*ENTITY), columns.first("month")
    texts = (value for row in rows for column in periods if isinstance(value := sheet.value(row, column), str))
    day_first = day_first_of(texts)
    for number in rows:
        cells = sheet.rows[number]
        printed = ((cells[column], column) for column in entities if column < len(cells) and cells[column])
        entity = next((_name(value, columns.roles[column]) for value, column in printed), None)
        if entities and (entity is None or normalise(entity) in STATISTICS):
            continue
        found = _period(cells, periods, month, columns.roles, day_first)
        if found is None:
            continue
        heading, dated_by = found
        named = parse_heading(entity) if entity else None
        if entity and PART.search(entity):
            heading = replace(heading, exclusion=SCHEDULE)
        elif named is not None and named.exclusion in (PARENT, SCHEDULE):
            heading = replace(heading, exclusion=named.exclusion)
        elif named is not None and named.is_neutral:
            entity = None
        if mark := scope_mark(cells, heard):
            heading = replace(heading, exclusion=mark)
        yield _Row(number, entity, heading, dated_by)


def _name(printed: CellValue, role: str) -> str:
    """A company as printed; a code is one word, so that BRK-A is not taken for A."""
    text = str(printed).strip()
    return re.sub(r"[^\w]+", "_", text) if role != "entity_name" else text


def _period(
    cells: tuple[CellValue, ...],
    periods: Sequence[int],
    month: int | None,
    roles: Mapping[int, str],
    day_first: bool | None,
) -> tuple[Heading, int] | None:
    """The period of a row and the column that says it: its date before its year."""
    for column in periods:
        value = cells[column] if column < len(cells) else None
        heading = parse_heading(value, day_first=day_first, allow_serial=True) if value is not None else None
        if heading is None or not (heading.year or heading.end or heading.exclusion):
            continue
        if roles[column] == "period_month" and heading.end is not None:
            last = calendar.monthrange(heading.end.year, heading.end.month)[1]
            heading = replace(heading, end=heading.end.replace(day=last))
        if month is not None and heading.year is not None and heading.end is None:
            heading = replace(heading, end=_end_of_month(heading.year, cells[month] if month < len(cells) else None))
        return heading, column
    return None


def _end_of_month(year: int, month: CellValue) -> date | None:
    """The last day of a month printed beside its year, as a number or a name."""
    number = parse_number(month)
    if isinstance(number, Number) and number.value in range(1, 13):
        return last_day(year, int(number.value))
    named = parse_heading(f"{month} {year}") if isinstance(month, str) else None
    return named.end if named is not None else None


def _with_lengths(
    sheet: Sheet, named: list[_Row], columns: Columns, heard: Heard, is_cumulative: bool
) -> Iterator[_Row]:
    """The rows with what other columns say of their length."""
    start, quarter = columns.first("period_start"), columns.first("quarter")
    # a quarter of the calendar says nothing of the fiscal year
    hears_quarter = quarter is None or is_cumulative or not _repeats_the_date(sheet, named, quarter)
    for row in named:
        heading = row.heading
        begin = parse_heading(sheet.value(row.number, start), allow_serial=True) if start is not None else None
        if begin is not None and begin.end is not None and heading.end is not None:
            months = round(((heading.end - begin.end).days + 1) / 30.4)
            heading = replace(heading, months=months, exclusion=heading.exclusion or (INTERIM if months < 12 else None))
        length = length_mark(sheet.rows[row.number], heard, dated_by=row.dated_by, hears_quarter=hears_quarter)
        if heading.exclusion in (None, OPENING) and length.exclusion:
            heading = replace(heading, exclusion=length.exclusion)
        elif length.is_annual:
            heading = replace(heading, months=12)
        yield row._replace(heading=heading, is_fourth_quarter=length.is_fourth_quarter)


def _repeats_the_date(sheet: Sheet, named: list[_Row], quarter: int) -> bool:
    """Whether the quarter is that of the calendar in every row, as a program derives it from the date."""
    dated = [(row.heading.end, quarter_printed(sheet.value(row.number, quarter))) for row in named]
    printed = [(end, number) for end, number in dated if end is not None and number is not None]
    return bool(printed) and all(number == (end.month + 2) // 3 for end, number in printed)


def _quarters(rows: Iterable[_Row]) -> set[date]:
    """The days among a company's dates that another follows within a quarter."""
    ends = sorted({row.heading.end for row in rows if row.heading.end is not None})
    return {earlier for earlier, later in pairwise(ends) if WEEK < (later - earlier).days <= QUARTER}


def _cumulative_votes(sheet: Sheet, named: list[_Row], revenue: int | None) -> dict[str | None, list[bool]]:
    """For each company's calendar years of four dates, whether revenue grows as it does when counted from January."""
    years: dict[tuple[str | None, int], list[tuple[date, float]]] = defaultdict(list)
    for row in named:
        if revenue is None:
            break
        number = parse_number(sheet.value(row.number, revenue))
        if row.heading.exclusion is None and row.heading.end is not None and isinstance(number, Number):
            years[row.entity, row.heading.end.year].append((row.heading.end, float(number.value)))
    votes: dict[str | None, list[bool]] = defaultdict(list)
    for (entity, _), points in years.items():
        values = [value for _, value in sorted(points)]
        if len(values) == 4 and values[0] > 0:
            votes[entity].append(values == sorted(values) and values[3] >= GROWN * values[0])
    return votes


def _carried(votes: list[bool], fewest: int = 1) -> bool:
    return len(votes) >= fewest and sum(votes) >= MOST * len(votes)


def _known_year_end(sheet: Sheet, rows: list[_Row], columns: Columns, *, is_counted: bool) -> FiscalYearEnd | None:
    """The year end that law or the figures tell, whatever the dates: 31 December, or nothing.

    Companies listed in Shanghai, Shenzhen and Beijing close on it by the Accounting Law (article 11), and figures
    that start again each January, year after year, are those of the calendar year.
    """
    codes = [
        (columns.roles[column], str(sheet.value(row.number, column)).strip())
        for row in rows
        for column in columns.of(*ENTITY)
    ]
    is_listed = any((BARE_CODE if role in LISTED else SUFFIXED_CODE).fullmatch(code) for role, code in codes)
    return FiscalYearEnd() if is_listed or is_counted else None


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
