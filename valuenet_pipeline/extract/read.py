"""Read one extract: the pure function from its bytes to a validated reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal

import pandas as pd

from valuenet_pipeline.catalog import Catalog, EntityProfile
from valuenet_pipeline.contracts import SLICE_TABLES, columns_of, empty, validate
from valuenet_pipeline.extract.book import BookLines, Options, lines_of_book
from valuenet_pipeline.extract.collection import collection_put_off
from valuenet_pipeline.extract.companyfacts import CompanyFacts, TaggedFact, read_company_facts
from valuenet_pipeline.extract.container import decode_text, open_book
from valuenet_pipeline.extract.grid import Refused
from valuenet_pipeline.extract.limits import check_size
from valuenet_pipeline.extract.lines import Line
from valuenet_pipeline.extract.provenance import Provenance
from valuenet_pipeline.extract.records import read_records, record_table
from valuenet_pipeline.vocabulary import Finding


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


@collection_put_off()
def read_extract(
    content: bytes, name: str, catalog: Catalog, profile: EntityProfile | None = None, options: Options | None = None
) -> Reading:
    """Read an extract's bytes. Never raises for bad input: a refused file is a reading with findings alone."""
    try:
        check_size(len(content), name)
        if content.lstrip()[:1] in (b"{", b"["):
            return _read_company_facts(read_company_facts(decode_text(content, name), name, catalog), catalog)
        book = open_book(content, name)
    except Refused as refused:
        return refuse(refused)
    if len(book.sheets) == 1 and (table := record_table(book.sheets[0])):
        frame, faults = validate(read_records(book.sheets[0], table), table)
        return _refused(faults) if faults else _reading({table.to_schema().name.split(".")[1]: frame}, "record", [])
    return _stored(lines_of_book(book, name, catalog, profile, options or Options()))


def refuse(refused: Refused) -> Reading:
    """The reading of a file that is not read: why, and what to do."""
    return _refused([Finding(refused.check_id, "error", refused.message, refused.remedy)])


def stopped(name: str, reason: str) -> Refused:
    """The refusal of a file whose reader died or went beyond a limit."""
    remedy = "keep only the sheets with statements, or save the file again with a spreadsheet program"
    return Refused("FIL-03", f"{name} is not read: its reader {reason}", remedy)


def _stored(book: BookLines) -> Reading:
    """The lines as a table that meets its contract."""
    if book.is_refused:
        return _refused(book.findings)
    if not book.lines:
        return _reading({}, book.kind, book.findings)
    frame = _frame(book.lines, book.provenance, book.entity)
    checked, faults = validate(frame, SLICE_TABLES["reported_line"])
    return (
        _refused([*book.findings, *faults])
        if faults
        else _reading({"reported_line": checked}, book.kind, book.findings)
    )


def _frame(lines: Sequence[Line], provenance: dict[tuple[str, str], Provenance], entity: str | None) -> pd.DataFrame:
    frame = pd.DataFrame(lines, columns=list(Line._fields), dtype=object)
    if entity is not None:
        frame["entity"] = frame["entity"].fillna(entity)
    support = [provenance.get((line.sheet, line.cell)) for line in lines] if provenance else [None] * len(lines)
    frame["status"] = [found.status if found else "printed" for found in support]
    frame["source"] = [found.source if found else None for found in support]
    frame["note"] = [(found.note if found else None) or line.note for found, line in zip(support, lines, strict=True)]
    if provenance:
        frame["decimals"] = [
            min(found.decimals, line.decimals)
            if found and found.decimals is not None and line.decimals is not None
            else line.decimals
            for found, line in zip(support, lines, strict=True)
        ]
    return frame[[column.name for column in columns_of(SLICE_TABLES["reported_line"])]]


def _read_company_facts(facts: CompanyFacts, catalog: Catalog) -> Reading:
    lines = [_line_of_tag(fact, facts.entity, catalog) for fact in facts.facts]
    findings = list(facts.findings)
    if not lines:
        findings.append(Finding("FIL-10", "error", "no annual fact of a known tag was found", "use the annual filings"))
        return _refused(findings)
    checked, faults = validate(_frame(lines, {}, None), SLICE_TABLES["reported_line"])
    return _refused([*findings, *faults]) if faults else _reading({"reported_line": checked}, "annual_report", findings)


def _line_of_tag(fact: TaggedFact, entity: str, catalog: Catalog) -> Line:
    return Line(
        entity=entity,
        sheet=fact.taxonomy,
        cell=fact.json_path,
        statement=catalog.concepts[fact.concept_id].statement,
        section=None,
        label=fact.label,
        printed=format(fact.value, "f"),
        concept_id=fact.concept_id,
        member_id=None,
        fiscal_year=fact.fiscal_year,
        period_start=fact.period_start,
        period_end=fact.period_end,
        value=fact.value,
        unit=fact.unit,
        decimals=_decimals(fact.value),
        outcome="fact",
        published_on=fact.filed_on,
    )


def _decimals(value: Decimal) -> int:
    """The precision that trailing zeros suggest where none is stated: units, thousands or millions."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < 0:
        return -exponent
    return next((-power for power in (6, 3) if value and value % 10**power == 0), 0)


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
