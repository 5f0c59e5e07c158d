"""Which sign a table prints its expenses and payments in, told by arithmetic, and lines in natural sign."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.catalog.wording import states_loss_as_negative
from valuenet_pipeline.extract.labels import Lexicon
from valuenet_pipeline.extract.lines import Line
from valuenet_pipeline.vocabulary import Finding

CHAINS: tuple[tuple[str, str, str], ...] = (
    ("gross_profit", "revenue", "cost_of_sales"),
    ("net_profit", "profit_before_tax", "income_tax_expense"),
)
"""total = base less deduction, in natural sign."""
CHAINED = {concept_id for chain in CHAINS for concept_id in chain}
GAINS = ("government_grants_and_similar_income", "investment_income", "fair_value_gains_net")
IMPAIRMENTS = ("asset_impairment_loss", "credit_impairment_loss")
CHINESE = re.compile("[\u4e00-\u9fff]")
MIXED = "the table prints expenses or payments in mixed signs and no sum tells which is meant"
REMEDY = "check the signs of the expense and payment lines"
NIL = Decimal(0)
CONCEPT_OF = attrgetter("concept_id")
PREVAILING = 10
"""How many times the amount of the other sign one sign must have to be the table's convention."""


TELLING = frozenset({"revenue", "operating_revenue", "total_assets", "current_assets", "total_equity_and_liabilities"})
"""Concepts that no company reports below zero."""


def _votes(lines: list[Line]) -> tuple[int, int]:
    """How many sums close when deductions are printed negative, and when printed positive."""
    by_key: dict[tuple[str | None, int, str | None, str | None], dict[str, Line]] = defaultdict(dict)
    for line in lines:
        if line.concept_id in CHAINED and line.value is not None:
            by_key[line.entity, line.fiscal_year, line.member_id, line.unit][line.concept_id] = line
    negative = positive = 0
    for row in by_key.values():
        for total, base, deduction in CHAINS:
            if total in row and base in row and deduction in row:
                values = [row[name].value or Decimal(0) for name in (total, base, deduction)]
                tolerance = sum(_unit_printed(row[name].decimals) for name in (total, base, deduction)) / 2
                if values[2] == 0:
                    continue
                negative += abs(values[0] - values[1] - values[2]) <= tolerance
                positive += abs(values[0] - values[1] + values[2]) <= tolerance
    return negative, positive


@lru_cache(maxsize=64)
def _unit_printed(decimals: int | None) -> Decimal:
    """One unit of the last digit printed."""
    return Decimal(10) ** -(decimals or 0)


def natural_signs(lines: list[Line], catalog: Catalog) -> tuple[list[Line], list[Finding]]:
    """Lines of one table with every value in its concept's natural sign.

    Each statement in the table has a convention of its own: the one under which its sums close; without sums, the one
    that its deductions share, save small ones such as a tax credit. Where neither tells, a concept that cannot be
    negative is settled by its own figures, and the other deductions are kept out.
    """
    places_of = _places_of(lines)
    concepts = [concept for concept in map(catalog.concepts.get, places_of) if concept is not None]
    signed = list(lines)
    for concept in concepts:
        if concept.is_memo:  # its amount counts, whichever sign it is printed in
            _make_positive(signed, places_of[concept.concept_id])
    gains = _in_gain_form(signed) if not places_of.keys().isdisjoint(IMPAIRMENTS) else set()
    _negate(signed, gains)
    findings: list[Finding] = []
    for statement in ("income_statement", "cash_flow"):
        deductions = [c.concept_id for c in concepts if c.statement == statement and c.is_deduction]
        found = sorted(index for concept_id in deductions for index in places_of[concept_id])
        places = [index for index in found if signed[index].value and index not in gains]
        if not places:
            continue
        chained = [signed[index] for concept_id in CHAINED for index in places_of.get(concept_id, ())]
        is_negative = _convention([signed[index] for index in places], chained, catalog)
        if is_negative is None:
            findings += _settle_each(signed, places, catalog)
        elif is_negative:
            _negate(signed, places)
    return signed, findings


def _places_of(lines: Sequence[Line]) -> dict[str, list[int]]:
    """Concept → the indices of its lines."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, concept_id in enumerate(map(CONCEPT_OF, lines)):
        if concept_id is not None:
            places[concept_id].append(index)
    return places


def _make_positive(signed: list[Line], places: Iterable[int]) -> None:
    for index in places:
        if value := signed[index].value:
            signed[index] = signed[index].with_value(abs(value))


def _in_gain_form(lines: list[Line]) -> set[int]:
    """Impairments among the gains of a Chinese income statement, where a loss is entered with a minus sign.

    The forms of 2018 and later print them below 其他收益 and 投资收益; earlier forms print them among the costs.
    """
    found: set[int] = set()
    gains_above: set[tuple[str | None, int, str | None]] = set()
    for index, line in enumerate(lines):
        key = (line.entity, line.fiscal_year, line.unit)
        if line.concept_id in GAINS:
            gains_above.add(key)
        is_chinese_impairment = line.concept_id in IMPAIRMENTS and line.value and CHINESE.search(line.label)
        if is_chinese_impairment and (key in gains_above or states_loss_as_negative(line.label)):
            found.add(index)
    return found


def _convention(deductions: list[Line], chained: list[Line], catalog: Catalog) -> bool | None:
    """Whether deductions are printed negative; None where neither sums nor amounts tell."""
    is_income = catalog.concepts[deductions[0].concept_id or ""].statement == "income_statement"
    negative, positive = _votes(chained) if is_income else (0, 0)
    if not negative and not positive:
        values = [line.value for line in deductions if line.value]
        below = -sum(value for value in values if value < NIL)
        above = sum(value for value in values if value > NIL)
        return None if below <= PREVAILING * above and above <= PREVAILING * below else below > above
    # a few sums of either convention close by chance, or fail for another fault
    if negative and positive and negative <= PREVAILING * positive and positive <= PREVAILING * negative:
        return None
    return negative > positive


def _settle_each(signed: list[Line], places: list[int], catalog: Catalog) -> Iterator[Finding]:
    """Concept by concept: one that cannot be negative is in its natural sign whichever it is printed in."""
    by_concept: dict[str, list[int]] = {}
    for index in places:
        by_concept.setdefault(signed[index].concept_id or "", []).append(index)
    for concept_id, indices in by_concept.items():
        signs = {signed[index].value > 0 for index in indices}  # type: ignore[operator]
        if catalog.concepts[concept_id].is_non_negative and len(signs) == 1:
            if not signs.pop():
                _negate(signed, indices)
            continue
        for index in indices:
            signed[index] = signed[index].kept_out(MIXED)
        first = signed[indices[0]]
        check = "SGN-04" if catalog.concepts[concept_id].statement == "cash_flow" else "SGN-01"
        yield Finding(check, "error", f"{MIXED}: {first.label!r}", REMEDY, first.sheet, first.cell, first.label)


def _negate(signed: list[Line], places: Iterable[int]) -> None:
    for index in places:
        line = signed[index]
        assert line.value is not None
        signed[index] = line.with_value(-line.value)


def check_signs(lines: list[Line], lexicon: Lexicon) -> tuple[list[Line], list[Finding]]:
    """Lines whose concept cannot be negative and is, in quarantine; an elimination between segments may be.

    Where such a line is no deduction (revenue, total assets), the signs of its whole column are turned, and every
    figure of that statement and year is kept out.
    """
    checked = list(lines)
    negative = []
    concepts = [lexicon.catalog.concepts.get(concept_id or "") for concept_id in set(map(CONCEPT_OF, lines))]
    non_negative = {concept.concept_id for concept in concepts if concept is not None and concept.is_non_negative}
    for index, line in enumerate(lines):
        if line.value is None or line.value >= NIL or line.concept_id not in non_negative:
            continue
        if line.outcome == "fact" and line.member_id not in lexicon.eliminations:
            checked[index] = line.kept_out(f"{line.concept_id} cannot be negative")
            negative.append(checked[index])
    findings = [
        Finding(
            "SGN-02", "error", f"{line.reason}: {line.printed}", "check the figure's sign",
            line.sheet, line.cell, line.label,
        )
        for line in negative
    ]  # fmt: skip
    turned = {
        (line.entity, line.fiscal_year, line.unit, line.statement): line
        for line in negative
        if line.concept_id in TELLING and line.member_id is None
    }
    if turned:
        for index, line in enumerate(checked):
            first = turned.get((line.entity, line.fiscal_year, line.unit, line.statement))
            if first is not None and line.is_figure and line.value:
                checked[index] = line.kept_out(f"the signs of the column are turned: {first.reason}")
    return checked, findings
