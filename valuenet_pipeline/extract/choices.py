"""Labels that mean one thing in one table and another in the next: settled by what else the table prints.

The catalog's choices.csv says which neighbours, or which sum of the table's own figures, decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.catalog.loader import Choice
from valuenet_pipeline.catalog.wording import normalise
from valuenet_pipeline.extract.labels import Lexicon
from valuenet_pipeline.extract.number import DecimalMark, Number, parse_number
from valuenet_pipeline.extract.table import Figure, Item, Table
from valuenet_pipeline.extract.unit import split_unit_suffix

MOST_COMPARED = 200
"""Rows of a data file that a sum is tried on."""
ENOUGH = 0.95
"""Share of the comparisons that must close: a data file may hold a faulty row."""
PASSES = 2
"""A choice may rest on a concept that another choice settled."""


class _Printed(NamedTuple):
    value: Decimal
    half_unit: Decimal


@dataclass(frozen=True)
class _Book:
    """What a table prints, by label, concept and place (a column of a statement, a row of a data file)."""

    table: Table
    decimal_mark: DecimalMark

    @cached_property
    def figures(self) -> dict[int, list[Figure]]:
        """By the identity of their item."""
        by_item: dict[int, list[Figure]] = defaultdict(list)
        for figure in self.table.figures:
            by_item[id(figure.item)].append(figure)
        return by_item

    @cached_property
    def wordings(self) -> set[str]:
        return {normalise(split_unit_suffix(item.label)[0]) for item in self.table.items}

    @cached_property
    def concepts(self) -> Counter[str]:
        """How many labels there are of each concept, as the whole company's."""
        return Counter(item.concept.concept_id for item in self.table.items if item.concept and item.member_id is None)

    def values(self, item: Item) -> dict[tuple[object, ...], _Printed]:
        """Figures of one label in printed scale, by company and year."""
        found: dict[tuple[object, ...], _Printed] = {}
        for figure in self.figures[id(item)][:MOST_COMPARED]:
            number = parse_number(self.table.sheet.rows[figure.row][figure.column], self.decimal_mark)
            if isinstance(number, Number):
                printed = _Printed(number.value, _half_unit(number.places))
                found[figure.slot.entity, figure.slot.fiscal_year, figure.slot.unit] = printed
        return found

    def values_of(self, concept_id: str) -> dict[tuple[object, ...], _Printed]:
        for item in self.table.items:
            if item.concept is not None and item.concept.concept_id == concept_id and item.member_id is None:
                return self.values(item)
        return {}


@lru_cache(maxsize=64)
def _half_unit(places: int) -> Decimal:
    """Half a unit of the last place printed."""
    return Decimal(10) ** -places / 2


def settle(table: Table, lexicon: Lexicon, decimal_mark: DecimalMark = ".") -> Table:
    """The table with ambiguous labels given the concept that its other lines prove."""
    for _ in range(PASSES):
        book = _Book(table, decimal_mark)
        chosen: dict[int, Item] = {}
        for item in table.items:
            if item.member_id is not None or lexicon.is_own(item.label):
                continue
            candidates = lexicon.choices_for(split_unit_suffix(item.label)[0])
            choice = next((one for one in candidates if _holds(one, item, book, lexicon.catalog)), None)
            if choice is not None and (item.concept is None or item.concept.concept_id != choice.concept_id):
                chosen[id(item)] = item._replace(concept=lexicon.catalog.concepts[choice.concept_id], sign=choice.sign)
        if not chosen:
            break
        figures = [
            figure._replace(item=chosen[id(figure.item)]) if id(figure.item) in chosen else figure
            for figure in table.figures
        ]
        items = [chosen.get(id(item), item) for item in table.items]
        table = replace(table, figures=figures, items=items)
    return table


def _holds(choice: Choice, item: Item, book: _Book, catalog: Catalog) -> bool:
    if item.statement not in (None, choice.statement):
        return False
    own = item.concept.concept_id if item.concept and item.member_id is None else None

    def is_printed(name: str) -> bool:
        if name in catalog.concepts:
            return book.concepts[name] > (name == own)
        return normalise(name) in book.wordings

    if not all(map(is_printed, choice.beside)) or any(map(is_printed, choice.without)):
        return False
    return not choice.equals or _closes(choice, item, book, catalog)


def _closes(choice: Choice, item: Item, book: _Book, catalog: Catalog) -> bool:
    """Whether the label's figures are the sum of the named ones; expenses may be printed in either sign."""
    total = book.values(item)
    parts = [(sign, concept_id, book.values_of(concept_id)) for sign, concept_id in choice.equals]
    common = [key for key in total if all(key in values for _, _, values in parts)]
    if not common:
        return False
    for flip in (1, -1):
        closed = 0
        for key in common:
            signed = sum(
                (sign * (flip if catalog.concepts[concept_id].is_deduction else 1)) * values[key].value
                for sign, concept_id, values in parts
            )
            tolerance = total[key].half_unit + sum(values[key].half_unit for _, _, values in parts)
            closed += abs(total[key].value - signed) <= tolerance
        if closed >= ENOUGH * len(common):
            return True
    return False
