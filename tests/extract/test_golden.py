"""Small extracts and the facts expected of them, side by side in tests/golden; a new case is a new file.

A case is one line that says what it shows, `Options:` where needed, `Extract:` as CSV text, `Facts:` as
`[company] year concept[/member] value unit cell`, and `Findings:` with the check ids that must be among the findings.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract import Options, Reading, read_extract

CASES = sorted((Path(__file__).parents[1] / "golden").glob("*.txt"))


def sections(case: Path) -> dict[str, str]:
    parts = re.split(r"^(Options|Extract|Facts|Findings):[ \n]?", case.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def options(text: str) -> Options:
    stated = dict(one.split("=") for one in text.split())
    return Options(
        stated.get("currency"),
        int(stated["scale"]) if "scale" in stated else None,
        stated.get("fiscal_year_end"),
        date.fromisoformat(stated.get("today", "2026-06-30")),
    )


def facts(reading: Reading) -> list[str]:
    lines = reading.lines[reading.lines["outcome"].isin(["fact", "nil"])]
    return sorted(
        f"{line.entity + ' ' if isinstance(line.entity, str) else ''}{line.fiscal_year} {line.concept_id}"
        f"{'/' + line.member_id if isinstance(line.member_id, str) else ''} {line.value.normalize():f} {line.unit} {line.cell}"
        for line in lines.itertuples()
    )


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_extract_gives_its_facts(case: Path) -> None:
    parts = sections(case)
    reading = read_extract(
        parts["Extract"].encode(), "extract.csv", load_catalog(), None, options(parts.get("Options", ""))
    )
    assert facts(reading) == sorted(line for line in parts["Facts"].splitlines() if line)
    assert set(parts.get("Findings", "").split()) <= {finding.check_id for finding in reading.findings}
