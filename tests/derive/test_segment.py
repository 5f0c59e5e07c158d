"""Segment mix: sums are exact, what is left over is shown, and no growth is told across a break without evidence."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from segments import Company, derive_segments, mix

EXACT = 1e-9


def two() -> Company:
    """A company with two segments."""
    return Company().divide("segment", "phones", "services", phones="hardware", services="services")


def test_shares_growth_and_contributions_by_hand() -> None:
    rows = mix(two().years(2020, whole=[100, 120], phones=[80, 90], services=[20, 30]))
    assert rows.loc[("phones", 2020), ["share", "growth", "contribution_to_growth"]].tolist() == pytest.approx(
        [0.75, 0.125, 0.10]
    )
    assert rows.loc[("services", 2020), ["share", "growth", "contribution_to_growth"]].tolist() == pytest.approx(
        [0.25, 0.5, 0.10]
    )


def test_cost_is_printed_or_follows_from_gross_profit() -> None:
    company = two().years(2020, whole=[120], phones=[90], services=[30])
    company.years(2020, "cost_of_sales", whole=[85], phones=[75]).years(2020, "gross_profit", whole=[35], services=[20])
    rows = mix(company).xs(2020, level="fiscal_year")
    assert rows.loc["phones", ["cost", "gross_profit"]].tolist() == [75e6, 15e6]
    assert rows.loc["phones", ["cost_basis", "gross_profit_basis"]].tolist() == ["printed", "revenue_less_cost"]
    assert rows.loc["services", ["cost", "gross_profit"]].tolist() == [10e6, 20e6]
    assert rows.loc["services", ["cost_basis", "gross_profit_basis"]].tolist() == [
        "revenue_less_gross_profit",
        "printed",
    ]
    assert rows["cost_share"].sum() == pytest.approx(1)
    assert rows["gross_profit_share"].sum() == pytest.approx(1)


@pytest.mark.parametrize(("left", "has_residual"), [(0, False), (1.5, False), (-1.5, False), (1.6, True), (-1.6, True)])
def test_a_residual_appears_exactly_beyond_printed_precision(left: float, has_residual: bool) -> None:
    """Three figures in millions: half a million each."""
    company = two().report(2020, 2020, phones=90, services=30).report(2020, 2020, whole=120 + left)
    rows = mix(company)
    assert ("residual" in rows.index) == has_residual
    if has_residual:
        assert rows.loc[("residual", 2020), "revenue"] == pytest.approx(left * 1e6)
        assert rows["share"].sum() == pytest.approx(1, abs=EXACT)


def test_printed_digits_narrow_what_counts_as_rounding() -> None:
    company = two().report(2020, 2020, phones=90, services=30, decimals=-3).report(2020, 2020, whole=120.1, decimals=-3)
    assert mix(company).loc[("residual", 2020), "revenue"] == pytest.approx(1e5)


def test_unallocated_operating_profit_is_a_residual_without_revenue() -> None:
    company = two().years(2020, whole=[120], phones=[90], services=[30])
    company.years(2020, "operating_profit", whole=[10], phones=[9], services=[12])
    row = mix(company).loc[("residual", 2020)]
    assert row["operating_profit"] == -11e6
    assert pd.isna(row["revenue"])
    assert mix(company).loc[("services", 2020), "operating_margin"] == 0.4


def test_no_remainder_is_told_of_members_that_print_nothing() -> None:
    company = two().years(2020, whole=[120], phones=[90], services=[30])
    company.years(2020, "operating_profit", whole=[10], phones=[9])
    assert "residual" not in mix(company).index


def rounded(value: float, exponent: int) -> Decimal:
    unit = Decimal(10) ** exponent
    return (Decimal(value) / unit).quantize(Decimal(1), ROUND_HALF_EVEN) * unit


def draws(seed: int, companies: int = 30) -> Iterator[tuple[str, list[float], list[float]]]:
    """Names of companies, each with revenues and margins that fit no printed digit."""
    rng = random.Random(seed)
    for number in range(companies):
        yield f"company_{number}", [rng.uniform(50, 5000) for _ in range(6)], [rng.uniform(-0.3, 0.9) for _ in range(6)]


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_contributions_and_effects_sum_exactly_though_figures_are_rounded(seed: int) -> None:
    companies, expected = [], {}
    for name, revenues, margins in draws(seed):
        company = Company(name).divide("segment", "a", "b", "c")
        whole: dict[tuple[str, int], float] = {}
        for year, part in ((2019, slice(0, 3)), (2020, slice(3, 6))):
            profits = [revenue * margin for revenue, margin in zip(revenues[part], margins[part], strict=True)]
            for concept, figures in (("revenue", revenues[part]), ("gross_profit", profits)):
                total = rounded(sum(figures), 0)
                whole[concept, year] = float(total)
                printed = {n: str(rounded(figure, 0)) for n, figure in zip("abc", figures, strict=True)}
                company.report(2020, year, concept, whole=str(total), **printed)
        companies.append(company)
        growth = whole["revenue", 2020] / whole["revenue", 2019] - 1
        margin, margin_before = (whole["gross_profit", year] / whole["revenue", year] for year in (2020, 2019))
        expected[name] = (growth, margin - margin_before)
    rows = mix(*companies)
    assert "residual" not in rows.index
    rows = rows.xs(2020, level="fiscal_year")
    rows["effect"] = rows["mix_effect"] + rows["rate_effect"]
    sums = rows.groupby("entity_id")[["contribution_to_growth", "effect"]].sum()
    for name, (growth, change) in expected.items():
        assert sums.loc[name].tolist() == pytest.approx([growth, change], abs=EXACT), name


def test_mix_and_rate_by_hand() -> None:
    """Margins stay, so all change is mix; then shares stay, so all change is rate."""
    company = two().years(2021, whole=[100, 100, 100], phones=[80, 60, 60], services=[20, 40, 40])
    company.years(2021, "gross_profit", whole=[18, 26, 29], phones=[8, 6, 9], services=[10, 20, 20])
    rows = mix(company)
    by_mix = rows.xs(2020, level="fiscal_year")
    assert by_mix["mix_effect"].tolist() == pytest.approx([-0.2 * (0.10 - 0.22), 0.2 * (0.50 - 0.22)])
    assert by_mix["rate_effect"].tolist() == pytest.approx([0, 0], abs=EXACT)
    by_rate = rows.xs(2021, level="fiscal_year")
    assert by_rate["mix_effect"].tolist() == pytest.approx([0, 0], abs=EXACT)
    assert by_rate["rate_effect"].tolist() == pytest.approx([0.6 * (0.15 - 0.10), 0], abs=EXACT)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_gross_profit_from_a_printed_margin_brackets_the_true_one(seed: int) -> None:
    """In the mix by its half-width, in the facts by half a unit of its decimals."""
    companies, true = [], {}
    for name, (revenue, *_), (margin, *_) in draws(seed):
        company = Company(name).divide("segment", "phones").report(2020, 2020, phones=str(rounded(revenue, 0)))
        company.report(2020, 2020, "gross_margin_printed", decimals=3, unit="pure", phones=str(rounded(margin, -3)))
        companies.append(company)
        true[name] = revenue * margin * 1e6
    rows = (
        derive_segments(*companies)
        .execute(
            """select entity_id, revenue, gross_profit, gross_profit_precision, gross_profit_basis, f.value::double, f.decimals
        from mart.segment_mix join core.fact_vintage f using (entity_id)
        where f.concept_id = 'gross_profit' and f.vintage = 'current'"""
        )
        .fetchall()
    )
    assert len(rows) == len(true)
    for name, revenue, profit, half, basis, fact, decimals in rows:
        assert basis == "printed_margin"
        assert abs(profit - true[name]) <= half * (1 + EXACT), name
        assert half <= 0.0005 * (revenue + 0.5e6) + 0.9005 * 0.5e6
        assert fact == pytest.approx(profit)
        assert abs(fact - true[name]) <= 0.5 * 10**-decimals, name


def test_the_one_gross_profit_that_is_not_printed_is_what_the_others_leave() -> None:
    company = (
        two().years(2020, whole=[120], phones=[90], services=[30]).years(2020, "gross_profit", whole=[35], phones=[15])
    )
    row = mix(company).loc[("services", 2020)]
    assert row[["gross_profit", "gross_profit_precision"]].tolist() == [20e6, 1e6]
    assert row["gross_profit_basis"] == "remainder"


def test_no_gross_profit_is_left_where_the_members_are_not_the_whole() -> None:
    company = (
        two().years(2020, whole=[150], phones=[90], services=[30]).years(2020, "gross_profit", whole=[35], phones=[15])
    )
    rows = mix(company)
    assert pd.isna(rows.loc[("services", 2020), "gross_profit"])
    assert pd.isna(rows.loc[("residual", 2020), "gross_profit"])


def test_a_first_year_and_a_year_after_a_gap_have_no_growth() -> None:
    rows = mix(two().years(2018, phones=[80]).years(2020, phones=[100]))
    assert rows["series_break"].tolist() == ["first_year", "year_missing"]
    assert rows["growth"].isna().all()


def test_a_loss_maker_s_negative_base_is_no_growth() -> None:
    rows = mix(two().years(2020, whole=[100, 120], phones=[105, 122], services=[-5, -2]))
    assert pd.isna(rows.loc[("services", 2020), "growth"])
    assert rows.loc[("services", 2020), "contribution_to_growth"] == pytest.approx(0.03)


def test_reports_that_agree_are_one_series() -> None:
    """Each report prints two years; the year between is the same in both, though rounded more in one."""
    company = two().years(2019, whole=[90, 100], phones=[70, 80], services=[20, 20])
    company.years(2020, whole=[100, 120], phones=[80.4, 90], services=[20, 30])
    rows = mix(company)
    assert rows.loc[("phones", 2019), "growth"] == pytest.approx(80.4 / 70 - 1)
    assert rows.loc[("phones", 2019), "growth_basis"] == "comparative"
    assert pd.isna(rows.loc[("phones", 2019), "series_break"])


def test_a_recast_year_keeps_the_growth_of_the_report_that_prints_both_years() -> None:
    company = two().years(2019, whole=[90, 100], phones=[70, 80], services=[20, 20])
    company.years(2020, whole=[100, 120], phones=[75, 90], services=[25, 30])
    connection = derive_segments(company)
    row = connection.execute("from mart.segment_mix where member_id = 'phones' and fiscal_year = 2019").df().iloc[0]
    assert row[["revenue", "series_break", "growth_basis"]].tolist() == [75e6, "recast", "earlier_presentation"]
    assert row["growth"] == pytest.approx(80 / 70 - 1)
    assert row[["contribution_to_growth", "mix_effect"]].isna().all()
    cells = connection.execute(
        "select input_fiscal_year, value::double, extract_id from mart.segment_input "
        "where member_id = 'phones' and fiscal_year = 2019 and used_as = 'growth' order by 1"
    ).fetchall()
    assert cells == [(2018, 70e6, "acme/2019.xlsx"), (2019, 80e6, "acme/2019.xlsx")]
    uses = connection.execute(
        "select distinct used_as from mart.segment_input where fiscal_year = 2019 order by 1"
    ).fetchall()
    assert [one for (one,) in uses] == ["figure", "growth", "whole"]
    roles = connection.execute(
        "select fiscal_year, growth from mart.segment_role where role = 'hardware' order by 1"
    ).fetchall()
    assert roles == [(2018, None), (2019, None), (2020, pytest.approx(90 / 75 - 1))]
    after = mix(company).loc[("phones", 2020)]
    assert after["growth"] == pytest.approx(90 / 75 - 1)
    assert pd.isna(after["series_break"])


def test_a_profit_recast_alone_leaves_growth_but_no_effects() -> None:
    company = (
        two()
        .years(2019, whole=[90, 100], phones=[70, 80], services=[20, 20])
        .years(2020, whole=[100, 120], phones=[80, 90])
    )
    company.years(2019, "gross_profit", whole=[30, 34], phones=[14, 16], services=[16, 18])
    company.years(2020, "gross_profit", whole=[34, 40], phones=[12, 14])
    rows = mix(company)
    assert rows.loc[("phones", 2019), ["mix_effect", "rate_effect"]].isna().all()
    assert rows.loc[("phones", 2019), "contribution_to_growth"] == pytest.approx(1 / 9)
    assert rows.loc[("phones", 2020), ["mix_effect", "rate_effect"]].notna().all()
    assert rows.loc[("services", 2019), "rate_effect"] == pytest.approx((20 / 90 + 0.2) / 2 * (0.9 - 0.8))


def test_other_members_in_a_report_without_comparatives_break_the_series() -> None:
    company = two().divide("segment", "cars")
    company.years(2019, whole=[100], phones=[80], services=[20]).years(
        2020, whole=[130], phones=[90], services=[30], cars=[10]
    )
    rows = mix(company)
    assert rows.loc[("phones", 2020), "series_break"] == "presentation_changed"
    assert rows.loc[("cars", 2020), "series_break"] == "first_year"
    assert rows["growth"].isna().all()


def test_the_same_members_in_separate_reports_are_one_series() -> None:
    rows = mix(two().years(2019, phones=[80], services=[20]).years(2020, phones=[90], services=[30]))
    assert rows.loc[("phones", 2020), ["growth", "growth_basis"]].tolist() == [pytest.approx(0.125), "separate_reports"]


def regrouped() -> Company:
    """Hardware and web until 2020; phones, cars and services since, of which 2020 is printed in both presentations."""
    company = Company().divide("segment", "phones", "cars", "services").divide("segment_until_2020", "hardware", "web")
    company.years(2020, whole=[90, 100], hardware=[60, 65], web=[30, 35])
    return company.years(2021, whole=[100, 130], phones=[50, 60], cars=[15, 25], services=[35, 45])


def test_a_regrouped_segment_has_no_growth_without_evidence() -> None:
    rows = mix(regrouped()).xs(2020, level="fiscal_year")
    assert rows.loc[["phones", "cars", "services"], "series_break"].tolist() == ["first_year"] * 3
    assert rows.loc[["phones", "cars", "services"], "growth"].isna().all()


def test_a_year_in_both_presentations_bridges_a_succession() -> None:
    rows = mix(regrouped().succeed("services", "web"))
    row = rows.loc[("services", 2020)]
    assert row[["series_break", "growth_basis"]].tolist() == ["presentation_changed", "predecessor"]
    assert row["growth"] == pytest.approx(35 / 30 - 1)
    assert pd.isna(row["contribution_to_growth"])


def test_merged_segments_are_bridged_and_split_ones_are_not() -> None:
    split = mix(regrouped().succeed("phones", "hardware").succeed("cars", "hardware")).xs(2020, level="fiscal_year")
    assert split.loc[["phones", "cars"], "series_break"].tolist() == ["presentation_changed"] * 2
    assert split.loc[["phones", "cars"], "growth"].isna().all()
    company = (
        Company()
        .divide("segment", "all")
        .divide("segment_until_2020", "hardware", "web")
        .succeed("all", "hardware", "web")
    )
    company.years(2020, hardware=[60, 65], web=[30, 35]).years(2021, **{"all": [100, 130]})
    assert mix(company).loc[("all", 2020), "growth"] == pytest.approx(100 / 90 - 1)


def test_a_predecessor_that_was_recast_in_that_year_bridges_nothing() -> None:
    company = regrouped().succeed("services", "web").report(2021, 2020, web=33)
    row = mix(company).loc[("services", 2020)]
    assert row["series_break"] == "presentation_changed"
    assert pd.isna(row["growth"])


def test_a_declared_succession_bridges_years_that_do_not_overlap() -> None:
    company = Company().divide("segment", "services").divide("segment_until_2020", "web").succeed("services", "web")
    rows = mix(company.years(2020, web=[30, 35]).years(2021, services=[45]))
    assert rows.loc[("services", 2021), ["growth", "growth_basis"]].tolist() == [
        pytest.approx(45 / 35 - 1), "declared_succession",
    ]  # fmt: skip


def renamed(*, overlap: list[float], web: list[float]) -> Company:
    company = Company().divide("segment", "services", "phones").divide("segment_until_2020", "web", "hardware")
    company.years(2020, web=web, hardware=[60, 61, 65])
    return company.years(2021, services=[*overlap, 45], phones=[55, 60, 70][-len(overlap) - 1 :])


def test_the_same_revenue_in_both_presentations_is_evidence_of_a_new_name() -> None:
    found = mix(renamed(overlap=[30, 35], web=[25, 30, 35]))
    assert found.loc[("services", 2019), ["growth", "growth_basis"]].tolist() == [pytest.approx(0.2), "predecessor"]
    assert pd.isna(found.loc[("phones", 2019), "growth"])
    assert found.loc[("web", 2018), "series_break"] == "first_year"


def test_one_equal_figure_may_be_chance() -> None:
    assert pd.isna(mix(renamed(overlap=[35], web=[25, 30, 35])).loc[("services", 2020), "growth"])


def test_two_years_of_which_one_differs_are_no_evidence() -> None:
    assert pd.isna(mix(renamed(overlap=[32, 35], web=[25, 30, 35])).loc[("services", 2019), "growth"])


def test_lines_of_a_segment_are_parts_of_that_segment() -> None:
    company = two().divide("line", "games", part_of="services", games="services")
    rows = mix(company.years(2020, whole=[100, 120], phones=[80, 90], services=[20, 30], games=[5, 9]))
    assert rows.loc[("games", 2020), ["share", "contribution_to_growth"]].tolist() == pytest.approx([0.3, 0.2])
    left = rows.loc[("residual", 2020)]
    assert left[["revenue", "part_of"]].tolist() == [21e6, "services"]
    assert left["growth"] == pytest.approx(0.4)


def test_a_printed_share_stands_where_no_revenue_is_printed() -> None:
    company = (
        two().report(2020, 2020, whole=120).report(2020, 2020, "revenue_share", decimals=3, unit="pure", phones=0.75)
    )
    row = mix(company).loc[("phones", 2020)]
    assert row["share"] == 0.75
    assert pd.isna(row["revenue"])
    assert "residual" not in mix(company).index


def test_translations_for_the_reader_s_convenience_are_no_other_figures() -> None:
    company = two().years(2020, whole=[120], phones=[90], services=[30])
    company.report(2020, 2020, phones=14, services=5, whole=19, unit="USD", decimals=-3)
    assert mix(company)["revenue"].tolist() == [90e6, 30e6]


def test_roles_need_all_their_members_or_a_dimension_that_is_the_whole() -> None:
    company = Company().divide(
        "segment", "phones", "cars", "services", phones="hardware", cars="hardware", services="services"
    )
    company.years(2019, whole=[100], phones=[80], services=[20])  # no cars yet: the others make up the whole
    company.report(2020, 2020, whole=150, phones=90, services=30)  # cars are not printed
    company.report(2021, 2021, whole=200, phones=90, services=40, cars=30)  # and something else is not
    rows = derive_segments(company).execute(
        "select fiscal_year, role, revenue / 1e6, share from mart.segment_role order by 1, 2"
    )
    assert rows.fetchall() == [
        (2019, "hardware", 80, 0.8), (2019, "services", 20, 0.2), (2020, "services", 30, 0.2),
        (2021, "hardware", 120, 0.6), (2021, "services", 40, 0.2),
    ]  # fmt: skip


def test_a_role_adds_up_its_members() -> None:
    company = Company().divide(
        "segment", "phones", "cars", "services", phones="hardware", cars="hardware", services="services"
    )
    company.years(2020, whole=[100, 120], phones=[60, 66], cars=[20, 24], services=[20, 30])
    company.years(2020, "gross_profit", whole=[35, 48], phones=[15, 18], cars=[4, 6], services=[16, 24])
    row = derive_segments(company).execute(
        "from mart.segment_role where role = 'hardware' and fiscal_year = 2020"
    ).df().iloc[0]  # fmt: skip
    assert row[["members", "revenue", "gross_profit", "gross_profit_precision"]].tolist() == [2, 90e6, 24e6, 1e6]
    assert row[
        ["share", "growth", "contribution_to_growth", "gross_margin", "gross_profit_share"]
    ].tolist() == pytest.approx([0.75, 0.125, 0.10, 24 / 90, 0.5])


def test_concentration_leaves_out_eliminations_and_dimensions_with_a_residual() -> None:
    company = two().divide("segment", "between", between="elimination")
    company.report(2020, 2020, whole=100, phones=90, services=30, between=-20)
    company.report(2019, 2019, whole=150, phones=90, services=30)
    (row,) = derive_segments(company).execute(
        "select fiscal_year, members, herfindahl, effective_members, entropy, largest_member_id, largest_share "
        "from mart.segment_concentration"
    ).fetchall()  # fmt: skip
    assert row[:2] == (2020, 2)
    assert row[2:5] == pytest.approx((0.625, 1.6, -0.75 * math.log(0.75) - 0.25 * math.log(0.25)))
    assert row[5:] == ("phones", 0.75)


def test_companies_without_members_are_passed_over() -> None:
    connection = derive_segments(Company("panel").years(2020, whole=[100, 120]), two().years(2020, phones=[80, 90]))
    assert connection.execute("select distinct entity_id from temp.segment_print").fetchall() == [("acme",)]


def test_every_figure_of_a_row_leads_to_its_cells() -> None:
    company = two().years(2020, whole=[100, 120], phones=[80, 90], services=[20, 30])
    company.years(2020, "gross_profit", whole=[35, 40], phones=[15, 16])
    cells = derive_segments(company).execute(
        "select used_as, concept_id, input_member_id, input_fiscal_year, value::double / 1e6 from mart.segment_input "
        "where member_id = 'services' and fiscal_year = 2020 order by all"
    ).fetchall()  # fmt: skip
    now = [
        ("figure", "revenue", "services", 30), ("part", "gross_profit", "phones", 16), ("part", "revenue", "phones", 90),
        ("whole", "gross_profit", None, 40), ("whole", "revenue", None, 120),
    ]  # fmt: skip
    before = [
        ("figure", "revenue", "services", 20), ("part", "gross_profit", "phones", 15), ("part", "revenue", "phones", 80),
        ("whole", "gross_profit", None, 35), ("whole", "revenue", None, 100),
    ]  # fmt: skip
    expected = [(use, concept, member, 2020, value) for use, concept, member, value in now]
    expected += [(f"{use}_year_before", concept, member, 2019, value) for use, concept, member, value in before]
    assert sorted(cells, key=str) == sorted(expected, key=str)


# the shipped companies


def test_shipped_members_that_make_up_the_whole_sum_exactly(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """with total as (
          select entity_id, dimension, fiscal_year, sum(contribution_to_growth) as contributions,
            case when count(mix_effect) = count(*) then sum(mix_effect + rate_effect) end as effects
          from mart.segment_mix where revenue is not null and part_of is null
          group by all having count(contribution_to_growth) = count(*)
        )
        select t.entity_id, t.dimension, t.fiscal_year, contributions - (n.revenue::double / p.revenue::double - 1),
          effects - (n.gross_profit::double / n.revenue::double - p.gross_profit::double / p.revenue::double)
        from total t join mart.income_statement n using (entity_id, fiscal_year)
        join mart.income_statement p on p.entity_id = t.entity_id and p.fiscal_year = t.fiscal_year - 1"""
    ).fetchall()
    assert {one[0] for one in rows} == {"alibaba", "huawei", "jd", "xiaomi"}
    assert max(abs(one[3]) for one in rows) < EXACT
    decomposed = {one[2]: one[4] for one in rows if one[4] is not None}
    assert sorted(decomposed) == [2018, 2019, 2020, 2021]  # Xiaomi's: it alone prints gross profits of segments
    assert max(map(abs, decomposed.values())) < EXACT


def test_xiaomi_s_margin_rose_in_2021_by_the_smartphones_own_margin(warehouse: duckdb.DuckDBPyConnection) -> None:
    """(0.61900 + 0.63620) / 2 * (24,861.09 / 208,868.942 - 0.087) = 0.0201 of a change of 0.0280."""
    ((rate, mix_effect),) = warehouse.execute(
        "select rate_effect, mix_effect from mart.segment_mix "
        "where entity_id = 'xiaomi' and fiscal_year = 2021 and member_id = 'smartphones'"
    ).fetchall()
    assert rate == pytest.approx(0.0201, abs=5e-5)
    assert mix_effect == pytest.approx((0.63620 - 0.61900) * ((0.11903 + 0.087) - (0.17746 + 0.14948)) / 2, abs=5e-6)


def test_printed_margins_of_xiaomi_bracket_the_gross_profits_printed_beside_them(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        """select abs(m.value::double * s.revenue - s.gross_profit), s.revenue * 0.0005 + m.value::double * s.revenue_precision
        from mart.segment_mix s join core.fact_current m using (entity_id, fiscal_year, member_id)
        where m.concept_id = 'gross_margin_printed' and s.gross_profit_basis = 'printed'"""
    ).fetchall()
    assert len(rows) == 7
    assert all(off <= half for off, half in rows)


def test_concentration_of_xiaomi_2021_by_hand(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Shares 0.636196, 0.258842, 0.085930 and 0.019032 of 328,309.145 million."""
    shares = [value / 328309.145 for value in (208868.942, 84980.072, 28211.677, 6248.454)]
    (row,) = warehouse.execute(
        "select members, herfindahl, effective_members, entropy, largest_share from mart.segment_concentration "
        "where entity_id = 'xiaomi' and fiscal_year = 2021 and dimension = 'segment'"
    ).fetchall()
    assert row == pytest.approx((4, 0.47949, 2.08555, -sum(one * math.log(one) for one in shares), 0.636196), abs=5e-6)


@pytest.mark.parametrize(
    ("company", "member", "year", "growth", "series_break"),
    [
        ("alibaba", "cloud", 2020, 40016 / 24702 - 1, "presentation_changed"),
        ("alibaba", "digital_media_and_entertainment", 2020, 29094 / 24286 - 1, "presentation_changed"),
        ("alibaba", "china_commerce", 2020, None, "presentation_changed"),
        ("alibaba", "innovation_initiatives_and_others", 2020, None, "first_year"),
        ("jd", "jd_retail", 2019, 552245.141 / 447502.173 - 1, "presentation_changed"),
        ("jd", "jd_logistics", 2019, None, "presentation_changed"),
        ("jd", "jd_logistics", 2021, 104693 / 73375 - 1, None),
    ],
)
def test_shipped_presentations_are_bridged_by_the_year_printed_in_both(
    warehouse: duckdb.DuckDBPyConnection,
    company: str,
    member: str,
    year: int,
    growth: float | None,
    series_break: str | None,
) -> None:
    found = warehouse.execute(
        "select growth, series_break from mart.segment_mix where entity_id = ? and member_id = ? and fiscal_year = ?",
        [company, member, year],
    ).fetchall()
    assert found == [(growth if growth is None else pytest.approx(growth), series_break)]


def test_the_mix_is_of_the_current_vintage_and_leads_to_cells(warehouse: duckdb.DuckDBPyConnection) -> None:
    other = warehouse.execute(
        """select * from mart.segment_mix s full join (
          select f.* from core.fact_current f join core.member using (entity_id, member_id) where concept_id = 'revenue') f
          using (entity_id, fiscal_year, member_id)
        where member_id <> 'residual' and s.revenue is distinct from f.value::double"""
    ).fetchall()
    assert other == []
    untraced = warehouse.execute(
        """select s.entity_id, s.fiscal_year, s.member_id from mart.segment_mix s where not exists (
          from mart.segment_input i join core.fact f using (extract_id, sheet, cell, concept_id)
          where i.entity_id = s.entity_id and i.fiscal_year = s.fiscal_year and i.dimension = s.dimension
            and i.member_id = s.member_id and i.value = f.value and i.used_as in ('figure', 'part'))"""
    ).fetchall()
    assert untraced == []


def test_segments_print_operating_profit_where_they_print_no_gross_profit(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select entity_id, fiscal_year, member_id, operating_profit / 1e6, operating_margin from mart.segment_mix "
        "where member_id in ('jd_retail', 'china_commerce') and operating_profit is not null order by 1, 2"
    ).fetchall()
    assert [one[:4] for one in rows] == [
        ("alibaba", 2021, "china_commerce", 197232), ("jd", 2020, "jd_retail", 20611), ("jd", 2021, "jd_retail", 26613),
    ]  # fmt: skip
    assert [round(one[4], 3) for one in rows] == [0.393, 0.030, 0.031]
