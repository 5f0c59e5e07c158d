"""Text from a file made safe to print: on a terminal, in a log line, in a markdown cell."""

from __future__ import annotations

import unicodedata

UNPRINTABLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories of control characters, invisible format marks (bidi overrides among them), lone surrogates and
line separators: what moves a cursor, hides text or cannot be encoded."""


def is_plain(text: str) -> bool:
    """Whether every character prints as itself."""
    return not any(unicodedata.category(character) in UNPRINTABLE for character in text)


def plain(text: object) -> str:
    """The text on one line, with every character that would not print as itself written as an escape."""
    line = " ".join(str(text).split())
    if is_plain(line):
        return line
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in UNPRINTABLE else character
        for character in line
    )
