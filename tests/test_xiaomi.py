"""The case the project began from: figures checked by hand against Xiaomi's published ones."""

from __future__ import annotations

import duckdb
import pytest


def ratio(warehouse: duckdb.DuckDBPyConnection, year: int, ratio_id: str) -> tuple[float | None, str]:
    row = warehouse.execute(
        "select value, status from mart.ratio where entity_id = 'xiaomi' and vintage = 'current' "
        "and fiscal_year = ? and ratio_id = ?",
        [year, ratio_id],
    ).fetchone()
    assert row is not None
    return row[0], row[1]


@pytest.mark.parametrize(
    ("year", "ratio_id", "expected"),
    [
        (2021, "gross_margin", 0.1775),
        (2021, "asset_liability_ratio", 0.5308),
        (2021, "return_on_equity", 0.1483),
        (2017, "net_margin", -0.3829),
        (2018, "core_operating_margin", -0.0210),
        (2021, "current_ratio", 1.6059),
    ],
)
def test_ratio_by_hand(warehouse: duckdb.DuckDBPyConnection, year: int, ratio_id: str, expected: float) -> None:
    value, status = ratio(warehouse, year, ratio_id)
    assert status == "ok"
    assert value == pytest.approx(expected, abs=5e-5)


def test_a_loss_over_negative_equity_is_no_return(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert ratio(warehouse, 2017, "return_on_equity") == (None, "not_meaningful")
    assert ratio(warehouse, 2018, "return_on_equity") == (None, "not_meaningful")


def test_segment_shares_2021(warehouse: duckdb.DuckDBPyConnection) -> None:
    shares = dict(
        warehouse.execute(
            "select member_id, round(share, 4) from mart.segment_mix "
            "where entity_id = 'xiaomi' and fiscal_year = 2021 and dimension = 'segment'"
        ).fetchall()
    )
    assert shares == {"smartphones": 0.6362, "iot_and_lifestyle": 0.2588, "internet_services": 0.0859, "others": 0.0190}


def test_regions_leave_a_residual_where_only_one_is_printed(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select fiscal_year, round(share, 3) from mart.segment_mix "
        "where entity_id = 'xiaomi' and dimension = 'region' and member_id = 'residual' order by 1"
    ).fetchall()
    assert rows == [(2018, 0.600), (2019, 0.557), (2020, 0.502), (2021, 0.502)]


def test_fair_value_gains_stand_apart_from_the_core_result(warehouse: duckdb.DuckDBPyConnection) -> None:
    core, _ = ratio(warehouse, 2018, "core_operating_profit")
    operating, gains = warehouse.execute(
        "select operating_profit, fair_value_changes_on_investments from mart.income_statement "
        "where entity_id = 'xiaomi' and fiscal_year = 2018"
    ).fetchall()[0]
    assert core is not None
    assert core < 0 < operating
    assert gains > operating


def test_shipped_data_raises_no_error(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute("from mart.finding where severity = 'error'").fetchall() == []
    assert warehouse.execute("from mart.quarantine").fetchall() == []


def test_breadth(warehouse: duckdb.DuckDBPyConnection) -> None:
    ok_2021 = "status = 'ok' and fiscal_year = 2021 and vintage = 'current'"
    ratios = warehouse.execute(f"select count(*) from mart.ratio where {ok_2021}").fetchone()
    assert ratios is not None
    assert ratios[0] >= 40
    aspects = dict(
        warehouse.execute(f"select aspect, count(*) from mart.profit_model where {ok_2021} group by 1").fetchall()
    )
    assert set(aspects) == {"point", "object", "source", "leverage", "barrier"}
    assert min(aspects.values()) >= 3


def test_dupont_multiplies_back(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """select d.net_margin * d.asset_turnover * d.equity_multiplier, d.return_on_equity, r.value
        from mart.dupont d join mart.ratio r using (entity_id, fiscal_year)
        where r.ratio_id = 'return_on_equity' and r.vintage = 'current' and r.status = 'ok'"""
    ).fetchall()
    assert len(rows) >= 3
    for product, dupont, expected in rows:
        assert product == pytest.approx(expected, rel=1e-9)
        assert dupont == pytest.approx(expected, rel=1e-9)


def test_every_entity_year_and_ratio_has_a_row(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = warehouse.execute(
        "select count(*), count(distinct fiscal_year), count(distinct ratio_id) from mart.ratio "
        "where entity_id = 'xiaomi' and vintage = 'current'"
    ).fetchone()
    assert counts is not None
    assert counts[0] == counts[1] * counts[2]


def test_explain_leads_to_cells(warehouse: duckdb.DuckDBPyConnection) -> None:
    cells = warehouse.execute(
        "select concept_id, extract_id, sheet, cell, label from mart.explain('xiaomi', 2021, 'gross_margin') order by 1"
    ).fetchall()
    assert cells == [
        ("gross_profit", "xiaomi/annual-report-2021.xlsx", "Income statement", "C12", "Gross profit"),
        ("revenue", "xiaomi/annual-report-2021.xlsx", "Income statement", "C9", "Revenue"),
    ]


def test_unconfirmed_figures_show_in_ratios(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        """select distinct r.ratio_id from mart.ratio r
        join mart.metric_input i on i.metric_id = r.ratio_id and i.entity_id = r.entity_id and i.fiscal_year = r.fiscal_year
        where i.status = 'unconfirmed' and not i.is_optional and r.vintage = 'current' and r.status = 'ok'
          and r.input_status <> 'unconfirmed'"""
    ).fetchall()
    assert found == []
    assert warehouse.execute("from mart.ratio where input_status = 'unconfirmed' and status = 'ok'").fetchall()


def test_value_net_and_owners_are_there(warehouse: duckdb.DuckDBPyConnection) -> None:
    roles = {row[0] for row in warehouse.execute("select distinct role from core.value_net_edge").fetchall()}
    assert roles == {"supplier", "ecosystem_company", "customer", "complementor", "competitor"}
    for table in ("core.ownership", "core.milestone", "core.business_line"):
        assert warehouse.execute(f"from {table}").fetchall()
