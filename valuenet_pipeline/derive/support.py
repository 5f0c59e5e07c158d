"""How well figures are supported, as numbers that can be compared in SQL: 1 the best of FIGURE_STATUSES."""

from __future__ import annotations

from valuenet_pipeline.derive.text import literals
from valuenet_pipeline.vocabulary import FIGURE_STATUSES

STATUSES = literals(FIGURE_STATUSES)


def rank_of(status: str) -> str:
    """SQL of a status as a number; null where there is none."""
    return f"list_position({STATUSES}, {status})"


def status_at(rank: str) -> str:
    """SQL of the status that a number stands for."""
    return f"{STATUSES}[{rank}]"
