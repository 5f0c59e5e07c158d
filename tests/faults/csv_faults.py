"""Faults of delimited text: delimiters, quotes, encodings, line ends."""

from __future__ import annotations

from faults.clean import TRUTH, Sheets, Truth, chinese, clean, csv_bytes, text
from faults.fault import Injected, Outcome, fault, nothing, one

NAME = "annual-report-2019.csv"
UNSEGMENTED: Truth = {key: value for key, value in TRUTH.items() if not key[1]}
"""The Chinese extract prints no segments."""
TRADITIONAL = str.maketrans(
    "于种业东产债净务动单发变响团对属币应归总损换数无权汇润现税筹经营计负财账货贷费资赎转银销长项预额价优并余",
    "於種業東產債淨務動單發變響團對屬幣應歸總損換數無權匯潤現稅籌經營計負財賬貨貸費資贖轉銀銷長項預額價優併餘",
)


def _text(delimiter: str) -> Injected:
    return one(csv_bytes(clean(), delimiter), NAME)


@fault(45, "csv/semicolon", Outcome.RIGHT)
def semicolon() -> Injected:
    return _text(";")


@fault(46, "csv/tab", Outcome.RIGHT)
def tab() -> Injected:
    return _text("\t")


@fault(47, "csv/pipe", Outcome.RIGHT)
def pipe() -> Injected:
    return _text("|")


@fault(48, "csv/mixed_delimiter", Outcome.REFUSED, "FIL-14")
def mixed_delimiter() -> Injected:
    lines = text(clean(), ";").splitlines()
    return nothing(
        "\n".join([*lines[:9], *(line.replace(";", ",") for line in lines[9:]), ""]).encode(), NAME, "line 10"
    )


@fault(49, "csv/quoted_newline", Outcome.RIGHT)
def quoted_newline() -> Injected:
    return one(text(clean()).replace("Trade receivables", '"Trade\nreceivables"').encode(), NAME)


def _quoted() -> str:
    return text(clean()).replace("Trade receivables", '"Trade receivables"').replace("Inventories", '"Inventories"')


@fault(50, "csv/unbalanced_quote", Outcome.REFUSED, "FIL-14")
def unbalanced_quote() -> Injected:
    broken = _quoted().replace('"Trade receivables"', '"Trade receivables')
    return nothing(broken.encode(), NAME, "line")


@fault(51, "csv/ragged_row", Outcome.REFUSED, "FIL-14")
def ragged_row() -> Injected:
    return nothing(text(clean()).replace("32585438", "32,585438").encode(), NAME, "5 fields")


@fault(52, "csv/bom_utf8", Outcome.RIGHT)
def bom_utf8() -> Injected:
    return one(csv_bytes(clean(), encoding="utf-8-sig"), NAME)


def _chinese(encoding: str, sheets: Sheets | None = None) -> Injected:
    return one(csv_bytes(sheets or chinese(), encoding=encoding), NAME, truth=UNSEGMENTED)


@fault(53, "csv/gbk", Outcome.RIGHT)
def gbk() -> Injected:
    return _chinese("gb18030")


@fault(54, "csv/utf16", Outcome.RIGHT)
def utf16() -> Injected:
    return _chinese("utf-16")


@fault(55, "csv/big5", Outcome.RIGHT)
def big5() -> Injected:
    return one(text(chinese()).translate(TRADITIONAL).encode("big5"), NAME, truth=UNSEGMENTED)


@fault(56, "csv/latin1_bytes", Outcome.REFUSED, "FIL-13")
def latin1_bytes() -> Injected:
    content = csv_bytes(clean()).replace(b"Gross profit", b"Gross \x96 profit")
    return nothing(content, NAME, f"{content.index(0x96):,}")


@fault(57, "csv/crlf_cr", Outcome.RIGHT)
def line_ends() -> Injected:
    lines = text(clean()).splitlines()
    return one("".join(line + ("\r\n", "\n")[number % 2] for number, line in enumerate(lines)).encode(), NAME)


@fault(58, "csv/nul_bytes", Outcome.REFUSED, "FIL-01")
def nul_bytes() -> Injected:
    return nothing(csv_bytes(clean()).replace(b"Gross", b"Gr\0ss"), NAME)


@fault(59, "csv/long_line", Outcome.REFUSED, "FIL-03")
def long_line() -> Injected:
    return nothing(b"9" * 60_000_000, NAME)
