"""The same fact printed twice in one extract: one value is one fact, two values are a conflict.

A conflict is settled only where one print is plainly the better authority: a restated column beside the original one,
and a primary statement against a fragment of it (a summary, a note, a schedule). Else all values are kept out.
"""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.extract.labels import PRIMARY
from valuenet_pipeline.extract.lines import Line
from valuenet_pipeline.vocabulary import Finding

REASON = "the extract prints different values for the same fact"
CONTRADICTS = "the table contradicts the fuller statement"
FULLER = 2
"""How many times the concepts of the other a table must hold to be the statement itself beside an excerpt of it."""
FEWEST = 3
"""A table with fewer than twice as many concepts of a statement is never taken for the statement itself."""

Key = tuple[str | None, str | None, str | None, int, str | None]
FACT: Callable[[Line], Key] = itemgetter(
    *map(Line._fields.index, ("entity", "concept_id", "member_id", "fiscal_year", "unit"))
)
"""Which fact a line is about."""
LETTERS = string.ascii_uppercase
CONCEPT = 1
"""Place of the concept in a key."""


def _interval(line: Line) -> tuple[Decimal, Decimal]:
    """The range that the printed precision leaves open (XBRL Calculations 1.1)."""
    value, half = line.value or Decimal(0), Decimal(10) ** -(line.decimals or 0) / 2
    return value - half, value + half


def _agree(lines: Sequence[Line]) -> bool:
    intervals = [_interval(line) for line in lines]
    return max(low for low, _ in intervals) <= min(high for _, high in intervals)


@dataclass(frozen=True)
class ReadTable:
    """A table once it is read: what speaks for its authority, and its lines."""

    lines: list[Line]
    is_statement: bool
    """Whether it is of the statement shape, rather than a data file's."""
    is_titled: bool
    """Whether its title or its sheet names the statement."""


def keep_out_conflicts(tables: Sequence[ReadTable], catalog: Catalog) -> tuple[list[Line], list[Finding]]:
    """The lines of all tables with conflicts settled or in quarantine, and a finding per conflict (check DUP-01).

    A table that contradicts the fuller statement is about a part of the company or of the year, so that its other
    figures of that statement are kept out as well.
    """
    lines = [line for table in tables for line in table.lines]
    conflicts = list(_conflicts(lines, catalog))
    if not conflicts:
        return lines, []
    table_of = [number for number, table in enumerate(tables) for _ in table.lines]
    authority = [_authority(table) for table in tables]
    findings: list[Finding] = []
    contradicting: dict[tuple[int, str], Line] = {}
    for indices, home in conflicts:
        kept = _kept(indices, {index: authority[table_of[index]].get(home, 0) for index in indices}, lines)
        if kept:
            findings.append(_finding(indices, kept, lines))
            contradicting |= {(table_of[index], home): lines[kept[0]] for index in set(indices) - set(kept)}
    for index, line in enumerate(lines if contradicting else ()):
        if line.is_figure and line.concept_id:
            statement = contradicting.get((table_of[index], catalog.concepts[line.concept_id].statement))
            if statement is not None:
                lines[index] = line.kept_out(f"{CONTRADICTS}, {statement.sheet}!{statement.cell}")
    for indices, _ in _conflicts(lines, catalog):
        findings.append(_finding(indices, [], lines))
        for index in indices:
            lines[index] = lines[index].kept_out(REASON)
    return lines, findings


def _conflicts(lines: Sequence[Line], catalog: Catalog) -> Iterator[tuple[list[int], str]]:
    """Cells of one fact that disagree, with the statement the fact belongs to."""
    for indices in _groups(lines).values():
        if not _agree([lines[index] for index in indices]):
            yield indices, catalog.concepts[lines[indices[0]].concept_id or ""].statement


def _groups(lines: Sequence[Line]) -> dict[Key, list[int]]:
    """Cells of one fact, where there are several."""
    keys = list(map(FACT, lines))
    # Few facts are printed twice: what tells those apart runs over all lines and is kept short.
    repeated = {key for key, count in Counter(keys).items() if count > 1 and key[CONCEPT] is not None}
    groups: dict[Key, list[int]] = defaultdict(list)
    for index, key in enumerate(keys if repeated else ()):
        if key in repeated and lines[index].is_figure:
            groups[key].append(index)
    return {key: indices for key, indices in groups.items() if len(indices) > 1}


def _authority(table: ReadTable) -> dict[str | None, int]:
    """How much of each primary statement a table holds: the number of concepts that it gives figures for."""
    if not table.is_statement:
        return {}
    pairs = {(line.statement, line.concept_id) for line in table.lines if line.is_figure and line.statement in PRIMARY}
    counts = Counter(statement for statement, _ in pairs)
    return {
        statement: count * (FULLER * 100 if table.is_titled and count >= FULLER * FEWEST else 1)
        for statement, count in counts.items()
    }


def _kept(indices: list[int], ranks: dict[int, int], lines: list[Line]) -> list[int]:
    """The cells that agree with the fullest table, where it is far fuller than any that does not; else none."""
    best = max(ranks.values())
    fullest = [lines[index] for index in indices if ranks[index] == best]
    if not _agree(fullest):
        return []
    kept = [index for index in indices if _agree([*fullest, lines[index]])]
    others = [ranks[index] for index in indices if index not in kept]
    return kept if best >= FULLER * max(*others, FEWEST) else []


def _finding(indices: list[int], kept: list[int], lines: list[Line]) -> Finding:
    first = lines[indices[0]]
    cells = ", ".join(f"{lines[index].sheet}!{lines[index].cell} ({lines[index].printed})" for index in indices[:4])
    message = f"{REASON}: {first.concept_id} {first.fiscal_year} at {cells}"
    if kept:
        chosen = lines[kept[0]]
        remedy = f"{chosen.sheet}!{chosen.cell} is taken, as its table is the fuller statement; check the others"
        return Finding("DUP-01", "info", message, remedy, chosen.sheet, chosen.cell, chosen.label)
    remedy = "remove or correct the wrong one; all are kept out until then"
    is_one_row = len({(lines[index].sheet, lines[index].cell.lstrip(LETTERS)) for index in indices}) == 1
    check = "PER-02" if is_one_row else "DUP-01"  # two columns of one year, or one fact in two places
    return Finding(check, "error", message, remedy, first.sheet, first.cell, first.label)
