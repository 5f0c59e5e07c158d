"""What was known when: facts as of a day, and every metric at each moment at which a figure it may rest on changed.

Belongs here: choosing the prints that were known at a moment, and the metrics from them.
Not here: since when a print is known (`warehouse.vintage`), what changed (`restatement`).
"""

from __future__ import annotations

from collections.abc import Sequence

from valuenet_pipeline.derive.formula import CompiledMetric
from valuenet_pipeline.derive.metric import FAMILIES, lists_query, metric_view, years_before
from valuenet_pipeline.derive.statement import LATEST, presented, with_derived_profit

FIGURE = "entity_id, fiscal_year, concept_id, member_id"

KNOWN_PRINT = f"""
from ({presented("(select *, null::timestamp as known_until from core.fact)")})
union all by name
from ({presented("(select * exclude (version) from core.superseded_fact)")})"""
"""Every print with the time for which it was the one of its file."""

KNOWN_KEPT_OUT = """
select distinct l.entity_id, l.fiscal_year, l.concept_id, l.member_id, v.arrived_at, v.left_at
from core.reported_line l join core.extract_version v using (extract_id)
where l.outcome = 'quarantined' and l.concept_id is not null and v.left_at is null
union
select p.entity_id, p.fiscal_year, p.concept_id, p.member_id, v.arrived_at, v.left_at
from temp.past_figure p join core.extract_version v using (extract_id, version) where p.value is null"""
"""Figures in quarantine, and when the extract that prints them arrived and left."""

KNOWN_MOMENT = """
select entity_id, fiscal_year, known_from as moment from temp.known_print
union select entity_id, fiscal_year, known_until from temp.known_print where known_until is not null
union select entity_id, fiscal_year, arrived_at from temp.known_kept_out
union select entity_id, fiscal_year, left_at from temp.known_kept_out where left_at is not null"""
"""When anything about a company and year changed."""

KNOWN_CHOICE = f"""
select m.moment as vintage, p.*
from temp.known_moment m join temp.known_print p on p.entity_id = m.entity_id and p.fiscal_year = m.fiscal_year
  and p.known_from <= m.moment and (p.known_until is null or p.known_until > m.moment)
qualify row_number() over (partition by m.moment, p.entity_id, p.fiscal_year, p.concept_id, p.member_id order by {LATEST}) = 1"""
"""The latest print of each figure among those known at a moment."""

KNOWN_FACT = f"""
select [vintage::varchar] as vintages, {FIGURE}, value, decimals, status from ({with_derived_profit("temp.known_choice")})
union all by name
select [moment::varchar] as vintages, entity_id, fiscal_year from temp.known_moment"""
"""As `wide.VINTAGE_FACT`, with moments in place of vintages."""

KEPT_OUT = """
select [m.moment::varchar] as vintages, k.entity_id, k.fiscal_year, k.concept_id, k.member_id
from temp.known_kept_out k join temp.known_moment m using (entity_id, fiscal_year)
where k.left_at is null or (k.arrived_at <= m.moment and k.left_at > m.moment)"""
"""As `wide.KEPT_OUT`. A figure of which all prints are in quarantine is so since before they arrived, as facts are known."""


def history_query(metrics: Sequence[CompiledMetric]) -> str:
    """All metrics, a row per entity, year and span of time in which none of them changed, from `temp.known_wide`.

    A metric may change whenever the figures of its year or of a year that it looks back to do. While every report
    of a year is gone the year has no row, as it has none in the series, and is no year to look back to.
    """
    gaps = years_before(metrics)
    looks = "\n".join(
        f"  asof left join year t{gap} on t{gap}.entity_id = m.entity_id and t{gap}.fiscal_year = m.fiscal_year - {gap} "
        f"and m.known_from >= t{gap}.known_from"
        for gap in gaps
    )
    seen = "".join(f", if(t{gap}.is_empty, null, t{gap}.known_from) as since{gap}" for gap in gaps)
    figures = (
        f"left join figure y{gap} on y{gap}.entity_id = m.entity_id and y{gap}.fiscal_year = m.fiscal_year - {gap} "
        f"and y{gap}.known_from = m.since{gap}"
        for gap in (0, *gaps)
    )
    relation = "\n".join(["look m", *figures])
    return f"""
with figure as materialized (select * exclude (vintages), vintages[1]::timestamp as known_from from temp.known_wide),
year as materialized (
  select entity_id, fiscal_year, moment as known_from, not (exists (
      from temp.known_choice c where c.entity_id = m.entity_id and c.fiscal_year = m.fiscal_year and c.vintage = m.moment
    ) or exists (
      from temp.known_kept_out k where k.entity_id = m.entity_id and k.fiscal_year = m.fiscal_year
        and k.arrived_at <= m.moment and (k.left_at is null or k.left_at > m.moment))) as is_empty
  from temp.known_moment m
), moment as (
  select distinct s.entity_id, s.fiscal_year, o.known_from
  from (select entity_id, fiscal_year, min(known_from) as first_known from year group by all) s
  join year o on o.entity_id = s.entity_id and o.known_from >= s.first_known
    and o.fiscal_year between s.fiscal_year - {max(gaps, default=0)} and s.fiscal_year
), look as (
  select m.*, t0.known_from as since0, t0.is_empty{seen}
  from moment m
  asof join year t0 on t0.entity_id = m.entity_id and t0.fiscal_year = m.fiscal_year and m.known_from >= t0.known_from
{looks}
), computed as (
  {lists_query(metrics, relation, "m", ("entity_id", "fiscal_year", "known_from", "is_empty"))}
), changed as (
  from computed
  window time as (partition by entity_id, fiscal_year order by known_from)
  qualify row_number() over time = 1
    or (raw, state, input_state, is_empty) is distinct from lag((raw, state, input_state, is_empty)) over time
)
select * exclude (is_empty) from (
  select *, lead(known_from) over (partition by entity_id, fiscal_year order by known_from) as known_until from changed
) where not is_empty"""


END_OF_DAY = "day::timestamp + if(day::timestamp = day::date, interval 1 day, interval 1 microsecond)"
"""What is known as of a day is known by its end; as of a time of a day, by then."""

FACT_AS_OF = f"""create macro core.fact_as_of(day) as table
select * exclude (known_until) from ({KNOWN_PRINT})
where known_from < {END_OF_DAY} and (known_until is null or known_until >= {END_OF_DAY})
qualify row_number() over (partition by {FIGURE} order by {LATEST}) = 1"""


def as_of_macro(table: str) -> str:
    """The metrics of a family as they were known on a day."""
    id_column, group_column = FAMILIES[table]
    known = f"""(select *, day::timestamp as as_of from mart.{table}_history
    where known_from < {END_OF_DAY} and (known_until is null or known_until >= {END_OF_DAY}))"""
    return (
        f"create macro mart.{table}_as_of(day) as table {metric_view(known, table, id_column, group_column, 'as_of')}"
    )
