"""Profit object: the users and customers who pay, or whose attention others pay for."""

from __future__ import annotations

import pandas as pd

from recomputation.companies import Companies, Definition, average, first, growth


def services(c: Companies) -> pd.DataFrame:
    return c.role("revenue", "services")


def services_abroad(c: Companies) -> pd.DataFrame:
    return c.role("revenue", "overseas", "internet_services_region")


def users_abroad(c: Companies) -> pd.DataFrame:
    return c.monthly_active_users - c.monthly_active_users_domestic


def consumers(c: Companies) -> pd.DataFrame:
    return first(c.annual_active_consumers, c.role("annual_active_consumers", "worldwide", "consumer_base"))


def sold_abroad(c: Companies) -> pd.DataFrame:
    """From amounts by region; where only a share is printed, what is not sold at home."""
    by_amount = c.role("revenue", "overseas", "region") / c.revenue
    return first(by_amount, 1 - c.role("revenue_share", "domestic", "region"))


def of_users(line: Definition) -> Definition:
    return lambda c: line(c) / c.monthly_active_users


DEFINITIONS: dict[str, Definition] = {
    "active_users": lambda c: c.monthly_active_users,
    "active_user_growth": lambda c: growth(c.monthly_active_users),
    "revenue_per_average_user": lambda c: c.revenue / average(c.monthly_active_users),
    "services_revenue_per_average_user": lambda c: services(c) / average(c.monthly_active_users),
    "services_revenue_per_closing_user": of_users(services),
    "services_gross_profit_per_average_user": lambda c: (
        c.role("gross_profit", "services") / average(c.monthly_active_users)
    ),
    "domestic_services_revenue_per_closing_user": lambda c: (
        (services(c) - services_abroad(c)) / c.monthly_active_users_domestic
    ),
    "overseas_services_revenue_per_closing_user": lambda c: services_abroad(c) / users_abroad(c),
    "overseas_revenue_share": sold_abroad,
    "largest_region_share": lambda c: c.largest("revenue", "region") / c.revenue,
    "overseas_user_share": of_users(users_abroad),
    "overseas_services_share": lambda c: services_abroad(c) / services(c),
    "devices_per_user": of_users(lambda c: c.connected_devices),
    "multi_device_user_share": of_users(lambda c: c.multi_device_users),
    "assistant_reach": of_users(lambda c: c.assistant_monthly_active_users),
    "app_reach": of_users(lambda c: c.app_monthly_active_users),
    "active_consumers": consumers,
    "active_consumer_growth": lambda c: growth(consumers(c)),
    "revenue_per_average_consumer": lambda c: c.revenue / average(consumers(c)),
    "largest_customer_dependence": lambda c: c.largest_customer_share,
    "customer_concentration": lambda c: c.five_largest_customers_share,
}
