"""The state of a figure and of a metric as one small number, so that the worst of several is the greatest.

Below `UNMET` there is a value, and the number is the place in FIGURE_STATUSES of the weakest figure it rests on; from
`UNMET` on the figures are there and a condition fails, the first for `UNMET` itself, the next for `UNMET` + 1 ...;
from `MISSING` on a figure is not there.
"""

from __future__ import annotations

from collections.abc import Iterable

UNMET = 10
MISSING = 100
NO_ADJACENT_YEAR = MISSING
MISSING_INPUT = MISSING + 1
QUARANTINED = MISSING + 2

METRIC_STATUSES = ("ok", "not_meaningful", "no_adjacent_year", "missing_input", "input_in_quarantine")


def greatest(states: Iterable[str]) -> str:
    """SQL of the worst of some states; a formula without figures has the best."""
    several = sorted(set(states))
    if len(several) > 1:
        return f"greatest({', '.join(several)})"
    return several[0] if several else "0"


def status_of(state: str) -> str:
    """SQL of the status that a state stands for."""
    ok, *others = (f"'{name}'" for name in METRIC_STATUSES)
    steps = (UNMET, NO_ADJACENT_YEAR, MISSING_INPUT, QUARANTINED)
    choice = " ".join(
        f"when {state} >= {step} then {name}" for step, name in reversed(list(zip(steps, others, strict=True)))
    )
    return f"case {choice} else {ok} end"


def input_state_of(state: str) -> str:
    """SQL of whether an input is there, or why it is not."""
    return f"""case when {state} < {MISSING} then 'there' when {state} = {NO_ADJACENT_YEAR} then 'no_adjacent_year'
    when {state} = {MISSING_INPUT} then 'absent' else 'in_quarantine' end"""
