"""Companies that titles name, for sheets on which the statements of several stand one below another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from valuenet_pipeline.extract.labels import statement_of_title

COMPANY = re.compile(
    r"\s*(?P<name>\w[^:;=]{0,60}?\b(?:corp(?:oration)?|inc(?:orporated)?|plc|ltd|limited|co|company|ag|se|s\.?a|n\.?v|llc|holdings?|group)\b\.?"
    r"|\w{2,20}?(?:公司|集团|集團))\s*(?:[(（,，].*)?",
    re.IGNORECASE,
)


def companies_of(titles: Sequence[Iterable[str]]) -> list[str | None]:
    """
    For the titles of each table of a sheet, the company they name, or else the one named last above them.

    None for all of them where the sheet names fewer than two: then the extract as a whole tells the company. Names
    that begin with the same word are taken for one company.
    """
    found: list[str | None] = []
    for texts in titles:
        named = [
            match["name"] for text in texts if (match := COMPANY.fullmatch(text)) and not statement_of_title((text,))
        ]
        found.append(named[-1] if named else found[-1] if found else None)
    first_words = {name.split()[0].casefold() for name in found if name}
    return found if len(first_words) > 1 else [None] * len(found)
