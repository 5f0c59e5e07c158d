"""Company facts: which periods, filings and tags become annual facts, and what is refused or left out."""

from __future__ import annotations

import ast
import contextlib
import csv
import json
import time
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, strategies

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract.companyfacts import CompanyFacts, TaggedFact, read_company_facts
from valuenet_pipeline.extract.grid import Refused
from valuenet_pipeline.vocabulary import FiscalYearEnd

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
Raw = dict[str, object]
ODD = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text(),
    lambda inner: strategies.lists(inner, max_size=2) | strategies.dictionaries(strategies.text(), inner, max_size=2),
    max_leaves=4,
)


def entry(end: str, value: object, start: str | None = None, filed: str = "", form: str = "10-K") -> Raw:
    """One figure of one filing; `fy` and `fp` are of the filing, so they mislead about the period."""
    filed = filed or f"{int(end[:4]) + 1}-02-15"
    raw: Raw = {"end": end, "val": value, "accn": f"0-{filed}", "fy": 1999, "fp": "FY", "form": form, "filed": filed}
    return {"start": start, **raw} if start else raw


def year(number: int, value: object, filed: str = "", form: str = "10-K") -> Raw:
    """A figure of a calendar year."""
    return entry(f"{number}-12-31", value, f"{number}-01-01", filed, form)


def text(tags: Mapping[str, list[Raw]], unit: str = "USD", taxonomy: str = "us-gaap", **more: object) -> str:
    facts = {taxonomy: {tag: {"label": tag, "units": {unit: entries}} for tag, entries in tags.items()}}
    return json.dumps({"cik": 42, "entityName": "Example Inc", "facts": facts, **more})


def read(tags: Mapping[str, list[Raw]], unit: str = "USD", taxonomy: str = "us-gaap") -> CompanyFacts:
    return read_company_facts(text(tags, unit, taxonomy), "facts.json", load_catalog())


def values(result: CompanyFacts, concept_id: str) -> dict[int, Decimal]:
    return {fact.fiscal_year: fact.value for fact in result.facts if fact.concept_id == concept_id}


def only(result: CompanyFacts, concept_id: str) -> TaggedFact:
    (fact,) = (fact for fact in result.facts if fact.concept_id == concept_id)
    return fact


def checks(result: CompanyFacts) -> list[str]:
    return [finding.check_id for finding in result.findings]


def test_a_figure_keeps_its_place_period_and_filing() -> None:
    result = read({"Revenues": [year(2021, 500)], "Assets": [entry("2021-12-31", 900)]})
    assert (result.entity, result.cik, result.year_end) == ("Example Inc", "0000000042", FiscalYearEnd(12, 31))
    revenue, assets = only(result, "revenue"), only(result, "total_assets")
    assert revenue.json_path == "facts/us-gaap/Revenues/units/USD[start=2021-01-01,end=2021-12-31]"
    assert assets.json_path == "facts/us-gaap/Assets/units/USD[end=2021-12-31]"
    assert (revenue.period_start, assets.period_start) == (date(2021, 1, 1), None)
    assert (revenue.fiscal_year, revenue.value, revenue.unit) == (2021, Decimal(500), "USD")
    assert (revenue.filed_on, revenue.form, revenue.accession) == (date(2022, 2, 15), "10-K", "0-2022-02-15")


def test_quarters_half_years_and_interim_forms_are_no_annual_facts() -> None:
    entries = [
        year(2021, 500),
        entry("2020-12-31", 120, "2020-10-01"),
        entry("2020-12-31", 700, "2019-07-01"),
        year(2019, 300, form="10-Q"),
        year(2018, 200, form="6-K"),
    ]
    result = read({"Revenues": entries})
    assert values(result, "revenue") == {2021: 500}
    assert [finding.message[:2] for finding in result.findings if finding.check_id == "TIM-02"] == ["2 ", "2 "]


def test_instants_count_only_where_a_fiscal_year_closes() -> None:
    assets = [entry("2021-12-31", 9), entry("2020-12-31", 8), entry("2021-06-30", 7), entry("2022-01-01", 6)]
    result = read({"Revenues": [year(2021, 500)], "Assets": assets})
    assert values(result, "total_assets") == {2021: 9, 2020: 8}


@pytest.mark.parametrize(
    ("start", "end", "fiscal_year", "month"),
    [
        ("2019-12-29", "2021-01-02", 2020, 12),
        ("2021-02-01", "2022-01-30", 2022, 1),
        ("2017-01-29", "2018-02-03", 2018, 1),
        ("2021-09-26", "2022-09-24", 2022, 9),
    ],
)
def test_years_of_52_and_53_weeks_are_named_by_their_month(start: str, end: str, fiscal_year: int, month: int) -> None:
    result = read({"Revenues": [entry(end, 5, start)], "Assets": [entry(end, 9)]})
    assert result.year_end.month == month
    assert only(result, "revenue").fiscal_year == only(result, "total_assets").fiscal_year == fiscal_year
    assert only(result, "revenue").period_end == date.fromisoformat(end)


def test_twelve_months_that_end_in_another_month_are_no_fiscal_year() -> None:
    rolling = entry("2019-06-30", 900, "2018-07-01")
    assert values(read({"Revenues": [year(2021, 500), year(2020, 400), rolling]}), "revenue") == {2021: 500, 2020: 400}


def test_a_period_repeated_by_later_filings_is_one_fact_of_the_first() -> None:
    result = read({"Revenues": [year(2020, 5, "2022-02-01"), year(2020, 5, "2021-02-01"), year(2020, 5, "2023-02-01")]})
    assert only(result, "revenue").filed_on == date(2021, 2, 1)
    assert checks(result) == []


def test_a_restatement_takes_the_latest_value_and_is_reported() -> None:
    result = read({"Revenues": [year(2020, 70, "2022-02-01"), year(2020, 50, "2021-02-01")]})
    assert (only(result, "revenue").value, only(result, "revenue").filed_on) == (Decimal(70), date(2022, 2, 1))
    (finding,) = result.findings
    assert (finding.check_id, finding.severity) == ("TIM-01", "info")
    assert "from 50" in finding.message
    assert "to 70" in finding.message


def test_a_later_filing_in_millions_is_no_restatement() -> None:
    result = read({"Revenues": [year(2020, 5_400_875_000, "2021-02-01"), year(2020, 5_401_000_000, "2022-02-01")]})
    assert values(result, "revenue") == {2020: 5_401_000_000}
    assert checks(result) == []


@pytest.mark.parametrize(
    ("entries", "check"),
    [
        ([year(2020, 50, "2021-02-01"), year(2020, 60, "2021-02-01")], "DUP-01"),
        ([year(2020, 53_823, "2021-02-01"), year(2020, 53_823_000, "2022-02-01")], "UNI-01"),
        ([year(2020, -50)], "SGN-01"),
    ],
    ids=["two values on one day", "a factor of a thousand", "negative revenue"],
)
def test_a_value_that_cannot_be_trusted_is_left_out(entries: list[Raw], check: str) -> None:
    result = read({"Revenues": entries})
    assert result.facts == ()
    assert checks(result) == [check]


def test_the_total_outranks_a_part_of_it() -> None:
    tags = {"RevenueFromContractWithCustomerExcludingAssessedTax": [year(2020, 40)], "Revenues": [year(2020, 50)]}
    assert only(read(tags), "revenue").tag == "Revenues"


def test_a_total_smaller_than_its_part_is_a_conflict() -> None:
    tags = {"RevenueFromContractWithCustomerExcludingAssessedTax": [year(2020, 60)], "Revenues": [year(2020, 50)]}
    result = read(tags)
    assert (result.facts, checks(result)) == ((), ["DUP-01"])


def test_tags_of_one_meaning_that_differ_leave_the_year_out() -> None:
    tags = {"SalesRevenueNet": [year(2020, 40), year(2019, 7)], "RealEstateRevenueNet": [year(2020, 50)]}
    result = read(tags)
    assert values(result, "revenue") == {2019: 7}
    assert checks(result) == ["DUP-01"]


def test_contract_revenue_of_a_bank_is_not_its_revenue() -> None:
    tags = {
        "RevenueFromContractWithCustomerExcludingAssessedTax": [year(2020, 40)],
        "NoninterestIncome": [year(2020, 90)],
    }
    result = read(tags)
    assert result.facts == ()
    assert any("RevenueFromContractWithCustomerExcludingAssessedTax" in finding.message for finding in result.findings)


def test_profit_and_equity_of_the_parent_are_the_whole_only_without_minorities() -> None:
    tags = {"NetIncomeLoss": [year(2020, -5)], "StockholdersEquity": [entry("2020-12-31", 9)]}
    alone = read(tags)
    assert only(alone, "net_profit").value == only(alone, "net_profit_attributable_to_parent").value == -5
    assert only(alone, "total_equity").value == only(alone, "equity_attributable_to_parent").value == 9
    shared = read({**tags, "MinorityInterest": [entry("2020-12-31", 1)]})
    assert only(shared, "net_profit_attributable_to_parent").value == -5
    assert not {"net_profit", "total_equity"} & {fact.concept_id for fact in shared.facts}


def test_values_have_the_concept_s_natural_sign() -> None:
    tags = {
        "IncreaseDecreaseInInventories": [year(2020, 30)],
        "IncreaseDecreaseInAccountsPayable": [year(2020, 20)],
        "PaymentsToAcquirePropertyPlantAndEquipment": [year(2020, 10)],
    }
    result = read(tags)
    assert only(result, "change_in_inventories").value == -30
    assert only(result, "change_in_payables").value == 20
    assert only(result, "purchase_of_property_plant_and_equipment").value == 10


def test_units_are_kept_apart_and_must_fit_the_concept() -> None:
    content = {
        "ifrs-full": {
            "Revenue": {
                "label": "Revenue",
                "units": {"CNY": [year(2020, 700)], "USD": [year(2020, 100)], "cars": [year(2020, 1)]},
            },
            "BasicEarningsLossPerShare": {"label": "EPS", "units": {"CNY/shares": [year(2020, 0.25)]}},
            "WeightedAverageShares": {"label": "Shares", "units": {"shares": [year(2020, 8)], "CNY": [year(2020, 9)]}},
        }
    }
    raw = json.dumps({"cik": "0000000042", "entityName": "", "facts": content})
    result = read_company_facts(raw, "facts.json", load_catalog())
    assert result.entity == "CIK 0000000042"
    assert {(fact.concept_id, fact.unit, str(fact.value)) for fact in result.facts} == {
        ("revenue", "CNY", "700"),
        ("revenue", "USD", "100"),
        ("earnings_per_share_basic", "CNY_per_share", "0.25"),
        ("weighted_average_shares_basic", "shares", "8"),
    }
    assert checks(result) == ["UNI-01"]


def test_unknown_tags_are_one_finding() -> None:
    result = read({"Revenues": [year(2020, 5)], **{f"Unheard{number}": [year(2020, 1)] for number in range(900)}})
    (finding,) = result.findings
    assert "900 tags" in finding.message
    assert len(finding.message) < 200


def test_entries_that_cannot_be_read_are_counted() -> None:
    bad: list[Raw] = [year(2019, None), year(2018, True), year(2017, "7"), {"val": 1}, year(2016, 10**40)]
    bad += [year(2015, 1e-300), entry("0001-12-31", 5, "0001-01-01"), entry("2014-12-32", 5, "2014-01-01")]
    result = read({"Revenues": [year(2020, 5), *bad]})
    assert values(result, "revenue") == {2020: 5}
    (finding,) = result.findings
    assert (finding.check_id, finding.message[:2]) == ("FIL-01", "8 ")


def test_amounts_are_exact() -> None:
    raw = text({"Revenues": [year(2020, 1)]}).replace('"val": 1,', '"val": 12345678901234567890123.25,')
    fact = only(read_company_facts(raw, "facts.json", load_catalog()), "revenue")
    assert fact.value == Decimal("12345678901234567890123.25")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (repr(json.loads(text({"Revenues": [year(2020, 5)]}))), "Python dictionary"),
        ("<!DOCTYPE html><title>Rate limit</title>", "web page"),
        (text({"Revenues": [year(2020, 5)]})[:-5], "line 1"),
        ("", "line 1"),
        ("[" * 100_000, "deeply"),
        (text({"Revenues": [year(2020, float("nan"))]}), "NaN"),
        (text({"Revenues": [year(2020, float("-inf"))]}), "-Infinity"),
        ('{"cik": 1, "facts": {}, "facts": {}}', "twice"),
        ("[]", "no company facts"),
        ('{"cik": 1, "entityName": "A", "units": {}}', "no company facts"),
        ('{"cik": 1, "entityName": "A", "facts": {"us-gaap": []}}', "no company facts"),
        ('{"cik": 1.5, "entityName": "A", "facts": {}}', "no company facts"),
    ],
)
def test_what_is_no_company_facts_is_refused_with_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as refusal:
        read_company_facts(raw, "facts.json", load_catalog())
    assert refusal.value.check_id == "FIL-01"


def test_a_company_without_an_annual_period_is_refused() -> None:
    with pytest.raises(Refused, match="no period of a year"):
        read({"Revenues": [year(2020, 5, form="10-Q")]})


def test_a_number_of_any_length_does_not_stop_the_reader() -> None:
    raw = text({"Revenues": [year(2020, 5), year(2019, 1)]}).replace('"val": 1,', f'"val": {"9" * 6000},')
    assert values(read_company_facts(raw, "facts.json", load_catalog()), "revenue") == {2020: 5}


def test_half_characters_do_not_reach_the_warehouse() -> None:
    raw = text({"Revenues": [year(2020, 5)]}).replace("Example Inc", "Ex\\ud800ample Inc")
    assert read_company_facts(raw, "facts.json", load_catalog()).entity == "Ex?ample Inc"


@given(place=strategies.tuples(*[strategies.integers(0, 5)] * 7), odd=ODD)
def test_odd_content_anywhere_is_left_out_or_refused(place: tuple[int, ...], odd: object) -> None:
    document = json.loads(text({"Revenues": [year(2020, 5)], "Assets": [entry("2020-12-31", 9)]}))
    parent, step = document, iter(place)
    while True:
        keys: list[int | str] = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
        key = keys[next(step, 0) % len(keys)]
        if not isinstance(parent[key], dict | list) or not parent[key] or next(step, 0) == 0:
            break
        parent = parent[key]
    parent[key] = odd
    with contextlib.suppress(Refused):
        read_company_facts(json.dumps(document), "facts.json", load_catalog())


# Real files


def sample(name: str) -> Path:
    path = next(SAMPLES.glob(name), None) if SAMPLES.is_dir() else None
    if path is None:
        pytest.skip("the real extracts are not here")
    return path


def test_a_foreign_filer_s_facts_agree_with_the_answers() -> None:
    path = sample("sec/*companyfacts*.json")
    result = read_company_facts(path.read_text(encoding="utf-8"), path.name, load_catalog())
    found = {(fact.concept_id, str(fact.fiscal_year), fact.unit): fact.value for fact in result.facts}
    with (SAMPLES / "answers.csv").open(encoding="utf-8", newline="") as stream:
        answers = [row for row in csv.reader(stream) if row[0].endswith(path.name)]
    assert answers
    assert {(row[3], row[2]): found.get((row[3], row[2], row[5])) for row in answers} == {
        (row[3], row[2]): Decimal(row[4]) for row in answers
    }


def test_a_large_file_is_refused_as_it_is_and_read_once_mended() -> None:
    path = sample("broken/*companyfacts*.json")
    raw = path.read_text(encoding="utf-8")
    with pytest.raises(Refused, match="Python dictionary"):
        read_company_facts(raw, path.name, load_catalog())
    mended = json.dumps(ast.literal_eval(raw))
    began = time.perf_counter()
    result = read_company_facts(mended, path.name, load_catalog())
    assert time.perf_counter() - began < 2
    found = {fact.concept_id: fact.value for fact in result.facts if fact.fiscal_year == 2021 and fact.unit == "USD"}
    millions = {
        "revenue": 53_823,
        "gross_profit": 13_606,
        "operating_profit": 6_523,
        "net_profit": 5_644,
        "net_profit_attributable_to_parent": 5_519,
        "total_assets": 62_131,
        "total_liabilities": 30_548,
        "operating_cash_flow": 11_497,
    }
    assert {name: found[name] / 10**6 for name in millions} == millions
