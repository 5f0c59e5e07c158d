"""Companies in all vintages as frames: a row per fiscal year without a gap, a column per vintage and company.

What is not reported is not a number, and stays none in whatever is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, reduce

import numpy as np
import pandas as pd

Definition = Callable[["Companies"], pd.DataFrame]
COMPANY = ["vintage", "entity_id"]
CELL = [*COMPANY, "fiscal_year"]


def finite(x: pd.DataFrame) -> pd.DataFrame:
    """A ratio to nothing is no number, nor is what would be compared with it."""
    return x.replace([np.inf, -np.inf], np.nan)


def first(*lines: pd.DataFrame) -> pd.DataFrame:
    """Of lines or ratios that stand for the same thing, the first there is."""
    return reduce(lambda line, other: finite(line).fillna(other), lines)


def total(*lines: pd.DataFrame) -> pd.DataFrame:
    """The sum of those lines that are printed."""
    return reduce(lambda line, other: line.add(other, fill_value=0.0), lines)


def or_nil(line: pd.DataFrame) -> pd.DataFrame:
    """A line that a statement prints where there is any such amount."""
    return line.fillna(0.0)


def positive(x: pd.DataFrame) -> pd.DataFrame:
    """What is above zero: the only base on which a rate has a meaning."""
    return x.where(x > 0)


def prior(x: pd.DataFrame, years: int = 1) -> pd.DataFrame:
    """The figure of years before."""
    return x.shift(years)


def average(x: pd.DataFrame) -> pd.DataFrame:
    """Of opening and closing balance."""
    return x.rolling(2).mean()


def growth(x: pd.DataFrame) -> pd.DataFrame:
    """The change against the year before."""
    return x.diff() / positive(prior(x))


def compound_growth(x: pd.DataFrame, years: int) -> pd.DataFrame:
    """The yearly rate that leads from the figure of years before to this one: the mean of the logarithmic changes."""
    return np.expm1(np.log(positive(x)).diff(years) / years)


def sign(holds: pd.DataFrame, *needed: pd.DataFrame) -> pd.DataFrame:
    """1 where something holds, 0 where it does not, provided that what it is judged by is there."""
    return reduce(lambda answer, x: answer.where(x.notna()), needed, holds.astype(float))


class Companies:
    """Figures by concept as attributes, such as `companies.revenue`."""

    def __init__(self, facts: pd.DataFrame, members: pd.DataFrame, concepts: Iterable[str]) -> None:
        self._members = members
        self._concepts = frozenset(concepts)
        self._facts = facts.merge(members, "left", ["entity_id", "member_id"])
        self._facts["half_unit"] = 0.5 * 10.0 ** -facts["decimals"]
        years = range(facts["fiscal_year"].min(), facts["fiscal_year"].max() + 1)
        companies = facts[COMPANY].drop_duplicates()
        self._cells = pd.MultiIndex.from_frame(companies.merge(pd.DataFrame({"fiscal_year": years}), "cross"))
        self._whole = cache(self._whole_of)

    def __getattr__(self, concept: str) -> pd.DataFrame:
        return self._whole(concept, "value")

    def _frame(self, figures: pd.Series) -> pd.DataFrame:
        return figures.reindex(self._cells).unstack(COMPANY)

    def _of(self, concept: str) -> pd.DataFrame:
        if concept not in self._concepts:
            raise AttributeError(f"no concept {concept}")
        return self._facts[self._facts["concept_id"] == concept]

    def _whole_of(self, concept: str, column: str) -> pd.DataFrame:
        facts = self._of(concept)
        return self._frame(facts[facts["member_id"].isna()].set_index(CELL)[column])

    def member(self, concept: str, member: str) -> pd.DataFrame:
        """The figure of a segment or another part."""
        facts = self._of(concept)
        return self._frame(facts[facts["member_id"] == member].set_index(CELL)["value"])

    def _parts(self, concept: str, dimension: str) -> pd.DataFrame:
        facts = self._of(concept)
        return facts[facts["dimension"] == dimension]

    def _is_whole(self, concept: str, dimension: str) -> pd.DataFrame:
        """Where a dimension's members make up the whole within the precision that all of them are printed in."""
        parts = self._parts(concept, dimension).groupby(CELL)
        gap = self._frame(parts["value"].sum()) - self._whole(concept, "value")
        return gap.abs() <= self._frame(parts["half_unit"].sum()) + self._whole(concept, "half_unit")

    def role(self, concept: str, role: str, dimension: str = "segment") -> pd.DataFrame:
        """The sum over members of a role: all of them, or those there are where nothing is left for the others."""
        is_asked = (self._members["dimension"] == dimension) & (self._members["role"] == role)
        size = self._members[is_asked].groupby("entity_id").size()
        parts = self._parts(concept, dimension)
        of_role = parts[parts["role"] == role].groupby(CELL)["value"]
        missing = -self._frame(of_role.count()).sub(size, axis=1, level="entity_id")
        return self._frame(of_role.sum()).where((missing == 0) | self._is_whole(concept, dimension))

    def largest(self, concept: str, dimension: str) -> pd.DataFrame:
        """The figure of the largest member."""
        largest = self._parts(concept, dimension).groupby(CELL)["value"].max()
        return self._frame(largest).where(self._is_whole(concept, dimension))

    def herfindahl(self, concept: str, dimension: str) -> pd.DataFrame:
        """The sum of squared shares; a member that loses has none."""
        figures = self._parts(concept, dimension).set_index(CELL)["value"].clip(lower=0)
        shares = figures / figures.groupby(CELL).sum()
        concentration = shares.pow(2).groupby(CELL).sum(min_count=1)
        return self._frame(concentration).where(self._is_whole(concept, dimension))
