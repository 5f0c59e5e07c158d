"""The unit of a figure: from its cell, its row, its column, the titles or the options, in that order."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from valuenet_pipeline.catalog import Concept
from valuenet_pipeline.extract.labels import Lexicon
from valuenet_pipeline.extract.number import DecimalMark, Number
from valuenet_pipeline.extract.number_format import FormatHint, decimals_of_format
from valuenet_pipeline.extract.table import Item, Slot
from valuenet_pipeline.vocabulary import PrintedUnit

NOT_MONEY = ("shares", "count", "pure", "per_share")
LARGEST_COUNT_PRINTED_SCALED = Decimal(10) ** 9
"""A share count printed with this many units is not in thousands or millions: no company has 10^12 shares."""

NO_DIGITS = -1000

NO_CURRENCY = "no currency is printed, configured or given"
NO_UNIT = "no unit is printed, configured or given"
NO_SCALE = "only a currency is printed, and the figures are too small to be whole units"
NO_SHARE_UNIT = "the unit of the share count is not printed"
NO_COUNT_UNIT = "the unit of the count is not printed"
PERCENTAGE = "a percentage stands where an amount is expected"
NO_PERCENT = "it is not printed whether the figure is a percentage"


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


class FigureUnit(NamedTuple):
    """Unit and power of ten of a figure, or the reason why they cannot be told."""

    measure: str | None
    exponent: int = 0
    reason: str | None = None
    doubt: str | None = None
    """What keeps the figure out unless the table's other figures show that it is in whole units."""


class Units(NamedTuple):
    """What the units around a figure say, found once for all figures that share them."""

    unit: FigureUnit
    shown: int


def units_of(
    amount: Number | None,
    concept: Concept,
    item: Item,
    slot: Slot,
    code: str | None,
    context: Context,
    units: dict[Hashable, Units],
) -> Units:
    """What the units around a figure say, from the cell's own to the extract's."""
    in_cell = (amount.is_percent, amount.exponent, amount.currency) if amount is not None else (False, 0, None)
    # By identity, as hashing units takes longer.
    key = (concept.unit, id(item.unit), id(slot.unit), slot.share_exponent, code, in_cell)
    found = units.get(key)
    if found is None:
        hint = context.format(code) if code else None
        found = units[key] = Units(_around(amount, concept, item, slot, hint, context), _shown(hint))
    return found


def _shown(hint: FormatHint | None) -> int:
    """Digits behind the point that a number format surely shows; a number far below any where it tells none."""
    if hint is None or hint.decimals is None or hint.display_exponent or hint.is_percent:
        return NO_DIGITS
    return hint.decimals


def _around(
    amount: Number | None,
    concept: Concept,
    item: Item,
    slot: Slot,
    hint: FormatHint | None,
    context: Context,
) -> FigureUnit:
    """What holds for every figure with these units, whatever its size."""
    in_cell = (amount.exponent, amount.currency, amount.is_percent) if amount is not None else (0, None, False)
    is_percent = in_cell[2] or (hint is not None and hint.is_percent)
    if is_percent and concept.unit != "pure":
        return FigureUnit(None, reason=PERCENTAGE)
    from_format = None
    if hint is not None and hint.unit is not None:  # the unit of the figure as shown, not of the one stored
        from_format = PrintedUnit(hint.unit.measure, hint.unit.factor_exponent - hint.display_exponent)
    return _unit(concept.unit, item.unit, slot, in_cell, is_percent, from_format, context)


def told_by_size(unit: FigureUnit, number: Number) -> FigureUnit:
    """A unit that the figures around it leave open, where the figure's own size tells it."""
    if unit.reason == NO_SHARE_UNIT and number.value >= LARGEST_COUNT_PRINTED_SCALED:
        return FigureUnit("shares")
    if unit.reason == NO_PERCENT and abs(number.value) <= 1:
        return FigureUnit("pure")
    return unit


def _unit(
    kind: str,
    suffix: PrintedUnit | None,
    slot: Slot,
    in_cell: tuple[int, str | None, bool],
    is_percent: bool,
    from_format: PrintedUnit | None,
    context: Context,
) -> FigureUnit:
    column = slot.unit or from_format
    exponent_in_cell, currency_in_cell, has_sign = in_cell
    if kind == "pure":
        return _pure(suffix, column, has_sign, is_percent)
    if kind in ("shares", "count"):
        return _count(kind, suffix, column, slot.share_exponent, exponent_in_cell, context)
    currencies = (currency_in_cell, *(unit.measure for unit in (suffix, column) if unit), context.currency)
    currency = next((name[:3] for name in currencies if name and name not in NOT_MONEY), None)
    if suffix is not None and suffix.measure in NOT_MONEY and (kind == "currency" or suffix.measure != "per_share"):
        return FigureUnit(None, reason=PERCENTAGE if suffix.measure == "pure" else NO_UNIT)
    if column is not None and column.measure == "pure":
        return FigureUnit(None, reason=PERCENTAGE)
    if currency is None:
        return FigureUnit(None, reason=NO_CURRENCY)
    if kind != "currency":
        return FigureUnit(f"{currency}_{kind.removeprefix('currency_')}", exponent_in_cell)
    if exponent_in_cell:
        return FigureUnit(currency, exponent_in_cell)
    printed = suffix or column
    if printed is not None and (printed.factor_exponent or printed.is_scale_stated):
        return FigureUnit(currency, printed.factor_exponent)
    if context.exponent is not None:
        return FigureUnit(currency, context.exponent)
    if printed is not None and printed.measure is not None:
        return FigureUnit(currency, doubt=NO_SCALE if suffix is None else None)
    return FigureUnit(currency, doubt=NO_UNIT)


def _pure(suffix: PrintedUnit | None, column: PrintedUnit | None, has_sign: bool, is_percent: bool) -> FigureUnit:
    if has_sign:
        return FigureUnit("pure", -2)
    if is_percent:  # by number format: the cell holds the fraction itself
        return FigureUnit("pure")
    for unit in (suffix, column):
        if unit is not None and unit.measure == "pure":
            return FigureUnit("pure", unit.factor_exponent)
    return FigureUnit(None, reason=NO_PERCENT)


def _count(
    kind: str,
    suffix: PrintedUnit | None,
    column: PrintedUnit | None,
    share_exponent: int | None,
    exponent_in_cell: int,
    context: Context,
) -> FigureUnit:
    if exponent_in_cell:
        return FigureUnit(kind, exponent_in_cell)
    if suffix is not None and suffix.measure in (kind, None):
        return FigureUnit(kind, suffix.factor_exponent)
    if column is not None and column.measure in ("shares", "count"):
        return FigureUnit(kind, column.factor_exponent)
    if kind == "shares" and share_exponent is not None:
        return FigureUnit(kind, share_exponent)
    is_scaled = bool(column.factor_exponent if column is not None else context.exponent)
    if is_scaled:  # the money is in thousands or millions; whether the count is too is not said
        return FigureUnit(None, reason=NO_SHARE_UNIT if kind == "shares" else NO_COUNT_UNIT)
    return FigureUnit(kind, 0)
