"""Faults that ratio software lets pass, through the whole pipeline: each has a status with its reason, never a number.

What FinanceToolkit 2.3.0 gives for the same figures stands with each test; it was tried, see docs/financetoolkit.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from conftest import refresh

from valuenet_pipeline.orchestration import flow

PROFILE = "entity_id: acme\nname: {en: Acme}\ncurrency: CNY\nfiscal_year_end: '12-31'\n"
LAYOUT = {
    "Consolidated income statement": {
        "Revenue": (100000, 110000, 121000, 133100, 146410),
        "Cost of sales": (60000, 66000, 72600, 79860, 87846),
        "Gross profit": (40000, 44000, 48400, 53240, 58564),
        "Profit before income tax": (13000, 14300, 15730, 17303, 19033),
        "Income tax expense": (3000, 3300, 3630, 3993, 4392),
        "Profit for the year": (10000, 11000, 12100, 13310, 14641),
    },
    "Consolidated balance sheet": {
        "Total non-current assets": (110000, 121000, 133100, 146410, 161051),
        "Total current assets": (90000, 99000, 108900, 119790, 131769),
        "Total assets": (200000, 220000, 242000, 266200, 292820),
        "Total equity": (80000, 88000, 96800, 106480, 117128),
        "Total non-current liabilities": (70000, 77000, 84700, 93170, 102487),
        "Total current liabilities": (50000, 55000, 60500, 66550, 73205),
        "Total liabilities": (120000, 132000, 145200, 159720, 175692),
    },
}
YEARS = (2017, 2018, 2019, 2020, 2021)
Figures = dict[str, dict[int, int | None]]
Value = tuple[str, float | None, str | None]
"""Status, value and reason."""


@pytest.fixture
def project(tmp_path: Path) -> flow.Project:
    """A project with one company and no extract yet."""
    folder = tmp_path / "data" / "raw" / "acme"
    folder.mkdir(parents=True)
    (folder / "entity.yaml").write_text(PROFILE, encoding="utf-8")
    return flow.Project(tmp_path)


def report(
    project: flow.Project,
    years: tuple[int, ...] = YEARS,
    changes: Mapping[str, Mapping[int, int | None]] | None = None,
    labels: Mapping[str, str] | None = None,
    factor: int = 1,
) -> None:
    """Put a report into the inbox: the newest year first, in CNY million, with some figures or labels changed."""
    rows = []
    for title, lines in LAYOUT.items():
        rows += [title, "RMB million", ",".join(["Year ended 31 December", *map(str, sorted(years, reverse=True))])]
        for label, figures in lines.items():
            known = dict(zip(YEARS, figures, strict=True)) | dict((changes or {}).get(label, {}))
            printed = [known[year] for year in sorted(years, reverse=True)]
            cells = ["" if one is None else str(one * factor) for one in printed]
            rows.append(",".join([(labels or {}).get(label, label), *cells]))
        rows.append("")
    path = project.inbox / "acme" / f"annual-report-{max(years)}.csv"
    path.write_text("\n".join(rows), encoding="utf-8")


def published(project: flow.Project) -> dict[tuple[str, int], Value]:
    """Every ratio of the company by id and year."""
    refresh(project)
    rows = query(
        project, "select ratio_id, fiscal_year, status, value, reason from mart.ratio where vintage = 'current'"
    )
    assert all(math.isfinite(value) for *_, value, _ in rows if value is not None)
    assert all((value is None) == (status != "ok") for *_, status, value, _ in rows)
    return {(ratio, year): (status, value, reason) for ratio, year, status, value, reason in rows}


def query(project: flow.Project, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_sound_statements_have_their_ratios(project: flow.Project) -> None:
    report(project)
    ratios = published(project)
    assert ratios["return_on_assets", 2021] == ("ok", pytest.approx(14641 / 279510), None)
    assert ratios["return_on_total_equity", 2021][0] == "ok"
    assert ratios["revenue_growth", 2021] == ("ok", pytest.approx(0.1), None)


def test_a_figure_a_thousand_times_too_large_gives_no_ratio(project: flow.Project) -> None:
    """FinanceToolkit: a return on assets of 0.0001 in place of 0.05, and growth of it of -99.8 %, without a word."""
    report(project, changes={"Total assets": {2021: 292820000}})
    ratios = published(project)
    for ratio in ("return_on_assets", "asset_turnover", "current_ratio", "asset_liability_ratio"):
        status, _, reason = ratios[ratio, 2021]
        assert status == "input_in_quarantine"
        assert reason
    assert "total_assets" in str(ratios["return_on_assets", 2021][2])
    assert ratios["return_on_assets", 2020][0] == "ok"
    assert query(project, "select 1 from mart.finding where severity = 'error' and entity_id = 'acme'")


def test_a_report_in_another_scale_than_the_others_gives_no_ratio(project: flow.Project) -> None:
    """FinanceToolkit: takes 146,410,000 after 133,100 for growth of 109,900 %, and averages both scales."""
    for year in (2018, 2019, 2020):
        report(project, (year - 1, year))
    report(project, (2020, 2021), factor=1000)
    ratios = published(project)
    assert ratios["revenue_growth", 2021][0] == "input_in_quarantine"
    assert ratios["return_on_assets", 2021][0] == "input_in_quarantine"
    assert ratios["revenue_growth", 2020] == ("ok", pytest.approx(0.1), None)


def test_a_year_that_is_not_there_is_not_bridged(project: flow.Project) -> None:
    """FinanceToolkit: growth of 2021 over 2019 shown as that of one year, averages of 2021 and 2019 as those of a year."""
    report(project, (2017, 2018))
    report(project, (2018, 2019))
    report(project, (2021,))
    ratios = published(project)
    for ratio in ("revenue_growth", "asset_growth", "return_on_assets", "asset_turnover"):
        assert ratios[ratio, 2021][0] == "no_adjacent_year"
        assert ratios[ratio, 2019][0] == "ok"
    assert ratios["gross_margin", 2021][0] == "ok"
    assert [year for _, year in ratios if year == 2020] == []


def test_a_figure_that_is_not_there_is_not_growth_of_zero(project: flow.Project) -> None:
    """FinanceToolkit: carries the figure of 2019 forward, so that growth is 0.0 in 2020 and that of two years in 2021."""
    report(project, changes={"Revenue": {2020: None}, "Gross profit": {2020: None}})
    ratios = published(project)
    assert ratios["revenue_growth", 2020] == ("missing_input", None, "revenue")
    assert ratios["revenue_growth", 2021] == ("missing_input", None, "revenue (1 year before)")
    assert ratios["net_margin", 2020] == ("missing_input", None, "revenue")
    assert ratios["revenue_growth", 2019] == ("ok", pytest.approx(0.1), None)


def test_a_loss_over_negative_equity_is_no_return(project: flow.Project) -> None:
    """FinanceToolkit: a return on equity of +0.5 for a loss of 5 over equity of -10."""
    equity, assets = (
        {year: -10000 for year in YEARS},
        dict(zip(YEARS, LAYOUT["Consolidated balance sheet"]["Total assets"], strict=True)),
    )
    report(
        project,
        changes={
            "Profit before income tax": dict.fromkeys(YEARS, -4000),
            "Income tax expense": dict.fromkeys(YEARS, 1000),
            "Profit for the year": dict.fromkeys(YEARS, -5000),
            "Total equity": equity,
            "Total liabilities": {year: assets[year] + 10000 for year in YEARS},
            "Total non-current liabilities": {
                year: assets[year] + 10000 - LAYOUT["Consolidated balance sheet"]["Total current liabilities"][place]
                for place, year in enumerate(YEARS)
            },
        },
    )  # fmt: skip
    ratios = published(project)
    for ratio in ("return_on_total_equity", "debt_to_equity", "equity_multiplier", "equity_growth"):
        status, value, reason = ratios[ratio, 2021]
        assert (status, value) == ("not_meaningful", None)
        assert "zero or negative" in str(reason)
    assert ratios["effective_tax_rate", 2021][0] == "not_meaningful"
    assert ratios["return_on_assets", 2021][1] == pytest.approx(-5000 / 279510)


def test_a_denominator_of_zero_gives_no_infinity(project: flow.Project) -> None:
    """FinanceToolkit: a current ratio of inf and a gross margin of -inf."""
    nothing = {2020: 0}
    report(
        project,
        changes={
            "Revenue": nothing,
            "Gross profit": {2020: -79860},
            "Total current liabilities": nothing,
            "Total non-current liabilities": {2020: 159720},
        },
    )
    ratios = published(project)
    for ratio in ("current_ratio", "gross_margin", "net_margin"):
        assert ratios[ratio, 2020] == ("not_meaningful", None, "a denominator is zero")
    assert ratios["revenue_growth", 2021][0] == "not_meaningful"


def test_a_misspelt_line_is_named_and_is_not_zero(project: flow.Project) -> None:
    """FinanceToolkit: drops the line; each ratio that needs it is left out of the table, with a line in the log."""
    report(project, labels={"Revenue": "Revenoo"})
    ratios = published(project)
    assert ratios["net_margin", 2021] == ("missing_input", None, "revenue")
    assert ratios["revenue_growth", 2021][0] == "missing_input"
    cells = query(project, "select cell from mart.finding where check_id = 'label' and message like '%Revenoo%'")
    assert [cell for (cell,) in cells if cell]


def test_a_formula_with_a_misspelt_item_is_refused_and_no_row_of_zeros(project: flow.Project) -> None:
    """FinanceToolkit: a custom ratio with a misspelt item is a row of 0.0 beside the right ones."""
    report(project)
    (project.inbox / "metrics.yaml").write_text(
        "- id: my_margin\n  category: profitability\n  en: Mine\n  zh: 我的\n  formula: net_proft / revenue\n",
        encoding="utf-8",
    )
    assert [ratio for ratio, _ in published(project) if ratio == "my_margin"] == []
    [(message,)] = query(project, "select message from mart.finding where check_id = 'MET-01'")
    assert str(message).startswith("line 5: my_margin: unknown name net_proft; nearest: net_profit")
