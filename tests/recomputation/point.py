"""Profit point: the products and services that earn."""

from __future__ import annotations

import pandas as pd

from recomputation.companies import Companies, Definition, growth, positive, prior


def margin(c: Companies, role: str) -> pd.DataFrame:
    return c.role("gross_profit", role) / c.role("revenue", role)


def member_margin(member: str) -> Definition:
    return lambda c: c.member("gross_profit", member) / c.member("revenue", member)


def share_of_gross_profit(part: Definition) -> Definition:
    """A share has a meaning only in a profit."""
    return lambda c: part(c) / positive(c.gross_profit)


def price(c: Companies) -> pd.DataFrame:
    return c.member("revenue", "smartphones") / c.smartphones_shipped


DEFINITIONS: dict[str, Definition] = {
    "hardware_revenue_share": lambda c: c.role("revenue", "hardware") / c.revenue,
    "services_revenue_share": lambda c: c.role("revenue", "services") / c.revenue,
    "services_share_by_revenue_type": lambda c: c.role("revenue", "services", "revenue_type") / c.revenue,
    "hardware_gross_margin": lambda c: margin(c, "hardware"),
    "services_gross_margin": lambda c: margin(c, "services"),
    "smartphone_gross_margin": member_margin("smartphones"),
    "iot_and_lifestyle_gross_margin": member_margin("iot_and_lifestyle"),
    "margin_spread_services_over_hardware": lambda c: margin(c, "services") - margin(c, "hardware"),
    "services_operating_margin": lambda c: c.role("operating_profit", "services") / c.role("revenue", "services"),
    "hardware_gross_profit_share": share_of_gross_profit(lambda c: c.role("gross_profit", "hardware")),
    "services_gross_profit_share": share_of_gross_profit(lambda c: c.role("gross_profit", "services")),
    "smartphone_gross_profit_share": share_of_gross_profit(lambda c: c.member("gross_profit", "smartphones")),
    "iot_and_lifestyle_gross_profit_share": share_of_gross_profit(
        lambda c: c.member("gross_profit", "iot_and_lifestyle")
    ),
    "services_contribution_to_gross_profit_growth": lambda c: (
        c.role("gross_profit", "services").diff() / positive(prior(c.gross_profit))
    ),
    "largest_profit_point_share": share_of_gross_profit(lambda c: c.largest("gross_profit", "segment")),
    "effective_number_of_profit_points": lambda c: 1 / c.herfindahl("gross_profit", "segment"),
    "gross_profit_per_smartphone": lambda c: c.member("gross_profit", "smartphones") / c.smartphones_shipped,
    "smartphone_average_selling_price_recomputed": price,
    "smartphone_average_selling_price_growth": lambda c: growth(price(c)),
}
