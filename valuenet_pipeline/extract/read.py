"""Read one extract: the pure function from its bytes to a validated reading."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field

import pandas as pd

from valuenet_pipeline.catalog import Catalog, EntityProfile
from valuenet_pipeline.contracts import SLICE_TABLES, empty, validate
from valuenet_pipeline.extract.conflicts import keep_out_conflicts
from valuenet_pipeline.extract.container import open_sheets
from valuenet_pipeline.extract.grid import Refused, Sheet
from valuenet_pipeline.extract.labels import Lexicon
from valuenet_pipeline.extract.lines import Context, Line, read_lines
from valuenet_pipeline.extract.provenance import Provenance, read_provenance
from valuenet_pipeline.extract.records import read_records, record_table
from valuenet_pipeline.extract.signs import natural_signs
from valuenet_pipeline.extract.tables import StatementTable, find_tables
from valuenet_pipeline.vocabulary import Finding, FiscalYearEnd

KINDS: tuple[tuple[str, str], ...] = (
    ("summary", r"summary|摘要|概要"),
    ("prospectus", r"prospectus|招股"),
    ("annual_report", r"annual report|年度报告|年度報告|年报"),
)


@dataclass(frozen=True)
class Options:
    """What a user states about an extract that does not print it."""

    currency: str | None = None
    scale: int | None = None
    fiscal_year_end: str | None = None


@dataclass(frozen=True)
class Reading:
    """All that one extract holds; `tables` by contract name, each meeting its contract."""

    tables: dict[str, pd.DataFrame]
    report_kind: str = "unstated"
    is_refused: bool = False
    findings: list[Finding] = field(default_factory=list)

    @property
    def lines(self) -> pd.DataFrame:
        """Reported lines, one row a figure cell."""
        return self.tables.get("reported_line", empty(SLICE_TABLES["reported_line"]))


def read_extract(
    content: bytes, name: str, catalog: Catalog, profile: EntityProfile | None = None, options: Options | None = None
) -> Reading:
    """Read an extract's bytes. Never raises for bad input: a refused file is a reading with findings alone."""
    try:
        sheets = open_sheets(content, name)
    except Refused as refused:
        return _refused([Finding(refused.check_id, "error", refused.message, refused.remedy)])
    if len(sheets) == 1 and (table := record_table(sheets[0])):
        frame, faults = validate(read_records(sheets[0], table), table)
        return _refused(faults) if faults else _reading({table.to_schema().name.split(".")[1]: frame}, "record", [])
    return _read_statements(sheets, catalog, _context(catalog, profile, options or Options()))


def _context(catalog: Catalog, profile: EntityProfile | None, options: Options) -> Context:
    year_end = options.fiscal_year_end or (profile.fiscal_year_end if profile else "12-31")
    return Context(
        lexicon=Lexicon.of(catalog, profile),
        year_end=FiscalYearEnd.parse(year_end),
        currency=options.currency or (profile.currency if profile else None),
        exponent=len(str(options.scale)) - 1 if options.scale else None,
    )


def _read_statements(sheets: list[Sheet], catalog: Catalog, context: Context) -> Reading:
    provenance, begins = read_provenance(sheets)
    lines: list[Line] = []
    findings: list[Finding] = []
    titles: list[str] = []
    for sheet in sheets:
        body = Sheet(sheet.name, sheet.rows[: begins.get(sheet.name, len(sheet.rows))])
        for table in find_tables(body, context.lexicon, context.year_end):
            titles += table.titles
            table_lines, table_findings = _read_table(table, context, catalog)
            lines += table_lines
            findings += table_findings
    lines, conflicts = keep_out_conflicts(lines)
    findings += conflicts
    if not lines:
        remedy = "a table needs a row of fiscal years above its figures and labels to their left"
        return _refused([*findings, Finding("FIL-10", "error", "no statement table was found", remedy)])
    frame = pd.DataFrame([_row(line, provenance.get((line.sheet, line.cell))) for line in lines], dtype=object)
    checked, faults = validate(frame, SLICE_TABLES["reported_line"])
    if faults:
        return _refused([*findings, *faults])
    return _reading({"reported_line": checked}, _kind(titles), findings)


def _read_table(table: StatementTable, context: Context, catalog: Catalog) -> tuple[list[Line], list[Finding]]:
    lines, findings = read_lines(table, context)
    signed, sign_findings = natural_signs(lines, catalog)
    checked = [_non_negative(line, catalog) for line in signed]
    negative = [
        Finding(
            "SGN-02",
            "error",
            f"{line.reason}: {line.printed}",
            "check the figure's sign",
            line.sheet,
            line.cell,
            line.label,
        )
        for line, before in zip(checked, signed, strict=True)
        if line is not before
    ]
    return checked, [*findings, *sign_findings, *negative]


def _non_negative(line: Line, catalog: Catalog) -> Line:
    concept = catalog.concepts.get(line.concept_id or "")
    if concept and concept.is_non_negative and line.value is not None and line.value < 0 and line.outcome == "fact":
        return line.kept_out(f"{concept.concept_id} cannot be negative")
    return line


def _row(line: Line, support: Provenance | None) -> dict[str, object]:
    row = asdict(line)
    reason = row.pop("reason")
    row |= {"status": "printed", "source": None, "note": None, "reason": reason}
    if support:
        row |= {"status": support.status, "source": support.source, "note": support.note}
        if support.decimals is not None and line.decimals is not None:
            row["decimals"] = min(support.decimals, line.decimals)
    order = ["status", "source", "note", "outcome", "reason"]
    return {name: row[name] for name in row if name not in order} | {name: row[name] for name in order}


def _kind(titles: list[str]) -> str:
    text = " ".join(titles)
    return next((kind for kind, pattern in KINDS if re.search(pattern, text, re.I)), "unstated")


def _refused(findings: list[Finding]) -> Reading:
    return _reading({}, "unstated", findings, is_refused=True)


def _reading(
    tables: dict[str, pd.DataFrame], kind: str, findings: list[Finding], *, is_refused: bool = False
) -> Reading:
    frame = pd.DataFrame([asdict(finding) for finding in findings], dtype=object)
    names = list(empty(SLICE_TABLES["finding"]).columns)
    frame = frame.reindex(columns=names) if len(frame) else empty(SLICE_TABLES["finding"])
    checked, faults = validate(frame.where(frame.notna(), None), SLICE_TABLES["finding"])
    if faults:
        raise ValueError(f"a finding breaks its own contract: {faults}")
    return Reading({**tables, "finding": checked}, kind, is_refused, findings)
