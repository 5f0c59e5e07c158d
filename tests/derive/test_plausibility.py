"""What sums cannot see: scale, copied, shifted and restated columns, and figures out of bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from statements import LAYOUT, Extract, audit, figures

COMPANY = figures(11, range(2015, 2022))
FILES = {year: (year - 1, year) for year in (2018, 2019, 2020, 2021)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audited.duckdb"


def report(year: int, **options: object) -> Extract:
    return Extract(COMPANY, FILES[year], f"acme/report-{year}.xlsx", **options)  # type: ignore[arg-type]


def test_reports_that_agree_raise_no_alarm(path: Path) -> None:
    exponents = {2018: 3, 2019: 6, 2020: 4, 2021: 6}
    audited = audit(path, *(report(year, exponent=exponents[year]) for year in FILES))
    assert audited.ids() == set()
    assert audited.ids("warning") <= {"TIM-04"}


@pytest.mark.parametrize("wrong", [2018, 2020, 2021])
def test_a_file_in_another_unit_is_kept_out_and_the_others_stay(path: Path, wrong: int) -> None:
    extracts = []
    for factor in ("0.001", "0.0001", "0.01", "1000"):
        for year in FILES:
            extract = Extract(COMPANY, FILES[year], f"by_{factor}/{year}.xlsx", entity_id=f"by_{factor}")
            extracts.append(extract.multiply(factor) if year == wrong else extract)
    audited = audit(path, *extracts)
    assert audited.ids() == {"UNI-02", "UNI-03"}
    assert audited.kept_out == {
        (one.extract_id, name, year)
        for one in extracts
        if one.extract_id.endswith(f"{wrong}.xlsx")
        for name in LAYOUT
        for year in FILES[wrong]
    }
    assert "factor of about" in audited.message("UNI-02")


def test_a_column_in_another_currency_than_its_label_says_is_kept_out(path: Path) -> None:
    dollars = report(2020).multiply("0.14")
    audited = audit(path, report(2019), dollars, report(2021))
    assert audited.ids() == {"UNI-02"}
    assert {extract for extract, *_ in audited.kept_out} == {"acme/report-2020.xlsx"}


SEGMENTS = tuple(("acme", name, "segment", "hardware") for name in ("phones", "homes", "services", "others"))
FEW = ("operating_cash_flow", "investing_cash_flow", "financing_cash_flow", "net_change_in_cash",
       "exchange_effect_on_cash", "opening_cash_and_equivalents", "closing_cash_and_equivalents")  # fmt: skip
"""A short cash flow statement."""


def short(
    figures: dict[int, dict[str, float]], years: tuple[int, ...], name: str, entity_id: str = "acme", **options: object
) -> Extract:
    """An extract with seven lines of cash flow and four segments."""
    extract = Extract(figures, years, f"{entity_id}/{name}.xlsx", entity_id=entity_id, **options)  # type: ignore[arg-type]
    for line in set(LAYOUT["cash_flow"]) - set(FEW):
        extract.drop(name=line)
    for (_, member, *_), share, drift in zip(SEGMENTS, (0.1, 0.2, 0.3, 0.4), (1, -1, 2, -2), strict=True):
        revenues = {year: figures[year]["revenue"] * (share + drift * (year % 7) / 500) for year in years}
        extract.add("segment", "revenue", revenues, member=member)
    return extract


def with_earnings_per_share(extract: Extract) -> Extract:
    for name, unit in (("earnings_per_share_basic", "CNY_per_share"), ("weighted_average_shares_basic", "shares")):
        profits = {year: extract.figures[year]["net_profit_attributable_to_parent"] for year in extract.years}
        values = {year: profit / 1e9 if unit != "shares" else 1e9 for year, profit in profits.items()}
        extract.add("income_statement", name, values, unit)
    return extract


def everything(name: str, years: tuple[int, ...], entity_id: str = "acme") -> set[tuple[str, str, int]]:
    return {(f"{entity_id}/{name}.xlsx", statement, year) for statement in (*LAYOUT, "segment") for year in years}


@pytest.mark.parametrize("wrong", [2019, 2020])
def test_of_two_reports_the_one_whose_earnings_per_share_contradict_its_unit_is_kept_out_whole(
    path: Path, wrong: int
) -> None:
    extracts = []
    for factor in ("0.001", "0.0001", "0.01"):
        for year in (2019, 2020):
            extract = short(COMPANY, (year - 1, year), str(year), f"by_{factor}")
            if year == wrong:
                extract.multiply(factor)
            extracts.append(with_earnings_per_share(extract))
    members = tuple((f"by_{factor}", *one[1:]) for factor in ("0.001", "0.0001", "0.01") for one in SEGMENTS)
    audited = audit(path, *extracts, members=members)
    assert audited.ids() <= {"UNI-02", "UNI-03", "UNI-07"}
    assert audited.kept_out == {
        one
        for factor in ("0.001", "0.0001", "0.01")
        for one in everything(str(wrong), (wrong - 1, wrong), f"by_{factor}")
    }
    overlap, other = (2019, 2018) if wrong == 2019 else (2019, 2020)
    assert f"the column of {other} is in the unit of {overlap}" in audited.message("UNI-02")


def test_of_two_reports_that_nothing_tells_apart_neither_is_published(path: Path) -> None:
    audited = audit(
        path,
        short(COMPANY, (2018, 2019), "2019"),
        short(COMPANY, (2019, 2020), "2020").multiply("0.001"),
        members=SEGMENTS,
    )
    assert audited.kept_out == everything("2019", (2018, 2019)) | everything("2020", (2019, 2020))
    assert "nothing tells which of the two is wrong" in audited.message("UNI-02")


def test_a_column_in_another_currency_costs_its_segments_too_and_no_other_year(path: Path) -> None:
    mixed = short(COMPANY, (2019, 2020), "2020").multiply("0.14", year=2019)
    audited = audit(path, short(COMPANY, (2018, 2019), "2019"), mixed, members=SEGMENTS)
    assert "UNI-02" in audited.ids()
    assert audited.kept_out == everything("2020", (2019,))


def test_the_copy_of_a_column_costs_its_short_tables_too(path: Path) -> None:
    copied = short(COMPANY, (2019, 2020), "2020")
    for _, rows in copied.lines.groupby("cell"):
        for statement in set(rows["statement"]):
            row = copied.lines["cell"].str[1:] == rows["cell"].iloc[0][1:]
            same = copied.lines[row & (copied.lines["statement"] == statement)]
            older = same.loc[same["fiscal_year"] == 2019, "value"].iloc[0]
            copied.lines.loc[same.index[same["fiscal_year"] == 2020], "value"] = older
    audited = audit(path, short(COMPANY, (2018, 2019), "2019"), copied, members=SEGMENTS)
    assert audited.ids() == {"TIM-05"}
    assert audited.kept_out == everything("2020", (2020,))


def test_headings_one_column_off_cost_the_short_tables_too(path: Path) -> None:
    # flows that differ between the years as widely as another unit would make them
    flows = {name: 3 * value if name in FEW else value for name, value in COMPANY[2018].items()}
    company = {**COMPANY, 2018: flows}
    shifted = short(company, (2018, 2019), "site", kind="unstated")
    shifted.lines["fiscal_year"] += 1
    audited = audit(path, short(company, (2018, 2019), "2019"), shifted, members=SEGMENTS)
    assert audited.ids() == {"PER-09"}
    assert audited.kept_out == everything("site", (2019, 2020))


def test_one_column_in_another_unit_is_found_within_its_file(path: Path) -> None:
    wide = Extract(COMPANY, (2017, 2018, 2019, 2020, 2021))
    wide.multiply("0.0001", year=2019)
    audited = audit(path, wide)
    assert audited.ids() == {"UNI-03"}
    assert {year for *_, year in audited.kept_out} == {2019}


def test_one_statement_in_another_unit_is_found_by_what_two_statements_print(path: Path) -> None:
    audited = audit(path, Extract(COMPANY, (2020, 2021)).multiply("0.001", statement="cash_flow"))
    assert audited.ids() == {"UNI-04"}
    assert {statement for _, statement, _ in audited.kept_out} == {"cash_flow"}


def test_a_copied_column_is_kept_out(path: Path) -> None:
    extract = Extract({**COMPANY, 2021: COMPANY[2020]}, (2019, 2020, 2021))
    audited = audit(path, extract)
    assert "TIM-05" in audited.ids()
    assert {year for *_, year in audited.kept_out} == {2021}
    assert "2021 equal those of 2020" in audited.message("TIM-05")


def test_a_copy_of_the_newer_year_over_the_older_is_told_by_another_report(path: Path) -> None:
    extract = Extract({**COMPANY, 2020: COMPANY[2021]}, (2020, 2021), "acme/copied.xlsx")
    truth = Extract(COMPANY, (2021,), "acme/truth.xlsx")
    audited = audit(path, extract, truth)
    assert {(one, year) for one, _, year in audited.kept_out} == {("acme/copied.xlsx", 2020)}


def test_headings_one_column_off_are_found_against_another_report(path: Path) -> None:
    shifted = Extract({year: COMPANY[year - 1] for year in (2019, 2020, 2021)}, (2019, 2020, 2021), "acme/site.xlsx")
    truth = Extract(COMPANY, (2017, 2018, 2019, 2020), "acme/report.xlsx")
    audited = audit(path, truth, shifted)
    assert audited.ids() == {"PER-09"}
    assert audited.kept_out == {("acme/site.xlsx", name, year) for name in LAYOUT for year in (2019, 2020, 2021)}


def test_a_comparative_that_differs_is_kept_and_named(path: Path) -> None:
    later = report(2021)
    later.lines.loc[later.at("selling_expenses", 2020), "value"] -= 300_000_000
    later.lines.loc[later.at("administrative_expenses", 2020), "value"] += 300_000_000
    audited = audit(path, report(2020), later)
    assert audited.ids() == set()
    assert "TIM-02" in audited.ids("warning")
    assert "2 figure(s) of 2020 differ from acme/report-2020.xlsx" in audited.message("TIM-02")


def test_a_comparative_marked_restated_is_told_as_such(path: Path) -> None:
    later = report(2021)
    later.lines["note"] = None
    later.lines.loc[later.at("selling_expenses", 2020), "value"] -= 300_000_000
    later.lines.loc[later.at("administrative_expenses", 2020), "value"] += 300_000_000
    later.lines.loc[later.at(year=2020, statement="income_statement"), "note"] = "restated"
    audited = audit(path, report(2020), later)
    assert "TIM-01" in audited.ids("info")
    assert "TIM-02" not in audited.ids("warning")


def test_a_later_print_in_a_coarser_unit_is_no_restatement(path: Path) -> None:
    audited = audit(path, report(2020, exponent=3), report(2021, exponent=8))
    assert not audited.ids("warning") & {"TIM-01", "TIM-02"}


def test_a_summary_that_differs_gives_way_to_the_annual_report(path: Path) -> None:
    summary = Extract(COMPANY, (2020,), "acme/summary.csv", kind="summary")
    summary.lines.loc[summary.at("inventories", 2020), "value"] += 20_000_000
    audited = audit(path, report(2020), summary)
    assert "XST-05" in audited.ids("warning")
    assert "DUP-01" not in audited.ids()


def test_two_prints_of_one_report_that_differ_are_both_kept_out_cell_by_cell(path: Path) -> None:
    other = Extract(COMPANY, FILES[2021], "acme/report-2021-again.xlsx")
    other.lines.loc[other.at("other_income", 2021), "value"] += 20_000_000
    audited = audit(path, report(2021), other)
    out = audited.lines[audited.lines["outcome"] == "quarantined"]
    assert set(zip(out["extract_id"], out["concept_id"], strict=True)) >= {
        ("acme/report-2021.xlsx", "other_income"),
        ("acme/report-2021-again.xlsx", "other_income"),
    }
    assert "acme/report-2021.xlsx" not in {
        e for e, c in zip(out["extract_id"], out["concept_id"], strict=True) if c != "other_income"
    }


def _with(statement: str, name: str, values: dict[int, float], unit: str) -> Extract:
    extract = Extract(COMPANY, (2020, 2021))
    extract.add(statement, name, values, unit)
    return extract


@pytest.mark.parametrize(("share", "found"), [(0.125, set()), (12.5, {"KPI-06"}), (-0.1, {"KPI-06"})])
def test_a_share_is_a_fraction_and_costs_only_its_cell(path: Path, share: float, found: set[str]) -> None:
    audited = audit(path, _with("operating", "largest_customer_share", {2021: share}, "pure"))
    assert audited.ids() == found
    out = audited.lines[audited.lines["outcome"] == "quarantined"]
    assert set(out["concept_id"]) == ({"largest_customer_share"} if found else set())


def test_a_margin_that_is_no_fraction_costs_only_its_cell(path: Path) -> None:
    audited = audit(path, _with("segment", "gross_margin_printed", {2020: 0.125, 2021: 12.5}, "pure"))
    assert audited.ids() == {"NUM-11"}
    assert audited.kept_out == {("acme/report.xlsx", "segment", 2021)}


@pytest.mark.parametrize(
    ("factor", "errors", "warnings"), [(1, set(), set()), (100, {"UNI-07"}, {"PSH-01"}), (-1, {"PSH-03"}, {"PSH-01"})]
)
def test_earnings_per_share_follow_from_profit_and_shares(
    path: Path, factor: int, errors: set[str], warnings: set[str]
) -> None:
    profit = COMPANY[2021]["net_profit_attributable_to_parent"]
    extract = _with("income_statement", "earnings_per_share_basic", {2021: factor * profit / 1e9}, "CNY_per_share")
    extract.add("income_statement", "weighted_average_shares_basic", {2021: 1e9}, "shares")
    audited = audit(path, extract)
    assert audited.ids() == errors
    assert audited.ids("warning") == warnings
    out = audited.lines[audited.lines["outcome"] == "quarantined"]
    assert set(out["concept_id"]) == ({"earnings_per_share_basic"} if errors else set())


def test_what_is_rare_but_real_warns_and_blocks_nothing(path: Path) -> None:
    company = {2021: {**COMPANY[2021]}, 2020: {**COMPANY[2020]}}
    for values in company.values():
        values["total_equity"] -= 9e11
        values["equity_attributable_to_parent"] -= 9e11
        values["retained_earnings"] -= 9e11
        values["total_liabilities"] += 9e11
        values["non_current_liabilities"] += 9e11
        values["long_term_borrowings"] += 9e11
    extract = Extract(company, (2020, 2021))
    extract.add("income_statement", "earnings_per_share_basic", {2021: 0.8}, "CNY_per_share")
    extract.add("income_statement", "earnings_per_share_diluted", {2021: 0.04}, "CNY_per_share")
    audited = audit(path, extract)
    assert audited.ids() == set()
    assert audited.kept_out == set()
    assert audited.ids("warning") == {"CFS-08"}
    assert "SGN-03" in audited.ids("info")
    assert "the sums they stand in confirm the reading" in audited.message("SGN-03")


def test_a_year_between_two_that_is_not_printed_is_named(path: Path) -> None:
    audited = audit(path, Extract(COMPANY, (2018, 2020, 2021)))
    assert "PER-03" in audited.ids("warning")
    assert "2019" in audited.message("PER-03")


def test_statements_of_different_years_are_told(path: Path) -> None:
    audited = audit(path, Extract(COMPANY, (2020, 2021)).drop(statement="cash_flow", year=2020))
    assert "PER-06" in audited.ids("info")


def test_a_figure_that_jumps_warns(path: Path) -> None:
    jump = {**COMPANY, 2021: {**COMPANY[2021], "dividends_paid": 0.2 * COMPANY[2021]["total_assets"]}}
    jump[2020] = {**COMPANY[2020], "dividends_paid": 0.01 * COMPANY[2021]["total_assets"]}
    for year in (2020, 2021):
        jump[year]["proceeds_from_borrowings"] = jump[year]["financing_cash_flow"] + jump[year]["dividends_paid"]
    audited = audit(path, Extract(jump, (2020, 2021)))
    assert audited.ids() == set()
    assert "TIM-04" in audited.ids("info") - audited.ids("warning")
    assert "Dividends paid" in audited.message("TIM-04")
    assert "its sum closes" in audited.message("TIM-04")
    unsummed = audit(path, Extract(jump, (2020, 2021)).drop(name="financing_cash_flow"))
    assert "TIM-04" in unsummed.ids("warning")


@pytest.mark.parametrize(
    ("levels", "warned"),
    [((1, 1, 9, 9), set()), ((1, 1, 9, 1), {"TIM-04"}), ((9, 1, 9, 9), {"TIM-04"}), ((1, 9), {"TIM-04"})],
    ids=["new level", "peak", "dip", "two years"],
)
def test_a_level_that_stays_is_no_suspicion_but_a_peak_is(
    path: Path, levels: tuple[int, ...], warned: set[str]
) -> None:
    years = tuple(range(2022 - len(levels), 2022))
    extract = Extract(COMPANY, years)
    extract.add("operating", "total_borrowings", {y: v * 1e10 + y for y, v in zip(years, levels, strict=True)})
    assert audit(path, extract).ids("warning") == warned


def test_a_jump_that_another_extract_prints_too_is_none(path: Path) -> None:
    first, second = (Extract(COMPANY, (2020, 2021), f"acme/{name}.xlsx") for name in ("one", "two"))
    for extract in (first, second):
        extract.add("operating", "total_borrowings", {2021: 9e10, 2020: 1e10})
    assert "another extract prints the same" in audit(path, first, second).message("TIM-04")
    assert "TIM-04" in audit(path, first).ids("warning")


def test_negative_equity_that_no_sum_confirms_warns(path: Path) -> None:
    extract = Extract(COMPANY, (2021,)).multiply(-1, name="total_equity")
    for name in ("total_equity_and_liabilities", "total_liabilities", "non_controlling_interests", "retained_earnings"):
        extract.drop(name=name)
    assert "SGN-03" in audit(path, extract).ids("warning")


@pytest.mark.parametrize(("spent", "lost", "warned"), [(3, 3, set()), (3, 0.1, {"INC-08"}), (0.5, -0.2, set())])
def test_research_above_revenue_is_told_by_the_loss_it_makes(
    path: Path, spent: float, lost: float, warned: set[str]
) -> None:
    extract = Extract(COMPANY, (2021,)).drop(statement="income_statement")
    for name, value in (("revenue", 1), ("research_and_development_expenses", spent), ("operating_profit", -lost)):
        extract.add("income_statement", name, {2021: value * 1e10})
    assert audit(path, extract).ids("warning") & {"INC-08"} == warned


@pytest.mark.parametrize(("before_tax", "tax", "warned"), [(1, 1.4, set()), (10, 25, {"INC-09"}), (10, -9, {"INC-09"})])
def test_a_tax_above_profit_is_odd_where_it_weighs(path: Path, before_tax: float, tax: float, warned: set[str]) -> None:
    extract = Extract(COMPANY, (2021,)).drop(statement="income_statement")
    for name, value in (("revenue", 300), ("profit_before_tax", before_tax), ("income_tax_expense", tax)):
        extract.add("income_statement", name, {2021: value * 1e8})
    assert audit(path, extract).ids("warning") & {"INC-09"} == warned
    extract.add("income_statement", "net_profit", {2021: (before_tax - tax) * 1e8})
    confirmed = audit(path, extract)
    assert "INC-09" not in confirmed.ids("warning")
    assert ("INC-09" in confirmed.ids("info")) is bool(warned)


def test_companies_are_never_compared_with_each_other(path: Path) -> None:
    small = {year: {name: value / 1000 for name, value in row.items()} for year, row in COMPANY.items()}
    other = Extract(small, FILES[2021], "other/report.xlsx", 3, entity_id="other")
    assert audit(path, report(2021), other).ids() == set()


MEMBERS = (("acme", "phones", "segment", "hardware"), ("acme", "homes", "segment", "hardware"))


def test_a_member_larger_than_the_whole_keeps_the_segments_out(path: Path) -> None:
    extract = Extract(COMPANY, (2021,))
    extract.add("segment", "revenue", {2021: 1.4 * COMPANY[2021]["revenue"]}, member="phones")
    audited = audit(path, extract, members=MEMBERS)
    assert audited.ids() == {"SEG-04"}
    assert {statement for _, statement, _ in audited.kept_out} == {"segment"}


def test_a_figure_in_another_scale_stays_a_suspicious_jump(path: Path) -> None:
    wrong = Extract(COMPANY, (2020, 2021)).multiply(10, name="proceeds_from_borrowings", year=2021)
    assert "TIM-04" in audit(path, wrong).ids("warning")
