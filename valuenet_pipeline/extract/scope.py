"""What the words around a table say it holds: interim, forecast or parent figures, or those of others, are no facts.

Headings of columns speak for themselves (`heading`); this is about titles, names of sheets and names of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from valuenet_pipeline.extract.heading import FORECAST, INTERIM, PARENT, PRO_FORMA, ROLLING, SHARE

LONGEST = 100
"""A longer text explains and is no title, save for titles of notes."""
LONGEST_OF_NOTE = 400


class Scope(NamedTuple):
    """Words for a kind of figures that is left out, and those that say the contrary."""

    reason: str
    words: re.Pattern[str]
    contrary: re.Pattern[str] | None = None
    in_file_name: bool = False
    """Whether the name of the file is heard too."""
    longest: int = LONGEST


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


ANNUAL = _words(
    r"\bannual|\byears? ended|(?<!trailing )(?<!last )(?<!past )\b(?:12|twelve)[- ]months?|\bfiscal years?\b|\bfull[- ]year|\byearly|\bfy\b",
    r"年报|年報|年度(?!.{0,4}季)|全年",
)
CONSOLIDATED = _words(r"(?<!非)合(?:并|併)|(?<!un)(?<!non-)(?<!non )consolidated|\bgroup\b|集团|集團")
SCOPES = (
    Scope(
        PARENT,
        _words(
            r"母公司|个别财务|個別財務|个体财务|個體財務|非合并|非合併|单体|單體|\bparent[ -](?:company|only)",
            r"\bstand[- ]?alone\b(?! selling)|\bunconsolidated\b|\bnon[- ]consolidated\b",
        ),
        CONSOLIDATED,
        in_file_name=True,
    ),
    Scope(
        PARENT,
        _words(
            r"(?:statement|balance sheet|information|results|income)s?\b.*\bof the (?:parent )?company\b",
            r"\bparent (?:is|bs|cf)\b|company balance sheet|company statement",
            r"\bseparate (?:financial )?(?:statement|balance|income)",
        ),
        CONSOLIDATED,
    ),
    Scope(PRO_FORMA, _words(r"pro[ -]?forma|备考|備考|模拟")),
    Scope(
        SHARE,
        _words(r"common[ -]size|as an? percentage of|percent of (?:total )?(?:revenue|sales)|同型|百分比报表"),
    ),
    Scope(
        "detail of the notes, whose figures may be parts of the whole",
        _words(r"\((?:details?|narrative|tables?|policies)\b[^)]*\)"),
        longest=LONGEST_OF_NOTE,
    ),
    Scope("part of the company", _words(r"^\W*(?:discontinued operations?|终止经营|終止經營)\W*$")),
    Scope(
        "other companies",
        _words(
            r"\bindustry (?:average|median)|\bpeers?\b|\bcomps\b|\bcomparable compan", r"行业平均|行業平均|可比公司"
        ),
    ),
    Scope(
        INTERIM,
        _words(
            r"\b(?:three|six|nine|[369])[- ]months?\b|\b(?:13|14|26|27|39|40|thirteen|twenty[- ]six|thirty[- ]nine)[- ]weeks\b",
            r"\bquarter(?:s|ly)?\b|\bq[1-4]\b|\(q\)|\b(?:is|bs|cf) q$|\bhalf[- ]?year|\bh[12]\b|\b[69]m\b|\binterim\b(?! dividend)|\b10-?q\b",
            r"季度|季报|季報|单季|單季|前三季|半年|中期(?:业绩|業績|报告|報告|财务|財務)|止?[三六九369] ?[个個]月",
        ),
        ANNUAL,
        in_file_name=True,
    ),
    Scope(
        ROLLING,
        _words(r"\b(?:ltm|ttm|t12m|l12m|trailing)\b|\blast (?:12|twelve) months", r"滚动|滾動"),
        ANNUAL,
        in_file_name=True,
    ),
    Scope(
        FORECAST,
        _words(
            r"\bforecast|\bproject(?:ed|ions?)\b|\bbudget|\b(?:financial |revenue |earnings |consensus )?estimates\b",
            r"\boutlook\b|\bguidance\b|\bscenarios?\b|\bconsensus\b|\bdcf\b|预测|預測|预算|預算",
        ),
        _words(r"\bhistor|\bactuals?\b", r"历史|歷史|实际|實際"),
        in_file_name=True,
    ),
)
"""Those that hold for a whole table first, before those that a column can answer for itself."""
_SEPARATORS = re.compile(r"[_\s.]+")


def exclusion_of_titles(titles: Iterable[str], sheet_name: str, file_name: str) -> str | None:
    """
    Why figures under these titles are no annual consolidated actuals; None where nothing speaks against them.

    Titles are given top to bottom. Of those that speak of a matter the nearest decides, then the name of the sheet,
    then that of the file.
    """
    near = [*reversed([*titles]), _SEPARATORS.sub(" ", sheet_name)]
    named = _SEPARATORS.sub(" ", file_name)
    for scope in SCOPES:
        texts = [*near, named] if scope.in_file_name else near
        for text in (text for text in texts if len(text) <= scope.longest):
            if scope.contrary is not None and scope.contrary.search(text):
                break
            if scope.words.search(text):
                return scope.reason
    return None
