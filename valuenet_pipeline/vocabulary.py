"""The words of the project as small frozen types. No input or output, no accounting knowledge.

Belongs here: what a period, a unit or a finding *is*. Not here: how to recognise one in a file (`extract`).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

FigureStatus = Literal["printed", "derived", "confirmed", "unconfirmed"]
Severity = Literal["error", "warning", "info"]

FIGURE_STATUSES: tuple[str, ...] = ("confirmed", "printed", "derived", "unconfirmed")
"""How well a figure is supported, best first. A derived value is as good as its weakest input."""


@dataclass(frozen=True)
class FiscalYearEnd:
    """Month and day on which a fiscal year ends."""

    month: int = 12
    day: int = 31

    @classmethod
    def parse(cls, text: str) -> FiscalYearEnd:
        """Read `MM-DD`; raises ValueError with what was expected."""
        try:
            month, day = (int(part) for part in text.split("-"))
            date(2000, month, day)
        except ValueError as error:
            raise ValueError(f"fiscal year end {text!r} is not MM-DD, such as 12-31 or 03-31") from error
        return cls(month, day)

    def in_year(self, year: int) -> date:
        """The day on which fiscal `year` ends; 02-29 falls back to the month's last day."""
        return date(year, self.month, min(self.day, calendar.monthrange(year, self.month)[1]))


@dataclass(frozen=True)
class Period:
    """A fiscal year, named by the calendar year in which it ends."""

    start: date
    end: date

    @classmethod
    def of_fiscal_year(cls, year: int, year_end: FiscalYearEnd) -> Period:
        """The twelve months that end in `year`."""
        return cls(year_end.in_year(year - 1) + timedelta(days=1), year_end.in_year(year))

    @property
    def fiscal_year(self) -> int:
        """The calendar year in which the period ends."""
        return self.end.year


@dataclass(frozen=True)
class PrintedUnit:
    """What a unit line says: a currency (ISO 4217) or a kind such as `pure`, and the factor printed."""

    measure: str | None
    factor_exponent: int
    """Power of ten by which a printed number is multiplied to reach base units."""
    is_scale_stated: bool = field(default=False, compare=False)
    """Whether the scale itself is printed: "million", 万元, and 元 alone for single yuan; "RMB" leaves it open."""


@dataclass(frozen=True)
class Finding:
    """What a check says about an extract or one of its cells: for the person who can mend it."""

    check_id: str
    severity: Severity
    message: str
    remedy: str
    sheet: str | None = None
    cell: str | None = None
    label: str | None = None
