"""A zip archive to its checked parts, and back to an archive that holds nothing else.

Belongs here: expansion that is counted, names, nesting, active content, document types. Not here: cells.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from xml.parsers import expat

from valuenet_pipeline.extract import limits
from valuenet_pipeline.extract.grid import Refused
from valuenet_pipeline.extract.limits import password_protected, unreadable

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_NESTED_SIGNATURES = (b"PK\x03\x04", b"Rar!\x1a", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", OLE_SIGNATURE)
_ACTIVE_PARTS = ("vbaproject.bin", "externallinks/", "oleobject", "activex", "macrosheets/", "basic/script")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_XML_ENDINGS = (".xml", ".rels", ".vml")
_ENCODING = re.compile(rb"""\A\s*(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_ENCODING_NAME = re.compile(rb"""\sencoding\s*=\s*["'][^"']*["']""")
_UNREAD_PARTS = ("customxml/",)
"""Data of other programs, which no reader of sheets looks at."""
_PLAIN_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")

_LOCAL_LENGTHS = struct.Struct("<HH")
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_SIZE = 30
_LENGTHS_OFFSET = 26
_VERSION, _UTF8_NAMES, _FIRST_DAY = 20, 0x800, 0x21
"""Zip 2.0, names in UTF-8, 1980-01-01."""

Parts = Mapping[str, bytes]
"""Expanded parts by lower-case path with forward slashes."""


def expand(content: bytes, name: str) -> dict[str, bytes]:
    """The parts; every entry is expanded and counted, whatever its header says; raises Refused."""
    parts: dict[str, bytes] = {}
    remaining = limits.MAX_EXPANDED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
        _check_entries(entries, name)
        for entry in entries:
            text = _expand_entry(content, entry, remaining, name)
            remaining -= len(text)
            parts[_part_key(entry.filename)] = text
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(name, error) from error
    for part, text in parts.items():
        _check_part(part, text, name)
    return parts


def pack(parts: Parts) -> bytes:
    """An uncompressed archive of the parts, so that a parser sees the very bytes that were checked."""
    body: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for path, text in parts.items():
        key = path.encode()
        sizes = (zlib.crc32(text), len(text), len(text), len(key), 0)
        body += [_LOCAL_HEADER.pack(b"PK\x03\x04", _VERSION, _UTF8_NAMES, 0, 0, _FIRST_DAY, *sizes), key, text]
        versions = (b"PK\x01\x02", _VERSION, _VERSION, _UTF8_NAMES, 0, 0, _FIRST_DAY)
        directory += [_CENTRAL_HEADER.pack(*versions, *sizes, 0, 0, 0, 0, offset), key]
        offset += _LOCAL_SIZE + len(key) + len(text)
    listing = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listing), offset, 0)
    return b"".join([*body, listing, end])


def check_well_formed(text: bytes, place: str) -> None:
    """Refuse XML whose tags do not close: some parsers read on past the damage.

    Where the counts of tags agree, as in every ordinary part, no parser needs to look.
    """
    closing = text.count(b"</")
    if text.count(b"<") == 2 * closing + text.count(b"/>") + text.startswith((b"<?xml", b"\xef\xbb\xbf<?xml")):
        return
    try:
        expat.ParserCreate().Parse(text, True)
    except expat.ExpatError as error:
        raise unreadable(place, error) from error


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > limits.MAX_ENTRIES:
        message = f"{name} holds {len(entries):,} parts; the limit is {limits.MAX_ENTRIES:,}."
        raise Refused("FIL-03", message, "Save the sheets with statements as a new workbook.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise password_protected(name)
    keys = [_part_key(entry.filename) for entry in entries]
    if len(set(keys)) < len(keys):
        raise Refused("FIL-02", f"{name} holds two parts of one name.", "Save the workbook again as .xlsx.")
    _check_keys(keys, name)


def _check_keys(keys: Iterable[str], name: str) -> None:
    for key in keys:
        if ".." in key.split("/"):
            message = f"{name} holds a part whose path leaves the archive: {key[:80]!a}."
            raise Refused("FIL-08", message, "Save the workbook again with a spreadsheet program.")
        if any(active in key for active in _ACTIVE_PARTS):
            message = f"{name} holds a macro, an external link or an embedded object: {key[:80]!a}."
            raise Refused("FIL-07", message, "Save the values alone as a new .xlsx.")


def _part_key(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").lower()


def _expand_entry(content: bytes, entry: zipfile.ZipInfo, remaining: int, name: str) -> bytes:
    name_length, extra_length = _LOCAL_LENGTHS.unpack_from(content, entry.header_offset + _LENGTHS_OFFSET)
    start = entry.header_offset + _LOCAL_SIZE + name_length + extra_length
    packed = content[start : start + entry.compress_size]
    limit = min(remaining, limits.MAX_ENTRY_BYTES)
    if entry.compress_type == zipfile.ZIP_STORED:
        text, is_whole = packed, len(packed) == entry.compress_size
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        limit = min(limit, max(limits.FREE_ENTRY_BYTES, limits.MAX_EXPANSION * len(packed)))
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        text = inflater.decompress(packed, limit + 1)
        is_whole = inflater.eof or len(text) > limit
    else:
        raise NotImplementedError(f"compression method {entry.compress_type}")
    if len(text) > limit:
        message = f"{name} expands to more than {limit:,} bytes in {entry.filename[:80]!a}."
        raise Refused("FIL-03", message, "Save the sheets with statements as a new workbook.")
    if not is_whole or zlib.crc32(text) != entry.CRC:
        raise _damaged(name, f"the part {entry.filename[:80]!a} does not match its checksum")
    return text


def _damaged(name: str, error: BaseException | str) -> Refused:
    message = f"{name} is truncated or damaged: {error}."
    return Refused("FIL-02", message, "Download the file again, or save it again as .xlsx.")


def _check_part(part: str, text: bytes, name: str) -> None:
    """Refuse archives in archives, document types, and encodings in which those or an address could hide."""
    if text.startswith(_NESTED_SIGNATURES):
        raise Refused("FIL-07", f"{name} holds another file in {part[:80]!a}.", "Save the values alone as a new .xlsx.")
    if not part.endswith(_XML_ENDINGS) and not text[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return
    if part.startswith(_UNREAD_PARTS) and text.startswith(_UTF16_MARKS):  # as document management systems write them
        text = _ENCODING_NAME.sub(b"", text.decode("utf-16", errors="replace").encode())
    declared = _ENCODING.match(text[:200])
    is_plain = declared is None or declared[1].lower() in _PLAIN_ENCODINGS
    if not is_plain or text.startswith(_UTF16_MARKS) or b"\0" in text:
        message = f"{name} holds {part[:80]!a} in another encoding than UTF-8."
        raise Refused("FIL-05", message, "Save it again as .xlsx.")
    # One search for the start that a declaration shares with comments spares two in nearly every part.
    if b"<!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
        message = f"{name} declares a document type in {part[:80]!a}."
        raise Refused("FIL-05", message, "Save the workbook again with a spreadsheet program.")
