"""Return on equity taken apart, a row per entity and year."""

from __future__ import annotations

DUPONT = """
select entity_id, fiscal_year,
  max(value) filter (where ratio_id = 'dupont_net_margin') as net_margin,
  max(value) filter (where ratio_id = 'dupont_asset_turnover') as asset_turnover,
  max(value) filter (where ratio_id = 'dupont_equity_multiplier') as equity_multiplier,
  max(value) filter (where ratio_id = 'dupont_return_on_equity') as return_on_equity,
  max(status) filter (where ratio_id = 'dupont_return_on_equity') as status,
  max(reason) filter (where ratio_id = 'dupont_return_on_equity') as reason
from mart.ratio where vintage = 'current' group by entity_id, fiscal_year"""
