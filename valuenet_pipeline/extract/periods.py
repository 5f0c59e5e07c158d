"""From headings to fiscal years: which columns (or rows) of a table are annual actuals, and why others are not.

A date alone does not say whether the figures under it are annual; its neighbours, the printed length and the company's
fiscal year end do. What none of them settles is left out with the reason.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

from valuenet_pipeline.extract.heading import FORECAST, INTERIM, OPENING, Heading
from valuenet_pipeline.vocabulary import FiscalYearEnd, Period

Key = TypeVar("Key", int, str)

SHORTEST_YEAR = 350
"""Days; a fiscal year of 52 weeks has 364."""
WEEK = 7
"""Fiscal years of whole weeks end within this many days of a month's end."""

FUTURE = "the fiscal year has not ended"
NO_YEAR = "the year is not printed: neither the heading nor the title states one"
NO_YEAR_END = "the fiscal year end is not known, so the date may be an interim one"
CLOSE_DATES = "the dates are less than a year apart, so a flow under them is not annual"
INSTANT = "the heading is a date of a balance, and a flow has no place under it"
FOURTH_QUARTER = "a fourth quarter: whether its flows are the quarter's or the year's is not told"
NO_FLOWS = (CLOSE_DATES, INSTANT, FOURTH_QUARTER)
"""Why flows under a heading are not annual, while balances are."""


class Span(NamedTuple):
    """A fiscal year as a heading states it."""

    fiscal_year: int
    start: date
    end: date
    no_flows: str | None
    is_restated: bool


@dataclass(frozen=True)
class Calendar:
    """What is known of time before a table is read."""

    today: date
    year_end: FiscalYearEnd | None = None
    """Stated by the profile, an option or the extract's cover."""
    modified_on: date | None = None
    """Day of the last change that the file states of itself."""
    last_actual_year: int | None = None
    """Stated by the layout: later years are forecasts."""


@lru_cache(maxsize=4096)
def month_end(day: date) -> date:
    """The month's end that a day stands for: years of whole weeks end some days before or after it."""
    if day.day <= WEEK:
        return day.replace(day=1) - timedelta(days=1)
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=last) if last - day.day <= WEEK else day


def _end(heading: Heading, title: Heading | None) -> tuple[date | None, int | None]:
    """The day or the year a heading names, with the title's help for "current" and "prior"."""
    if heading.end is not None:
        return heading.end, None
    year = heading.year
    if year is None and heading.offset is not None and title is not None:
        if title.end is not None:
            return _in_year(title.end.year + heading.offset, title.end.month, title.end.day), None
        year = title.year + heading.offset if title.year is not None else None
    month_day = heading.month_day or (title.month_day if title and heading.year is not None else None)
    if year is not None and month_day is not None:
        return _in_year(year, *month_day), None
    return None, year


def _in_year(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def resolve(
    headings: Mapping[Key, Heading],
    title: Heading | None,
    clock: Calendar,
    interim: Collection[date] = (),
) -> tuple[dict[Key, Span], dict[Key, str]]:
    """The fiscal year of each heading that names one, and the reason for each that is kept out.

    `interim` are days on which interim periods of the same figures end, left out before: what stands between them
    may be an interim day as well, and 31 December is no exception.
    """
    excluded: dict[Key, str] = {}
    ends: dict[Key, date] = {}
    years: dict[Key, int] = {}
    for key, heading in headings.items():
        end, year = _end(heading, title)
        if heading.exclusion is not None and not (heading.exclusion == OPENING and heading.end):
            excluded[key] = heading.exclusion
        elif heading.months not in (None, 12):
            excluded[key] = INTERIM
        elif end is not None:
            ends[key] = end
        elif year is not None:
            years[key] = year
        elif heading.offset is not None:
            excluded[key] = NO_YEAR
    ends = _without_openings(ends, headings, excluded)
    year_end, are_annual = _year_end({key: headings[key] for key in ends}, ends, title, clock, interim)
    spans: dict[Key, Span] = {}
    for key, end in ends.items():
        nominal = month_end(end)
        if year_end is None:
            excluded[key] = NO_YEAR_END
        elif nominal.month != year_end.month:
            excluded[key] = INTERIM
        else:
            is_stated = headings[key].months == 12
            no_flows = None if is_stated or are_annual else CLOSE_DATES
            no_flows = INSTANT if headings[key].is_instant and not is_stated else no_flows
            is_weekly = end != nominal
            period = Period.of_fiscal_year(nominal.year, FiscalYearEnd(nominal.month, nominal.day))
            last = end if is_weekly else period.end
            spans[key] = Span(nominal.year, period.start, last, no_flows, headings[key].is_restated)
    for key, year in years.items():
        period = Period.of_fiscal_year(year, year_end or FiscalYearEnd())
        no_flows = INSTANT if headings[key].is_instant and headings[key].months != 12 else None
        spans[key] = Span(year, period.start, period.end, no_flows, headings[key].is_restated)
    return _actual(spans, excluded, clock), excluded


def _without_openings(
    ends: dict[Key, date], headings: Mapping[Key, Heading], excluded: dict[Key, str]
) -> dict[Key, date]:
    """Leave out 1 January beside 31 December: an opening balance, not the end of a year of whole weeks."""
    weekly = any(end.month in (1, 12) and end.day != 31 and (end.month, end.day) != (1, 1) for end in ends.values())
    kept = {}
    for key, end in ends.items():
        if (end.month, end.day) == (1, 1) and not weekly and headings[key].months != 12:
            excluded[key] = OPENING
        else:
            kept[key] = end
    return kept


def _year_end(
    headings: Mapping[Key, Heading],
    ends: Mapping[Key, date],
    title: Heading | None,
    clock: Calendar,
    interim: Collection[date],
) -> tuple[FiscalYearEnd | None, bool]:
    """The fiscal year end of the dates, and whether they stand a year or more apart."""
    nominal = sorted({month_end(end) for end in ends.values()})
    gaps = [(later - earlier).days for earlier, later in pairwise(nominal)]
    are_annual = all(gap >= SHORTEST_YEAR for gap in gaps)
    if clock.year_end is not None:
        return clock.year_end, are_annual
    stated = {month_end(ends[key]).month: month_end(ends[key]) for key in ends if headings[key].months == 12}
    if not stated and title is not None and title.months == 12:
        stated = {day.month: day for day in nominal}
    if len(stated) == 1:
        day = next(iter(stated.values()))
        return FiscalYearEnd(day.month, day.day), are_annual
    months = {day.month for day in nominal}
    if len(months) == 1 and are_annual and not interim and (len(nominal) > 1 or 12 in months):
        return FiscalYearEnd(nominal[-1].month, nominal[-1].day), True
    return None, are_annual


def _actual(spans: dict[Key, Span], excluded: dict[Key, str], clock: Calendar) -> dict[Key, Span]:
    """Spans that have ended; a year still to come holds no actuals."""
    kept = {}
    for key, span in spans.items():
        if clock.last_actual_year is not None and span.fiscal_year > clock.last_actual_year:
            excluded[key] = FORECAST
        elif span.end > clock.today:
            excluded[key] = FUTURE
        else:
            kept[key] = span
    return kept
