"""Formulas of the catalog, parsed and resolved to the figures they take.

Names are concept ids or other metrics. Functions: average(x), prior(x), growth(x), member(x, 'id'), role(x, 'role').
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from valuenet_pipeline.catalog import Catalog, Metric

DIALECT = "duckdb"
PLAIN = (exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Paren, exp.Literal, exp.Abs, exp.And, exp.Or, exp.Not, exp.Boolean)
COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ)


class FormulaError(Exception):
    """A formula cannot be resolved; the message names the metric, what is wrong and the nearest known names."""


@dataclass(frozen=True, order=True)
class Input:
    """A figure that a formula takes."""

    concept_id: str
    selector: Literal["whole", "member", "role"]
    selected: str | None
    years_before: int

    @property
    def text(self) -> str:
        """The input in words, for a reason."""
        of = f" of {self.selected}" if self.selected else ""
        return self.concept_id + of + (f" ({self.years_before} year before)" if self.years_before else "")


@dataclass(frozen=True)
class CompiledMetric:
    """A metric resolved: SQL of its value and validity over the columns that `column` names, and its inputs."""

    metric: Metric
    value: str
    valid: str | None
    inputs: tuple[Input, ...]
    optional: frozenset[Input]

    @property
    def version(self) -> str:
        """Changes exactly when what is computed does, be it in a metric that the formula takes."""
        text = "\x1f".join((self.metric.metric_id, self.metric.formula, self.value, self.valid or ""))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def required(self) -> tuple[Input, ...]:
        """Inputs without which there is no value."""
        return tuple(one for one in self.inputs if one not in self.optional)


def column(one: Input) -> str:
    """The name of an input's column in the wide relation of its year."""
    return "__".join(part for part in (one.concept_id, one.selector, one.selected) if part)


@dataclass
class _Resolver:
    """Walks one metric's formula; `offset` is how many years before the row's year a subtree is evaluated."""

    catalog: Catalog
    metrics: dict[str, Metric]
    metric: Metric
    trail: tuple[str, ...]
    required: set[Input] = field(default_factory=set)
    optional: set[Input] = field(default_factory=set)
    conditions: list[exp.Expression] = field(default_factory=list)

    def resolve_metric(self) -> exp.Expression:
        if self.metric.valid_when:
            self.conditions.append(self.resolve(self.parse(self.metric.valid_when), 0, False))
        return self.resolve(self.parse(self.metric.formula), 0, False)

    def parse(self, text: str) -> exp.Expression:
        try:
            parsed = sqlglot.parse_one(text, dialect=DIALECT)
        except SqlglotError as error:
            raise self.error(f"{text!r} is not an expression: {error}") from error
        if not isinstance(parsed, exp.Expression):
            raise self.error(f"{text!r} is not an expression")
        return parsed

    def error(self, message: str) -> FormulaError:
        return FormulaError(f"metric {self.metric.metric_id}: {message}")

    def resolve(self, node: exp.Expression, offset: int, is_optional: bool) -> exp.Expression:
        if isinstance(node, exp.Column):
            return self.name(node.name, offset, is_optional)
        if isinstance(node, exp.Div):
            top, bottom = (self.resolve(child, offset, is_optional) for child in (node.this, node.expression))
            return exp.Div(this=top, expression=exp.Nullif(this=bottom, expression=exp.Literal.number(0)))
        if isinstance(node, exp.Coalesce):
            children = [node.this, *node.expressions]
            first, *rest = [self.resolve(child, offset, True) for child in children]
            return exp.Coalesce(this=first, expressions=rest)
        if isinstance(node, exp.Anonymous):
            return self.function(str(node.this).lower(), list(node.expressions), offset, is_optional)
        if isinstance(node, (*PLAIN, *COMPARISONS)):
            copy = node.copy()
            for key, child in node.args.items():
                if isinstance(child, exp.Expression):
                    copy.set(key, self.resolve(child, offset, is_optional))
            return copy
        raise self.error(f"{node.sql(dialect=DIALECT)!r} is not part of the formula language")

    def function(self, name: str, args: list[exp.Expression], offset: int, is_optional: bool) -> exp.Expression:
        if name in ("member", "role"):
            if len(args) != 2 or not isinstance(args[0], exp.Column) or not isinstance(args[1], exp.Literal):
                raise self.error(f"{name} takes a concept and a text, such as {name}(revenue, 'services')")
            return self.input(args[0].name, "member" if name == "member" else "role", args[1].name, offset, is_optional)
        functions: dict[str, Callable[[exp.Expression], exp.Expression]] = {
            "prior": lambda x: self.resolve(x, offset + 1, is_optional),
            "average": lambda x: self.average(x, offset, is_optional),
            "growth": lambda x: self.growth(x, offset, is_optional),
        }
        if name not in functions:
            raise self.error(
                f"unknown function {name}{self.near(name, [*functions, 'member', 'role', 'coalesce', 'abs'])}"
            )
        if len(args) != 1:
            raise self.error(f"{name} takes one expression")
        return functions[name](args[0])

    def average(self, x: exp.Expression, offset: int, is_optional: bool) -> exp.Expression:
        both = exp.Add(this=self.resolve(x, offset, is_optional), expression=self.resolve(x, offset + 1, is_optional))
        return exp.Paren(this=exp.Div(this=exp.Paren(this=both), expression=exp.Literal.number(2)))

    def growth(self, x: exp.Expression, offset: int, is_optional: bool) -> exp.Expression:
        now, before = self.resolve(x, offset, is_optional), self.resolve(x, offset + 1, is_optional)
        self.conditions.append(exp.GT(this=exp.Paren(this=before.copy()), expression=exp.Literal.number(0)))
        ratio = exp.Div(this=exp.Paren(this=now), expression=exp.Paren(this=before))
        return exp.Paren(this=exp.Sub(this=ratio, expression=exp.Literal.number(1)))

    def name(self, name: str, offset: int, is_optional: bool) -> exp.Expression:
        if name in self.catalog.concepts:
            return self.input(name, "whole", None, offset, is_optional)
        if name not in self.metrics:
            raise self.error(f"unknown name {name}{self.near(name, [*self.catalog.concepts, *self.metrics])}")
        if name in self.trail:
            raise self.error(f"refers to itself: {' -> '.join((*self.trail, name))}")
        other = self.metrics[name]
        inner = _Resolver(self.catalog, self.metrics, other, (*self.trail, name))
        inner.required, inner.optional, inner.conditions = self.required, self.optional, self.conditions
        if other.valid_when:
            self.conditions.append(inner.resolve(inner.parse(other.valid_when), offset, False))
        return exp.Paren(this=inner.resolve(inner.parse(other.formula), offset, is_optional))

    def input(
        self,
        concept: str,
        selector: Literal["whole", "member", "role"],
        selected: str | None,
        offset: int,
        is_optional: bool,
    ) -> exp.Expression:
        if concept not in self.catalog.concepts:
            raise self.error(f"unknown concept {concept}{self.near(concept, list(self.catalog.concepts))}")
        one = Input(concept, selector, selected, offset)
        (self.optional if is_optional else self.required).add(one)
        return exp.column(column(one), table=f"y{offset}", quoted=True)

    def near(self, name: str, known: list[str]) -> str:
        found = difflib.get_close_matches(name, known, 3)
        return f"; nearest: {', '.join(found)}" if found else ""


def compile_metrics(catalog: Catalog) -> tuple[CompiledMetric, ...]:
    """Every metric of the catalog, resolved; raises FormulaError that lists all that cannot be."""
    metrics = {metric.metric_id: metric for metric in catalog.metrics}
    compiled, faults = [], []
    for metric in catalog.metrics:
        resolver = _Resolver(catalog, metrics, metric, (metric.metric_id,))
        try:
            value = resolver.resolve_metric()
        except FormulaError as error:
            faults.append(str(error))
            continue
        inputs = resolver.required | resolver.optional
        compiled.append(
            CompiledMetric(
                metric,
                value.sql(dialect=DIALECT),
                " and ".join(f"({condition.sql(dialect=DIALECT)})" for condition in resolver.conditions) or None,
                tuple(sorted(inputs, key=lambda one: (one.years_before, one.concept_id, one.selected or ""))),
                frozenset(resolver.optional - resolver.required),
            )
        )
    if faults:
        raise FormulaError("\n".join(faults))
    return tuple(compiled)
