"""The value net by role: who is counted, and which metrics speak of whom."""

from __future__ import annotations

import duckdb
from tiny import Tiny

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.contracts.records import ROLES
from valuenet_pipeline.derive.value_net import VALUE_NET_ROLE


def test_a_name_counts_once_with_its_best_support() -> None:
    one = Tiny()
    for name, status in (("Q", "unconfirmed"), ("Q", "printed"), ("M", "unconfirmed"), ("B", "confirmed")):
        one.add("core.value_net_edge", entity_id="acme", role="supplier", name=name, status=status)
    one.add("core.value_net_edge", entity_id="acme", role="competitor", name="Q", status="derived")
    one.view("core.value_net_role", VALUE_NET_ROLE)
    columns = "role, nodes, confirmed, printed, derived, unconfirmed"
    assert one.rows(f"select {columns} from core.value_net_role order by role") == [
        ("competitor", 1, 0, 0, 1, 0),
        ("supplier", 3, 1, 1, 0, 1),
    ]


def test_every_role_has_metrics() -> None:
    roles = load_catalog().model.roles
    assert {role.role for role in roles} == set(ROLES)
    assert all(len(role.metrics) >= 3 for role in roles)


def test_shipped_value_net(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = warehouse.execute(
        "select role, nodes, printed, unconfirmed from core.value_net_role order by role"
    ).fetchall()
    assert counts == [
        ("competitor", 16, 0, 16), ("complementor", 10, 0, 10), ("customer", 4, 4, 0),
        ("ecosystem_company", 10, 9, 1), ("supplier", 11, 0, 11),
    ]  # fmt: skip
    supplier = warehouse.execute(
        """select metric_id, nodes, i.value = v.value, i.status = v.status, rank, compared
        from mart.value_net_indicator i join mart.metric_value v using (entity_id, fiscal_year, metric_id)
        where entity_id = 'xiaomi' and fiscal_year = 2021 and role = 'supplier' and metric_id = 'payable_days'
          and v.vintage = 'current'"""
    ).fetchall()
    assert supplier == [("payable_days", 11, True, True, 1, 2)]
    gross_margin = warehouse.execute(
        """select rank, compared from mart.value_net_indicator
        where entity_id = 'xiaomi' and fiscal_year = 2021 and role = 'competitor' and metric_id = 'gross_margin'"""
    ).fetchall()
    assert gross_margin == [(3, 4)]


def test_every_attached_metric_has_one_row_per_company_and_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = warehouse.execute(
        """select count(*), count(distinct (entity_id, fiscal_year)), count(distinct (role, metric_id)),
          count(distinct (entity_id, fiscal_year, role, metric_id)) from mart.value_net_indicator"""
    ).fetchone()
    assert counts is not None
    assert counts[0] == counts[1] * counts[2] == counts[3]
    assert counts[2] == sum(len(role.metrics) for role in load_catalog().model.roles)
