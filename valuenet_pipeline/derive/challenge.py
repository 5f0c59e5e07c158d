"""What threatens the business, watched by metrics beside those of other companies."""

from __future__ import annotations

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive.peer import COMPARABLE
from valuenet_pipeline.derive.sentence import figure, sentence
from valuenet_pipeline.derive.text import literal


def _watched(catalog: Catalog) -> str:
    return ", ".join(
        "(" + ", ".join(map(literal, (one.challenge, one.name_en, one.name_zh, one.worry, metric_id, worse))) + ")"
        for one in catalog.model.challenges
        for metric_id, worse in one.metrics
    )


def challenge_query(catalog: Catalog) -> str:
    """Every watched metric per company and year: value, change, and standing among those it can be compared with.

    The median of the others is found without comparing each with each: it is among the three middle values of all.
    """
    words = {
        "metric": "metric_name",
        "fiscal_year": "fiscal_year",
        "reason": "concat_ws(': ', replace(status, '_', ' '), reason)",
        "value": figure("value", "unit", "currency"),
        "before": figure("before", "unit", "currency"),
        "compared": "compared",
        "rank": "rank",
        "peer_median": figure("peer_median", "unit", "currency"),
    }
    said = {
        key: sentence(text, words) for key, text in catalog.model.statements.items() if key[0] in ("challenge", "peers")
    }
    unconfirmed = literal(catalog.model.statements["support", "unconfirmed"])
    metric_ids = ", ".join(sorted({literal(name) for one in catalog.model.challenges for name, _ in one.metrics}))
    return f"""
with {COMPARABLE},
watched(challenge, name_en, name_zh, worry, metric_id, worse_when) as (values {_watched(catalog)}),
figure as not materialized (
  from mart.metric_value where vintage = 'current' and metric_id in ({metric_ids})
), tracked as (
  select w.*, v.* exclude (metric_id), f.unit, f.name_en as metric_name, e.currency, b.value as before
  from figure v join watched w using (metric_id) join mart.formula f using (metric_id) join core.entity e using (entity_id)
  left join figure b on b.metric_id = v.metric_id and b.entity_id = v.entity_id and b.fiscal_year = v.fiscal_year - 1
), peer as (
  select p.*, w.challenge, count(*) over peers as n,
    rank() over (peers order by if(w.worse_when = 'higher', p.compared_value, -p.compared_value)) as rank,
    row_number() over (peers order by if(w.worse_when = 'higher', p.compared_value, -p.compared_value)) as place
  from comparable p join watched w using (metric_id)
  where p.metric_id in ({metric_ids})
  window peers as (partition by w.challenge, p.metric_id, p.fiscal_year, p.compared_in)
), middle as (
  select challenge, fiscal_year, metric_id, compared_in,
    list(compared_value order by place) filter (where place between n // 2 and n // 2 + 1 + n % 2) as middle
  from peer group by all
), standing as (
  select p.*, case when n > 1 then list_avg(list_filter(middle,
    lambda one, i: i <> greatest(1, least(len(middle), place - n // 2 + 1)))) end as peer_median
  from peer p join middle m on m.challenge = p.challenge and m.fiscal_year = p.fiscal_year and m.metric_id = p.metric_id
    and m.compared_in is not distinct from p.compared_in
  where p.exchange_rate is null
), judged as (
  select t.*, t.value - t.before as change, coalesce(s.n, 0) as compared, s.peer_median,
    case when s.n > 1 then s.rank end as rank,
    case when t.status <> 'ok' then 'missing' when t.before is null then 'unknown' when t.value = t.before then 'unchanged'
      when (t.value > t.before) = (t.worse_when = 'higher') then 'worsened' else 'eased' end as verdict
  from tracked t left join standing s using (challenge, metric_id, entity_id, fiscal_year)
)
select entity_id, fiscal_year, challenge, name_en, name_zh, worry, metric_id, worse_when, value, unit, status, reason, change,
  if(verdict = 'missing', 'unknown', verdict) as moved, compared, peer_median, rank, input_status,
  concat(case verdict {" ".join(f"when {literal(verdict)} then {text}" for (topic, verdict), text in said.items() if topic == "challenge")} end,
    case when status <> 'ok' then '' when rank is null then {said["peers", "none"]} else {said["peers", "several"]} end,
    if(input_status = 'unconfirmed', {unconfirmed}, '')) as statement
from judged"""
