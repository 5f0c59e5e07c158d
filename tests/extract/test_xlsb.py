"""A binary workbook made record by record."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from valuenet_pipeline.extract.container import open_book
from valuenet_pipeline.extract.grid import Refused

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
LINKS = (
    f'<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
)
ROOT = (
    f'<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.bin"/></Relationships>'
)
REAL, ERROR = 5, 3


def record(kind: int, payload: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(payload)]) + payload


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row(number: int, *cells: bytes) -> bytes:
    return record(0, struct.pack("<I", number) + bytes(13)) + b"".join(cells)


def cell(kind: int, column: int, value: bytes) -> bytes:
    return record(kind, struct.pack("<II", column, 0) + value)


def xlsb(*rows: bytes) -> bytes:
    sheet = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Income"))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.bin", record(131) + record(143) + sheet + record(144) + record(132))
        archive.writestr("xl/_rels/workbook.bin.rels", LINKS)
        body = record(148, bytes(16)) + record(145) + b"".join(rows) + record(146)
        archive.writestr("xl/worksheets/sheet1.bin", record(129) + body + record(130))
    return stream.getvalue()


def test_cells_and_errors_are_read() -> None:
    book = open_book(xlsb(row(1, cell(REAL, 1, struct.pack("<d", 7.0)), cell(ERROR, 2, b"\x2a"))), "some.xlsb")
    (sheet,) = book.sheets
    assert (sheet.name, sheet.value(1, 1), sheet.value(1, 2)) == ("Income", 7, "#ERROR")
    assert book.findings == ()


def test_a_far_cell_is_refused() -> None:
    with pytest.raises(Refused, match="FIL-04"):
        open_book(xlsb(row(1_048_575, cell(REAL, 16_383, struct.pack("<d", 7.0)))), "some.xlsb")


def test_a_record_cut_short_is_refused() -> None:
    with pytest.raises(Refused):
        open_book(xlsb(b"\x05"), "some.xlsb")
