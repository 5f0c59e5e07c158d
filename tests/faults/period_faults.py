"""Faults of periods: headings in other words, missing, doubled, foreign and future years."""

from __future__ import annotations

from collections.abc import Callable

from faults.clean import (
    BODY,
    HEADER,
    TRUTH,
    YEARS,
    Cell,
    Sheets,
    chinese,
    clean,
    truth,
    xlsx,
    year_keys,
)
from faults.fault import Injected, Outcome, fault, one
from faults.layout_faults import without_column

UNSEGMENTED = {key: value for key, value in TRUTH.items() if not key[1]}


def headed(heading: Callable[[int], Cell], *years: int) -> Sheets:
    """The clean sheets with other headings over the years."""
    sheets = clean(*years)
    for rows in sheets.values():
        rows[HEADER] = [None, *(heading(year) for year in years or YEARS)]
    return sheets


def with_column(heading: Cell, source: int, change: Callable[[float], float] = float, at: int = 1) -> Sheets:
    """The clean sheets with one column more, under a heading, from the figures of a year."""
    sheets = clean()
    for rows in sheets.values():
        column = rows[HEADER].index(source)
        for number, row in enumerate(rows[HEADER:], HEADER):
            value = row[column]
            row.insert(at, change(value) if number >= BODY and isinstance(value, int | float) else value)
        rows[HEADER][at] = heading
    return sheets


@fault(84, "period/missing_year", Outcome.FLAGGED, "PER-03", stage="build")
def missing_year() -> Injected:
    return one(xlsx(without_column(2018)), truth=truth(2019, 2017), marks=("2018",))


@fault(85, "period/duplicate_year_equal", Outcome.RIGHT)
def duplicate_year_equal() -> Injected:
    """One value printed twice is one fact."""
    return one(xlsx(with_column(2019, 2019)))


@fault(86, "period/duplicate_year_differs", Outcome.KEPT_OUT, "PER-02")
def duplicate_year_differs() -> Injected:
    return one(xlsx(with_column(2019, 2019, lambda value: value * 1.01 + 1000)), lost=year_keys(2019))


@fault(87, "period/fy_text", Outcome.RIGHT)
def fy_text() -> Injected:
    words = {2019: "FY2019A", 2018: "FY18", 2017: "2017A"}
    return one(xlsx(headed(lambda year: words[year])))


@fault(88, "period/cn_text", Outcome.RIGHT)
def cn_text() -> Injected:
    words = {2019: "2019年度", 2018: "二〇一八年", 2017: "二零一七年度"}
    return one(xlsx(chinese(header=lambda year: words[year])), truth=UNSEGMENTED)


@fault(89, "period/year_as_text", Outcome.RIGHT)
def year_as_text() -> Injected:
    return one(xlsx(headed(str)))


@fault(90, "period/year_float", Outcome.RIGHT)
def year_float() -> Injected:
    return one(xlsx(headed(float)))


@fault(91, "period/serial_date", Outcome.RIGHT)
def serial_date() -> Injected:
    serials = {2019: 43830, 2018: 43465, 2017: 43100}
    return one(xlsx(headed(lambda year: serials[year])))


@fault(92, "period/date_1904", Outcome.RIGHT)
def date_1904() -> Injected:
    import datetime

    from openpyxl.utils.datetime import CALENDAR_MAC_1904
    from openpyxl.workbook import Workbook

    def count_from_1904(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    return one(xlsx(headed(lambda year: datetime.date(year, 12, 31)), count_from_1904))


@fault(93, "period/future_year", Outcome.KEPT_OUT, "PER-04", "PER-08")
def future_year() -> Injected:
    return one(xlsx(with_column(2031, 2019)))


@fault(94, "period/forecast", Outcome.KEPT_OUT, "PER-08")
def forecast() -> Injected:
    return one(xlsx(with_column("2020E", 2019, lambda value: value * 1.2)))


@fault(95, "period/half_year", Outcome.KEPT_OUT, "PER-07")
def half_year() -> Injected:
    return one(xlsx(with_column("H1 2019", 2019, lambda value: value / 2)))


@fault(96, "period/stock_as_flow", Outcome.RIGHT)
def stock_as_flow() -> Injected:
    return one(xlsx(headed(lambda year: f"31 Dec {year}")))


@fault(97, "period/wrong_year_in_name", Outcome.KEPT_OUT, "PER-05")
def wrong_year_in_name() -> Injected:
    return one(xlsx(clean()), "annual-report-2018.xlsx", lost=frozenset(TRUTH), marks=("2018", "2019"))


@fault(98, "period/copied_column", Outcome.KEPT_OUT, "TIM-05", stage="build")
def copied_column() -> Injected:
    sheets = clean(2019, 2018)
    for rows in sheets.values():
        for row in rows[BODY:]:
            row[1] = row[2]
    files = (("annual-report-2018.xlsx", xlsx(clean(2018, 2017))), ("annual-report-2019.xlsx", xlsx(sheets)))
    return Injected(files, truth(2018, 2017))
