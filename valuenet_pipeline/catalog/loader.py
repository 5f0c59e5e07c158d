"""Load the catalog's data files and refuse any that do not agree with each other."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Concept:
    """What a line means, in XBRL's terms; values are kept in the natural sign of `balance`."""

    concept_id: str
    statement: str
    section: str
    balance: str
    period_type: str
    unit: str
    is_non_negative: bool
    name_en: str
    name_zh: str
    description: str

    @property
    def is_deduction(self) -> bool:
        """Whether a statement may print the positive amount as a negative one (an expense, a payment)."""
        signed = (self.statement, self.balance) in {("income_statement", "debit"), ("cash_flow", "credit")}
        return signed and not self.is_memo

    @property
    def is_memo(self) -> bool:
        """Whether the line stands outside the statement's running total, so that its printed sign says nothing."""
        return self.section == "supplementary" and self.is_non_negative


@dataclass(frozen=True)
class Label:
    """A wording for a concept; statement and section say where it holds, empty means anywhere."""

    concept_id: str
    label: str
    statement: str
    section: str


@dataclass(frozen=True)
class Identity:
    """A sum that must hold within one extract: total = sum of signed parts."""

    check_id: str
    name: str
    statement: str
    severity: str
    dimension: str
    total: str
    parts: tuple[tuple[int, str], ...]
    description: str


@dataclass(frozen=True)
class Metric:
    """A formula over concepts: a ratio (group is its category) or an indicator (group is its aspect)."""

    metric_id: str
    table: str
    group: str
    name_en: str
    name_zh: str
    formula: str
    valid_when: str | None
    not_meaningful: str | None
    unit: str
    direction: str
    basis: str
    source: str

    @property
    def version(self) -> str:
        """Changes exactly when the definition changes."""
        text = "\x1f".join((self.metric_id, self.formula, self.valid_when or ""))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Catalog:
    """All knowledge about accounting, cross-checked."""

    concepts: dict[str, Concept]
    labels: tuple[Label, ...]
    sections: dict[str, str]
    identities: tuple[Identity, ...]
    metrics: tuple[Metric, ...]

    @cached_property
    def version(self) -> str:
        """Hash of the data files: slices and publications made with another catalog are not reused."""
        digest = hashlib.sha256()
        for path in sorted(FOLDER.glob("*.csv")) + sorted(FOLDER.glob("*.yaml")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:12]


class CatalogError(Exception):
    """A data file of the catalog contradicts itself or another; the message lists every fault."""


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _identity(row: dict[str, str]) -> Identity:
    parts = tuple((-1 if part[0] == "-" else 1, part.lstrip("+-")) for part in row["parts"].split())
    return Identity(
        row["check_id"], row["name"], row["statement"], row["severity"], row["dimension"],
        row["total"], parts, row["description"],
    )  # fmt: skip


def _metrics() -> Iterator[Metric]:
    for table, name, group in (("ratio", "ratios.yaml", "category"), ("profit_model", "indicators.yaml", "aspect")):
        content = yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for row in content:
            yield Metric(
                metric_id=row["id"],
                table=table,
                group=row[group],
                name_en=row["en"],
                name_zh=row["zh"],
                formula=str(row["formula"]),
                valid_when=row.get("valid_when"),
                not_meaningful=row.get("not_meaningful"),
                unit=row.get("unit", "fraction"),
                direction=row.get("direction", "none"),
                basis=row.get("basis", "period"),
                source=row.get("source", ""),
            )


def _faults(catalog: Catalog) -> Iterator[str]:
    for label in catalog.labels:
        if label.concept_id not in catalog.concepts:
            yield f"labels.csv: {label.label!r} names the unknown concept {label.concept_id!r}"
    for identity in catalog.identities:
        for concept_id in (identity.total, *(part for _, part in identity.parts)):
            if concept_id not in catalog.concepts:
                yield f"identities.csv: {identity.check_id} names the unknown concept {concept_id!r}"
    seen: set[str] = set()
    for metric in catalog.metrics:
        if metric.metric_id in seen or metric.metric_id in catalog.concepts:
            yield f"metric id {metric.metric_id!r} is used twice (metrics and concepts share one namespace)"
        seen.add(metric.metric_id)


@cache
def load_catalog() -> Catalog:
    """The catalog that ships with the package; raises CatalogError listing every contradiction."""
    concepts = {
        row["concept_id"]: Concept(**{**row, "is_non_negative": row["is_non_negative"] == "true"})  # type: ignore[arg-type]
        for row in _rows("concepts.csv")
    }
    labels = [
        Label(concept.concept_id, name, "", "")
        for concept in concepts.values()
        for name in (concept.name_en, concept.name_zh)
        if name
    ]
    labels += [Label(row["concept_id"], row["label"], row["statement"], row["section"]) for row in _rows("labels.csv")]
    catalog = Catalog(
        concepts=concepts,
        labels=tuple(labels),
        sections={row["heading"]: row["section"] for row in _rows("sections.csv")},
        identities=tuple(_identity(row) for row in _rows("identities.csv")),
        metrics=tuple(_metrics()),
    )
    if faults := list(_faults(catalog)):
        raise CatalogError("\n".join(faults))
    return catalog
