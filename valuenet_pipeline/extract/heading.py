"""Headings: what one cell or title line says about the period and the kind of the figures below or beside it.

Belongs here: wordings of years, dates, lengths, relative periods, and of columns that hold no annual consolidated
actuals. Not here: which fiscal year follows (that takes the year end and the other headings), units (`unit`).

A text is cut into known wordings from its first to its last character. Whatever is left over must be a unit;
otherwise the text is no heading. Nothing is read out of a part of a text, save in title lines.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.extract.heading_words import (
    ANY,
    AVERAGE,
    CHANGE,
    EXCLUSIONS,
    FIRST_YEAR,
    FORECAST,
    GLUE,
    INTERIM,
    LAST_YEAR,
    NEUTRAL,
    OF_SEVERAL_PERIODS,
    OPENING,
    PARENT,
    PARTS,
    PRO_FORMA,
    ROLLING,
    SCHEDULE,
    SERIAL_EPOCH,
    SERIALS,
    SHARE,
    UNTIL,
    WORDING_OF_GROUP,
    WORDINGS,
    Heading,
    Reader,
    last_day,
    lasting,
    numeric_dates,
)
from valuenet_pipeline.extract.unit import parse_unit

__all__ = [
    "AVERAGE",
    "CHANGE",
    "EXCLUSIONS",
    "FORECAST",
    "INTERIM",
    "OPENING",
    "PARENT",
    "PRO_FORMA",
    "ROLLING",
    "SCHEDULE",
    "SHARE",
    "Heading",
    "day_first_of",
    "find_title_period",
    "parse_heading",
]


_Value = TypeVar("_Value")
_LONGEST, _LONGEST_TITLE = 80, 300


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
                dates = numeric_dates(int(match["first"]), int(match["second"]), match["year"])
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
        day = SERIAL_EPOCH + datetime.timedelta(days=days)
        heading = _heading_of_day(day) if days in SERIALS else None
        return replace(heading, is_bare=True) if heading else None
    if not _OPENING.match(plain):
        return None
    pieces, position = _pieces(plain, 0, day_first)
    if not pieces:
        return None
    heading = _merge(pieces)
    if heading is None or heading == GLUE:
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
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return Heading(end=day, exclusion=OPENING if (day.month, day.day) == (1, 1) else None)


_INSIDE_WORD = re.compile(r"[a-z]{2}")


def _pieces(text: str, position: int, day_first: bool | None) -> tuple[list[_Piece], int]:
    """The wordings that follow each other from a position on, and where the first unknown word begins."""
    pieces: list[_Piece] = []
    while position < len(text):
        if position and _INSIDE_WORD.match(text, position - 1):
            break
        match = ANY.match(text, position)
        if match is None or match.lastindex is None:
            break
        index = WORDING_OF_GROUP[match.lastindex]
        said: Heading | Reader | None = WORDINGS[index][1]
        if said is UNTIL and not (pieces and (pieces[-1][2].end or pieces[-1][2] is GLUE)):
            break
        if not isinstance(said, Heading) and said is not None:
            parts = PARTS[index].match(text, position)
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
    if max(len(years), len(ends), len(days), len(offsets)) > 1 and exclusion not in OF_SEVERAL_PERIODS:
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
    if saying == GLUE and any(heading.is_neutral for heading in said):
        return NEUTRAL
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
    if first is None or last is None or first >= last or not between or any(heading != GLUE for heading in between):
        return said
    months = round((last - first).days / 30.4375)
    whole = lasting(months)
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
        if said.end and said.end == last_day(said.end.year, said.end.month):
            return True
        if said.year and not text[start:end].isdigit() and (end == len(text) or text[end].isascii()):
            return True
    return False
