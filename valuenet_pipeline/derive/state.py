"""The state of a figure and of a metric as bits, so that the state of what rests on several is all of theirs together.

The lowest bits say how well the weakest figure is supported: none set for the best of FIGURE_STATUSES, one more for each
below. Then one bit for each condition that may fail, and at the top why a figure is not there. So there is a value
below `UNMET`, the figures are there below `MISSING`, and the graver state is the greater number.
"""

from __future__ import annotations

from collections.abc import Iterable

from valuenet_pipeline.derive.support import status_at
from valuenet_pipeline.vocabulary import FIGURE_STATUSES

TYPE = "usmallint"
RANKS = {status: (1 << rank) - 1 for rank, status in enumerate(FIGURE_STATUSES)}
UNMET = 1 << (len(FIGURE_STATUSES) - 1)
CONDITIONS = 8
"""Conditions that have a bit of their own; further ones share the last."""
MISSING = UNMET << CONDITIONS
NO_ADJACENT_YEAR, MISSING_INPUT, QUARANTINED = MISSING, MISSING << 1, MISSING << 2


def typed(state: int) -> str:
    """A state as SQL; one of another type would make every column wider."""
    return f"{state}::{TYPE}"


def worst(states: Iterable[str]) -> str:
    """SQL of all states together; a formula without figures has the best."""
    return " | ".join(sorted(set(states))) or typed(0)


def failing(place: int) -> int:
    """The state when the condition at a place fails."""
    return UNMET << min(place, CONDITIONS - 1)


def is_there(state: str) -> str:
    """SQL of whether a figure stands for itself: it is there, or it is in quarantine and nothing may stand in for it."""
    return f"({state} < {MISSING} or {state} >= {QUARANTINED})"


def status_of(state: str) -> str:
    """SQL of the status that a state stands for where there is no value."""
    return (
        f"case when {state} >= {QUARANTINED} then 'input_in_quarantine' when {state} >= {MISSING_INPUT} then 'missing_input' "
        f"when {state} >= {NO_ADJACENT_YEAR} then 'no_adjacent_year' else 'not_meaningful' end"
    )


def support_of(state: str) -> str:
    """SQL of the status of the weakest figure."""
    return status_at(f"bit_count({state} & {UNMET - 1}) + 1")


def input_state_of(state: str) -> str:
    """SQL of whether an input is there, or why it is not."""
    return (
        f"case when {state} >= {QUARANTINED} then 'in_quarantine' when {state} >= {MISSING_INPUT} then 'absent' "
        f"when {state} >= {NO_ADJACENT_YEAR} then 'no_adjacent_year' else 'there' end"
    )
