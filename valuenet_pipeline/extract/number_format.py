"""Number formats of workbook cells: what a format code shows of the stored value, and what it hides.

Belongs here: reading a format code such as '#,##0,"百万元"'. Not here: which cells have which format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from valuenet_pipeline.extract.unit import parse_unit
from valuenet_pipeline.extract.unit_words import CURRENCIES
from valuenet_pipeline.vocabulary import PrintedUnit


@dataclass(frozen=True)
class FormatHint:
    """What a format code does to a value of its cell."""

    decimals: int | None = None
    """Digits shown after the point; None where the format does not fix them."""
    is_percent: bool = False
    """Whether the value is shown times 100 and with a percent sign."""
    currency: str | None = None
    """ISO 4217 code that the format prints; None for a sign that several currencies share."""
    display_exponent: int = 0
    """Power of ten by which the stored value is divided before it is shown."""
    hides_sign: bool = False
    """Whether a negative value is shown without minus or brackets, or not at all."""
    unit: PrintedUnit | None = None
    """Unit printed beside the shown value: the stored value's exponent is less by `display_exponent`."""
    is_date: bool = False


_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"?
    | \\(?P<escaped>.)
    | [_*].
    | \[\$(?P<money>[^\]-]*)(?:-(?P<locale>[0-9A-Fa-f]+))?\]
    | \[(?P<elapsed>h+|m+|s+)\]
    | \[(?P<condition>[<>=][^\]]*)\]
    | \[[^\]]*\]
    | (?P<general>General|G/通用格式)
    | (?P<ampm>AM/PM|A/P)
    | (?P<scientific>E[+-])
    | (?P<fraction>[?#0]+\s*/\s*[?#0-9]+)
    | (?P<digit>[0#?])
    | (?P<date>[ymdhsYMDHS])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_LOCALE_CURRENCIES = {
    ("$", 0x0409): "USD",
    ("$", 0x1009): "CAD",
    ("$", 0x0C09): "AUD",
    ("$", 0x0C04): "HKD",
    ("¥", 0x0804): "CNY",
    ("¥", 0x0411): "JPY",
}
"""A shared sign beside a Windows language identifier: the two together name one currency."""
_NEGATIVE_MARKS = frozenset("-(−–△▲")


@dataclass
class _Section:
    """One part of a format code, between semicolons."""

    shape: str = ""
    """Placeholders, points, commas and percent signs, with "~" for anything else."""
    literal: str = ""
    currency: str | None = None
    has_condition: bool = False
    is_date: bool = False
    is_general: bool = False
    is_inexact: bool = False
    """Scientific notation or a fraction: the digits shown after the point say nothing about decimals."""


@lru_cache(maxsize=4096)
def decimals_of_format(code: str) -> FormatHint:
    """What a number format code shows; an empty hint for a code that shows no number."""
    sections = _sections(code)
    first = sections[0]
    if first.is_date:
        return FormatHint(is_date=True)
    if first.is_general or not re.search("[0#?]", first.shape):
        return FormatHint(currency=_currency(first), hides_sign=_hides_sign(sections))
    fraction = re.search(r"\.([0#?]*)", first.shape)
    scaling = re.search(r"[0#?.](,+)(?![0#?,])", first.shape)
    return FormatHint(
        decimals=None if first.is_inexact else len(fraction[1]) if fraction else 0,
        is_percent="%" in first.shape,
        currency=_currency(first),
        display_exponent=3 * len(scaling[1]) if scaling else 0,
        hides_sign=_hides_sign(sections),
        unit=_unit(first),
    )


def _sections(code: str) -> list[_Section]:
    sections = [_Section()]
    for token in _TOKEN.finditer(code):
        section = sections[-1]
        kind, text = token.lastgroup, token[0]
        if kind == "other" and text == ";":
            sections.append(_Section())
        elif kind in ("money", "locale"):
            section.literal += f" {token['money']} "
            section.currency = section.currency or _locale_currency(token["money"], token["locale"])
        elif kind in ("quoted", "escaped"):
            section.literal += token[kind]
            section.shape += "~"
        elif kind == "digit" or (kind == "other" and text in ".,%"):
            section.shape += text
        elif kind == "other":
            section.literal += text
            section.shape += "~"
        elif kind == "condition":
            section.has_condition = True
        elif kind == "general":
            section.is_general = True
        elif kind in ("scientific", "fraction"):
            section.is_inexact = True
            section.shape += "0"
        elif kind in ("elapsed", "ampm", "date"):
            section.is_date = True
    return sections


def _locale_currency(sign: str, locale: str | None) -> str | None:
    return _LOCALE_CURRENCIES.get((sign.replace("￥", "¥"), int(locale, 16) & 0xFFFF)) if locale else None


def _unit(section: _Section) -> PrintedUnit | None:
    """The unit that the section prints beside the digits; brackets and signs around negatives are none."""
    return parse_unit(re.sub(r"[()+\-\s]+", " ", section.literal).strip())


def _currency(section: _Section) -> str | None:
    unit = _unit(section)
    printed = unit.measure if unit and unit.measure in CURRENCIES else None
    return printed or section.currency


def _hides_sign(sections: list[_Section]) -> bool:
    """Whether the second section, which shows the negative values, prints no mark for them.

    With conditions the sections stand for other ranges, and the program prints the minus itself.
    """
    if len(sections) < 2 or any(section.has_condition for section in sections):
        return False
    return _NEGATIVE_MARKS.isdisjoint(sections[1].literal)
