"""What a column of a data file is for, told by its header: the company, the period, the currency, the value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.catalog.wording import normalise

LISTED = ("listed_code", "exchange_code")
"""Codes of the Chinese exchanges; with the exchange's letters only where no other code stands."""
ENTITY = ("listed_code", "entity_code", "exchange_code", "entity_name")
"""Best first: two companies may share a short name, and one may change its own."""
PERIOD = ("period_end", "period_month", "period", "fiscal_year")
"""Best first: a date says more than a year."""


@dataclass(frozen=True)
class Roles:
    """Header wording → role, from the catalog's columns.csv."""

    by_header: dict[str, str]

    @classmethod
    def of(cls, catalog: Catalog, stated: Mapping[str, str]) -> Roles:
        """The catalog's wordings, compared as labels are, and those that a layout states."""
        headers = {**catalog.column_roles, **stated}
        return cls({normalise(header): role for header, role in headers.items()})

    def role(self, header: str) -> str | None:
        """The role of a column with this header; None if it is not one of a data file's known ones."""
        return self.by_header.get(normalise(header))
