"""Exports: a spreadsheet that opens them finds text where text was, numbers where numbers were, and nothing to run."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from valuenet_pipeline.report import export
from valuenet_pipeline.report.export import ExportError, write_csv, write_xlsx
from valuenet_pipeline.report.neutral import neutral

FORMULAS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0", "-"]
HARMLESS = ["Revenue", "a=b", "减：营业成本", "'=1", "", " =1", "(1)", "1-2"]


def through_csv(names: Sequence[str], *rows: Sequence[Any]) -> list[list[str]]:
    stream = io.StringIO()
    write_csv(stream, names, rows)
    return list(csv.reader(io.StringIO(stream.getvalue(), newline="")))


def through_xlsx(names: Sequence[str], *rows: Sequence[Any]) -> list[list[Any]]:
    """The cells of every row, read as a spreadsheet reads formulas."""
    stream = io.BytesIO()
    write_xlsx(stream, names, rows)
    return [list(row) for row in openpyxl.load_workbook(stream)["query"].iter_rows()]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_would_run_is_kept_a_text(text: str) -> None:
    assert through_csv([text], [text]) == [[f"'{text}"]] * 2
    for (cell,) in through_xlsx([text], [text]):
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
        assert cell.value.replace("\n", "\r") == text.replace("\n", "\r")  # XML reads a return as a line feed


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_as_it_was(text: str) -> None:
    assert through_csv(["a"], [text, 1])[1] == [text, "1"]
    cell = through_xlsx(["a"], [text, 1])[1][0]
    assert ((cell.value or ""), cell.quotePrefix) == (text, False)


@pytest.mark.parametrize("number", [-1, 0, -2.5, Decimal("-328309145000.25"), True])
def test_numbers_stay_numbers(number: Any) -> None:
    assert neutral(number) is number
    assert through_csv(["a"], [number])[1] == [str(number)]
    cell = through_xlsx(["a"], [number])[1][0]
    assert cell.data_type in ("n", "b")
    assert cell.value == number


def test_dates_are_dates_where_the_sheets_calendar_has_them() -> None:
    day, moment = datetime.date(2021, 12, 31), datetime.datetime(2021, 12, 31, 8, 30)
    early, zoned = datetime.date(1899, 1, 1), moment.replace(tzinfo=datetime.UTC)
    cells = through_xlsx(["a", "b", "c", "d"], [day, moment, early, zoned])[1]
    assert [cell.value for cell in cells] == [
        datetime.datetime(2021, 12, 31),
        moment,
        "1899-01-01",
        "2021-12-31 08:30:00+00:00",
    ]
    assert [cell.is_date for cell in cells] == [True, True, False, False]


def test_what_no_cell_can_hold_is_written_as_text_or_refused() -> None:
    cells = through_xlsx(["a", "b", "c", "d"], ["a\x00\x1bb", float("nan"), [1, 2], None])[1]
    assert [cell.value for cell in cells] == ["a\\x00\\x1bb", "nan", "[1, 2]", None]
    with pytest.raises(ExportError, match="32,767 characters"):
        through_xlsx(["a"], ["x" * 32_768])
    with pytest.raises(ExportError, match="columns"):
        through_xlsx(["a"] * 16_385)


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", 4)
    assert len(through_xlsx(["a"], [1], [2], [3])) == 4
    with pytest.raises(ExportError, match="3 rows below its header: add a limit"):
        through_xlsx(["a"], [1], [2], [3], [4])
