"""The statement shape: items down, periods across. Headers of several rows, stacked tables, Note and 行次 columns.

A table begins under a header of fiscal years and ends at the next header, or where a row shows that other columns begin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from valuenet_pipeline.catalog import Concept
from valuenet_pipeline.catalog.wording import normalise
from valuenet_pipeline.extract.companies import companies_of
from valuenet_pipeline.extract.grid import CellValue, Sheet, address
from valuenet_pipeline.extract.header import Block, find_headers, names_period
from valuenet_pipeline.extract.heading import (
    FORECAST,
    INTERIM,
    PARENT,
    PRO_FORMA,
    ROLLING,
    SCHEDULE,
    parse_heading,
)  # fmt: skip
from valuenet_pipeline.extract.labels import PRIMARY, Lexicon, statement_of_title
from valuenet_pipeline.extract.number import Nil, Number, is_number, parse_number
from valuenet_pipeline.extract.periods import Calendar
from valuenet_pipeline.extract.roles import ENTITY, Roles
from valuenet_pipeline.extract.slots import Titles, find_slots
from valuenet_pipeline.extract.table import Figure, Item, Slot, Table, make_figure
from valuenet_pipeline.extract.unit import parse_unit, split_unit_suffix
from valuenet_pipeline.vocabulary import Finding, PrintedUnit

NIL_LEGEND = re.compile(
    r"^[\"'“”]?[-–—－―][\"'“”]?\s*(denotes|means|represents|stands for|indicates|表示|代表|:|：|=)\s*(nil|zero|零|无)",
    re.I,
)
SUMMARY_TITLE = re.compile(r"summary|selected|highlights|excerpt|摘要|概要|节选", re.I)
SHORT_SECTIONS = ("per_share", "per_ads", "shares", "attribution", "comprehensive_attribution")
"""Sections of the lines right below their heading: the next heading, known or not, ends them."""
OTHER_TABLES = (INTERIM, ROLLING, FORECAST, PARENT, SCHEDULE, PRO_FORMA)
"""Headings in the place of a label below which other figures than the table's begin."""
RATIO_HEADING = re.compile(r"growth|margins?\b|ratios?\b|% of|per cent|percent|同比|增长|比率|占比|指标分析", re.I)
TOTALS = {normalise(word) for word in ("Total", "Group total", "合计", "合計", "总计", "總計", "小计")}


def find_statements(
    sheet: Sheet, file_name: str, lexicon: Lexicon, roles: Roles, clock: Calendar, stated: str | None = None
) -> list[Table]:
    """The statement tables of a sheet, top to bottom; `stated` is the statement a layout says they are."""
    blocks = list(find_headers(sheet, lexicon))
    found: list[tuple[Table, Titles]] = []
    end_of_last = 0
    for number, block in enumerate(blocks):
        limit = blocks[number + 1].first_row if number + 1 < len(blocks) else len(sheet.rows)
        above = range(end_of_last, block.first_row)
        titles = Titles(
            (*_texts(sheet, above), *block.label_texts), (*_first_texts(sheet, above), *block.label_texts), file_name
        )
        table = _table(sheet, block, limit, titles, lexicon, roles, clock, stated)
        end_of_last = 1 + table.figures[-1].row if table.figures else block.end_row
        found.append((table, titles))
    companies = companies_of([titles.first for _, titles in found])
    return [
        table.of_company(company) if company else table for (table, _), company in zip(found, companies, strict=True)
    ]


def _texts(sheet: Sheet, rows: range) -> Iterator[str]:
    for row in rows:
        yield from (value for value in sheet.rows[row] if isinstance(value, str) and value.strip())


def _first_texts(sheet: Sheet, rows: range) -> Iterator[str]:
    for row in rows:
        value = next((value for value in sheet.rows[row] if value is not None), None)
        if isinstance(value, str) and value.strip():
            yield value


def _table(
    sheet: Sheet,
    block: Block,
    limit: int,
    titles: Titles,
    lexicon: Lexicon,
    roles: Roles,
    clock: Calendar,
    stated: str | None,
) -> Table:
    end, ended_by = _end_of_body(sheet, block, limit, lexicon)
    label_columns, unit_column, entity_column = _left_columns(sheet, block, end, lexicon, roles)
    findings: list[Finding] = []
    if ended_by and any(_has_figures(sheet, row, sorted(block.headings)) for row in range(end, limit)):
        message = f"the rows from {ended_by} to row {limit} stand under no heading of fiscal years and were not read"
        findings.append(_info("PER-01", message, "print a fiscal year above each column", sheet, ended_by))
    slots, left_out = find_slots(sheet, block, end, titles, clock)
    findings += left_out
    labels = {row: texts for row in range(block.end_row, end) if (texts := _labels(sheet, row, label_columns))}
    titled = stated or statement_of_title((sheet.name, *reversed(titles.first)))
    statement = titled or lexicon.vote(text for texts in labels.values() for text in texts)
    rows = list(_rows(sheet, block, labels, unit_column, entity_column, sorted(slots), statement, lexicon))
    rows = _without_doubled_totals(_with_balance_totals(sheet, rows, lexicon))
    if _is_common_size(sheet, rows):
        findings.append(
            _info("UNI-01", "a common-size table is left out: its base is 100", "", sheet, address(block.first_row, 0))
        )
        rows = []
    return Table(
        sheet=sheet,
        statement=statement,
        titles=titles.first,
        figures=_figures(rows, slots),
        items=[row.item for row in rows],
        is_titled=titled is not None and not any(SUMMARY_TITLE.search(text) for text in (sheet.name, *titles.first)),
        dash_is_nil=any(NIL_LEGEND.match(text) for text in _texts(sheet, range(block.end_row, limit))),
        findings=tuple(findings),
    )


def _info(check: str, message: str, remedy: str, sheet: Sheet, cell: str) -> Finding:
    return Finding(check, "info", message, remedy, sheet.name, cell)


def _end_of_body(sheet: Sheet, block: Block, limit: int, lexicon: Lexicon) -> tuple[int, str | None]:
    """The row at which other columns begin without a header of years, and the cell that shows it."""
    columns = sorted(block.headings)
    for row in range(block.end_row, limit):
        values = list(_cells(sheet, row, columns))
        if any(map(is_number, values)):
            continue
        texts = [value for value in values if isinstance(value, str) and parse_number(value) is None]
        left = [sheet.value(row, column) for column in range(columns[0] if columns else 0)]
        label = next((value for value in left if isinstance(value, str) and value.strip()), None)
        heading = parse_heading(label) if label else None
        if (
            heading is not None
            and (names_period(heading) or heading.exclusion in OTHER_TABLES)
            and heading.offset is None
        ):
            return row, address(row, 0)
        if len(texts) >= 2 and (label is None or parse_unit(label)) and not all(parse_unit(text) for text in texts):
            headings = [parse_heading(text) for text in texts]
            if not all(found is not None and found.is_neutral for found in headings):
                return row, address(row, columns[0])
    return limit, None


def _left_columns(
    sheet: Sheet, block: Block, end: int, lexicon: Lexicon, roles: Roles
) -> tuple[list[int], int | None, int | None]:
    """Columns that hold labels, a unit per row, and a company per row."""
    first_figure = min(block.headings, default=1)
    unit_column = entity_column = None
    labels: list[int] = []
    for column in range(_width(sheet, block)):
        if column in block.headings:
            continue
        role = next(
            (
                found
                for row in range(block.first_row, block.end_row)
                if isinstance(value := sheet.value(row, column), str) and (found := roles.role(value))
            ),
            None,
        )
        if role in ("unit", "currency"):
            unit_column = column
        elif role in ENTITY and not _are_labels(sheet, range(block.end_row, end), column, lexicon):
            entity_column = column
        elif column < first_figure and role not in ("ignore", "note"):
            texts = [value for row in range(block.end_row, end) if isinstance(value := sheet.value(row, column), str)]
            if sum(1 for text in texts if not _is_note(text)) * 2 >= len(texts) > 0:
                labels.append(column)
    return labels, unit_column, entity_column


def _are_labels(sheet: Sheet, rows: range, column: int, lexicon: Lexicon) -> bool:
    """Whether a column headed "name" holds names of items rather than of companies."""
    texts = [value for row in rows if isinstance(value := sheet.value(row, column), str)]
    return sum(lexicon.knows(split_unit_suffix(text)[0]) for text in texts) * 5 > len(texts)


def _width(sheet: Sheet, block: Block) -> int:
    return max((len(row) for row in sheet.rows[block.first_row : block.end_row]), default=0)


_NOTE = re.compile(
    r"\s*(?:[一二三四五六七八九十]+[、.])?[（(]?\d{0,3}[）)]?(?:[.(]?[a-z]{0,3}[.)]?)?(?:[,、/]\s*\d+(?:\([a-z]+\))?)*\s*",
    re.I,
)


def _is_note(text: str) -> bool:
    """A reference to the notes, such as "12", "2(p)" or "七、1"."""
    return len(text) <= 12 and _NOTE.fullmatch(text) is not None


def _labels(sheet: Sheet, row: int, columns: list[int]) -> list[str]:
    found = (sheet.value(row, column) for column in columns)
    return [value for value in found if isinstance(value, str) and value.strip()]


class _Row(NamedTuple):
    """A labelled row of figures, with the filled ones of the columns that hold annual actuals."""

    number: int
    item: Item
    entity: str | None
    columns: list[int]


def _rows(
    sheet: Sheet,
    block: Block,
    labels: Mapping[int, list[str]],
    unit_column: int | None,
    entity_column: int | None,
    columns: list[int],
    statement: str | None,
    lexicon: Lexicon,
) -> Iterator[_Row]:
    """Rows of figures with what their labels mean; a label without figures is a heading: context for those below."""
    every_column = sorted(block.headings)
    above = _Above(statement)
    for row, texts in labels.items():
        known = next((text for text in texts if lexicon.knows(split_unit_suffix(text)[0])), texts[0]).strip()
        if not _has_figures(sheet, row, every_column):
            above = above.heading(known, lexicon)
            continue
        if lexicon.is_ignored(split_unit_suffix(known)[0]):
            continue
        item = above.item(known, lexicon)
        if unit_column is not None and item.unit is None and isinstance(printed := sheet.value(row, unit_column), str):
            item = item._replace(unit=parse_unit(printed))
        entity = sheet.value(row, entity_column) if entity_column is not None else None
        cells = sheet.rows[row]
        filled = [column for column in columns if column < len(cells) and cells[column] is not None]
        if filled:
            yield _Row(row, item, str(entity) if entity is not None else None, filled)
        if item.concept is not None:
            last = item.concept.concept_id
            above = above._replace(section=lexicon.section_after.get(last, above.section), last=last)


def _figures(rows: list[_Row], slots: Mapping[int, Slot]) -> list[Figure]:
    figures: list[Figure] = []
    for number, item, entity, columns in rows:
        own = slots
        if entity is not None:
            own = {column: slots[column]._replace(entity=entity) for column in columns}
        figures += [make_figure((number, column, item, own[column])) for column in columns]
    return figures


class _Above(NamedTuple):
    """What the headings above a row say of it."""

    statement: str | None
    section: str | None = None
    concept_id: str | None = None
    """A concept that a heading names: the members below it are its parts."""
    member_id: str | None = None
    """A member that a heading names: the items below it are the member's."""
    unit: PrintedUnit | None = None
    last: str | None = None
    """Concept of the last figures above."""
    is_foreign: bool = False
    """Whether the rows below are no amounts of the whole company: growth rates, margins, an unknown segment."""

    def heading(self, printed: str, lexicon: Lexicon) -> _Above:
        """The context below a label without figures."""
        label, unit = split_unit_suffix(printed)
        titled = statement_of_title((label,))
        statement = titled or self.statement
        ends = titled is not None or self.section in SHORT_SECTIONS
        section = lexicon.sections.get(normalise(label), None if ends else self.section)
        if section == "attribution" and self.last == "total_comprehensive_income":
            section = "comprehensive_attribution"
        statement = lexicon.section_statement.get(section or "", statement)
        member = lexicon.members.get(normalise(label))
        concept_id = lexicon.concept(label, statement, None)
        is_known = bool(member or concept_id or titled or normalise(label) in lexicon.sections)
        is_foreign = not is_known and (statement == "segment" or RATIO_HEADING.search(label) is not None)
        return _Above(statement, section, concept_id, member.member_id if member else None, unit, self.last, is_foreign)

    def item(self, printed: str, lexicon: Lexicon) -> Item:
        """What a labelled row of figures means here."""
        label, unit = split_unit_suffix(printed)
        member = lexicon.members.get(normalise(label))
        if self.concept_id and (member or normalise(label) in TOTALS):
            concept_id: str | None = self.concept_id
            member_id = member.member_id if member else None
            unit = unit or self.unit
        else:
            concept_id, member_id = lexicon.concept(label, self.statement, self.section), self.member_id
        concept = lexicon.catalog.concepts.get(concept_id) if concept_id and not self.is_foreign else None
        return Item(printed, self.statement, self.section, concept, member_id, unit)


def _has_figures(sheet: Sheet, row: int, columns: list[int]) -> bool:
    """Whether any figure column of the row holds a number or a dash."""
    return any(is_number(value) or isinstance(parse_number(value), Nil) for value in _cells(sheet, row, columns))


def _cells(sheet: Sheet, row: int, columns: list[int]) -> Iterator[CellValue]:
    """The filled cells of a row in these columns."""
    cells = sheet.rows[row]
    for column in columns:
        if column < len(cells) and cells[column] is not None:
            yield cells[column]


def _with_balance_totals(sheet: Sheet, rows: list[_Row], lexicon: Lexicon) -> list[_Row]:
    """A balance sheet that prints "Total" for either side: the side is told by the lines above it.

    Only where exactly two such rows agree in every column, as the two sides of a balance sheet must.
    """
    totals = [
        row
        for row in rows
        if row.item.statement == "balance_sheet" and row.item.concept is None and normalise(row.item.label) in TOTALS
    ]
    if len(totals) != 2:
        return rows
    values = [[(column, sheet.value(row.number, column)) for column in row.columns] for row in totals]
    if values[0] != values[1]:
        return rows
    concepts: dict[int, Concept] = {}
    above = 0
    for total in totals:
        balances: Counter[str] = Counter()
        for row in rows:
            if above <= row.number < total.number and row.item.concept:
                balances[row.item.concept.balance] += len(row.columns)
        side = "total_assets" if balances["debit"] > balances["credit"] else "total_equity_and_liabilities"
        concepts[total.number], above = lexicon.catalog.concepts[side], total.number
    return [
        row._replace(item=row.item._replace(concept=concepts[row.number])) if row.number in concepts else row
        for row in rows
    ]


def _without_doubled_totals(rows: list[_Row]) -> list[_Row]:
    """A bare "Total" is a section's total only where no line is labelled as that total."""
    whole = [row.item for row in rows if row.item.concept is not None and row.item.member_id is None]
    labelled = {item.concept.concept_id for item in whole if item.concept and normalise(item.label) not in TOTALS}
    return [
        row._replace(item=row.item._replace(concept=None))
        if row.item.concept and row.item.member_id is None and normalise(row.item.label) in TOTALS
        and row.item.statement in PRIMARY and row.item.concept.concept_id in labelled
        else row
        for row in rows
    ]  # fmt: skip


def _is_common_size(sheet: Sheet, rows: list[_Row]) -> bool:
    """Whether revenue or total assets is exactly 100 throughout: shares, not amounts."""
    for base in ("revenue", "total_assets"):
        values = [
            parse_number(value)
            for row in rows
            if row.item.concept and row.item.concept.concept_id == base and row.item.member_id is None
            for value in _cells(sheet, row.number, row.columns)
        ]
        if len(values) > 1 and all(isinstance(value, Number) and value.value == 100 for value in values):
            return True
    return False
