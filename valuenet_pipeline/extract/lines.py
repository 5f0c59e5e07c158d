"""From a statement table to reported lines: what each figure cell says, or why it is kept out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from valuenet_pipeline.catalog import Concept
from valuenet_pipeline.extract.grid import CellValue, address
from valuenet_pipeline.extract.labels import Lexicon, normalise
from valuenet_pipeline.extract.number import Absent, Nil, Number, parse_number
from valuenet_pipeline.extract.tables import StatementTable, has_figures
from valuenet_pipeline.extract.unit import split_unit_suffix
from valuenet_pipeline.vocabulary import Finding, FiscalYearEnd, Period, PrintedUnit

PRIMARY = {"income_statement", "balance_sheet", "cash_flow"}
TOTALS = {normalise(word) for word in ("Total", "Group total", "合计", "合計", "总计", "總計", "小计")}
UNSCALED = {"shares": "shares", "count": "count", "pure": "pure"}


@dataclass(frozen=True)
class Line:
    """One figure cell, with the fields of the contract `SliceLine` that the table itself can tell."""

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

    def kept_out(self, reason: str) -> Line:
        """The same line in quarantine."""
        return replace(self, outcome="quarantined", reason=reason)


@dataclass(frozen=True)
class Context:
    """What holds for a whole extract: wordings, fiscal year end, and units given by profile or options."""

    lexicon: Lexicon
    year_end: FiscalYearEnd
    currency: str | None
    exponent: int | None


@dataclass(frozen=True)
class _Row:
    """Meaning of one labelled row."""

    label: str
    section: str | None
    concept: Concept | None
    member_id: str | None
    suffix: PrintedUnit | None


def _rows(table: StatementTable, lexicon: Lexicon) -> Iterator[tuple[int, _Row]]:
    """Labelled rows with figures; a label without figures is a heading that gives those below it context."""
    section: str | None = None
    heading_concept: str | None = None
    heading_unit: PrintedUnit | None = None
    for row in range(table.first_row, table.end_row):
        value = table.sheet.value(row, table.label_column)
        if not isinstance(value, str) or not value.strip():
            continue
        label, suffix = split_unit_suffix(value.strip())
        if not has_figures(table, row):
            section = lexicon.sections.get(normalise(label), section)
            heading_concept = lexicon.concept(label, table.statement, None)
            heading_unit = suffix
            continue
        member = lexicon.members.get(normalise(label))
        if heading_concept and (member or normalise(label) in TOTALS):
            concept_id: str | None = heading_concept
            suffix = suffix or heading_unit
        else:
            concept_id, member = lexicon.concept(label, table.statement, section), None
        concept = lexicon.catalog.concepts.get(concept_id) if concept_id else None
        yield row, _Row(value.strip(), section, concept, member.member_id if member else None, suffix)


def _unit(concept: Concept, row: _Row, column: PrintedUnit | None, context: Context) -> tuple[str, int] | str:
    """Unit and power of ten of a figure, or the reason why they cannot be told."""
    printed = row.suffix or column
    currency = (printed.measure if printed else None) or (column.measure if column else None) or context.currency
    if currency in UNSCALED or (currency and "per_share" in currency):
        currency = context.currency
    if concept.unit in UNSCALED:
        return UNSCALED[concept.unit], row.suffix.factor_exponent if row.suffix else 0
    if currency is None:
        return "no currency is printed, configured or given"
    if concept.unit != "currency":
        return f"{currency}_{concept.unit.removeprefix('currency_')}", 0
    if printed is not None and (printed.factor_exponent or context.exponent is None):
        return currency, printed.factor_exponent
    if context.exponent is not None:  # a bare currency says nothing about the scale that the user states
        return currency, context.exponent
    return "no unit is printed, configured or given"


def _decimals(number: Number, exponent: int) -> int:
    return number.places - exponent


def read_lines(table: StatementTable, context: Context) -> tuple[list[Line], list[Finding]]:
    """All figure cells of a table as lines in printed sign, with a finding for each that is kept out."""
    lines: list[Line] = []
    findings: list[Finding] = []
    for row, meaning in _rows(table, context.lexicon):
        row_lines = [
            _line(table, row, column, meaning, context)
            for column in table.years
            if table.sheet.value(row, column) is not None
        ]
        lines += row_lines
        if kept_out := [line for line in row_lines if line.outcome == "quarantined"]:
            findings.append(_finding(kept_out[0], table, meaning, context))
    return lines, findings


def _line(table: StatementTable, row: int, column: int, meaning: _Row, context: Context) -> Line:
    printed: CellValue = table.sheet.value(row, column)
    period = Period.of_fiscal_year(table.years[column], context.year_end)
    concept = meaning.concept
    is_instant = concept is not None and concept.period_type == "instant"
    line = Line(
        sheet=table.sheet.name,
        cell=address(row, column),
        statement=table.statement,
        section=meaning.section,
        label=meaning.label,
        printed=str(printed),
        concept_id=concept.concept_id if concept else None,
        member_id=meaning.member_id,
        fiscal_year=period.fiscal_year,
        period_start=None if is_instant else period.start,
        period_end=period.end,
        value=None,
        unit=None,
        decimals=None,
        outcome="fact",
    )
    number = parse_number(printed)
    if isinstance(number, Absent):
        return replace(line, outcome="absent")
    if isinstance(number, Nil) and not table.dash_is_nil:
        return replace(line, outcome="absent")
    if number is None:
        return line.kept_out("the cell holds no number")
    if concept is None:
        return line.kept_out("the label is not known")
    unit = _unit(concept, meaning, table.units.get(column), context)
    if isinstance(unit, str):
        return line.kept_out(unit)
    measure, exponent = unit
    if isinstance(number, Nil):
        return replace(line, outcome="nil", value=Decimal(0), unit=measure, decimals=-exponent)
    if number.is_percent and exponent == 0 and concept.unit == "pure":
        exponent = -2
    value = number.value.scaleb(exponent)
    return replace(line, value=value, unit=measure, decimals=_decimals(number, exponent))


REMEDIES = {
    "the label is not known": "add the wording to `labels` in the entity's entity.yaml under the concept it means",
    "the cell holds no number": "correct the cell in the extract",
}


def _finding(line: Line, table: StatementTable, meaning: _Row, context: Context) -> Finding:
    remedy = REMEDIES.get(line.reason or "", "print the unit above the column, or set it in entity.yaml or by option")
    if meaning.concept is None:
        near = context.lexicon.suggestions(meaning.label, table.statement)
        remedy += f"; nearest: {', '.join(near)}" if near else ""
    check = "label" if meaning.concept is None else "NUM-01" if line.reason == "the cell holds no number" else "UNI-01"
    severity = "error" if table.statement in PRIMARY or check != "label" else "warning"
    return Finding(
        check_id=check,
        severity=severity,  # type: ignore[arg-type]
        message=f"{line.reason}: {meaning.label!r} ({line.printed})",
        remedy=remedy,
        sheet=line.sheet,
        cell=line.cell,
        label=meaning.label,
    )
