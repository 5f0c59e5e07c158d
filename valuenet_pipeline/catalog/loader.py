"""Load the catalog's data files and refuse any that do not agree with each other."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from valuenet_pipeline.catalog.metric import Metric, load_metrics
from valuenet_pipeline.catalog.model import ProfitModel, load_profit_model, profit_model_faults
from valuenet_pipeline.catalog.wording import normalise

FOLDER = Path(__file__).parent
LINES = "..."
"""In the parts of an identity: all lines that the table prints since its last subtotal."""


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
        is_expense = self.statement == "income_statement" and self.balance == "debit"
        is_payment = self.statement == "cash_flow" and self.balance == "credit" and self.section.endswith("_activities")
        return (is_expense or is_payment) and not self.is_memo

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
class Part:
    """A term of an identity, written in identities.csv as [?~]+name[|other][@years] or !name.

    `presence` says what an absent term means: required, no verdict; optional (?), it counts as nil;
    free (~), it may or may not belong to the sum, and the sum holds when either does. A concept marked ! is no part:
    where it is printed, the sum lacks a part that is not, and there is no verdict.
    """

    sign: int
    concepts: tuple[str, ...]
    """The term is any one of these."""
    presence: str
    years_before: int

    @classmethod
    def parse(cls, text: str) -> Part:
        """Read one term; raises CatalogError with what was expected."""
        match = re.fullmatch(r"([?~]?)([+-])([a-z_|]+)(?:@(\d))?", text)
        if match is None:
            raise CatalogError(f"identities.csv: {text!r} is not a term such as +name, ?-name, ~+name or +name@1")
        presence = {"": "required", "?": "optional", "~": "free"}[match[1]]
        return cls(-1 if match[2] == "-" else 1, tuple(match[3].split("|")), presence, int(match[4] or 0))


@dataclass(frozen=True)
class Choice:
    """What an ambiguous label means, where the rest of its table tells: the first choice that holds wins."""

    label: str
    """A wording, or `~` and a regular expression over the label in lower case."""
    statement: str
    concept_id: str
    beside: tuple[str, ...]
    """Concepts or wordings that the table must also print."""
    without: tuple[str, ...]
    """Concepts or wordings that it must not."""
    equals: tuple[tuple[int, str], ...]
    """Signed concepts whose sum the figures must equal wherever all are printed."""
    sign: int
    """-1 where the label prints the opposite of the concept, such as a loss of what the concept counts as profit."""


@dataclass(frozen=True)
class Identity:
    """A sum that must hold within one extract: total = sum of signed parts."""

    check_id: str
    name: str
    statement: str
    severity: str
    dimension: str
    """Empty for the whole company, `each` for every member alone, else the dimension whose members are summed."""
    rule: str
    """`always`, or `pattern`: a failure counts where the sum holds in another year of the same extract."""
    total: str
    """Concept; empty means one, the sum of shares."""
    parts: tuple[Part, ...]
    excuses: tuple[str, ...]
    """Concepts whose presence means that a part is not printed, so that the sum says nothing."""
    is_detail: bool
    """Written `...`: the lines since the last subtotal are parts too, and a part counts if it is that subtotal."""
    description: str


@dataclass(frozen=True)
class Check:
    """
    What a finding's check_id means.

    `kind` is reading, grammar (how cells are read, without a finding of its own), identity, rule (its formula is
    compiled) or code.
    """

    check_id: str
    name: str
    kind: str
    scope: str
    """What an error keeps out: a statement, table or column of one year, a cell, or the file."""
    formula: str
    severity: str
    tolerance: str
    stage: str
    source: str


@dataclass(frozen=True)
class TagMeaning:
    """A concept that an XBRL tag reports."""

    concept_id: str
    sign: int
    """1, or -1 where the tag's positive direction is the concept's negative one."""
    rank: int
    """Place in the file: of several tags of one concept the first is taken."""
    outranks: str
    """Why the tag stands where one further down gives another value: "wider" (its total includes the
    other's), "exact" (it is the concept itself, the other a near one); empty: the two contradict each other."""
    unless: tuple[str, ...]
    """Patterns of tags (`*` stands for any text) that deny this meaning when a company uses one of them."""


@dataclass(frozen=True, eq=False)
class Catalog:
    """All knowledge about accounting, cross-checked; hashed by identity, so that what is compiled from it can be kept."""

    concepts: dict[str, Concept]
    labels: tuple[Label, ...]
    sections: dict[str, str]
    section_ends: dict[str, str]
    """Concept of a subtotal → section that begins after it."""
    choices: tuple[Choice, ...]
    ignored: re.Pattern[str]
    """Normal forms aside: labels of rows and columns that are no statement figures, such as growth rates."""
    column_roles: dict[str, str]
    """Header of a data file's column → what the column is for."""
    identities: tuple[Identity, ...]
    checks: dict[str, Check]
    metrics: tuple[Metric, ...]
    model: ProfitModel
    tags: Mapping[tuple[str, str], tuple[TagMeaning, ...]]
    """What XBRL tags mean, by taxonomy and tag."""

    def choices_for(self, label: str) -> list[Choice]:
        """The choices there are for an ambiguous label, in the order in which they are to be tried."""
        exact, patterns = self._choices
        plain = " ".join(label.replace("’", "'").split())
        return exact.get(normalise(label)) or [choice for pattern, choice in patterns if pattern.fullmatch(plain)]

    @cached_property
    def _choices(self) -> tuple[dict[str, list[Choice]], list[tuple[re.Pattern[str], Choice]]]:
        exact: dict[str, list[Choice]] = defaultdict(list)
        patterns = []
        for choice in self.choices:
            if choice.label.startswith("~"):
                patterns.append((re.compile(choice.label[1:], re.IGNORECASE), choice))
            else:
                exact[normalise(choice.label)].append(choice)
        return dict(exact), patterns

    @cached_property
    def wordings(self) -> dict[str, list[tuple[str, str, str]]]:
        """Normal form of a label → what it may mean: concept, statement and section it is bound to ("" if to none)."""
        found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for entry in self.labels:
            found[normalise(entry.label)].append((entry.concept_id, entry.statement, entry.section))
        return dict(found)

    @cached_property
    def wordings_by_length(self) -> dict[str | None, dict[int, list[str]]]:
        """Statement → its wordings in normal form by their length; None has those of all statements."""
        found: dict[str | None, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for wording, meanings in self.wordings.items():
            for statement in (None, self.concepts[meanings[0][0]].statement):
                found[statement][len(wording)].append(wording)
        return {statement: dict(by_length) for statement, by_length in found.items()}

    @cached_property
    def reading_version(self) -> str:
        """Hash of what files are read with: slices made with another catalog are not reused."""
        return _hash(FOLDER.glob("*.csv"))

    @cached_property
    def version(self) -> str:
        """Hash of all data files: publications made with another catalog are not reused."""
        return _hash([*FOLDER.glob("*.csv"), *FOLDER.glob("metrics/*.yaml"), *FOLDER.glob("profit_model/*.csv")])


class CatalogError(Exception):
    """A data file of the catalog contradicts itself or another; the message lists every fault."""


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _terms(text: str) -> tuple[tuple[int, str], ...]:
    parts = re.findall(r"([+-]?)\s*(\w+)", text)
    return tuple((-1 if sign == "-" else 1, name) for sign, name in parts)


def _choice(row: dict[str, str]) -> Choice:
    beside, without = (tuple(part for part in row[name].split("; ") if part) for name in ("beside", "without"))
    return Choice(
        row["label"], row["statement"], row["concept_id"], beside, without, _terms(row["equals"]), int(row["sign"] or 1)
    )


def _identity(row: dict[str, str]) -> Identity:
    words = row["parts"].split()
    parts = tuple(Part.parse(word) for word in words if word != LINES and not word.startswith("!"))
    excuses = tuple(word[1:] for word in words if word.startswith("!"))
    return Identity(
        row["check_id"], row["name"], row["statement"], row["severity"], row["dimension"], row["rule"],
        row["total"], parts, excuses, LINES in words, row["description"],
    )  # fmt: skip


def _metrics() -> Iterator[Metric]:
    for path in sorted((FOLDER / "metrics").glob("*.yaml")):
        metrics, faults = load_metrics(path)
        if faults:
            raise CatalogError("\n".join(f"{path.name}, line {fault.line}: {fault.message}" for fault in faults))
        yield from metrics


def _tags() -> dict[tuple[str, str], tuple[TagMeaning, ...]]:
    tags: dict[tuple[str, str], tuple[TagMeaning, ...]] = {}
    for rank, row in enumerate(_rows("tags.csv")):
        meaning = TagMeaning(row["concept_id"], int(row["sign"]), rank, row["outranks"], tuple(row["unless"].split()))
        key = (row["taxonomy"], row["tag"])
        tags[key] = (*tags.get(key, ()), meaning)
    return tags


def _faults(catalog: Catalog) -> Iterator[str]:
    for (taxonomy, tag), meanings in catalog.tags.items():
        concept_ids = [meaning.concept_id for meaning in meanings]
        for concept_id in concept_ids:
            if concept_id not in catalog.concepts:
                yield f"tags.csv: {taxonomy}:{tag} names the unknown concept {concept_id!r}"
        if len(concept_ids) != len(set(concept_ids)):
            yield f"tags.csv: {taxonomy}:{tag} names one concept twice"
        if any(meaning.outranks not in ("", "wider", "exact") or meaning.sign not in (1, -1) for meaning in meanings):
            yield f"tags.csv: {taxonomy}:{tag} has an `outranks` or `sign` that is not known"
    for label in catalog.labels:
        if label.concept_id not in catalog.concepts:
            yield f"labels.csv: {label.label!r} names the unknown concept {label.concept_id!r}"
    for choice in catalog.choices:
        for concept_id in (choice.concept_id, *(name for _, name in choice.equals)):
            if concept_id not in catalog.concepts:
                yield f"choices.csv: {choice.label!r} names the unknown concept {concept_id!r}"
    for concept_id in catalog.section_ends:
        if concept_id not in catalog.concepts:
            yield f"section_ends.csv names the unknown concept {concept_id!r}"
    for identity in catalog.identities:
        if identity.check_id not in catalog.checks:
            yield f"identities.csv: {identity.check_id} is not in checks.csv"
        for concept_id in (identity.total, *(name for part in identity.parts for name in part.concepts)):
            if concept_id and concept_id not in catalog.concepts:
                yield f"identities.csv: {identity.check_id} names the unknown concept {concept_id!r}"
    seen: set[str] = set()
    for metric in catalog.metrics:
        if metric.metric_id in seen or metric.metric_id in catalog.concepts:
            yield f"metric id {metric.metric_id!r} is used twice (metrics and concepts share one namespace)"
        seen.add(metric.metric_id)
    yield from profit_model_faults(catalog.model, catalog.concepts, seen)


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
        section_ends={row["concept_id"]: row["next_section"] for row in _rows("section_ends.csv")},
        choices=tuple(_choice(row) for row in _rows("choices.csv")),
        ignored=re.compile("|".join(f"(?:{row['pattern']})" for row in _rows("ignored.csv")), re.IGNORECASE),
        column_roles={row["header"]: row["role"] for row in _rows("columns.csv")},
        identities=tuple(_identity(row) for row in _rows("identities.csv")),
        checks={row["check_id"]: Check(**row) for row in _rows("checks.csv")},
        metrics=tuple(_metrics()),
        model=load_profit_model(),
        tags=_tags(),
    )
    if faults := list(_faults(catalog)):
        raise CatalogError("\n".join(faults))
    return catalog
