"""What the lines of an extract say about each other: shares, counts, digits, labels and segments."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest
from statements import Audited, Extract, audit, figures

COMPANY = figures(11, range(2010, 2022))
YEARS = (2019, 2020, 2021)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audited.duckdb"


def extract(*years: int, company: str = "acme", **options: object) -> Extract:
    return Extract(COMPANY, years or YEARS, f"{company}/report.xlsx", entity_id=company, **options)  # type: ignore[arg-type]


def told(audited: Audited, check_id: str) -> set[str]:
    """Companies of which a check speaks."""
    found = audited.findings
    return set(found.loc[found["check_id"] == check_id, "entity_id"])


def test_more_shares_outstanding_than_issued_costs_both_counts(path: Path) -> None:
    fewer, more, classes = (extract(company=name) for name in ("fewer", "more", "classes"))
    for one, name, count in (
        (fewer, "shares_issued", 25e9),
        (fewer, "shares_outstanding", 24e9),
        (more, "shares_issued", 25e9),
        (more, "shares_outstanding", 26e9),
        (classes, "shares_issued", 4e9),
        (classes, "shares_issued", 21e9),
        (classes, "shares_outstanding", 25e9),
    ):
        one.add("balance_sheet", name, {2021: count}, "shares")
    audited = audit(path, fewer, more, classes)
    assert audited.ids() == {"BAL-14"}
    out = audited.lines[audited.lines["outcome"] == "quarantined"]
    assert sorted(zip(out["extract_id"], out["concept_id"], strict=True)) == [
        ("more/report.xlsx", "shares_issued"),
        ("more/report.xlsx", "shares_outstanding"),
    ]


def test_a_count_is_whole(path: Path) -> None:
    whole, broken = extract(company="whole"), extract(company="broken")
    whole.add("operating", "employees", {2021: 35_415}, "count")
    broken.add("operating", "employees", {2021: 35.415}, "count")
    audited = audit(path, whole, broken)
    assert told(audited, "UNI-09") == {"broken"}
    assert audited.kept_out == set()


def test_the_last_digits_of_rounded_figures_raise_no_alarm(path: Path) -> None:
    extracts = []
    for exponent in (0, 3, 4):
        rounded = {y: {name: round(value, -exponent) for name, value in row.items()} for y, row in COMPANY.items()}
        name = f"by_{exponent}"
        extracts.append(Extract(rounded, tuple(range(2014, 2021)), f"{name}/report.xlsx", exponent=0, entity_id=name))
        assert len(extracts[-1].lines) > 350
    assert "TIM-06" not in audit(path, *extracts).ids("warning")


def test_figures_that_a_person_made_up_warn_by_their_last_digits(path: Path) -> None:
    rng = random.Random(3)
    many = extract(*range(2014, 2021), company="many", exponent=3)
    few = extract(company="few", exponent=3)
    for one in (many, few):
        one.lines["printed"] = [text[:-1] + rng.choice("3777758") for text in one.lines["printed"]]
    audited = audit(path, many, few)
    assert told(audited, "TIM-06") == {"many"}
    assert "end in 7" in audited.message("TIM-06")
    assert audited.ids() == set()


def moved(one: Extract, name: str, to: str, since: int) -> Extract:
    """The line `name` under another label, and on another row, from a year on."""
    later = one.at(name) & (one.lines["fiscal_year"] >= since)
    one.lines.loc[later, ["concept_id", "label"]] = [[to, to.replace("_", " ").capitalize()]] * int(later.sum())
    one.lines.loc[later, "cell"] = [cell[0] + "90" for cell in one.lines.loc[later, "cell"]]
    return one


def test_a_line_that_ends_where_a_similar_one_begins_is_proposed_as_one(path: Path) -> None:
    steady = {year: {**COMPANY[year], "other_reserves": 5e9 + 1e7 * (year - 2019)} for year in YEARS}
    for row in steady.values():
        row["retained_earnings"] = row["equity_attributable_to_parent"] - row["share_capital"] - row["other_reserves"]
    audited = audit(path, moved(Extract(steady, YEARS), "other_reserves", "special_reserve", 2020))
    assert "Other reserves ends in 2019 with 5000000000, and Special reserve begins in 2020" in audited.message(
        "TIM-07"
    )
    jump = {
        year: {**row, "other_reserves": row["other_reserves"] * (1 + (year > 2019))} for year, row in steady.items()
    }
    audited = audit(path, moved(Extract(jump, YEARS), "other_reserves", "special_reserve", 2020))
    assert "TIM-07" not in audited.ids("info")


def test_an_unknown_label_is_proposed_for_the_line_that_it_continues(path: Path) -> None:
    one = Extract({year: {**COMPANY[year], "goodwill": 7e9} for year in YEARS}, YEARS)
    one = moved(one, "goodwill", "goodwill", 2020)
    later = one.at("goodwill") & (one.lines["fiscal_year"] >= 2020)
    unknown = ["Firm value", None, None, "quarantined", "the label is not known"]
    one.lines.loc[later, ["label", "concept_id", "value", "outcome", "reason"]] = [unknown] * 2
    audited = audit(path, one)
    assert "Firm value begins in 2020 with 7000000000" in audited.message("TIM-07")


MEMBERS = tuple(("acme", name, "segment", "hardware") for name in ("phones", "homes", "others"))


def with_segments(**shares: float) -> Extract:
    one = extract()
    for name, share in shares.items():
        one.add("segment", "revenue", {year: share * COMPANY[year]["revenue"] for year in YEARS}, member=name)
    return one


def test_segments_that_change_without_a_dimension_of_their_own_warn(path: Path) -> None:
    assert "SEG-07" not in audit(path, with_segments(phones=0.5, homes=0.5), members=MEMBERS).ids("warning")
    one = with_segments(phones=0.5, homes=0.3, others=0.2)
    one.lines = one.lines[~((one.lines["member_id"] == "others") & (one.lines["fiscal_year"] < 2021))]
    assert "segments of 2021 are not those of the year before: with others" in audit(
        path, one, members=MEMBERS
    ).message("SEG-07")


def test_a_segment_without_a_figure_for_a_year_is_still_there(path: Path) -> None:
    one = with_segments(phones=0.5, homes=0.3, others=0.2)
    empty = (one.lines["member_id"] == "others") & (one.lines["fiscal_year"] < 2021)
    one.lines.loc[empty, ["value", "outcome", "printed"]] = [[None, "absent", ""]] * 2
    assert "SEG-07" not in audit(path, one, members=MEMBERS).ids("warning")


def unknown_segment(one: Extract) -> pd.DataFrame:
    one.add("segment", "revenue", {2021: 1e9}, member="robots")
    line = one.lines["member_id"] == "robots"
    gone = [None, None, None, "quarantined", "the label is not known"]
    one.lines.loc[line, ["concept_id", "member_id", "value", "outcome", "reason"]] = [gone]
    at = {
        "extract_id": one.extract_id,
        "entity_id": "acme",
        "sheet": "segment",
        "cell": one.lines.loc[line, "cell"].iloc[0],
    }
    said = {
        "check_id": "label",
        "severity": "warning",
        "label": "Robots",
        "message": "unknown: Robots",
        "remedy": "add it",
    }
    return pd.DataFrame([{**at, **said}])


def test_an_unknown_label_beside_known_segments_is_an_error_told_once(path: Path) -> None:
    one = with_segments(phones=0.5, homes=0.5)
    audited = audit(path, one, members=MEMBERS, findings=unknown_segment(one))
    assert audited.ids() == {"SEG-09"}
    assert "label" not in set(audited.findings["check_id"])
    assert "Robots" in audited.message("SEG-09")


def test_an_unknown_label_of_a_table_without_known_segments_stays_a_warning(path: Path) -> None:
    one = extract()
    audited = audit(path, one, members=MEMBERS, findings=unknown_segment(one))
    assert audited.ids() == set()
    assert "label" in audited.ids("warning")


def test_gross_less_allowance_is_net(path: Path) -> None:
    def with_gross(company: str, error: float) -> Extract:
        one = extract(company=company)
        net = {year: COMPANY[year]["property_plant_and_equipment"] for year in YEARS}
        one.add("balance_sheet", "property_plant_and_equipment_gross", {y: 3 * net[y] + error for y in YEARS})
        one.add("balance_sheet", "accumulated_depreciation", {y: -2 * net[y] for y in YEARS})
        return one

    audited = audit(path, with_gross("right", 0), with_gross("wrong", 5e7))
    assert told(audited, "BAL-13") == {"wrong"}
    assert audited.ids() == set()


def printed_below(one: Extract, name: str, above: str) -> Extract:
    """The row `name` moved to stand right below the row `above`, the rows under that one down."""
    lines = one.at(name)
    row = int(one.lines.loc[one.at(above), "cell"].iloc[0][1:])
    statement = one.lines.loc[one.at(above), "statement"].iloc[0]
    rows = one.lines["cell"].str[1:].astype(int)
    rows += ((one.lines["statement"] == statement) & (rows > row)).astype(int)
    rows[lines] = row + 1
    one.lines["cell"] = one.lines["cell"].str[0] + rows.astype(str)
    return one


def test_net_current_assets_are_told_and_stand_outside_the_sums_of_lines(path: Path) -> None:
    def with_net(name: str, wrong: int) -> Extract:
        one = extract(company=f"{name}_{wrong}")
        net = {y: COMPANY[y]["current_assets"] - COMPANY[y]["current_liabilities"] for y in YEARS}
        one.add("balance_sheet", name, {y: v * (1.1 if y == wrong else 1) for y, v in net.items()})
        return printed_below(one, name, "long_term_borrowings")

    names = ("net_current_assets", "working_capital_printed")
    audited = audit(path, *(with_net(name, wrong) for name in names for wrong in (0, 2020)))
    assert told(audited, "BAL-11") == {f"{name}_2020" for name in names}
    assert told(audited, "BAL-09") == set()
    assert audited.ids() == set()


def test_the_indirect_method_starts_at_a_profit_of_the_income_statement(path: Path) -> None:
    extracts = []
    for name in ("net_profit", "profit_before_tax", "revenue"):
        extracts.append(extract(company=name))
        extracts[-1].add("cash_flow", "net_profit_in_cash_flow", {y: COMPANY[y][name] for y in YEARS})
    assert told(audit(path, *extracts), "CFS-06") == {"revenue"}


def test_dividends_beyond_all_earnings_warn(path: Path) -> None:
    extracts = [
        extract(2020, 2021, company=f"by_{factor}").multiply(factor, name="dividends_paid", year=2021)
        for factor in ("0.001", "400")
    ]
    assert told(audit(path, *extracts), "CFS-08") == {"by_400"}


def test_a_subtotal_is_told_and_not_counted(path: Path) -> None:
    one = extract()
    both = {y: COMPANY[y]["selling_expenses"] + COMPANY[y]["administrative_expenses"] for y in YEARS}
    one.add("income_statement", "selling_general_and_administrative_expenses", both)
    printed_below(one, "selling_general_and_administrative_expenses", "administrative_expenses")
    audited = audit(path, one, extract(company="plain"))
    assert audited.ids() == set()
    assert "only without Selling general and administrative expenses" in audited.message("INC-10")
    assert told(audited, "INC-10") == {"acme"}
