"""From the bytes of a file to a book of sheets: what the file is, told by its content, and who opens it.

Belongs here: signatures, the name, the choice of opener. Not here: any one format.
"""

from __future__ import annotations

import dataclasses
import re

from valuenet_pipeline.extract.archive import OLE_SIGNATURE, ZIP_SIGNATURES, expand
from valuenet_pipeline.extract.grid import Book, Refused
from valuenet_pipeline.extract.html import decode_html, is_html, open_html
from valuenet_pipeline.extract.limits import check_size, password_protected
from valuenet_pipeline.extract.opendocument import CONTENT, open_ods
from valuenet_pipeline.extract.spreadsheetml import is_spreadsheetml, open_spreadsheetml
from valuenet_pipeline.extract.text import decode_text, open_csv, unsupported
from valuenet_pipeline.extract.workbook import WORKBOOK, open_xls, open_xlsx
from valuenet_pipeline.extract.xlsb import BINARY_WORKBOOK, open_xlsb
from valuenet_pipeline.vocabulary import Finding

__all__ = ["decode_text", "open_book"]

_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_FOREIGN_SIGNATURES = (b"%PDF", b"{\\rtf", b"\x89PNG", b"MIME-Version:")
_MAX_NAME = 150
_UNSAFE_IN_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069/\\\\]|\\.\\.")
_SUFFIXES = {
    "an Excel workbook": (".xlsx", ".xlsm"),
    "an old Excel workbook": (".xls",),
    "a binary Excel workbook": (".xlsb",),
    "an OpenDocument spreadsheet": (".ods",),
    "an XML spreadsheet": (".xml",),
    "a web page": (".html", ".htm"),
    "delimited text": (".csv", ".tsv", ".txt", ".tab", ".psv"),
}


def open_book(content: bytes, name: str) -> Book:
    """The visible sheets of a file, told by its content and not by its name; raises Refused and nothing else."""
    _check_name(name)
    if not content:
        raise Refused("FIL-02", f"{name} is empty.", "Download or save the file again.")
    check_size(len(content), name)
    kind, book = _open(content, name)
    mismatch = _mismatch(kind, name)
    return dataclasses.replace(book, findings=(mismatch, *book.findings)) if mismatch else book


def _check_name(name: str) -> None:
    if len(name) > _MAX_NAME or _UNSAFE_IN_NAME.search(name):
        message = f"the file name {name[:80]!a} is not safe."
        raise Refused("FIL-08", message, f"Rename it: at most {_MAX_NAME} characters, no slashes, no hidden marks.")


def _open(content: bytes, name: str) -> tuple[str, Book]:
    if content.startswith(OLE_SIGNATURE):
        if _ENCRYPTED_STREAM in content:
            raise password_protected(name)
        return "an old Excel workbook", open_xls(content, name)
    if content.startswith(ZIP_SIGNATURES):
        return _open_archive(content, name)
    if content.startswith(_FOREIGN_SIGNATURES):
        raise unsupported(name)
    return _open_text(content, name)


def _open_archive(content: bytes, name: str) -> tuple[str, Book]:
    parts = expand(content, name)
    if WORKBOOK in parts:
        return "an Excel workbook", open_xlsx(parts, name)
    if BINARY_WORKBOOK in parts:
        return "a binary Excel workbook", open_xlsb(parts, name)
    if CONTENT in parts:
        return "an OpenDocument spreadsheet", open_ods(parts, name)
    raise Refused("FIL-01", f"{name} is an archive without a workbook.", "Save it as .xlsx or .csv.")


def _open_text(content: bytes, name: str) -> tuple[str, Book]:
    is_markup = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    text = decode_html(content, name) if is_markup else decode_text(content, name)
    if is_spreadsheetml(text):
        return "an XML spreadsheet", open_spreadsheetml(text, name)
    if is_html(text):
        return "a web page", Book(tuple(open_html(text, name)))
    if text.lstrip().startswith(("<", "{", "[")):
        raise unsupported(name)
    return "delimited text", Book((open_csv(text, name),))


def _mismatch(kind: str, name: str) -> Finding | None:
    suffix = re.search(r"\.[^.]*\Z", name.lower())
    if suffix is None or suffix[0] in _SUFFIXES[kind]:
        return None
    message = f"the name ends in {suffix[0]}, but the content is {kind}"
    return Finding("FIL-01", "info", message, f"rename it to {_SUFFIXES[kind][0]}")
