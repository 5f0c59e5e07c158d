"""Unit lines and label endings as pairs of a text and the unit it names."""

from __future__ import annotations

import pytest

from valuenet_pipeline.extract.unit import parse_unit, split_unit_suffix
from valuenet_pipeline.vocabulary import PrintedUnit


@pytest.mark.parametrize(
    ("text", "measure", "exponent"),
    [
        ("RMB'000", "CNY", 3),
        ("RMB’000", "CNY", 3),
        ("RMB million", "CNY", 6),
        ("RMBm", "CNY", 6),
        ("(Expressed in RMB million)", "CNY", 6),
        ("RMB thousand", "CNY", 3),
        ("人民币千元", "CNY", 3),
        ("单位：万元", "CNY", 4),
        ("单位：元 币种：人民币", "CNY", 0),
        ("亿元", "CNY", 8),
        ("百万元", "CNY", 6),
        ("US$ in millions", "USD", 6),
        ("USD million", "USD", 6),
        ("HK$'000", "HKD", 3),
        ("In millions", None, 6),
        ("(In millions, except per share data)", None, 6),
        ("RMB", "CNY", 0),
        ("元", "CNY", 0),
        ("million shares", "shares", 6),
        ("万股", "shares", 4),
        ("million units", "count", 6),
        ("million", None, 6),
        ("RMB per share", "CNY_per_share", 0),
        ("元/股", "CNY_per_share", 0),
        ("RMB billion", "CNY", 9),
        ("persons", "count", 0),
        ("number", "count", 0),
        ("%", "pure", -2),
        ("percent", "pure", -2),
        ("TWD thousand", "TWD", 3),
        ("新台币千元", "TWD", 3),
        ("港币百万元", "HKD", 6),
        ("₹ crore", "INR", 7),
        ("EUR million", "EUR", 6),
        ("GBP", "GBP", 0),
        ("JPY million", "JPY", 6),
    ],
)
def test_unit(text: str, measure: str | None, exponent: int) -> None:
    assert parse_unit(text) == PrintedUnit(measure, exponent)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "in",
        "Cost of sales",
        "For the year ended 31 December 2021",
        "Million Dollar Company",
        "Number of shares",
        "% of revenue",
        "RMB USD",
        "RMB thousand million",
        "RMB %",
        "000",
        "m",
        "$ million",
        "per share",
        "Europe",
        "Note",
        "货币资金",
        "营业收入",
    ],
)
def test_not_a_unit(text: str) -> None:
    assert parse_unit(text) is None


@pytest.mark.parametrize(
    ("label", "rest", "unit"),
    [
        ("Smartphones shipped (million units)", "Smartphones shipped", PrintedUnit("count", 6)),
        ("Gross profit margin (%)", "Gross profit margin", PrintedUnit("pure", -2)),
        ("基本每股收益（元/股）", "基本每股收益", PrintedUnit("CNY_per_share", 0)),
        ("Adjusted net profit (non-IFRS measure)", "Adjusted net profit (non-IFRS measure)", None),
        ("Profit/(loss)", "Profit/(loss)", None),
        ("Revenue", "Revenue", None),
        ("(%)", "(%)", None),
    ],
)
def test_split_unit_suffix(label: str, rest: str, unit: PrintedUnit | None) -> None:
    assert split_unit_suffix(label) == (rest, unit)
