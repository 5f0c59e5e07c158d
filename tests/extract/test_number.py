"""Printed numbers as pairs of a cell and the figure it shows."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.extract.number import (
    Absent,
    DecimalMark,
    Nil,
    Number,
    decimal_mark_of,
    is_number,
    parse_number,
    plain_digits,
)


@pytest.mark.parametrize(
    ("cell", "value", "places"),
    [
        (5, "5", 0),
        (1200, "1200", 0),
        (0.1 + 0.2, "0.3", 1),
        (-3.25, "-3.25", 2),
        (1234567.0, "1234567", 0),
        (1.5e-7, "0.00000015", 8),
        (-0.0, "0", 0),
        ("1234567", "1234567", 0),
        ("-12.5", "-12.5", 1),
        ("1,234.50", "1234.50", 2),
        ("1,234,567.8", "1234567.8", 1),
        ("12,34,567", "1234567", 0),
        ("1,2345,6789", "123456789", 0),
        ("1 234 567", "1234567", 0),
        ("1 234,5", "1234.5", 1),
        ("1\u202f234", "1234", 0),
        ("1\xa0234,56", "1234.56", 2),
        ("1'234'567", "1234567", 0),
        ("1’234", "1234", 0),
        ("1.234", "1.234", 3),
        ("1.234,56", "1234.56", 2),
        ("1.234.567", "1234567", 0),
        ("(1,234)", "-1234", 0),
        ("(1,234.5)", "-1234.5", 1),
        ("( 1,234 )", "-1234", 0),
        ("（1,234）", "-1234", 0),
        ("(1)", "-1", 0),
        ("$(1)", "-1", 0),
        ("1,234-", "-1234", 0),
        ("1234 -", "-1234", 0),
        ("\u22121,234", "-1234", 0),
        ("–12", "-12", 0),
        ("－12", "-12", 0),
        ("\xa01,234\xa0", "1234", 0),
        ("+7", "7", 0),
        ("\u200b5\ufeff\x00", "5", 0),
        ("¥1,234", "1234", 0),
        ("￥ 1,234", "1234", 0),
        ("$(5.0)", "-5.0", 1),
        ("-$5", "-5", 0),
        ("$-5", "-5", 0),
        ("$.50", "0.50", 2),
        ("1.5e3", "1500", -2),
        ("1.23E+06", "1230000", -4),
        ("2E-3", "0.002", 3),
        ("１２３４", "1234", 0),
        ("-0", "0", 0),
        ("(0.00)", "0", 2),
    ],
)
def test_figure(cell: CellValue, value: str, places: int) -> None:
    number = parse_number(cell)
    assert number == Number(Decimal(value), places)
    assert isinstance(number, Number)
    assert number.value.is_signed() == value.startswith("-")


@pytest.mark.parametrize(
    ("text", "value", "places"),
    [
        ("12.5%", "12.5", 1),
        ("(3)%", "-3", 0),
        ("(1,234)%", "-1234", 0),
        ("(3.0%)", "-3.0", 1),
        ("15 ％", "15", 0),
        ("-0.4 %", "-0.4", 1),
    ],
)
def test_percentage(text: str, value: str, places: int) -> None:
    assert parse_number(text) == Number(Decimal(value), places, is_percent=True)


@pytest.mark.parametrize(
    ("text", "value", "exponent", "currency"),
    [
        ("1592.56亿", "1592.56", 8, None),
        ("12.3万", "12.3", 4, None),
        ("1.5万亿", "1.5", 12, None),
        ("1.2 bn", "1.2", 9, None),
        ("3.4 million", "3.4", 6, None),
        ("2.5m", "2.5", 6, None),
        ("1.2B", "1.2", 9, None),
        ("350K", "350", 3, None),
        ("US$2m", "2", 6, "USD"),
        ("¥ 5 million", "5", 6, None),
        ("(5.2) million", "-5.2", 6, None),
        ("(RMB 5.2 million)", "-5.2", 6, "CNY"),
        ("（5）亿元", "-5", 8, "CNY"),
        ("12.3億元", "12.3", 8, None),
        ("RMB 1,234", "1234", 0, "CNY"),
        ("1,234元", "1234", 0, "CNY"),
        ("¥5元", "5", 0, "CNY"),
        ("US$ 5", "5", 0, "USD"),
        ("HK$ (5)", "-5", 0, "HKD"),
        ("NT$ 5 千元", "5", 3, "TWD"),
        ("€2", "2", 0, "EUR"),
        ("2 €", "2", 0, "EUR"),
        ("Rs.500", "500", 0, "INR"),
        ("Rs. 1,234 crore", "1234", 7, "INR"),
        ("5 百万美元", "5", 6, "USD"),
    ],
)
def test_unit_inside_the_cell(text: str, value: str, exponent: int, currency: str | None) -> None:
    number = parse_number(text)
    assert isinstance(number, Number)
    assert (number.value, number.exponent, number.currency) == (Decimal(value), exponent, currency)


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("1,234*", "1234", "*"),
        ("1,234†", "1234", "†"),
        ("1,234(1)", "1234", "(1)"),
        ("(1,234)(2)", "-1234", "(2)"),
        ("(119,725) (1)", "-119725", "(1)"),
        ("93,308 (1)", "93308", "(1)"),
        ("1,234 (a)", "1234", "(a)"),
        ("1,234(ii)", "1234", "(ii)"),
        ("1,234[a]", "1234", "[a]"),
        ("1,234¹", "1234", "¹"),
        ("1,234⁽¹⁾", "1234", "⁽¹⁾"),
        ("1234①", "1234", "①"),
        ("12.5%*", "12.5", "*"),
        ("12.3亿元(1)", "12.3", "(1)"),
    ],
)
def test_footnote_mark_is_no_digit(text: str, value: str, note: str) -> None:
    number = parse_number(text)
    assert isinstance(number, Number)
    assert (number.value, number.note) == (Decimal(value), note)


@pytest.mark.parametrize(
    ("cell", "is_inexact"),
    [
        (999_999_999_999_999, False),
        (12345678901234567890, True),
        (-(10**15), True),
        (1e20, True),
        (123456.78, False),
        ("12345678901234567890", False),
    ],
)
def test_digits_beyond_the_fifteenth_may_be_lost(cell: CellValue, is_inexact: bool) -> None:
    number = parse_number(cell)
    assert isinstance(number, Number)
    assert number.is_inexact is is_inexact
    assert number.value == Decimal(str(cell))


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1,234", "1234", "1.234"),
        ("1.234", "1.234", "1234"),
        ("(1.234)", "-1.234", "-1234"),
        ("12.5", "12.5", None),
        ("12,5", None, "12.5"),
        ("0,5%", None, "0.5"),
        ("1,234.5", "1234.5", "1234.5"),
        ("1.234,5", "1234.5", "1234.5"),
        ("1234", "1234", "1234"),
    ],
)
def test_decimal_mark_decides_what_the_text_leaves_open(text: str, point: str | None, comma: str | None) -> None:
    expected: dict[DecimalMark, str | None] = {".": point, ",": comma}
    for mark, value in expected.items():
        number = parse_number(text, mark)
        assert (number.value if isinstance(number, Number) else None) == (Decimal(value) if value else None)


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.234,5", "12"], ","),
        (["1.234", "12,5"], ","),
        (["1.234.567"], ","),
        (["1 234,5 %"], ","),
        (["1,234.5*"], "."),
        (["(1,234,567)"], "."),
        (["12,34,567"], "."),
        (["0.123"], "."),
        (["1234.567"], "."),
        (["1,234", "1.234", "31.12.2021", "Revenue, net", "1 234"], None),
        ([], None),
        (["12,5", "1.5"], "mixed"),
    ],
)
def test_decimal_mark_of_a_file(texts: list[str], mark: str | None) -> None:
    assert decimal_mark_of(texts) == mark


@pytest.mark.parametrize("text", ["-", "–", "—", "－", "―", " - ", "--", "———", "$ —", "(-)", "-%", "Nil"])
def test_dash_is_nil(text: str) -> None:
    assert parse_number(text) is Nil.DASH


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "  ",
        "\xa0",
        "n/a",
        "NA",
        "n.m.",
        "Not meaningful",
        "不适用",
        "无",
        "null",
        "None",
        "*",
        "/",
        "…",
        "...",
        "Locked",
    ],
)
def test_absent(cell: CellValue) -> None:
    assert parse_number(cell) is Absent.BLANK


@pytest.mark.parametrize(
    "cell",
    [
        True,
        datetime.date(2021, 12, 31),
        datetime.datetime(2021, 12, 31),
        float("nan"),
        float("-inf"),
        "NaN",
        "inf",
        "Revenue",
        "#ERROR",
        "#N/A",
        "#DIV/0!",
        "<1",
        ">100",
        "1,23",
        "0,123",
        "01810",
        "1,2345",
        "1.2.3",
        "31.12.2021",
        "1,234.567.8",
        "5.",
        "(5",
        "5)",
        "(-5)",
        "-(1)",
        "--5",
        "$5 €",
        "$5%",
        "5%%",
        "2021年",
        "2023RMB",
        "1²3",
        "1 2",
        "5b",
        "9M",
        "5B",
        "1,234 (m)",
        "1,234(E)",
        "5 million million",
        "5 million thousand",
        "1.2亿股",
        "1.25元/股",
        "5 units",
        "3 years",
        "million 5",
        "2.5x",
        "1e999999",
        "½",
        "1" * 99,
    ],
)
def test_not_a_number(cell: CellValue) -> None:
    assert parse_number(cell) is None


@given(st.text() | st.text(alphabet="0123456789.,'()-+%$€元亿mbn E[]*¹（） "))
def test_no_text_raises(text: str) -> None:
    for mark in (".", ","):
        number = parse_number(text, mark)
        assert not isinstance(number, Number) or number.value.is_finite()
    decimal_mark_of([text])


@given(st.integers(-(10**14), 10**14), st.integers(0, 4))
def test_every_printed_form_of_a_figure_reads_the_same(units: int, places: int) -> None:
    value = Decimal(units).scaleb(-places)
    magnitude = f"{abs(value):,.{places}f}"
    forms = [magnitude, *(magnitude.replace(",", group) for group in ("", "'", " "))]
    for form in forms:
        printed = (
            [f"({form})", f"-{form}", f"{form}-", f"RMB ({form})"] if units < 0 else [form, f"+{form}", f"{form}元"]
        )
        for text in printed:
            number = parse_number(text)
            assert isinstance(number, Number)
            assert (number.value, number.places) == (value, places)
    german = magnitude.translate(str.maketrans(",.", ".,"))
    number = parse_number(german, ",")
    assert isinstance(number, Number)
    assert number.value == abs(value)


@given(st.integers(-(10**14), 10**14), st.integers(0, 9))
def test_a_stored_number_keeps_its_digits(units: int, places: int) -> None:
    value = Decimal(units).scaleb(-places)
    number = parse_number(float(value))
    assert isinstance(number, Number)
    assert number.value == value
    assert number.places <= places


CELLS = (
    st.floats() | st.integers() | st.floats(-1e6, 1e6).map(lambda value: round(value, 2))
    | st.from_regex(r"-?[0-9]{1,17}", fullmatch=True) | st.text("0123456789-.,e（１", max_size=17)
    | st.booleans() | st.none()
)  # fmt: skip


@given(CELLS, st.sampled_from([".", ","]))
def test_the_short_path_says_the_same_as_the_whole_grammar(cell: CellValue, mark: DecimalMark) -> None:
    whole = parse_number(cell, mark)
    if type(cell) in (int, float):
        assert is_number(cell) == isinstance(whole, Number)
    if (digits := plain_digits(cell)) is not None:
        places = len(digits.partition(".")[2])
        assert whole == Number(Decimal(digits), places)
