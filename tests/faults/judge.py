"""What became of a faulty extract, whichever way it went, and whether that is what must become of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from faults.clean import Key
from faults.fault import Fault, Injected, Outcome


@dataclass(frozen=True)
class Printed:
    """A published figure."""

    key: Key
    value: Decimal
    decimals: int
    unit: str


@dataclass(frozen=True)
class Said:
    """A finding, or the reason of a quarantine."""

    check_id: str
    message: str
    remedy: str
    label: str = ""
    place: str = ""


@dataclass(frozen=True)
class Result:
    """What a reading or a build made of the files of one fault."""

    published: tuple[Printed, ...]
    said: tuple[Said, ...]
    is_refused: bool
    background: frozenset[str] = frozenset()
    """Ids of the checks that speak about the same files without the fault."""


HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that break a line of a log or turn its direction."""
NO_TABLE = "FIL-10"
"""Says what no part of the file has; what shows it names the file."""
UNITS = {"earnings_per_share_basic": "CNY_per_share", "weighted_average_shares_basic": "shares",
         "gross_margin_printed": "pure", "revenue_share": "pure", "monthly_active_users": "count"}  # fmt: skip


def wrong(result: Result, injected: Injected) -> list[str]:
    """Published figures that are not the clean ones."""
    faults = []
    for printed in result.published:
        expected = injected.truth.get(printed.key)
        half = Decimal(10) ** -printed.decimals / 2
        if printed.key in injected.contested:
            continue
        if expected is None or abs(printed.value - expected) > half:
            faults.append(f"{printed.key} is published as {printed.value}; the truth is {expected}")
        elif printed.unit != UNITS.get(printed.key[0], "CNY"):
            faults.append(f"{printed.key} is published in {printed.unit}")
    return faults


def missing(result: Result, injected: Injected) -> list[Key]:
    """Clean figures that should have stayed."""
    published = {printed.key for printed in result.published}
    return sorted(injected.required - published)


def complaints(fault: Fault, injected: Injected, result: Result) -> list[str]:
    """Everything that is not as it must be; empty when the fault is handled."""
    found = wrong(result, injected)
    speaking = [said for said in result.said if said.check_id in fault.checks]
    if fault.checks and not speaking:
        found.append(f"none of {fault.checks} speaks; said: {_brief(result.said)}")
    if fault.outcome is Outcome.RIGHT and (loud := {said.check_id for said in result.said} - result.background):
        found.append(f"nothing is wrong, but {sorted(loud)} speak: {_brief(result.said)}")
    text = " ".join(f"{said.message} {said.remedy} {said.label} {said.place}" for said in speaking)
    found += [f"{mark!r} is not named in: {text[:600]}" for mark in injected.marks if mark not in text]
    found += [f"{said} is more than a line of plain text" for said in result.said if HIDDEN.search(said.message)]
    if fault.outcome is Outcome.REFUSED:
        return [*found, *_unclear(result, injected.files[0][0])]
    if result.is_refused:
        found.append(f"it is refused: {_brief(result.said)}")
    if absent := missing(result, injected):
        found.append(f"{len(absent)} clean figures are lost, such as {absent[:6]}; said: {_brief(result.said)}")
    return found


def _unclear(result: Result, name: str) -> Iterable[str]:
    if not result.is_refused:
        yield f"it is not refused, and publishes {len(result.published)} figures"
    for said in result.said:
        if not said.message.strip() or not said.remedy.strip():
            yield f"{said} names no remedy"
        if said.check_id != NO_TABLE and name[:6] not in said.message:
            yield f"{said} does not name the file"


def _brief(said: Iterable[Said]) -> str:
    return "; ".join(f"{one.check_id} {one.message[:150]} @{one.place}" for one in said)[:900] or "nothing"
