"""Data files: one row per company and period with items across (panel), or one figure per row (long).

Vendors' exports, statements turned on their side, and tidy files; told by the headers of their columns (`roles`).
A header that comes again further down, with its columns in another order, begins a new block.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from valuenet_pipeline.catalog import Concept
from valuenet_pipeline.catalog.wording import normalise
from valuenet_pipeline.extract.grid import CellValue, Sheet, address
from valuenet_pipeline.extract.heading import FORECAST, parse_heading
from valuenet_pipeline.extract.labels import Lexicon, statement_of_title
from valuenet_pipeline.extract.number import Absent, Nil, Number, parse_number
from valuenet_pipeline.extract.panel_rows import CHECKS, Columns, row_slots
from valuenet_pipeline.extract.periods import FUTURE, Calendar
from valuenet_pipeline.extract.roles import ENTITY, PERIOD, Roles
from valuenet_pipeline.extract.scope import exclusion_of_titles
from valuenet_pipeline.extract.table import Figure, Item, Table, items_of, make_figure, unknown_label
from valuenet_pipeline.extract.unit import parse_unit, split_unit_suffix
from valuenet_pipeline.vocabulary import Finding

DEEPEST_HEADER = 60
"""Rows in which the first header is looked for."""
FEWEST_ITEMS = 2
REVENUES = ("revenue", "operating_revenue", "cash_received_from_sales")
WHOLE = {
    normalise(word)
    for word in ("Total", "Group", "Group total", "Consolidated", "All", "合计", "合計", "集团", "集團", "总计")
}

LETTER = re.compile(r"[^\W\d_]")
STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+Z]+$")


@dataclass(frozen=True)
class Header:
    """The header row of a data file."""

    row: int
    roles: dict[int, str]
    items: dict[int, str]
    is_transposed: bool

    def column(self, *names: str) -> int | None:
        """The first column with one of these roles, best role first."""
        return next((column for name in names for column, role in self.roles.items() if role == name), None)

    @property
    def is_long(self) -> bool:
        """Whether every row holds one figure."""
        return {"value", "item"} <= set(self.roles.values())


def find_panels(sheet: Sheet, lexicon: Lexicon, roles: Roles, clock: Calendar) -> list[Table]:
    """The data-file tables of a sheet; empty when the sheet is of another shape."""
    header = _first_header(sheet, lexicon, roles)
    tables = []
    begin = 0
    while header is not None:
        words = {value for value in sheet.rows[header.row] if isinstance(value, str)}
        end = next(
            (row for row in range(header.row + 1, len(sheet.rows)) if _is_header_again(sheet.rows[row], words)), None
        )
        rows = range(header.row + 1, len(sheet.rows) if end is None else end)
        read = _long if header.is_long else _panel
        table = _of_one_company(read(sheet, header, rows, lexicon, clock), header, lexicon)
        titles = [value for row in sheet.rows[begin : header.row] for value in row if isinstance(value, str)]
        tables.append(_of_titled_scope(table, titles, address(header.row, 0)))
        begin = rows.stop
        header = _header(sheet, end, lexicon, roles) if end is not None else None
    return tables


# Headers


def _first_header(sheet: Sheet, lexicon: Lexicon, roles: Roles) -> Header | None:
    for row in range(min(DEEPEST_HEADER, len(sheet.rows) - 1)):
        if header := _header(sheet, row, lexicon, roles):
            return header
    return None


def _header(sheet: Sheet, row: int, lexicon: Lexicon, roles: Roles) -> Header | None:
    printed = [value for value in sheet.rows[row] if value is not None]
    if len(printed) < FEWEST_ITEMS or not all(isinstance(value, str) for value in printed):
        return None
    texts = {column: value for column, value in enumerate(sheet.rows[row]) if value is not None}
    by_column = {column: role for column, value in texts.items() if (role := roles.role(str(value)))}
    items = {column: str(value) for column, value in texts.items() if column not in by_column}
    known = sum(lexicon.knows(split_unit_suffix(value.strip())[0]) for value in items.values())
    names = set(by_column.values())
    if names & set(PERIOD) and ({"value", "item"} <= names or known >= FEWEST_ITEMS):
        return Header(row, by_column, items, is_transposed=False)
    if known > FEWEST_ITEMS and 0 not in items.keys() - {0} and _periods_down(sheet, row):
        return Header(row, {**by_column, 0: "period"}, {c: v for c, v in items.items() if c}, is_transposed=True)
    return None


def _periods_down(sheet: Sheet, row: int) -> bool:
    """Whether the first column below a row of item labels holds periods: a statement turned on its side."""
    values = [sheet.value(below, 0) for below in range(row + 1, len(sheet.rows))]
    values = [value for value in values if value is not None]
    named = [heading for value in values if (heading := parse_heading(value)) and (heading.year or heading.end)]
    return len(named) > 0 and len(named) >= len(values) / 2


def _is_header_again(row: tuple[CellValue, ...], words: set[str]) -> bool:
    printed = [value for value in row[:6] if value is not None]
    return len(printed) > 1 and all(isinstance(value, str) and value in words for value in printed)


def _of_one_company(table: Table, header: Header, lexicon: Lexicon) -> Table:
    """The table, without its figures where an unknown column of texts may name several companies.

    Where every row holds one figure, a text that goes with the item, such as its section, names no company.
    """
    if header.column(*ENTITY) is not None:
        return table
    for column, name in header.items.items():
        if lexicon.knows(split_unit_suffix(name.strip())[0]):
            continue
        texts: dict[str, set[str]] = defaultdict(set)
        for figure in table.figures:
            value = table.sheet.value(figure.row, column)
            if isinstance(value, str) and _may_be_name(value):
                texts[figure.item.label if header.is_long else ""].add(value.strip())
        if column < min(header.roles, default=0) and not texts:
            texts[""] = _repeated_numbers(
                [table.sheet.value(row, column) for row in {one.row for one in table.figures}]
            )
        if several := next((found for found in texts.values() if len(found) > 1), None):
            finding = Finding(
                "FIL-10",
                "error",
                f"the column {name.strip()!r} may tell {len(several)} companies apart: {', '.join(sorted(several)[:3])}",
                "name its role in layout.yaml under `columns`: entity_name, entity_code, or note if it names none",
                table.sheet.name,
                address(header.row, column),
            )
            return replace(table, figures=[], findings=(*table.findings, finding))
    return table


def _repeated_numbers(values: list[CellValue]) -> set[str]:
    """Whole numbers that come again from row to row, as those of companies do, and those of rows do not."""
    numbers = [number.value for value in values if isinstance(number := parse_number(value), Number)]
    is_code = all(number % 1 == 0 for number in numbers) and len(set(numbers)) < len(numbers)
    return {f"{number:f}" for number in numbers} if is_code else set()


def _of_titled_scope(table: Table, titles: list[str], cell: str) -> Table:
    """The table, without its figures where its titles or its sheet's name say that they are no annual actuals."""
    reason = exclusion_of_titles(titles, table.sheet.name, "")
    tells_forecasts_apart = any(FORECAST in finding.message or FUTURE in finding.message for finding in table.findings)
    if reason is None or not table.figures or (reason == FORECAST and tells_forecasts_apart):
        return table
    finding = Finding(
        CHECKS.get(reason, "PER-07"), "info", f"the table is left out: {reason}", "", table.sheet.name, cell
    )
    return replace(table, figures=[], findings=(*table.findings, finding))


def _may_be_name(text: str) -> bool:
    """Whether a text is more than a date, a figure or a period."""
    if not LETTER.search(text) or STAMP.match(text) or parse_heading(text) or parse_unit(text):
        return False
    return not isinstance(parse_number(text), Number | Nil | Absent)


def _panel(sheet: Sheet, header: Header, rows: range, lexicon: Lexicon, clock: Calendar) -> Table:
    labels = {column: split_unit_suffix(text.strip()) for column, text in header.items.items()}
    statement = lexicon.vote(label for label, _ in labels.values())
    items = {
        column: Item(header.items[column].strip(), statement, None, _concept(lexicon, label, statement), None, unit)
        for column, (label, unit) in labels.items()
    }
    revenue = next((column for name in REVENUES for column, item in items.items() if _means(item, name)), None)
    slots, findings = row_slots(sheet, header.row, rows, Columns(header.roles), clock, revenue)
    items = {column: item for column, item in items.items() if not lexicon.is_ignored(item.label)}
    unknown = [column for column, item in items.items() if item.concept is None and not _may_be_settled(item, lexicon)]
    findings += _unknown_columns(sheet, rows, unknown, items, lexicon)
    known = [(column, item) for column, item in items.items() if column not in unknown]
    figures: list[Figure] = []
    for row, slot in slots.items():
        cells = sheet.rows[row]
        figures += [
            make_figure((row, column, item, slot))
            for column, item in known
            if column < len(cells) and cells[column] is not None
        ]
    return Table(sheet, statement, (), figures, items_of(figures), findings=tuple(findings))


def _means(item: Item, concept_id: str) -> bool:
    return item.concept is not None and item.concept.concept_id == concept_id


def _may_be_settled(item: Item, lexicon: Lexicon) -> bool:
    """Whether the other columns may tell what this one means."""
    return bool(lexicon.choices_for(split_unit_suffix(item.label)[0]))


def _unknown_columns(
    sheet: Sheet, rows: range, columns: list[int], items: dict[int, Item], lexicon: Lexicon
) -> Iterator[Finding]:
    """One finding for each column of figures whose header is not known; columns of texts are no figures."""
    for column in columns:
        values = (sheet.value(row, column) for row in rows)
        first = next(
            ((row, value) for row, value in zip(rows, values, strict=True) if isinstance(parse_number(value), Number)),
            None,
        )
        if first is not None:
            yield unknown_label(items[column], first[1], sheet, address(first[0], column), len(rows) - 1, lexicon)


def _concept(lexicon: Lexicon, label: str, statement: str | None) -> Concept | None:
    return lexicon.catalog.concepts.get(lexicon.concept(label, statement, None) or "")


def _long(sheet: Sheet, header: Header, rows: range, lexicon: Lexicon, clock: Calendar) -> Table:
    value, item_column = header.column("value"), header.column("item")
    assert value is not None
    assert item_column is not None
    member_column, statement_column = header.column("member"), header.column("statement")
    slots, findings = row_slots(sheet, header.row, rows, Columns(header.roles), clock, None)
    unit_column = header.column("unit")
    items: dict[tuple[CellValue, ...], Item] = {}
    figures = []
    for row, slot in slots.items():
        label = sheet.value(row, item_column)
        if not isinstance(label, str) or isinstance(parse_number(sheet.value(row, value)), Absent):
            continue
        key = (
            label,
            sheet.value(row, member_column) if member_column is not None else None,
            sheet.value(row, statement_column) if statement_column is not None else None,
            sheet.value(row, unit_column) if unit_column is not None else None,
        )
        if key not in items:
            items[key] = _long_item(label, *key[1:], lexicon)
        figures.append(Figure(row, value, items[key], slot))
    return Table(sheet, None, (), figures, items_of(figures), findings=tuple(findings))


def _long_item(label: str, member: CellValue, statement: CellValue, unit_printed: CellValue, lexicon: Lexicon) -> Item:
    text, unit = split_unit_suffix(label.strip())
    unit = unit or (parse_unit(str(unit_printed)) if unit_printed is not None else None)
    named = statement_of_title((str(statement),)) if statement is not None else None
    concept = _concept(lexicon, text, named)
    if member is None or normalise(str(member)) in WHOLE:
        return Item(label, named, None, concept, None, unit)
    found = lexicon.members.get(normalise(str(member)))
    printed = f"{label.strip()} / {str(member).strip()}"
    return Item(printed, named, None, concept if found else None, found.member_id if found else None, unit)
