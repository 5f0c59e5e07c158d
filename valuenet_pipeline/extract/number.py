"""Printed numbers: what figure, if any, a single cell shows, and to how many digits.

Belongs here: signs, grouping, percent, footnote marks, dashes, a currency or scale inside the cell.
Not here: the words of units (`unit`), number formats (`number_format`).
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Literal, NamedTuple

from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.extract.unit import CURRENCY_PATTERN, parse_unit
from valuenet_pipeline.extract.unit_words import CELL_LETTERS, CURRENCIES
from valuenet_pipeline.vocabulary import PrintedUnit

DecimalMark = Literal[".", ","]


class Number(NamedTuple):
    """A figure as printed: "12.5%" has value 12.5, one place, and is a percentage.

    A named tuple, not a dataclass: one is made for every cell, and a tuple is several times cheaper.
    """

    value: Decimal
    places: int
    """Printed digits after the point, less the power of ten of scientific notation: "1.23E+06" has -4."""
    is_percent: bool = False
    exponent: int = 0
    """Power of ten printed in the cell itself, not yet applied to the value: 8 for "1592.56亿"."""
    currency: str | None = None
    """ISO 4217 code printed in the cell; None for a sign that several currencies share, such as "$"."""
    note: str | None = None
    """Footnote mark behind the figure, as printed."""
    is_inexact: bool = False
    """Whether the cell may have held more digits than its kind of number keeps."""


class Nil(Enum):
    """A dash, or the word nil, in the place of a figure."""

    DASH = "dash"


class Absent(Enum):
    """No figure is given: a blank, or words such as "n/a" that say so."""

    BLANK = "blank"


_LONGEST = 60
_EXACT = 10**15
"""Spreadsheets and floats keep 15 digits: from here on the last ones may be lost."""
_PLAIN_LENGTH = 15
"""Up to 15 digits, a float shows those it was entered with."""
_ABSENT = frozenset(
    {
        "", "*", "/", "...", "n/a", "na", "n.a.", "n.a", "nm", "n.m.", "n.m", "n/m", "none", "null",
        "not applicable", "not available", "not meaningful", "不适用", "不適用", "无", "無", "暂无", "未披露",
        "upgrade", "locked", "unlock", "login", "log in", "sign in", "subscribe",
    }
)  # fmt: skip
"""Words for "no figure", and what paid services show instead of one."""
_MARK_KINDS = ("<super>", "<sub>", "<circle>")
_FOOTNOTE = re.compile(r"(?<=\S)\s*(?P<note>(?:[*†‡§#^]|\((?:[0-9]{1,2}|[a-jln-s]|[ivx]{1,4})\)|\[[0-9a-z]{1,2}\])+)$")
"""No "(k)", "(m)" or "(t)", which may be scales, and no capitals: "(E)" marks an estimate."""
_INVISIBLE = re.compile("[\x00\u200b-\u200f\u2060\ufeff\u00ad]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−─﹣", "-"))
_NIL = re.compile(rf"nil|(?:(?:{CURRENCY_PATTERN})\s*)?(?:-+\s*%?|\(\s*-+\s*\))", re.IGNORECASE)
_COMMON = re.compile(
    r"(?P<open>\()?(?(open)|-?)(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(?:\.(?P<places>[0-9]+))?(?(open)\))"
)
"""How nearly all figures are printed, read without further ado."""
_FIGURE = re.compile(
    rf"""
    (?P<front>(?:(?:{CURRENCY_PATTERN})\s*|[-+(]\s*)*)
    (?P<digits>(?:[0-9]|[.,](?=[0-9]))(?:[0-9]|[.,' ](?=[0-9]))*)
    (?P<exponent>e[-+]?[0-9]{{1,2}})?
    \s*(?P<percent>%)?
    (?P<inner>\s*[^\W\d_][^\d()+\-%,:;]*|\s*[$€£¥₹₩][^\d()+\-%,:;]*)?
    \s*(?P<back>(?:[-)]\s*)*)
    (?P<percent_outside>%)?
    (?P<outer>[^\W\d_][^\d()+\-%,:;]*|[$€£¥₹₩][^\d()+\-%,:;]*)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_START = re.compile(rf"[-+(.,0-9]|{CURRENCY_PATTERN}", re.IGNORECASE)
"""Tells most labels from figures before the costlier patterns."""
_CURRENCY = re.compile(CURRENCY_PATTERN, re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}\s*[A-Z][A-Z$]*", re.IGNORECASE)
"""A column heading such as "2023 RMB"; an amount of that size has a grouping mark."""
_INTEGER = re.compile(r"0|[1-9][0-9]*")
_ONE_MARK = re.compile(r"(?:0|[1-9][0-9]*)?(?P<decimal>[.,])[0-9]+")
_EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_GROUPED = re.compile(
    r"[1-9][0-9]{0,2}(?P<group>[.,' ])[0-9]{3}(?:(?P=group)[0-9]{3})*(?:(?!(?P=group))(?P<decimal>[.,])[0-9]+)?"
)
_COMMA_GROUPED = re.compile(
    r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?|[1-9][0-9]{0,3}(?:,[0-9]{4}){2,}(?:\.[0-9]+)?"
)
"""Groups of two digits (India) or four (China): a single group could as well be a decimal comma."""


def parse_number(value: CellValue, decimal_mark: DecimalMark = ".") -> Number | Nil | Absent | None:
    """The figure a cell shows; None for what is not a figure: other text, a date, true or false.

    The decimal mark decides only what the text leaves open: "1,234" is 1234 with "." and 1.234 with ",".
    """
    kind = type(value)
    if kind is float:
        return _from_float(value)  # type: ignore[arg-type]
    if kind is int:
        return _make(Decimal(value), 0, not -_EXACT < value < _EXACT)  # type: ignore[arg-type, operator]
    if kind is str:
        text: str = value  # type: ignore[assignment]
        if text.isdecimal() and text.isascii() and text[0] != "0" and len(text) <= _LONGEST:  # spares the cache as well
            return _make(Decimal(text), 0)
        return _from_text(text, decimal_mark)
    return Absent.BLANK if value is None else _from_unusual(value, decimal_mark)


def plain_digits(value: CellValue) -> str | None:
    """The digits of a cell that is surely a plain figure, such as "-12.5"; None for any other.

    Most cells are such; `parse_number` says the same of them, in several times the time.
    """
    kind = type(value)
    if kind is int:
        text = str(value)
        is_plain = True
    elif kind is float:
        text = str(value)
        # not 1e-05, not inf or nan, and not 3.0, which is printed without places
        is_plain = "e" not in text and "n" not in text and text[-2:] != ".0"
    elif kind is str:
        text = value  # type: ignore[assignment]
        digits = text[1:] if text[:1] == "-" else text
        is_plain = digits.isdecimal() and digits.isascii() and digits[0] != "0"
    else:
        return None
    return text if is_plain and len(text) <= _PLAIN_LENGTH else None


def is_number(value: CellValue) -> bool:
    """Whether a cell shows a figure other than a dash, whatever its decimal mark."""
    kind = type(value)
    if kind is int or kind is float:
        return math.isfinite(value)  # type: ignore[arg-type]
    return isinstance(parse_number(value), Number)


def decimal_mark_of(texts: Iterable[str]) -> DecimalMark | Literal["mixed"] | None:
    """The decimal mark that a file's figures show; "mixed" if they show both, None if all of them leave it open.

    Give it every text figure of the file: "12,5" and "1,234.5" tell the mark, "1,234" does not.
    """
    marked = (text for text in texts if "," in text or "." in text or "．" in text or "，" in text)
    votes: set[DecimalMark] = {mark for text in marked if (mark := _mark_shown(text)) is not None}
    if len(votes) > 1:
        return "mixed"
    return votes.pop() if votes else None


def _make(value: Decimal, places: int, is_inexact: bool = False) -> Number:
    """A plain figure, without the argument handling of `Number(...)`, which would take half the time of a cell."""
    return tuple.__new__(Number, (value, places, False, 0, None, None, is_inexact))


def _from_float(value: float) -> Number | None:
    """The 15 digits that a spreadsheet keeps, so that 0.1 + 0.2 is 0.3 and -0.0 is 0."""
    if -_EXACT < value < _EXACT:
        if value.is_integer():
            return _make(Decimal(int(value)), 0)
        shown = f"{value:.15g}"
        if "e" in shown:
            shown = format(Decimal(shown), "f")
        point = shown.find(".")
        return _make(Decimal(shown), len(shown) - point - 1 if point >= 0 else 0)
    if not math.isfinite(value):
        return None
    return _make(Decimal(format(Decimal(f"{value:.15g}"), "f")), 0, True)


def _from_unusual(value: CellValue, decimal_mark: DecimalMark) -> Number | Nil | Absent | None:
    """A cell of a subclass of the usual types, such as a number of an array library."""
    if isinstance(value, bool | datetime.date) or value is None:
        return None
    plain = str(value) if isinstance(value, str) else int(value) if isinstance(value, int) else float(value)
    return parse_number(plain, decimal_mark)


@lru_cache(maxsize=65536)
def _from_text(text: str, decimal_mark: DecimalMark) -> Number | Nil | Absent | None:
    if len(text) > _LONGEST:
        return None
    if decimal_mark == "." and (common := _COMMON.fullmatch(text)):
        digits = text[1:-1] if common["open"] else text
        value = Decimal(digits.replace(",", "")) if "," in digits else Decimal(digits)
        if common["open"] or not value:
            value = -value if value else value.copy_abs()
        return _make(value, len(common["places"] or ""))
    return _from_other_text(text, decimal_mark)


def _from_other_text(text: str, decimal_mark: DecimalMark) -> Number | Nil | Absent | None:
    plain, mark = _plain(text)
    if plain is None:
        return None
    if plain.lower() in _ABSENT:
        return Absent.BLANK
    if _NIL.fullmatch(plain):
        return Nil.DASH
    if not _START.match(plain):
        return None
    body, note = _without_note(plain)
    number = _parse_figure(body, decimal_mark)
    return number._replace(note=(note + mark) or None) if number else None


def _plain(text: str) -> tuple[str | None, str]:
    """The text in plain characters and the raised or circled marks at its end; no text if one is inside."""
    body = _INVISIBLE.sub("", text).strip()
    if body.isascii():
        return body, ""
    end = len(body)
    while end and _is_mark(body[end - 1]):
        end -= 1
    mark, body = body[end:], body[:end]
    if any(_is_mark(character) for character in body):
        return None, mark
    plain = unicodedata.normalize("NFKC", body.translate(_DASHES)).translate(_DASHES)
    return plain.replace("’", "'").strip(), mark


def _is_mark(character: str) -> bool:
    return character > "\x7f" and unicodedata.decomposition(character).startswith(_MARK_KINDS)


def _without_note(text: str) -> tuple[str, str]:
    """The figure and the footnote mark behind it; "(1)" and "$(1)" are figures, not marks."""
    if _FIGURE.fullmatch(text):
        return text, ""
    match = _FOOTNOTE.search(text)
    return (text[: match.start()], match["note"]) if match else (text, "")


def _mark_shown(text: str) -> DecimalMark | None:
    plain, _ = _plain(text) if len(text) <= _LONGEST else (None, "")
    match = _FIGURE.fullmatch(_without_note(plain)[0]) if plain else None
    return _read_digits(match["digits"], ".")[1] if match else None


def _parse_figure(text: str, decimal_mark: DecimalMark) -> Number | None:
    match = _FIGURE.fullmatch(text)
    if match is None or (match["percent"] and match["percent_outside"]) or (match["inner"] and match["outer"]):
        return None
    is_percent = bool(match["percent"] or match["percent_outside"])
    is_negative = _is_negative(match["front"], match["back"])
    digits, _ = _read_digits(match["digits"], decimal_mark)
    if _YEAR.fullmatch(text):
        return None
    unit = _unit(match["front"], match["digits"], (match["inner"] or match["outer"] or "").strip())
    if is_negative is None or digits is None or unit is None:
        return None
    has_unit = unit != _NO_UNIT or _CURRENCY.search(match["front"])
    if has_unit and (is_percent or match["exponent"]):
        return None
    magnitude = Decimal(digits + (match["exponent"] or ""))
    value = Decimal(format(-magnitude if is_negative and magnitude else magnitude, "f"))
    places = len(digits.partition(".")[2]) - int((match["exponent"] or "e0")[1:])
    return Number(value, places, is_percent, unit.factor_exponent, unit.measure)


def _is_negative(front: str, back: str) -> bool | None:
    """Whether the figure is negative; None if it has more than one sign or a bracket without its partner."""
    if front.count("(") != back.count(")"):
        return None
    signs = [mark for mark in front + back if mark in "-+("]
    return None if len(signs) > 1 else bool(signs) and signs != ["+"]


_SHORTEST_BEFORE_LETTER = 3
"""Below it and without a currency a letter is no sure scale: "9M" are months, "5B" is a note."""
_NO_UNIT = PrintedUnit(None, 0)


def _unit(front: str, digits: str, behind: str) -> PrintedUnit | None:
    """The currency and scale printed with a figure; None if they are no money or contradict each other."""
    before = _CURRENCY.findall(front)
    if len(before) > 1:
        return None
    if not before and not behind:
        return _NO_UNIT
    scale = CELL_LETTERS.get(behind)
    if scale is not None:
        if not before and len(digits) < _SHORTEST_BEFORE_LETTER:
            return None
        behind = ""
    words = " ".join([*before, behind]).strip()
    unit = parse_unit(words) if words else _NO_UNIT
    if unit is None and behind == "":  # a sign that several currencies share
        unit = _NO_UNIT
    if unit is None or (unit.measure is not None and unit.measure not in CURRENCIES):
        return None
    return unit if scale is None else PrintedUnit(unit.measure, scale)


def _read_digits(digits: str, decimal_mark: DecimalMark) -> tuple[str | None, DecimalMark | None]:
    """The digits with a decimal point and without grouping, and the decimal mark that they show by themselves.

    No digits if the grouping is not valid, or if a lone mark can only be the other decimal mark.
    """
    if _INTEGER.fullmatch(digits):
        return digits, None
    if _EITHER.fullmatch(digits):
        return (digits.replace(decimal_mark, ".") if decimal_mark in digits else re.sub("[.,]", "", digits)), None
    if match := _ONE_MARK.fullmatch(digits):
        shown: DecimalMark = "," if match["decimal"] == "," else "."
        return (digits.replace(shown, ".") if shown == decimal_mark else None), shown
    if match := _GROUPED.fullmatch(digits):
        group, decimal = match["group"], match["decimal"]
        plain = digits.replace(group, "").replace(",", ".")
        return plain, (("," if "," in (decimal or "") else ".") if decimal else _other(group))
    if _COMMA_GROUPED.fullmatch(digits):
        return digits.replace(",", ""), "."
    return None, None


def _other(group: str) -> DecimalMark | None:
    """The decimal mark of a file that groups with this mark."""
    return {",": ".", ".": ","}.get(group)  # type: ignore[return-value]
