"""The wordings of headings: each cut of text that means a period, a length or a kind of figures, and how it is read.

Belongs here: `Heading`, what a heading may say, and the table of wordings. Not here: cutting a text into wordings and
putting their meanings together (`heading`).
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

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

OF_SEVERAL_PERIODS = frozenset({CHANGE, SHARE, AVERAGE, ROLLING})
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

FIRST_YEAR, LAST_YEAR = 1990, 2100
SERIALS = range(36526, 73051)
SERIAL_EPOCH = datetime.date(1899, 12, 30)
NEUTRAL = Heading(is_neutral=True)
GLUE = Heading()
UNTIL = Heading()
"""The word between the first and the last day of a period; told from `GLUE` by identity."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKS = {"thirteen": 13, "fourteen": 14, "twenty six": 26, "thirty nine": 39, "fifty two": 52, "fifty three": 53}
_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


# ---- readers of wordings with changing parts -------------------------------------------------------------------


def _century(digits: str) -> int | None:
    """A year from 4 digits, or from 2 digits as 1990 to 2089; None outside the years that are read."""
    year = int(digits)
    if len(digits) == 2:
        year += 1900 if year >= FIRST_YEAR % 100 else 2000
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def _day(year: int | None, month: int, day: int) -> datetime.date | None:
    if year is None or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return datetime.date(year, month, day)


def last_day(year: int | None, month: int) -> datetime.date | None:
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


def numeric_dates(first: int, second: int, digits: str) -> dict[bool, datetime.date]:
    """The dates that "12/31/2020" can mean, by whether the day is printed first."""
    year = _century(digits)
    dates = {True: _day(year, second, first), False: _day(year, first, second)}
    return {day_first: day for day_first, day in dates.items() if day}


def _read_numeric_date(parts: dict[str, str], day_first: bool | None) -> Heading | None:
    first, second, digits = int(parts["first"]), int(parts["second"]), parts["year"]
    dates = numeric_dates(first, second, digits)
    if day_first is None:
        # "21/12/31" may be written year first: a month's end read that way makes the text ambiguous.
        if len(digits) == 2 and last_day(_century(f"{first:02}"), second) == _day(
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
    return _ending(last_day(year, month))


def _read_short_month(parts: dict[str, str], _: bool | None) -> Heading | None:
    """ "Mar-21" is a month of a year; "Mar-31" may as well be the last day of March."""
    if int(parts["year"]) >= 28 and "mark" not in parts:
        return None
    return _ending(last_day(_century(parts["year"]), _month(parts)))


def _read_japanese_year(parts: dict[str, str], _: bool | None) -> Heading | None:
    return _ending(last_day(_century(parts["year"]), _month(parts)), 12)


def _read_calendar_year(parts: dict[str, str], _: bool | None) -> Heading | None:
    return _ending(last_day(_century(parts["year"]), 12), 12)


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
        return _ending(last_day(first, int(later)), 12)
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


def lasting(months: int, year: int | None = None) -> Heading | None:
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
    return lasting(months, year)


def _read_months(parts: dict[str, str], _: bool | None) -> Heading | None:
    count = parts["count"]
    return lasting(_NUMBERS.index(count) if count in _NUMBERS else int(count))


def _read_weeks(parts: dict[str, str], _: bool | None) -> Heading | None:
    count = parts["count"].replace("-", " ")
    weeks = _WEEKS[count] if count in _WEEKS else int(count)
    if weeks in (52, 53):
        return Heading(months=12)
    return Heading(months=max(1, round(weeks * 12 / 52)), exclusion=INTERIM if weeks < 52 else AVERAGE)


def _read_month_span(parts: dict[str, str], _: bool | None) -> Heading | None:
    first, last = int(parts["first"]), int(parts["last"])
    return lasting(last - first + 1) if 1 <= first < last <= 12 else None


def _read_quarters(parts: dict[str, str], _: bool | None) -> Heading | None:
    """A Chinese quarterly report or the first quarters tell the year to date; a single quarter three months."""
    return lasting(3 * int(parts["count"]) if parts.get("total") else 3)


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

WORDINGS: tuple[tuple[str, Heading | Reader], ...] = (
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
        NEUTRAL,
    ),
    (r"(?:to|through|until|至|~)(?= ?[0-9a-z])", UNTIL),
    (r"\((?:note )?[0-9a-h]{1,2}\)|(?:for(?: the)?|in|from)(?= [^ ])|[ ()\[\],:;|/*#、。·【】\-]+|\.", GLUE),
)

_WHOLE = r"(?:(?<![a-z])|(?![a-z]))(?:(?<![0-9])|(?![0-9]))"
"""A wording ends neither inside a word nor inside a number."""


def _anonymous(pattern: str) -> str:
    """The pattern without its named parts, for use beside other patterns; parts referred to again keep a name."""
    return re.sub(r"\(\?P<(?!sep>)\w+>", "(?:", pattern)


def _numbered() -> dict[int, int]:
    """Which wording each group of `ANY` belongs to; a group inside a wording is not listed."""
    numbers: dict[int, int] = {}
    group = 1
    for index, (pattern, _) in enumerate(WORDINGS):
        numbers[group] = index
        group += 1 + re.compile(_anonymous(pattern)).groups
    return numbers


ANY = re.compile("|".join(f"({_anonymous(pattern)}){_WHOLE}" for pattern, _ in WORDINGS))
WORDING_OF_GROUP = _numbered()
PARTS = tuple(re.compile(pattern + _WHOLE) for pattern, _ in WORDINGS)
