"""What was known on a day stays what it was, whatever arrives, is corrected, renamed or removed afterwards."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from report_desk import PROFILE, Desk, Rows, income

NAMES = ("a.csv", "b.csv", "c.csv")
YEARS = (2019, 2020, 2021, 2022)
FACTS = "select entity_id, fiscal_year, concept_id, member_id, value, unit from core.{} order by all"
RATIOS = "select * exclude (vintage) from mart.ratio where vintage = 'current' order by all"
RATIOS_AS_OF = "select * exclude (as_of) from mart.ratio_as_of('{}') order by all"
FOR_EVER = "2100-01-01"


class Editor:
    """Changes the files of a desk at random, each year in one of them at most, so that none contradicts another."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.draw = desk, random.Random(seed)
        self.years: dict[str, int] = {}

    def write(self, name: str) -> None:
        """A report with one or two years, whose profit now and then does not add up, or whose currency is another."""
        draw = self.draw
        others = {year for other, year in self.years.items() if other != name}
        self.years[name] = year = draw.choice([year for year in YEARS if year not in others])
        count = draw.choice([1, 2])
        figures = income(
            tuple(draw.choice([900, 1000, 1100]) for _ in range(count)),
            tuple(draw.choice([500, 600]) for _ in range(count)),
        )
        if draw.random() < 0.2:
            figures["Gross profit"] = (1,) * count
        self.desk.report(year, figures, name, currency=draw.choice(["USD"] * 5 + ["CNY"]))

    def change(self) -> None:
        """Write, remove or rename a file, or let two change places."""
        folder, present = self.desk.folder, sorted(self.years)
        kind = self.draw.choice(["write", "write", "write", "remove", "rename", "exchange"])
        one, other = self.draw.choice(present), self.draw.choice(NAMES)
        if kind == "write" or len(present) == 1:
            self.write(other)
        elif kind == "remove":
            (folder / one).unlink()
            del self.years[one]
        elif kind == "rename":
            (folder / one).rename(folder / other)
            self.years[other] = self.years.pop(one)
        else:
            one, other = present[:2]
            contents = (folder / other).read_bytes(), (folder / one).read_bytes()
            for name, content in zip((one, other), contents, strict=True):
                (folder / name).write_bytes(content)
            self.years[one], self.years[other] = self.years[other], self.years[one]


def as_of(desk: Desk, moment: object) -> tuple[Rows, Rows]:
    return desk.rows(FACTS.format(f"fact_as_of('{moment}')")), desk.rows(RATIOS_AS_OF.format(moment))


@pytest.mark.parametrize("seed", [10, 11])
def test_what_was_known_on_a_day_stays_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    desk = Desk(tmp_path, monkeypatch)
    # without days of publication: a figure is known from its arrival
    profile = PROFILE.partition("reports:")[0]
    (desk.folder / "entity.yaml").write_text(f"{profile}currency: USD\n", encoding="utf-8")
    editor = Editor(desk, seed)
    editor.write("a.csv")
    published = {}
    for _ in range(5):
        desk.refresh(days=1)
        published[desk.clock] = now = desk.rows(FACTS.format("fact_current")), desk.rows(RATIOS)
        assert as_of(desk, FOR_EVER) == now
        assert {moment: as_of(desk, moment) for moment in published} == published
        editor.change()
