"""The flow as plain functions, each a few lines over the rooms below; Dagster's assets and the command line call them."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

from valuenet_pipeline import warehouse
from valuenet_pipeline.catalog import Catalog, load_catalog, load_metrics
from valuenet_pipeline.derive import plan
from valuenet_pipeline.orchestration.archive import SETTLED_AFTER, ArchiveError, settled_inbox
from valuenet_pipeline.orchestration.building import build_candidate, candidate_path, catalog_with
from valuenet_pipeline.orchestration.inbox import Inbox, InboxFile, Unread, scan_inbox
from valuenet_pipeline.orchestration.project import LAYOUT, METRICS, PROFILE, Project
from valuenet_pipeline.orchestration.reading import (
    ExtractState,
    Note,
    Progress,
    code_version,
    prune_slices,
    read_inbox,
    refused,
)

__all__ = [
    "LAYOUT",
    "PROFILE",
    "SETTLED_AFTER",
    "ArchiveError",
    "ExtractState",
    "Inbox",
    "InboxFile",
    "Note",
    "Progress",
    "Project",
    "Unread",
    "build_candidate",
    "candidate_path",
    "prune_slices",
    "read_inbox",
    "refused",
    "scan_inbox",
    "settled_inbox",
]


def project_catalog(project: Project) -> Catalog:
    """The catalog with the metrics of the project's metrics.yaml that it can take."""
    path = project.inbox / METRICS
    metrics, _ = load_metrics(path) if path.is_file() else ([], [])
    return catalog_with(metrics)[0]


def query_versions(catalog: Catalog) -> dict[str, str]:
    """Relation → hash of the query that makes it; a view that unfolds a series changes with the series."""
    versions = {one.name: hashlib.sha256(one.query.encode()).hexdigest()[:12] for one in plan(catalog)}
    return versions | {
        name.removesuffix("_series"): version for name, version in versions.items() if name.endswith("_series")
    }


def publish_candidate(project: Project, candidate: Path) -> Path:
    """Audit a built file and flip the published symlink to it."""
    publication = warehouse.publication_of(candidate) or {}
    return warehouse.publish(candidate, project.published, publication["publication_id"])


def candidate_rolled_back(project: Project, candidate: Path) -> str | None:
    """The publication with the same tables as a built file that was rolled back, if there is one."""
    made_from = warehouse.made_from_of(warehouse.publication_of(candidate))
    return warehouse.rolled_back(project.published, made_from)


def candidate_published(project: Project, candidate: Path) -> Path | None:
    """The file that is read, where it is whole, made from the same as a built file, and the same in every row.

    What it is made from does not tell all: a content that is back in the archive is in no inbox.
    """
    current = _current(project)
    if current is None or not current.is_whole:
        return None
    made_from = warehouse.made_from_of(warehouse.publication_of(candidate))
    is_same = made_from == warehouse.made_from_of(current.publication())
    return current.path if is_same and warehouse.compare(current.path, candidate).is_equal else None


def inbox_rolled_back(project: Project, inbox: Inbox) -> str | None:
    """The publication of the inbox, with this catalog and code, that was rolled back, if there is one."""
    return warehouse.rolled_back(project.published, (inbox.hash, load_catalog().version, code_version()))


def rollback(project: Project, version: str) -> warehouse.Version:
    """Make an earlier publication the one that is read; raises VersionError when it cannot be."""
    with refresh_lock(project):
        return warehouse.go_back(project.published, version)


def pipeline_version() -> str:
    """Version of the catalog and of the code."""
    return f"{load_catalog().version} {code_version()}"


def published_inbox_hash(project: Project) -> str | None:
    """Hash of the inbox the published file was made from, with this catalog and code; None when there is none such."""
    inbox_hash, *versions = warehouse.made_from_of(warehouse.publication_of(project.published))
    return str(inbox_hash) if versions == [load_catalog().version, code_version()] else None


def published_fault(project: Project) -> str | None:
    """Why the published file cannot be trusted, though it may open; None when it is as it was written, or not there yet."""
    if not project.published.is_symlink():
        return None
    current = _current(project)
    if current is None:
        return "the published file is gone"
    return None if current.is_whole else f"the published file {current.path.name} is not what its checksum says"


def _current(project: Project) -> warehouse.Version | None:
    return next((one for one in warehouse.versions(project.published) if one.is_current), None)


def remove_logs(project: Project) -> list[str]:
    """Remove write-ahead logs beside the published files; returns their names."""
    return warehouse.remove_logs(project.published)


def refresh_lock(project: Project) -> AbstractContextManager[None]:
    """One build or publication at a time."""
    return warehouse.refresh_lock(project.warehouse)
