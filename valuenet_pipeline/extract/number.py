"""Printed numbers: what figure, if any, a single cell shows, and to how many digits.

Belongs here: signs, grouping, percent, footnote marks, dashes. Not here: units and scales (`unit`).
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import Enum

from valuenet_pipeline.extract.grid import CellValue


@dataclass(frozen=True)
class Number:
    """A figure as printed: "12.5%" has value 12.5, one place, and is a percentage."""

    value: Decimal
    places: int
    """Printed digits after the point."""
    is_percent: bool


class Nil(Enum):
    """A dash in the place of a figure."""

    DASH = "dash"


class Absent(Enum):
    """No figure is given: a blank, or words such as "n/a" that say so."""

    BLANK = "blank"


_LONGEST = 60
_FLOAT_DIGITS = Context(prec=15)
_ABSENT = frozenset(
    {"", "*", "n/a", "na", "n.a.", "n.a", "nm", "n.m.", "n.m", "n/m", "not applicable", "不适用", "不適用"}
)
_MARK_KINDS = ("<super>", "<sub>", "<circle>")
_FOOTNOTE = re.compile(r"(?<=[0-9)%])(?:[*†‡§#^]|\([0-9]{1,2}\)|\([a-z]\)|\[[0-9a-z]{1,2}\])+$", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−─", "-"))
_CURRENCY = r"(?:(?:US|HK|NT)?\$|RMB|CNY|USD|HKD|[¥€£])"
_NIL = re.compile(rf"(?:{_CURRENCY}\s*)?-{{1,3}}", re.IGNORECASE)
_FIGURE = re.compile(
    rf"""
    (?P<before>{_CURRENCY}\s*|[-+]\s*)*
    (?P<open>\()?\s*
    (?P<inside>{_CURRENCY}\s*|[-+]\s*)*
    (?P<digits>[0-9.][0-9,.' ]*?)
    (?P<exponent>e[-+]?[0-9]{{1,2}})?
    \s*(?P<percent>%)?
    \s*(?P<after>-)?
    \s*(?P<close>\))?
    \s*(?P<percent_outside>%)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_WESTERN = re.compile(r"[1-9][0-9]{0,2}(?P<mark>[,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?:\.[0-9]+)?")
_INDIAN = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")
_EUROPEAN = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")


def parse_number(value: CellValue) -> Number | Nil | Absent | None:
    """The figure a cell shows; None for what is not a figure: other text, a date, true or false."""
    if value is None:
        return Absent.BLANK
    if isinstance(value, bool | datetime.date):
        return None
    if isinstance(value, str):
        return _parse_text(value)
    return _from_cell(value)


def _from_cell(value: int | float) -> Number | None:
    if not math.isfinite(value):
        return None
    exact = Decimal(value) if isinstance(value, int) else _FLOAT_DIGITS.create_decimal(repr(value))
    shown = format(exact, "f")
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return _number(Decimal(shown), is_percent=False)


def _parse_text(text: str) -> Number | Nil | Absent | None:
    if len(text) > _LONGEST:
        return None
    plain = _plain(text)
    if plain is None:
        return None
    if plain.lower() in _ABSENT:
        return Absent.BLANK
    if _NIL.fullmatch(plain):
        return Nil.DASH
    return _parse_figure(_FOOTNOTE.sub("", plain))


def _plain(text: str) -> str | None:
    """The text in plain characters, without raised or circled footnote marks; None if one is inside."""
    text = text.strip()
    while text and _is_mark(text[-1]):
        text = text[:-1]
    if any(_is_mark(character) for character in text):
        return None
    plain = unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES)
    return plain.replace("’", "'").strip()


def _is_mark(character: str) -> bool:
    return unicodedata.decomposition(character).startswith(_MARK_KINDS)


def _parse_figure(text: str) -> Number | None:
    match = _FIGURE.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    if match["percent"] and match["percent_outside"]:
        return None
    is_negative = _is_negative(text, match)
    digits = _ungrouped(match["digits"].strip())
    if is_negative is None or digits is None:
        return None
    magnitude = Decimal(digits + (match["exponent"] or ""))
    value = magnitude.copy_negate() if is_negative and magnitude else magnitude
    is_percent = bool(match["percent"] or match["percent_outside"])
    return _number(Decimal(format(value, "f")), is_percent=is_percent)


def _is_negative(text: str, match: re.Match[str]) -> bool | None:
    """Whether the figure is negative; None if more than one sign, or more than one currency, is printed."""
    front = text[: match.start("digits")]
    signs = [mark for mark in front if mark in "-+"]
    signs += [mark for mark in (match["open"], match["after"]) if mark]
    currencies = re.findall(_CURRENCY, front, re.IGNORECASE)
    if len(signs) > 1 or len(currencies) > 1:
        return None
    return bool(signs) and signs != ["+"]


def _ungrouped(digits: str) -> str | None:
    """The digits without grouping marks and with a decimal point; None if the grouping is not valid."""
    if _EUROPEAN.fullmatch(digits):
        return digits.replace(".", "").replace(",", ".")
    if any(pattern.fullmatch(digits) for pattern in (_PLAIN, _WESTERN, _INDIAN)):
        return re.sub(r"[,' ]", "", digits)
    return None


def _number(value: Decimal, *, is_percent: bool) -> Number:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Number(value, max(0, -exponent), is_percent)
