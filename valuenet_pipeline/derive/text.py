"""Text as SQL."""

from __future__ import annotations

from collections.abc import Iterable


def literal(text: str | None) -> str:
    """Text as an SQL literal; the texts are the catalog's own."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Texts as an SQL list."""
    return "[" + ", ".join(map(literal, texts)) + "]"
