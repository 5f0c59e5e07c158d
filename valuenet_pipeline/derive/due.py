"""When the next annual report of a company is due: as long after its fiscal year as the last ones, or as rules allow."""

from __future__ import annotations

from valuenet_pipeline.derive.statement import STATEMENTS
from valuenet_pipeline.derive.text import literal

REMEMBERED = 3
"""Past reports that make a habit; older ones may be from before a listing or a change of rules."""
GRACE_DAYS = 7
"""What weekends and holidays may add to the latest of them."""
LONGEST_LAG = 366
"""A report published later than that was not on time; it is no habit."""
ALLOWED_MONTHS = 4
"""Where no day of publication is known: the end of the fourth month after the fiscal year.

Hong Kong's Main Board rules (13.46), the SEC's Form 20-F (General Instruction A(b)) and China's Securities Law
(article 79) all allow an annual report four months.
"""


def _end_of(year: str) -> str:
    """SQL of the day on which a company's fiscal year ends; 02-29 falls back to the month's last day."""
    return f"make_date({year}, month, least(day, date_part('day', last_day(make_date({year}, month, 1)))))"


_STATEMENTS = ", ".join(map(literal, STATEMENTS))

REPORT_DUE = f"""
with company as (
  select entity_id, last_fiscal_year,
    split_part(fiscal_year_end, '-', 1)::bigint as month, split_part(fiscal_year_end, '-', 2)::bigint as day
  from core.entity where entity_id in (select entity_id from core.extract)
), newest as (
  select entity_id, max(fiscal_year) as newest_fiscal_year from core.fact
  where member_id is null and entity_id in (select entity_id from company)
    and concept_id in (select concept_id from core.concept where statement in ({_STATEMENTS}))
  group by entity_id
), dated as (
  select entity_id, fiscal_year, published_on - {_end_of("fiscal_year")} as lag
  from core.report join company using (entity_id) where kind = 'annual_report'
), habit as (
  select entity_id, list_max(list(lag order by fiscal_year desc)[:{REMEMBERED}]) as lag
  from dated where lag between 1 and {LONGEST_LAG} group by entity_id
), awaited as (
  select *, newest_fiscal_year + 1 as next_fiscal_year, {_end_of("next_fiscal_year")} as year_ends_on,
    (year_ends_on + interval {ALLOWED_MONTHS} months)::date as allowed_on
  from newest join company using (entity_id) left join habit using (entity_id)
  where last_fiscal_year is null or newest_fiscal_year < last_fiscal_year
)
select entity_id, newest_fiscal_year, next_fiscal_year, last_fiscal_year, year_ends_on,
  case when lag is not null then year_ends_on + (lag + {GRACE_DAYS})::integer
    when year_ends_on = last_day(year_ends_on) then last_day(allowed_on) else allowed_on end as due_on,
  due_on - year_ends_on as lag_days, if(lag is null, 'default', 'own_lag') as basis
from awaited"""
"""One row for each company that has a folder in the inbox and a figure."""
