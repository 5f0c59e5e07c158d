"""The figures that formulas take: a concept of the whole company, of a member, or over the members of a dimension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SEGMENT = "segment"
SELECTORS = {"member": (1,), "role": (1, 2), "largest": (1,), "herfindahl": (1,)}
"""Function of a formula that takes a figure of members → how many texts it takes beside the concept."""


@dataclass(frozen=True, order=True)
class Figure:
    """What a formula takes of one year."""

    concept_id: str
    selector: str = "whole"
    dimension: str = ""
    selected: str = ""
    """Member or role; empty where the selector takes a whole dimension."""

    @classmethod
    def selected_by(cls, concept_id: str, selector: str, texts: Sequence[str]) -> Figure:
        """The figure of a call such as role(revenue, 'overseas', 'region')."""
        if selector == "member":
            return cls(concept_id, selector, "", texts[0])
        if selector == "role":
            return cls(concept_id, selector, texts[1] if len(texts) > 1 else SEGMENT, texts[0])
        return cls(concept_id, selector, texts[0])

    @property
    def text(self) -> str:
        """The figure in words, for a reason."""
        if self.selector in ("largest", "herfindahl"):
            kind = "the largest" if self.selector == "largest" else "every"
            return f"{self.concept_id} of {kind} {self.dimension}"
        return f"{self.concept_id} of {self.selected}" if self.selected else self.concept_id

    @property
    def key(self) -> str:
        """The figure's name as a column."""
        parts = [part for part in (self.selector, self.dimension, self.selected) if part]
        return self.concept_id if self.selector == "whole" else f"{self.concept_id}[{':'.join(parts)}]"


@dataclass(frozen=True, order=True)
class Input:
    """A figure of the row's year or of one before."""

    figure: Figure
    years_before: int

    @property
    def text(self) -> str:
        """The input in words, for a reason."""
        if not self.years_before:
            return self.figure.text
        return f"{self.figure.text} ({self.years_before} year{'s' if self.years_before > 1 else ''} before)"

    @property
    def column(self) -> str:
        """Name of the column that holds the value."""
        return f"{self.figure.key}@{self.years_before}"

    @property
    def state_column(self) -> str:
        """SQL of the column that holds the state."""
        return f'"{self.column} state"'


def figures_of(inputs: Iterable[Input]) -> tuple[Figure, ...]:
    """The figures of any year, each once."""
    return tuple(sorted({one.figure for one in inputs}))
