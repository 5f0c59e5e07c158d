"""The value net by role: how many stand in it, on what support, and the metrics that speak of them."""

from __future__ import annotations

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive.support import rank_of
from valuenet_pipeline.derive.text import literal
from valuenet_pipeline.vocabulary import FIGURE_STATUSES

VALUE_NET_ROLE = f"""
with node as (
  select entity_id, role, name, arg_min(status, {rank_of("status")}) as status
  from core.value_net_edge group by entity_id, role, name
)
select entity_id, role, count(*) as nodes, {", ".join(f"count(*) filter (where status = {literal(one)}) as {one}" for one in FIGURE_STATUSES)}
from node group by entity_id, role"""


def value_net_indicator_query(catalog: Catalog) -> str:
    """The metrics attached to each role, with their ranks among the companies of the same currency."""
    rows = ", ".join(
        f"({literal(role.role)}, {literal(metric_id)}, {place})"
        for role in catalog.model.roles
        for place, metric_id in enumerate(role.metrics, start=1)
    )
    metric_ids = ", ".join(sorted({literal(name) for role in catalog.model.roles for name in role.metrics}))
    return f"""
with attached(role, metric_id, place) as (values {rows}),
figure as not materialized (
  from mart.metric_value where vintage = 'current' and metric_id in ({metric_ids})
), standing as (from mart.peer_rank where metric_id in ({metric_ids}) and exchange_rate is null)
select v.entity_id, v.fiscal_year, a.role, n.nodes, a.place::bigint as place, v.metric_id, v.value, v.status, v.reason, v.input_status,
  p.rank, p.compared
from figure v join attached a using (metric_id)
left join core.value_net_role n on n.entity_id = v.entity_id and n.role = a.role
left join standing p on p.entity_id = v.entity_id and p.fiscal_year = v.fiscal_year and p.metric_id = v.metric_id"""
