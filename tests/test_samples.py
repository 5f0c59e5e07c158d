"""Real extracts of many sources, where they are at hand: what their answer key says is read, and nothing else.

They are not part of the repository; the tests skip where ../shared/samples is absent.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract import Options, Reading, read_extract

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
SAME = {
    "net_income": "net_profit",
    "cost_of_revenue": "cost_of_sales",
}
NOTHING = re.compile(r"no (?:annual )?fact|refused")

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand (../shared/samples)")


def table(name: str) -> list[dict[str, str]]:
    if not (SAMPLES / name).exists():
        return []
    with (SAMPLES / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


ANSWERS: dict[str, list[dict[str, str]]] = defaultdict(list)
for _row in table("answers.csv"):
    ANSWERS[_row["file"]].append(_row)
HINTS = {row["file"]: row for row in table("hints.csv")}
EXPECTATIONS = {row["file"]: row["expected_outcome"] for row in table("expectations.csv")}


def read(name: str) -> Reading:
    hint = HINTS.get(name, {})
    scale = hint.get("scale")
    stated = Options(hint.get("currency") or None, int(scale) if scale else None, hint.get("fiscal_year_end") or None)
    path = SAMPLES / name
    return read_extract(path.read_bytes(), path.name, load_catalog(), None, stated)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_answer_key_is_read_and_nothing_else(name: str) -> None:
    lines = read(name).lines
    facts = lines[lines["outcome"].isin(["fact", "nil"]) & lines["member_id"].isna()]
    companies = {row["company"] for row in ANSWERS[name]}
    found = defaultdict(set)
    for line in facts.itertuples():
        found[int(line.fiscal_year), line.concept_id, line.unit].add((line.entity, line.value))
    wrong, missing = [], []
    for row in ANSWERS[name]:
        concept = SAME.get(row["item"], row["item"])
        printed = found[int(row["fiscal_year"]), concept, row["currency"]]
        values = {
            value
            for entity, value in printed
            if (len(companies) == 1 and len({one for one, _ in printed}) == 1)
            or words(str(entity)) & words(row["company"])
        }
        key = Decimal(row["value_in_base_currency_units"])
        off = [value for value in values if abs(abs(value) - abs(key)) > max(Decimal("0.5"), abs(key) / 10**9)]
        wrong += [(row["fiscal_year"], concept, key, off)] if off else []
        missing += [] if values else [(row["fiscal_year"], concept)]
    assert wrong == []
    assert len(missing) <= 0.03 * len(ANSWERS[name])


@pytest.mark.parametrize("name", sorted(name for name, outcome in EXPECTATIONS.items() if NOTHING.match(outcome)))
def test_what_holds_no_annual_figure_gives_none(name: str) -> None:
    reading = read(name)
    assert set(reading.lines["outcome"]).isdisjoint({"fact", "nil"})
    assert all(finding.message and "Traceback" not in finding.message for finding in reading.findings)
    assert reading.findings
