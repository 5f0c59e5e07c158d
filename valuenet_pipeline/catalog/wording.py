"""How wordings are compared: what of a printed label is the wording, and what is numbering, marking or remark."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

with (Path(__file__).parent / "traditional.csv").open(encoding="utf-8", newline="") as _stream:
    _SIMPLIFIED = str.maketrans({row["traditional"]: row["simplified"] for row in csv.DictReader(_stream)})
"""Traditional characters of the wordings' vocabulary, so that one wording serves both scripts."""
_SIGN_TAIL = re.compile(
    r"[(（]?\s*(?:净?(?:亏损|虧損|损失|損失|收益|收入|增加|减少|減少|利润|利潤)(?:总额|總額)?)?\s*以\s*[“\"'”‘’]?\s*[-－—–一]\s*[“\"'”‘’]?\s*"
    r"号?號?\s*(?:填列|列示|表示)\s*[)）]?\s*$"
)
"""The remark of a Chinese statement that a loss is entered with a minus sign."""
_OPPOSITE_TAIL = re.compile(r"[(（]\s*[减減增][少加]?\s*[:：]\s*[增减減][加少]\s*[)）]\s*$")
_MARKS = re.compile(r"^[\s*＊△▲☆★#＃●○◆※·•\-–—]+(?=\S)")
_ORDINAL = re.compile(
    r"^\s*(?:[(（]?(?:[一二三四五六七八九十]+|[a-z]|[ivx]+|\d{1,2})[)）、.．]\s*"
    r"|(?:其中|减|減|加|减去|加上|less|add|including|plus|of which)\s*[:：]\s*"
    r"|(?:加\s*/\s*[(（]减[)）]|减\s*/\s*[(（]加[)）]|add\s*/\s*[(（]less[)）]|less\s*/\s*[(（]add[)）])\s*[:：]?\s*)+",
    re.IGNORECASE,
)
_OLD_CAS = ((re.compile(r"所(?=[收支])"), ""), (re.compile(r"(?<=[收支][到付])的(?=其他)"), ""))
"""Cash flow wordings of the standards before 2006, which vendors still print: 所收到的, 收到的其他."""
_REMARKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[,，]?\s*(?:less|net of|after|including)\s+(?:an? )?(?:allowances?|provisions?|accumulated)\b.*$",
        r"[,，–—-]*\s*(?:\$|us\$|rmb)\s*[\d.,]+\s*(?:stated |par )?(?:par )?value\b.*$",
        r"\s*[–—-]\s*[\d,.]+\s*(?:million |thousand )?(?:and [\d,.]+ )?(?:million |thousand )?shares\b.*$",
        r"\s*[(（](?:note|附注|附註|注)\s*[^)）]*[)）]\s*$",
        r"(?<=[^\W\d])\s*[(（]\d{1,2}[)）]\s*$",
        r"(?<=[^\W\d])\d{1,2}$",
    )
)
"""Endings that explain a line and do not name it: allowances, par values, share counts, footnote marks."""


@lru_cache(maxsize=65536)
def normalise(label: str) -> str:
    """What labels are compared by: letters, digits and CJK characters, in lower case, without ordinals and marks."""
    text = unicodedata.normalize("NFKC", label).lower().replace("&", " and ").translate(_SIMPLIFIED)
    text = _OPPOSITE_TAIL.sub("", _SIGN_TAIL.sub("", text.strip()))
    for pattern, replacement in _OLD_CAS:
        text = pattern.sub(replacement, text)
    return re.sub(r"[\W_]+", "", _ORDINAL.sub("", _MARKS.sub("", text)))


@lru_cache(maxsize=65536)
def without_remarks(label: str) -> str | None:
    """The label without an ending that only explains it; None where it has none."""
    text = unicodedata.normalize("NFKC", label).strip()
    for pattern in _REMARKS:
        shorter = pattern.sub("", text)
        if shorter != text and shorter.strip():
            return shorter.strip()
    return None


def states_loss_as_negative(label: str) -> bool:
    """Whether the label itself says that a loss is entered with a minus sign, and so a gain without one."""
    return _SIGN_TAIL.search(unicodedata.normalize("NFKC", label)) is not None
