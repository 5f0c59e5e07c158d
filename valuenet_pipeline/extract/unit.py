"""Printed units: lines and label endings such as "RMB million", "单位:万元" or "(million units)".

Belongs here: currencies, scales and kinds as words. Not here: figures (`number`); no unit is ever guessed.
"""

from __future__ import annotations

import re
import unicodedata

from valuenet_pipeline.vocabulary import PrintedUnit

_LONGEST = 100

_CURRENCIES = {
    "CNY": "rmb cny renminbi 人民币 人民幣",
    "USD": "us$ usd 美元 us_dollars u.s._dollars",
    "HKD": "hk$ hkd 港元 港币 港幣 hong_kong_dollars",
    "TWD": "nt$ twd ntd 新台币 新台幣 新臺幣 台币",
    "EUR": "eur € euro euros 欧元 歐元",
    "JPY": "jpy yen 日元 日圆 日圓",
    "GBP": "gbp £ 英镑 英鎊",
    "INR": "inr ₹ rs rs. rupees",
}
_SCALES = {
    3: "'000s '000's '000 000s 000's 000 thousand thousands k 千",
    4: "万 萬",
    5: "lakh lakhs 十万 十萬",
    6: "million millions mn m 百万 百萬",
    7: "crore crores 千万 千萬",
    8: "亿 億",
    9: "billion billions bn 十亿 十億",
    12: "trillion trillions 万亿 萬億",
}
_KINDS = {
    "per_share": "per_share /share 每股 /股",
    "shares": "shares 股",
    "count": "units persons people employees users devices vehicles stores number 台 部 辆 人 件",
    "pure": "% percent per_cent percentage",
}
_FILLERS = (
    "in expressed_in stated_in presented_in amounts_in all_amounts_in amounts_expressed_in "
    "figures_in unit units: unit: currency: 单位 單位 单位: 單位: 金额单位 金额单位: 金额单位为 单位为 "
    "货币单位: 币种: 幣種: 除特别注明外 除另有注明外 除另有说明外 : , ;"
)
_YUAN = frozenset("元圆圓")
_SCALES_AFTER_CURRENCY = frozenset({"m", "k", "000", "000s", "000's"})


def _words(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


def _meanings() -> dict[str, tuple[str, str]]:
    """Every word that may stand in a unit, with its role and its meaning in that role."""
    meanings = {word: ("filler", "") for word in _words(_FILLERS)}
    meanings |= {word: ("yuan", "CNY") for word in _YUAN}
    meanings |= {word: ("currency", code) for code, words in _CURRENCIES.items() for word in _words(words)}
    meanings |= {word: ("scale", str(power)) for power, words in _SCALES.items() for word in _words(words)}
    meanings |= {word: ("kind", kind) for kind, words in _KINDS.items() for word in _words(words)}
    return meanings


def _word_pattern(word: str, role: str) -> str:
    """A Latin word ends at a letter's absence; only a currency may run into its scale, as in "RMBm"."""
    pattern = re.escape(word)
    return pattern + r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() and role != "currency" else pattern


_MEANINGS = _meanings()
_WORD = re.compile(
    r"\s*("
    + "|".join(_word_pattern(word, _MEANINGS[word][0]) for word in sorted(_MEANINGS, key=len, reverse=True))
    + r")\s*"
)
_EXCEPTION = re.compile(r"[,(]?\s*(?:except|unless)\s.*$")
_SUFFIX = re.compile(r"^(?P<label>.*\S)\s*[(（\[](?P<unit>[^()（）\[\]]+)[)）\]]\s*$", re.DOTALL)


def parse_unit(text: str) -> PrintedUnit | None:
    """The unit a text names; None unless every word of the text belongs to a unit."""
    words = _read_words(_plain(text))
    if words is None:
        return None
    roles: dict[str, set[str]] = {
        "filler": set(),
        "yuan": set(),
        "currency": set(),
        "scale": set(),
        "kind": set(),
    }
    for word in words:
        role, meaning = _MEANINGS[word]
        roles[role].add(meaning)
    if any(len(roles[role]) > 1 for role in ("currency", "scale", "kind")):
        return None
    currency = _only(roles["currency"]) or _only(roles["yuan"])
    if currency is None and not _SCALES_AFTER_CURRENCY.isdisjoint(words):
        return None
    scale = _only(roles["scale"])
    return _unit(currency, None if scale is None else int(scale), _only(roles["kind"]))


def split_unit_suffix(label: str) -> tuple[str, PrintedUnit | None]:
    """A label without the unit in its closing parenthesis; other parentheses stay in the label."""
    match = _SUFFIX.match(label)
    unit = parse_unit(match["unit"]) if match else None
    return (match["label"], unit) if match and unit else (label, None)


def _plain(text: str) -> str:
    """The text in plain lower-case characters, without enclosing parentheses and without exceptions."""
    if len(text) > _LONGEST:
        return ""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()
    plain = re.sub(r"[’‘`´]", "'", plain)
    while len(plain) > 1 and plain[0] + plain[-1] in ("()", "[]", "【】"):
        plain = plain[1:-1].strip()
    return _EXCEPTION.sub("", plain).strip()


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


def _only(meanings: set[str]) -> str | None:
    return next(iter(meanings), None)


def _unit(currency: str | None, scale: int | None, kind: str | None) -> PrintedUnit | None:
    if kind == "per_share":
        return PrintedUnit(f"{currency}_per_share", 0) if currency and scale is None else None
    if kind == "pure":
        return PrintedUnit("pure", -2) if currency is None and scale is None else None
    if kind is not None:
        return PrintedUnit(kind, scale or 0) if currency is None else None
    if currency is None and scale is None:
        return None
    return PrintedUnit(currency, scale or 0)
