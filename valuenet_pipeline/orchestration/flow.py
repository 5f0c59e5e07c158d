"""The flow as plain functions, each a few lines over the rooms below; Dagster's assets and the command line call them."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

import valuenet_pipeline
from valuenet_pipeline import warehouse
from valuenet_pipeline.catalog import Catalog, EntityProfile, load_catalog, load_entity
from valuenet_pipeline.derive import identity_query, plan
from valuenet_pipeline.extract import Reading, read_extract
from valuenet_pipeline.warehouse.build import Step

Progress = Callable[[int, int, str], None]
TEMPORARY = (".part", ".tmp", ".crdownload", ".swp")
PROFILE = "entity.yaml"


@dataclass(frozen=True)
class Project:
    """Where things lie."""

    root: Path

    @classmethod
    def find(cls) -> Project:
        """The folder named by VALUENET_HOME, or the nearest one above that holds data/raw."""
        if home := os.environ.get("VALUENET_HOME"):
            return cls(Path(home).resolve())
        here = Path.cwd().resolve()
        return cls(next((folder for folder in (here, *here.parents) if (folder / "data" / "raw").is_dir()), here))

    @property
    def inbox(self) -> Path:
        """Extracts as they came."""
        return self.root / "data" / "raw"

    @property
    def warehouse(self) -> Path:
        """Slices and published files."""
        return self.root / "data" / "warehouse"

    @property
    def slices(self) -> Path:
        """Readings, one folder each."""
        return self.warehouse / "lines"

    @property
    def published(self) -> Path:
        """The symlink that analysts open."""
        return self.warehouse / "valuenet.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Dagster's history."""
        return self.root / ".dagster"


@dataclass(frozen=True)
class InboxFile:
    """A file in the inbox."""

    extract_id: str
    entity_id: str
    path: Path
    content_hash: str
    size: int


@dataclass(frozen=True)
class Inbox:
    """The inbox at one moment."""

    files: tuple[InboxFile, ...]
    profiles: dict[str, EntityProfile]
    profile_faults: dict[str, str]
    profile_hashes: dict[str, str]

    @cached_property
    def hash(self) -> str:
        """Changes exactly when a path, a content or a profile does."""
        parts = [f"{file.extract_id}\0{file.content_hash}" for file in self.files]
        parts += [f"{entity}\0{digest}" for entity, digest in sorted(self.profile_hashes.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class ExtractState:
    """What became of one extract."""

    extract_id: str
    entity_id: str
    content_hash: str
    state: str
    is_newly_read: bool
    lines: int
    facts: int
    findings: int
    unknown_labels: list[str]
    messages: list[str]


@cache
def code_version() -> str:
    """Hash of the package's code: readings of another version are not reused."""
    digest = hashlib.sha256()
    for path in sorted(Path(valuenet_pipeline.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def scan_inbox(project: Project) -> Inbox:
    """All extracts and profiles; lock files, hidden and half-copied files are left out."""
    files: list[InboxFile] = []
    profiles: dict[str, EntityProfile] = {}
    faults: dict[str, str] = {}
    hashes: dict[str, str] = {}
    for path in sorted(project.inbox.rglob("*")):
        if (
            not path.is_file()
            or path.is_symlink()
            or path.name.startswith(("~$", "."))
            or path.suffix.lower() in TEMPORARY
        ):
            continue
        relative = path.relative_to(project.inbox)
        if len(relative.parts) < 2:
            continue
        entity, content = relative.parts[0], path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if relative.name == PROFILE:
            hashes[entity] = digest
            try:
                profiles[entity] = load_entity(path)
            except ValueError as error:
                faults[entity] = f"{relative} is not a valid profile: {error}"
        else:
            files.append(InboxFile(relative.as_posix(), entity, path, digest, len(content)))
    return Inbox(tuple(files), profiles, faults, hashes)


def _slice_key(inbox: Inbox, file: InboxFile) -> str:
    parts = (file.content_hash, inbox.profile_hashes.get(file.entity_id, ""), load_catalog().version, code_version())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def read_inbox(project: Project, inbox: Inbox, on_progress: Progress | None = None) -> list[ExtractState]:
    """Read what no slice holds yet; one bad extract fails alone."""
    catalog = load_catalog()
    states = []
    for number, file in enumerate(inbox.files, start=1):
        key = _slice_key(inbox, file)
        is_new = not warehouse.has_slice(project.slices, key)
        if is_new:
            reading = read_extract(file.path.read_bytes(), file.path.name, catalog, inbox.profiles.get(file.entity_id))
            warehouse.store_slice(project.slices, key, reading.tables, _summary(reading))
        states.append(_state(file, warehouse.load_slice(project.slices, key), is_new))
        if on_progress:
            on_progress(number, len(inbox.files), file.extract_id)
    return states


def _summary(reading: Reading) -> dict[str, object]:
    lines = reading.lines
    years = [int(year) for year in lines["fiscal_year"].dropna().unique()]
    return {
        "state": "quarantined" if reading.is_refused else "read",
        "report_kind": reading.report_kind,
        "report_fiscal_year": max(years, default=None),
        "lines": len(lines) or sum(len(frame) for name, frame in reading.tables.items() if name != "finding"),
        "facts": int(lines["outcome"].isin(["fact", "nil"]).sum()),
        "unknown_labels": sorted(set(lines.loc[lines["reason"] == "the label is not known", "label"])),
        "messages": [f"{finding.severity}: {finding.message}" for finding in reading.findings],
    }


def _state(file: InboxFile, summary: dict[str, object], is_new: bool) -> ExtractState:
    messages = [str(message) for message in _items(summary["messages"])]
    return ExtractState(
        extract_id=file.extract_id,
        entity_id=file.entity_id,
        content_hash=file.content_hash,
        state=str(summary["state"]),
        is_newly_read=is_new,
        lines=int(str(summary["lines"])),
        facts=int(str(summary["facts"])),
        findings=len(messages),
        unknown_labels=[str(label) for label in _items(summary["unknown_labels"])],
        messages=messages,
    )


def _items(value: object) -> Iterator[object]:
    if isinstance(value, list):
        yield from value


def candidate_path(project: Project, run_id: str) -> Path:
    """Where `build_candidate` leaves the tables of a run."""
    return project.warehouse / f".build-{run_id}.duckdb"


def build_candidate(project: Project, inbox: Inbox, run_id: str) -> Path:
    """Build one new file with all tables; the slices of `inbox` must have been read."""
    catalog = load_catalog()
    path = candidate_path(project, run_id)
    for stale in project.warehouse.glob(".build-*"):
        stale.unlink()
    slices = {file.extract_id: (file.entity_id, project.slices / _slice_key(inbox, file)) for file in inbox.files}
    steps = [Step(*derivation) for derivation in plan(catalog)]
    notes = {concept.concept_id: concept.description for concept in catalog.concepts.values()}
    warehouse.build(
        path, warehouse.Sources(_frames(project, inbox, catalog), slices), identity_query(catalog), steps, notes
    )
    return path


def _frames(project: Project, inbox: Inbox, catalog: Catalog) -> dict[str, pd.DataFrame]:
    built_at = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    entities = sorted({file.entity_id for file in inbox.files} | set(inbox.profiles))
    extracts = []
    for file in inbox.files:
        state = warehouse.load_slice(project.slices, _slice_key(inbox, file))
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
             "name_en": member.name.en, "name_zh": member.name.zh}
            for name, profile in inbox.profiles.items() for member in profile.members
        ]),
        "core.concept": pd.DataFrame([
            {name: getattr(concept, name) for name in concept.__dataclass_fields__} for concept in catalog.concepts.values()
        ]),
        "core.extract": pd.DataFrame(extracts),
        "core.publication": pd.DataFrame([{
            "publication_id": f"{built_at:%Y%m%dT%H%M%S%f}-{inbox.hash[:8]}", "built_at": built_at,
            "inbox_hash": inbox.hash, "catalog_version": catalog.version, "code_version": code_version(),
        }]),
        "mart.finding": pd.DataFrame([
            {"check_id": "profile", "severity": "error", "message": message, "remedy": "mend the file",
             "extract_id": f"{entity}/{PROFILE}", "entity_id": entity}
            for entity, message in inbox.profile_faults.items()
        ]),
    }  # fmt: skip
    return frames


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


def series_for_chart(path: Path, table: str) -> pd.DataFrame:
    """A few headline series of a table, one row per series and fiscal year."""
    return _query(path, CHARTS[table] + " order by 1, 2")


def column_lineage(table: str) -> dict[str, list[tuple[str, str]]]:
    """Upstream (table, column) pairs of the derived columns of a table."""
    if table in ("mart.ratio", "mart.profit_model"):
        return {"value": [("core.fact", name) for name in ("value", "concept_id", "member_id", "fiscal_year")],
                "input_status": [("core.fact", "status")], "status": [("core.reported_line", "outcome")]}  # fmt: skip
    if table in ("mart.segment_mix", "mart.flywheel"):
        names = (
            ("revenue", "share", "growth", "gross_margin")
            if table == "mart.segment_mix"
            else ("cause_growth", "effect_growth")
        )
        return {name: [("core.fact", "value"), ("core.member", "dimension")] for name in names}
    if table == "mart.dupont":
        return {
            name: [("mart.ratio", "value")]
            for name in ("net_margin", "asset_turnover", "equity_multiplier", "return_on_equity")
        }
    if table == "mart.segment_concentration":
        return {
            name: [("mart.segment_mix", "share")]
            for name in ("herfindahl", "effective_members", "entropy", "largest_share")
        }
    if table == "core.fact":
        return {
            name: [("core.reported_line", name)]
            for name in ("value", "concept_id", "member_id", "sheet", "cell", "label")
        }
    return {}


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
