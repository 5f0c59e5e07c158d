"""The day on which a row says that its figures were published, so that nobody is told to have known them before."""

from __future__ import annotations

from datetime import date

import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract import read_extract

HEADER = "Ticker,Currency,Report Date,Publish Date,Restated Date,Revenue,Gross Profit"


def published(row: str) -> set[date | None]:
    """What the lines of a one-row panel say."""
    content = f"{HEADER}\nA,USD,2020-12-31,{row},1000000000,400000000\n".encode()
    return set(read_extract(content, "panel.csv", load_catalog()).lines["published_on"])


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2021-02-19,", date(2021, 2, 19)),
        ("2021-02-19 18:05:00,", date(2021, 2, 19)),
        ("20210219,", date(2021, 2, 19)),
        ("2021-02-19,2022-02-18", date(2022, 2, 18)),
        ("2022-02-18,2021-02-19", date(2022, 2, 18)),
    ],
)
def test_the_later_of_publication_and_restatement_is_taken(printed: str, day: date) -> None:
    assert published(printed) == {day}


@pytest.mark.parametrize("printed", [",", "soon,", "2019-02-19,"])
def test_a_day_that_is_none_or_lies_before_the_period_ends_is_not_taken(printed: str) -> None:
    assert published(printed) == {None}
