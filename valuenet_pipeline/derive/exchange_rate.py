"""Rates of translation that extracts state."""

from __future__ import annotations

STATED = """
select x.from_currency, x.to_currency, x.fiscal_year, x.kind, e.fiscal_year_end[:2] as month, min(x.rate)::double as rate,
  min(x.extract_id) as extract_id, arg_min(x.source, (x.extract_id, x.source)) as source, arg_min(x.status, (x.extract_id, x.source, x.status)) as status,
  arg_min(x.entity_id, x.extract_id) as entity_id, list(distinct x.rate::double order by x.rate::double) as rates
from core.exchange_rate x join core.entity e using (entity_id) where x.from_currency <> x.to_currency group by all"""
"""What is stated for fiscal years that end in the same month as those of the company for which it is stated."""

RATE = f"""
  from ({STATED}) where len(rates) = 1"""
"""Rates that can be used: extracts that differ state none."""

RATES_DIFFER = f"""
select 'RAT-01' as check_id, 'warning' as severity, extract_id, entity_id, fiscal_year,
  concat('the ', kind, ' rate from ', from_currency, ' to ', to_currency, ' is stated as ', array_to_string(rates, ' and as '),
    ': nothing is translated with it') as message,
  'leave one of them' as remedy
from ({STATED}) where len(rates) > 1"""
"""Rows of mart.finding."""
