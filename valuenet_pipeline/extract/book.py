"""From an opened file to its lines: every table of every sheet, and what the file as a whole says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from valuenet_pipeline.catalog import Catalog, EntityProfile
from valuenet_pipeline.catalog.layout import Layout, layout_of
from valuenet_pipeline.extract.choices import settle
from valuenet_pipeline.extract.collection import collection_put_off
from valuenet_pipeline.extract.conflicts import ReadTable, keep_out_conflicts
from valuenet_pipeline.extract.cover import Cover, read_cover
from valuenet_pipeline.extract.figure_unit import Context
from valuenet_pipeline.extract.grid import Book, Sheet
from valuenet_pipeline.extract.labels import PRIMARY, Lexicon
from valuenet_pipeline.extract.lines import Line, read_lines
from valuenet_pipeline.extract.number import DecimalMark, decimal_mark_of
from valuenet_pipeline.extract.panel import find_panels
from valuenet_pipeline.extract.periods import Calendar
from valuenet_pipeline.extract.provenance import Provenance, read_provenance
from valuenet_pipeline.extract.roles import Roles
from valuenet_pipeline.extract.signs import check_signs, natural_signs
from valuenet_pipeline.extract.statement import find_statements
from valuenet_pipeline.extract.table import Table
from valuenet_pipeline.vocabulary import Finding, FiscalYearEnd

KINDS: tuple[tuple[str, str], ...] = (
    ("summary", r"summary|摘要|概要"),
    ("prospectus", r"prospectus|招股"),
    ("annual_report", r"annual report|年度报告|年度報告|年报"),
)
NAMED_YEAR = re.compile(
    r"(?:annual[ _-]?report|report|financials?|10-?k|20-?f|fy|年度?报告?|年報)\D{0,3}((?:19|20)\d\d)(?!\d)"
    r"|(?<!\d)((?:19|20)\d\d)(?=[ _-]?(?:annual|年报|年度|年報))",
    re.IGNORECASE,
)
"""The fiscal year that a file's name gives its report."""
NO_TABLE = (
    "a table needs a row of fiscal years above its figures and labels to their left, or a header row naming the"
    " period and the items"
)


@dataclass(frozen=True)
class Options:
    """What a user states about an extract that does not print it."""

    currency: str | None = None
    scale: int | None = None
    fiscal_year_end: str | None = None
    today: date | None = None
    """Day on which the extract is read: years that end later hold no actuals."""
    layouts: tuple[Layout, ...] = ()


@dataclass(frozen=True)
class BookLines:
    """What a book prints, before it meets its contract."""

    lines: list[Line]
    findings: list[Finding]
    kind: str = "unstated"
    entity: str | None = None
    """The company as its cover names it."""
    provenance: dict[tuple[str, str], Provenance] = field(default_factory=dict)
    is_refused: bool = False


@dataclass(frozen=True)
class _Found:
    """A table with the layout of its sheet."""

    table: Table
    is_statement: bool
    layout: Layout


@collection_put_off()
def lines_of_book(
    book: Book, name: str, catalog: Catalog, profile: EntityProfile | None, options: Options
) -> BookLines:
    """All lines of a book with the findings about them; refused where nothing of it can be trusted."""
    cover = read_cover(book.sheets)
    findings = list(book.findings)
    if cover.is_interim:
        message = (
            f"the document is a {cover.document_type}, which reports no whole fiscal year: nothing is read from it"
        )
        findings.append(Finding("PER-07", "warning", message, "use the annual report", cover.sheet))
        return BookLines([], findings, "interim_report")
    lexicon = Lexicon.of(catalog, profile)
    clock = _calendar(cover, profile, options, book)
    provenance, begins = read_provenance(book.sheets)
    usual_roles = Roles.of(catalog, {})
    found: list[_Found] = []
    for sheet in book.sheets:
        layout = layout_of(options.layouts, name, sheet.name)
        body = replace(sheet, rows=sheet.rows[: begins.get(sheet.name, len(sheet.rows))])
        roles = Roles.of(catalog, layout.columns) if layout.columns else usual_roles
        found += _find_tables(body, name, layout, lexicon, roles, clock)
    mark = decimal_mark_of(text for one in found for text in _printed(one.table))
    if mark == "mixed":
        message = "the figures use a comma and a point as decimal mark, one in some cells and the other in others"
        mixed = Finding("NUM-06", "error", message, "print all figures with one decimal mark")
        return BookLines([], [mixed], is_refused=True)
    read: list[ReadTable] = []
    for one in found:
        context = _context(lexicon, profile, options, one.layout, mark or ".")
        lines, table_findings = _read_table(one.table, context)
        read.append(ReadTable(lines, one.is_statement, one.table.is_titled))
        findings += table_findings
    lines, conflicts = keep_out_conflicts(read, catalog)
    findings += conflicts
    kind = _kind([title for one in found for title in one.table.titles], cover)
    findings += _missing_statements(lines, found, kind, catalog)
    lines, misnamed = _check_named_year(lines, name)
    findings += misnamed
    if not lines:
        findings.append(Finding("FIL-10", "error", "no table of annual figures was found", NO_TABLE))
    return BookLines(lines, findings, kind, cover.entity, provenance, is_refused=not lines)


def _find_tables(
    sheet: Sheet, name: str, layout: Layout, lexicon: Lexicon, roles: Roles, clock: Calendar
) -> Iterator[_Found]:
    """The tables of a sheet; their shape is told from the headers, unless the layout states it."""
    if layout.shape == "skip":
        return
    if layout.header_row is not None:
        above = layout.header_row - 1
        sheet = replace(sheet, rows=((),) * above + sheet.rows[above:])
    if layout.fiscal_year_end or layout.last_actual_year:
        stated = FiscalYearEnd.parse(layout.fiscal_year_end) if layout.fiscal_year_end else clock.year_end
        clock = replace(clock, year_end=stated, last_actual_year=layout.last_actual_year)
    panels = find_panels(sheet, lexicon, roles, clock) if layout.shape != "statement" else []
    yield from (_Found(table, is_statement=False, layout=layout) for table in panels)
    if not panels and layout.shape != "panel":
        statements = find_statements(sheet, name, lexicon, roles, clock, layout.statement)
        yield from (_Found(table, is_statement=True, layout=layout) for table in statements)


def _printed(table: Table) -> Iterator[str]:
    for figure in table.figures:
        value = table.sheet.rows[figure.row][figure.column]
        if isinstance(value, str):
            yield value


def _calendar(cover: Cover, profile: EntityProfile | None, options: Options, book: Book) -> Calendar:
    stated = FiscalYearEnd.parse(options.fiscal_year_end) if options.fiscal_year_end else None
    return Calendar(
        today=options.today or datetime.now(UTC).date(),
        year_end=stated or (profile.year_end if profile else None) or cover.year_end,
        modified_on=book.modified_on,
    )


def _context(
    lexicon: Lexicon, profile: EntityProfile | None, options: Options, layout: Layout, mark: DecimalMark
) -> Context:
    scale = options.scale or layout.scale
    return Context(
        lexicon=lexicon,
        currency=options.currency or layout.currency or (profile.currency if profile else None),
        exponent=len(str(scale)) - 1 if scale else None,
        decimal_mark=mark,
    )


def _read_table(table: Table, context: Context) -> tuple[list[Line], list[Finding]]:
    table = settle(table, context.lexicon, context.decimal_mark)
    lines, findings = read_lines(table, context)
    signed, sign_findings = natural_signs(lines, context.lexicon.catalog)
    checked, negative = check_signs(signed, context.lexicon)
    return checked, [*table.findings, *findings, *sign_findings, *negative]


def _kind(titles: list[str], cover: Cover) -> str:
    if cover.document_type is not None:
        return "annual_report"
    text = " ".join(titles)
    return next((kind for kind, pattern in KINDS if re.search(pattern, text, re.I)), "unstated")


def _missing_statements(lines: Iterable[Line], found: list[_Found], kind: str, catalog: Catalog) -> Iterator[Finding]:
    """An annual report with two of the three statements was probably cut."""
    if kind != "annual_report":
        return
    printed = {catalog.concepts[line.concept_id].statement for line in lines if line.concept_id and line.is_figure}
    titled = {one.table.statement for one in found if one.table.is_titled}
    missing = [statement for statement in PRIMARY if statement not in printed]
    if len(missing) == 1 and len(titled & set(PRIMARY)) >= 2:
        message = f"the report prints no {missing[0].replace('_', ' ')}, or none that was understood"
        yield Finding("FIL-10", "warning", message, "add the statement, or see what was left out")


def _check_named_year(lines: list[Line], name: str) -> tuple[list[Line], list[Finding]]:
    """A report named for one year that prints a later one is another report, or has its columns shifted."""
    years = {int(first or second) for first, second in NAMED_YEAR.findall(name)}
    if len(years) != 1:
        return lines, []
    named = years.pop()
    newest = max((line.fiscal_year for line in lines if line.is_figure), default=named)
    if newest <= named:
        return lines, []
    reason = f"the file is named for {named} and prints figures of {newest}"
    finding = Finding(
        "PER-05", "error", reason, "name the file for its report's year, or correct the years above the columns"
    )
    return [line.kept_out(reason) if line.is_figure else line for line in lines], [finding]
