"""The SEC's company facts (JSON): a company's tagged figures as annual facts in the catalog's concepts.

Belongs here: the shape of that file, which periods are fiscal years, which filing and which tag speaks for a
year. Not here: what a tag means (`catalog/tags.csv`), opening files (`container`).
"""

from __future__ import annotations

import calendar
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from valuenet_pipeline.catalog import Catalog, Concept
from valuenet_pipeline.catalog.loader import TagMeaning
from valuenet_pipeline.extract.grid import Refused
from valuenet_pipeline.vocabulary import Finding, FiscalYearEnd, Severity

_ANNUAL_FORMS = frozenset({"10-K", "10-K/A", "10-KT", "10-KT/A", "20-F", "20-F/A", "40-F", "40-F/A"})
_SHORTEST_YEAR, _LONGEST_YEAR = timedelta(349), timedelta(379)
"""From the first to the last day of 350 and of 380 days: years of 52 and 53 weeks are between."""
_YEAR_END_WINDOW = timedelta(7)
"""A year of 52 or 53 weeks ends at most so far from the end of the month it is named by."""
_MOST_DIGITS, _MOST_PLACES = 28, 20
"""An amount has no more digits before and behind the point; more is not money."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_ROUNDINGS = (Decimal(1_000), Decimal(1_000_000))
"""Steps to which filings round amounts and shares; the file does not state its precision."""
_CURRENCY = re.compile(r"[A-Z]{3}")
_PER_SHARE = re.compile(r"([A-Z]{3})/shares")
_PLAIN_UNITS = {"shares": "shares", "pure": "pure"}
_SOURCE = "Download it from https://data.sec.gov/api/xbrl/companyfacts/ again, unchanged."


@dataclass(frozen=True)
class TaggedFact:
    """One annual figure of a company: the current value, and the filing that printed this value first."""

    taxonomy: str
    tag: str
    label: str
    json_path: str
    concept_id: str
    period_start: date | None
    """First day of a duration; None for an instant."""
    period_end: date
    """The day as reported, which a year of 52 or 53 weeks may have in the next month or calendar year."""
    fiscal_year: int
    """Calendar year of the month end by which the year is named: a year to 2021-01-02 is 2020."""
    value: Decimal
    """In the concept's natural sign, in base units."""
    unit: str
    """ISO 4217 code, `<code>_per_share`, `shares` or `pure`."""
    filed_on: date
    form: str
    accession: str


@dataclass(frozen=True)
class CompanyFacts:
    """What one file of company facts says."""

    entity: str
    cik: str
    """The SEC's ten-digit key of the company."""
    year_end: FiscalYearEnd
    facts: tuple[TaggedFact, ...]
    """At most one for a concept, fiscal year and unit."""
    findings: tuple[Finding, ...]


class _Entry(NamedTuple):
    """One figure of one filing; `fy` and `fp` beside it describe the filing and are not read."""

    start: date | None
    end: date
    value: Decimal
    filed: date
    form: str
    accession: str

    @property
    def is_annual(self) -> bool:
        return self.start is not None and _SHORTEST_YEAR <= self.end - self.start <= _LONGEST_YEAR


@dataclass(frozen=True)
class _Series:
    """All figures of annual filings for one tag in one unit."""

    taxonomy: str
    tag: str
    label: str
    unit: str
    entries: list[_Entry]

    @property
    def path(self) -> str:
        return f"facts/{self.taxonomy}/{self.tag}/units/{self.unit}"


@dataclass(frozen=True)
class _Calendar:
    """The company's fiscal years, told by the annual durations it reports."""

    year_end: FiscalYearEnd
    ends: Mapping[date, int]
    """Days on which a balance sheet closes → fiscal year."""
    usual: Mapping[int, tuple[date, date]]
    """Fiscal year → the first and last day that most of its figures have."""

    def fiscal_year(self, entry: _Entry) -> int | None:
        """The fiscal year a figure belongs to; None if it is no annual figure."""
        if entry.start is None:
            return self.ends.get(entry.end)
        named = _month_end(entry.end) if entry.is_annual else None
        return named.year if named and named.month == self.year_end.month else None


@dataclass
class _Reading:
    """What is gathered while the figures are judged."""

    findings: list[Finding] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    ambiguous: set[str] = field(default_factory=set)
    """Tags whose meaning other tags of the company put in doubt."""
    blocked: set[tuple[str, int, str]] = field(default_factory=set)
    """Concept, fiscal year and unit without a value that can be trusted."""
    facts: dict[tuple[str, int, str], list[tuple[TagMeaning, TaggedFact]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def report(self, check: str, severity: Severity, message: str, remedy: str, fact: TaggedFact) -> None:
        self.findings.append(Finding(check, severity, message, remedy, cell=fact.json_path, label=fact.label))

    def block(self, check: str, message: str, fact: TaggedFact) -> None:
        self.blocked.add((fact.concept_id, fact.fiscal_year, fact.unit))
        self.report(check, "error", message, "look the figure up in the filings; it is left out until then", fact)


def read_company_facts(text: str, name: str, catalog: Catalog) -> CompanyFacts:
    """The annual consolidated actuals in the text of a company facts file.

    Raises Refused: FIL-01 if the text is no such file, TIM-02 if it reports no fiscal year.
    """
    document = _parse(text, name)
    entity, cik, taxonomies = _company(document, name)
    reading = _Reading()
    series = list(_series(taxonomies, reading))
    years = _calendar(series)
    if years is None:
        message = f"{name} reports no period of a year in a form 10-K, 20-F or 40-F."
        raise Refused("TIM-02", message, "Only annual reports are read; use another extract of this company.")
    tags = {taxonomy: tuple(content) for taxonomy, content in taxonomies.items()}
    for one in series:
        known = catalog.tags.get((one.taxonomy, one.tag), ())
        meanings = [meaning for meaning in known if not _uses_any(tags[one.taxonomy], meaning.unless)]
        if known and not meanings:
            reading.ambiguous.add(one.tag)
        for meaning in meanings:
            _judge(one, meaning, catalog.concepts[meaning.concept_id], years, reading)
    facts = tuple(_choose(reading))
    unknown = sorted({_clean(one.tag) for one in series if (one.taxonomy, one.tag) not in catalog.tags})
    findings = (*reading.findings, *_summary(reading, unknown))
    return CompanyFacts(entity, cik, years.year_end, facts, findings)


# The file


def _parse(text: str, name: str) -> object:
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_int=Decimal,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        raise _invalid(text, name, error) from error
    except RecursionError as error:
        raise Refused("FIL-01", f"{name} nests its content too deeply for company facts.", _SOURCE) from error
    except ValueError as error:
        raise Refused("FIL-01", f"{name} is not valid JSON: {error}.", _SOURCE) from error


def _refuse_constant(constant: str) -> object:
    raise ValueError(f"{constant} is not a number")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of the file; a second value for one key would silently replace the first."""
    content = dict(pairs)
    if len(content) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {twice[:60]!r} stands twice in one object")
    return content


def _invalid(text: str, name: str, error: json.JSONDecodeError) -> Refused:
    start = text.lstrip("\ufeff \t\r\n")[:200]
    if re.match(r"[{\[]\s*'", start):
        message = f"{name} is not valid JSON: it is a Python dictionary in print, with single quotes."
        return Refused("FIL-01", message, f"Save it with json.dump instead of str() or print(). {_SOURCE}")
    if start.startswith("<"):
        return Refused("FIL-01", f"{name} is not valid JSON: it is a web page, such as a refused download.", _SOURCE)
    message = f"{name} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
    return Refused("FIL-01", message, _SOURCE)


def _company(document: object, name: str) -> tuple[str, str, dict[str, dict[str, object]]]:
    """Entity, key and facts by taxonomy and tag."""
    content = document if isinstance(document, dict) else {}
    cik, facts = content.get("cik"), content.get("facts")
    digits = str(cik) if isinstance(cik, str | Decimal) else ""
    is_key = re.fullmatch(r"[0-9]{1,10}", digits) is not None
    if not is_key or not isinstance(facts, dict) or not all(isinstance(tags, dict) for tags in facts.values()):
        message = f"{name} holds no company facts: the keys cik, entityName and facts are expected."
        raise Refused("FIL-01", message, _SOURCE)
    key = digits.zfill(10)
    return _clean(content.get("entityName")) or f"CIK {key}", key, facts


def _clean(text: object) -> str:
    """A text of the file without the half characters that no other format can store."""
    return text.encode("utf-8", "replace").decode().strip() if isinstance(text, str) else ""


def _series(taxonomies: Mapping[str, Mapping[str, object]], reading: _Reading) -> Iterator[_Series]:
    """The figures of annual forms; others and entries that cannot be read are counted."""
    for taxonomy, tags in taxonomies.items():
        for tag, content in tags.items():
            units = content.get("units") if isinstance(content, dict) else None
            if not isinstance(content, dict) or not isinstance(units, dict):
                reading.left_out["unreadable"] += 1
                continue
            label = _clean(content.get("label")) or tag
            for unit, raw in units.items():
                entries = list(_entries(raw, reading))
                if entries:
                    yield _Series(taxonomy, tag, label, unit, entries)


def _entries(raw: object, reading: _Reading) -> Iterator[_Entry]:
    for item in raw if isinstance(raw, list) else [None]:
        entry = _entry(item) if isinstance(item, dict) else None
        if entry is None:
            reading.left_out["unreadable"] += 1
        elif entry.form in _ANNUAL_FORMS:
            yield entry
        else:
            reading.left_out["form"] += 1


def _entry(item: Mapping[str, object]) -> _Entry | None:
    value, form, accession = item.get("val"), item.get("form"), item.get("accn")
    if not isinstance(value, Decimal) or not isinstance(form, str) or not isinstance(accession, str):
        return None
    end, filed = _day(item.get("end")), _day(item.get("filed"))
    start = _day(item.get("start"))
    if end is None or filed is None or (start is None) != (item.get("start") is None):
        return None
    exponent = value.as_tuple().exponent
    if value.adjusted() >= _MOST_DIGITS or not isinstance(exponent, int) or exponent < -_MOST_PLACES:
        return None
    if start is not None and start > end:
        return None
    return _Entry(start, end, value, filed, form, accession)


def _day(text: object) -> date | None:
    return _parse_day(text) if isinstance(text, str) else None


@lru_cache(maxsize=8192)
def _parse_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


# Fiscal years


def _month_end(day: date) -> date | None:
    """The month end within seven days of a day, if there is one."""
    this = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    previous = day.replace(day=1) - timedelta(1) if day > date(1, 1, 31) else this
    return next((end for end in (this, previous) if abs(day - end) <= _YEAR_END_WINDOW), None)


def _calendar(series: Iterable[_Series]) -> _Calendar | None:
    counts = Counter((entry.start, entry.end) for one in series for entry in one.entries if entry.is_annual)
    months: Counter[int] = Counter()
    for (_, end), count in counts.items():
        if named := _month_end(end):
            months[named.month] += count
    if not months:
        return None
    month = months.most_common(1)[0][0]
    ends: dict[date, int] = {}
    usual: dict[int, tuple[date, date]] = {}
    for (start, end), _ in counts.most_common():
        assert start is not None
        closing = _month_end(end)
        if closing is None or closing.month != month:
            continue
        usual.setdefault(closing.year, (start, end))
        ends[end] = closing.year
    # The day before a year begins closes the year before, of which the file may have no duration.
    for start, _ in usual.values():
        opening = _month_end(start - timedelta(1))
        if opening is not None and opening.month == month:
            ends.setdefault(start - timedelta(1), opening.year)
    # 2000 is a leap year: February ends on its 29th, which other years shorten.
    return _Calendar(FiscalYearEnd(month, calendar.monthrange(2000, month)[1]), ends, usual)


# Figures


def _uses_any(tags: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(tag, pattern) for pattern in patterns for tag in tags)


def _unit(concept: Concept, unit: str) -> str | None:
    """The project's spelling of a unit in which the concept can be measured."""
    if concept.unit == "currency":
        return unit if _CURRENCY.fullmatch(unit) else None
    if concept.unit == "currency_per_share":
        match = _PER_SHARE.fullmatch(unit)
        return f"{match[1]}_per_share" if match else None
    return _PLAIN_UNITS.get(unit) if concept.unit == unit else None


def _judge(one: _Series, meaning: TagMeaning, concept: Concept, years: _Calendar, reading: _Reading) -> None:
    """Gather what one tag says about its concept, year by year."""
    unit = _unit(concept, one.unit)
    if unit is None:
        reading.left_out["unit"] += len(one.entries)
        return
    by_year: dict[int, list[_Entry]] = defaultdict(list)
    for entry in one.entries:
        year = years.fiscal_year(entry)
        if (entry.start is None) != (concept.period_type == "instant"):
            reading.left_out["kind"] += 1
        elif year is None:
            reading.left_out["period"] += 1
        else:
            by_year[year].append(entry)
    for year, entries in by_year.items():
        same_period = _usual_period(entries, years.usual.get(year), concept)
        vintages = sorted(same_period or entries, key=lambda entry: (entry.filed, entry.accession))
        current = [entry for entry in vintages if entry.filed == vintages[-1].filed]
        first = next(entry for entry in vintages if entry.value == vintages[-1].value)
        days = f"start={first.start},end={first.end}" if first.start else f"end={first.end}"
        fact = TaggedFact(
            taxonomy=one.taxonomy,
            tag=one.tag,
            label=one.label,
            json_path=f"{one.path}[{days}]",
            concept_id=concept.concept_id,
            period_start=first.start,
            period_end=first.end,
            fiscal_year=year,
            value=first.value if meaning.sign > 0 or not first.value else first.value.copy_negate(),
            unit=unit,
            filed_on=first.filed,
            form=first.form,
            accession=first.accession,
        )
        if not same_period:
            reading.block("DUP-01", f"{_named(fact)} stands for several periods that end near one another", fact)
        elif len({entry.value for entry in current}) > 1:
            reading.block("DUP-01", f"{_named(fact)} has several values in filings of one day", fact)
        elif concept.is_non_negative and fact.value < 0:
            reading.block("SGN-01", f"{_named(fact)} is negative ({fact.value:f}), which the concept cannot be", fact)
        elif concept.unit == "currency" and (slip := _scale_slip(vintages)):
            reading.block("UNI-01", f"{_named(fact)} differs between filings by a factor of {slip:,}", fact)
        else:
            reading.facts[concept.concept_id, year, unit].append((meaning, fact))
            _report_restatement(vintages, fact, reading)


def _agree(one: Decimal, other: Decimal) -> bool:
    """Whether two amounts are equal, or one is the other rounded to thousands or millions."""
    gap = abs(one - other)
    return not gap or any(
        gap * 2 <= step and (one % step == 0 or other % step == 0)
        for step in _ROUNDINGS
        if min(abs(one), abs(other)) >= step
    )


def _named(fact: TaggedFact) -> str:
    return f"{fact.concept_id} {fact.fiscal_year} ({fact.taxonomy}:{fact.tag}, {fact.unit})"


def _usual_period(entries: list[_Entry], usual: tuple[date, date] | None, concept: Concept) -> list[_Entry]:
    """The entries of the one period that stands for a fiscal year; none if several could."""
    periods = {(entry.start, entry.end) for entry in entries}
    if len(periods) == 1 or len({entry.value for entry in entries}) == 1:
        return entries
    if usual is None:
        return []
    wanted = (usual[0] if concept.period_type == "duration" else None, usual[1])
    return [entry for entry in entries if (entry.start, entry.end) == wanted]


def _scale_slip(vintages: list[_Entry]) -> int | None:
    """The power of a thousand by which two filings differ, when that alone explains their difference."""
    last = vintages[-1].value
    for entry in vintages:
        low, high = sorted((abs(entry.value), abs(last)))
        for factor in (1_000, 1_000_000, 1_000_000_000):
            if low and abs(high / low - factor) * 200 < factor:
                return factor
    return None


def _report_restatement(vintages: list[_Entry], fact: TaggedFact, reading: _Reading) -> None:
    current = vintages[-1]
    earlier = [entry for entry in vintages if not _agree(entry.value, current.value)]
    if earlier:
        was = earlier[-1]
        message = (
            f"{_named(fact)} was restated from {was.value:f} ({was.form} filed {was.filed}) "
            f"to {current.value:f} ({current.form} filed {current.filed})"
        )
        reading.report("TIM-01", "info", message, "nothing to mend: the latest filing's value is used", fact)


def _choose(reading: _Reading) -> Iterator[TaggedFact]:
    """One fact for each concept, year and unit; tags that contradict each other leave it without one."""
    for key, candidates in sorted(reading.facts.items()):
        meaning, fact = min(candidates, key=lambda candidate: candidate[0].rank)
        rivals = [other for _, other in candidates if not _stands(meaning, fact, other)]
        if rivals:
            said = "; ".join(f"{one.tag} {one.value:f}" for one in (fact, *rivals))
            reading.block("DUP-01", f"{_named(fact)}: tags of one meaning give different values: {said}", fact)
        if key not in reading.blocked:
            yield fact


def _stands(meaning: TagMeaning, fact: TaggedFact, other: TaggedFact) -> bool:
    """Whether a fact stands beside what a tag further down says of the same concept."""
    if _agree(fact.value, other.value) or meaning.outranks == "exact":
        return True
    return meaning.outranks == "wider" and abs(fact.value) >= abs(other.value)


# What was left out

_LEFT_OUT: tuple[tuple[str, str, Severity, str, str], ...] = (
    ("unreadable", "FIL-01", "warning", "entries lack a value, a date or a filing", _SOURCE),
    ("unit", "UNI-01", "info", "figures are in a unit that does not fit their concept", "nothing to mend"),
    ("kind", "TIM-02", "info", "figures are of a duration where a day is meant, or the reverse", "nothing to mend"),
    (
        "period",
        "TIM-02",
        "info",
        "figures of known tags are of no fiscal year: quarters, other days",
        "nothing to mend",
    ),
    ("form", "TIM-02", "info", "figures stand in forms other than 10-K, 20-F and 40-F", "nothing to mend"),
)
_EXAMPLES = 5


def _summary(reading: _Reading, unknown: list[str]) -> Iterator[Finding]:
    for key, check, severity, text, remedy in _LEFT_OUT:
        if count := reading.left_out[key]:
            yield Finding(check, severity, f"{count:,} {text}; they are left out", remedy)
    if reading.ambiguous:
        message = (
            f"tags that other tags of the company put in doubt are left out: {', '.join(sorted(reading.ambiguous))}"
        )
        yield Finding("label", "info", message, "see the column `unless` in catalog/tags.csv")
    if unknown:
        message = f"{len(unknown):,} tags are not in the catalog, such as {', '.join(unknown[:_EXAMPLES])}"
        yield Finding("label", "info", message, "add a tag that you need to catalog/tags.csv")
