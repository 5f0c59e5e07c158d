"""From a printed label to the concept or member it means: by the catalog's wordings, never by similarity.

Similarity only suggests, for the finding about a label that no wording covers.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from valuenet_pipeline.catalog import Catalog, EntityProfile, Member

ORDINAL = re.compile(
    r"^\s*(?:[(（]?(?:[一二三四五六七八九十]+|[a-z]|[ivx]+|\d{1,2})[)）、.．]\s*|(?:其中|减|加|减去|加上|less|add|including)\s*[:：]\s*)+",
    re.IGNORECASE,
)


def normalise(label: str) -> str:
    """What labels are compared by: letters, digits and CJK characters, in lower case, without ordinals."""
    text = unicodedata.normalize("NFKC", label).lower().replace("&", " and ")
    return re.sub(r"[\W_]+", "", ORDINAL.sub("", text))


@dataclass(frozen=True)
class Lexicon:
    """All wordings known for one company: the catalog's and those of its entity.yaml."""

    wordings: dict[str, list[tuple[str, str, str]]]
    members: dict[str, Member]
    sections: dict[str, str]
    catalog: Catalog

    @classmethod
    def of(cls, catalog: Catalog, profile: EntityProfile | None) -> Lexicon:
        """The catalog's wordings, with the company's own taking precedence."""
        wordings: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for concept_id, labels in (profile.labels if profile else {}).items():
            for label in labels:
                wordings[normalise(label)].append((concept_id, "", ""))
        for entry in catalog.labels:
            wordings[normalise(entry.label)].append((entry.concept_id, entry.statement, entry.section))
        members = {
            normalise(wording): member
            for member in (profile.members if profile else [])
            for wording in (member.name.en, member.name.zh or "", *member.labels)
            if wording
        }
        sections = {normalise(heading): section for heading, section in catalog.sections.items()}
        return cls(dict(wordings), members, sections, catalog)

    def concept(self, label: str, statement: str | None, section: str | None) -> str | None:
        """The concept a label means in this statement and section; None when unknown or ambiguous there.

        A wording bound to the section wins over one bound to the statement, and that over an unbound one;
        an unbound wording of another statement's concept counts only where no statement is known.
        """
        best: dict[int, set[str]] = defaultdict(set)
        for concept_id, in_statement, in_section in self.wordings.get(normalise(label), ()):
            if (in_statement and in_statement != statement) or (in_section and in_section != section):
                continue
            home = self.catalog.concepts[concept_id].statement if concept_id in self.catalog.concepts else None
            best[2 * bool(in_section) + bool(in_statement) + 4 * (home == statement)].add(concept_id)
        if not best:
            return None
        candidates = best[max(best)]
        return next(iter(candidates)) if len(candidates) == 1 else None

    def statement_votes(self, label: str) -> set[str]:
        """Statements in which the wording means something."""
        return {
            in_statement or self.catalog.concepts[concept_id].statement
            for concept_id, in_statement, _ in self.wordings.get(normalise(label), ())
        }

    def suggestions(self, label: str, statement: str | None, count: int = 3) -> list[str]:
        """The nearest known concepts, for a person to choose from."""
        pool = {
            wording: meanings[0][0]
            for wording, meanings in self.wordings.items()
            if statement is None or self.catalog.concepts[meanings[0][0]].statement == statement
        }
        found = process.extract(normalise(label), pool.keys(), scorer=fuzz.WRatio, limit=count * 3, score_cutoff=60)
        return list(dict.fromkeys(pool[wording] for wording, _, _ in found))[:count]
