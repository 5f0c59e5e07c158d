"""The data dictionary: one pandera model per table, every column described.

Validation, DDL, comments and the Dagster schema are all generated from these models.
Not here: how a table is filled (`derive`, `warehouse`).
"""

from valuenet_pipeline.contracts.columns import AMOUNT, Column, Table, columns_of, describe, key_of, name_of
from valuenet_pipeline.contracts.core import CORE_TABLES
from valuenet_pipeline.contracts.cycle import CYCLE_VIEWS
from valuenet_pipeline.contracts.mart import MART_TABLES
from valuenet_pipeline.contracts.metric import METRIC_VIEWS
from valuenet_pipeline.contracts.peer import PEER_VIEWS
from valuenet_pipeline.contracts.records import RECORD_TABLES
from valuenet_pipeline.contracts.slices import SLICE_TABLES, empty, validate

TABLES: tuple[type[Table], ...] = (*CORE_TABLES, *MART_TABLES)
"""What is stored."""
VIEWS: tuple[type[Table], ...] = (*METRIC_VIEWS, *CYCLE_VIEWS, *PEER_VIEWS)
"""What is unfolded from tables when it is read."""

__all__ = [
    "AMOUNT",
    "CORE_TABLES",
    "MART_TABLES",
    "RECORD_TABLES",
    "SLICE_TABLES",
    "TABLES",
    "VIEWS",
    "Column",
    "Table",
    "columns_of",
    "describe",
    "empty",
    "key_of",
    "name_of",
    "validate",
]
