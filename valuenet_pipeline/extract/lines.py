"""From the figure cells of a table to reported lines: what each cell says, or why it is kept out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from valuenet_pipeline.catalog import Concept
from valuenet_pipeline.extract.figure_unit import (
    NO_COUNT_UNIT,
    NO_PERCENT,
    NO_SCALE,
    NO_SHARE_UNIT,
    NO_UNIT,
    PERCENTAGE,
    Context,
    FigureUnit,
    Units,
    told_by_size,
    units_of,
)  # fmt: skip
from valuenet_pipeline.extract.grid import CellValue, address, column_letters
from valuenet_pipeline.extract.number import Absent, Number, parse_number, plain_digits
from valuenet_pipeline.extract.periods import NO_FLOWS
from valuenet_pipeline.extract.table import UNKNOWN_LABEL, Figure, Item, Slot, Table, unknown_label
from valuenet_pipeline.extract.worksheet import NO_VALUE_TEXT
from valuenet_pipeline.vocabulary import Finding

SMALLEST_FILER = Decimal(10) ** 7
"""Where only a currency is printed, statements with no figure this large are surely not in whole units."""
SMALLEST_PADDED = Decimal(10) ** 6
FEWEST_PADDED = 5
NO_NUMBER = "the cell holds no number"
SHEET_ERROR = "the cell holds an error of its formula"
NO_VALUE = "the cell holds a formula without its value"
NOT_FINITE = "the cell holds no finite number"
A_DATE = "the cell holds a date"
TRUTH_VALUE = "the cell holds true or false"
INEXACT = "the number has more digits than a spreadsheet keeps"

SHEET_ERRORS = {"error", "ref", "div/0", "value", "n/a", "name", "num", "null", "spill", "calc", "getting_data"}

CHECKS = {
    NO_NUMBER: ("NUM-01", "correct the cell in the extract"),
    SHEET_ERROR: ("NUM-02", "mend the formula, or enter the figure"),
    NO_VALUE: ("NUM-03", "open the workbook in a spreadsheet program and save it, so that the formula has its value"),
    NOT_FINITE: ("NUM-09", "enter the figure, or leave the cell empty"),
    A_DATE: ("NUM-10", "correct the cell, or its number format if it shows a figure as a date"),
    TRUTH_VALUE: ("NUM-14", "enter the figure, or leave the cell empty"),
    PERCENTAGE: ("NUM-11", "print the amounts and the percentages in tables or columns of their own"),
    NO_PERCENT: ("NUM-11", "print a percent sign with the figure or in the label"),
    INEXACT: ("NUM-12", "store the number as text"),
}
UNIT_CHECK = ("UNI-01", "print the unit above the column, or set it in entity.yaml, layout.yaml or by option")
FLOW_CHECK = ("PER-07", "state the fiscal year end in entity.yaml or by option, or print the length of the period")


class Line(NamedTuple):
    """One figure cell, with the fields of the contract `SliceLine` that the table itself can tell."""

    entity: str | None
    sheet: str
    cell: str
    statement: str | None
    section: str | None
    label: str
    printed: str
    concept_id: str | None
    member_id: str | None
    fiscal_year: int
    period_start: date | None
    period_end: date
    value: Decimal | None
    unit: str | None
    decimals: int | None
    outcome: str
    reason: str | None = None
    note: str | None = None
    published_on: date | None = None

    def kept_out(self, reason: str) -> Line:
        """The same line in quarantine."""
        return self._replace(outcome="quarantined", reason=reason)

    def with_value(self, value: Decimal) -> Line:
        """The same line with another value; `_replace` takes several times longer."""
        return tuple.__new__(Line, (*self[:VALUE], value, *self[VALUE + 1 :]))

    @property
    def is_figure(self) -> bool:
        """Whether the line gives a value that would be published."""
        return self.outcome in ("fact", "nil") and self.value is not None


VALUE = Line._fields.index("value")


class _Plan(NamedTuple):
    """What all plain numbers of one label under one kind of heading have in common, found once for them."""

    statement: str | None
    section: str | None
    label: str
    concept_id: str | None
    member_id: str | None
    is_instant: bool
    measure: str | None
    exponent: int
    scale: str
    """Stands behind the digits of the value: "E6" for millions."""
    shown: int
    is_whole: bool
    """Whether a fraction is not understood without a second look."""
    reason: str | None
    """Why the figures are kept out; None where they are facts."""
    doubt: str | None


_PlanKey = tuple[int, Hashable, str | None]
"""A label and a heading by identity, as hashing them takes longer, and the cell's number format."""


class _Heading(NamedTuple):
    """What a slot says of its lines, and what tells its plans from those of other slots."""

    entity: str | None
    fiscal_year: int
    period_start: date
    period_end: date
    note: str | None
    published_on: date | None
    kind: Hashable


def read_lines(table: Table, context: Context) -> tuple[list[Line], list[Finding]]:
    """All figure cells of a table as lines in printed sign, with a finding for each label or reason kept out.

    Nearly all cells hold plain numbers: their lines are made here, from what `_plan` finds out once for all that share
    a label and a kind of heading. `_line` reads any cell from scratch, and says the same of plain ones.
    """
    lines: list[Line] = []
    doubtful: dict[str, list[int]] = {}
    units: dict[Hashable, Units] = {}
    plans: dict[_PlanKey, _Plan | None] = {}
    headings: dict[int, _Heading] = {}
    sheet, rows = table.sheet.name, table.sheet.rows
    letters = [column_letters(column) for column in range(max(map(len, rows), default=0))]
    format_of = table.sheet.number_formats.get
    new_line = tuple.__new__  # `Line(...)` takes several times longer
    last_row = last_item = last_slot = last_kind = last_code = None
    for figure in table.figures:
        row, column, item, slot = figure
        if row != last_row:
            last_row, cells, row_name = row, rows[row], str(row + 1)
        if slot is not last_slot:
            last_slot, heading = slot, headings.get(id(slot))
            if heading is None:
                heading = headings[id(slot)] = _heading(slot)
            entity, fiscal_year, period_start, period_end, note, published_on, kind = heading
        code = format_of((row, column))
        if item is not last_item or kind != last_kind or code != last_code:
            last_item, last_kind, last_code = item, kind, code
            key = (id(item), kind, code)
            if key not in plans:
                plans[key] = _plan(item, slot, code, context, units)
            plan = plans[key]
            if plan is not None:
                (statement, section, label, concept_id, member_id, is_instant, measure, exponent, scale, shown,
                 is_whole, reason, doubt_of_plan) = plan  # fmt: skip
        digits = plain_digits(cells[column]) if plan is not None else None
        point = digits.find(".") if digits is not None else -1
        if digits is None or (is_whole and point > 0):
            line, doubt = _line(table, figure, context, units)
        else:
            value = decimals = None
            doubt = doubt_of_plan
            if reason is None:
                value = Decimal(digits + scale)
                places = len(digits) - 1 - point if point > 0 else 0
                decimals = (places if places > shown else shown) - exponent
            line = new_line(
                Line,
                (
                    entity, sheet, letters[column] + row_name, statement, section, label, digits, concept_id,
                    member_id, fiscal_year, None if is_instant else period_start, period_end, value, measure, decimals,
                    "fact" if reason is None else "quarantined", reason, note, published_on,
                ),
            )  # fmt: skip
        if doubt is not None:
            doubtful.setdefault(doubt, []).append(len(lines))
        lines.append(line)
    for doubt, indices in doubtful.items():
        if not SETTLED[doubt]([abs(lines[index].value or Decimal(0)) for index in indices]):
            for index in indices:
                lines[index] = lines[index].kept_out(doubt)
    return lines, [
        *_findings(lines, table, context),
        *_other_shown(table, {code for _, _, code in plans if code}, context),
    ]


def _heading(slot: Slot) -> _Heading:
    kind = (id(slot.unit), slot.share_exponent, slot.no_flows)
    note = "restated" if slot.is_restated else None
    return _Heading(slot.entity, slot.fiscal_year, slot.period_start, slot.period_end, note, slot.published_on, kind)


def _plan(item: Item, slot: Slot, code: str | None, context: Context, units: dict[Hashable, Units]) -> _Plan | None:
    """How plain numbers are read; None where each number itself has a say in it."""
    concept, reason = item.concept, None
    unit, shown = FigureUnit(None), 0
    if concept is None:
        reason = UNKNOWN_LABEL
    elif slot.no_flows is not None and concept.period_type == "duration":
        reason = slot.no_flows
    else:
        unit, shown = units_of(None, concept, item, slot, code, context, units)
        reason = unit.reason
    is_whole = concept is not None and concept.unit in ("shares", "count")
    if item.sign < 0 or reason in (NO_SHARE_UNIT, NO_PERCENT) or (is_whole and unit.exponent < 0):
        return None
    return _Plan(
        statement=item.statement,
        section=item.section,
        label=item.label,
        concept_id=concept.concept_id if concept is not None else None,
        member_id=item.member_id,
        is_instant=concept is not None and concept.period_type == "instant",
        measure=unit.measure,
        exponent=unit.exponent,
        scale=f"E{unit.exponent}" if unit.exponent else "",
        shown=shown,
        is_whole=is_whole,
        reason=reason,
        doubt=unit.doubt if reason is None else None,
    )


def _other_shown(table: Table, codes: Iterable[str], context: Context) -> Iterator[Finding]:
    """Cells whose number format shows another figure than they hold; the one they hold is read."""
    hints = {code: hint for code in codes if (hint := context.format(code)).display_exponent or hint.hides_sign}
    if not hints:
        return
    formats = table.sheet.number_formats
    shown = [
        figure
        for figure in table.figures
        if (odd := hints.get(formats.get((figure.row, figure.column), "")))
        and (odd.display_exponent or _is_below_zero(table, figure))
    ]
    if shown:
        first = shown[0]
        message = (
            f"{len(shown)} cell(s) show another figure than they hold, by their number format; the one held is read"
        )
        remedy = "check the scale and the sign of the figures against the printed report"
        yield Finding(
            "NUM-13", "info", message, remedy, table.sheet.name, address(first.row, first.column), first.item.label
        )


def _is_below_zero(table: Table, figure: Figure) -> bool:
    value = table.sheet.rows[figure.row][figure.column]
    return isinstance(value, int | float) and value < 0


def _are_large(amounts: list[Decimal]) -> bool:
    """Whether some figure is as large as a statement's largest is in whole units."""
    return max(amounts) >= SMALLEST_FILER


def _are_padded(amounts: list[Decimal]) -> bool:
    """Whether the large figures all end in 000, as only figures printed in full do that were rounded before."""
    large = [amount for amount in amounts if amount >= SMALLEST_PADDED]
    padded = sum(amount % 1000 == 0 for amount in large)
    return padded >= FEWEST_PADDED and padded >= 0.9 * len(large)


SETTLED: dict[str, Callable[[list[Decimal]], bool]] = {NO_SCALE: _are_large, NO_UNIT: _are_padded}
"""Doubt about a table's scale → whether its figures settle it in favour of whole units."""


def _line(table: Table, figure: Figure, context: Context, units: dict[Hashable, Units]) -> tuple[Line, str | None]:
    row, column, item, slot = figure
    label, statement, section, concept, member_id = item[:5]
    entity, fiscal_year, period_start, period_end, _, _, no_flows = slot[:7]
    printed = table.sheet.rows[row][column]
    number = parse_number(printed, context.decimal_mark)
    outcome, reason, value, measure, decimals, doubt = "fact", None, None, None, None, None
    amount = number if isinstance(number, Number) else None
    if number is None:
        reason = _no_number(printed)
    elif amount is None and (isinstance(number, Absent) or not table.dash_is_nil):
        outcome = "absent"
    elif concept is None:
        reason = UNKNOWN_LABEL
    elif no_flows is not None and concept.period_type == "duration":
        reason = no_flows
    else:
        code = table.sheet.number_formats.get((row, column))
        unit, shown = units_of(amount, concept, item, slot, code, context, units)
        if unit.reason is not None and amount is not None:
            unit = told_by_size(unit, amount)
        measure, exponent, reason, doubt = unit
        if reason is None and amount is None:
            outcome, value, decimals = "nil", Decimal(0), -exponent
        elif reason is None and amount is not None:
            value, places = amount.value.scaleb(exponent), amount.places
            if item.sign < 0:
                value = -value
            decimals = max(places, shown) - exponent
            if amount.is_inexact or concept.unit in ("shares", "count"):
                reason = _doubt(amount, value, concept)
    if reason is not None:
        outcome, doubt = "quarantined", None
    line = (
        entity,
        table.sheet.name,
        f"{column_letters(column)}{row + 1}",
        statement,
        section,
        label,
        str(printed),
        concept.concept_id if concept is not None else None,
        member_id,
        fiscal_year,
        None if concept is not None and concept.period_type == "instant" else period_start,
        period_end,
        value,
        measure,
        decimals,
        outcome,
        reason,
        "restated" if slot.is_restated else f"footnote {amount.note}" if amount is not None and amount.note else None,
        slot.published_on,
    )
    return tuple.__new__(Line, line), doubt  # `Line(...)` takes several times longer, and this runs once a figure


def _no_number(printed: CellValue) -> str:
    """Why a cell is no figure."""
    if isinstance(printed, bool):
        return TRUTH_VALUE
    if isinstance(printed, date):
        return A_DATE
    text = str(printed).strip().lstrip("-+").casefold()
    if text == NO_VALUE_TEXT.casefold():
        return NO_VALUE
    if text.startswith("#") and text.rstrip("!?").lstrip("#") in SHEET_ERRORS:
        return SHEET_ERROR
    return NOT_FINITE if text in ("inf", "infinity", "nan", "∞") else NO_NUMBER


def _doubt(number: Number, value: Decimal, concept: Concept) -> str | None:
    """Why a figure with a unit is still not taken as it stands."""
    if number.is_inexact:
        return INEXACT
    if concept.unit == "shares" and value != value.to_integral_value():
        return NO_SHARE_UNIT
    if concept.unit == "count" and value != value.to_integral_value():
        return NO_COUNT_UNIT
    return None


def _findings(lines: list[Line], table: Table, context: Context) -> list[Finding]:
    """One finding per label and reason, at the first cell it concerns."""
    first: dict[tuple[str, str], int] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for index, line in enumerate(lines):
        if line.outcome == "quarantined" and line.reason is not None:
            key = (line.label, line.reason)
            first.setdefault(key, index)
            counts[key] += 1
    return [
        unknown_label(
            table.figures[index].item, lines[index].printed, table.sheet, lines[index].cell, counts[key] - 1,
            context.lexicon,
        )
        if key[1] == UNKNOWN_LABEL
        else _finding(lines[index], counts[key])
        for key, index in first.items()
    ]  # fmt: skip


def _finding(line: Line, count: int) -> Finding:
    assert line.reason is not None
    check, remedy = CHECKS.get(line.reason, FLOW_CHECK if line.reason in NO_FLOWS else UNIT_CHECK)
    more = f" and {count - 1} more" if count > 1 else ""
    return Finding(
        check_id=check,
        severity="warning" if check == "PER-07" else "error",
        message=f"{line.reason}: {line.label!r} ({line.printed}{more})",
        remedy=remedy,
        sheet=line.sheet,
        cell=line.cell,
        label=line.label,
    )
