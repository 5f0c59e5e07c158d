"""What is derived holds against the facts and lines it is made from; a derivation that went wrong is told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from statements import Extract, audit, derive, figures

COMPANY = figures(11, range(2017, 2022))
ERRORS = "select check_id, string_agg(message, '\n') from mart.finding where severity = 'error' group by all"


def report(year: int, name: str = "") -> Extract:
    return Extract(COMPANY, (year - 1, year), f"acme/{name or year}.xlsx")


def test_what_is_derived_from_statements_that_agree_is_sound(tmp_path: Path) -> None:
    with derive(tmp_path / "one.duckdb", report(2020), report(2021)) as warehouse:
        assert warehouse.execute(ERRORS).fetchall() == []
        assert warehouse.execute(
            "select count(*) from mart.ratio where status = 'ok' and ratio_id in "
            "('cash_conversion_cycle', 'dupont_return_on_equity')"
        ).fetchone() == (8,)


def test_every_derivation_that_goes_wrong_is_told(tmp_path: Path) -> None:
    faults = {
        "mart.ratio": """select * replace (case ratio_id when 'return_on_equity' then value * 1.01
            when 'cash_conversion_cycle' then value + 1 when 'gross_margin' then 'inf'::double else value end as value,
            case ratio_id when 'current_ratio' then 'confirmed' else input_status end as input_status) from ({query})""",
        "mart.formula_input": """from ({query}) union all by name
            select 'net_margin' as metric_id, 'ratio' as metric_table, 'goodwill' as concept_id, 'whole' as selector,
            9 as years_before, false as is_optional, 1 as position, [] as alternatives""",
        "core.fact_current": "from core.fact qualify row_number() over "
        "(partition by entity_id, fiscal_year, concept_id, member_id order by report_fiscal_year) = 1",
    }
    older, newer = report(2020), report(2021)
    newer.content_hash = ""
    lost = newer.at("goodwill", 2021)
    newer.lines.loc[lost, "value"] = None
    kept_out = newer.at("inventories", 2021)
    newer.lines.loc[kept_out, ["outcome", "reason"]] = [["quarantined", ""]]
    newer.lines_missed = 3
    with derive(tmp_path / "one.duckdb", older, newer, faults=faults, publications=2) as warehouse:
        found = dict(warehouse.execute(ERRORS).fetchall())
        counted = warehouse.execute("select sum(findings) from core.extract").fetchone()
        all_of_extracts = warehouse.execute("select count(*) from mart.finding where extract_id <> ''").fetchone()
    assert {"DER-01", "DER-03", "DER-04", "DER-05", "DER-07", "TIM-03", "WHS-01", "WHS-02", "WHS-04"} == set(found)
    assert "gross_margin (current) is ok but has no finite value" in found["DER-01"]
    assert "net_margin (current) has a value without goodwill of 2012" in found["DER-03"]
    assert "current_ratio is said to rest on confirmed figures, but one is only printed" in found["DER-07"]
    assert "the annual_report of 2020, not from the annual_report of 2021" in found["TIM-03"]
    assert "Goodwill at acme/2021.xlsx balance_sheet!B7 is read, but is no fact" in found["WHS-02"]
    assert "Inventories at acme/2021.xlsx balance_sheet!B9 is kept out without a reason" in found["WHS-02"]
    assert "acme/2021.xlsx has 111 lines, of which 108 are in the warehouse" in found["WHS-02"]
    assert counted == all_of_extracts


def test_a_key_that_stands_twice_stops_the_build(tmp_path: Path) -> None:
    one = report(2021)
    one.lines = pd.concat([one.lines, one.lines[:1]])
    with pytest.raises(ValueError, match=r"DUP-02: core\.reported_line has more than one row"):
        audit(tmp_path / "one.duckdb", one)


def test_the_newest_report_wins_in_whatever_order_and_under_whatever_name_it_comes(tmp_path: Path) -> None:
    current = set()
    names = ((2019, "b"), (2020, "c"), (2021, "a"))
    for order in (names, names[::-1], names[1:] + names[:1]):
        extracts = [report(year, name).multiply(f"1.00{year - 2018}", name="other_income") for year, name in order]
        with derive(tmp_path / "one.duckdb", *extracts, only="core.fact_current") as warehouse:
            rows = warehouse.execute(
                "select concept_id, fiscal_year, value, extract_id from core.fact_current order by all"
            ).fetchall()
        current.add(tuple(rows))
        taken = {row[1]: row[3] for row in rows if row[0] == "other_income"}
        assert taken == {2018: "acme/b.xlsx", 2019: "acme/c.xlsx", 2020: "acme/a.xlsx", 2021: "acme/a.xlsx"}
    assert len(current) == 1
