"""Data files: one row per company and period with items across (panel), or one figure per row (long).

Vendors' exports, statements turned on their side, and tidy files; told by the headers of their columns (`roles`).
A header that comes again further down, with its columns in another order, begins a new block.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from valuenet_pipeline.catalog import Concept
from valuenet_pipeline.catalog.wording import normalise
from valuenet_pipeline.extract.grid import CellValue, Sheet, address
from valuenet_pipeline.extract.header import both_units
from valuenet_pipeline.extract.heading import INTERIM, PARENT, SCHEDULE, Heading, day_first_of, parse_heading
from valuenet_pipeline.extract.labels import Lexicon, statement_of_title
from valuenet_pipeline.extract.number import Absent, Number, parse_number
from valuenet_pipeline.extract.periods import CLOSE_DATES, FOURTH_QUARTER, Calendar, Span, resolve
from valuenet_pipeline.extract.roles import ENTITY, PERIOD, Roles
from valuenet_pipeline.extract.table import Figure, Item, Slot, Table, unknown_label
from valuenet_pipeline.extract.unit import find_unit, parse_unit, split_unit_suffix
from valuenet_pipeline.vocabulary import Finding, PrintedUnit

DEEPEST_HEADER = 60
"""Rows in which the first header is looked for."""
FEWEST_ITEMS = 2
PARENT_CODES = {
    "n",
    "b",
    "no",
    "false",
    "母公司",
    "母公司报表",
    "parent",
    "individual",
    "standalone",
    "unconsolidated",
    "非合併",
    "個體",
}
STATISTICS = {
    normalise(word)
    for word in ("Minimum", "Min", "Maximum", "Max", "Average", "Mean", "Median", "Total", "Count", "Std", "Sum",
                 "最小值", "最大值", "平均值", "平均", "中位数", "中位數", "合计", "合計", "总计", "總計")
}  # fmt: skip
WHOLE = {
    normalise(word)
    for word in ("Total", "Group", "Group total", "Consolidated", "All", "合计", "合計", "集团", "集團", "总计")
}
PART = re.compile(
    r"\b(?:subsidiar(?:y|ies)|eliminations?|VIEs?|guarantors?|beneficiar(?:y|ies)|parent)\b|抵销|抵銷", re.I
)
"""A column of a consolidating schedule in the place of a company."""
GROWN = 2.5
"""A cumulative fourth quarter is about four times the first; a single one is about the same."""


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
    while header is not None:
        words = {value for value in sheet.rows[header.row] if isinstance(value, str)}
        end = next(
            (row for row in range(header.row + 1, len(sheet.rows)) if _is_header_again(sheet.rows[row], words)), None
        )
        rows = range(header.row + 1, len(sheet.rows) if end is None else end)
        tables.append(
            _long(sheet, header, rows, lexicon, clock)
            if header.is_long
            else _panel(sheet, header, rows, lexicon, clock)
        )
        header = _header(sheet, end, lexicon, roles) if end is not None else None
    return tables


# Headers


def _first_header(sheet: Sheet, lexicon: Lexicon, roles: Roles) -> Header | None:
    for row in range(min(DEEPEST_HEADER, len(sheet.rows) - 1)):
        if header := _header(sheet, row, lexicon, roles):
            return header
    return None


def _header(sheet: Sheet, row: int, lexicon: Lexicon, roles: Roles) -> Header | None:
    texts = {column: value for column, value in enumerate(sheet.rows[row]) if value is not None}
    if len(texts) < FEWEST_ITEMS or not all(isinstance(value, str) for value in texts.values()):
        return None
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


# Rows


def _slots(
    sheet: Sheet, header: Header, rows: range, clock: Calendar, items: dict[int, Item]
) -> tuple[dict[int, Slot], list[Finding]]:
    """What each row says of its figures; rows that are no annual consolidated actuals are left out and counted."""
    headings, entities, excluded, ends = _row_headings(sheet, header, rows)
    by_entity: dict[str | None, dict[int, Heading]] = defaultdict(dict)
    for row, heading in headings.items():
        by_entity[entities[row]][row] = heading
    cumulative = _is_cumulative(sheet, ends, items)
    titles = [value for above in sheet.rows[: header.row] for value in above if isinstance(value, str)]
    title_unit = next((unit for text in reversed(titles) if (unit := find_unit(text))), None)
    slots: dict[int, Slot] = {}
    units: dict[tuple[CellValue, CellValue], PrintedUnit | None] = {}
    currency_column, unit_column = header.column("currency"), header.column("unit")
    for entity, group in by_entity.items():
        spans, left_out = resolve(group, None, clock)
        for row, reason in left_out.items():
            excluded[reason].append(row)
        for row, span in spans.items():
            printed = (
                sheet.value(row, currency_column) if currency_column is not None else None,
                sheet.value(row, unit_column) if unit_column is not None else None,
            )
            if printed not in units:
                units[printed] = _unit(*printed) or title_unit
            slots[row] = _slot(entity, span, units[printed], cumulative, is_quarter=headings[row].is_neutral)
    findings = [
        Finding(
            "PER-07" if reason != PARENT else "FIL-12",
            "info",
            f"{len(left)} row(s) are left out: {reason}",
            "state the fiscal year end in entity.yaml or by option" if "not known" in reason else "",
            sheet.name,
            address(min(left), 0),
        )
        for reason, left in sorted(excluded.items())
        if left
    ]
    return slots, findings


def _slot(entity: str | None, span: Span, unit: PrintedUnit | None, cumulative: bool, *, is_quarter: bool) -> Slot:
    no_flows = span.no_flows
    if cumulative and no_flows == CLOSE_DATES:
        no_flows = None
    if is_quarter and not cumulative:
        no_flows = FOURTH_QUARTER
    return Slot(entity, span.fiscal_year, span.start, span.end, unit, None, no_flows, span.is_restated)


def _row_headings(
    sheet: Sheet, header: Header, rows: range
) -> tuple[dict[int, Heading], dict[int, str | None], dict[str, list[int]], dict[int, tuple[str | None, date]]]:
    columns = [column for name in PERIOD for column, role in header.roles.items() if role == name]
    is_month = {column: header.roles[column] == "period_month" for column in columns}
    starts = header.column("period_start")
    lengths, quarters = header.column("fiscal_period"), header.column("quarter")
    scope = header.column("consolidation")
    entity_columns = [column for name in ENTITY for column, role in header.roles.items() if role == name]
    day_first = day_first_of(value for row in rows for c in columns if isinstance(value := sheet.value(row, c), str))
    headings: dict[int, Heading] = {}
    entities: dict[int, str | None] = {}
    excluded: dict[str, list[int]] = defaultdict(list)
    ends: dict[int, tuple[str | None, date]] = {}
    for row in rows:
        cells = sheet.rows[row]
        entity = next((_name(cells[c], header.roles[c]) for c in entity_columns if c < len(cells) and cells[c]), None)
        if entity_columns and (entity is None or normalise(entity) in STATISTICS):
            continue
        heading = _heading(cells, columns, is_month, day_first)
        if heading is None:
            continue
        named = parse_heading(entity) if entity else None
        if entity and PART.search(entity):
            heading = replace(heading, exclusion=SCHEDULE)
        elif named is not None and named.exclusion in (PARENT, SCHEDULE):
            heading = replace(heading, exclusion=named.exclusion)
        elif named is not None and named.is_neutral:
            entity = None
        if scope is not None and str(sheet.value(row, scope)).strip().lower() in PARENT_CODES:
            heading = replace(heading, exclusion=PARENT)
        if heading.exclusion is None and heading.end is not None:
            ends[row] = (entity, heading.end)
        heading = _with_length(heading, sheet, row, lengths, quarters, starts)
        if heading.exclusion:
            excluded[heading.exclusion].append(row)
            continue
        headings[row], entities[row] = heading, entity
    return headings, entities, excluded, ends


def _name(printed: CellValue, role: str) -> str:
    """A company as printed; a code is one word, so that BRK-A is not taken for A."""
    text = str(printed).strip()
    return re.sub(r"[^\w]+", "_", text) if role == "entity_code" else text


def _heading(
    cells: tuple[CellValue, ...], columns: Sequence[int], is_month: dict[int, bool], day_first: bool | None
) -> Heading | None:
    """The period of a row: its date before its year."""
    for column in columns:
        value = cells[column] if column < len(cells) else None
        if value is None:
            continue
        heading = parse_heading(value, day_first=day_first, allow_serial=True)
        if heading is None or not (heading.year or heading.end or heading.exclusion):
            continue
        if is_month[column] and heading.end is not None:
            heading = replace(heading, end=_last_day(heading.end))
        return replace(heading, is_neutral=False) if heading.is_neutral else heading
    return None


def _last_day(day: date) -> date:
    following = day.replace(day=28).toordinal() + 4
    return date.fromordinal(following - date.fromordinal(following).day)


def _with_length(
    heading: Heading, sheet: Sheet, row: int, lengths: int | None, quarters: int | None, starts: int | None
) -> Heading:
    """The heading with what other columns say of the period's length; `is_neutral` marks a fourth quarter."""
    if starts is not None and heading.end is not None:
        begin = parse_heading(sheet.value(row, starts), allow_serial=True)
        if begin is not None and begin.end is not None:
            days = (heading.end - begin.end).days + 1
            heading = replace(heading, months=round(days / 30.4))
    for column in (lengths, quarters):
        printed = sheet.value(row, column) if column is not None else None
        if printed is None:
            continue
        text = str(printed).strip().lower().removesuffix(".0")
        if text in {"fy", "annual", "a", "12m", "year", "yearly", "年报", "年報", "y"}:
            return replace(heading, months=12)
        if text in {"q4", "4", "4q", "第四季度", "iv"}:
            return replace(heading, is_neutral=True)
        if text in {"q1", "q2", "q3", "1", "2", "3", "1q", "2q", "3q", "h1", "h2", "9m", "6m", "3m", "i", "ii", "iii"}:
            return replace(heading, exclusion=INTERIM)
        found = parse_heading(str(printed))
        if found is not None and (found.exclusion or found.months not in (None, 12)):
            return replace(heading, exclusion=found.exclusion or INTERIM)
    return heading


def _is_cumulative(sheet: Sheet, ends: dict[int, tuple[str | None, date]], items: dict[int, Item]) -> bool:
    """Whether interim rows run from the year's start, told by revenue that grows through most of the years."""
    column = next(
        (
            c
            for c, item in items.items()
            if item.concept and item.concept.concept_id in ("revenue", "operating_revenue")
        ),
        None,
    )
    if column is None or len({end.month for _, end in ends.values()}) == 1:
        return False
    years: dict[tuple[str | None, int], list[tuple[date, float]]] = defaultdict(list)
    for row, (entity, end) in ends.items():
        number = parse_number(sheet.value(row, column))
        if isinstance(number, Number):
            years[entity, end.year].append((end, float(number.value)))
    votes = []
    for points in years.values():
        values = [value for _, value in sorted(points)]
        if len(values) == 4 and values[0] > 0:
            votes.append(values == sorted(values) and values[3] >= GROWN * values[0])
    return bool(votes) and sum(votes) >= 0.8 * len(votes)


def _unit(currency: CellValue, unit: CellValue) -> PrintedUnit | None:
    first = parse_unit(str(currency)) if currency is not None else None
    second = parse_unit(str(unit)) if unit is not None else None
    if first is None or second is None:
        return first or second
    return both_units(second, first)


# Figures


def _panel(sheet: Sheet, header: Header, rows: range, lexicon: Lexicon, clock: Calendar) -> Table:
    labels = {column: split_unit_suffix(text.strip()) for column, text in header.items.items()}
    statement = lexicon.vote(label for label, _ in labels.values())
    items = {
        column: Item(header.items[column].strip(), statement, None, _concept(lexicon, label, statement), None, unit)
        for column, (label, unit) in labels.items()
    }
    slots, findings = _slots(sheet, header, rows, clock, items)
    items = {column: item for column, item in items.items() if not lexicon.is_ignored(item.label)}
    unknown = [column for column, item in items.items() if item.concept is None and not _may_be_settled(item, lexicon)]
    findings += _unknown_columns(sheet, rows, unknown, items, lexicon)
    known = [(column, item) for column, item in items.items() if column not in unknown]
    figures: list[Figure] = []
    for row, slot in slots.items():
        cells = sheet.rows[row]
        figures += [
            Figure(row, column, item, slot)
            for column, item in known
            if column < len(cells) and cells[column] is not None
        ]
    return Table(sheet, statement, (), figures, findings=tuple(findings))


def _may_be_settled(item: Item, lexicon: Lexicon) -> bool:
    """Whether the other columns may tell what this one means."""
    return bool(lexicon.catalog.choices_for(split_unit_suffix(item.label)[0]))


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
    slots, findings = _slots(sheet, header, rows, clock, {})
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
    return Table(sheet, None, (), figures, findings=tuple(findings))


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
