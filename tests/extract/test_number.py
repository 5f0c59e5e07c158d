"""Printed numbers as pairs of a cell and the figure it shows."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.extract.number import Absent, Nil, Number, parse_number


@pytest.mark.parametrize(
    ("cell", "value", "places"),
    [
        (5, "5", 0),
        (1200, "1200", 0),
        (0.1 + 0.2, "0.3", 1),
        (1e20, "100000000000000000000", 0),
        (-3.25, "-3.25", 2),
        (10**30 + 1, "1000000000000000000000000000001", 0),
        ("1,234.50", "1234.50", 2),
        ("1,234,567", "1234567", 0),
        ("12,34,567", "1234567", 0),
        ("1 234 567", "1234567", 0),
        ("1\u202f234", "1234", 0),
        ("1'234'567", "1234567", 0),
        ("1’234", "1234", 0),
        ("1.234", "1.234", 3),
        ("1.234,56", "1234.56", 2),
        ("(1,234)", "-1234", 0),
        ("（1,234）", "-1234", 0),
        ("(1)", "-1", 0),
        ("1,234-", "-1234", 0),
        ("\u22121,234", "-1234", 0),
        ("\xa01,234\xa0", "1234", 0),
        ("+7", "7", 0),
        ("¥1,234", "1234", 0),
        ("￥ 1,234", "1234", 0),
        ("$(5.0)", "-5.0", 1),
        ("-$5", "-5", 0),
        ("US$ 5", "5", 0),
        ("RMB1,000", "1000", 0),
        ("CNY 3", "3", 0),
        ("€2", "2", 0),
        ("1,234*", "1234", 0),
        ("1,234(1)", "1234", 0),
        ("(1,234)(2)", "-1234", 0),
        ("1,234†", "1234", 0),
        ("1,234¹", "1234", 0),
        ("1234①", "1234", 0),
        ("1.5e3", "1500", 0),
        ("2E-3", "0.002", 3),
        ("１２３", "123", 0),
        ("-0", "0", 0),
    ],
)
def test_figure(cell: CellValue, value: str, places: int) -> None:
    assert parse_number(cell) == Number(Decimal(value), places, is_percent=False)


@pytest.mark.parametrize(
    ("text", "value", "places"),
    [
        ("12.5%", "12.5", 1),
        ("(3)%", "-3", 0),
        ("(3.0%)", "-3.0", 1),
        ("15 ％", "15", 0),
        ("-0.4%", "-0.4", 1),
    ],
)
def test_percentage(text: str, value: str, places: int) -> None:
    assert parse_number(text) == Number(Decimal(value), places, is_percent=True)


@pytest.mark.parametrize("text", ["-", "–", "—", "－", "―", " - ", "--", "$ —"])
def test_dash_is_nil(text: str) -> None:
    assert parse_number(text) is Nil.DASH


@pytest.mark.parametrize("cell", [None, "", "  ", "\xa0", "n/a", "NA", "N/A", "nm", "n.m.", "不适用", "*"])
def test_absent(cell: CellValue) -> None:
    assert parse_number(cell) is Absent.BLANK


@pytest.mark.parametrize(
    "cell",
    [
        True,
        datetime.date(2021, 12, 31),
        float("nan"),
        "Revenue",
        "#ERROR",
        "1,23",
        "0,123",
        "1,2345",
        "1.234.567",
        "(5",
        "(-5)",
        "--5",
        "$5 €",
        "5%%",
        "2021年",
        "1²3",
        "1 2",
        "1e999999",
        "1" * 99,
    ],
)
def test_not_a_number(cell: CellValue) -> None:
    assert parse_number(cell) is None
