"""Ranks among companies: what is better stands first, and money is compared only where that means something."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from conftest import refresh
from tiny import Tiny

from valuenet_pipeline.derive.exchange_rate import RATES_DIFFER
from valuenet_pipeline.derive.peer import PEER_RANK
from valuenet_pipeline.orchestration import flow

CURRENCIES = {"ann": "CNY", "bob": "CNY", "cat": "USD", "dan": "USD"}


def tiny(metric_id: str = "m", unit: str = "fraction", direction: str = "higher", **values: float) -> Tiny:
    """One metric of some companies in 2021."""
    one = Tiny().add("mart.formula", metric_id=metric_id, name_en=metric_id, unit=unit, direction=direction)
    for entity_id, currency in CURRENCIES.items():
        one.add("core.entity", entity_id=entity_id, currency=currency)
    for entity_id, value in values.items():
        one.add("mart.metric_value", entity_id=entity_id, metric_id=metric_id, value=value)
    for concept_id, period_type in (("flow", "duration"), ("balance", "instant")):
        one.add("core.concept", concept_id=concept_id, unit="currency", period_type=period_type)
    return one.add("core.concept", concept_id="users", unit="count", period_type="instant")


def ranks(one: Tiny, columns: str = "entity_id, rank, percentile", where: str = "true") -> list[tuple[object, ...]]:
    return one.view("mart.peer_rank", PEER_RANK).rows(
        f"select {columns} from mart.peer_rank where {where} order by compared_in, rank, entity_id"
    )


@pytest.mark.parametrize(
    ("direction", "expected", "ranked_by"),
    [
        ("higher", ["dan", "cat", "bob", "ann"], "higher is better"),
        ("lower", ["ann", "bob", "cat", "dan"], "lower is better"),
        ("none", ["dan", "cat", "bob", "ann"], "by value, the highest first: neither way is better"),
    ],
)
def test_the_better_stands_first(direction: str, expected: list[str], ranked_by: str) -> None:
    rows = ranks(
        tiny(direction=direction, ann=-0.1, bob=0.2, cat=0.3, dan=0.4), "entity_id, rank, percentile, ranked_by"
    )
    assert [row[0] for row in rows] == expected
    assert [row[1] for row in rows] == [1, 2, 3, 4]
    assert [row[2] for row in rows] == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert {row[3] for row in rows} == {ranked_by}


def test_ties_share_a_rank() -> None:
    assert ranks(tiny(ann=0.3, bob=0.3, cat=0.1)) == [("ann", 1, 1.0), ("bob", 1, 1.0), ("cat", 3, 0.0)]


def test_only_values_of_the_same_year_and_the_latest_vintage_compare() -> None:
    one = tiny(ann=0.1, bob=0.2)
    one.add("mart.metric_value", entity_id="cat", metric_id="m", value=0.3, fiscal_year=2020)
    one.add("mart.metric_value", entity_id="cat", metric_id="m", value=0.3, vintage="as_reported")
    one.add("mart.metric_value", entity_id="dan", metric_id="m", value=None, status="missing_input")
    rows = ranks(one, "entity_id, fiscal_year, compared, rank, percentile")
    assert sorted(rows, key=str) == [("ann", 2021, 2, 2, 0.0), ("bob", 2021, 2, 1, 1.0), ("cat", 2020, 1, None, None)]


@pytest.mark.parametrize("unit", ["currency", "currency_per_unit", "currency_per_user"])
def test_money_compares_only_within_a_currency(unit: str) -> None:
    rows = ranks(tiny(unit=unit, ann=10, bob=5, cat=7), "compared_in, entity_id, rank, compared")
    assert rows == [("CNY", "ann", 1, 2), ("CNY", "bob", 2, 2), ("USD", "cat", None, 1)]


@pytest.mark.parametrize(("concept_id", "kind", "rate"), [("flow", "average", 6.5), ("balance", "closing", 6.4)])
def test_a_stated_rate_translates_flows_at_the_average_and_balances_at_the_close(
    concept_id: str, kind: str, rate: float
) -> None:
    one = tiny(unit="currency", ann=10, cat=7).add("mart.formula_input", metric_id="m", concept_id=concept_id)
    one.add("mart.formula_input", metric_id="m", concept_id="users", years_before=1)
    for one_kind, value, status in (("average", 6.5, "unconfirmed"), ("closing", 6.4, "printed")):
        for year in (2020, 2021):
            one.add(
                "core.exchange_rate", from_currency="USD", to_currency="CNY", fiscal_year=year, kind=one_kind, rate=value,
                status=status, source="central bank", entity_id="dan",
            )  # fmt: skip
    columns = "compared_in, entity_id, rank, compared_value, exchange_rate, rate_kind, rate_extract_id, rate_source, input_status"
    support = "unconfirmed" if kind == "average" else "printed"
    assert ranks(one, columns) == [
        ("CNY", "cat", 1, 7 * rate, rate, kind, "rates.csv", "central bank", support),
        ("CNY", "ann", 2, 10.0, None, None, None, None, "printed"),
        ("USD", "cat", None, 7.0, None, None, None, None, "printed"),
    ]


def translated(one: Tiny, **rate: object) -> bool:
    """Whether cat's dollars are compared with ann's yuan, with a rate that differs from a good one."""
    given = {
        "from_currency": "USD",
        "to_currency": "CNY",
        "fiscal_year": 2021,
        "kind": "average",
        "rate": 6.5,
        "entity_id": "dan",
    }
    one.add("core.exchange_rate", **(given | rate))
    return bool(ranks(one, "entity_id", "entity_id = 'cat' and compared_in = 'CNY'"))


def flow_of() -> Tiny:
    one = tiny(unit="currency", ann=10, cat=7)
    return one.add("mart.formula_input", metric_id="m", concept_id="flow")


def test_no_rate_that_is_not_the_one_stated_is_used() -> None:
    assert translated(flow_of())
    assert not translated(flow_of(), fiscal_year=2020)
    assert not translated(flow_of(), kind="closing")
    assert not translated(flow_of(), from_currency="HKD")
    other_year_end = flow_of().add("core.entity", entity_id="eve", fiscal_year_end="03-31")
    assert not translated(other_year_end, entity_id="eve")


def test_two_extracts_that_differ_state_no_rate() -> None:
    rate = {"from_currency": "USD", "to_currency": "CNY", "fiscal_year": 2021, "kind": "average", "entity_id": "dan"}
    assert translated(flow_of().add("core.exchange_rate", **rate, rate=6.5, extract_id="same.csv"))
    differing = flow_of().add("core.exchange_rate", **rate, rate=6.6, extract_id="other.csv")
    assert not translated(differing)
    assert differing.rows(f"select check_id, severity, extract_id, message from ({RATES_DIFFER})") == [
        (
            "RAT-01",
            "warning",
            "other.csv",
            "the average rate from USD to CNY is stated as 6.5 and as 6.6: nothing is translated with it",
        )
    ]


@pytest.mark.parametrize("more", [{"concept_id": "balance"}, {"concept_id": "flow", "years_before": 1}])
def test_no_single_rate_is_right_for_flows_with_balances_or_for_several_years(more: dict[str, object]) -> None:
    assert not translated(flow_of().add("mart.formula_input", metric_id="m", **more))


def test_shipped_companies(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select entity_id, rank, compared from mart.peer_rank where metric_id = 'gross_margin' and fiscal_year = 2021 order by rank"
    ).fetchall()
    assert rows == [("huawei", 1, 4), ("alibaba", 2, 4), ("xiaomi", 3, 4), ("jd", 4, 4)]
    keys = "select count(*) - count(distinct (entity_id, fiscal_year, metric_id, compared_in)) from mart.peer_rank"
    assert warehouse.execute(keys).fetchone() == (0,)


RATES = "from_currency,to_currency,fiscal_year,kind,rate,status,source\n"
REPORT = """Acme Inc.: annual report 2021,,
(in millions of USD),2021,2020
Consolidated statement of cash flows,,
Net cash generated from operating activities,900,800
Capital expenditures,100,90
"""


def test_rates_in_an_extract_are_read_and_used(project: flow.Project) -> None:
    folder = project.inbox / "acme"
    folder.mkdir()
    (folder / "report.csv").write_text(REPORT, encoding="utf-8")
    before = "select entity_id, rank, compared from mart.peer_rank where metric_id = 'free_cash_flow' and fiscal_year = 2021 and compared_in = 'CNY' order by rank"
    with duckdb.connect(str(refresh(project)), read_only=True) as connection:
        assert connection.execute(before).fetchall() == [("alibaba", 1, 2), ("xiaomi", 2, 2)]
    (folder / "rates.csv").write_text(RATES + "USD,CNY,2021,average,6.4515,printed,PBOC\n", encoding="utf-8")
    with duckdb.connect(str(refresh(project)), read_only=True) as connection:
        assert connection.execute(before).fetchall() == [("alibaba", 1, 3), ("acme", 2, 3), ("xiaomi", 3, 3)]
        value = connection.execute(
            "select compared_value, rate_extract_id from mart.peer_rank where entity_id = 'acme' and compared_in = 'CNY' "
            "and metric_id = 'free_cash_flow' and fiscal_year = 2021"
        ).fetchone()
        assert connection.execute("select rate::varchar, line from core.exchange_rate").fetchall() == [
            ("6.45150000", 2)
        ]
    assert value == (pytest.approx(800e6 * 6.4515), "acme/rates.csv")


@pytest.mark.parametrize(
    "row",
    ["USD,CNY,2021,average,0", "USD,CNY,2021,average,about six", "usd,CNY,2021,average,6.5", "USD,CNY,2021,mean,6.5"],
)
def test_a_rate_that_is_none_is_refused(project: flow.Project, row: str) -> None:
    (Path(project.inbox) / "xiaomi" / "rates.csv").write_text(f"{RATES}{row},printed,\n", encoding="utf-8")
    with duckdb.connect(str(refresh(project)), read_only=True) as connection:
        assert connection.execute("from core.exchange_rate").fetchall() == []
        (state,) = connection.execute("select state from core.extract where extract_id = 'xiaomi/rates.csv'").fetchall()
    assert state == ("quarantined",)
