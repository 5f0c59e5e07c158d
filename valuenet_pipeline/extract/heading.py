"""Headings: what one cell or title line says about the period and the kind of the figures below or beside it.

Belongs here: wordings of years, dates, lengths, relative periods, and of columns that hold no annual consolidated
actuals. Not here: which fiscal year follows (that takes the year end and the other headings), units (`unit`).

A text is cut into known wordings from its first to its last character. Whatever is left over must be a unit;
otherwise the text is no heading. Nothing is read out of a part of a text, save in title lines.
"""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.extract.unit import parse_unit
from valuenet_pipeline.vocabulary import PrintedUnit

INTERIM = "interim period"
ROLLING = "trailing twelve months"
FORECAST = "forecast"
AVERAGE = "several years together"
PARENT = "parent company alone"
SCHEDULE = "part of a consolidating schedule"
CHANGE = "change between periods"
SHARE = "share of a total"
PRO_FORMA = "pro forma"
OPENING = "opening balance"
EXCLUSIONS = (CHANGE, SHARE, AVERAGE, ROLLING, FORECAST, INTERIM, PRO_FORMA, SCHEDULE, PARENT, OPENING)
"""Why figures are no annual consolidated actuals; where several hold, the first of these is told."""

_OF_SEVERAL_PERIODS = frozenset({CHANGE, SHARE, AVERAGE, ROLLING})
"""Exclusions under which several years in one heading are no contradiction."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says; every field that it does not print is empty."""

    year: int | None = None
    """Fiscal year as printed; of a year written over two calendar years ("2021/22") the later one."""
    end: datetime.date | None = None
    """Last day of the period; where only a month is printed, the last day of that month."""
    month_day: tuple[int, int] | None = None
    """Month and day of a date that is printed without its year."""
    months: int | None = None
    """Length of the period in months."""
    is_instant: bool = False
    """Whether the figures stand at a day, not over a period."""
    offset: int | None = None
    """Years from the report's own fiscal year: 0 is that year, -1 the year before."""
    exclusion: str | None = None
    """Why the figures are no annual consolidated actuals: one of `EXCLUSIONS`."""
    is_restated: bool = False
    unit: PrintedUnit | None = None
    is_bare: bool = False
    """Whether it is nothing but a number (a year, a date in 8 digits or a serial): maybe an ordinary figure."""
    is_neutral: bool = False
    """Whether it is furniture of a header that says nothing about a period."""


Reader = Callable[[dict[str, str], bool | None], Heading | None]
"""Makes a heading of a wording's named parts, given whether days precede months; None if it makes no sense."""

_Value = TypeVar("_Value")

_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LONGEST, _LONGEST_TITLE = 80, 300
_SERIALS = range(36526, 73051)
_SERIAL_EPOCH = datetime.date(1899, 12, 30)
_NEUTRAL = Heading(is_neutral=True)
_GLUE = Heading()
_UNTIL = Heading()
"""The word between the first and the last day of a period; told from `_GLUE` by identity."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKS = {"thirteen": 13, "fourteen": 14, "twenty six": 26, "thirty nine": 39, "fifty two": 52, "fifty three": 53}
_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


# ---- readers of wordings with changing parts -------------------------------------------------------------------


def _century(digits: str) -> int | None:
    """A year from 4 digits, or from 2 digits as 1990 to 2089; None outside the years that are read."""
    year = int(digits)
    if len(digits) == 2:
        year += 1900 if year >= _FIRST_YEAR % 100 else 2000
    return year if _FIRST_YEAR <= year <= _LAST_YEAR else None


def _day(year: int | None, month: int, day: int) -> datetime.date | None:
    if year is None or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return datetime.date(year, month, day)


def _last_day(year: int | None, month: int) -> datetime.date | None:
    return None if year is None or not 1 <= month <= 12 else _day(year, month, calendar.monthrange(year, month)[1])


def _month(parts: dict[str, str]) -> int:
    return 1 + _MONTHS.index(parts["name"][:3]) if "name" in parts else int(parts["month"])


def _ending(end: datetime.date | None, months: int | None = None) -> Heading | None:
    return None if end is None else Heading(end=end, months=months)


def _read_date(parts: dict[str, str], _: bool | None) -> Heading | None:
    end = _day(_century(parts["year"]), _month(parts), int(parts["day"]))
    if end is None:
        return None
    # A first day that is written out is meant; the digits of other firsts than New Year's may stand for a month.
    is_opening = end.day == 1 and (end.month == 1 or "digits" not in parts)
    return Heading(end=end, exclusion=OPENING if is_opening else None)


def _numeric_dates(first: int, second: int, digits: str) -> dict[bool, datetime.date]:
    """The dates that "12/31/2020" can mean, by whether the day is printed first."""
    year = _century(digits)
    dates = {True: _day(year, second, first), False: _day(year, first, second)}
    return {day_first: day for day_first, day in dates.items() if day}


def _read_numeric_date(parts: dict[str, str], day_first: bool | None) -> Heading | None:
    first, second, digits = int(parts["first"]), int(parts["second"]), parts["year"]
    dates = _numeric_dates(first, second, digits)
    if day_first is None:
        # "21/12/31" may be written year first: a month's end read that way makes the text ambiguous.
        if len(digits) == 2 and _last_day(_century(f"{first:02}"), second) == _day(
            _century(f"{first:02}"), second, int(digits)
        ):
            return None if 1 <= second <= 12 else _sole(dates)
        return _sole(dates)
    return _ending(dates.get(day_first)) if day_first in dates else _sole(dates)


def _sole(dates: dict[bool, datetime.date]) -> Heading | None:
    days = set(dates.values())
    return _ending(days.pop()) if len(days) == 1 else None


def _read_month_of_year(parts: dict[str, str], _: bool | None) -> Heading | None:
    year, month = _century(parts["year"]), _month(parts)
    # "2011-12" may be December 2011 or the fiscal year 2011 to 2012.
    if year is None or ("splittable" in parts and month == (year + 1) % 100):
        return None
    return _ending(_last_day(year, month))


def _read_short_month(parts: dict[str, str], _: bool | None) -> Heading | None:
    """ "Mar-21" is a month of a year; "Mar-31" may as well be the last day of March."""
    if int(parts["year"]) >= 28 and "mark" not in parts:
        return None
    return _ending(_last_day(_century(parts["year"]), _month(parts)))


def _read_japanese_year(parts: dict[str, str], _: bool | None) -> Heading | None:
    return _ending(_last_day(_century(parts["year"]), _month(parts)), 12)


def _read_calendar_year(parts: dict[str, str], _: bool | None) -> Heading | None:
    return _ending(_last_day(_century(parts["year"]), 12), 12)


def _read_month_day(parts: dict[str, str], _: bool | None) -> Heading | None:
    month, day = _month(parts), int(parts["day"])
    return Heading(month_day=(month, day)) if _day(2000, month, day) else None


def _read_span(parts: dict[str, str], _: bool | None) -> Heading | None:
    """Several years; two adjacent years are one fiscal year where the wording admits nothing else."""
    first = _century(parts["year"])
    later = parts["later"]
    if first is None:
        return None
    is_next = int(later) in (first + 1, (first + 1) % 100)
    if "fiscal" in parts:
        if is_next:
            return None if len(later) == 2 and int(later) <= 12 else Heading(year=first + 1)
        if int(later) > 12:
            return Heading(exclusion=AVERAGE) if len(parts["year"]) == 4 else None
        return _ending(_last_day(first, int(later)), 12)
    if len(later) == 2:
        if is_next:
            return None if int(later) <= 12 else Heading(year=first + 1)
        return Heading(exclusion=AVERAGE) if int(later) > first % 100 else None
    return Heading(exclusion=AVERAGE) if int(later) != first else None


def _read_year(parts: dict[str, str], _: bool | None) -> Heading | None:
    year = _century(parts["year"])
    if year is None:
        return None
    kind = parts.get("kind", "")
    return Heading(
        year=year,
        months=12 if kind.endswith(("度", "报", "報", "告")) else None,
        exclusion=OPENING if "初" in kind else FORECAST if parts.get("mark", "a") != "a" else None,
        is_instant=kind.endswith(("末", "底", "初")),
    )


def _lasting(months: int, year: int | None = None) -> Heading | None:
    if months < 1:
        return None
    exclusion = INTERIM if months < 12 else AVERAGE if months > 12 else None
    return Heading(year=year, months=months, exclusion=exclusion)


def _read_code(parts: dict[str, str], _: bool | None) -> Heading | None:
    """Quarters, halves and months as codes: "3Q21", "H1 2021", "9M 2021"."""
    digits = parts.get("before") or parts.get("after")
    if "before" in parts and "after" in parts:
        return None
    year = _century(digits) if digits else None
    if digits and year is None:
        return None
    code = parts["code"]
    months = 3 if "q" in code else 6 if "h" in code else int(code[:-1])
    return _lasting(months, year)


def _read_months(parts: dict[str, str], _: bool | None) -> Heading | None:
    count = parts["count"]
    return _lasting(_NUMBERS.index(count) if count in _NUMBERS else int(count))


def _read_weeks(parts: dict[str, str], _: bool | None) -> Heading | None:
    count = parts["count"].replace("-", " ")
    weeks = _WEEKS[count] if count in _WEEKS else int(count)
    if weeks in (52, 53):
        return Heading(months=12)
    return Heading(months=max(1, round(weeks * 12 / 52)), exclusion=INTERIM if weeks < 52 else AVERAGE)


def _read_month_span(parts: dict[str, str], _: bool | None) -> Heading | None:
    first, last = int(parts["first"]), int(parts["last"])
    return _lasting(last - first + 1) if 1 <= first < last <= 12 else None


def _read_quarters(parts: dict[str, str], _: bool | None) -> Heading | None:
    """A Chinese quarterly report or the first quarters tell the year to date; a single quarter three months."""
    return _lasting(3 * int(parts["count"]) if parts.get("total") else 3)


def _read_relative_year(parts: dict[str, str], _: bool | None) -> Heading | None:
    offset = int(parts["offset"])
    return Heading(exclusion=FORECAST) if offset > 0 else Heading(offset=offset)


# ---- the wordings, in the order in which they are tried ----------------------------------------------------------

_Y = r"(?P<year>(?:19|20|21)[0-9]{2})"
_YY = r"(?P<year>[0-9]{2})"
_YEAR = r"(?P<year>(?:19|20|21)[0-9]{2}|[0-9]{2})"
_NAME = (
    r"(?P<name>january|february|march|april|may|june|july|august|september|october|november|december"
    r"|sept|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\.?"
)
_M = r"(?P<month>[01]?[0-9])"
_D = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
_TIME = r"(?:[t ]00:00(?::00(?:\.0+)?)?z?)?(?![/.]?[0-9])(?!-(?!(?:19|20)[0-9]{2}[-/.])[0-9])"
_COUNT = rf"(?P<count>[1-9][0-9]?|{'|'.join(_NUMBERS[1:])})"
_ENDED = r"(?: period)?s?(?: end(?:ed|ing|s)?)?(?: on)?"
_FOR = r"(?:for )?(?:the )?"
_AMOUNT = r"(?:累计|累計)?(?:数|數|余额|餘額|金额|金額|发生额|發生額|发生数|實際數|实际数|实际|合计|合計)?"
_CHANGED = r"(?:增减|增減|变动|變動|变化|變化|增长|增長|增加|减少)"
_MEASURE = r"(?:变动|變動|金额|金額|比例|比率|幅度|额|額|率|情况|情況|百分比|数|數)*"

_WORDINGS: tuple[tuple[str, Heading | Reader], ...] = (
    # Dates.
    (
        rf"(?P<digits>){_Y}(?:-(?=[0-9]+-)|/(?=[0-9]+/)|\.(?=[0-9]+\.)){_M}[-/.](?P<day>[0-3]?[0-9]){_TIME}",
        _read_date,
    ),
    (
        r"(?P<digits>)(?P<year>(?:19|20)[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])(?:\.0{1,2})?(?![-/.]?[0-9])",
        _read_date,
    ),
    (rf"{_Y} ?年 ?{_M} ?月 ?{_D} ?[日号]", _read_date),
    (rf"{_Y} ?年 ?{_M} ?月期", _read_japanese_year),
    (rf"{_Y} ?年 ?{_M} ?月(?:[末底份]|(?![0-9 ]))", _read_month_of_year),
    (
        r"(?P<first>[0-3]?[0-9])(?P<sep>[-/.])(?P<second>[0-3]?[0-9])(?P=sep)(?P<year>(?:(?:19|20|21)[0-9]{2})|[0-9]{2})"
        + _TIME,
        _read_numeric_date,
    ),
    (rf"{_D}(?: of)?[ -]?{_NAME},?[ -]?'?{_YEAR}(?![-/.]?[0-9])", _read_date),
    (rf"{_NAME}[ -]?{_D}(?:, ?|[ -]){_Y}(?![-/.]?[0-9])", _read_date),
    (rf"{_Y}[ -]{_NAME}[ -]{_D}(?![-/.]?[0-9])", _read_date),
    (rf"{_NAME},?[ /-]?{_Y}(?![-/.]?[0-9])", _read_month_of_year),
    (rf"{_Y}[ /-]?{_NAME}(?![-/.]?[0-9])", _read_month_of_year),
    (rf"{_NAME}(?:-|/| ?(?P<mark>')|(?=[0-9])){_YY}(?![-/.,]?[0-9])(?!,)", _read_short_month),
    # Years over two calendar years, and spans of years.
    (rf"fye? ?{_M}[/-]{_Y}(?![-/.]?[0-9])", _read_japanese_year),
    (rf"fye? ?(?P<month>[1-9])[/-]{_YY}(?![-/.]?[0-9])", _read_japanese_year),
    (
        rf"(?P<fiscal>fye? ?|fiscal (?:year )?|financial year )'?{_YEAR} ?[-/] ?'?(?P<later>(?:20)?[0-9]{{2}}|[1-9])"
        r"(?![-/.]?[0-9])",
        _read_span,
    ),
    (
        rf"{_Y} ?(?:年度?)? ?(?:-|to|~|至|through|and|&|/) ?(?P<later>(?:19|20|21)[0-9]{{2}}) ?(?:年度?)?"
        r"(?= ?$|[ )(,a-z]|平均|年均|复合|合计|[增变])(?! ?[,-]? ?(?:19|20|21)[0-9]{2})",
        _read_span,
    ),
    (rf"(?P<splittable>){_Y}[/-](?P<month>0[1-9]|1[0-2]|[1-9])(?![-/.]?[0-9])", _read_month_of_year),
    (rf"{_Y} ?[-/] ?'?(?P<later>[0-9]{{2}})(?![-/.]?[0-9])", _read_span),
    (rf"(?P<month>0[1-9]|1[0-2])[/-]{_Y}(?![-/.]?[0-9])", _read_month_of_year),
    # Days without a year.
    (rf"{_NAME} ?{_D},?(?![-/.0-9])", _read_month_day),
    (rf"{_D} {_NAME},?(?! ?'?[0-9])", _read_month_day),
    (rf"{_M} ?月 ?{_D} ?日", _read_month_day),
    # Interim and other lengths.
    (
        r"(?:(?:[fc]y ?)?'?(?P<before>(?:20)?[0-9]{2})(?:年|[ ./-])?)?[fc]?"
        r"(?P<code>q[1-4]|[1-4]q|h[12]|[12]h|[369]m|12m)"
        r"(?:[ ./-]?(?:of )?(?:[fc]y)? ?'?(?P<after>(?:20)?[0-9]{2}))?(?: ?a)?(?![0-9])(?![-/.][0-9])",
        _read_code,
    ),
    (r"cy ?'?(?P<year>(?:20)?[0-9]{2})(?: ?a)?(?![-/.]?[0-9])", _read_calendar_year),
    (rf"{_FOR}(?:last|latest|trailing|past|previous) (?:12|twelve)[ -]months?|t12m|l12m", Heading(exclusion=ROLLING)),
    (
        r"(?:current ?/ ?)?(?:ttm|ltm)|滚动|滾動|(?:最近|近|过去|過去)(?:12(?:个|個)月|4(?:个|個)?季度?)",
        Heading(exclusion=ROLLING),
    ),
    (
        rf"{_FOR}{_COUNT}(?:[ -]and[ -]{_COUNT.replace('count', 'other')})[ -]months?{_ENDED}",
        Heading(exclusion=INTERIM),
    ),
    (rf"{_FOR}{_COUNT}[ -]?m(?:on)?ths?{_ENDED}", _read_months),
    (
        rf"{_FOR}(?P<count>[1-9][0-9]?|fifty[ -](?:two|three)|thirteen|fourteen|twenty[ -]six|thirty[ -]nine)"
        rf"[ -]?w(?:ee)?ks?{_ENDED}",
        _read_weeks,
    ),
    (r"(?P<first>0?[1-9]|1[0-2]) ?月?(?:份)? ?[-~至] ?(?P<last>0?[1-9]|1[0-2]) ?月(?:份)?", _read_month_span),
    (r"(?P<total>前) ?(?P<count>[2-4]) ?(?:个|個)?季度?(?:报告)?", _read_quarters),
    (r"(?P<total>第?1 ?[-至] ?)(?P<count>[2-4]) ?季度?(?:报告)?", _read_quarters),
    (r"第 ?(?P<count>[1-4]) ?季度?(?:报告|報告|报|報)?", _read_quarters),
    (r"(?P<count>[1-3]) ?(?P<total>季报|季報|季度报告|季度報告|季度报)", _read_quarters),
    (r"(?P<count>[1-4]) ?季度?", _read_quarters),
    (r"(?P<total>)前 ?(?P<count>[1-9]|1[0-2]) ?(?:个|個)月", _read_months),
    (r"止 ?(?P<count>[1-9]|1[0-2]) ?(?:个|個)月(?:期间|期間)?", _read_months),
    (
        r"上半年度?|下半年度?|半年(?:度报告|度報告|度|报|報)?|中期(?:报告|報告)?|中报|中報",
        Heading(months=6, exclusion=INTERIM),
    ),
    (
        r"季度?(?:报告|報告|报|報)|(?:本|单|單)季度?|(?:本|当|當)月(?:数|數)?|年初至(?:本?报告期末|今|本期末)",
        Heading(exclusion=INTERIM),
    ),
    (
        r"(?:first|second|1st|2nd)[ -]half(?: year)?(?: of)?|half[ -]?year(?:ly)?(?: end(?:ed|ing))?",
        Heading(months=6, exclusion=INTERIM),
    ),
    (
        r"(?:the )?(?:(?:first|second|third|fourth|1st|2nd|3rd|4th) )?quarters?(?: end(?:ed|ing))?(?: of)?",
        Heading(months=3, exclusion=INTERIM),
    ),
    (
        r"interim|quarterly|monthly|mrq|most recent quarter|(?:ytd|year[ -]to[ -]date)|month end(?:ed|ing)",
        Heading(exclusion=INTERIM),
    ),
    (
        rf"{_FOR}(?:fiscal |financial )?years? (?:then )?(?:end(?:ed|ing|s)?(?: on)?|to(?= [0-9a-z]))"
        r"|full[ -]years?|annual(?:ly)?(?: report)?|yearly|12m|twelve months|年报|年報|年度报告|年度報告|全年|止 ?年度|止 ?财政年度"
        r"|止 ?(?=$|[ )])|fye?(?= ?(?:$|[()]|end))|fye(?= )",
        Heading(months=12),
    ),
    # Fiscal years.
    (r"fy ?(?P<offset>0|[-+][0-9]|[1-9])(?![0-9])", _read_relative_year),
    (
        rf"(?:(?:fy|fiscal year|fiscal|financial year|year|年度) ?)?{_Y}(?:\.0{{1,2}}(?=$))?"
        r"(?: ?(?P<kind>年年度(?:报告|報告)?|年度报告|年度報告|年年报|年年報|年报|年報|年年末|年末|年底|年年初|年初|年度末|年度"
        r"|财政年度|財政年度|财年|財年|年)| ?y(?![a-z])| ?\(?(?P<mark>[abefp])\)?(?![a-z0-9]))?(?:(?<=[^0-9])|(?![-/]?[0-9])(?!\.[0-9]))",
        _read_year,
    ),
    (r"(?:fy ?'?|')(?P<year>[0-9]{2})(?: ?\(?(?P<mark>[abefp])\)?(?![a-z0-9]))?(?![-/.]?[0-9])", _read_year),
    # Columns that compare periods.
    (
        rf"(?:(?:本|当|當)(?:报告|報告)?(?:期|年度?)末?)?(?:比|较|較)(?:上|去|期|年|同)[一-鿿]{{0,8}}?{_CHANGED}{_MEASURE}"
        rf"|(?:年均)?(?:复合|複合)?(?:同比|环比|按年|環比|年均|增幅|降幅|{_CHANGED})"
        rf"(?:{_CHANGED}|变化|下降|上升|\(减少\)|/\(减少\)|/减少)?{_MEASURE}|(?:年均)?(?:复合|複合)(?:年)?增[长長]率",
        Heading(exclusion=CHANGE),
    ),
    (
        r"(?:% ?|percentage |percent |yoy |y/y |annual |net |period |absolute )?"
        r"(?:changes?|chg\.?|growth(?: rate)?|variances?|yoy|y/y|y-o-y|qoq|q/q|q-o-q|year[ -](?:on|over)[ -]year|cagr"
        r"|var\.|diff(?:erence|\.))(?: ?\(?%\)?| ?\((?:yoy|%|y/y)\)| (?:yoy|y/y|%))?"
        r"|(?:% )?(?:increase|inc\.?) ?/? ?\(?(?:decrease|dec\.?)\)?|vs?\.?(?= [0-9])|versus|(?:比|较|較|对比)(?= ?[0-9])",
        Heading(exclusion=CHANGE),
    ),
    (
        r"(?:as )?(?:a )?(?:%|percent(?:age)?|proportion|share) ?(?:of|to|in) ?(?:the )?"
        r"(?:(?:total|net|group|operating|revenues?|sales|assets|turnover|income|rev\.?|equity|liabilities)[ ]?)+"
        r"|common[ -]size|占[一-鿿]{0,10}?(?:比例|比重|百分比|比率|比)|比重|構成比|构成比|佔[一-鿿]{0,10}?(?:比例|百分比|比重|比)",
        Heading(exclusion=SHARE),
    ),
    (
        r"(?:[0-9]{1,2}|two|three|five|ten)[ -]?y(?:(?:ea)?rs?)?\.?[ -](?:avg\.?|average|mean|cagr|total|cumulative)"
        r"|avg\.?|averages?|mean|平均(?:值|数)?|[0-9]{1,2}年平均",
        Heading(exclusion=AVERAGE),
    ),
    (
        r"forecasts?|estimates?|estimated|est\.?|budget(?:ed)?|guidance|consensus|projected|projections?|outlook|ntm"
        r"|targets?|plan(?:ned)?|预测(?:值|数)?|预计|預測|預計|预算(?:数)?|預算|一致预期|计划(?:数)?",
        Heading(exclusion=FORECAST),
    ),
    # Relative periods.
    (r"(?:本|当)(?:年度?|期)(?:年|期)初(?:数|數|余额|餘額)?", Heading(offset=-1, is_instant=True)),
    (
        rf"(?:本|当|當)(?:报告|報告)?(?:年度?|期)(?:度末|期末|年末|末)(?:{_AMOUNT})?|(?:报告|報告)?(?:期|年)末(?:{_AMOUNT})?",
        Heading(offset=0, is_instant=True),
    ),
    (
        rf"(?:上|去)(?:一)?(?:个|個)?(?:会计)?(?:年度?|期)(?:度末|期末|年末|末)(?:{_AMOUNT})?"
        rf"|(?:报告|報告)?(?:期|年)初(?:{_AMOUNT})?",
        Heading(offset=-1, is_instant=True),
    ),
    (rf"(?:(?:本|当|當)(?:报告|報告)?(?:年度?|期)|今年)(?:{_AMOUNT})?", Heading(offset=0)),
    (
        rf"(?:上|去)(?:一)?(?:个|個)?(?:会计)?(?:年度?|期)(?:同期)?(?:{_AMOUNT})?|前期(?:{_AMOUNT})?",
        Heading(offset=-1),
    ),
    (
        r"(?:the )?(?:current|this|reporting) (?:fiscal |financial )?(?:year|period)(?:'s)?",
        Heading(offset=0),
    ),
    (r"(?:the )?(?:prior|previous|last|preceding) (?:fiscal |financial )?(?:year|period)(?:'s)?", Heading(offset=-1)),
    (r"(?:closing balances?|end of (?:the )?(?:year|period)|ending balances?)", Heading(offset=0, is_instant=True)),
    (
        r"opening balances?|beginning balances?|(?:at )?(?:the )?beginning of (?:the )?(?:year|period)",
        Heading(exclusion=OPENING, is_instant=True),
    ),
    # Whose figures.
    (
        r"(?:母公司|本公司|公司)(?:报表|報表|数|數|口径|单体)?|(?:the )?(?:company|parent)(?: only| alone| company)?"
        r"|(?:the )?parent company(?: only| alone)?|standalone|stand-alone|unconsolidated|non-consolidated|separate",
        Heading(exclusion=PARENT),
    ),
    (
        r"(?:inter-?(?: ?(?:segment|company|group)) |consolidat(?:ing|ion) )?(?:eliminations?|adjustments and eliminations?)"
        r"|eliminat(?:ing|ion) (?:adjustments|entries)|consolidat(?:ing|ion) adjustments|other subsidiaries"
        r"|(?:consolidated )?vies?(?: and (?:its|their|vies?') subsidiaries)?|primary beneficiar(?:y|ies) of (?:the )?vies?|wfoes?"
        r"|(?:non-?)?guarantors?(?: subsidiaries)?|(?:parent|subsidiary|other) (?:non-)?guarantors?"
        r"|reclassifications?(?: adjustments?)?|(?:合并|合併|分部间|內部|内部)?(?:抵销|抵銷|抵消)(?:数|額|额|项|金额)?",
        Heading(exclusion=SCHEDULE),
    ),
    (
        r"pro[ -]?forma(?: (?:combined|adjustments|as adjusted))?|备考|備考|模拟合并|as adjusted",
        Heading(exclusion=PRO_FORMA),
    ),
    # What else a heading may carry.
    (
        r"\(?(?:as |reclassified and )?(?:restated|reclassified)(?: \*)?\)?|经重列|經重列|经重述|經重述|重述后|重述後|调整后|調整後|重列后|重列|重述",
        Heading(is_restated=True),
    ),
    (r"(?<=[日末底初])(?:余额|餘額|数|數)", Heading(is_instant=True)),
    (r"as (?:of|at|on)(?: the)?|at(?= [0-9a-z])|截至|截止|于 ?(?=[0-9])|於 ?(?=[0-9])", Heading(is_instant=True)),
    (
        r"notes?(?:\(s\))?(?: no\.?| ref\.?)?|附注(?:编号|号)?|附註|行次|项目|項目|科目|指标|items?|line items?|narration|breakdown"
        r"|(?:un|not )?audited|reviewed|(?:未)?(?:经|經)(?:审计|審計|审核|審核)|未审计|"
        r"(?:合并|合併)(?:报表|報表|数|數|口径)?|综合|綜合|(?:the )?(?:consolidated|group)(?: total)?|(?:本)?(?:集团|集團)"
        r"|actuals?|实际数?|實際數?|(?:as )?(?:originally )?reported|press release|调整前|調整前|重述前|报表?日期|报告日期|报告期|報告期|截止日期|会计期间|会计年度"
        r"|报表类型|年度|年份|期间"
        r"|(?:fiscal |financial )?(?:years?|periods?)(?: end(?:ed|ing)?(?: date)?)?|reporting period",
        _NEUTRAL,
    ),
    (r"(?:to|through|until|至|~)(?= ?[0-9a-z])", _UNTIL),
    (r"\((?:note )?[0-9a-h]{1,2}\)|(?:for(?: the)?|in|from)(?= [^ ])|[ ()\[\],:;|/*#、。·【】\-]+|\.", _GLUE),
)

_WHOLE = r"(?:(?<![a-z])|(?![a-z]))(?:(?<![0-9])|(?![0-9]))"
"""A wording ends neither inside a word nor inside a number."""


def _anonymous(pattern: str) -> str:
    """The pattern without its named parts, for use beside other patterns; parts referred to again keep a name."""
    return re.sub(r"\(\?P<(?!sep>)\w+>", "(?:", pattern)


def _numbered() -> dict[int, int]:
    """Which wording each group of `_ANY` belongs to; a group inside a wording is not listed."""
    numbers: dict[int, int] = {}
    group = 1
    for index, (pattern, _) in enumerate(_WORDINGS):
        numbers[group] = index
        group += 1 + re.compile(_anonymous(pattern)).groups
    return numbers


_ANY = re.compile("|".join(f"({_anonymous(pattern)}){_WHOLE}" for pattern, _ in _WORDINGS))
_WORDING_OF_GROUP = _numbered()
_PARTS = tuple(re.compile(pattern + _WHOLE) for pattern, _ in _WORDINGS)


# ---- reading -----------------------------------------------------------------------------------------------------


def parse_heading(value: CellValue, *, day_first: bool | None = None, allow_serial: bool = False) -> Heading | None:
    """What a cell says as a heading; None if any part of it is not understood, as in labels and figures.

    `day_first` settles dates such as "03/04/2020", which are not understood without it. `allow_serial` reads
    numbers such as 44561 as the days that spreadsheets count from 1900; without it they are figures.
    """
    if isinstance(value, str):
        return _parse_text(value, day_first, allow_serial) if len(value) <= _LONGEST else None
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, datetime.date):
        return _heading_of_day(datetime.date(value.year, value.month, value.day))
    is_whole = 0 <= value < 10**8 and value % 1 == 0
    return _parse_text(str(int(value)), day_first, allow_serial) if is_whole else None


def day_first_of(values: Iterable[CellValue]) -> bool | None:
    """Whether numeric dates among the cells print the day first; None if none tells it or they disagree."""
    orders: set[bool] = set()
    for value in values:
        if isinstance(value, str) and len(value) <= _LONGEST:
            for match in _NUMERIC_DATE.finditer(_plain(value)):
                dates = _numeric_dates(int(match["first"]), int(match["second"]), match["year"])
                if len(dates) == 1:
                    orders |= set(dates)
    return orders.pop() if len(orders) == 1 else None


def find_title_period(text: str) -> Heading | None:
    """The one period that a title names among other words; None if it names none or different ones.

    Words on whose figures they are or on changes belong to the title of the statement, not to its period. A year
    or a day without any wording of a period counts only as the end of a month, and never beside the word for a
    day of printing or publishing.
    """
    if len(text) > _LONGEST_TITLE:
        return None
    plain = _plain(text)
    if _PUBLISHED.search(plain):
        return None
    runs = _title_runs(plain)
    found = [_merge(run) for run in runs]
    said = [heading for heading in found if heading]
    if not said or len(said) < len(found):
        return None
    elsewhere = list(plain)
    for run in runs:
        for start, end, _ in run:
            elsewhere[start:end] = " " * (end - start)
    title = _merge([(0, 0, heading) for heading in dict.fromkeys(said)])
    others = {int(year) for year in _YEAR_IN_TITLE.findall("".join(elsewhere))}
    if title is None or others - {title.year, title.end.year if title.end else None}:
        return None
    return title


_YEAR_IN_TITLE = re.compile(r"(?<![0-9,.])(?:19|20)[0-9]{2}(?![0-9]|[,.][0-9])")
_NUMERIC_DATE = re.compile(
    r"(?<![0-9/.-])(?P<first>[0-3]?[0-9])(?P<sep>[-/.])(?P<second>[0-3]?[0-9])(?P=sep)"
    r"(?P<year>(?:19|20|21)[0-9]{2}|[0-9]{2})(?![-/.]?[0-9])"
)
_BARE = re.compile(r"[0-9]{4}(?:[0-9]{4})?(?:\.0{1,2})?")
_OPENING = re.compile(
    r"(?![-+]|.*-$)(?!(?!(?:[0-9]{4}){1,2}(?:\.0{1,2})?$)[-+(]?[0-9][0-9,]*(?:\.[0-9]+)?[)%]?$)(?:[^a-z一-鿿]|f?q[1-4]|h[12]|fy|fiscal|financial|full|first|second|third"
    r"|fourth|for|from|forecast|fif|four|five|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|as |at |an?n?ual"
    r"|actual|audited|average|avg|absolute|a |adjustments and|budget|beginning|breakdown|cy|cq|change|chg|cagr|current"
    r"|closing|company|common|consol|consensus|diff|eight|eleven|eliminat|end|est|growth|guidance|group|guarantor|half"
    r"|increase|inc|in |inter|item|latest|last|line|ltm|l12m|mean|month|most|mrq|nine|net |not |non|notes?|narration|ntm|one|opening"
    r"|originally|other |outlook|parent|past|percent|period|plan|preceding|press|previous|primary|prior|pro|quarter|qoq"
    r"|q/q|q-o-q|restated|re(?:class|port|view)|six|seven|share |stand|subsid|separate|target|ten|the |thirt|three|trailing|ttm"
    r"|t12m|twelve|two|twenty|this|un|v(?:s|ar|ersus| )|vies?\b|wfoe|yearl?y?|years|ytd|yoy|y/y|y-o-y"
    r"|[一二三四上下中止今佔實实全公内內减分前占去变變合同后增备備复複季审審对平年度当當截抵按指报報本构構最未期未模民母比沖滚滾"
    r"环環畅目附注重综綜经經科累行計计调調较較近过過还還通部重降集预預项項会會第单單一于於财半令])"
)
"""How a heading can open. It turns most labels and figures away before the wordings are tried."""
_SERIAL = re.compile(r"([0-9]{5})(?:\.0{1,2})?")
_PUBLISHED = re.compile(
    r"\b(?:generated|exported|printed|downloaded?|filed|published|issued|updated|retrieved|approved)\b"
    r"|编制日期|打印|导出|制表|披露|公告|下载|生成|報告日期|更新"
)
_CHINESE_NUMBER = re.compile(r"[〇零○一二三四五六七八九十]+(?= ?(?:年|月|日|个月|個月|个季|個季|季))")
_CHINESE_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_CHARACTERS = str.maketrans(dict.fromkeys("–—−‐‑‒", "-") | dict.fromkeys("’‘`´", "'") | {"～": "~", "〜": "~"})
_SUPERSCRIPTS = str.maketrans("", "", "⁰¹²³⁴⁵⁶⁷⁸⁹\u200b\ufeff")
_ERA_YEAR = re.compile(r"(?P<era>民国|民國|令和|平成|(?<![0-9年]))(?P<number>[0-9]{1,3}) ?(?=年)")
_ERAS = {"民国": 1911, "民國": 1911, "令和": 2018, "平成": 1988}

_Piece = tuple[int, int, Heading]
"""Where a wording begins and ends in a text, and what it says."""


def _plain(text: str) -> str:
    """The text in plain lower-case characters, with single spaces and years and days in Arabic digits."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS)).translate(_CHARACTERS)
        text = _CHINESE_NUMBER.sub(_arabic, text)
        text = _ERA_YEAR.sub(_common_era, text)
    return " ".join(text.split()).lower()


def _arabic(match: re.Match[str]) -> str:
    """Chinese digits one by one ("二〇二一") or with ten ("三十一") as Arabic ones, apart from digits before them."""
    tens, ten, ones = match[0].rpartition("十")
    if ten and "十" in tens:
        return match[0]
    gap = " " if match.start() and match.string[match.start() - 1].isdigit() else ""
    digits = "".join(_CHINESE_DIGITS[digit] for digit in ones)
    if not ten:
        return gap + digits
    return gap + str(10 * int("".join(_CHINESE_DIGITS[digit] for digit in tens) or 1) + int(digits or 0))


def _common_era(match: re.Match[str]) -> str:
    """A year of an era as a year of the common era; three digits without an era count from 1912, as in Taiwan."""
    if match["era"]:
        return str(int(match["number"]) + _ERAS[match["era"]])
    return str(int(match["number"]) + 1911) if len(match["number"]) == 3 else match[0]


@lru_cache(maxsize=65536)
def _parse_text(text: str, day_first: bool | None, allow_serial: bool) -> Heading | None:
    plain = _plain(text)
    if allow_serial and (serial := _SERIAL.fullmatch(plain)):
        days = int(serial[1])
        day = _SERIAL_EPOCH + datetime.timedelta(days=days)
        heading = _heading_of_day(day) if days in _SERIALS else None
        return replace(heading, is_bare=True) if heading else None
    if not _OPENING.match(plain):
        return None
    pieces, position = _pieces(plain, 0, day_first)
    if not pieces:
        return None
    heading = _merge(pieces)
    if heading is None or heading == _GLUE:
        return None
    if position < len(plain):
        heading = _with_unit(heading, plain[position:])
    elif heading.year and _BARE.fullmatch(plain):
        return Heading(year=heading.year, is_bare=True)
    elif heading.end and _BARE.fullmatch(plain):
        return replace(heading, is_bare=True)
    return heading


def _heading_of_day(day: datetime.date) -> Heading | None:
    """A date cell; the first of January opens a year, other first days may stand for their month."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return None
    return Heading(end=day, exclusion=OPENING if (day.month, day.day) == (1, 1) else None)


_INSIDE_WORD = re.compile(r"[a-z]{2}")


def _pieces(text: str, position: int, day_first: bool | None) -> tuple[list[_Piece], int]:
    """The wordings that follow each other from a position on, and where the first unknown word begins."""
    pieces: list[_Piece] = []
    while position < len(text):
        if position and _INSIDE_WORD.match(text, position - 1):
            break
        match = _ANY.match(text, position)
        if match is None or match.lastindex is None:
            break
        index = _WORDING_OF_GROUP[match.lastindex]
        said: Heading | Reader | None = _WORDINGS[index][1]
        if said is _UNTIL and not (pieces and (pieces[-1][2].end or pieces[-1][2] is _GLUE)):
            break
        if not isinstance(said, Heading) and said is not None:
            parts = _PARTS[index].match(text, position)
            named = parts.groupdict() if parts else {}
            said = said({name: part for name, part in named.items() if part is not None}, day_first)
        if said is None:
            break
        pieces.append((position, match.end(), said))
        position = match.end()
    return pieces, position


def _with_unit(heading: Heading, rest: str) -> Heading | None:
    """The heading with the unit that follows its period, maybe before closing furniture."""
    if heading.is_neutral or (heading.exclusion in (PARENT, SCHEDULE, AVERAGE) and not (heading.year or heading.end)):
        return None
    closing = _CLOSING.search(rest)
    if closing and (unit := parse_unit(rest[: closing.start()])):
        restated = heading.is_restated or bool(closing["restated"])
        return replace(heading, unit=unit, is_restated=restated)
    unit = parse_unit(rest)
    return replace(heading, unit=unit) if unit else None


_CLOSING = re.compile(
    r"[ (]+(?:(?P<restated>(?:as )?restated|经重列|經重列|重述后|调整后)|(?:un)?audited|(?:未)?(?:经|經)(?:审计|審計|审核|審核))\)?$"
)


def _merge(pieces: list[_Piece]) -> Heading | None:
    """What several wordings say together; None if they contradict each other."""
    said = _without_first_days(pieces)
    exclusions = {heading.exclusion for heading in said}
    exclusion = next((reason for reason in EXCLUSIONS if reason in exclusions), None)
    years = {heading.year for heading in said if heading.year}
    ends = {heading.end for heading in said if heading.end}
    days = {heading.month_day for heading in said if heading.month_day}
    lengths = {heading.months for heading in said if heading.months}
    offsets = [heading.offset for heading in said if heading.offset is not None]
    if max(len(years), len(ends), len(days), len(offsets)) > 1 and exclusion not in _OF_SEVERAL_PERIODS:
        return None
    year, end = _only(years), _only(ends)
    if year and end and end.year - year not in (-1, 0, 1):
        return None
    months = min(lengths, default=None)
    if exclusion == OPENING and end and months:
        # "Fiscal year ended January 1, 2022" ends a year of 52 weeks.
        exclusion = None
    saying = Heading(
        year=year,
        end=end,
        month_day=_only(days),
        months=months,
        is_instant=any(heading.is_instant for heading in said) and months is None,
        offset=offsets[0] if len(offsets) == 1 else None,
        exclusion=exclusion,
        is_restated=any(heading.is_restated for heading in said),
    )
    if saying == _GLUE and any(heading.is_neutral for heading in said):
        return _NEUTRAL
    return saying


def _only(values: set[_Value]) -> _Value | None:
    return next(iter(values)) if len(values) == 1 else None


def _without_first_days(pieces: list[_Piece]) -> list[Heading]:
    """What the pieces say, with "first day to last day" as one period that ends on the last."""
    said = [heading for _, _, heading in pieces]
    dated = [number for number, heading in enumerate(said) if heading.end]
    if len(dated) != 2:
        return said
    first, last = said[dated[0]].end, said[dated[1]].end
    between = said[dated[0] + 1 : dated[1]]
    if first is None or last is None or first >= last or not between or any(heading != _GLUE for heading in between):
        return said
    months = round((last - first).days / 30.4375)
    whole = _lasting(months)
    if whole is None:
        return said
    return [heading for number, heading in enumerate(said) if number not in dated] + [replace(whole, end=last)]


_TITLE_STARTS = re.compile(r"(?<![a-z0-9])[a-z0-9]|[^\x00-\x7f]|(?<=[^\x00-\x7f])[a-z0-9]")
_UNTITLED = frozenset({CHANGE, SHARE, AVERAGE, PARENT, SCHEDULE})
"""Kinds of figures that a title names as its subject rather than of its period."""


def _title_runs(text: str) -> list[list[_Piece]]:
    """The wordings of periods in a title, those that follow each other together."""
    runs: list[list[_Piece]] = []
    position = 0
    while match := _TITLE_STARTS.search(text, position):
        pieces, end = _pieces(text, match.start(), None)
        position = max(end, match.start() + 1)
        run = [
            piece
            for piece in pieces
            if piece[2].exclusion not in _UNTITLED and piece[2].offset is None and not piece[2].is_neutral
        ]
        if _names_period(text, run):
            runs.append(run)
    return runs


def _names_period(text: str, run: list[_Piece]) -> bool:
    """Whether a run in a title is worded as a period, or is the last day of a month."""
    if any(said.months or said.is_instant or said.month_day for _, _, said in run):
        return any(said.year or said.end for _, _, said in run)
    for start, end, said in run:
        if said.end and said.end == _last_day(said.end.year, said.end.month):
            return True
        if said.year and not text[start:end].isdigit() and (end == len(text) or text[end].isascii()):
            return True
    return False
