"""An old binary workbook (BIFF8 in an OLE compound file), written byte by byte: no library at hand writes one."""

from __future__ import annotations

import struct

from faults.clean import Sheets

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SMALLEST_STREAM = 4096
"""Streams below this size would stand in a mini stream; ours are padded to it."""


def _record(kind: int, payload: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(payload)) + payload


def _wide(text: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    return _record(0x0204, place + _wide(str(value), "H"))


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _body(rows: list[list[object]]) -> bytes:
    cells = b"".join(
        _cell(number, column, value)
        for number, row in enumerate(rows)
        for column, value in enumerate(row)
        if value is not None
    )
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    return _begin(0x0010) + _record(0x0200, size) + cells + _record(0x000A)


def _workbook(sheets: Sheets) -> bytes:
    bodies = [_body(rows) for rows in sheets.values()]
    font = _record(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _wide("Arial", "B"))
    formats = _record(0x00E0, struct.pack("<HHH", 0, 0, 0) + bytes(14)) * 16
    head = _begin(0x0005) + _record(0x0042, struct.pack("<H", 0x04B0)) + font + formats
    lengths = [len(_record(0x0085, bytes(6) + _wide(name, "B"))) for name in sheets]
    offset = len(head) + sum(lengths) + len(_record(0x000A))
    index = b""
    for name, body in zip(sheets, bodies, strict=True):
        index += _record(0x0085, struct.pack("<IH", offset, 0) + _wide(name, "B"))
        offset += len(body)
    return head + index + _record(0x000A) + b"".join(bodies)


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) if name else 0, kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file; streams in the order in which names of growing length sort."""
    padded = {name: stream.ljust(SMALLEST_STREAM, b"\0") for name, stream in streams.items()}
    counts = [-(-len(stream) // SECTOR) for stream in padded.values()]
    entries, start, chain = [], 1, [END]
    for number, (name, stream) in enumerate(padded.items()):
        right = number + 2 if number + 1 < len(padded) else FREE
        entries.append(_entry(name, 2, FREE, start, len(stream), right))
        chain += [*range(start + 1, start + counts[number]), END]
        start += counts[number]
    directory = _entry("Root Entry", 5, 1, END, 0) + b"".join(entries)
    directory = directory.ljust(SECTOR, b"\0")
    assert len(directory) == SECTOR
    tables = 1
    while tables * SECTOR // 4 < start + tables:
        tables += 1
    chain += [FAT] * tables
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * SECTOR, b"\xff")
    places = [*range(start, start + tables)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, 0, 0, 4096, END, 0, END, 0)
    header += struct.pack(f"<{tables}I", *places).ljust(109 * 4, b"\xff")
    content = b"".join(stream.ljust(-(-len(stream) // SECTOR) * SECTOR, b"\0") for stream in padded.values())
    return header + directory + content + fat


def xls(sheets: Sheets) -> bytes:
    """An .xls file of the sheets."""
    return compound({"Workbook": _workbook(sheets)})


def encrypted() -> bytes:
    """What a password makes of an .xlsx file: a compound file with the package encrypted inside."""
    return compound({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": bytes(range(256)) * 20})
