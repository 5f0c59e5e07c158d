"""What a fault is: how it is put into a clean extract, and the outcome that must follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from faults.clean import TRUTH, Key, Truth


class Outcome(StrEnum):
    """What becomes of a faulty extract."""

    RIGHT = "right"
    FLAGGED = "right, flagged"
    KEPT_OUT = "kept out"
    REFUSED = "refused"
    LEFT_OUT = "not taken in"


Stage = Literal["read", "build", "inbox"]
NOTHING: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Injected:
    """Files with the fault in them, and what may be published from them."""

    files: tuple[tuple[str, bytes], ...]
    truth: Truth = field(default_factory=lambda: TRUTH)
    """Every published figure must be one of these, as far as its printed precision goes."""
    lost: frozenset[Key] = NOTHING
    """Figures that may be kept out."""
    contested: frozenset[Key] = NOTHING
    """Figures of which the files print several values, each as good as the other."""
    marks: tuple[str, ...] = ()
    """What the finding's message must name: a line, a cell, a sheet."""

    @property
    def required(self) -> frozenset[Key]:
        """Figures that must be published."""
        return frozenset(self.truth) - self.lost - self.contested


@dataclass(frozen=True)
class Fault:
    """One kind of fault."""

    fault_id: str
    kind: str
    outcome: Outcome
    checks: tuple[str, ...]
    """Ids of checks of which one must speak; empty where nothing must be said."""
    stage: Stage
    inject: Callable[[], Injected]
    open_fault: str = ""
    """Why the outcome is not reached yet."""

    @property
    def category(self) -> str:
        """The part of the kind before the slash."""
        return self.kind.split("/")[0]


"""An open fault that meets every extract in which all statements stand in one sheet."""
FAULTS: dict[str, Fault] = {}
"""Every kind of fault by id."""

Injection = Callable[[], Injected]


def fault(
    number: int, kind: str, outcome: Outcome, *checks: str, stage: Stage = "read", open_fault: str = ""
) -> Callable[[Injection], Injection]:
    """Register an injection under its id."""

    def register(inject: Injection) -> Injection:
        fault_id = f"FLT-{number:03d}"
        assert fault_id not in FAULTS, fault_id
        FAULTS[fault_id] = Fault(fault_id, kind, outcome, checks, stage, inject, open_fault)
        return inject

    return register


def one(
    content: bytes,
    name: str = "annual-report-2019.xlsx",
    *,
    truth: Truth | None = None,
    lost: frozenset[Key] = NOTHING,
    marks: tuple[str, ...] = (),
) -> Injected:
    """A single faulty file."""
    return Injected(((name, content),), TRUTH if truth is None else truth, lost, marks=marks)


def nothing(content: bytes, name: str = "annual-report-2019.xlsx", *marks: str) -> Injected:
    """A single file of which nothing may be published."""
    return Injected(((name, content),), {}, marks=marks)


def with_values(changes: Mapping[Key, Decimal | int | None]) -> dict[Key, Decimal]:
    """The clean figures with some changed, or left out where None."""
    changed = {**TRUTH, **{key: Decimal(value) for key, value in changes.items() if value is not None}}
    return {key: value for key, value in changed.items() if key not in changes or changes[key] is not None}
