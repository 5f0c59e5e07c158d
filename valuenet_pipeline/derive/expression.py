"""The text of a formula as a tree, of which every part is a number where a number is wanted.

Belongs here: grammar. Not here: what names mean (`formula`).
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

DIALECT = "duckdb"
PLAIN = (
    exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Paren, exp.Literal, exp.Abs, exp.Pow, exp.Greatest, exp.Least,
    exp.Boolean, exp.Null,
)  # fmt: skip
CONNECTIVES = (exp.And, exp.Or, exp.Not)
CONDITIONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ, exp.Between, *CONNECTIVES)
LOGIC = (*CONDITIONS, exp.If, exp.Case)
DOMAINS = {exp.Ln: exp.GT, exp.Sqrt: exp.GTE}
"""Functions that have no value below zero (or at it): they give none instead of an error."""


class FormulaError(Exception):
    """A formula cannot be resolved; the message says what is wrong and names the nearest known names."""


class CircularError(FormulaError):
    """A formula comes back to itself."""


def parse(text: str, is_condition: bool) -> exp.Expression:
    """A formula or a condition as a tree; raises FormulaError for what is neither."""
    try:
        parsed = sqlglot.parse_one(text, dialect=DIALECT)
    except ParseError as error:
        raise FormulaError(f"{text!r} is not an expression: {error.errors[0]['description']}") from error
    except SqlglotError as error:
        raise FormulaError(f"{text!r} is not an expression: {error}") from error
    if not isinstance(parsed, exp.Expression):
        raise FormulaError(f"{text!r} is not an expression")
    _check_kind(parsed, is_condition)
    return parsed


def _check_kind(node: exp.Expression, is_condition: bool) -> None:
    """Numbers where numbers are wanted, conditions where conditions are."""
    if isinstance(node, exp.Paren):
        _check_kind(node.this, is_condition)
        return
    if isinstance(node, (*CONDITIONS, exp.Boolean)) is not is_condition:
        is_, wanted = ("a number", "a condition") if is_condition else ("a condition", "a number")
        raise FormulaError(f"{node.sql(dialect=DIALECT)!r} is {is_} where {wanted} is wanted")
    for key, child in node.args.items():
        for one in child if isinstance(child, list) else [child]:
            if isinstance(one, exp.If) and isinstance(node, exp.Case):
                _check_kind(one.this, True)
                _check_kind(one.args["true"], False)
            elif isinstance(one, exp.Expression) and not isinstance(one, exp.Identifier):
                _check_kind(one, isinstance(node, CONNECTIVES) or (isinstance(node, exp.If) and key == "this"))
