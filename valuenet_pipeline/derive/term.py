"""Parts of a formula, resolved: value, state, what they need and take, and how several make one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from valuenet_pipeline.derive.expression import DIALECT
from valuenet_pipeline.derive.figure import Input


@dataclass(frozen=True)
class Condition:
    """When a value is meaningful, and what is said when it is not."""

    sql: str
    reason: str


@dataclass(frozen=True)
class Step:
    """A column computed before the formulas that take it: a metric within another, or the state of alternatives.

    So each is computed once, whoever takes it, and no formula grows with those below it.
    """

    name: str
    sql: str
    level: int
    """Above those of all steps it takes."""


Needs = frozenset[frozenset[Input]]
"""Of each group one figure must be there."""


@dataclass(frozen=True)
class Use:
    """A figure at a place of a formula, and the alternatives before it: it is taken only where each of them lacks something."""

    input: Input
    before: frozenset[Needs] = frozenset()


@dataclass(frozen=True)
class Term:
    """A part of a formula, resolved."""

    value: exp.Expression
    states: frozenset[str] = frozenset()
    """SQL of states; the term's own is all of them together."""
    needs: Needs = frozenset()
    uses: frozenset[Use] = frozenset()
    conditions: tuple[Condition, ...] = ()
    pitfalls: frozenset[str] = frozenset()
    """SQL of what must hold for the value to be a number, such as a denominator that is not zero."""
    guards: frozenset[str] = frozenset()
    """The same below a comparison or a choice, where the lack of a number would pass for an answer."""
    steps: frozenset[Step] = frozenset()
    """What is computed before, and named."""

    @property
    def sql(self) -> str:
        """The value as SQL."""
        return self.value.sql(dialect=DIALECT)


def all_of(value: exp.Expression, terms: Iterable[Term]) -> Term:
    """A term of whose parts each must be there."""
    parts = tuple(terms)
    return Term(
        value,
        frozenset().union(*(one.states for one in parts)),
        frozenset().union(*(one.needs for one in parts)),
        frozenset().union(*(one.uses for one in parts)),
        tuple(dict.fromkeys(condition for one in parts for condition in one.conditions)),
        frozenset().union(*(one.pitfalls for one in parts)),
        frozenset().union(*(one.guards for one in parts)),
        frozenset().union(*(one.steps for one in parts)),
    )


def any_of(value: exp.Expression, terms: Sequence[Term], state: str) -> Term:
    """A term of whose parts one must be there; `state` is SQL that chooses among theirs."""
    needs = {frozenset[Input]()}
    for one in terms:
        needs = {group | other for group in needs for other in one.needs} if one.needs else set()
    smallest = frozenset(group for group in needs if not any(other < group for other in needs))
    joined = all_of(value, terms)
    pitfalls = frozenset([f"isfinite({value.sql(dialect=DIALECT)})"] if joined.pitfalls else [])
    return replace(joined, states=frozenset([state]), needs=smallest, pitfalls=pitfalls)


def guarded(term: Term) -> str:
    """SQL of the value, null where a comparison within it would stand on no number."""
    return f"case when {' and '.join(sorted(term.guards))} then {term.sql} end" if term.guards else term.sql


def in_turn(terms: Sequence[Term]) -> Iterator[Term]:
    """Terms each of which is taken only where those before it are not there."""
    before: frozenset[Needs] = frozenset()
    for one in terms:
        yield replace(one, uses=frozenset(Use(use.input, use.before | before) for use in one.uses))
        if not one.conditions:  # one that has some may give way although its figures are there
            before |= {one.needs}
