"""Column kinds and the base of all tables: the few shapes a column can have, each with its DuckDB type."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Any, NamedTuple

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

Text = Series[str]
Whole = Series[pd.Int64Dtype]
Real = Series[pd.Float64Dtype]
Exact = Series[object]
Flag = Series[bool]
Moment = Series[pd.Timestamp]
Many = Series[object]
"""A list or a map in each row."""

AMOUNT = "DECIMAL(38, 8)"
"""Exact in base units; eight places hold percentages of four decimals and per-share figures."""


@pa.extensions.register_check_method(statistics=["kinds"])  # type: ignore[untyped-decorator]
def is_instance_of(series: pd.Series[Any], *, kinds: type) -> pd.Series[bool]:
    """Every non-null element is an instance of `kinds`."""
    if all(issubclass(kind, (kinds, NoneType)) for kind in set(map(type, series))):  # a few types, many elements
        return pd.Series(True, index=series.index)
    return series.isna() | series.map(lambda value: isinstance(value, kinds))


class Table(pa.DataFrameModel):
    """Base of every table; its subclasses' docstrings are the tables' descriptions."""

    class Config:
        strict = True
        coerce = True


@dataclass(frozen=True)
class Column:
    """One column as every generator needs it."""

    name: str
    sql_type: str
    is_nullable: bool
    description: str
    allowed: tuple[str, ...]


def _field(kind: str, description: str, nullable: bool, allowed: Sequence[str] = (), **checks: Any) -> Any:
    if allowed:
        checks["isin"] = list(allowed)
    return pa.Field(
        nullable=nullable,
        description=description,
        metadata={"sql": kind, "allowed": tuple(allowed)},
        **checks,
    )


def text(description: str, *, nullable: bool = False, allowed: Sequence[str] = (), **checks: Any) -> Any:
    """Text, optionally one of `allowed`."""
    return _field("VARCHAR", description, nullable, allowed, **checks)


def whole(description: str, *, nullable: bool = False, **checks: Any) -> Any:
    """A whole number."""
    return _field("BIGINT", description, nullable, **checks)


def real(description: str, *, nullable: bool = False, **checks: Any) -> Any:
    """A ratio or other derived number in double precision."""
    return _field("DOUBLE", description, nullable, **checks)


def texts(description: str) -> Any:
    """A list of texts."""
    return _field("VARCHAR[]", description, False)


def reals(description: str) -> Any:
    """A list of numbers in double precision; one that is not known is null."""
    return _field("DOUBLE[]", description, False)


def text_by_text(description: str) -> Any:
    """Texts by text, as a map."""
    return _field("MAP(VARCHAR, VARCHAR)", description, False)


def states(description: str) -> Any:
    """A list of states, bits in a small number."""
    return _field("USMALLINT[]", description, False)


def places(description: str) -> Any:
    """A list of lists of whole numbers."""
    return _field("BIGINT[][]", description, False)


def alternatives(description: str) -> Any:
    """Lists of lists of lists of whole numbers, per place."""
    return _field("BIGINT[][][][]", description, False)


def flag(description: str) -> Any:
    """True or false."""
    return _field("BOOLEAN", description, False)


def moment(description: str, *, nullable: bool = False) -> Any:
    """A point in time, in UTC."""
    return _field("TIMESTAMP", description, nullable)


def amount(description: str, *, nullable: bool = False, **checks: Any) -> Any:
    """An exact decimal figure; floats would not add up."""
    return _field(AMOUNT, description, nullable, is_instance_of=(Decimal,), **checks)


def day(description: str, *, nullable: bool = False) -> Any:
    """A calendar day."""
    return _field("DATE", description, nullable, is_instance_of=(datetime.date,))


class TableName(NamedTuple):
    """Schema and name of a table; its asset key, and its name in SQL."""

    schema: str
    table: str

    @property
    def sql(self) -> str:
        """The name as SQL writes it."""
        return f"{self.schema}.{self.table}"


def name_of(table: type[Table]) -> TableName:
    """Schema and name of a table."""
    schema, name = str(table.to_schema().name).split(".")
    return TableName(schema, name)


def key_of(table: type[Table]) -> tuple[str, ...]:
    """The columns that together are unique; none where a table has no key."""
    return tuple(table.to_schema().unique or ())


def describe(table: type[Table]) -> str:
    """What the table holds."""
    return inspect.cleandoc(table.__doc__ or "")


def columns_of(table: type[Table]) -> tuple[Column, ...]:
    """The columns of a table in order, read from its pandera model."""
    return tuple(
        Column(name, column.metadata["sql"], column.nullable, column.description or "", column.metadata["allowed"])
        for name, column in table.to_schema().columns.items()
    )
