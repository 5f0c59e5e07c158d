"""A table of the kinds of fault by category and outcome, at the end of every run that injects them."""

from __future__ import annotations

from collections import Counter

import pytest

from faults import test_faults
from faults.fault import FAULTS, Fault, Outcome

assert test_faults.MODULES  # they fill FAULTS

STANDING = {"passed": "handled", "xfailed": "open", "failed": "failed"}


def print_faults(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, from what the tests reported."""
    standing = {
        fault_id: told
        for status, told in STANDING.items()
        for report in terminalreporter.stats.get(status, [])
        if (fault_id := report.nodeid.partition("[")[2][:7]) in FAULTS
    }
    counts: Counter[tuple[str, str]] = Counter()
    for fault_id, told in standing.items():
        fault = FAULTS[fault_id]
        counts[fault.category, fault.outcome if told == "handled" else told] += 1
        counts["all", fault.outcome if told == "handled" else told] += 1
    columns = [column for column in (*Outcome, "open", "failed") if counts["all", column]]
    terminalreporter.section("kinds of fault by outcome")
    terminalreporter.write_line(_row("category", [*columns, "kinds"]))
    for category in [*dict.fromkeys(_categories(standing)), "all"]:
        numbers = [counts[category, column] for column in columns]
        terminalreporter.write_line(_row(category, [*numbers, sum(numbers)]))


def _categories(standing: dict[str, str]) -> list[str]:
    return [_fault(fault_id).category for fault_id in sorted(standing)]


def _fault(fault_id: str) -> Fault:
    return FAULTS[fault_id]


def _row(head: str, cells: list[object]) -> str:
    return f"{head:<10}" + "".join(f"{cell!s:>16}" for cell in cells)
