"""Archives: what is expanded, what is refused, and that the packed copy holds the same parts."""

from __future__ import annotations

import io
import zipfile

import pytest

from valuenet_pipeline.extract import limits
from valuenet_pipeline.extract.archive import check_well_formed, expand, pack
from valuenet_pipeline.extract.grid import Refused

PARTS = {"a.xml": b"<a/>", "deep/b.bin": b"\x01\x02" * 500, "空.xml": b"<b>text</b>"}


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
    return stream.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        expand(content, "some.xlsx")
    return caught.value.check_id


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_parts_survive_expansion_and_packing(method: int) -> None:
    assert expand(zipped(PARTS, method), "some.xlsx") == PARTS
    with zipfile.ZipFile(io.BytesIO(pack(PARTS))) as archive:
        assert archive.testzip() is None
        assert {path: archive.read(path) for path in archive.namelist()} == PARTS


@pytest.mark.parametrize(
    ("parts", "check_id"),
    [
        ({"../a.xml": b"<a/>"}, "FIL-08"),
        ({"xl/vbaProject.bin": b"x"}, "FIL-07"),
        ({"xl\\externalLinks\\externalLink1.xml": b"<a/>"}, "FIL-07"),
        ({"a.bin": zipped(PARTS)}, "FIL-07"),
        ({"a.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}, "FIL-07"),
        ({"a.xml": b"<a/>", "A.xml": b"<a/>"}, "FIL-02"),
        ({"a.xml": b" " * 200_000}, "FIL-03"),
        ({"a.xml": b"<a>" + b" " * 9000 + b"<!DOCTYPE a></a>"}, "FIL-05"),
        ({"a.dat": b"\n <!ENTITY a>"}, "FIL-05"),
        ({"a.xml": "<a/>".encode("utf-16")}, "FIL-05"),
        ({"customXml/item1.xml": "<!DOCTYPE a><a/>".encode("utf-16")}, "FIL-05"),
    ],
)
def test_refused_archives(parts: dict[str, bytes], check_id: str) -> None:
    assert refusal(zipped(parts)) == check_id


def test_data_of_other_programs_may_be_in_utf_16() -> None:
    parts = {"customxml/item1.xml": '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")}
    assert expand(zipped(parts), "some.xlsx") == parts


def test_a_changed_byte_is_found() -> None:
    content = bytearray(zipped(PARTS, zipfile.ZIP_STORED))
    content[content.find(b"text")] ^= 1
    assert refusal(bytes(content)) == "FIL-02"


def test_every_limit_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped(PARTS)
    for limit, value in [("MAX_ENTRIES", 2), ("MAX_ENTRY_BYTES", 999), ("MAX_EXPANDED_BYTES", 1003)]:
        with monkeypatch.context() as patch:
            patch.setattr(limits, limit, value)
            assert refusal(content) == "FIL-03"


@pytest.mark.parametrize("text", [b"<a><b/></a>", b'<?xml version="1.0"?><a><!-- > --><b>/></b></a>'])
def test_well_formed_parts_pass(text: bytes) -> None:
    check_well_formed(text, "part")


@pytest.mark.parametrize("text", [b"<a><b></a>", b"<a>", b"<a></a></a>"])
def test_a_missing_tag_is_found(text: bytes) -> None:
    with pytest.raises(Refused, match="FIL-02"):
        check_well_formed(text, "part")
