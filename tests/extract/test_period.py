"""Column headings as pairs of a text and the fiscal year it names."""

from __future__ import annotations

import datetime

import pytest

from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.extract.period import is_excluded_period, parse_fiscal_year
from valuenet_pipeline.vocabulary import FiscalYearEnd

DECEMBER = FiscalYearEnd()
MARCH = FiscalYearEnd(3, 31)


@pytest.mark.parametrize(
    "cell",
    [
        2021,
        2021.0,
        "2021",
        " ２０２１ ",
        "FY2021",
        "FY 2021",
        "FY21",
        "FY2021A",
        "2021A",
        "2021年",
        "2021年度",
        "2021年年报",
        "2021 (restated)",
        datetime.date(2021, 12, 31),
        datetime.datetime(2021, 12, 31),
        "2021-12-31",
        "2021-12-31 00:00:00",
        "2021/12/31",
        "31 December 2021",
        "Dec. 31, 2021",
        "December 31, 2021",
        "2021年12月31日",
        "Year ended 31 December 2021",
        "For the year ended December 31, 2021",
        "Year ended\n31 December 2021",
        "As at 31 December 2021",
        "截至2021年12月31日止年度",
    ],
)
def test_annual_heading(cell: CellValue) -> None:
    assert parse_fiscal_year(cell, DECEMBER) == 2021
    assert not is_excluded_period(cell)


@pytest.mark.parametrize("text", ["31 March 2021", "2021-03-31", "Year ended March 31, 2021"])
def test_the_month_must_be_the_year_ends(text: str) -> None:
    assert parse_fiscal_year(text, MARCH) == 2021
    assert parse_fiscal_year(text, DECEMBER) is None


@pytest.mark.parametrize(
    "text",
    [
        "2021Q3",
        "Q3 2021",
        "3Q21",
        "2021三季报",
        "2021年三季报",
        "2021年第三季度",
        "2021年一季报",
        "三季报",
        "2021H1",
        "1H2021",
        "H1 2021",
        "Half-year 2021",
        "2021年半年报",
        "2021年中报",
        "2021年1-9月",
        "9M 2021",
        "9 months ended 30 September 2021",
        "Nine months ended September 30, 2021",
        "Interim 2021",
        "2022E",
        "FY2022E",
        "2022F",
        "2022 forecast",
        "2022年预测",
        "TTM",
        "LTM",
        "LTM Sep 2021",
        "TTM 2021",
    ],
)
def test_excluded_heading(text: str) -> None:
    assert is_excluded_period(text)
    assert parse_fiscal_year(text, DECEMBER) is None


@pytest.mark.parametrize(
    "cell",
    [
        None,
        True,
        1989,
        2101,
        2021.5,
        "",
        "Revenue",
        "Note",
        "2021-02-31",
        "2,021",
        "Interim dividend",
        "Estimated liabilities",
        "Provision for the half year bonus",
        "2020 to 2021",
        "12345",
        "Page 2021E5",
    ],
)
def test_other_text(cell: CellValue) -> None:
    assert parse_fiscal_year(cell, DECEMBER) is None
    assert not is_excluded_period(cell)
