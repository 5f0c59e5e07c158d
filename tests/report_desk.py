"""A company whose reports arrive, are corrected and go on days of one's choosing."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import refresh

from valuenet_pipeline.orchestration import archive, building, flow

PROFILE = """
entity_id: acme
name: {en: Acme}
members:
  - {member_id: phones, dimension: segment, role: hardware, name: {en: Phones}}
  - {member_id: services, dimension: segment, role: services, name: {en: Services}}
  - {member_id: devices, dimension: segment_since_2021, role: hardware, name: {en: Devices}, succeeds: [phones]}
reports:
  - {fiscal_year: 2019, kind: annual_report, published_on: 2020-03-31}
  - {fiscal_year: 2020, kind: annual_report, published_on: 2021-03-31}
"""
T0 = datetime.datetime(2022, 1, 10, 9)
Rows = list[tuple[Any, ...]]


class Desk:
    """A company whose reports arrive on days of one's choosing."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project = flow.Project(root)
        self.folder = self.project.inbox / "acme"
        self.folder.mkdir(parents=True)
        (self.folder / "entity.yaml").write_text(PROFILE, encoding="utf-8")
        self.clock = T0
        for module in (archive, building):
            monkeypatch.setattr(module, "now", lambda: self.clock)

    def report(
        self, year: int, figures: dict[str, tuple[int, ...]], name: str | None = None, currency: str = "USD"
    ) -> None:
        """An annual report with the figures of its year and those before."""
        years = ",".join(str(year - place) for place in range(len(next(iter(figures.values())))))
        rows = [f"{label},{','.join(map(str, values))}" for label, values in figures.items()]
        title = f"Acme Annual Report {year}\nConsolidated income statement ({currency} million)\n"
        (self.folder / (name or f"annual-report-{year}.csv")).write_text(
            "\n".join([f"{title},{years}", *rows]) + "\n", encoding="utf-8"
        )

    def refresh(self, days: int = 0) -> None:
        self.clock = self.clock + datetime.timedelta(days=days, seconds=1)
        refresh(self.project, f"run{self.clock:%j%H%M%S}")

    def rows(self, query: str) -> Rows:
        with duckdb.connect(str(self.project.published), read_only=True) as connection:
            return connection.execute(query).fetchall()


def income(revenue: tuple[int, ...], cost: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    profit = tuple(one - other for one, other in zip(revenue, cost, strict=True))
    return {"Revenue": revenue, "Cost of sales": cost, "Gross profit": profit}
