from __future__ import annotations

import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract import Options, read_extract

CATALOG = load_catalog()
OPTIONS = Options("USD", 1_000_000, "12-31")


def years_of_revenue(name: str, *rows: str) -> list[int]:
    read = read_extract("\n".join(rows).encode(), name, CATALOG, None, OPTIONS)
    if read.lines is None:
        return []
    facts = read.lines[(read.lines.outcome == "fact") & (read.lines.concept_id == "revenue")]
    return sorted(int(year) for year in facts.fiscal_year)


@pytest.mark.parametrize(
    "title",
    [
        "Six months ended June 30", "Three Months Ended December 31", "Quarterly Income Statement", "Q3 results",
        "Half-year report", "Interim condensed consolidated income statement", "26 weeks ended", "LTM income statement",
        "Trailing twelve months", "Forecast income statement", "Financial Projections", "Budget",
        "Standalone Income Statement", "Unconsolidated income statement", "Company-only: parent only income statement",
        "Separate financial statements", "前三季度利润表", "第三季度报告", "中期业绩", "单季度利润表", "预测利润表",
        "盈利预测", "截至6月30日止六个月", "个别财务报表", "非合并利润表", "母公司利润表", "Industry average",
        "Discontinued operations", "Pro forma income statement", "Common size income statement",
    ],
)  # fmt: skip
def test_a_title_that_says_the_figures_are_no_annual_consolidated_actuals_is_heard(title: str) -> None:
    assert years_of_revenue("x.csv", title, ",2021,2022", "Revenue,100,110", "Net profit,5,6") == []


@pytest.mark.parametrize(
    "title",
    [
        "Consolidated income statement", "For the years ended December 31", "Annual and quarterly results",
        "合并利润表", "2022年年度报告", "Fourth quarter and full-year results", "3M Company", "Group income statement",
    ],
)  # fmt: skip
def test_other_titles_exclude_nothing(title: str) -> None:
    assert years_of_revenue("x.csv", title, ",2021,2022", "Revenue,100,110", "Net profit,5,6") == [2021, 2022]


@pytest.mark.parametrize("name", ["aapl_quarterly_income.csv", "forecast 2022.csv", "x_standalone.csv", "三季报.csv"])
def test_the_name_of_the_file_is_heard_where_no_title_says_the_contrary(name: str) -> None:
    rows = (",2021,2022", "Revenue,100,110", "Net profit,5,6")
    assert years_of_revenue(name, *rows) == []
    title = "Historical consolidated figures of the years ended December 31"
    assert years_of_revenue(name, title, *rows) == [2021, 2022]


def test_a_column_that_says_it_is_a_fiscal_year_or_a_forecast_is_believed_before_the_title() -> None:
    rows = ("Revenue,100,110,30", "Net profit,5,6,2")
    assert years_of_revenue("x.csv", "Quarterly and other figures by quarter", ",FY2021,FY2022,Q1 2023", *rows) == [
        2021,
        2022,
    ]
    assert years_of_revenue("x.csv", "Projections", ",2021A,2022A,2023E", *rows) == [2021, 2022]
