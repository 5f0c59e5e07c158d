"""From the figure cells of a table to reported lines: what each cell says, or why it is kept out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from valuenet_pipeline.catalog import Concept
from valuenet_pipeline.extract.grid import address, column_letters
from valuenet_pipeline.extract.labels import Lexicon
from valuenet_pipeline.extract.number import Absent, DecimalMark, Number, parse_number
from valuenet_pipeline.extract.number_format import FormatHint, decimals_of_format
from valuenet_pipeline.extract.periods import NO_FLOWS
from valuenet_pipeline.extract.table import UNKNOWN_LABEL, Figure, Item, Slot, Table, unknown_label
from valuenet_pipeline.vocabulary import Finding, PrintedUnit

NOT_MONEY = ("shares", "count", "pure", "per_share")
SMALLEST_FILER = Decimal(10) ** 7
"""Where only a currency is printed, statements with no figure this large are surely not in whole units."""
SMALLEST_PADDED = Decimal(10) ** 6
FEWEST_PADDED = 5
LARGEST_COUNT_PRINTED_SCALED = Decimal(10) ** 9
"""A share count printed with this many units is not in thousands or millions: no company has 10^12 shares."""

NO_DIGITS = -1000

NO_NUMBER = "the cell holds no number"
NO_CURRENCY = "no currency is printed, configured or given"
NO_UNIT = "no unit is printed, configured or given"
NO_SCALE = "only a currency is printed, and the figures are too small to be whole units"
NO_SHARE_UNIT = "the unit of the share count is not printed"
NO_COUNT_UNIT = "the unit of the count is not printed"
PERCENTAGE = "a percentage stands where an amount is expected"
NO_PERCENT = "it is not printed whether the figure is a percentage"
INEXACT = "the number has more digits than a spreadsheet keeps"

CHECKS = {
    NO_NUMBER: ("NUM-01", "correct the cell in the extract"),
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


@dataclass(frozen=True)
class Context:
    """What holds for a whole extract: wordings, and units given by profile, layout or options."""

    lexicon: Lexicon
    currency: str | None
    exponent: int | None
    decimal_mark: DecimalMark = "."
    _formats: dict[str, FormatHint] = field(default_factory=dict)

    def format(self, code: str) -> FormatHint:
        """What a number format says, read once."""
        if code not in self._formats:
            self._formats[code] = decimals_of_format(code)
        return self._formats[code]


class _Unit(NamedTuple):
    """Unit and power of ten of a figure, or the reason why they cannot be told."""

    measure: str | None
    exponent: int = 0
    reason: str | None = None
    doubt: str | None = None
    """What keeps the figure out unless the table's other figures show that it is in whole units."""


class _Units(NamedTuple):
    """What the units around a figure say, found once for all figures that share them."""

    unit: _Unit
    shown: int


def read_lines(table: Table, context: Context) -> tuple[list[Line], list[Finding]]:
    """All figure cells of a table as lines in printed sign, with a finding for each label or reason kept out."""
    lines: list[Line] = []
    doubtful: dict[str, list[int]] = {}
    units: dict[Hashable, _Units] = {}
    for figure in table.figures:
        line, doubt = _line(table, figure, context, units)
        if doubt is not None:
            doubtful.setdefault(doubt, []).append(len(lines))
        lines.append(line)
    for doubt, indices in doubtful.items():
        if not SETTLED[doubt]([abs(lines[index].value or Decimal(0)) for index in indices]):
            for index in indices:
                lines[index] = lines[index].kept_out(doubt)
    return lines, [*_findings(lines, table, context), *_other_shown(table, context)]


def _other_shown(table: Table, context: Context) -> Iterator[Finding]:
    """Cells whose number format shows another figure than they hold; the one they hold is read."""
    formats = table.sheet.number_formats
    if not formats:
        return
    shown = [
        figure
        for figure in table.figures
        if (code := formats.get((figure.row, figure.column)))
        and ((hint := context.format(code)).display_exponent or (hint.hides_sign and _is_below_zero(table, figure)))
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


def _line(table: Table, figure: Figure, context: Context, units: dict[Hashable, _Units]) -> tuple[Line, str | None]:
    row, column, item, slot = figure
    label, statement, section, concept, member_id, suffix = item[:6]
    entity, fiscal_year, period_start, period_end, column_unit, share_exponent, no_flows = slot[:7]
    printed = table.sheet.rows[row][column]
    number = parse_number(printed, context.decimal_mark)
    outcome, reason, value, measure, decimals, doubt = "fact", None, None, None, None, None
    amount = number if isinstance(number, Number) else None
    if number is None:
        reason = NO_NUMBER
    elif amount is None and (isinstance(number, Absent) or not table.dash_is_nil):
        outcome = "absent"
    elif concept is None:
        reason = UNKNOWN_LABEL
    elif no_flows is not None and concept.period_type == "duration":
        reason = no_flows
    else:
        code = table.sheet.number_formats.get((row, column))
        # A figure's percent sign, scale and currency are fields 2 to 4; by identity, as hashing units takes longer.
        in_cell = amount[2:5] if amount is not None else None
        key = (concept.unit, id(suffix), id(column_unit), share_exponent, code, in_cell)
        found = units.get(key)
        if found is None:
            hint = context.format(code) if code else None
            found = units[key] = _Units(_unit_of(amount, concept, item, slot, hint, context), _shown(hint))
        unit = found.unit
        if unit.reason is not None and amount is not None:
            unit = _told_by_size(unit, amount)
        measure, exponent, reason, doubt = unit
        if reason is None and amount is None:
            outcome, value, decimals = "nil", Decimal(0), -exponent
        elif reason is None and amount is not None:
            value, places = amount.value.scaleb(exponent), amount.places
            if item.sign < 0:
                value = -value
            decimals = (places if places > found.shown else found.shown) - exponent
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
    )
    return tuple.__new__(Line, line), doubt  # `Line(...)` takes several times longer, and this runs once a figure


def _shown(hint: FormatHint | None) -> int:
    """Digits behind the point that a number format surely shows; a number far below any where it tells none."""
    if hint is None or hint.decimals is None or hint.display_exponent or hint.is_percent:
        return NO_DIGITS
    return hint.decimals


def _doubt(number: Number, value: Decimal, concept: Concept) -> str | None:
    """Why a figure with a unit is still not taken as it stands."""
    if number.is_inexact:
        return INEXACT
    if concept.unit == "shares" and value != value.to_integral_value():
        return NO_SHARE_UNIT
    if concept.unit == "count" and value != value.to_integral_value():
        return NO_COUNT_UNIT
    return None


def _unit_of(
    amount: Number | None,
    concept: Concept,
    item: Item,
    slot: Slot,
    hint: FormatHint | None,
    context: Context,
) -> _Unit:
    """What holds for every figure with these units, whatever its size."""
    in_cell = (amount.exponent, amount.currency, amount.is_percent) if amount is not None else (0, None, False)
    is_percent = in_cell[2] or (hint is not None and hint.is_percent)
    if is_percent and concept.unit != "pure":
        return _Unit(None, reason=PERCENTAGE)
    from_format = None
    if hint is not None and hint.unit is not None:  # the unit of the figure as shown, not of the one stored
        from_format = PrintedUnit(hint.unit.measure, hint.unit.factor_exponent - hint.display_exponent)
    return _unit(concept.unit, item.unit, slot, in_cell, is_percent, from_format, context)


def _told_by_size(unit: _Unit, number: Number) -> _Unit:
    """A unit that the figures around it leave open, where the figure's own size tells it."""
    if unit.reason == NO_SHARE_UNIT and number.value >= LARGEST_COUNT_PRINTED_SCALED:
        return _Unit("shares")
    if unit.reason == NO_PERCENT and abs(number.value) <= 1:
        return _Unit("pure")
    return unit


def _unit(
    kind: str,
    suffix: PrintedUnit | None,
    slot: Slot,
    in_cell: tuple[int, str | None, bool],
    is_percent: bool,
    from_format: PrintedUnit | None,
    context: Context,
) -> _Unit:
    column = slot.unit or from_format
    exponent_in_cell, currency_in_cell, has_sign = in_cell
    if kind == "pure":
        return _pure(suffix, column, has_sign, is_percent)
    if kind in ("shares", "count"):
        return _count(kind, suffix, column, slot.share_exponent, exponent_in_cell, context)
    currencies = (currency_in_cell, *(unit.measure for unit in (suffix, column) if unit), context.currency)
    currency = next((name[:3] for name in currencies if name and name not in NOT_MONEY), None)
    if suffix is not None and suffix.measure in NOT_MONEY and (kind == "currency" or suffix.measure != "per_share"):
        return _Unit(None, reason=PERCENTAGE if suffix.measure == "pure" else NO_UNIT)
    if column is not None and column.measure == "pure":
        return _Unit(None, reason=PERCENTAGE)
    if currency is None:
        return _Unit(None, reason=NO_CURRENCY)
    if kind != "currency":
        return _Unit(f"{currency}_{kind.removeprefix('currency_')}", exponent_in_cell)
    if exponent_in_cell:
        return _Unit(currency, exponent_in_cell)
    printed = suffix or column
    if printed is not None and (printed.factor_exponent or printed.is_scale_stated):
        return _Unit(currency, printed.factor_exponent)
    if context.exponent is not None:
        return _Unit(currency, context.exponent)
    if printed is not None and printed.measure is not None:
        return _Unit(currency, doubt=NO_SCALE if suffix is None else None)
    return _Unit(currency, doubt=NO_UNIT)


def _pure(suffix: PrintedUnit | None, column: PrintedUnit | None, has_sign: bool, is_percent: bool) -> _Unit:
    if has_sign:
        return _Unit("pure", -2)
    if is_percent:  # by number format: the cell holds the fraction itself
        return _Unit("pure")
    for unit in (suffix, column):
        if unit is not None and unit.measure == "pure":
            return _Unit("pure", unit.factor_exponent)
    return _Unit(None, reason=NO_PERCENT)


def _count(
    kind: str,
    suffix: PrintedUnit | None,
    column: PrintedUnit | None,
    share_exponent: int | None,
    exponent_in_cell: int,
    context: Context,
) -> _Unit:
    if exponent_in_cell:
        return _Unit(kind, exponent_in_cell)
    if suffix is not None and suffix.measure in (kind, None):
        return _Unit(kind, suffix.factor_exponent)
    if column is not None and column.measure in ("shares", "count"):
        return _Unit(kind, column.factor_exponent)
    if kind == "shares" and share_exponent is not None:
        return _Unit(kind, share_exponent)
    is_scaled = bool(column.factor_exponent if column is not None else context.exponent)
    if is_scaled:  # the money is in thousands or millions; whether the count is too is not said
        return _Unit(None, reason=NO_SHARE_UNIT if kind == "shares" else NO_COUNT_UNIT)
    return _Unit(kind, 0)


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
