"""Formulas of the catalog, resolved to the figures they take.

Names are concept ids or other metrics; the functions are those of `_Compiler.function` and `SELECTORS`. A formula becomes
SQL of its value and of its state over a wide relation with two columns per figure (see `derive.state`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import sqlglot
from sqlglot import exp

from valuenet_pipeline.catalog import Catalog, Metric, MetricFault, near
from valuenet_pipeline.derive.expression import DIALECT, DOMAINS, LOGIC, PLAIN, CircularError, FormulaError, parse
from valuenet_pipeline.derive.figure import SELECTORS, Figure, Input
from valuenet_pipeline.derive.state import MISSING, MISSING_INPUT, is_there, typed, worst
from valuenet_pipeline.derive.term import Condition, Step, Term, Use, all_of, any_of, guarded, in_turn

LONGEST_LAG = 20


@dataclass(frozen=True)
class CompiledMetric:
    """A metric resolved: SQL of value and state over the columns of its inputs, and when it is meaningful."""

    metric: Metric
    value: str
    state: str
    conditions: tuple[Condition, ...]
    inputs: tuple[Input, ...]
    needs: tuple[tuple[Input, ...], ...]
    """Of each group one figure must be there."""
    uses: tuple[Use, ...]
    steps: frozenset[Step]

    @property
    def version(self) -> str:
        """Changes exactly when what is computed does, be it in a metric that the formula takes."""
        steps = sorted(f"{one.name}={one.sql}" for one in self.steps)
        parts = (self.metric.metric_id, self.value, *(one.sql for one in self.conditions), *steps)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]

    @property
    def required(self) -> tuple[Input, ...]:
        """Inputs without which there is no value."""
        return tuple(one for one in self.inputs if (one,) in self.needs)


@dataclass
class _Compiler:
    """Resolves formulas; a subtree is resolved at an offset of years before the row's year."""

    catalog: Catalog
    metrics: dict[str, Metric]
    known: dict[tuple[str, int], Term] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)

    def compile(self, metric: Metric) -> CompiledMetric:
        term = self.metric(metric.metric_id, 0)
        return CompiledMetric(
            metric, guarded(term), worst(term.states), term.conditions, tuple(sorted({one.input for one in term.uses})),
            tuple(sorted(tuple(sorted(group)) for group in term.needs)), tuple(term.uses), term.steps,
        )  # fmt: skip

    def metric(self, metric_id: str, offset: int) -> Term:
        if metric_id in self.trail:
            raise CircularError(f"refers to itself: {' -> '.join((*self.trail, metric_id))}")
        if (metric_id, offset) not in self.known:
            metric = self.metrics[metric_id]
            self.trail.append(metric_id)
            try:
                self.known[metric_id, offset] = self.definition(metric, offset)
            finally:
                self.trail.pop()
        return self.known[metric_id, offset]

    def step(self, name: str, sql: str, term: Term) -> tuple[exp.Column, frozenset[Step]]:
        """The column that holds a part of a term computed before, and the steps up to it."""
        level = 1 + max((one.level for one in term.steps), default=0)
        return exp.column(name, quoted=True), term.steps | {Step(name, sql, level)}

    def named(self, name: str, term: Term) -> Term:
        """The term with its value in a column."""
        column, steps = self.step(name, f"({guarded(term)})::double", term)
        pitfalls = {f"isfinite({column.sql(dialect=DIALECT)})"} if term.pitfalls or term.guards else set()
        return replace(term, value=column, steps=steps, guards=frozenset(), pitfalls=frozenset(pitfalls))

    def column(self, term: Term) -> Term:
        """The term with its value in a column, where it is not in one."""
        if isinstance(term.value, exp.Column):
            return term
        return self.named(f"value {hashlib.sha256(guarded(term).encode()).hexdigest()[:12]}", term)

    def alternative(self, term: Term) -> Term:
        """A term that another may stand in for: it is not there where it is not meaningful."""
        if term.guards or term.conditions:
            term = self.column(term)
        if not term.conditions:
            return self.state(term)
        holds = " and ".join(f"coalesce({one.sql}, false)" for one in term.conditions)
        state = worst(term.states)
        states = frozenset(
            [f"case when ({state}) < {MISSING} and not ({holds}) then {typed(MISSING_INPUT)} else {state} end"]
        )
        kept = exp.Case(ifs=[exp.If(this=sqlglot.parse_one(holds, dialect=DIALECT), true=term.value)])
        return self.state(replace(term, value=exp.Paren(this=kept), states=states, conditions=()))

    def state(self, term: Term) -> Term:
        """The term with one state that has a name, where it is made of several."""
        sql = worst(term.states)
        if len(term.states) <= 1 and " " not in sql.replace(" state", ""):
            return term
        name = f"state {hashlib.sha256(sql.encode()).hexdigest()[:12]}"
        column, steps = self.step(name, sql, term)
        return replace(term, states=frozenset([column.sql(dialect=DIALECT)]), steps=steps)

    def definition(self, metric: Metric, offset: int) -> Term:
        term = self.resolve(parse(metric.formula, is_condition=False), offset)
        if not metric.valid_when:
            return term
        valid = self.resolve(parse(metric.valid_when, is_condition=True), offset)
        own = Condition(valid.sql, metric.not_meaningful or f"only meaningful when {metric.valid_when}")
        others = [one for one in (*term.conditions, *valid.conditions) if one.sql != own.sql]
        return replace(all_of(term.value, (term, valid)), conditions=(own, *dict.fromkeys(others)))

    def resolve(self, node: exp.Expression, offset: int) -> Term:
        if isinstance(node, exp.Column):
            return self.name(node, offset)
        if isinstance(node, exp.Div):
            top, bottom = self.resolve(node.this, offset), self.resolve(node.expression, offset)
            value = exp.Div(this=top.value, expression=exp.Nullif(this=bottom.value, expression=exp.Literal.number(0)))
            both = all_of(value, (top, bottom))
            return replace(both, pitfalls=both.pitfalls | {f"({bottom.sql}) <> 0"})
        if isinstance(node, exp.Coalesce):
            return self.coalesce([self.resolve(child, offset) for child in (node.this, *node.expressions)])
        if isinstance(node, exp.Anonymous):
            return self.function(str(node.this).lower(), list(node.expressions), offset)
        if domain := DOMAINS.get(type(node)):  # type: ignore[arg-type]
            inner = self.resolve(node.this, offset)
            within = domain(this=inner.value, expression=exp.Literal.number(0))
            choice = exp.If(this=within.copy(), true=type(node)(this=inner.value.copy()))
            joined = all_of(exp.Paren(this=exp.Case(ifs=[choice])), [inner])
            return replace(joined, pitfalls=joined.pitfalls | {f"({within.sql(dialect=DIALECT)})"})
        is_text = isinstance(node, exp.Literal) and node.is_string
        if isinstance(node, (*PLAIN, *LOGIC)) and not is_text:
            return self.plain(node, offset)
        if isinstance(node, exp.Func):
            raise self.unknown_function(node.sql_name().lower())
        raise FormulaError(f"{node.sql(dialect=DIALECT)!r} is not part of the formula language")

    def plain(self, node: exp.Expression, offset: int) -> Term:
        copy = node.copy()
        parts = []
        for key, child in node.args.items():
            if isinstance(child, exp.Expression):
                parts.append(self.resolve(child, offset))
                copy.set(key, parts[-1].value)
            elif isinstance(child, list):
                terms = [self.resolve(one, offset) for one in child]
                parts += terms
                copy.set(key, [one.value for one in terms])
        joined = all_of(copy, parts)
        return replace(joined, guards=joined.guards | joined.pitfalls) if isinstance(node, LOGIC) else joined

    def coalesce(self, terms: list[Term]) -> Term:
        """The first that is there; what is in quarantine is there, but not to be used."""
        terms = [self.alternative(one) for one in in_turn(terms)]
        states = [worst(one.states) for one in terms]
        certain = next((place for place, one in enumerate(terms) if not one.states), None)
        choice = " ".join(f"when {is_there(one)} then {one}" for one in states[:certain])
        otherwise = worst(states) if certain is None else states[certain]
        value = exp.Coalesce(this=terms[0].value, expressions=[one.value for one in terms[1:]])
        return self.state(any_of(value, terms, f"case {choice} else {otherwise} end"))

    def total_of(self, args: list[exp.Expression], offset: int) -> Term:
        """The sum of what is there, or none: then another alternative may stand in."""
        terms = [self.alternative(self.column(self.resolve(one, offset))) for one in args]
        states = [worst(one.states) for one in terms]
        present = " | ".join(f"case when {is_there(one)} then {one} else {typed(0)} end" for one in states)
        is_none = " and ".join(f"{one} >= {MISSING}" for one in states)
        state = f"case when {is_none} then {worst(states)} else {present} end"
        zero = exp.Literal.number(0)
        values = [one.value for one in terms]
        total: exp.Expression = exp.Coalesce(this=values[0], expressions=[zero.copy()])
        for value in values[1:]:
            total = exp.Add(this=total, expression=exp.Coalesce(this=value, expressions=[zero.copy()]))
        first = exp.Coalesce(this=values[0].copy(), expressions=[value.copy() for value in values[1:]])
        is_any = exp.Not(this=exp.Is(this=first, expression=exp.Null()))
        total = exp.Paren(this=exp.Case(ifs=[exp.If(this=is_any, true=total)]))
        return self.state(any_of(total, terms, state))

    def function(self, name: str, args: list[exp.Expression], offset: int) -> Term:
        if name in SELECTORS:
            return self.selected(name, args, offset)
        functions: dict[str, Callable[[exp.Expression, int], Term]] = {
            "prior": lambda x, years: self.resolve(x, offset + years),
            "average": lambda x, _: self.mean(x, offset),
            "growth": lambda x, years: self.growth(x, offset, years),
            "cumulative": lambda x, years: self.cumulative(x, offset, years),
        }
        if name == "total_of" and args:
            return self.total_of(args, offset)
        if name not in functions:
            raise self.unknown_function(name)
        has_years = name != "average" and len(args) == 2
        if len(args) != 1 + has_years:
            raise FormulaError(f"{name} takes one expression{'' if name == 'average' else ' and a number of years'}")
        years = self.years(name, args[1]) if has_years else 1
        if offset + years > LONGEST_LAG:
            raise FormulaError(f"{name} reaches more than {LONGEST_LAG} years back")
        return functions[name](args[0], years)

    def unknown_function(self, name: str) -> FormulaError:
        known = ["prior", "average", "growth", "cumulative", "total_of", *SELECTORS]
        known += ["coalesce", "abs", "power", "sqrt", "ln", "greatest", "least", "if"]
        return FormulaError(f"unknown function {name}{near(name, known)}")

    def years(self, name: str, node: exp.Expression) -> int:
        if isinstance(node, exp.Literal) and node.name.isdecimal() and 1 <= int(node.name) <= LONGEST_LAG:
            return int(node.name)
        raise FormulaError(f"the years of {name} are a whole number from 1 to {LONGEST_LAG}")

    def mean(self, x: exp.Expression, offset: int) -> Term:
        both = [self.resolve(x, offset), self.resolve(x, offset + 1)]
        total = exp.Paren(this=exp.Add(this=both[0].value, expression=both[1].value))
        return all_of(exp.Paren(this=exp.Div(this=total, expression=exp.Literal.number(2))), both)

    def growth(self, x: exp.Expression, offset: int, years: int) -> Term:
        now, before = self.resolve(x, offset), self.resolve(x, offset + years)
        base = exp.GT(this=before.value.copy(), expression=exp.Literal.number(0)).sql(dialect=DIALECT)
        ago = "the year before" if years == 1 else f"{years} years before"
        positive = Condition(base, f"{x.sql(dialect=DIALECT)} of {ago} is zero or negative: no rate of growth")
        rate: exp.Expression = exp.Div(this=exp.Paren(this=now.value), expression=exp.Paren(this=before.value))
        if years > 1:
            rate = exp.Pow(this=exp.Paren(this=rate), expression=exp.Literal.number(1 / years))
        value = exp.Paren(this=exp.Sub(this=rate, expression=exp.Literal.number(1)))
        joined = all_of(value, (now, before))
        return replace(joined, conditions=tuple(dict.fromkeys((*joined.conditions, positive))))

    def cumulative(self, x: exp.Expression, offset: int, years: int) -> Term:
        terms = [self.resolve(x, offset + before) for before in range(years)]
        total = terms[0].value
        for one in terms[1:]:
            total = exp.Add(this=total, expression=one.value)
        return all_of(exp.Paren(this=total), terms)

    def selected(self, name: str, args: list[exp.Expression], offset: int) -> Term:
        texts = [arg.name for arg in args[1:] if isinstance(arg, exp.Literal) and arg.is_string]
        is_shaped = len(texts) == len(args) - 1 and len(texts) in SELECTORS[name] and isinstance(args[0], exp.Column)
        if not is_shaped:
            raise FormulaError(f"{name} takes a concept and a text, such as {name}(revenue, '{_example(name)}')")
        concept = args[0].name
        if concept not in self.catalog.concepts:
            raise FormulaError(f"unknown concept {concept}{near(concept, list(self.catalog.concepts))}")
        return self.input(Figure.selected_by(concept, name, texts), offset)

    def name(self, node: exp.Column, offset: int) -> Term:
        name = node.sql(dialect=DIALECT)
        if name in self.catalog.concepts:
            return self.input(Figure(name), offset)
        if name not in self.metrics:
            raise FormulaError(f"unknown name {name}{near(name, [*self.catalog.concepts, *self.metrics])}")
        try:
            term = self.metric(name, offset)
        except CircularError:
            raise
        except FormulaError as error:
            raise FormulaError(f"takes {name}, which is refused itself") from error
        if isinstance(term.value, exp.Column):
            return replace(term, value=term.value.copy())
        return self.named(f"{name}@{offset}", term)

    def input(self, figure: Figure, offset: int) -> Term:
        one = Input(figure, offset)
        return Term(
            exp.column(one.column, quoted=True),
            frozenset([one.state_column]),
            frozenset([frozenset([one])]),
            frozenset([Use(one)]),
        )


def _example(name: str) -> str:
    return {"member": "smartphones", "role": "services"}.get(name, "segment")


@lru_cache(maxsize=4)
def compile_metrics(catalog: Catalog) -> tuple[CompiledMetric, ...]:
    """Every metric of the catalog, resolved; raises FormulaError that lists all that cannot be."""
    compiled, wrong = _compile(catalog, catalog.metrics, catalog.metrics)
    if wrong:
        raise FormulaError("\n".join(f"metric {metric_id}: {error}" for metric_id, error in wrong.items()))
    return tuple(compiled)


def _compile(
    catalog: Catalog, known: Iterable[Metric], wanted: Iterable[Metric]
) -> tuple[list[CompiledMetric], dict[str, FormulaError]]:
    """Those of the metrics wanted that can be resolved among all that are known, and why the others cannot."""
    compiler = _Compiler(catalog, {metric.metric_id: metric for metric in known})
    compiled, wrong = [], {}
    for metric in wanted:
        try:
            compiled.append(compiler.compile(metric))
        except FormulaError as error:
            wrong[metric.metric_id] = error
    return compiled, wrong


def refuse(catalog: Catalog, added: Sequence[Metric]) -> tuple[list[Metric], list[MetricFault]]:
    """Which of a user's metrics the catalog can take, and why it cannot take the others.

    One that takes a refused metric is refused as well; of two with one id the second is.
    """
    owners = dict.fromkeys(catalog.concepts, "a concept of the catalog")
    owners |= dict.fromkeys((one.metric_id for one in catalog.metrics), "a metric of the catalog")
    faults: list[MetricFault] = []
    new: list[Metric] = []
    for metric in added:
        if owner := owners.get(metric.metric_id):
            faults.append(MetricFault(metric.line, f"{metric.metric_id}: the id is already that of {owner}"))
        else:
            owners[metric.metric_id] = f"a metric of line {metric.line}"
            new.append(metric)
    _, wrong = _compile(catalog, (*catalog.metrics, *new), new)
    faults += [
        MetricFault(one.line, f"{one.metric_id}: {wrong[one.metric_id]}") for one in new if one.metric_id in wrong
    ]
    return [one for one in new if one.metric_id not in wrong], sorted(faults, key=lambda one: one.line)
