"""Faults of the file itself: cut, mislabelled, swollen, hostile."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import cache

from faults.clean import BODY, HEADER, Cell, clean, csv_bytes, xlsx
from faults.fault import Injected, Outcome, fault, nothing, one
from faults.legacy import encrypted, xls

SHEET_1 = "xl/worksheets/sheet1.xml"
MACROS = "annual-report-2019.xlsm"


@cache
def good() -> bytes:
    """The clean workbook."""
    return xlsx(clean())


def repacked(content: bytes, change: dict[str, bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """A workbook with some parts replaced and some added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for path in source.namelist():
            target.writestr(path, change.get(path, source.read(path)))
        for path, part in (extra or {}).items():
            target.writestr(path, part)
    return stream.getvalue()


def part(content: bytes, path: str = SHEET_1) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(path)


def patched(old: bytes, new: bytes, path: str = SHEET_1, content: bytes | None = None) -> bytes:
    """A workbook with the first occurrence of some bytes of a part replaced."""
    before = part(content or good(), path)
    assert old in before, old
    return repacked(content or good(), {path: before.replace(old, new, 1)})


def with_rows(rows: str) -> bytes:
    """The clean workbook with rows added to its first sheet, as XML."""
    return patched(b"</sheetData>", rows.encode() + b"</sheetData>")


@fault(1, "container/truncated_xlsx", Outcome.REFUSED, "FIL-02")
def truncated_xlsx() -> Injected:
    return nothing(good()[: len(good()) * 4 // 10])


@fault(2, "container/truncated_csv", Outcome.REFUSED, "FIL-02")
def truncated_csv() -> Injected:
    content = csv_bytes(clean())
    return nothing(content[: content.rindex(b"174915425")], "annual-report-2019.csv")


@fault(3, "container/empty_file", Outcome.REFUSED, "FIL-02")
def empty_file() -> Injected:
    return nothing(b"")


@fault(4, "container/only_header", Outcome.REFUSED, "FIL-10")
def only_header() -> Injected:
    return nothing(xlsx({name: rows[HEADER:BODY] for name, rows in clean().items()}))


@fault(5, "container/csv_renamed_xlsx", Outcome.FLAGGED, "FIL-01")
def csv_renamed_xlsx() -> Injected:
    return one(csv_bytes(clean()))


@fault(6, "container/xls_renamed_xlsx", Outcome.FLAGGED, "FIL-01")
def xls_renamed_xlsx() -> Injected:
    return one(xls(clean()))


@fault(7, "container/html_renamed_xls", Outcome.FLAGGED, "FIL-01")
def html_renamed_xls() -> Injected:
    def row(cells: list[Cell]) -> str:
        return "<tr>" + "".join(f"<td>{'' if cell is None else cell}</td>" for cell in cells) + "</tr>"

    tables = "".join(f"<table>{''.join(map(row, rows))}</table>" for rows in clean().values())
    return one(f"<html><body>{tables.replace('&', '&amp;')}</body></html>".encode(), "annual-report-2019.xls")


@fault(8, "container/password_xlsx", Outcome.REFUSED, "FIL-06")
def password_xlsx() -> Injected:
    return nothing(encrypted())


@fault(9, "container/zip_bomb_entry", Outcome.REFUSED, "FIL-03")
def zip_bomb_entry() -> Injected:
    # Expansion stops at the limit, so that 60 MB of blanks stand for a gigabyte.
    return nothing(repacked(good(), {SHEET_1: b" " * 60_000_000}))


@fault(10, "container/zip_bomb_strings", Outcome.REFUSED, "FIL-03")
def zip_bomb_strings() -> Injected:
    return nothing(
        repacked(good(), {}, {"xl/sharedStrings.xml": b"<sst>" + b"<si><t>x</t></si>" * 3_200_000 + b"</sst>"})
    )


@fault(11, "container/zip_many_entries", Outcome.REFUSED, "FIL-03")
def zip_many_entries() -> Injected:
    return nothing(repacked(good(), {}, {f"xl/x{number}.xml": b"" for number in range(1001)}))


@fault(12, "container/zip_lying_sizes", Outcome.RIGHT)
def zip_lying_sizes() -> Injected:
    """The bytes are counted while they expand and checked against their sum, so that what is declared is of no matter."""
    content = bytearray(good())
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    return one(bytes(content))


@fault(13, "container/zip_slip", Outcome.REFUSED, "FIL-08")
def zip_slip() -> Injected:
    return nothing(repacked(good(), {}, {"../../evil.xml": b"x"}))


@fault(14, "container/nested_zip", Outcome.REFUSED, "FIL-07")
def nested_zip() -> Injected:
    return nothing(repacked(good(), {}, {"xl/media/inner.bin": good()}))


@fault(15, "container/sparse_corner", Outcome.REFUSED, "FIL-04")
def sparse_corner() -> Injected:
    return nothing(with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


@fault(16, "container/sparse_50k_x_2k", Outcome.REFUSED, "FIL-04")
def sparse_grid() -> Injected:
    return nothing(with_rows('<row r="50000"><c r="BXX50000"><v>1</v></c></row>'))


@fault(17, "container/huge_merge", Outcome.REFUSED, "FIL-04")
def huge_merge() -> Injected:
    return nothing(patched(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A3:Z200000"/></mergeCells>'))


@fault(18, "container/many_merges", Outcome.RIGHT)
def many_merges() -> Injected:
    merges = "".join(f'<mergeCell ref="H{row}:I{row}"/>' for row in range(1, 200_001))
    return one(patched(b"</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>".encode()))


@fault(19, "container/million_blank_rows", Outcome.RIGHT)
def million_blank_rows() -> Injected:
    return one(with_rows("".join([f'<row r="{row}" s="1"/>' for row in range(100, 1_048_577)])))


@fault(20, "container/lying_dimension", Outcome.RIGHT)
def lying_dimension() -> Injected:
    return one(patched(b'<dimension ref="A1:D', b'<dimension ref="A1:XFD1048576" x="'))


def _dtd(entities: str, use: str) -> bytes:
    sheet = part(good()).decode()
    at = sheet.index("<worksheet")
    sheet = f"{sheet[:at]}<!DOCTYPE w [{entities}]>{sheet[at:]}"
    return repacked(
        good(), {SHEET_1: sheet.replace("</sheetData>", f"<row><c><v>{use}</v></c></row></sheetData>").encode()}
    )


@fault(21, "xml/billion_laughs", Outcome.REFUSED, "FIL-05")
def billion_laughs() -> Injected:
    levels = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 9))
    return nothing(_dtd('<!ENTITY a0 "ha">' + levels, "&a8;"))


@fault(22, "xml/quadratic_blowup", Outcome.REFUSED, "FIL-05")
def quadratic_blowup() -> Injected:
    return nothing(_dtd(f'<!ENTITY a "{" ".join(map(str, range(30_000)))}">', "&a;" * 5_000))


@fault(23, "xml/external_entity", Outcome.REFUSED, "FIL-05")
def external_entity() -> Injected:
    return nothing(_dtd('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;"))


@fault(24, "xml/bad_part", Outcome.REFUSED, "FIL-02")
def bad_part() -> Injected:
    return nothing(patched(b"</row>", b""))


@fault(25, "container/macros", Outcome.REFUSED, "FIL-07")
def macros() -> Injected:
    return nothing(repacked(good(), {}, {"xl/vbaProject.bin": b"\x01"}), MACROS)


@fault(26, "container/external_links", Outcome.REFUSED, "FIL-07")
def external_links() -> Injected:
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    return nothing(repacked(good(), {}, {"xl/externalLinks/externalLink1.xml": link}))


@fault(27, "container/dde_formula", Outcome.REFUSED, "FIL-07")
def dde_formula() -> Injected:
    return nothing(with_rows('<row r="90"><c r="A90"><f>cmd|&apos;/c calc&apos;!A1</f><v>7</v></c></row>'))


# Names


@fault(28, "name/path_traversal", Outcome.REFUSED, "FIL-08")
def path_traversal() -> Injected:
    return nothing(csv_bytes(clean()), "..%2f..%2fx.csv")


@fault(29, "name/control_chars", Outcome.REFUSED, "FIL-08")
def control_chars() -> Injected:
    return nothing(csv_bytes(clean()), "report\u202e\n2019.csv")


@fault(30, "name/symlink", Outcome.LEFT_OUT, "FIL-08", stage="inbox")
def symlink() -> Injected:
    return Injected((("link.xlsx", b"SYMLINK"),), {})


@fault(31, "name/fifo", Outcome.LEFT_OUT, "FIL-08", stage="inbox")
def fifo() -> Injected:
    return Injected((("pipe.csv", b"FIFO"),), {})


@fault(32, "name/lock_file", Outcome.LEFT_OUT, stage="inbox")
def lock_file() -> Injected:
    return Injected((("~$annual-report-2019.xlsx", good()), ("half.part", good()), ("half.tmp", good())), {})


@fault(33, "name/case_twins", Outcome.FLAGGED, "FIL-09", stage="build")
def case_twins() -> Injected:
    return Injected((("A.xlsx", good()), ("a.xlsx", good())))


@fault(34, "name/unicode_twins", Outcome.FLAGGED, "FIL-09", stage="build")
def unicode_twins() -> Injected:
    return Injected((("r\u00e9sum\u00e9.xlsx", good()), ("re\u0301sume\u0301.xlsx", good())))
