"""The flow as plain functions, each a few lines over the rooms below; Dagster's assets and the command line call them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from valuenet_pipeline import warehouse
from valuenet_pipeline.catalog import Catalog, EntityProfile, Metric, load_catalog, load_metrics
from valuenet_pipeline.derive import identity_query, plan, refuse, wide_relations
from valuenet_pipeline.orchestration.inbox import Inbox, InboxFile, Unread, refused_metric, scan_inbox
from valuenet_pipeline.orchestration.project import LAYOUT, METRICS, PROFILE, Project
from valuenet_pipeline.orchestration.reading import (
    CHANGED,
    ExtractState,
    Note,
    Progress,
    code_version,
    read_inbox,
    refused,
    slice_key,
    start_readers,
)
from valuenet_pipeline.vocabulary import Finding
from valuenet_pipeline.warehouse.build import Step

__all__ = [
    "LAYOUT",
    "PROFILE",
    "ExtractState",
    "Inbox",
    "InboxFile",
    "Note",
    "Progress",
    "Project",
    "Unread",
    "read_inbox",
    "refused",
    "scan_inbox",
    "start_readers",
]


def candidate_path(project: Project, run_id: str) -> Path:
    """Where `build_candidate` leaves the tables of a run."""
    return project.warehouse / f".build-{run_id}.duckdb"


def build_candidate(project: Project, inbox: Inbox, run_id: str) -> Path:
    """Build one new file with all tables from the slices of `inbox`; an extract without one is named in a finding."""
    catalog, refused_metrics = catalog_with(inbox.metrics)
    path = candidate_path(project, run_id)
    for stale in project.warehouse.glob(".build-*"):
        stale.unlink()
    slices = {
        file.extract_id: (file.entity_id, project.slices / key)
        for file in inbox.files
        if warehouse.has_slice(project.slices, key := slice_key(inbox, file))
    }
    steps = [Step(*derivation) for derivation in plan(catalog)]
    notes = {column.name: column.description for one in wide_relations(catalog) for column in one.columns}
    warehouse.build(
        path,
        warehouse.Sources(_frames(project, inbox, catalog, refused_metrics), slices, _names(inbox)),
        identity_query(catalog),
        steps,
        notes,
    )
    return path


def catalog_with(metrics: Sequence[Metric]) -> tuple[Catalog, list[Unread]]:
    """The catalog with those of a user's metrics that it can take, and findings about the others."""
    catalog = load_catalog()
    if not metrics:
        return catalog, []
    taken, faults = refuse(catalog, metrics)
    return replace(catalog, metrics=(*catalog.metrics, *taken)), [refused_metric(fault) for fault in faults]


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


def _frames(
    project: Project, inbox: Inbox, catalog: Catalog, refused_metrics: Sequence[Unread]
) -> dict[str, pd.DataFrame]:
    built_at = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    entities = sorted({file.entity_id for file in inbox.files} | set(inbox.profiles))
    extracts = []
    unread = [*inbox.unread, *refused_metrics]
    for file in inbox.files:
        if not warehouse.has_slice(project.slices, key := slice_key(inbox, file)):
            unread.append(Unread(file.extract_id, file.entity_id, Finding("FIL-02", "error", CHANGED, "wait")))
            continue
        state = warehouse.load_slice(project.slices, key)
        extracts.append({
            "extract_id": file.extract_id, "entity_id": file.entity_id, "content_hash": file.content_hash,
            "bytes": file.size, "report_kind": state["report_kind"],
            "report_fiscal_year": state["report_fiscal_year"], "state": state["state"], "lines": state["lines"],
            "facts": 0, "findings": 0,
        })  # fmt: skip
    frames = {
        "core.entity": pd.DataFrame([_entity_row(name, inbox.profiles.get(name)) for name in entities]),
        "core.report": pd.DataFrame([
            {"entity_id": name, **report.model_dump()}
            for name, profile in inbox.profiles.items() for report in profile.reports
        ]),
        "core.member": pd.DataFrame([
            {"entity_id": name, "member_id": member.member_id, "dimension": member.dimension, "role": member.role,
             "part_of": member.part_of, "name_en": member.name.en, "name_zh": member.name.zh}
            for name, profile in inbox.profiles.items() for member in profile.members
        ]),
        "core.member_succession": pd.DataFrame([
            {"entity_id": name, "member_id": member.member_id, "predecessor_id": predecessor}
            for name, profile in inbox.profiles.items() for member in profile.members for predecessor in member.succeeds
        ]),
        "core.concept": pd.DataFrame([
            {name: getattr(concept, name) for name in concept.__dataclass_fields__} for concept in catalog.concepts.values()
        ]),
        "core.extract": pd.DataFrame(extracts),
        "core.publication": pd.DataFrame([{
            "publication_id": f"{built_at:%Y%m%dT%H%M%S%f}-{inbox.hash[:8]}", "built_at": built_at,
            "inbox_hash": _hash_of_what_is_in(inbox, len(extracts)), "catalog_version": catalog.version, "code_version": code_version(),
        }]),
        "mart.finding": pd.DataFrame([
            {"check_id": "profile", "severity": "error", "message": message, "remedy": "mend the file",
             "extract_id": f"{entity}/{PROFILE}", "entity_id": entity}
            for entity, message in inbox.profile_faults.items()
        ] + [
            {**asdict(one.finding), "extract_id": one.extract_id, "entity_id": one.entity_id} for one in unread
        ]),
    }  # fmt: skip
    return frames


def _hash_of_what_is_in(inbox: Inbox, extracts: int) -> str:
    """The inbox's hash, or one that no inbox has where an extract is missing: the next refresh then starts."""
    return inbox.hash if extracts == len(inbox.files) else f"{inbox.hash}-incomplete"


def _names(inbox: Inbox) -> dict[str, str]:
    """Every name under which a file may print one of the companies."""
    return {
        name: entity
        for entity, profile in inbox.profiles.items()
        for name in (entity, profile.name.en, profile.name.zh, profile.ticker, *profile.aliases)
        if name
    }


def _entity_row(name: str, profile: EntityProfile | None) -> dict[str, object]:
    return {
        "entity_id": name,
        "name_en": profile.name.en if profile else name,
        "name_zh": profile.name.zh if profile else None,
        "ticker": profile.ticker if profile else None,
        "currency": profile.currency if profile else None,
        "accounting_standard": profile.accounting_standard if profile else None,
        "fiscal_year_end": profile.fiscal_year_end if profile else "12-31",
    }


def _query(path: Path, sql: str, parameters: list[object] | None = None) -> pd.DataFrame:
    with warehouse.connect_read_only(path) as connection:
        return connection.execute(sql, parameters or []).df()


def table_rows(path: Path, table: str) -> int:
    """Rows of a table of a built file."""
    return int(_query(path, f"select count(*) as rows from {table}")["rows"].iloc[0])


def table_preview(path: Path, table: str, limit: int = 8) -> pd.DataFrame:
    """The first rows of a table of a built file."""
    return _query(path, f"select * from {table} limit {int(limit)}")


def identity_results(path: Path) -> pd.DataFrame:
    """Every identity that could be evaluated, with its verdict."""
    return _query(path, "select * from core.identity_result order by check_id, extract_id, fiscal_year")


CHARTS = {
    "mart.ratio": """select entity_id || ' ' || ratio_id as series, fiscal_year, value from mart.ratio
        where vintage = 'current' and status = 'ok' and ratio_id in ('gross_margin', 'core_operating_margin', 'return_on_equity')""",
    "mart.segment_mix": """select entity_id || ' ' || member_id as series, fiscal_year, share as value from mart.segment_mix
        where dimension = 'segment' and share is not null""",
    "mart.profit_model": """select entity_id || ' ' || indicator_id as series, fiscal_year, value from mart.profit_model
        where vintage = 'current' and status = 'ok'
          and indicator_id in ('services_gross_profit_share', 'overseas_revenue_share', 'research_intensity')""",
}


MOST_CHARTED = 6
"""Companies in one chart; a vendor's panel may hold thousands."""


def series_for_chart(path: Path, table: str) -> pd.DataFrame:
    """A few headline series of a table, one row per series and fiscal year, for the companies with a folder."""
    companies = f"select distinct entity_id from core.extract order by entity_id limit {MOST_CHARTED}"
    return _query(path, f"{CHARTS[table]} and entity_id in ({companies}) order by 1, 2")


def publish_candidate(project: Project, candidate: Path) -> Path:
    """Audit a built file and flip the published symlink to it."""
    publication = str(_query(candidate, "select publication_id from core.publication")["publication_id"].iloc[0])
    return warehouse.publish(candidate, project.published, publication)


def published_inbox_hash(project: Project) -> str | None:
    """Hash of the inbox the published file was made from, with this catalog and code; None when there is none such."""
    if not project.published.exists():
        return None
    row = _query(project.published, "select * from core.publication").iloc[0]
    is_same_code = (row["catalog_version"], row["code_version"]) == (load_catalog().version, code_version())
    return str(row["inbox_hash"]) if is_same_code else None


def refresh_lock(project: Project) -> AbstractContextManager[None]:
    """One build or publication at a time."""
    return warehouse.refresh_lock(project.warehouse)
