"""What every shape of table comes down to: figure cells, each with what its label and its heading say.

Belongs here: the types that shapes (`statement`, `panel`, `long`) deliver and `lines` reads. Not here: finding tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

from valuenet_pipeline.catalog import Concept
from valuenet_pipeline.extract.grid import CellValue, Sheet
from valuenet_pipeline.extract.labels import PRIMARY, Lexicon
from valuenet_pipeline.extract.unit import split_unit_suffix
from valuenet_pipeline.vocabulary import Finding, PrintedUnit, Severity


class Item(NamedTuple):
    """What a label says: the concept or member it means where it stands, and a unit printed with it."""

    label: str
    statement: str | None
    section: str | None
    concept: Concept | None
    member_id: str | None
    unit: PrintedUnit | None
    sign: int = 1
    """-1 where the label prints the opposite of its concept."""


class Slot(NamedTuple):
    """What a heading says of the figures under it (or beside it): who, when, in which unit."""

    entity: str | None
    """The company as printed; None where the extract is about the company of its folder."""
    fiscal_year: int
    period_start: date
    period_end: date
    unit: PrintedUnit | None
    share_exponent: int | None
    """Power of ten printed for share counts, where it differs from the money's."""
    no_flows: str | None
    """Why figures of a duration are not annual here; None where they are."""
    is_restated: bool = False
    published_on: date | None = None
    """The day the row says its figures were published or last restated."""


class Figure(NamedTuple):
    """A cell that may hold a figure, by 0-based row and column."""

    row: int
    column: int
    item: Item
    slot: Slot


make_figure: Callable[[tuple[int, int, Item, Slot]], Figure] = partial(tuple.__new__, Figure)
"""One is made for every cell, and `Figure(...)` takes several times longer."""


@dataclass(frozen=True)
class Table:
    """One table of a sheet."""

    sheet: Sheet
    statement: str | None
    titles: tuple[str, ...]
    figures: Sequence[Figure]
    items: Sequence[Item]
    """What the figures' labels say, each once."""
    is_titled: bool = False
    """Whether the title or the sheet's name says which statement it is, rather than its labels."""
    dash_is_nil: bool = False
    """Whether the table's legend says that a dash is zero."""
    findings: tuple[Finding, ...] = ()

    def of_company(self, name: str) -> Table:
        """The same table as about the company of this printed name, save figures that name their own."""
        slots: dict[int, Slot] = {}
        for figure in self.figures:
            slots.setdefault(id(figure.slot), figure.slot._replace(entity=figure.slot.entity or name))
        return replace(self, figures=[one._replace(slot=slots[id(one.slot)]) for one in self.figures])


def items_of(figures: Sequence[Figure]) -> list[Item]:
    """The items of figures, each once."""
    return list({id(figure.item): figure.item for figure in figures}.values())


UNKNOWN_LABEL = "the label is not known"


def unknown_label(item: Item, printed: CellValue, sheet: Sheet, cell: str, more: int, lexicon: Lexicon) -> Finding:
    """The finding for a label that no wording covers, with the nearest concepts for a person to choose from."""
    near = lexicon.suggestions(split_unit_suffix(item.label)[0], item.statement)
    remedy = "add the wording to `labels` in the entity's entity.yaml under the concept it means"
    remedy += f"; nearest: {', '.join(near)}" if near else ""
    message = f"{UNKNOWN_LABEL}: {item.label!r} ({printed}{f' and {more} more' if more else ''})"
    severity: Severity = "error" if item.statement in PRIMARY else "warning"
    return Finding("label", severity, message, remedy, sheet.name, cell, item.label)
