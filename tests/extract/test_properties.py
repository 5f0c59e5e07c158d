"""What holds for every number, period, unit and file: the reader never raises, and never reads another figure."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal
from functools import cache

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract import Options, Reading, read_extract
from valuenet_pipeline.extract.heading import parse_heading
from valuenet_pipeline.extract.number import Number, parse_number
from valuenet_pipeline.extract.unit import find_unit, parse_unit, split_unit_suffix

TODAY = datetime.date(2024, 6, 1)
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SLOW = settings(SETTINGS, max_examples=30)
REVENUE, COST, GROSS = ("Revenue", "Cost of sales", "Gross profit")

# Numbers

GROUPS = (",", " ", "\u00a0", "\u2009", "\u202f", "'", "’", "")
MINUSES = ("-{}", "({})", "{}-", "\u2212{}", "（{}）", "－{}", "( {} )")
NOTES = ("", "*", "†", "(1)", "¹", "[a]", " ", "\u3000")
AMOUNTS = st.decimals(Decimal(0), Decimal(10) ** 13, places=2)


def wording(value: Decimal, group: str, minus: str, note: str) -> str:
    """A figure as somebody prints it."""
    digits = f"{abs(value):,.2f}".replace(",", group)
    return (minus.format(digits) if value < 0 else digits) + note


@SETTINGS
@given(AMOUNTS, st.booleans(), st.sampled_from(GROUPS), st.sampled_from(MINUSES), st.sampled_from(NOTES))
def test_a_printed_number_is_that_number(amount: Decimal, below: bool, group: str, minus: str, note: str) -> None:
    value = -amount if below and amount else amount
    number = parse_number(wording(value, group, minus, note))
    assert isinstance(number, Number)
    assert (number.value, number.places) == (value, 2)


@SETTINGS
@given(st.integers(0, 10**13), st.sampled_from(["¥{}", "RMB {}", "{}元", "US${}", "{} CNY"]))
def test_a_currency_beside_a_number_is_no_part_of_it(amount: int, style: str) -> None:
    number = parse_number(style.format(f"{amount:,}"))
    assert isinstance(number, Number)
    assert number.value == amount


@SETTINGS
@given(
    st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.booleans() | st.none() | st.text(max_size=30)
)
def test_no_cell_makes_the_number_parser_raise(cell: float | int | bool | str | None) -> None:
    number = parse_number(cell)
    assert not isinstance(number, Number) or number.value.is_finite()


# Periods

HANZI = str.maketrans("0123456789", "〇一二三四五六七八九")
YEARS = st.integers(1995, 2023)
ANNUAL = (
    "{}", "FY{}", "FY{}A", "{}A", "{}年", "{}年度", "{}年年报", "Year ended 31 December {}", "12 Months Ended Dec. 31, {}",
    "31 Dec {}", "31 December {}", "{}-12-31", "{}/12/31", "{}年12月31日", "Fiscal year {}", "December 31, {}",
)  # fmt: skip
OTHERWISE = (
    "{}E",
    "H1 {}",
    "Q3 {}",
    "{}Q1",
    "{}年三季报",
    "{}年半年度",
    "Six months ended 30 June {}",
    "{} forecast",
    "LTM {}",
)


@SETTINGS
@given(YEARS, st.sampled_from(ANNUAL))
def test_a_printed_year_is_that_year(year: int, style: str) -> None:
    heading = parse_heading(style.format(year))
    assert heading is not None
    assert (heading.year or (heading.end and heading.end.year)) == year
    assert heading.exclusion is None


@SETTINGS
@given(YEARS)
def test_a_year_in_chinese_numerals_is_that_year(year: int) -> None:
    heading = parse_heading(str(year).translate(HANZI) + "年度")
    assert heading is not None
    assert heading.year == year


@SETTINGS
@given(YEARS, st.sampled_from(OTHERWISE))
def test_what_is_no_annual_actual_is_excluded_or_not_twelve_months(year: int, style: str) -> None:
    heading = parse_heading(style.format(year))
    assert heading is None or heading.exclusion is not None or heading.months not in (None, 12)


@SETTINGS
@given(st.text(max_size=60) | st.integers() | st.floats() | st.dates() | st.booleans())
def test_no_cell_makes_the_heading_parser_raise(cell: str | int | float | datetime.date | bool) -> None:
    parse_heading(cell)
    parse_heading(cell, day_first=True, allow_serial=True)


# Units

UNITS = {
    "RMB'000": ("CNY", 3), "RMB million": ("CNY", 6), "US$ million": ("USD", 6), "in millions of RMB": ("CNY", 6),
    "人民币百万元": ("CNY", 6), "人民币千元": ("CNY", 3), "人民币万元": ("CNY", 4), "人民币亿元": ("CNY", 8), "HK$'000": ("HKD", 3),
    "RMB billion": ("CNY", 9), "EUR thousand": ("EUR", 3), "万元": (None, 4), "亿元": (None, 8), "(in thousands)": (None, 3),
}  # fmt: skip


@SETTINGS
@given(st.sampled_from(sorted(UNITS)), st.sampled_from(["{}", "({})", " {} ", "{}\u3000"]))
def test_a_printed_unit_is_that_unit(unit: str, style: str) -> None:
    parsed = parse_unit(style.format(unit))
    assert parsed is not None
    currency, exponent = UNITS[unit]
    assert parsed.factor_exponent == exponent
    assert currency is None or parsed.measure == currency


@SETTINGS
@given(st.text(max_size=60))
def test_no_text_makes_the_unit_parsers_raise(text: str) -> None:
    parse_unit(text)
    find_unit(text)
    label, _ = split_unit_suffix(text)
    assert len(label) <= len(text)


# Files


def read(content: bytes, name: str) -> Reading:
    """A reading; whatever the bytes, one with findings or with lines."""
    reading = read_extract(content, name, load_catalog(), None, Options(today=TODAY))
    assert reading.findings or len(reading.lines)
    return reading


def facts(reading: Reading) -> dict[tuple[str, int], Decimal]:
    """What would be published."""
    lines = reading.lines
    lines = lines[lines["outcome"].isin(["fact", "nil"])]
    concepts, years, values = (lines[name] for name in ("concept_id", "fiscal_year", "value"))
    return {(concept, int(year)): value for concept, year, value in zip(concepts, years, values, strict=True)}


def statement(revenue: list[int], cost: list[int], style: str = "{}", unit: str = "RMB'000") -> list[list[object]]:
    """A small income statement of three years."""
    rows = {REVENUE: revenue, COST: [-one for one in cost], GROSS: [a - b for a, b in zip(revenue, cost, strict=True)]}
    body: list[list[object]] = [[label, *(style.format(one) for one in figures)] for label, figures in rows.items()]
    return [["Consolidated income statement"], [None, 2022, 2021, 2020], [None, *[unit] * 3], *body]


def as_xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_csv(rows: list[list[object]], delimiter: str, encoding: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([[*row, *[None] * (4 - len(row))] for row in rows])
    return stream.getvalue().encode(encoding)


FIGURES = st.lists(st.integers(10**6, 10**9), min_size=3, max_size=3)


@SETTINGS
@given(
    FIGURES, FIGURES, st.sampled_from([("RMB'000", 3), ("RMB million", 6), ("US$'000", 3)]), st.sampled_from(["{}", "{:,}"]),
    st.sampled_from([(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), ("|", "utf-8")]),
)  # fmt: skip
def test_a_printed_statement_is_read_to_the_last_digit(
    revenue: list[int], cost: list[int], unit: tuple[str, int], style: str, file: tuple[str, str]
) -> None:
    read_back = facts(read(as_csv(statement(revenue, cost, style, unit[0]), *file), "report.csv"))
    expected = {("revenue", year): value for year, value in zip((2022, 2021, 2020), revenue, strict=True)}
    expected |= {("cost_of_sales", year): value for year, value in zip((2022, 2021, 2020), cost, strict=True)}
    assert {key: read_back[key] for key in expected} == {key: value * 10 ** unit[1] for key, value in expected.items()}


@SETTINGS
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<table>", b"{", b"\xef\xbb\xbf"]
    ),
    st.sampled_from(["a.xlsx", "a.csv", "a.xls", "a.json", ""]),
)
def test_random_bytes_are_read_or_refused(content: bytes, begin: bytes, name: str) -> None:
    read(begin + content, name)


CELLS = st.one_of(
    st.none(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
    st.dates(datetime.date(1950, 1, 1), datetime.date(2040, 1, 1)),
    st.sampled_from([
        REVENUE, COST, GROSS, "Total", "资产总计", "2021", "FY2020", "2021年度", "31 Dec 2019", "RMB'000", "万元", "%", "12.5%",
        "(1,234)", "-", "n/a", "#REF!", "Note", "Group", "Company", "Non-current assets", "Year ended 31 December", "单位：元",
        "Date", "Ticker", "Currency", "Concept", "Value", "2021E", "H1 2021", "=A1", "1.234,5", "restated",
    ]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
)  # fmt: skip


@SLOW
@given(st.lists(st.lists(CELLS, max_size=6), max_size=12))
def test_random_cells_never_raise(rows: list[list[object]]) -> None:
    read(as_xlsx(rows), "report.xlsx")


@cache
def published() -> dict[tuple[str, int], Decimal]:
    return facts(
        read(as_xlsx(statement([9_000_000, 8_000_000, 7_000_000], [5_000_000, 4_000_000, 3_000_000])), "r.xlsx")
    )


@SLOW
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), CELLS), min_size=1, max_size=3))
def test_changed_cells_never_raise_and_touch_no_other_year(changes: list[tuple[int, int, object]]) -> None:
    """A figure changed in one cell changes nothing but what that cell says."""
    rows = statement([9_000_000, 8_000_000, 7_000_000], [5_000_000, 4_000_000, 3_000_000])
    for row, column, value in changes:
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    read_back = facts(read(as_xlsx(rows), "report.xlsx"))
    if all(row > 2 and column for row, column, _ in changes):
        names = ("revenue", "cost_of_sales", "gross_profit")
        hit = {(names[row - 3], 2023 - column) for row, column, _ in changes if column < 4}
        assert all(read_back.get(key, value) == value for key, value in published().items() if key not in hit)
