"""Files that attack a reader: each is refused, or read within 512 MiB and a few seconds, in a process with limits."""

from __future__ import annotations

import io
import resource
import struct
import sys
import zipfile

import pytest

from valuenet_pipeline.extract.container import open_book
from valuenet_pipeline.extract.grid import Refused
from valuenet_pipeline.extract.worker import Limits, WorkerFailed, run_limited

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
WORKBOOK = (
    f'<workbook {MAIN} xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    f'<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>"
)
ROOT = (
    f'<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
GOOD_ROW = '<row r="1"><c r="A1"><v>7</v></c></row>'
MEMORY = 512 * 1024**2
SECONDS = 30


def sheet(rows: str, after: str = "", before: str = "") -> str:
    return f"{before}<worksheet {MAIN}><sheetData>{rows}</sheetData>{after}</worksheet>"


def xlsx(worksheet: str | bytes, extra: dict[str, str | bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr("xl/worksheets/sheet1.xml", worksheet)
        for path, text in (extra or {}).items():
            archive.writestr(path, text)
    return stream.getvalue()


def cell(place: str) -> str:
    return f'<c r="{place}"><v>1</v></c>'


def dtd(entities: str, use: str) -> bytes:
    row = f'<row r="1"><c r="A1" t="str"><v>{use}</v></c></row>'
    return xlsx(sheet(row, before=f"<!DOCTYPE w [{entities}]>"))


def lying_sizes() -> bytes:
    content = bytearray(xlsx(sheet(GOOD_ROW + " " * 50_000)))
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    return bytes(content)


def outcome(content: bytes) -> str:
    """The check that refuses the file, or "read"; and the memory that this process grew by, in the child."""
    before = peak()
    try:
        cells = [value for sheet in open_book(content, "file.xlsx").sheets for row in sheet.rows for value in row]
        told = f"read {cells[0] if cells else None}"
    except Refused as refused:
        told = refused.check_id
    grown = peak() - before
    return told if grown < MEMORY else f"{told}, but took {grown:,} bytes"


def peak() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def opened(content: bytes) -> str:
    result = run_limited(outcome, content, Limits(memory_bytes=1024**3, cpu_seconds=SECONDS, wall_seconds=SECONDS))
    assert not isinstance(result, WorkerFailed), result.reason
    return result


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
ODS_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
)
ODS_CELL = '<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
ROWS_REPEATED = ODS_CELL.replace("row>", 'row table:number-rows-repeated="1048576">', 1).replace(
    "-cell ", '-cell table:number-columns-repeated="16384" '
)


def ods(rows: str, extra: dict[str, str] | None = None, before: str = "") -> bytes:
    stream = io.BytesIO()
    table = f'<table:table table:name="S">{rows}</table:table>'
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
        archive.writestr(
            "content.xml", f"{before}<office:document-content {ODS_NAMES}>{body}</office:document-content>"
        )
        for path, text in (extra or {}).items():
            archive.writestr(path, text)
    return stream.getvalue()


SMALL: dict[str, tuple[bytes, str]] = {
    "sparse corner": (
        xlsx(sheet(f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>')),
        "FIL-04",
    ),
    "sparse 50k x 2k": (xlsx(sheet(f'<row r="1">{cell("A1")}</row><row r="50000">{cell("BXX50000")}</row>')), "FIL-04"),
    "16,384 columns": (xlsx(sheet(f'<row r="1">{cell("A1")}{cell("XFD1")}</row>')), "FIL-04"),
    "row beyond any": (xlsx(sheet(f'<row r="9999999">{cell("A9999999")}</row>')), "FIL-04"),
    "hidden by a prefix": (xlsx(sheet('<x:row xmlns:x="x"><x:c r="XFD99999"><v>1</v></x:c></x:row>')), "FIL-04"),
    "hidden by apostrophes": (xlsx(sheet("<row r='1'><c r='XFD99999'><v>1</v></c></row>")), "FIL-04"),
    "hidden by attributes": (xlsx(sheet('<row r="1"><c s="0" r="XFD99999"><v>1</v></c></row>')), "FIL-04"),
    "huge merge": (xlsx(sheet(GOOD_ROW, '<mergeCells><mergeCell ref="A3:Z200000"/></mergeCells>')), "FIL-04"),
    "lying dimension": (
        xlsx(sheet(GOOD_ROW).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')),
        "read 7",
    ),
    "billion laughs": (dtd(LAUGHS, "&a8;"), "FIL-05"),
    "quadratic blow-up": (dtd(f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 5_000), "FIL-05"),
    "external entity": (dtd('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;"), "FIL-05"),
    "late document type": (xlsx(sheet(GOOD_ROW) + "<!-- " + " " * 9000 + "--><!DOCTYPE w>"), "FIL-05"),
    "utf-16 part": (xlsx(sheet(GOOD_ROW).encode("utf-16")), "FIL-05"),
    "utf-7 part": (xlsx('<?xml version="1.0" encoding="UTF-7"?>' + sheet(GOOD_ROW)), "FIL-05"),
    "bad part": (xlsx(sheet(GOOD_ROW).replace("</row>", "")), "FIL-02"),
    "lying sizes": (lying_sizes(), "read 7"),
    "zip slip": (xlsx(sheet(GOOD_ROW), {"../../evil.xml": "x"}), "FIL-08"),
    "backward slip": (xlsx(sheet(GOOD_ROW), {"xl\\..\\..\\evil.xml": "x"}), "FIL-08"),
    "nested archive": (xlsx(sheet(GOOD_ROW), {"xl/embeddings/a.xlsx": xlsx(sheet(GOOD_ROW))}), "FIL-07"),
    "dynamic data": (
        xlsx(sheet('<row r="1"><c r="A1"><f>cmd|&apos;/c calc&apos;!A1</f><v>7</v></c></row>')),
        "FIL-07",
    ),
    "a million columns of text": (b"Item" + b",1" * 1_000_000, "FIL-04"),
    "a million empty columns": (b"Item,1\nRevenue" + b"," * 1_000_000, "read Item"),
    "millions of blank lines": (b"\n" * 3_000_000, "FIL-04"),
    "millions of blank lines of an old machine": (b"\r" * 3_000_000, "FIL-04"),
    "millions of empty fields": (b",,,,,,,\n" * 900_000, "FIL-04"),
    "a field without end": (b"Item,1\n" + b"x" * 1_000_000, "FIL-14"),
    "tables in tables": (b"<table><tr><td>" * 1000, "FIL-04"),
    "a million columns of a page": (b"<table><tr>" + b"<td>1" * 1_000_000 + b"</table>", "FIL-04"),
    "a macro": (xlsx(sheet(GOOD_ROW), {"xl/vbaProject.bin": b"x"}), "FIL-07"),
    "an external link": (xlsx(sheet(GOOD_ROW), {"xl/externalLinks/externalLink1.xml": "<a/>"}), "FIL-07"),
    "an embedded object": (xlsx(sheet(GOOD_ROW), {"xl/embeddings/oleObject1.bin": b"x"}), "FIL-07"),
    "rows and columns repeated": (ods(ROWS_REPEATED), "FIL-04"),
    "macros of an open document": (ods(ODS_CELL, {"Basic/script-lb.xml": "<a/>"}), "FIL-07"),
    "entities of an open document": (ods(ODS_CELL, before=f"<!DOCTYPE a [{LAUGHS}]>"), "FIL-05"),
    "entities of an XML spreadsheet": (
        f'<?xml version="1.0"?><!DOCTYPE a [{LAUGHS}]><Workbook xmlns="{SPREADSHEETML}"/>'.encode(),
        "FIL-05",
    ),
    "a bar in a text": (xlsx(sheet('<row r="1"><c r="A1"><f>LEN("a|b")</f><v>7</v></c></row>')), "read 7"),
}


@pytest.mark.parametrize("kind", SMALL)
def test_small_attack(kind: str) -> None:
    content, expected = SMALL[kind]
    assert outcome(content) == expected


def test_calamine_is_never_asked_for_a_sparse_grid_by_another_name() -> None:
    """A worksheet under a name of its own is scanned like any other."""
    corner = sheet(f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>')
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS.replace("worksheets/sheet1.xml", "deep/data.dat"))
        archive.writestr("xl/deep/data.dat", corner)
    assert outcome(stream.getvalue()) == "FIL-04"


def test_one_entry_of_a_gigabyte() -> None:
    # 60 MB stand for a gigabyte: expansion stops at the limit, and the file is quicker to make.
    assert opened(xlsx(b" " * 60_000_000)) == "FIL-03"


def test_strings_that_expand_beyond_measure() -> None:
    strings = f"<sst {MAIN}>".encode() + b"<si><t>x</t></si>" * 2_000_000 + b"</sst>"
    assert opened(xlsx(sheet(GOOD_ROW), {"xl/sharedStrings.xml": strings})) == "FIL-03"


def test_many_entries() -> None:
    assert opened(xlsx(sheet(GOOD_ROW), {f"xl/x{number}.xml": "" for number in range(1500)})) == "FIL-03"


def test_many_merges_are_read() -> None:
    merges = "".join(f'<mergeCell ref="B{row}:C{row}"/>' for row in range(1, 200_001))
    assert opened(xlsx(sheet(GOOD_ROW, f"<mergeCells>{merges}</mergeCells>"))) == "read 7"


def test_a_million_blank_rows_are_read() -> None:
    rows = "".join([f'<row r="{row}" s="1"/>' for row in range(2, 1_048_577)])
    assert opened(xlsx(sheet(GOOD_ROW + rows))) == "read 7"


def test_blank_formatted_cells_do_not_count() -> None:
    rows = "".join([f'<row r="{row}"><c r="IV{row}" s="1"/></row>' for row in range(2, 200_000)])
    assert opened(xlsx(sheet(GOOD_ROW + rows))) == "read 7"


@pytest.mark.parametrize("piece", ["<c ", "<c>", '<c r="A1">', "<f", "<row hidden ", '<c r="A1" t="e" ', "<mergeCell "])
def test_unclosed_tags_cost_no_more_than_their_size(piece: str) -> None:
    assert opened(xlsx(sheet(GOOD_ROW + piece * 200_000) + '<f>|hidden="1"')) in ("FIL-02", "FIL-03", "FIL-04")
