"""Text that a spreadsheet would run as a formula, made plain text.

Belongs here: which texts those are. Not here: the formats of files (`export`).
"""

from __future__ import annotations

from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take the text of a cell for a formula; full-width marks do so under some languages."""


def neutral(value: Any) -> Any:
    """A text that a spreadsheet would run, after a quote that keeps it a text; any other value as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
