"""Sums: rounded statements raise no alarm, and one wrong figure keeps its own statement-year out and no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statements import Audited, Extract, audit, figures

from valuenet_pipeline.catalog.loader import CatalogError, Part

YEARS = (2019, 2020, 2021)
COMPANY = figures(7, range(2016, 2022))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audited.duckdb"


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), exponent=st.sampled_from([0, 3, 4, 6, 8]))
def test_rounded_statements_of_many_companies_raise_no_error(path: Path, seed: int, exponent: int) -> None:
    companies = [
        Extract(figures(seed + n, YEARS), YEARS, f"company_{n}/report.xlsx", exponent, entity_id=f"company_{n}")
        for n in range(30)
    ]
    audited = audit(path, *companies)
    assert audited.ids("error") == set()
    assert audited.kept_out == set()
    assert "NUM-08" not in audited.ids("info")
    assert len(audited.findings.query("severity == 'warning'")) <= 0.02 * len(audited.lines)
    assert len(audited.identities) > 900


WRONG = {
    "total_assets": (1.2, "BAL-01", "balance_sheet"),
    "total_equity_and_liabilities": (1.2, "BAL-02", "balance_sheet"),
    "inventories": (1000, "BAL-06", "balance_sheet"),
    "goodwill": (-1, "BAL-07", "balance_sheet"),
    "trade_payables": (1.09, "BAL-08", "balance_sheet"),
    "lease_liabilities_non_current": (0.001, "BAL-09", "balance_sheet"),
    "other_reserves": (-1, "BAL-10", "balance_sheet"),
    "cost_of_sales": (-1, "INC-01", "income_statement"),
    "administrative_expenses": (1.5, "INC-02", "income_statement"),
    "finance_income_net": (-1, "INC-03", "income_statement"),
    "income_tax_expense": (10, "INC-04", "income_statement"),
    "net_profit_attributable_to_parent": (1.01, "INC-05", "income_statement"),
    "investing_cash_flow": (-1, "CFS-01", "cash_flow"),
    "opening_cash_and_equivalents": (1.1, "CFS-02", "cash_flow"),
    "capital_expenditure": (1000, "CFS-05", "cash_flow"),
}
"""Concept → factor by which one year's figure is wrong, the check that sees it, and what is kept out."""


def test_one_wrong_figure_keeps_out_its_statement_year_alone(path: Path) -> None:
    extracts = [
        Extract(COMPANY, YEARS, f"{name}/report.xlsx", entity_id=name).multiply(factor, name=name, year=2020)
        for name, (factor, *_) in WRONG.items()
    ]
    audited = audit(path, *extracts)
    errors = audited.findings.query("severity == 'error'")
    for name, (_, check_id, _) in WRONG.items():
        assert check_id in set(errors.loc[errors["entity_id"] == name, "check_id"]), name
    assert audited.kept_out == {(f"{name}/report.xlsx", statement, 2020) for name, (*_, statement) in WRONG.items()}
    assert all("differs by" in message for message in errors["message"] if "add up" in message)


def test_the_message_names_the_total_its_cell_and_the_difference(path: Path) -> None:
    extract = Extract(COMPANY, YEARS)
    extract.lines.loc[extract.at("inventories", 2020), "value"] += 5_000_000_000
    found = audit(path, extract).findings.query("check_id == 'BAL-06' and severity == 'error'").iloc[0]
    assert (found["sheet"], found["cell"], found["label"]) == ("balance_sheet", "C13", "Current assets")
    assert "differs by -5000000000 " in found["message"]
    assert "2 other year" in found["message"]


def test_one_wrong_digit_is_an_error_where_the_sum_closes_in_two_other_years(path: Path) -> None:
    extract = Extract(COMPANY, YEARS, exponent=3)
    extract.lines.loc[extract.at("trade_payables", 2020), "value"] += 8_000
    total = extract.lines.loc[extract.at("current_liabilities", 2020), "value"].iloc[0]
    assert 8_000 / total < 1e-6
    audited = audit(path, extract)
    assert audited.ids() == {"BAL-08"}
    assert audited.kept_out == {("acme/report.xlsx", "balance_sheet", 2020)}


def test_figures_that_are_cut_are_told_and_kept(path: Path) -> None:
    extract = Extract({year: {k: v - 5e5 for k, v in row.items()} for year, row in COMPANY.items()}, YEARS)
    audited = audit(path, extract)
    assert audited.ids() == set()
    assert "fall short of their totals" in audited.message("NUM-08")


def test_a_flipped_sign_is_named(path: Path) -> None:
    audited = audit(path, Extract(COMPANY, YEARS).multiply(-1, name="goodwill", year=2020))
    found = audited.findings.query("check_id == 'SGN-06'")
    assert set(found["cell"]) == {"C7"}
    assert "Goodwill" in audited.message("BAL-07")


def test_a_deleted_row_is_an_error_where_the_rest_of_the_table_is_complete(path: Path) -> None:
    audited = audit(path, Extract(COMPANY, YEARS).drop(name="receivables"))
    assert audited.ids() == {"BAL-06"}
    assert {statement for _, statement, _ in audited.kept_out} == {"balance_sheet"}
    assert "missing" in audited.message("BAL-06")


def test_a_table_that_leaves_lines_out_everywhere_raises_no_alarm(path: Path) -> None:
    extract = Extract(COMPANY, YEARS)
    for name in ("receivables", "goodwill", "trade_payables", "selling_expenses", "capital_expenditure"):
        extract.drop(name=name)
    audited = audit(path, extract)
    assert audited.ids() == set()
    assert audited.ids("warning") == set()
    assert {"BAL-06", "BAL-07", "BAL-08", "INC-02"} <= audited.ids("info")


def test_a_blank_cell_explains_a_sum_that_does_not_close(path: Path) -> None:
    audited = audit(path, Extract(COMPANY, YEARS).drop(name="receivables", year=2019))
    assert audited.ids() == set()
    assert "BAL-06" in audited.ids("info")


def test_a_dash_is_nil_and_does_not(path: Path) -> None:
    extract = Extract(COMPANY, YEARS)
    chosen = extract.at("receivables", 2019)
    extract.lines.loc[chosen, ["value", "outcome", "printed"]] = [[None, "absent", "-"]]
    assert audit(path, extract).ids() == {"BAL-06"}


def test_a_line_that_is_not_read_explains_a_sum_of_lines(path: Path) -> None:
    extract = Extract(COMPANY, YEARS)
    chosen = extract.at("receivables")
    extract.lines.loc[chosen, ["value", "outcome", "reason"]] = [[None, "quarantined", "no number"]] * 3
    assert audit(path, extract).ids() == set()


def test_an_unread_line_of_the_very_amount_turns_the_error_into_a_warning(path: Path) -> None:
    extract = Extract(COMPANY, YEARS)
    extra = {year: 7e9 for year in YEARS}
    extract.add("balance_sheet", "mezzanine_equity", extra)
    extract.lines.loc[extract.at("total_liabilities"), "value"] -= 7_000_000_000
    assert "BAL-01" not in audit(path, extract).ids()
    chosen = extract.at("mezzanine_equity")
    extract.lines.loc[chosen, ["value", "outcome", "reason"]] = [[None, "quarantined", "unknown"]] * 3
    audited = audit(path, extract)
    assert "BAL-01" not in audited.ids()
    assert "Mezzanine equity (balance_sheet!B" in audited.message("BAL-01")


def test_a_row_printed_twice_is_named_and_costs_nothing(path: Path) -> None:
    extract = Extract(COMPANY, YEARS)
    twice = extract.lines[extract.at("receivables")]
    moved = twice.assign(cell=[cell[0] + "12" for cell in twice["cell"]])
    later = extract.lines["cell"].str[1:].astype(int) >= 12
    shifted = extract.lines["cell"].str[0] + (extract.lines["cell"].str[1:].astype(int) + later).astype(str)
    extract.lines["cell"] = shifted
    extract.lines = type(twice)(extract.lines.to_dict("records") + moved.to_dict("records"), dtype=object)
    audited = audit(path, extract)
    assert audited.ids() == set()
    assert audited.ids("warning") == {"DUP-03"}


def test_a_difference_between_once_and_twice_the_tolerance_is_a_warning(path: Path) -> None:
    extract = Extract(COMPANY, (2021,))
    inside = extract.at("net_profit", 2021)
    tolerance = audit(path, extract).identities.query("identity == 'profit_attribution'").iloc[0]
    # the identity compares three figures, so T is 1.5 units
    assert tolerance["tolerance"] == 1_500_000
    off = {0: set(), 2: {"INC-05"}, 9: set()}
    for units, warned in off.items():
        changed = Extract(COMPANY, (2021,))
        parts = [changed.at(name, 2021) for name in ("net_profit_attributable_to_parent",)]
        whole = changed.lines.loc[inside, "value"].iloc[0]
        minority = changed.lines.loc[
            changed.at("net_profit_attributable_to_non_controlling_interests", 2021), "value"
        ].iloc[0]
        changed.lines.loc[parts[0], "value"] = whole - minority + units * 1_000_000
        audited = audit(path, changed)
        assert ("INC-05" in audited.ids()) is (units == 9)
        assert ("INC-05" in audited.ids("warning")) is bool(warned)


def test_two_currencies_are_not_added_up(path: Path) -> None:
    extract = Extract(COMPANY, YEARS)
    dollars = Extract({year: {k: v / 7 for k, v in row.items()} for year, row in COMPANY.items()}, (2021,))
    moved = dollars.lines.assign(unit="USD", cell=[f"H{cell[1:]}" for cell in dollars.lines["cell"]])
    extract.lines = type(moved)(extract.lines.to_dict("records") + moved.to_dict("records"), dtype=object)
    assert audit(path, extract).ids() == set()


MEMBERS = tuple(("acme", name, "segment", "hardware") for name in ("phones", "homes", "others"))


def _with_segments(shares: tuple[float, ...], names: tuple[str, ...] = ("phones", "homes", "others")) -> Extract:
    extract = Extract(COMPANY, YEARS)
    for name, share in zip(names, shares, strict=True):
        extract.add("segment", "revenue", {y: share * COMPANY[y]["revenue"] for y in YEARS}, member=name)
    extract.add("segment", "revenue", {y: COMPANY[y]["revenue"] for y in YEARS})
    return extract


def test_segments_that_add_up_pass_and_a_wrong_one_keeps_the_segment_table_out(path: Path) -> None:
    assert audit(path, _with_segments((0.5, 0.3, 0.2)), members=MEMBERS).ids() == set()
    audited = audit(path, _with_segments((0.5, 0.3, 0.3)), members=MEMBERS)
    assert audited.ids() == {"SEG-01"}
    assert {statement for _, statement, _ in audited.kept_out} == {"segment"}


def test_a_segment_row_dropped_above_its_total_is_an_error_where_another_report_prints_all(path: Path) -> None:
    short = _with_segments((0.5, 0.3), ("phones", "homes"))
    assert audit(path, short, members=MEMBERS).ids("warning") == {"SEG-01"}
    whole = replace(_with_segments((0.5, 0.3, 0.2)), extract_id="acme/other.xlsx")
    whole.lines = _with_segments((0.5, 0.3, 0.2)).lines
    assert audit(path, short, whole, members=MEMBERS).ids() == {"SEG-01"}


@pytest.mark.parametrize(("part", "words"), [("revenue", "not a term"), ("+", "not a term"), ("~~+a", "not a term")])
def test_a_slip_in_a_term_is_refused(part: str, words: str) -> None:
    with pytest.raises(CatalogError, match=words):
        Part.parse(part)


def test_terms_say_what_their_absence_means() -> None:
    assert Part.parse("~-a|b@1") == Part(-1, ("a", "b"), "free", 1)
    assert Part.parse("?+a").presence == "optional"


def test_no_identity_is_evaluated_with_a_term_missing(path: Path) -> None:
    audited: Audited = audit(path, Extract(COMPANY, YEARS).drop(name="total_liabilities"))
    assert "balance_equation" not in set(audited.identities["identity"])


LONG = figures(7, range(2015, 2022))


def _with_net_profit_off(*years: int) -> Extract:
    """Profit after a share of others that the table does not print, as data vendors define it."""
    company = {year: dict(row) for year, row in LONG.items()}
    for year in years:
        for name in ("net_profit", "net_profit_attributable_to_parent"):
            company[year][name] -= year * 1e6
    return Extract(company, tuple(LONG))


def test_an_identity_that_fails_time_and_again_tells_of_the_layout_once(path: Path) -> None:
    audited = audit(path, _with_net_profit_off(2015, 2017, 2018, 2020))
    assert audited.ids() == set()
    assert audited.kept_out == set()
    assert len(audited.findings.query("check_id == 'INC-04'")) == 1
    assert "fails in 4 of 7 statement-years of the table" in audited.message("INC-04")
    assert sorted(audited.identities.query("is_layout")["fiscal_year"]) == [2015, 2017, 2018, 2020]


@pytest.mark.parametrize("years", [(2018,), (2016, 2019, 2021), tuple(LONG)], ids=["one", "few", "all"])
def test_a_few_wrong_years_stay_errors_and_so_does_a_line_that_is_wrong_throughout(
    path: Path, years: tuple[int, ...]
) -> None:
    audited = audit(path, _with_net_profit_off(*years))
    assert audited.ids() == {"INC-04"}
    assert {year for *_, year in audited.kept_out} == set(years)


def test_a_row_with_flipped_signs_is_no_layout(path: Path) -> None:
    extract = Extract(LONG, tuple(LONG))
    for year in (2015, 2017, 2018, 2020):
        extract.multiply(-1, name="goodwill", year=year)
    assert {year for *_, year in audit(path, extract).kept_out} == {2015, 2017, 2018, 2020}


def test_a_line_lost_from_a_long_table_is_no_layout(path: Path) -> None:
    audited = audit(path, Extract(LONG, tuple(LONG)).drop(name="receivables"))
    assert audited.ids() == {"BAL-06"}
    assert {year for *_, year in audited.kept_out} == set(LONG)


def test_figures_rounded_before_they_were_written_in_full_are_as_exact_as_their_zeros(path: Path) -> None:
    extract = Extract(COMPANY, YEARS)
    extract.lines["decimals"] = 0
    audited = audit(path, extract)
    assert audited.ids() | audited.ids("warning") == set()
    assert (audited.identities["tolerance"] >= 1_000_000).all()
    wrong = Extract(COMPANY, YEARS)
    wrong.lines["decimals"] = 0
    wrong.lines.loc[wrong.at("inventories", 2020), "value"] += 100_000
    assert audit(path, wrong).kept_out == {("acme/report.xlsx", "balance_sheet", 2020)}
