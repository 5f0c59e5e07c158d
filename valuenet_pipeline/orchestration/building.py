"""Build the tables of one refresh from slices, profiles, the catalog and the archive.

Belongs here: gathering what a build is made from. Not here: reading extracts (`reading`), SQL (`derive`), DuckDB (`warehouse`).
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from valuenet_pipeline import warehouse
from valuenet_pipeline.catalog import Catalog, EntityProfile, Metric, load_catalog
from valuenet_pipeline.derive import identity_query, plan, refuse, wide_relations
from valuenet_pipeline.orchestration.archive import REMOVED, TICK, Version, file_of, moments, now, versions
from valuenet_pipeline.orchestration.inbox import Inbox, InboxFile, Unread, refused_metric
from valuenet_pipeline.orchestration.project import METRICS, PROFILE, Project
from valuenet_pipeline.orchestration.reading import CHANGED, code_version, slice_key
from valuenet_pipeline.vocabulary import Finding
from valuenet_pipeline.warehouse.build import Step

MOMENT = "%Y%m%dT%H%M%S%f"

Readings = Mapping[str, tuple[InboxFile, str]]
"""extract_id → the file, and the key of its slice."""


def candidate_path(project: Project, run_id: str) -> Path:
    """Where `build_candidate` leaves the tables of a run."""
    return project.warehouse / f".build-{run_id}.duckdb"


def build_candidate(project: Project, inbox: Inbox, run_id: str) -> Path:
    """Build one new file with all tables from the slices of `inbox`; an extract without one is named in a finding."""
    catalog, refused_metrics = catalog_with(inbox.metrics)
    path = candidate_path(project, run_id)
    warehouse.remove_builds(project.warehouse)
    notes = {column.name: column.description for one in wide_relations(catalog) for column in one.columns}
    sources = gather(project, inbox, catalog, refused_metrics)
    warehouse.build(path, sources, identity_query(catalog), _steps(catalog), notes)
    return path


def gather(
    project: Project, inbox: Inbox, catalog: Catalog, refused_metrics: Sequence[Unread] = ()
) -> warehouse.Sources:
    """All that the tables are made from: the inbox as it was listed, its slices, and what the archive remembers."""
    readings = _readings(project, inbox, {file.extract_id: file for file in inbox.files})
    changed = [
        Unread(file.extract_id, file.entity_id, Finding("FIL-02", "error", CHANGED, "wait"))
        for file in inbox.files
        if file.extract_id not in readings
    ]
    history = versions(project)
    lost = _lost(project, inbox, history)
    unread = [*inbox.unread, *refused_metrics, *changed, *_removed(history, inbox), *map(_loss, lost)]
    return warehouse.Sources(
        frames={
            **_described(inbox, catalog, {file.entity_id for file in inbox.files}),
            "core.extract": _extract_frame(project, readings),
            "core.extract_version": _version_frame(history, lost),
            "core.publication": _publication(project, inbox, history, catalog, is_whole=not changed),
            "mart.finding": _findings(inbox, unread),
        },
        slices=_slices(project, readings),
        names=_names(inbox),
        past_facts=[_past_facts(project, inbox, catalog, *moment) for moment in moments(history)],
    )


def _steps(catalog: Catalog) -> list[Step]:
    return [Step(*derivation) for derivation in plan(catalog)]


def catalog_with(metrics: Sequence[Metric]) -> tuple[Catalog, list[Unread]]:
    """The catalog with those of a user's metrics that it can take, and findings about the others."""
    catalog = load_catalog()
    if not metrics:
        return catalog, []
    taken, faults = refuse(catalog, metrics)
    return replace(catalog, metrics=(*catalog.metrics, *taken)), [refused_metric(fault) for fault in faults]


def _past_facts(
    project: Project,
    inbox: Inbox,
    catalog: Catalog,
    there: Sequence[Version],
    left: Sequence[Version],
) -> pa.Table:
    """What the extracts that left at one moment said, checked beside those that lay there then.

    It is kept by all that made it: the past is long, and it does not change.
    """
    named = {f"{one.extract_id}@{one.number}": one for one in there}
    readings = _readings(project, inbox, {name: file_of(project, one) for name, one in named.items()})
    arrivals = [replace(one, extract_id=name, left_at=None, left_because=None) for name, one in named.items()]
    gone = [(name, one.extract_id, one.number) for name, one in named.items() if one in left]

    def checked() -> pa.Table:
        sources = warehouse.Sources(
            frames={
                **_described(inbox, catalog, {one.entity_id for one in there}),
                "core.extract": _extract_frame(project, readings),
                "core.extract_version": _version_frame(arrivals),
            },
            slices=_slices(project, readings),
            names=_names(inbox),
        )
        frame = pd.DataFrame(gone, columns=["extract_id", "known_as", "version"])
        return warehouse.facts_of(sources, identity_query(catalog), _steps(catalog), frame)

    made_of = (arrivals, gone, {name: key for name, (_, key) in readings.items()}, sorted(inbox.profile_hashes.items()))
    key = hashlib.sha256(f"{made_of} {catalog.version} {code_version()}".encode()).hexdigest()[:24]
    return warehouse.remembered(project.slices, key, checked)


def _readings(project: Project, inbox: Inbox, files: Mapping[str, InboxFile]) -> Readings:
    """The files of which a slice is stored."""
    return {
        extract_id: (file, key)
        for extract_id, file in files.items()
        if warehouse.has_slice(project.slices, key := slice_key(inbox, file))
    }


def _slices(project: Project, readings: Readings) -> dict[str, tuple[str, Path]]:
    return {extract_id: (file.entity_id, project.slices / key) for extract_id, (file, key) in readings.items()}


def _extract_frame(project: Project, readings: Readings) -> pd.DataFrame:
    rows = []
    for extract_id, (file, key) in readings.items():
        state = warehouse.load_slice(project.slices, key)
        rows.append({
            "extract_id": extract_id, "entity_id": file.entity_id, "content_hash": file.content_hash,
            "bytes": file.size, "report_kind": state["report_kind"],
            "report_fiscal_year": state["report_fiscal_year"], "state": state["state"], "lines": state["lines"],
            "facts": 0, "findings": 0,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _version_frame(history: Sequence[Version], lost: Sequence[Version] = ()) -> pd.DataFrame:
    return pd.DataFrame([
        {"extract_id": one.extract_id, "version": one.number, "chain": one.chain, "entity_id": one.entity_id,
         "content_hash": one.content_hash, "bytes": one.size, "arrived_at": one.arrived_at, "left_at": one.left_at,
         "left_because": one.left_because, "is_lost": one in lost}
        for one in history
    ])  # fmt: skip


def _described(inbox: Inbox, catalog: Catalog, reporting: Set[str]) -> dict[str, pd.DataFrame]:
    """What profiles and the catalog tell, whatever the extracts of the `reporting` companies say."""
    entities = sorted(reporting | set(inbox.profiles))
    return {
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
    }  # fmt: skip


def _publication(
    project: Project, inbox: Inbox, history: Sequence[Version], catalog: Catalog, *, is_whole: bool
) -> pd.DataFrame:
    """One row; where an extract is missing the hash is one that no inbox has, so that the next refresh starts."""
    built_at = _after_all_publications(project)
    return pd.DataFrame([{
        "publication_id": f"{built_at:{MOMENT}}-{inbox.hash[:8]}", "built_at": built_at,
        "inbox_hash": inbox.hash if is_whole else f"{inbox.hash}-incomplete",
        "catalog_version": catalog.version, "code_version": code_version(),
        "duckdb_version": warehouse.DUCKDB_VERSION, "inputs": _inputs(inbox, history),
    }])  # fmt: skip


def _after_all_publications(project: Project) -> datetime.datetime:
    """Now, or just after the newest publication where the clock was set back: versions are told apart by age."""
    newest = next((one.publication_id for one in warehouse.versions(project.published)), "")
    with suppress(ValueError):  # a name that somebody else gave
        return max(now(), datetime.datetime.strptime(newest.partition("-")[0], MOMENT) + TICK)
    return now()


def _inputs(inbox: Inbox, history: Sequence[Version]) -> dict[str, list[str]]:
    """Path → hash of all that a build is made from, in the shape that becomes a map; `@` and a number mark earlier versions."""
    hashes = {f"{one.extract_id}@{one.number}": one.content_hash for one in history if one.left_at is not None}
    hashes |= {file.extract_id: file.content_hash for file in inbox.files}
    hashes |= {f"{entity}/{PROFILE}": digest for entity, digest in sorted(inbox.profile_hashes.items())}
    hashes |= {METRICS: inbox.metrics_hash} if inbox.metrics_hash else {}
    return {"key": list(hashes), "value": list(hashes.values())}


def _findings(inbox: Inbox, unread: Sequence[Unread]) -> pd.DataFrame:
    return pd.DataFrame([
        {"check_id": "profile", "severity": "error", "message": message, "remedy": "mend the file",
         "extract_id": path, "entity_id": path.partition("/")[0]}
        for path, message in inbox.configuration_faults.items()
    ] + [
        {**asdict(one.finding), "extract_id": one.extract_id, "entity_id": one.entity_id} for one in unread
    ])  # fmt: skip


def _removed(history: Sequence[Version], inbox: Inbox) -> list[Unread]:
    """Extracts that are gone, until they come back or another has their name."""
    last = {one.chain: one for one in history}
    present = {file.extract_id for file in inbox.files}
    return [
        Unread(
            one.extract_id,
            one.entity_id,
            Finding("FIL-15", "info", _departure(one.left_at), "put it back to count it again"),
        )
        for one in last.values()
        if one.left_because == REMOVED and one.left_at is not None and one.extract_id not in present
    ]


def _lost(project: Project, inbox: Inbox, history: Sequence[Version]) -> list[Version]:
    """Those whose content is neither in the archive as it was nor read before."""
    gone = {f"{one.extract_id}@{one.number}": one for one in history if one.left_at is not None}
    read = _readings(project, inbox, {name: file_of(project, one) for name, one in gone.items()})
    return [one for name, one in gone.items() if name not in read]


def _loss(one: Version) -> Unread:
    message = f"what its version {one.number} said is lost"
    remedy = f"bring the file {one.content_hash} back from a backup of data/archive"
    return Unread(one.extract_id, one.entity_id, Finding("FIL-16", "warning", message, remedy))


def _departure(left_at: datetime.datetime) -> str:
    return f"removed from the inbox, as a refresh noticed on {left_at:%Y-%m-%d %H:%M} UTC: its figures count no longer, and are kept in core.superseded_fact"


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
        "last_fiscal_year": profile.last_fiscal_year if profile else None,
    }
