"""What Dagster's interface shows of a built file: rows, the first of them, headline series and identities.

Belongs here: the queries, over one connection: opening a file takes longer than any of them.
Not here: how the interface shows the answers (`metadata`).
"""

import pandas as pd

from valuenet_pipeline.warehouse import Connection

MOST_CHARTED = 6
"""Companies in one chart; a vendor's panel may hold thousands."""

SERIES = {
    "mart.ratio": """select entity_id || ' ' || ratio_id as series, fiscal_year, value from mart.ratio
        where vintage = 'current' and status = 'ok' and ratio_id in ('gross_margin', 'core_operating_margin', 'return_on_equity')""",
    "mart.segment_mix": """select entity_id || ' ' || member_id as series, fiscal_year, share as value from mart.segment_mix
        where dimension = 'segment' and share is not null""",
    "mart.profit_model": """select entity_id || ' ' || indicator_id as series, fiscal_year, value from mart.profit_model
        where vintage = 'current' and status = 'ok'
          and indicator_id in ('services_gross_profit_share', 'overseas_revenue_share', 'research_intensity')""",
}
"""The tables that are charted, and what of them."""


def table_rows(connection: Connection, table: str) -> int:
    """Rows of a table."""
    return int(connection.sql(f"select count(*) as rows from {table}").df()["rows"].iloc[0])


def first_rows(connection: Connection, table: str, limit: int = 8) -> pd.DataFrame:
    """The first rows of a table."""
    return connection.sql(f"select * from {table} limit {int(limit)}").df()


def headline_series(connection: Connection, table: str) -> pd.DataFrame:
    """A few series of a charted table, one row per series and fiscal year, for the companies with a folder."""
    companies = f"select distinct entity_id from core.extract order by entity_id limit {MOST_CHARTED}"
    return connection.sql(f"{SERIES[table]} and entity_id in ({companies}) order by 1, 2").df()


def identity_results(connection: Connection) -> pd.DataFrame:
    """Every identity that could be evaluated, with its verdict."""
    return connection.sql("select * from core.identity_result order by check_id, extract_id, fiscal_year").df()
