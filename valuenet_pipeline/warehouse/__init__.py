"""Slices, build, audit, publication and the read-only door: the only home of DuckDB.

Not here: what the queries say (`derive`), or when they run (`orchestration`).
"""

from valuenet_pipeline.warehouse.build import DUCKDB_VERSION, Sources, build, facts_of, remove_builds
from valuenet_pipeline.warehouse.compare import Comparison, compare
from valuenet_pipeline.warehouse.connection import Connection, QueryError, connect_read_only, is_locked
from valuenet_pipeline.warehouse.publish import AuditError, publish, refresh_lock
from valuenet_pipeline.warehouse.slices import (
    discard_damaged,
    has_slice,
    load_slice,
    prune_slices,
    remembered,
    store_slice,
)
from valuenet_pipeline.warehouse.versions import (
    Version,
    VersionError,
    contents_known,
    find_version,
    go_back,
    made_from_of,
    publication_of,
    remove_logs,
    rolled_back,
    versions,
)

__all__ = [
    "DUCKDB_VERSION",
    "AuditError",
    "Comparison",
    "Connection",
    "QueryError",
    "Sources",
    "Version",
    "VersionError",
    "build",
    "compare",
    "connect_read_only",
    "contents_known",
    "discard_damaged",
    "facts_of",
    "find_version",
    "go_back",
    "has_slice",
    "is_locked",
    "load_slice",
    "made_from_of",
    "prune_slices",
    "publication_of",
    "publish",
    "refresh_lock",
    "remembered",
    "remove_builds",
    "remove_logs",
    "rolled_back",
    "store_slice",
    "versions",
]
