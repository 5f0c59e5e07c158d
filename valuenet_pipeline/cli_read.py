"""The command `valuenet read`: read one file and show it, to a person or to another program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from rich.console import Console

from valuenet_pipeline.catalog import Catalog, EntityProfile, load_catalog, load_entity
from valuenet_pipeline.catalog.layout import load_layouts
from valuenet_pipeline.extract import Options, Reading, read_extract
from valuenet_pipeline.extract.grid import Refused
from valuenet_pipeline.extract.labels import Lexicon
from valuenet_pipeline.extract.limits import check_size
from valuenet_pipeline.extract.read import refuse, stopped
from valuenet_pipeline.extract.unit import split_unit_suffix
from valuenet_pipeline.extract.worker import WorkerFailed, run_limited
from valuenet_pipeline.orchestration.project import LAYOUT, PROFILE, Project
from valuenet_pipeline.report.neutral import neutral
from valuenet_pipeline.report.reading import Shown, Suggestion, print_line, print_reading, print_suggestions


@dataclass(frozen=True)
class Extract:
    """A file that was read, and all that it was read with."""

    file: Path
    entity: str
    catalog: Catalog
    profile: EntityProfile | None
    reading: Reading


@dataclass(frozen=True)
class _Job:
    """A file to be read, as it is handed to a child process."""

    file: Path
    profile: EntityProfile | None
    options: Options


def read_file(file: Path, entity: str | None, options: Options) -> Extract:
    """Read a file with the profile of its company; raises ValueError for a profile or an option that is wrong."""
    inbox = Project.find().inbox.resolve()
    folder = (inbox / entity if entity else file.parent).resolve()
    company = folder.name if folder.parent == inbox else None
    profile = load_entity(folder / PROFILE, company) if (folder / PROFILE).exists() else None
    layouts = load_layouts(folder / LAYOUT) if (folder / LAYOUT).exists() else ()
    result = run_limited(_read, _Job(file, profile, replace(options, layouts=layouts)))
    reading = refuse(stopped(file.name, result.reason)) if isinstance(result, WorkerFailed) else result
    return Extract(file, entity or (profile.entity_id if profile else ""), load_catalog(), profile, reading)


def _read(job: _Job) -> Reading:
    """In the child: as in a refresh, a file costs no more than the limits allow."""
    try:
        check_size(job.file.stat().st_size, job.file.name)
    except Refused as refused:
        return refuse(refused)
    return read_extract(job.file.read_bytes(), job.file.name, load_catalog(), job.profile, job.options)


def show(extract: Extract, format: str, out: Console, err: Console) -> int:
    """Print an extract as table, csv or json; the reasons on `err` and 1 when it is refused, else 0."""
    if extract.reading.is_refused:
        for finding in extract.reading.findings:
            if finding.severity == "error":
                print_line(err, f"refused: {extract.file.name}: {finding.message}; {finding.remedy}")
        if format == "table":
            print_suggestions(err, _shown(extract))
        return 1
    if format == "csv":
        facts = _facts(extract)
        # The values are texts of plain numbers, exact to the last digit.
        texts = facts.columns.drop("value")
        facts[texts] = facts[texts].map(neutral)
        facts.to_csv(sys.stdout, index=False)
    elif format == "json":
        records = json.loads(_facts(extract).to_json(orient="records", default_handler=str))
        sys.stdout.write(json.dumps(records, ensure_ascii=False) + "\n")
    else:
        print_reading(out, _shown(extract))
    return 0


def _facts(extract: Extract) -> pd.DataFrame:
    """The facts in the columns that other programs read."""
    lines = extract.reading.lines
    lines = lines[lines["outcome"].isin(["fact", "nil"])]
    return pd.DataFrame({
        "entity": lines["entity"].fillna(extract.entity),
        "fiscal_year": lines["fiscal_year"],
        "period_end": lines["period_end"].astype(str),
        "concept": lines["concept_id"],
        "member": lines["member_id"].fillna(""),
        "value": [f"{value:f}" for value in lines["value"]],
        "currency": [unit[:3] if unit[:3].isupper() else "" for unit in lines["unit"]],
        "unit": lines["unit"],
        "decimals": lines["decimals"],
        "sheet": lines["sheet"],
        "cell": lines["cell"],
        "label": lines["label"],
        "statement": lines["statement"],
    })  # fmt: skip


def _shown(extract: Extract) -> Shown:
    reading = extract.reading
    lines = reading.lines
    return Shown(
        name=extract.file.name,
        company=extract.entity,
        kind=reading.report_kind,
        lines=lines.assign(entity=lines["entity"].fillna(extract.entity)),
        records={name: len(rows) for name, rows in reading.tables.items() if name not in ("reported_line", "finding")},
        findings=reading.findings,
        suggestions=list(_suggestions(extract)),
        names={concept.concept_id: concept.name_en for concept in extract.catalog.concepts.values()},
    )


def _suggestions(extract: Extract) -> Iterator[Suggestion]:
    """Each label that is not known, once, with the concepts nearest to it in the statement it stands in."""
    lines = extract.reading.lines
    statements = dict(zip(zip(lines["sheet"], lines["cell"], strict=True), lines["statement"], strict=True))
    lexicon = Lexicon.of(extract.catalog, extract.profile)
    seen: set[str] = set()
    for finding in extract.reading.findings:
        if finding.check_id != "label" or finding.label is None or finding.label in seen:
            continue
        seen.add(finding.label)
        wording, _ = split_unit_suffix(finding.label)
        statement = statements.get((finding.sheet, finding.cell))
        near = lexicon.suggestions(wording, statement if isinstance(statement, str) else None)
        yield Suggestion(finding.label, wording, f"{finding.sheet}!{finding.cell}", near)
