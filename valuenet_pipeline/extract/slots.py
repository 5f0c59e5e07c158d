"""What each column of a statement says of its figures: its fiscal year, its unit, and whether they are annual actuals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from valuenet_pipeline.extract.grid import Sheet, address
from valuenet_pipeline.extract.header import Block, both_units
from valuenet_pipeline.extract.heading import FORECAST, INTERIM, PARENT, ROLLING, Heading, find_title_period
from valuenet_pipeline.extract.number import is_number
from valuenet_pipeline.extract.periods import FUTURE, NO_YEAR_END, Calendar, Span, resolve
from valuenet_pipeline.extract.scope import exclusion_of_titles
from valuenet_pipeline.extract.table import Slot
from valuenet_pipeline.extract.unit import find_share_exponent, find_unit
from valuenet_pipeline.vocabulary import Finding

# Titles recur from sheet to sheet and from file to file.
share_exponent_of = lru_cache(maxsize=1024)(find_share_exponent)
title_period_of = lru_cache(maxsize=1024)(find_title_period)


FEWEST_STOPS = 3
"""Rows that must end at the same year before that year is taken for a model's last actual one."""


@dataclass(frozen=True)
class Titles:
    """Texts above a table: all of them, and the first of each row, which alone speak of the table as a whole."""

    every: tuple[str, ...]
    first: tuple[str, ...]
    file_name: str


def find_slots(
    sheet: Sheet, block: Block, end: int, titles: Titles, clock: Calendar
) -> tuple[dict[int, Slot], list[Finding]]:
    """Slots by column, and a finding for each reason why columns hold no annual actuals and are left out."""
    spans, left_out = _spans(sheet, block, end, titles, clock)
    slots: dict[int, Slot] = {}
    # The nearest text that tells it holds; the sheet's name is farthest.
    title_unit = next((unit for text in (*reversed(titles.every), sheet.name) if (unit := find_unit(text))), None)
    shares = next((found for text in reversed(titles.every) if (found := share_exponent_of(text)) is not None), None)
    for column, span in spans.items():
        unit = block.headings[column].unit or block.units.get(column)
        if unit is None:
            unit = title_unit
        elif title_unit is not None:
            unit = both_units(unit, title_unit) if unit.measure is None or unit.measure == title_unit.measure else unit
        slots[column] = Slot(
            None, span.fiscal_year, span.start, span.end, unit, shares, span.no_flows, span.is_restated
        )
    _leave_out_restated(slots, left_out)
    return slots, list(_left_out(sheet, block, left_out))


def _spans(
    sheet: Sheet, block: Block, end: int, titles: Titles, clock: Calendar
) -> tuple[dict[int, Span], dict[int, str]]:
    """Fiscal years by column, and the reasons of columns without one."""
    title = _title_period(titles)
    headings = dict(block.headings)
    if title is not None and title.exclusion is not None:
        headings = {column: replace(heading, exclusion=title.exclusion) for column, heading in headings.items()}
    spans, left_out = resolve(headings, title, clock)
    if clock.last_actual_year is None and sum(reason == FUTURE for reason in left_out.values()) > 1:
        _leave_out_forecasts(sheet, block, end, spans, left_out, clock)
    reason = exclusion_of_titles(titles.first, sheet.name, titles.file_name)
    tells_forecasts_apart = not {FORECAST, FUTURE}.isdisjoint(left_out.values())
    if reason is not None and not (reason == FORECAST and tells_forecasts_apart):
        for column in [column for column in spans if not _says_length(headings[column], reason)]:
            left_out[column] = reason
            del spans[column]
    return spans, left_out


def _says_length(heading: Heading, reason: str) -> bool:
    """Whether a heading says itself that it is a whole fiscal year, against titles on the length of periods."""
    return reason in (INTERIM, ROLLING) and (heading.months == 12 or (heading.year is not None and not heading.is_bare))


def _title_period(titles: Titles) -> Heading | None:
    """The period nearest above the table; only a row's first text can say that the whole table is no annual one."""
    for text in reversed(titles.every):
        found = title_period_of(text)
        if found is not None and (found.exclusion is None or text in titles.first):
            return found
    return None


def _leave_out_restated(slots: dict[int, Slot], left_out: dict[int, str]) -> None:
    """Where a year stands twice, once restated, the restated column speaks for the year."""
    restated = {(slot.fiscal_year, slot.unit) for slot in slots.values() if slot.is_restated}
    for column, slot in list(slots.items()):
        if not slot.is_restated and (slot.fiscal_year, slot.unit) in restated:
            left_out[column] = "superseded by the restated column beside it"
            del slots[column]


def _leave_out_forecasts(
    sheet: Sheet, block: Block, end: int, columns: dict[int, Span], left_out: dict[int, str], clock: Calendar
) -> None:
    """A model whose columns run into the future without a mark: its actuals end where most of its rows end.

    Rows that nobody forecasts (a balance sheet, a segment) stop at the last actual year; the file's own date of
    change bounds it too. Where neither tells, no column can be taken for actual.
    """
    every = {column: span.fiscal_year for column, span in columns.items()}
    future = [column for column, reason in left_out.items() if reason == FUTURE]
    stops: Counter[int] = Counter()
    for row in range(block.end_row, end):
        filled = [column for column in (*every, *future) if is_number(sheet.value(row, column))]
        if filled and not set(filled) & set(future):
            stops[max(every[column] for column in filled)] += 1
    last = stops.most_common(1)[0][0] if stops and stops.most_common(1)[0][1] >= FEWEST_STOPS else None
    for column, span in list(columns.items()):
        is_after_file = clock.modified_on is not None and span.end > clock.modified_on
        if last is None or span.fiscal_year > last or is_after_file:
            left_out[column] = FORECAST
            del columns[column]


def _left_out(sheet: Sheet, block: Block, left_out: Mapping[int, str]) -> Iterator[Finding]:
    for reason in sorted(set(left_out.values())):
        columns = sorted(column for column, why in left_out.items() if why == reason)
        places = ", ".join(address(block.first_row, column) for column in columns[:4])
        message = f"{len(columns)} column(s) are left out: {reason} ({places}{', ...' if len(columns) > 4 else ''})"
        check = {FORECAST: "PER-08", FUTURE: "PER-04", PARENT: "FIL-12"}.get(reason, "PER-07")
        remedy = "state the fiscal year end in entity.yaml or by option" if reason == NO_YEAR_END else ""
        yield Finding(check, "info", message, remedy, sheet.name, address(block.first_row, columns[0]))
