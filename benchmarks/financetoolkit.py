"""FinanceToolkit's side: statements under its names of the items, and its 62 ratios that need no series of prices."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pandas as pd

HERE = Path(__file__).parent
IS_INSTALLED = find_spec("financetoolkit") is not None
STATEMENTS = ("income", "balance", "cash")
PRICE = 100.0
"""Of a share, on every day: only its free cash flow yield looks at it."""


class Item(NamedTuple):
    """A line of its statements, and what it is in concepts and metrics; empty where the catalog has nothing of the kind."""

    statement: str
    item: str
    figure: str


class Ratio(NamedTuple):
    """One of its ratios and the metric nearest to it."""

    group: str
    name: str
    metric_id: str
    """Empty where we have none."""
    agrees: str
    """yes; where meaningful: theirs is a number also where ours says why there is none; no."""
    reason: str
    """Why there is none, or why they disagree."""


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def items() -> list[Item]:
    """All lines of its three statements."""
    return [Item(**row) for row in _rows("financetoolkit_items.csv")]


def definitions() -> list[Ratio]:
    """Its ratios beside our metrics."""
    return [Ratio(**row) for row in _rows("financetoolkit.csv")]


def named() -> list[str]:
    """Every concept and metric that its items are made of."""
    words = (word for one in items() for word in re.findall("[a-z_]+", one.figure) if word != "coalesce")
    return list(dict.fromkeys(words))


def lines_query(wide: str, concepts: Iterable[str], years: Iterable[int]) -> str:
    """Its items and our concepts as lines, a column per year, from a relation with a column per concept."""
    rest = dict.fromkeys(concepts)
    lines = []
    for statement, item, figure in items():
        concept = f"'{figure}'" if figure in rest else "null"
        rest.pop(figure, None)
        lines.append((f"'{statement}'", f"'{item}'", concept, figure or "null"))
    lines += [("null", "null", f"'{concept}'", concept) for concept in rest]
    structs = ",\n".join(
        f"{{'position': {position}, 'statement': {statement}, 'item': {item}, 'concept_id': {concept}, 'value': ({figure})::double}}"
        for position, (statement, item, concept, figure) in enumerate(lines)
    )
    columns = ", ".join(f'first(value) filter (where fiscal_year = {year}) as "{year}"' for year in years)
    return f"""
select entity_id, statement, item, concept_id, {columns}
from (select entity_id, fiscal_year, unnest([{structs}], recursive := true) from {wide})
group by entity_id, position, statement, item, concept_id order by entity_id, position"""


def statement(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of one statement as it takes them: rows are company and item, columns are years."""
    frame = lines.set_index(["entity_id", "item"])
    return frame.set_axis(pd.PeriodIndex(frame.columns, freq="Y"), axis=1)


def prices(statement: pd.DataFrame) -> pd.DataFrame:
    """The history of prices that its constructor asks for."""
    companies = statement.index.unique(level=0)
    columns = pd.MultiIndex.from_product([["Close", "Adj Close", "Dividends"], companies])
    return pd.DataFrame(PRICE, index=statement.columns, columns=columns)


def ratios(frames: Mapping[str, pd.DataFrame], history: pd.DataFrame) -> pd.DataFrame:
    """Its ratios, unrounded: rows are company and ratio, columns are years."""
    from financetoolkit.ratios.ratios_controller import Ratios

    companies = list(frames["income"].index.unique(level=0))
    toolkit = Ratios(
        companies,
        {"period": history, "daily": history},
        balance=frames["balance"],
        income=frames["income"],
        cash=frames["cash"],
        rounding=None,
    )
    values: pd.DataFrame = pd.concat(
        [
            toolkit.collect_efficiency_ratios(),
            toolkit.collect_liquidity_ratios(),
            toolkit.collect_profitability_ratios(),
            toolkit.collect_solvency_ratios(),
        ]
    )
    return values
