"""Files made in memory, good and hostile, and the sheets or the refusal that they give."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest

from valuenet_pipeline.extract import container
from valuenet_pipeline.extract.container import open_sheets
from valuenet_pipeline.extract.grid import CellValue, Refused, address

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def workbook(cells: dict[str, CellValue]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Income"
    for place, value in cells.items():
        sheet[place] = value
    book.create_sheet("Hidden").sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(content: bytes, path: str, old: bytes, new: bytes) -> bytes:
    """The workbook with a text replaced in one part; a part that is not there is added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            target.writestr(entry, part.replace(old, new) if entry.filename == path else part)
        if path not in source.namelist():
            target.writestr(path, new)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
GOOD = workbook({"B2": "Revenue", "C2": 328309.0, "D2": 0.5, "C3": datetime.datetime(2021, 12, 31)})


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        open_sheets(content, "some.xlsx")
    assert caught.value.message
    assert caught.value.remedy
    return caught.value.check_id


def test_cells_keep_their_places() -> None:
    (sheet,) = open_sheets(GOOD, "misnamed.csv")
    assert sheet.name == "Income"
    assert [sheet.value(1, column) for column in range(5)] == [None, "Revenue", 328309, 0.5, None]
    assert sheet.value(2, 2) == datetime.date(2021, 12, 31)
    assert sheet.value(0, 0) is None
    assert sheet.value(99, 0) is None
    assert isinstance(sheet.value(1, 2), int)


def test_errors_and_formulas_without_value_show() -> None:
    (sheet,) = open_sheets(workbook({"A1": "Total", "B1": "=A2+1", "C1": "#REF!"}), "some.xlsx")
    assert sheet.rows[0] == ("Total", "#NOVALUE", "#ERROR")


@pytest.mark.parametrize(
    ("content", "check_id"),
    [
        (b"", "FIL-02"),
        (GOOD[: len(GOOD) // 2], "FIL-02"),
        (OLE + b"junk" * 200, "FIL-02"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "FIL-06"),
        (with_part(GOOD, SHEET, b"<worksheet", b"<!DOCTYPE x><worksheet"), "FIL-05"),
        (with_part(GOOD, "xl/vbaProject.bin", b"", b"x"), "FIL-07"),
        (with_part(GOOD, "xl/externalLinks/externalLink1.xml", b"", b"<x/>"), "FIL-07"),
        (with_part(GOOD, SHEET, b'r="D2"', b'r="XFD1048576"'), "FIL-04"),
        (with_part(GOOD, SHEET, b'r="D2"', b'r="&#68;2"'), "FIL-04"),
        (b"\x89PNG\0\0", "FIL-01"),
        (b"<html></html>", "FIL-01"),
        (b'{"a": 1}', "FIL-01"),
        (b"a,b\n\xff\xff,1\n", "FIL-13"),
        (b'a,b\n"c"d,1\n', "FIL-14"),
    ],
)
def test_refusal(content: bytes, check_id: str) -> None:
    assert refusal(content) == check_id


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_MAX_EXPANDED_BYTES", 1000)
    assert refusal(GOOD) == "FIL-03"
    monkeypatch.setattr(container, "_MAX_BYTES", 100)
    assert refusal(GOOD) == "FIL-03"


def test_styled_cells_without_content_do_not_count() -> None:
    far = b'<c r="XFD9" s="0"/></row></sheetData>'
    assert open_sheets(with_part(GOOD, SHEET, b"</row></sheetData>", far), "some.xlsx")[0].value(1, 1) == "Revenue"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv(encoding: str, mark: str) -> None:
    lines = [["项目", "2021年"], ["营业收入", " 1.5 "], ["其他", ""]]
    content = "\r\n".join(mark.join(line) for line in lines).encode(encoding)
    (sheet,) = open_sheets(content, "some.xlsx")
    assert sheet.name == "csv"
    assert sheet.rows == (("项目", "2021年"), ("营业收入", "1.5"), ("其他", None))


def test_the_line_of_a_csv_error_is_told() -> None:
    with pytest.raises(Refused, match="line 2"):
        open_sheets(b'a,b\n"c"d,1\n', "some.csv")


@pytest.mark.parametrize(("column", "name"), [(0, "A1"), (25, "Z1"), (26, "AA1"), (701, "ZZ1"), (702, "AAA1")])
def test_address(column: int, name: str) -> None:
    assert address(0, column) == name


def test_a_worksheet_under_another_ending_is_scanned() -> None:
    links = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        far = archive.read(SHEET).replace(b'r="D2"', b'r="XFD1048576"')
    moved = with_part(GOOD, links, b"sheet1.xml", b"sheet1.dat")
    assert refusal(with_part(moved, "xl/worksheets/sheet1.dat", b"", far)) == "FIL-04"
