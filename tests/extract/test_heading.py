"""Headings as pairs of a text and what it says."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuenet_pipeline.extract import heading as subject
from valuenet_pipeline.extract.grid import CellValue
from valuenet_pipeline.extract.heading import (
    AVERAGE,
    CHANGE,
    EXCLUSIONS,
    FORECAST,
    INTERIM,
    OPENING,
    PARENT,
    PRO_FORMA,
    ROLLING,
    SCHEDULE,
    SHARE,
    Heading,
    day_first_of,
    find_title_period,
    parse_heading,
)
from valuenet_pipeline.vocabulary import PrintedUnit

LAST_DAY = datetime.date(2021, 12, 31)


@pytest.mark.parametrize("cell", [2021, 2021.0, "2021", "2021.0", " ２０２１ ", "2021²"])
def test_a_bare_year_may_be_a_figure(cell: CellValue) -> None:
    assert parse_heading(cell) == Heading(year=2021, is_bare=True)


@pytest.mark.parametrize(
    "text",
    [
        *("FY2021", "FY2021A", "FY 2021", "FY21", "FY'21", "'21", "Year 2021", "Fiscal Year 2021", "For 2021", "2021A"),
        *("2021 Actual", "2021 Y", "2021年", "二〇二一年", "二零二一年", "2021财年", "民國110年", "110年", "令和3年"),
        *("2021 Group", "2021 (unaudited)", "2021年 合并", "2021(1)", "2021*", "2020/21", "2020-21", "FY2020/21"),
    ],
)
def test_year(text: str) -> None:
    assert parse_heading(text) == Heading(year=2021)


@pytest.mark.parametrize(
    "text",
    [
        "2021年度",
        "2021年年报",
        "2021年年度报告",
        "二零二一年度",
        "Full year 2021",
        "2021 FY",
        "12M 2021",
        "2021年1-12月",
    ],
)
def test_year_of_twelve_months(text: str) -> None:
    assert parse_heading(text) == Heading(year=2021, months=12)


@pytest.mark.parametrize(
    "cell",
    [
        *(LAST_DAY, datetime.datetime(2021, 12, 31), "2021-12-31", "2021/12/31", "2021.12.31", "2021-12-31 00:00:00"),
        *(
            "2021-12-31T00:00:00",
            "Dec. 31, 2021",
            "Dec. 31,  2021",
            "December 31, 2021",
            "31 December 2021",
            "31-Dec-21",
        ),
        *("31st December 2021", "Dec-31-2021", "12/31/2021", "31/12/2021", "31.12.2021", "12/31/21", "31/12/21"),
        *("2021年12月31日", "二〇二一年十二月三十一日", "民國110年12月31日", "Period Ending: 12/31/2021"),
        *("2021/12", "2021-12", "12/2021", "Dec 2021", "Dec2021", "December 2021", "Dec-21", "Dec '21", "2021年12月"),
        "2021年12月31日（合并）",
    ],
)
def test_date(cell: CellValue) -> None:
    assert parse_heading(cell) == Heading(end=LAST_DAY)


@pytest.mark.parametrize(
    "text",
    [
        *("Year ended 31 December 2021", "For the year ended December 31, 2021", "12 Months Ended Dec. 31, 2021"),
        *("12 months\nDec-31-2021", "12 Months Ending 12/31/2021", "52 weeks ended December 31, 2021", "CY2021"),
        *("截至2021年12月31日止年度", "截至二零二一年十二月三十一日止年度", "2021年12月期", "FY2021/12", "FY12/2021"),
        *("2021-01-01 to 2021-12-31", "2021年1月1日至2021年12月31日", "2021.01.01-2021.12.31"),
    ],
)
def test_twelve_months_up_to_a_date(text: str) -> None:
    assert parse_heading(text) == Heading(end=LAST_DAY, months=12)


@pytest.mark.parametrize(
    "text", ["As of December 31, 2021", "As at 31 December 2021", "截至2021年12月31日", "於2021年12月31日"]
)
def test_standing_at_a_date(text: str) -> None:
    assert parse_heading(text) == Heading(end=LAST_DAY, is_instant=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Year ended March 31,", Heading(month_day=(3, 31), months=12)),
        ("Years ended 31 March", Heading(month_day=(3, 31), months=12)),
        ("截至十二月三十一日止年度", Heading(month_day=(12, 31), months=12)),
        ("截至六月三十日止六個月", Heading(month_day=(6, 30), months=6, exclusion=INTERIM)),
        ("As of March 31,", Heading(month_day=(3, 31), is_instant=True)),
        ("December 31,", Heading(month_day=(12, 31))),
        ("12 Months Ended", Heading(months=12)),
        ("53 weeks ended", Heading(months=12)),
        ("FY", Heading(months=12)),
        ("As of", Heading(is_instant=True)),
        ("FY 2021 12 months Dec-31-2021", Heading(year=2021, end=LAST_DAY, months=12)),
        ("2021年末", Heading(year=2021, is_instant=True)),
        ("期末余额（2021年12月31日）", Heading(end=LAST_DAY, is_instant=True, offset=0)),
        ("2021 (restated)", Heading(year=2021, is_restated=True)),
        ("Restated Dec-31-2021", Heading(end=LAST_DAY, is_restated=True)),
        ("2021年度\n(经重列)", Heading(year=2021, months=12, is_restated=True)),
        ("2025 (US$ in millions)", Heading(year=2025, unit=PrintedUnit("USD", 6))),
        ("2021RMB", Heading(year=2021, unit=PrintedUnit("CNY", 0))),
        ("2021年度（万元）", Heading(year=2021, months=12, unit=PrintedUnit("CNY", 4))),
        ("2020 RMB'000 (restated)", Heading(year=2020, unit=PrintedUnit("CNY", 3), is_restated=True)),
        ("20211231", Heading(end=LAST_DAY, is_bare=True)),
        (20211231, Heading(end=LAST_DAY, is_bare=True)),
    ],
)
def test_parts_of_a_heading(text: CellValue, expected: Heading) -> None:
    assert parse_heading(text) == expected


@pytest.mark.parametrize(
    ("text", "year", "months"),
    [
        *(("Q3", None, 3), ("Q115", 2015, 3), ("1Q21", 2021, 3), ("4Q'21", 2021, 3), ("Q4 2018", 2018, 3)),
        *(("2021Q3", 2021, 3), ("Q1 FY22", 2022, 3), ("FQ3 2021", 2021, 3), ("2021年三季报", 2021, 9)),
        *(
            ("2021三季报", 2021, 9),
            ("三季报", None, 9),
            ("一季报", None, 3),
            ("中报", None, 6),
            ("2021年半年报", 2021, 6),
        ),
        *(("前三季度", None, 9), ("2021年第三季度", 2021, 3), ("H1 2021", 2021, 6), ("1H21", 2021, 6)),
        *(("9M 2021", 2021, 9), ("1-9月", None, 9), ("2021年1-6月", 2021, 6), ("3 Months Ended", None, 3)),
        *(
            ("Six months ended", None, 6),
            ("13 Weeks Ended", None, 3),
            ("Interim", None, None),
            ("本季度", None, None),
            ("2021年度第三季度", 2021, 3),
        ),
    ],
)
def test_interim(text: str, year: int | None, months: int | None) -> None:
    assert parse_heading(text) == Heading(year=year, months=months, exclusion=INTERIM)


@pytest.mark.parametrize(
    ("texts", "exclusion"),
    [
        (
            "TTM|ttm|LTM|Current/LTM|滚动|最近12个月|最近十二个月|LTM Sep-2021|Trailing 12 months|LTM 12 months Jun-30-2021",
            ROLLING,
        ),
        ("2022E|2022F|FY22E|2022 forecast|Budget 2022|2022年预测|2019e|2022 Y Est|2022 (E)|预算数|FY1", FORECAST),
        ("2016 - 2020|2015-2019 average|5-yr avg|Average|2021/2020|36 Months Ended|FY2019-2021", AVERAGE),
        ("Company|The Company|本公司|母公司|Parent|公司|2021年度 母公司|2021 Company", PARENT),
        ("Eliminations|Other Subsidiaries|VIE|Guarantor|Reclassification|抵销|Inter-segment elimination", SCHEDULE),
        ("Change|YoY|y/y|Growth|% change|YoY % Change|同比|增减|变动|增长率|同比增减(%)|本年比上年增减|CAGR", CHANGE),
        ("2021 vs 2020|2021 vs. 2020|2020年较2019年增减|本期增加|Increase/(decrease)|2019 - 2021 CAGR", CHANGE),
        ("% of revenue|占比|% of total|占营业收入比例|Percentage of revenue|2021年占比", SHARE),
        ("Pro forma|2021 pro forma|备考", PRO_FORMA),
        ("Opening balance|1 January 2021|2021年1月1日|2021-01-01|2021年初|As at January 1, 2021", OPENING),
    ],
)
def test_figures_that_are_no_annual_actuals(texts: str, exclusion: str) -> None:
    told = {text: heading and heading.exclusion for text in texts.split("|") for heading in [parse_heading(text)]}
    assert told == dict.fromkeys(told, exclusion)
    assert exclusion in EXCLUSIONS


def test_a_year_of_weeks_may_end_on_the_first_of_january() -> None:
    assert parse_heading("52 weeks ended January 1, 2022") == Heading(end=datetime.date(2022, 1, 1), months=12)


@pytest.mark.parametrize(
    ("texts", "offset", "is_instant"),
    [
        ("期末数|期末余额|年末余额|期末餘額|本报告期末|本期期末", 0, True),
        ("本期数|本期金额|本年金额|本年累计数|本期发生额|本年度|本期金額|Current year|This year|FY0", 0, False),
        ("年初数|年初余额|期初余额|上年年末余额|上年度末|年初餘額|本年年初余额", -1, True),
        (
            "上期数|上期金额|上年金额|上年同期|上期发生额|上年度|上年同期數|Prior year|Last year|Previous year|FY-1",
            -1,
            False,
        ),
    ],
)
def test_relative_to_the_report(texts: str, offset: int, is_instant: bool) -> None:
    for text in texts.split("|"):
        assert parse_heading(text) == Heading(offset=offset, is_instant=is_instant), text


@pytest.mark.parametrize(
    "text",
    [
        "Note",
        "Notes",
        "附注",
        "行次",
        "项目",
        "Item",
        "(Unaudited)",
        "Audited",
        "经审计",
        "合并",
        "合并报表",
        "Consolidated",
        "Group",
        "集团",
        "本集团",
        "Actual",
    ],
)
def test_furniture(text: str) -> None:
    assert parse_heading(text) == Heading(is_neutral=True)


@pytest.mark.parametrize(
    "cell",
    [
        *(None, True, 1989, 2101, 2021.5, 12345, 44561, -2021, float("nan"), float("inf"), 10**400, ""),
        *(
            "-2021",
            "- 2021",
            "2021-",
            "(2021)",
            "2021%",
            "(63)",
            "2,021",
            "2021.12",
            "202112",
            "12345",
            "45261.00",
            "5",
        ),
        *("Net income 2021", "Goodwill 2019 acquisition", "Revenue", "Revenue Growth (YoY)", "Interim dividend"),
        *("Estimated liabilities", "Company employees", "Group revenue", "Page 2021E5", "2021E5", "Current", "Total"),
        *(
            "Current assets",
            "0-3 months",
            "3 years",
            "Shares",
            "RMB million",
            "2021-02-31",
            "Q5",
            "13月",
            "for",
            "to 2021",
        ),
        *(
            "2021 2020",
            "上年年初余额",
            "公司名称",
            "合并及公司",
            "本公司权益",
            "May",
            "Year ended December 31, 2021 and 2020",
        ),
        *("Company name 2021", "2021 " + "x" * 100),
    ],
)
def test_other_cells(cell: CellValue) -> None:
    assert parse_heading(cell) is None


@pytest.mark.parametrize("text", ["03/04/2020", "2011-12", "2011/12", "Mar-31", "21/12/31", "FY2011/12", "20/21"])
def test_what_can_be_read_in_two_ways_is_not_read(text: str) -> None:
    assert parse_heading(text) is None


def test_the_order_of_day_and_month_is_told_by_other_dates() -> None:
    cells: list[CellValue] = ["Revenue", 2020, "03/04/2020", "12 Months Ending 12/31/2020"]
    assert day_first_of(cells) is False
    assert day_first_of(["31/12/2020", "03/04/2020"]) is True
    assert day_first_of(["31/12/2020", "12/31/2020"]) is None
    assert day_first_of(["03/04/2020"]) is None
    assert parse_heading("03/04/2020", day_first=False) == Heading(end=datetime.date(2020, 3, 4))
    assert parse_heading("03/04/2020", day_first=True) == Heading(end=datetime.date(2020, 4, 3))


@pytest.mark.parametrize("cell", [44561, 44561.0, "44561", "44561.00"])
def test_serial_days_are_read_on_request(cell: CellValue) -> None:
    assert parse_heading(cell, allow_serial=True) == Heading(end=LAST_DAY, is_bare=True)
    assert parse_heading(cell) is None


@pytest.mark.parametrize("cell", [36525, 73051, 44561.5, "44561.25"])
def test_other_numbers_are_no_serial_days(cell: CellValue) -> None:
    assert parse_heading(cell, allow_serial=True) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("For the year ended 31 December 2021 (in RMB million)", Heading(end=LAST_DAY, months=12)),
        ("Statement of changes in equity for the year ended 31 December 2021", Heading(end=LAST_DAY, months=12)),
        ("2021年12月31日 单位：元", Heading(end=LAST_DAY)),
        ("编制单位：某某公司 2021年12月31日 单位：元", Heading(end=LAST_DAY)),
        ("截至2021年12月31日止年度", Heading(end=LAST_DAY, months=12)),
        ("CONSOLIDATED BALANCE SHEETS (As at December 31, 2021)", Heading(end=LAST_DAY, is_instant=True)),
        ("合并利润表 2021年度", Heading(year=2021, months=12)),
        ("2021年1-9月合并利润表", Heading(year=2021, months=9, exclusion=INTERIM)),
        ("Annual report 2021", Heading(year=2021, months=12)),
    ],
)
def test_period_in_a_title(text: str, expected: Heading) -> None:
    assert find_title_period(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Consolidated balance sheet",
        "For the Years Ended December 31, 2021, 2020 and 2019",
        "As of December 31, 2021 and 2020",
        "2021年度 2020年度",
        "Report generated on 2024-01-31",
        "Notes due 2030",
        "2023年发行公司债券",
        "Balance sheet " + "x" * 300 + " 31 December 2021",
    ],
)
def test_no_single_period_in_a_title(text: str) -> None:
    assert find_title_period(text) is None


_YEAR_TEMPLATES = (
    "{}",
    "FY{}",
    "FY {}A",
    "{}年",
    "{}年度",
    "{}年年报",
    "Year {}",
    "{}E",
    "{} (restated)",
    "H1 {}",
    "{}Q3",
)
_DATE_TEMPLATES = (
    "{}-12-31",
    "{}/12/31",
    "31 December {}",
    "Dec. 31, {}",
    "{}年12月31日",
    "12/31/{}",
    "Year ended December 31, {}",
)


@given(st.integers(1990, 2100), st.sampled_from(_YEAR_TEMPLATES + _DATE_TEMPLATES))
def test_every_year_is_read_in_every_wording(year: int, template: str) -> None:
    heading = parse_heading(template.format(year))
    assert heading is not None
    assert (heading.year or (heading.end and heading.end.year)) == year


@given(
    st.text(max_size=90)
    | st.lists(st.sampled_from(list("0123456789-/. 'qhfyq年月日季止截至三十〇度末初期上本(")), max_size=14).map("".join)
)
def test_no_text_raises(text: str) -> None:
    parse_heading(text)
    parse_heading(text, day_first=True, allow_serial=True)
    find_title_period(text)
    day_first_of([text])


@given(st.integers() | st.floats() | st.dates() | st.datetimes() | st.booleans())
def test_no_other_cell_raises(cell: CellValue) -> None:
    parse_heading(cell, allow_serial=True)


def test_ordinary_labels_are_turned_away_before_the_wordings_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_pieces", None)
    for label in ("Revenue", "Total assets", "Cash and cash equivalents", "货币资金", "营业收入", "1,234,567", "98.5%"):
        assert parse_heading(label + "\u200b") is None
