"""Files made in memory, good and hostile, and the sheets or the refusal that they give."""

from __future__ import annotations

import datetime
import io
import pickle
import re
import zipfile

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from valuenet_pipeline.extract import limits
from valuenet_pipeline.extract.container import open_book
from valuenet_pipeline.extract.grid import CellValue, Refused, Sheet, address

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


def part_of(content: bytes, path: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(path)


CORE = "docProps/core.xml"
SHEET = "xl/worksheets/sheet1.xml"
GOOD = workbook({"B2": "Revenue", "C2": 328309.0, "D2": 0.5, "C3": datetime.datetime(2021, 12, 31)})


def refusal(content: bytes, name: str = "some.xlsx") -> str:
    with pytest.raises(Refused) as caught:
        open_book(content, name)
    assert caught.value.message
    assert caught.value.remedy
    return caught.value.check_id


def only_sheet(content: bytes) -> Sheet:
    (sheet,) = open_book(content, "some.xlsx").sheets
    return sheet


def test_cells_keep_their_places() -> None:
    sheet = only_sheet(GOOD)
    assert sheet.name == "Income"
    assert [sheet.value(1, column) for column in range(5)] == [None, "Revenue", 328309, 0.5, None]
    assert sheet.value(2, 2) == datetime.date(2021, 12, 31)
    assert sheet.value(0, 0) is None
    assert sheet.value(99, 0) is None
    assert isinstance(sheet.value(1, 2), int)


def test_errors_and_formulas_without_value_show() -> None:
    sheet = only_sheet(workbook({"A1": "Total", "B1": "=A2+1", "C1": "#REF!", "F9": "=B1"}))
    assert sheet.rows[0][:3] == ("Total", "#NOVALUE", "#ERROR")
    assert sheet.value(8, 5) == "#NOVALUE"


CELLS = (
    b'<row r="1"><c r="A1" t="str"><f>IF(1,"")</f><v></v></c><c r="B1"><f>1+1</f><v>2</v></c>'
    b'<c r="C1"><f t="shared" si="0"/><v>3</v></c><c r="D1"><f t="shared" si="0"/></c><c r="E1"><f>1</f><v/></c>'
    b'<c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="G1"><v>NaN</v></c></row>'
)


@pytest.mark.parametrize(
    "written",
    [
        CELLS,
        CELLS.replace(b'"', b"'"),
        CELLS.replace(b"><", b">\n <"),
        CELLS.replace(b'<c r="A1" t="str">', b'<c t="str" r="A1">'),
        CELLS.replace(b' r="B1"', b""),
    ],
)
def test_marks_stand_however_the_cells_are_written(written: bytes) -> None:
    before = re.search(rb"<row.*</row>", part_of(GOOD, SHEET))
    assert before
    content = with_part(GOOD, SHEET, before[0], written)
    assert only_sheet(content).rows[0] == (None, 2, 3, "#NOVALUE", "#NOVALUE", "#ERROR", "#ERROR")


def test_a_name_that_does_not_match_is_told() -> None:
    for name, told in [("a.csv", 1), ("a.xls", 1), ("a.xlsx", 0), ("a.XLSM", 0), ("a", 0)]:
        findings = [finding for finding in open_book(GOOD, name).findings if finding.check_id == "FIL-01"]
        assert [finding.severity for finding in findings] == ["info"] * told
    assert open_book(b"a,b\n1,2\n", "a.xlsx").findings[0].check_id == "FIL-01"


@pytest.mark.parametrize(
    "name", ["../a.csv", "..%2fa.csv", "a/b.csv", "a\\b.csv", "a\nb.csv", "a\u202eb.csv", "a" * 147 + ".csv", "\0"]
)
def test_unsafe_names_are_refused(name: str) -> None:
    with pytest.raises(Refused) as caught:
        open_book(b"a,b\n1,2\n", name)
    assert caught.value.check_id == "FIL-08"
    assert str(caught.value).isprintable()


def test_hidden_sheets_are_named_and_left_out() -> None:
    (finding,) = open_book(GOOD, "some.xlsx").findings
    assert (finding.check_id, finding.severity, finding.sheet) == ("FIL-11", "info", "Hidden")


def test_hidden_lines_and_formats_are_recorded() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for place, number_format in [("A1", "General"), ("B1", "0%"), ("C1", "#,##0,"), ("D1", '"US$"0;(0)')]:
        sheet[place] = 5
        sheet[place].number_format = number_format
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions.group("B", "C", hidden=True)
    sheet["A4"] = 1
    stream = io.BytesIO()
    book.save(stream)
    read = only_sheet(stream.getvalue())
    assert dict(read.number_formats) == {(0, 1): "0%", (0, 2): "#,##0,", (0, 3): '"US$"0;(0)'}
    assert pickle.loads(pickle.dumps(read)) == read
    assert sorted(read.hidden_rows) == [2]
    assert sorted(read.hidden_columns) == [1, 2]


def test_numbers_in_hidden_lines_are_told() -> None:
    """Hidden lines without a number, such as a spacer, are nobody's concern."""
    for hidden, told in [(1, ["B1"]), (2, [])]:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["Revenue", 5])
        sheet.append(["Remark", None])
        sheet.row_dimensions[hidden].hidden = True
        stream = io.BytesIO()
        book.save(stream)
        findings = open_book(stream.getvalue(), "some.xlsx").findings
        assert [(one.check_id, one.cell) for one in findings] == [("FIL-11", cell) for cell in told]


@pytest.mark.parametrize(
    ("formula", "value", "told"),
    [
        ("RAND()*5", "5", ["A1"]),
        ("SUM(OFFSET(B1,0,0,2))", "5", ["A1"]),
        ("BRAND(1)", "5", []),
        ("SUM(B1:B2)", "5", []),
        ("RAND()", "", []),
    ],
)
def test_a_number_that_changes_by_itself_is_told(formula: str, value: str, told: list[str]) -> None:
    content = workbook({"A1": "=1+1", "B1": 2})
    cell = f"<f>{formula}</f><v>{value}</v>".encode()
    part = part_of(content, "xl/worksheets/sheet1.xml")
    old = part[part.index(b"<f>") : part.index(b"</c>", part.index(b"<f>"))]
    findings = open_book(with_part(content, "xl/worksheets/sheet1.xml", old, cell), "some.xlsx").findings
    assert [one.cell for one in findings if one.check_id == "NUM-04"] == told


def test_the_day_of_the_last_change_is_read() -> None:
    book = openpyxl.Workbook()
    stream = io.BytesIO()
    book.save(stream)
    changed = re.sub(
        rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2022-03-04T05:06:07Z", part_of(stream.getvalue(), CORE)
    )
    content = with_part(stream.getvalue(), CORE, part_of(stream.getvalue(), CORE), changed)
    assert open_book(content, "a.xlsx").modified_on == datetime.date(2022, 3, 4)
    assert open_book(b"a,b\n1,2\n", "a.csv").modified_on is None


def test_dates_counted_from_1904_are_right() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = datetime.datetime(2021, 12, 31)
    stream = io.BytesIO()
    book.save(stream)
    assert only_sheet(stream.getvalue()).value(0, 0) == datetime.date(2021, 12, 31)


def opendocument(table: str) -> bytes:
    names = ["office", "table", "text", "calcext"]
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    body = f'<table:table table:name="Income">{table}</table:table>'
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>{body}</office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return stream.getvalue()


NUMBER = '<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>'
BLANKS = '<table:table-cell table:number-columns-repeated="16000"/>'


def test_an_opendocument_spreadsheet_is_read() -> None:
    error = '<table:table-cell calcext:value-type="error" office:value-type="string"><text:p>#REF!</text:p></table:table-cell>'
    row = f"<table:table-row>{NUMBER}<table:table-cell/>{error}{BLANKS}</table:table-row>"
    hidden = f'<table:table-row table:visibility="collapse">{NUMBER}</table:table-row>'
    tail = f'<table:table-row table:number-rows-repeated="1048000">{BLANKS}</table:table-row>'
    book = open_book(opendocument(row + hidden + tail), "some.ods")
    assert book.sheets[0].rows[0][:3] == (5, None, "#ERROR")
    assert book.sheets[0].hidden_rows == {1}
    (finding,) = book.findings
    assert (finding.check_id, finding.cell) == ("FIL-11", "A2")


@pytest.mark.parametrize(
    "table",
    [
        f"<table:table-row>{BLANKS}{NUMBER}</table:table-row>",
        f'<table:table-row table:number-rows-repeated="4000000">{NUMBER}</table:table-row>',
        f"<table:table-row>{BLANKS.replace('16000', '900000000')}</table:table-row>",
    ],
)
def test_a_vast_opendocument_spreadsheet_is_refused(table: str) -> None:
    assert refusal(opendocument(table), "some.ods") == "FIL-04"


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
        (b"[1, 2]", "FIL-01"),
        (with_part(GOOD, "xl/workbook.xml", b'name="Hidden"', b'name="Income"'), "FIL-02"),
        (with_part(GOOD, SHEET, b"</row>", b""), "FIL-02"),
    ],
)
def test_refusal(content: bytes, check_id: str) -> None:
    assert refusal(content) == check_id


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 100)
    assert refusal(GOOD) == "FIL-03"


def test_styled_cells_without_content_do_not_count() -> None:
    far = b'<c r="XFD9" s="0"/></row></sheetData>'
    assert only_sheet(with_part(GOOD, SHEET, b"</row></sheetData>", far)).value(1, 1) == "Revenue"


@pytest.mark.parametrize(("column", "name"), [(0, "A1"), (25, "Z1"), (26, "AA1"), (701, "ZZ1"), (702, "AAA1")])
def test_address(column: int, name: str) -> None:
    assert address(0, column) == name


def test_a_worksheet_under_another_ending_is_scanned() -> None:
    links = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        far = archive.read(SHEET).replace(b'r="D2"', b'r="XFD1048576"')
    moved = with_part(GOOD, links, b"sheet1.xml", b"sheet1.dat")
    assert refusal(with_part(moved, "xl/worksheets/sheet1.dat", b"", far)) == "FIL-04"
