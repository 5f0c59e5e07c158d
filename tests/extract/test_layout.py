"""What a user states in layout.yaml decides where detection is unsure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.catalog.layout import Layout, load_layouts
from valuenet_pipeline.extract import Options, read_extract

MODEL = b""",2021,2022,2023
Revenue,100,120,150
Cost of sales,60,70,90
Gross profit,40,50,60
"""


def read(content: bytes, *layouts: Layout) -> dict[tuple[str, int], int]:
    reading = read_extract(content, "model.csv", load_catalog(), None, Options(today=date(2026, 1, 1), layouts=layouts))
    lines = reading.lines[reading.lines["outcome"] == "fact"]
    return {(line.concept_id, line.fiscal_year): int(line.value) for line in lines.itertuples()}


def test_unit_and_last_actual_year() -> None:
    found = read(MODEL, Layout(currency="CNY", scale=1_000_000, last_actual_year=2022))
    assert found["revenue", 2022] == 120_000_000
    assert {year for _, year in found} == {2021, 2022}


def test_the_first_entry_that_fits_holds() -> None:
    layouts = (Layout(file="other*", currency="USD"), Layout(file="model.*", shape="skip"))
    assert read(MODEL, *layouts) == {}


def test_a_header_row_leaves_out_what_stands_above() -> None:
    above = b",2019,2020,2021\nRevenue,1,2,3\n" + MODEL
    found = read(above, Layout(header_row=3, currency="CNY", scale=1))
    assert sorted(found) == [
        (name, year) for name in ("cost_of_sales", "gross_profit", "revenue") for year in (2021, 2022, 2023)
    ]


def test_columns_of_a_data_file() -> None:
    content = b"Corp;Closing;Revenue;Total assets\nAcme;2021-12-31;100;300\n"
    found = read(
        content, Layout(columns={"Corp": "entity_name", "Closing": "period_end"}, currency="CNY", scale=1_000_000)
    )
    assert found == {("revenue", 2021): 100_000_000, ("total_assets", 2021): 300_000_000}


def test_a_layout_that_is_not_one_says_all_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "layout.yaml"
    path.write_text("- shape: sideways\n  header_row: 0\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"(?s)shape.*header_row"):
        load_layouts(path)
