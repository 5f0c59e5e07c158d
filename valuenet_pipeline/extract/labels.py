"""From a printed label to the concept or member it means: by the catalog's wordings, never by similarity.

Similarity only suggests, for the finding about a label that no wording covers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar

from rapidfuzz import fuzz, process

from valuenet_pipeline.catalog import Catalog, EntityProfile, Member
from valuenet_pipeline.catalog.loader import Choice
from valuenet_pipeline.catalog.wording import normalise, without_remarks

PRIMARY = ("income_statement", "balance_sheet", "cash_flow")
MOST_REMEMBERED = 65536
"""Labels that a lexicon remembers its verdicts on."""
SIMILAR = 60
"""Percentage of letters that a suggested wording must share with the label, in their order."""
FEWEST_LETTERS = 3
"""A wording inside a longer label is suggested from this length on."""
TELLING_SECTIONS = ("_activities", "assets", "liabilities", "equity")
"""Endings of the sections that no other statement has; supplementary information comes below any of them."""
CONFIDENT = 0.8
"""Share of a table's known labels that must belong to one statement before the table is taken for it."""
TITLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (statement, re.compile(pattern, re.IGNORECASE))
    for statement, pattern in (
        ("segment", r"segment|分部|分行业|分产品"),
        (
            "income_statement",
            r"income[ _-]?statement|profit (?:or|and|&) loss|statements? of (?:consolidated )?(?:comprehensive )?"
            r"(?:income|operations|earnings|profit)|^income$|利润表|利潤表|损益|損益|綜合收益表|全面收益表",
        ),
        ("balance_sheet", r"balance[ _-]?sheet|financial position|资产负债表|資產負債表|財務狀況表"),
        ("cash_flow", r"cash[ _-]?flows?\b|现金流量|現金流量"),
        ("operating", r"operating data|operating metrics|key operating|经营数据|運營數據|运营数据"),
    )
)


def statement_of_title(titles: Iterable[str]) -> str | None:
    """The statement that the first telling title names; None where a title names two or none does."""
    for title in titles:
        named = [statement for statement, pattern in TITLES if pattern.search(title)]
        if named:
            return named[0] if len(named) == 1 or named[0] == "segment" else None
    return None


@dataclass(frozen=True)
class Lexicon:
    """All wordings known for one company: the catalog's and those of its entity.yaml."""

    wordings: dict[str, list[tuple[str, str, str]]]
    own: frozenset[str]
    """Normal forms of the wordings that the company's profile gives."""
    members: dict[str, Member]
    sections: dict[str, str]
    catalog: Catalog
    _last: ClassVar[Lexicon | None] = None
    """The last one without a profile: what it found out about labels serves the next extract as well."""

    @classmethod
    def of(cls, catalog: Catalog, profile: EntityProfile | None) -> Lexicon:
        """The catalog's wordings, save those that the company's profile gives a meaning of its own."""
        if profile is not None:
            return cls._of(catalog, profile)
        if cls._last is None or cls._last.catalog is not catalog:
            cls._last = cls._of(catalog, None)
        return cls._last

    @classmethod
    def _of(cls, catalog: Catalog, profile: EntityProfile | None) -> Lexicon:
        own: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for concept_id, labels in (profile.labels if profile else {}).items():
            for label in labels:
                own[normalise(label)].append((concept_id, "", ""))
        members = {
            normalise(wording): member
            for member in (profile.members if profile else [])
            for wording in (member.name.en, member.name.zh or "", *member.labels)
            if wording
        }
        sections = {normalise(heading): section for heading, section in catalog.sections.items()}
        return cls(catalog.wordings | own, frozenset(own), members, sections, catalog)

    @cached_property
    def section_statement(self) -> dict[str, str]:
        """Section → the statement that a heading of it begins, whatever statement stood above."""
        return {
            concept.section: concept.statement
            for concept in self.catalog.concepts.values()
            if concept.statement in PRIMARY and concept.section.endswith(TELLING_SECTIONS)
        }

    @cached_property
    def eliminations(self) -> set[str]:
        """Members that take out what other members charge each other."""
        return {member.member_id for member in self.members.values() if member.role == "elimination"}

    @property
    def section_after(self) -> dict[str, str]:
        """Concept of a subtotal → the section of the lines after it."""
        return self.catalog.section_ends

    def knows(self, label: str) -> bool:
        """Whether the label means something in some statement, or names a member."""
        return self._form(label) in self.wordings or normalise(label) in self.members

    def is_own(self, label: str) -> bool:
        """Whether the company's profile says what the label means."""
        return normalise(label) in self.own

    @cached_property
    def is_ignored(self) -> Callable[[str], bool]:
        """Whether a label stands for no figure of a statement: a growth rate, a share, a vendor's key."""
        return lru_cache(MOST_REMEMBERED)(self._is_ignored)

    def _is_ignored(self, label: str) -> bool:
        return self.catalog.ignored.fullmatch(label.strip()) is not None and normalise(label) not in self.wordings

    @cached_property
    def choices_for(self) -> Callable[[str], list[Choice]]:
        """The choices there are for a label whose meaning the rest of its table decides; often none."""
        return lru_cache(MOST_REMEMBERED)(self.catalog.choices_for)

    def _form(self, label: str) -> str:
        """The normal form under which a label is known: as it stands, or without an explanatory ending."""
        form, text = normalise(label), label
        while form not in self.wordings and (shorter := without_remarks(text)) is not None:
            text = shorter
            if normalise(text) in self.wordings:
                return normalise(text)
        return form

    @cached_property
    def concept(self) -> Callable[[str, str | None, str | None], str | None]:
        """The concept a label means in this statement and section; None when unknown or ambiguous there.

        A wording bound to the section wins over one bound to the statement, and that over an unbound one. In a
        primary statement an unbound wording of another primary statement's concept means nothing: "Inventories" in a
        cash flow is a change of inventories.
        """
        return lru_cache(MOST_REMEMBERED)(self._find)

    def _find(self, label: str, statement: str | None, section: str | None) -> str | None:
        best: dict[int, set[str]] = defaultdict(set)
        for concept_id, in_statement, in_section in self.wordings.get(self._form(label), ()):
            if (in_statement and in_statement != statement) or (in_section and in_section != section):
                continue
            home = self.catalog.concepts[concept_id].statement if concept_id in self.catalog.concepts else None
            is_foreign = statement in PRIMARY and home in PRIMARY and home != statement
            if is_foreign and not in_statement and not self.is_own(label):
                continue
            best[2 * bool(in_section) + bool(in_statement) + 4 * (home == statement)].add(concept_id)
        if not best:
            return None
        candidates = best[max(best)]
        return next(iter(candidates)) if len(candidates) == 1 else None

    def vote(self, labels: Iterable[str]) -> str | None:
        """The statement that most labels belong to; None where none has a clear majority."""
        votes: Counter[str] = Counter()
        known = 0
        for label in labels:
            if found := self._homes(label):
                known += 1
                votes.update(found)
        if not votes:
            return None
        (statement, count), *others = votes.most_common(2)
        return statement if count >= CONFIDENT * known and all(other < count for _, other in others) else None

    def _homes(self, label: str) -> set[str]:
        return {
            in_statement or self.catalog.concepts[concept_id].statement
            for concept_id, in_statement, _ in self.wordings.get(normalise(label), ())
        }

    def suggestions(self, label: str, statement: str | None, count: int = 3) -> list[str]:
        """The nearest known concepts, for a person to choose from."""
        form = normalise(label)
        by_length = self.catalog.wordings_by_length.get(statement, {})
        # Wordings of other lengths share less than SIMILAR of their letters with the label.
        lengths = range(int(len(form) * SIMILAR / (200 - SIMILAR)), int(len(form) * (200 - SIMILAR) / SIMILAR) + 2)
        pool = [wording for length in lengths for wording in by_length.get(length, ())]
        found = process.extract(form, pool, scorer=fuzz.ratio, limit=count * 3, score_cutoff=SIMILAR)
        nearest = [wording for wording, _, _ in found]
        if not nearest:
            lengths = range(len(form), FEWEST_LETTERS - 1, -1)
            nearest = [wording for length in lengths for wording in by_length.get(length, ()) if wording in form]
        return list(dict.fromkeys(self.wordings[wording][0][0] for wording in nearest))[:count]
