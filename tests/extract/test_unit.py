"""Unit lines and label endings as pairs of a text and the unit it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuenet_pipeline.extract.unit import find_share_exponent, find_unit, parse_unit, split_unit_suffix
from valuenet_pipeline.extract.unit_words import CURRENCIES, SCALES, split_words
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
        ("新台幣仟元", "TWD", 3),
        ("NT$ thousands", "TWD", 3),
        ("NTD thousand", "TWD", 3),
        ("Amounts in thousands of New Taiwan dollars", "TWD", 3),
        ("仟元", None, 3),
        ("單位：億元", None, 8),
        ("佰萬", None, 6),
        ("人民币百万元", "CNY", 6),
        ("百万円", "JPY", 6),
        ("millions of yen", "JPY", 6),
        ("£'000", "GBP", 3),
        ("EUR m", "EUR", 6),
        ("US$m", "USD", 6),
        ("CNY mn", "CNY", 6),
        ("RMB mm", "CNY", 6),
        ("USD (millions)", "USD", 6),
        ("Millions USD", "USD", 6),
        ("U.S. Dollars in millions", "USD", 6),
        ("$ in Millions", None, 6),
        ("$ million", None, 6),
        ("¥ million", None, 6),
        ("JPY (¥) million", "JPY", 6),
        ("USD ($)", "USD", 0),
        ("USD ($) $ in Millions", "USD", 6),
        ("USD ($) shares in Thousands, $ in Millions", "USD", 6),
        ("USD ($) $ / shares in Units, $ in Millions", "USD", 6),
        ("Rs. Crores", "INR", 7),
        ("₹ in crore", "INR", 7),
        ("in Lakhs", None, 5),
        ("(Rs. in million)", "INR", 6),
        ("(in RMB million, except per share data)", "CNY", 6),
        ("人民币千元（除每股数据外）", "CNY", 3),
        ("Unless otherwise stated, all amounts in RMB million", "CNY", 6),
        ("(Expressed in millions of Renminbi)", "CNY", 6),
        ("(金额单位：人民币百万元)", "CNY", 6),
        ("单位：人民币元", "CNY", 0),
        ("货币单位：万元", "CNY", 4),
        ("港元千元", "HKD", 3),
        ("in dollars per share", "per_share", 0),
        ("shares in Millions", "shares", 6),
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
        "$",
        "RMB ($)",
        "¥ in Millions, $ in Millions",
        "million million",
        "RMB per unit",
        "millions of users",
        "number of employees",
        "兆元",
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
    ("title", "measure", "exponent"),
    [
        ("CONSOLIDATED STATEMENTS OF INCOME - USD ($) shares in Millions, $ in Millions", "USD", 6),
        ("Consolidated Balance Sheets - USD ($) $ in Thousands", "USD", 3),
        ("CONSOLIDATED BALANCE SHEETS (Parenthetical) - USD ($)", "USD", 0),
        ("Leases - USD ($) store in Units, employee in Thousands, $ in Millions", "USD", 6),
        ("Statements of Income (USD $)\nIn Millions, except Per Share data, unless otherwise specified", "USD", 6),
        ("2023年12月31日  单位：元", "CNY", 0),
        ("资产负债表（单位：万元）", "CNY", 4),
        ("编制单位：某某集团 单位：元", "CNY", 0),
        ("编制单位:某某集团单位:千元", "CNY", 3),
        ("单位：千元 币种：人民币 审计类型：未经审计", "CNY", 3),
        ("Income statement (RMB million)", "CNY", 6),
        ("Income statement, RMB million", "CNY", 6),
        ("Income statement (USD) (in millions)", "USD", 6),
        ("For the year ended 31 December 2021 (in RMB million)", "CNY", 6),
        ("Figures of the group in RMB million", "CNY", 6),
        ("Financials in millions USD. Fiscal year is January - December.", "USD", 6),
        ("RMB million", "CNY", 6),
        ("2023RMB", "CNY", 0),
        ("2023\nRMB'000", "CNY", 3),
        ("Dec. 31, 2024 USD ($)", "USD", 0),
    ],
)
def test_unit_inside_a_title(title: str, measure: str, exponent: int) -> None:
    assert find_unit(title) == PrintedUnit(measure, exponent)


@pytest.mark.parametrize(
    "title",
    [
        "Income statement (RMB million) and balance sheet (USD million)",
        "Income statement (RMB) and balance sheet (RMB million)",
        "Balance Sheets - CNY (¥) ¥ in Millions, $ in Millions",
        "Million Dollar Company",
        "Change in cash",
        "Weighted average number (million shares)",
        "million shares",
        "编制单位：元",
        "Note 5",
        "",
    ],
)
def test_no_single_money_unit_inside_a_title(title: str) -> None:
    assert find_unit(title) is None


@pytest.mark.parametrize(
    ("title", "exponent"),
    [
        ("INCOME - USD ($) shares in Millions, $ in Thousands", 6),
        ("shares in Thousands", 3),
        ("In Millions, except Share data in Thousands, unless otherwise specified", 3),
        ("(In millions, except number of shares, which are reflected in thousands, and per-share amounts)", 3),
        ("in thousands, except share and per share data", 0),
        ("(in millions, except per share amounts and number of shares)", 0),
        ("人民币千元，除股份及每股数据外", 0),
        ("人民币千元，除每股数据外", None),
        ("(in millions, except per share data)", None),
        ("USD ($) $ / shares in Units, $ in Millions", None),
        ("shares in Thousands, shares in Millions", None),
        ("RMB million", None),
    ],
)
def test_share_exponent(title: str, exponent: int | None) -> None:
    assert find_share_exponent(title) == exponent


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
        ("向中央银行借款净增加额(万元", "向中央银行借款净增加额", PrintedUnit("CNY", 4)),
        ("Revenue, RMB million", "Revenue", PrintedUnit("CNY", 6)),
        ("Revenue (RMB'000)", "Revenue", PrintedUnit("CNY", 3)),
        ("Revenue [USD mn]", "Revenue", PrintedUnit("USD", 6)),
        ("Sales - US$m", "Sales", PrintedUnit("USD", 6)),
        ("营业收入（亿元）", "营业收入", PrintedUnit("CNY", 8)),
        ("毛利率(%)", "毛利率", PrintedUnit("pure", -2)),
        ("Gross margin, %", "Gross margin", PrintedUnit("pure", -2)),
        ("EPS (basic) (RMB)", "EPS (basic)", PrintedUnit("CNY", 0)),
        ("Basic (in dollars per share)", "Basic", PrintedUnit("per_share", 0)),
        ("Diluted (in shares)", "Diluted", PrintedUnit("shares", 0)),
        ("Weighted average, shares", "Weighted average, shares", None),
        ("Property, plant and equipment, net", "Property, plant and equipment, net", None),
        ("Trade payables (note 5", "Trade payables (note 5", None),
    ],
)
def test_split_unit_suffix(label: str, rest: str, unit: PrintedUnit | None) -> None:
    assert split_unit_suffix(label) == (rest, unit)


@pytest.mark.parametrize("code", CURRENCIES)
def test_every_currency_reads_with_every_scale(code: str) -> None:
    for currency in split_words(CURRENCIES[code]):
        for exponent, scales in SCALES.items():
            for scale in split_words(scales):
                for text in (f"{currency} {scale}", f"{currency} in {scale}", f"{scale} {currency}"):
                    assert parse_unit(text) == PrintedUnit(code, exponent), text
                    assert split_unit_suffix(f"Revenue ({text})")[1] == PrintedUnit(code, exponent)


def test_no_word_has_two_meanings() -> None:
    words = [word for table in (CURRENCIES, SCALES) for entry in table.values() for word in split_words(entry)]
    assert len(words) == len(set(words))


@given(
    st.text()
    | st.lists(st.sampled_from([*"()（[-:,，.$¥元万 ", "RMB ", "USD ($)", "shares ", "in ", "million "])).map("".join)
)
def test_no_text_raises(text: str) -> None:
    parse_unit(text)
    find_unit(text)
    find_share_exponent(text)
    label, unit = split_unit_suffix(text)
    assert text.startswith(label)
    assert unit is not None or label == text
