"""Each metric of a company among those of the other companies in the same fiscal year."""

from __future__ import annotations

from valuenet_pipeline.derive.exchange_rate import RATE
from valuenet_pipeline.derive.support import rank_of, status_at

WEAKER = status_at(f"greatest({rank_of('v.input_status')}, {rank_of('r.status')})")

COMPARABLE = f"""
metric as (
  select f.metric_id, f.unit, f.direction, f.unit like 'currency%' as is_money,
    case when not bool_and(i.years_before = 0) then null when bool_and(i.period_type = 'duration') then 'average'
         when bool_and(i.period_type = 'instant') then 'closing' end as rate_kind
  from mart.formula f left join (
    select metric_id, years_before, period_type from mart.formula_input join core.concept using (concept_id)
    where unit like 'currency%'
  ) i using (metric_id) group by all
), known as not materialized (
  from mart.metric_value where vintage = 'current' and status = 'ok'
), rate as ({RATE}
), comparable as (
  select v.entity_id, v.fiscal_year, v.metric_id, v.value, m.unit, m.direction, v.input_status,
    case when m.is_money then e.currency end as compared_in, v.value as compared_value,
    null::double as exchange_rate, null as rate_kind, null as rate_extract_id, null as rate_source
  from known v join metric m using (metric_id) join core.entity e using (entity_id)
  where not m.is_money or e.currency is not null
  union all
  select v.entity_id, v.fiscal_year, v.metric_id, v.value, m.unit, m.direction,
    {WEAKER},
    r.to_currency, v.value * r.rate, r.rate, r.kind, r.extract_id, r.source
  from known v join metric m using (metric_id) join core.entity e using (entity_id)
  join rate r on r.from_currency = e.currency and r.fiscal_year = v.fiscal_year and r.kind = m.rate_kind
    and r.month = e.fiscal_year_end[:2]
  where m.is_money
)"""
"""Values that can be compared: as they are, money in the company's own currency and in those it can be translated into.

Flows take the average rate, balances the closing one, and a metric of both or of several years none.
"""

PEER_RANK = f"""
with {COMPARABLE}
select entity_id, fiscal_year, metric_id, value, unit, compared_in, compared_value, count(*) over peers as compared,
  case direction when 'lower' then 'lower is better' when 'higher' then 'higher is better'
    else 'by value, the highest first: neither way is better' end as ranked_by,
  case when compared > 1
    then rank() over (peers order by if(direction = 'lower', compared_value, -compared_value)) end as rank,
  1 - (rank - 1) / (compared - 1) as percentile,
  exchange_rate, rate_kind, rate_extract_id, rate_source, input_status
from comparable window peers as (partition by metric_id, fiscal_year, compared_in)"""
