"""The cycle that feeds itself: hardware sold, users, devices, services, profit, research."""

from __future__ import annotations

from valuenet_pipeline.derive.text import literal

LINKS: tuple[tuple[str, str], ...] = (
    ("smartphones_shipped", "monthly_active_users"),
    ("monthly_active_users", "connected_devices"),
    ("connected_devices", "services_revenue"),
    ("services_revenue", "adjusted_net_profit"),
    ("adjusted_net_profit", "research_and_development_expenses"),
    ("research_and_development_expenses", "smartphones_shipped"),
)
"""Hardware sold → users → devices → services revenue → profit → research → hardware."""


def flywheel_query() -> str:
    """The links of the cycle per year, each with the growth of both ends."""
    links = ", ".join(f"({n}, {literal(a)}, {literal(b)})" for n, (a, b) in enumerate(LINKS, start=1))
    return f"""
with stage as (
  select entity_id, fiscal_year, concept_id as stage, value::double as value from core.fact_vintage
  where vintage = 'current' and member_id is null
  union all
  select f.entity_id, f.fiscal_year, 'services_revenue', sum(f.value)::double
  from core.fact_vintage f join core.member m using (entity_id, member_id)
  where f.vintage = 'current' and f.concept_id = 'revenue' and m.dimension = 'segment' and m.role = 'services' group by all
), grown as (
  select n.entity_id, n.fiscal_year, n.stage, n.value / p.value - 1 as growth
  from stage n join stage p on p.entity_id = n.entity_id and p.stage = n.stage and p.fiscal_year = n.fiscal_year - 1
  where p.value > 0
), link(position, cause, effect) as (values {links}),
years as (select distinct entity_id, fiscal_year from stage)
select y.entity_id, y.fiscal_year, l.position, l.cause, l.effect, a.growth as cause_growth, b.growth as effect_growth,
  case when a.growth is null or b.growth is null then 'unknown' when a.growth > 0 and b.growth > 0 then 'yes' else 'no' end
    as turned
from years y cross join link l
left join grown a on a.entity_id = y.entity_id and a.fiscal_year = y.fiscal_year and a.stage = l.cause
left join grown b on b.entity_id = y.entity_id and b.fiscal_year = y.fiscal_year and b.stage = l.effect"""
