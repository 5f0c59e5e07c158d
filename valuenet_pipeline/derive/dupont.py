"""Return on equity taken apart, a row per entity and year."""

from __future__ import annotations

COLUMNS = (
    "net_margin", "asset_turnover", "equity_multiplier", "return_on_equity", "parent_share", "tax_burden", "interest_burden",
    "ebit_margin", "five_step_return_on_equity", "return_on_equity_change", "net_margin_contribution",
    "asset_turnover_contribution", "equity_multiplier_contribution",
)  # fmt: skip
"""Ratios of the category dupont, without its name before theirs."""

_VALUES = ",\n  ".join(f"max(value) filter (where ratio_id = 'dupont_{name}') as {name}" for name in COLUMNS)

DUPONT = f"""
select entity_id, fiscal_year,
  {_VALUES},
  max(status) filter (where ratio_id = 'dupont_return_on_equity') as status,
  max(reason) filter (where ratio_id = 'dupont_return_on_equity') as reason
from mart.ratio where vintage = 'current' and ratio_id like 'dupont_%' group by entity_id, fiscal_year"""
