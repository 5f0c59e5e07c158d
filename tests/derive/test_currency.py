"""What is printed in another currency than a company's statements and metrics are given in: a translation beside, or all there is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from statements import Audited, Extract, audit, figures

COMPANY = figures(11, range(2010, 2022))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audited.duckdb"


def report(*years: int, unit: str = "CNY", name: str = "report", company: str = "acme") -> Extract:
    one = Extract(COMPANY, years, f"{company}/{name}.xlsx", entity_id=company)
    one.lines["unit"] = unit
    return one


def told(audited: Audited) -> list[tuple[str, str]]:
    """Extracts of which UNI-10 speaks, and the message."""
    found = audited.findings[audited.findings["check_id"] == "UNI-10"]
    assert set(found["severity"]) <= {"warning"}
    return sorted(zip(found["extract_id"], found["message"], strict=True))


def test_a_second_currency_is_told_and_costs_nothing(path: Path) -> None:
    one = report(2019, 2020, 2021)
    one.add("income_statement", "adjusted_net_profit", {2021: 1e9}, "USD")
    audited = audit(path, one, report(2019, 2020, 2021, company="plain"))
    found = audited.findings[audited.findings["check_id"] == "UNI-06"]
    assert set(found["entity_id"]) == {"acme"}
    assert "1 figure(s) are in USD beside those in CNY" in audited.message("UNI-06")
    assert audited.kept_out == set()


def test_years_in_another_currency_alone_are_told_by_extract_with_the_remedy(path: Path) -> None:
    """The company's currency, where no profile states it, is that of most of its figures."""
    current = report(2017, 2018, 2019, 2020, 2021)
    early = report(2015, 2016, unit="USD", name="prospectus")
    audited = audit(path, current, early, report(2015, 2016, unit="USD", company="american"))
    ((extract_id, message),) = told(audited)
    assert extract_id == "acme/prospectus.xlsx"
    assert (
        "108 figure(s) of 2015, 2016 (balance sheet, cash flow, income statement) are in USD and nowhere in CNY"
        in message
    )
    (found,) = audited.findings[audited.findings["check_id"] == "UNI-10"].to_dict("records")
    assert (found["sheet"], found["cell"], found["label"]) == ("balance_sheet", "B5", "Property plant and equipment")
    assert "`currency`" in found["remedy"]
    assert "in CNY" in found["remedy"]
    assert audited.kept_out == set()


def test_what_is_not_in_a_statement_in_the_presentation_currency_hides_no_statement_in_another(path: Path) -> None:
    """Files beside it that print no currency are read in that of the profile."""
    early = report(2016, unit="USD", name="prospectus")
    beside = report(2016, name="operating").drop()
    beside.add("operating", "gross_merchandise_volume", {2016: 1e9})
    beside.add("segment", "revenue", {2016: 1e9}, member="phones")
    ((extract_id, message),) = told(audit(path, report(2019, 2020, 2021), early, beside))
    assert extract_id == "acme/prospectus.xlsx"
    assert "of 2016 (balance sheet, cash flow, income statement)" in message


@pytest.mark.parametrize("is_apart", [False, True], ids=["in one extract", "in extracts of their own"])
def test_a_translation_beside_the_presentation_currency_is_silent(path: Path, is_apart: bool) -> None:
    one, translated = report(2020, 2021), report(2021, unit="USD", name="translation").multiply("0.15", year=2021)
    if is_apart:
        assert told(audit(path, one, translated)) == []
    else:
        columns = translated.lines.assign(cell="Z" + translated.lines["cell"])
        one.lines = pd.concat([one.lines, columns], ignore_index=True)
        assert told(audit(path, one)) == []
