"""Slices, build, audit, publication and the read-only door: the only home of DuckDB.

Not here: what the queries say (`derive`), or when they run (`orchestration`).
"""

from valuenet_pipeline.warehouse.build import Sources, build, facts_of
from valuenet_pipeline.warehouse.compare import Comparison, compare
from valuenet_pipeline.warehouse.connection import QueryError, connect_read_only, query_untrusted
from valuenet_pipeline.warehouse.publish import AuditError, publish, refresh_lock
from valuenet_pipeline.warehouse.slices import has_slice, load_slice, store_slice

__all__ = [
    "AuditError",
    "Comparison",
    "QueryError",
    "Sources",
    "build",
    "compare",
    "connect_read_only",
    "facts_of",
    "has_slice",
    "load_slice",
    "publish",
    "query_untrusted",
    "refresh_lock",
    "store_slice",
]
