"""Whatever the bytes: a book or a refusal, and never another error."""

from __future__ import annotations

import contextlib
import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from valuenet_pipeline.extract.container import open_book
from valuenet_pipeline.extract.grid import Book, Refused


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [["Item", "2021", "2020"], ["Revenue", 5, 0.5], ["Total", "=B2", "#REF!"]]:
        sheet.append(row)
    sheet["D1"] = datetime.date(2021, 12, 31)
    sheet["B2"].number_format = "#,##0"
    sheet.merge_cells("A5:B5")
    book.create_sheet("Notes").sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


WORKBOOK = workbook()
PAGE = b'<html><meta charset="gbk"><table><tr><td rowspan=2>a<td colspan=3>b<tr><td>1</table>'
XML = (
    b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table><Row ss:Index="2">'
    b'<Cell ss:Index="3"><Data ss:Type="Number">5</Data></Cell></Row></Table></Worksheet></Workbook>'
)
CSV = '项目,2021年\n营业收入,"1,000"\n资产总计,2\n'.encode("gb18030")
SETTINGS = settings(max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.too_slow])


def open_or_refuse(content: bytes, name: str = "some.xlsx") -> None:
    with contextlib.suppress(Refused):
        assert isinstance(open_book(content, name), Book)


def repacked(part: str, change: bytes, at: int, length: int) -> bytes:
    """The workbook with some bytes of one part replaced, under a right checksum."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as source, zipfile.ZipFile(stream, "w") as target:
        for entry in source.namelist():
            text = source.read(entry)
            place = at % (len(text) + 1)
            target.writestr(entry, text[:place] + change + text[place + length :] if entry == part else text)
    return stream.getvalue()


@SETTINGS
@given(
    st.binary(max_size=500),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<"]),
)
def test_random_bytes(content: bytes, signature: bytes) -> None:
    open_or_refuse(signature + content)


@SETTINGS
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_random_text(text: str, encoding: str) -> None:
    open_or_refuse(text.encode(encoding, errors="replace"))


@SETTINGS
@given(st.text(max_size=200))
def test_random_names(name: str) -> None:
    open_or_refuse(b"a,b\n1,2\n", name)


@SETTINGS
@given(st.data())
def test_truncated_and_flipped_files(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([WORKBOOK, PAGE, XML, CSV])))
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    open_or_refuse(bytes(content[: data.draw(st.integers(0, len(content)))]))


@SETTINGS
@given(
    st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]),
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from([b"<c ", b"</c>", b'"', b"<", b'r="A9"', b"<f>", b't="e"', b'hidden="1"', b"<!DOCTYPE"]),
    ),
    st.integers(0, 5000),
    st.integers(0, 12),
)
def test_mutated_parts(part: str, change: bytes, at: int, length: int) -> None:
    content = repacked(part, change, at, length)
    with contextlib.suppress(Refused):
        for sheet in open_book(content, "some.xlsx").sheets:
            assert dict(sheet.number_formats) == sheet.number_formats


@pytest.mark.parametrize("share", [0.1, 0.4, 0.9, 0.99])
def test_a_cut_workbook_is_refused(share: float) -> None:
    with pytest.raises(Refused, match="FIL-02"):
        open_book(WORKBOOK[: int(len(WORKBOOK) * share)], "some.xlsx")
