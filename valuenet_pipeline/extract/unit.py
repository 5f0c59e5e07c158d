"""Printed units: lines, titles and label endings such as "RMB million", "单位:万元" or "(million units)".

Belongs here: how unit words combine. Not here: the words (`unit_words`), figures (`number`); no unit is ever guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from valuenet_pipeline.extract.unit_words import (
    CURRENCIES,
    FILLERS,
    KINDS,
    SCALES,
    SCALES_AFTER_CURRENCY,
    SYMBOLS,
    TRADITIONAL,
    TRADITIONAL_YUAN,
    YUAN,
    split_words,
)
from valuenet_pipeline.vocabulary import PrintedUnit

_LONGEST_UNIT = 200
_LONGEST_TITLE = 400


def _meanings() -> dict[str, tuple[str, str]]:
    """Every word that may stand in a unit, with its role and its meaning in that role."""
    meanings = {word: ("filler", "") for word in split_words(FILLERS)} | {"of": ("of", "")}
    meanings |= {word: ("yuan", "CNY") for word in split_words(YUAN)}
    meanings |= {word: ("yuan", "") for word in split_words(TRADITIONAL_YUAN)}
    meanings |= {word: ("currency", code) for code, words in CURRENCIES.items() for word in split_words(words)}
    meanings |= {word: ("symbol", sign) for sign, (words, _) in SYMBOLS.items() for word in split_words(words)}
    meanings |= {word: ("scale", str(power)) for power, words in SCALES.items() for word in split_words(words)}
    meanings |= {word: ("kind", kind) for kind, words in KINDS.items() for word in split_words(words)}
    return meanings


def _word_pattern(word: str, role: str) -> str:
    """A Latin word ends at a letter's absence; only a currency may run into its scale, as in "RMBm"."""
    pattern = re.escape(word)
    return pattern + r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() and role != "currency" else pattern


def _longest_first(words: list[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


_MEANINGS = _meanings()
_OWNERS = {sign: frozenset(owners.split()) for sign, (_, owners) in SYMBOLS.items()}
_WORD = re.compile(
    r"\s*(" + "|".join(_word_pattern(word, _MEANINGS[word][0]) for word in _longest_first(list(_MEANINGS))) + r")\s*"
)

CURRENCY_PATTERN = "|".join(
    re.escape(word)
    for word in _longest_first([word for word, (role, _) in _MEANINGS.items() if role in ("currency", "symbol")])
)
"""Matches a word or sign of money in lower-case text, the longest first."""

_SCALE_WORD = "(?:units|thousands?|millions?|billions?|trillions?)"
_SHARE_CLAUSE = re.compile(rf"(?:[^\s,()]+ ?/ ?)?\bshares? in {_SCALE_WORD}\b\s*,?")
_LEADING_EXCEPTION = re.compile(r"^(?:except|unless)\b[^,]*,\s*")
_EXCEPTION = re.compile(r"[,(]?\s*\b(?:except|unless)\b.*$|[,;]?\s*除.{1,20}外[,;]?")

_BRACKETED = re.compile(r"^(?P<label>.*\S)\s*[(（\[【](?P<unit>[^()（）\[\]【】]+)[)）\]】]?\s*$", re.DOTALL)
_SEPARATED = re.compile(r"^(?P<label>.*\S)(?:\s*[,，]\s*|\s+[-–—]\s+)(?P<unit>[^,，]+)$", re.DOTALL)

_SEC_TITLE = re.compile(r"(?:^|.* - )(?P<currency>(?P<code>[a-z]{3}) ?\([^()\s]{1,4}\))(?P<clauses>[^()]*)$")
_SEC_CLAUSE = re.compile(rf"(?P<counted>[^,]+?) in (?P<scale>{_SCALE_WORD})")
_UNIT_HEADING = re.compile(r"(?:金额|金額|货币|貨幣)?[单單]位\s*[:为為]?\s*")
_PREPARER = re.compile(r"[编編][制製][单單]位\s*:?\s*\S*?(?=[单單]位|\s|$)")
"""Names the company that reports, with the word that elsewhere means unit."""
_SEPARATOR = re.compile(
    r"\s+[-–—|]\s+|\.\s|[,;:|()\[\]【】]|\s{2,}|\n|(?<![0-9])(?:19|20)[0-9]{2}年?(?![0-9])|\b(?=(?:expressed |stated |presented )?in\b)"
)
_BRACKETS = re.compile(r"[(\[【]((?:[^()\[\]【】]|\([^()]*\))+)[)\]】]")

_SHARES = r"(?<!per )(?<!per-)(?<!/ )(?<!/)\b(?:number of (?:[a-z]+ )?shares?|shares?(?: data| amounts?| numbers?)?)\b"
_SHARE_SCALE = re.compile(
    rf"{_SHARES}[^;()$]{{0,40}}?\bin (?P<scale>{_SCALE_WORD})|股[份数數目]{{0,3}}以?(?P<zh>[千万萬百仟]+)股?[计計为為]"
)
_SHARES_EXCEPTED = re.compile(rf"\b(?:except|other than|excluding)\b[^;()]*?{_SHARES}|除[^外]*?(?<!每)股[份数數本]")


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> PrintedUnit | None:
    """The unit a text names; None unless every word of the text belongs to one unit."""
    plain = _plain(text, _LONGEST_UNIT)
    remainder = _SHARE_CLAUSE.sub("", plain).strip(" ,")
    return _combine(_read_words(_without_exceptions(remainder or plain)))


@lru_cache(maxsize=1024)
def find_unit(text: str) -> PrintedUnit | None:
    """The money unit inside a title or a sheet's heading; None if it names none, or two that differ."""
    plain = _PREPARER.sub("", _plain(text, _LONGEST_TITLE, keep_breaks=True)).strip()
    sec = _SEC_TITLE.fullmatch(plain)
    if sec is not None and _MEANINGS.get(sec["code"], ("", ""))[0] == "currency":
        return parse_unit(_sec_unit(sec["currency"], sec["clauses"]))
    if (whole := parse_unit(plain)) is not None:
        return whole if _is_money(whole) else None
    found: set[PrintedUnit] = set()
    start = 0
    for begin, end in _candidates(plain):
        if begin < start:
            continue
        unit = parse_unit(plain[begin:end])
        if unit is not None and _is_money(unit):
            found.add(unit)
            start = end
    return _agreed(found)


def find_share_exponent(text: str) -> int | None:
    """Power of ten of the share counts under a title; None if it does not set them apart from the money.

    "shares in Thousands" is 3; "except share and per share data" is 0; "except per share data" is None.
    """
    plain = _plain(text, _LONGEST_TITLE)
    scales = {match["scale"] or match["zh"] for match in _SHARE_SCALE.finditer(plain)}
    if len(scales) > 1:
        return None
    if scales:
        scale = scales.pop()
        return 0 if scale == "units" else _scale_of(scale)
    return 0 if _SHARES_EXCEPTED.search(plain) else None


@lru_cache(maxsize=8192)
def split_unit_suffix(label: str) -> tuple[str, PrintedUnit | None]:
    """A label without the unit at its end, in brackets or behind a comma or dash; other endings stay in it."""
    bracketed = _BRACKETED.match(label)
    if bracketed and (unit := parse_unit(bracketed["unit"])):
        return bracketed["label"], unit
    separated = _SEPARATED.match(label)
    if separated and (unit := parse_unit(separated["unit"])) and (_is_money(unit) or unit.measure == "pure"):
        return separated["label"], unit
    return label, None


def _plain(text: str, longest: int, *, keep_breaks: bool = False) -> str:
    """The text in plain lower-case characters, without enclosing brackets; nothing of an overlong text."""
    if len(text) > longest:
        return ""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = re.sub(r"[’‘`´]", "'", plain)
    if not keep_breaks:
        plain = re.sub(r"\s+", " ", plain)
    while len(plain) > 1 and plain[0] + plain[-1] in ("()", "[]", "【】") and not re.search(r"[()\[\]]", plain[1:-1]):
        plain = plain[1:-1].strip()
    return plain


def _without_exceptions(text: str) -> str:
    return _EXCEPTION.sub("", _LEADING_EXCEPTION.sub("", text)).strip()


def _read_words(text: str) -> list[str] | None:
    """The unit words that make up the whole text; None if anything else stands in it."""
    words: list[str] = []
    position = 0
    while position < len(text):
        match = _WORD.match(text, position)
        if match is None:
            return None
        words.append(match[1])
        position = match.end()
    return words


def _combine(words: list[str] | None) -> PrintedUnit | None:
    roles: dict[str, set[str]] = {
        role: set() for role in ("filler", "of", "yuan", "currency", "symbol", "scale", "kind")
    }
    for word in words or ():
        role, meaning = _MEANINGS[word]
        if role == "scale" and roles[role]:
            return None
        roles[role].add(meaning)
    if any(len(roles[role]) > 1 for role in ("yuan", "currency", "symbol", "kind")):
        return None
    currency, symbol = _only(roles["currency"]), _only(roles["symbol"])
    if currency is None and roles["yuan"] and TRADITIONAL.isdisjoint("".join(words or ())):
        currency = "CNY"
    if currency and symbol and currency not in _OWNERS[symbol]:
        return None
    is_money = bool(currency or symbol or roles["yuan"])
    if roles["of"] and not (is_money and roles["scale"]):
        return None
    if not is_money and not SCALES_AFTER_CURRENCY.isdisjoint(words or ()):
        return None
    scale = _only(roles["scale"])
    unit = _unit(currency, is_money, None if scale is None else int(scale), _only(roles["kind"]))
    is_stated = scale is not None or bool(roles["yuan"])
    return PrintedUnit(unit.measure, unit.factor_exponent, is_stated) if unit is not None else None


def _unit(currency: str | None, is_money: bool, scale: int | None, kind: str | None) -> PrintedUnit | None:
    if kind == "per_share":
        measure = f"{currency}_per_share" if currency else "per_share"
        return PrintedUnit(measure, 0) if is_money and scale is None else None
    if kind is not None and is_money:
        return None
    if kind == "pure":
        return PrintedUnit("pure", -2) if scale is None else None
    if currency is None and scale is None and kind is None:
        return None
    return PrintedUnit(kind or currency, scale or 0)


def _only(meanings: set[str]) -> str | None:
    return next(iter(meanings), None)


def _is_money(unit: PrintedUnit) -> bool:
    return unit.measure is None or unit.measure in CURRENCIES


def _scale_of(word: str) -> int | None:
    role, meaning = _MEANINGS.get(word, ("", ""))
    return int(meaning) if role == "scale" else None


def _sec_unit(currency: str, clauses: str) -> str:
    """The currency and the money clauses of a title such as "USD ($) shares in Thousands, $ in Millions".

    Such a title lists what it scales by name; what is neither a share nor money (stores, countries) is no money unit.
    """
    money = []
    for clause in filter(None, (part.strip() for part in clauses.split(","))):
        match = _SEC_CLAUSE.fullmatch(clause)
        role = _MEANINGS.get(match["counted"].strip(), ("", ""))[0] if match else "symbol"
        if role in ("symbol", "currency"):
            money.append(clause)
    return ", ".join([currency, *money])


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a title that may be its unit, from the left, and the longest first where several begin."""
    stretches = {match.span(1) for match in _BRACKETS.finditer(text)}
    for match in _UNIT_HEADING.finditer(text):
        stretches |= {(match.end(), end) for end in _ends(text, match.end(), r"\s+|[)】\]]")}
    edges = [0, *(match.end() for match in _SEPARATOR.finditer(text))]
    for edge in edges:
        stretches |= {(edge, end) for end in _ends(text, edge, _SEPARATOR.pattern)}
    return iter(sorted(stretches, key=lambda stretch: (stretch[0], -stretch[1])))


def _ends(text: str, begin: int, pattern: str) -> set[int]:
    return {len(text), *(match.start() for match in re.finditer(pattern, text) if match.start() > begin)}


def _agreed(units: set[PrintedUnit]) -> PrintedUnit | None:
    """The one unit that all parts of a title name together: "(USD) (in millions)" gives currency and scale apart."""
    if len(units) == 2:
        scale, currency = sorted(units, key=lambda unit: unit.measure is not None)
        if scale.measure is None and currency.measure and currency.factor_exponent in (0, scale.factor_exponent):
            return PrintedUnit(currency.measure, scale.factor_exponent)
    return units.pop() if len(units) == 1 else None
