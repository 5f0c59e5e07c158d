"""The cycle that feeds itself, from hardware sold to users, services, profit and research: which links turned?"""

from __future__ import annotations

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive.sentence import change, mid_sentence, sentence
from valuenet_pipeline.derive.support import rank_of, status_at
from valuenet_pipeline.derive.text import literal


def _measures(catalog: Catalog) -> str:
    """Rows of (position, preference, measure, its name in a sentence)."""
    names = {one.concept_id: one.name_en for one in catalog.concepts.values()}
    names |= {one.metric_id: one.name_en for one in catalog.metrics}
    return ", ".join(
        f"({position}, {preference}, {literal(measure)}, {literal(mid_sentence(names[measure]))})"
        for position, stage in enumerate(catalog.model.stages, start=1)
        for preference, measure in enumerate(stage.measures, start=1)
    )


def _links(catalog: Catalog) -> str:
    """Rows of (position of the cause, stage of the cause, position of the effect, stage of the effect)."""
    stages = catalog.model.stages
    return ", ".join(
        f"({here + 1}, {literal(stage.stage)}, {there + 1}, {literal(stages[there].stage)})"
        for here, stage in enumerate(stages)
        for there in [(here + 1) % len(stages)]
    )


def _missing(side: str) -> str:
    """SQL of why a side's growth is not known."""
    return f"""case when {side}.growth is null then concat({side}.name, case
      when {side}.is_known then concat(' was zero or below in ', fiscal_year - 1, ', a base without a rate of growth')
      when {side}.has_now then concat(' has no figure for ', fiscal_year - 1)
      when {side}.has_before then concat(' has no figure for ', fiscal_year)
      else concat(' has no figure for ', fiscal_year - 1, ' and ', fiscal_year) end) end"""


def flywheel_query(catalog: Catalog) -> str:
    """The links of the cycle per year, each with the growth of both ends and what that is evidence of.

    A stage is measured by the first of its measures that has figures of both years; where none has, it is unknown.
    """
    words = {
        "fiscal_year": "fiscal_year",
        "cause": "a.name",
        "effect": "b.name",
        "cause_moved": change("a.growth"),
        "effect_moved": change("b.growth"),
        "missing": f"concat_ws('; ', {_missing('a')}, {_missing('b')})",
    }
    said = catalog.model.statements
    turned = {verdict: sentence(said["link", verdict], words) for verdict in ("yes", "no", "unknown")}
    measures = {name for stage in catalog.model.stages for name in stage.measures}
    concepts = ", ".join(map(literal, sorted(measures & catalog.concepts.keys())))
    metrics = ", ".join(map(literal, sorted(measures - catalog.concepts.keys())))
    return f"""
with measure(position, preference, measure, name) as (values {_measures(catalog)}),
link(position, cause_stage, effect_position, effect_stage) as (values {_links(catalog)}),
figure as (
  select entity_id, fiscal_year, concept_id as measure, value::double as value, status from core.fact_current
  where member_id is null and concept_id in ({concepts})
  union all
  select entity_id, fiscal_year, metric_id, value, input_status from mart.metric_value
  where vintage = 'current' and status = 'ok' and metric_id in ({metrics})
), pair as (
  select entity_id, fiscal_year, measure, n.value is not null as has_now, p.value is not null as has_before,
    has_now and has_before as is_known, case when p.value > 0 then n.value / p.value - 1 end as growth,
    greatest({rank_of("n.status")}, {rank_of("p.status")}) as support
  from figure n full join (select * replace (fiscal_year + 1 as fiscal_year) from figure) p
    using (entity_id, fiscal_year, measure)
), year as (select distinct entity_id, fiscal_year from core.fact),
stage as (
  select y.entity_id, y.fiscal_year, m.position, m.measure, m.name, p.growth, p.support,
    coalesce(p.is_known, false) as is_known, coalesce(p.has_now, false) as has_now,
    coalesce(p.has_before, false) as has_before
  from year y cross join measure m left join pair p using (entity_id, fiscal_year, measure)
  qualify row_number() over (
    partition by y.entity_id, y.fiscal_year, m.position order by is_known desc, has_now desc, m.preference) = 1
)
select entity_id, fiscal_year, l.position::bigint as position, l.cause_stage, l.effect_stage, a.measure as cause, b.measure as effect,
  a.growth as cause_growth, b.growth as effect_growth,
  case when a.growth is null or b.growth is null then 'unknown' when a.growth > 0 and b.growth > 0 then 'yes' else 'no' end
    as turned,
  if(turned <> 'unknown', {status_at("greatest(a.support, b.support)")}, null) as input_status,
  concat(case turned when 'yes' then {turned["yes"]}
    when 'no' then {turned["no"]}
    else {turned["unknown"]} end,
    if(input_status = 'unconfirmed', {literal(said["support", "unconfirmed"])}, '')) as evidence
from link l join stage a on a.position = l.position
join stage b using (entity_id, fiscal_year) where b.position = l.effect_position"""


def flywheel_summary_query(catalog: Catalog) -> str:
    """Each link over all years: in how many of those that are known both ends grew."""
    years = (
        "case when first_known = last_known then first_known::varchar else concat(first_known, ' to ', last_known) end"
    )
    stages = {
        name: f"case {name} "
        + " ".join(f"when {literal(one.stage)} then {literal(text(one.name_en))}" for one in catalog.model.stages)
        + " end"
        for name, text in (("cause_stage", str), ("effect_stage", mid_sentence))
    }
    words = {name: name for name in ("years", "years_known", "years_turned")} | stages | {"known": years}
    said = catalog.model.statements
    known = {verdict: sentence(said["links", verdict], words) for verdict in ("none", "one", "several")}
    return f"""
with link as (
  select entity_id, position, cause_stage, effect_stage,
    string_agg(distinct cause, ', ' order by cause) filter (where turned <> 'unknown') as causes,
    string_agg(distinct effect, ', ' order by effect) filter (where turned <> 'unknown') as effects,
    count(*) as years, count(*) filter (where turned <> 'unknown') as years_known,
    count(*) filter (where turned = 'yes') as years_turned,
    min(fiscal_year) filter (where turned <> 'unknown') as first_known,
    max(fiscal_year) filter (where turned <> 'unknown') as last_known
  from mart.flywheel group by all
)
select *, case years_known when 0 then {known["none"]}
  when 1 then {known["one"]}
  else {known["several"]} end as statement
from link"""
