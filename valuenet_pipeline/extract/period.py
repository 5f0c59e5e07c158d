"""Column headings that name a period: the fiscal year a heading means, and headings of no actual year.

Belongs here: wordings of years, dates, interim and forecast columns. Not here: what a period is.
"""

from __future__ import annotations

import datetime
import re
import unicodedata

from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.vocabulary import FiscalYearEnd

_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LONGEST = 80
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month_name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    r"|january|february|march|april|june|july|august|sept|september|october|november|december)\.?"
)
_YEAR = r"(?P<year>(?:19|20|21)[0-9]{2})"
_DAY = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}(?P<mark>[-/.])(?P<month>[01]?[0-9])(?P=mark){_DAY}(?:[ t]00:00(?::00(?:\.0+)?)?)?",
        rf"{_YEAR} ?年 ?(?P<month>[01]?[0-9]) ?月 ?{_DAY} ?日",
        rf"{_DAY}[ -]{_MONTH},?[ -]{_YEAR}",
        rf"{_MONTH} ?{_DAY},? {_YEAR}",
    )
)
_YEARS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:fy|fiscal year|fiscal|year)? ?{_YEAR} ?a?",
        r"fy ?'?(?P<short_year>[0-9]{2}) ?a?",
        rf"{_YEAR} ?(?:财年|財年|年度|年年报|年年報|年年度报告|年报|年報|年)",
    )
)
_DATE_PREFIX = re.compile(
    r"(?:for )?(?:the )?(?:fiscal |financial )?(?:years?|(?:12|twelve) months) end(?:ed|ing) (?:on )?"
    r"|as (?:at|of) |at |截至 ?|于 ?"
)
_DATE_SUFFIX = re.compile(r" ?止(?:年度)?$")
_QUALIFIER = re.compile(
    r" ?\(?(?:audited|restated|as restated|actual|经审计|經審計|经重列|經重列|经重述|調整後|调整后)\)?$"
)

_INTERIM = re.compile(
    r"""
    \b(?:[1-4]q|q[1-4]|[12]h|h[12]|[369]m)(?=\b|[ ']?[0-9]{2})
    | (?<=[0-9])(?:q[1-4]|h[12]|[1-4]q|[12]h)\b
    | \b(?:interim|quarter(?:ly|s)?|half[ -]?year(?:ly)?|(?:first|second)[ ]half|ytd|year[ ]to[ ]date)\b
    | \b(?:3|6|9|three|six|nine)[ -]months?\b
    | 前?[一二三四1-4]?季(?:度报告|度|报|報) | 中期报告 | 中期 | 中报 | 半年(?:度报告|度|报|報)
    | 上半年 | 下半年
    | (?:1|01)-(?:0?[369])月 | 前(?:三|六|九)个月
    """,
    re.VERBOSE,
)
_ROLLING = re.compile(
    r"\b(?:ttm|ltm|trailing (?:12|twelve) months|last (?:12|twelve) months)\b"
    r"|滚动|最近(?:十二|12)个月|近12个月"
)
_FORECAST = re.compile(
    r"\b(?:forecasts?|estimates?|estimated|budget(?:ed)?|guidance|consensus|projected|projections?|outlook)\b"
    r"|预测|预计|預測|預計"
    r"|(?<=[0-9]) ?\(?[efp]\)?(?![a-z0-9])"
)
_ORDINARY = re.compile(
    r"\bfy(?![a-z])|\b(?:fiscal|financial|year|years|for|the|end(?:ed|ing)?|as|at|of|on|to|report|first|second|third"
    r"|fourth|audited|unaudited)\b"
    r"|[0-9]+(?:st|nd|rd|th)?\b|第|财年|年度|年报|年|月|日|截至|止|报告|未?经审计|[0-9]+|[-/.,'() ]"
)
_MONTH_WORD = re.compile(rf"\b{_MONTH.replace('?P<month_name>', '?:')}(?![a-z])")


def parse_fiscal_year(value: CellValue, year_end: FiscalYearEnd) -> int | None:
    """The fiscal year a heading names; None if it names no annual period of this year end."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, datetime.date):
        return _year_of_date(value, year_end)
    if isinstance(value, int | float):
        return _in_range(int(value)) if value == value // 1 else None
    if is_excluded_period(value):
        return None
    return _year_of_text(_QUALIFIER.sub("", _plain(value)), year_end)


def is_excluded_period(value: CellValue) -> bool:
    """Whether a heading names an interim, trailing or forecast period, and nothing besides."""
    if not isinstance(value, str):
        return False
    text = _plain(value)
    rest = text
    for pattern in (_ROLLING, _INTERIM, _FORECAST):
        rest = pattern.sub(" ", rest)
    if rest == text:
        return False
    return not _ORDINARY.sub("", _MONTH_WORD.sub("", rest)).strip()


def _plain(text: str) -> str:
    """The text in plain lower-case characters with single spaces; empty if too long for a heading."""
    if len(text) > _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text).translate(str.maketrans("–—−’", "---'"))
    return re.sub(r"\s+", " ", plain).strip().lower()


def _year_of_text(text: str, year_end: FiscalYearEnd) -> int | None:
    for pattern in _YEARS:
        if match := pattern.fullmatch(text):
            years = match.groupdict()
            return _in_range(int(years["year"]) if "year" in years else 2000 + int(years["short_year"]))
    prefix = _DATE_PREFIX.match(text)
    text = _DATE_SUFFIX.sub("", text[prefix.end() :] if prefix else text)
    found = _date_of_text(text)
    return _year_of_date(found, year_end) if found else None


def _date_of_text(text: str) -> datetime.date | None:
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            month = int(parts["month"]) if "month" in parts else 1 + _MONTHS.index(parts["month_name"][:3])
            try:
                return datetime.date(int(parts["year"]), month, int(parts["day"]))
            except ValueError:
                return None
    return None


def _year_of_date(day: datetime.date, year_end: FiscalYearEnd) -> int | None:
    return _in_range(day.year) if day.month == year_end.month else None


def _in_range(year: int) -> int | None:
    return year if _FIRST_YEAR <= year <= _LAST_YEAR else None
