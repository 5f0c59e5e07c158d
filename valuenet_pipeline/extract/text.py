"""Delimited text to one sheet: its encoding, its delimiter, and rows that agree with each other.

Belongs here: CSV with any of four delimiters. Not here: HTML, JSON, what a cell means.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from valuenet_pipeline.extract.grid import CellValue, Refused, Sheet
from valuenet_pipeline.extract.limits import MAX_COLUMNS, MAX_ROWS, MAX_TEXT_CELLS

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 64 * 1024
_MIN_NUL_SHARE = 0.1
"""NULs per character from which text without a mark is taken as UTF-16: digits and delimiters alone give more."""

# The commonest characters of statements and of company data, in simplified and in traditional Chinese.
_FREQUENT = frozenset(
    "的一二三四五六七八九十百千万億亿元年月日度季期初末上本前后後至及与與和或其他它中大小不无無有是为為以于於在者等项項目"
    "资資产產负負债債权權益所有者股东東母公司合并併利润潤表现現金流量营營业業收入成本税稅费費用用总總额額净淨计計"
    "流动動非应應付预預收款存货貨固定在建工程形商誉譽长長投短借期待摊攤延递遞得持售交易性融衍生具同负盈余餘未分配"
    "储備储备儲备優优永续續少数數归歸属屬每基稀释釋变變综綜经經活筹籌购購处處置支出取销銷售劳勞务務提供到返还還"
    "职職工薪酬缴繳各偿償利息研发發管理财財减減值损損失公允价價汇匯兑兌影响響等物加减其单單位人民币幣美港台新臺"
    "报報告编編制制日名称稱代码碼证證券市场場行业業类類别別主要指标標率比同增长毛总周转轉审審准则則备備注註附科目"
    "会會企华華国國际際电電力集团團有限器械汽车車科技银銀信息北京上海深圳广廣州浙江苏蘇山东天津重庆慶四川福建南方"
    "面间間接直调調整节節内部外其余开開停终終止确確认認原因方法政府补補助租赁賃使用权合同承诺諾按照法下能重新类"
)
_MIN_FREQUENT_SHARE = 0.3
_LEAD = 2
"""How many times the share of one encoding must exceed that of the other."""
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')
_DECLARED = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)
_SAMPLE_LINES = 1000
_FIGURE = re.compile(r"[\s\"]*[-+(]?[\s$¥€£]*\d[\d.,' ]*[%)]?[\s\"]*")
_DYNAMIC_DATA = re.compile(r"(?:^|[,;\t\"])[=+@-][A-Za-z]\w*\|[^\r\n]*!", re.MULTILINE)
_MAX_RAGGED = 2


# Encodings


def decode_text(content: bytes, name: str) -> str:
    """The text without a byte order mark; raises Refused rather than deliver a wrong character."""
    text = _decode(content, name)
    if _CONTROL.search(text):
        raise unsupported(name)
    if "\ufffd" in text:
        message = f"{name} holds characters that an earlier conversion destroyed."
        raise Refused("FIL-13", message, "Export it again from the source as CSV in UTF-8.")
    return text


def unsupported(name: str) -> Refused:
    """The refusal of a format that nothing here opens."""
    return Refused("FIL-01", f"{name} is not a supported format.", "Save it as .xlsx or .csv.")


_PRIVATE = re.compile("[\ue000-\uf8ff]")
"""Characters that stand for nothing: no text of another encoding is read as holding them."""


def _decode(content: bytes, name: str) -> str:
    if content.startswith(_UTF16_MARKS):
        return _decode_as(content, "utf-16", name)
    if b"\0" in content:
        return _decode_as(content, _utf16_order(content, name), name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if content.startswith(_UTF8_MARK):
            raise _undecodable(name, "UTF-8", len(_UTF8_MARK) + error.start) from error
        return _decode_chinese(content, name, error.start)


def _decode_as(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(name, encoding.upper(), error.start) from error


def _utf16_order(content: bytes, name: str) -> str:
    """UTF-16 without a mark shows as NULs in every other place and nowhere else."""
    sample = content[: _SAMPLE // 2 * 2]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 2 * _MIN_NUL_SHARE
    if len(content) % 2 == 0 and first == 0 and second >= enough:
        return "utf-16-le"
    if len(content) % 2 == 0 and second == 0 and first >= enough:
        return "utf-16-be"
    raise unsupported(name)


def _decode_chinese(content: bytes, name: str, offset: int) -> str:
    """GB18030 or Big5, told by how many of its Chinese characters are frequent ones; `offset` is not UTF-8."""
    texts = {encoding: text for encoding in ("gb18030", "cp950") if (text := _decode_exactly(content, encoding))}
    texts = {encoding: text for encoding, text in texts.items() if not _PRIVATE.search(text)}
    if len(texts) == 1 and not any(
        character.isalpha() for character in next(iter(texts.values())) if character > "\x7f"
    ):
        return next(iter(texts.values()))  # spaces and marks alone, such as an ideographic space behind a label
    shares = {encoding: _frequent_share(text) for encoding, text in texts.items()}
    best = max(shares, key=lambda encoding: shares[encoding], default="")
    other = max((share for encoding, share in shares.items() if encoding != best), default=0.0)
    if not best or shares[best] < max(_MIN_FREQUENT_SHARE, _LEAD * other):
        raise _undecodable(name, "UTF-8, GB18030 or Big5", offset)
    return texts[best]


def _decode_exactly(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
        return text if text.encode(encoding) == content else None
    except UnicodeError:
        return None


def _frequent_share(text: str) -> float:
    """Of the characters beyond ASCII that are no punctuation, the share of frequent Chinese ones."""
    han = _HAN.findall(text)
    others = sum(not character.isascii() and character.isalpha() for character in text) - len(han)
    return sum(character in _FREQUENT for character in han) / max(len(han) + max(others, 0), 1)


def _undecodable(name: str, encoding: str, offset: int) -> Refused:
    message = f"{name} is not text in {encoding}: the byte at offset {offset:,} does not fit."
    return Refused("FIL-13", message, "Export it again from the source as CSV in UTF-8.")


# Rows


@dataclass(frozen=True)
class _Record:
    """One CSV record: the line it begins in (from 1), its fields, and how many up to the last that is not blank."""

    line: int
    fields: int
    width: int


def open_csv(text: str, name: str) -> Sheet:
    """The one sheet of a delimited text; raises Refused where delimiters, quotes or widths disagree."""
    if "|" in text and _DYNAMIC_DATA.search(text):
        raise Refused("FIL-07", f"{name} holds a cell that starts another program.", "Delete that cell.")
    declared = _DECLARED.match(text)
    delimiter = declared[1] if declared else _delimiter(text)
    _check_extent(text, delimiter, name)
    _check_one_delimiter(text, delimiter, name)
    rows, records = _parse(text, delimiter, name)
    _check_quotes(text, rows, records, name)
    _check_end(text, records, name)
    _check_widths(records, name)
    if declared:
        rows[0] = ()
    return Sheet("csv", tuple(rows))


def _check_extent(text: str, delimiter: str, name: str) -> None:
    """Refuse more lines or fields than a table has, before any of them is made."""
    rows = max(text.count("\n"), text.count("\r")) + 1
    fields = rows + text.count(delimiter)
    if rows > MAX_ROWS or fields > MAX_TEXT_CELLS:
        message = (
            f"{name} holds {rows:,} lines and {fields:,} fields; the limit is {MAX_ROWS:,} and {MAX_TEXT_CELLS:,}."
        )
        raise Refused("FIL-04", message, "Split the file by company or by year.")


def _delimiter(text: str) -> str:
    """The delimiter outside quotes that stands most evenly in the first lines; a comma if there is none."""
    lines = _sample_lines(text)

    def evenness(mark: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(mark)))
        return max(((agreeing, count) for count, agreeing in counts.items()), default=(0, 0))

    return max(_DELIMITERS, key=lambda mark: (evenness(mark)[0], evenness(mark)[1]))


def _sample_lines(text: str) -> list[str]:
    unquoted = _QUOTED.sub('""', text[:_SAMPLE])
    return [line for line in unquoted.splitlines()[:_SAMPLE_LINES] if line.strip()]


def _check_one_delimiter(text: str, delimiter: str, name: str) -> None:
    """Refuse lines of figures that another delimiter splits into as many fields as the table has."""
    lines = _QUOTED.sub('""', text).splitlines()
    counts = Counter(count for line in lines if (count := line.count(delimiter)))
    if not counts:
        return
    usual = counts.most_common(1)[0][0]
    for mark in _DELIMITERS.replace(delimiter, ""):
        strange = [
            number
            for number, line in enumerate(lines, 1)
            if delimiter not in line and line.count(mark) == usual and _holds_figure(line, mark)
        ]
        if len(strange) > 1 or (strange and usual > 1):
            first = next(number for number, line in enumerate(lines, 1) if delimiter in line)
            line_number = max(first, strange[0])
            message = f"{name} changes its delimiter at line {line_number}, between {delimiter!r} and {mark!r}."
            raise Refused("FIL-14", message, "Save the whole table with one delimiter.")


def _holds_figure(line: str, mark: str) -> bool:
    return any(_FIGURE.fullmatch(field) for field in line.split(mark)[1:])


def _parse(text: str, delimiter: str, name: str) -> tuple[list[tuple[CellValue, ...]], list[_Record]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[CellValue, ...]] = []
    records: list[_Record] = []
    begin = 0
    try:
        for fields in reader:
            row = tuple([field.rstrip() or None for field in fields])
            width = len(row)
            while width and row[width - 1] is None:
                width -= 1
            if width > MAX_COLUMNS:
                message = f"{name} holds {width:,} fields in line {begin + 1:,}; the limit is {MAX_COLUMNS:,}."
                raise Refused("FIL-04", message, "Keep the columns of the table alone.")
            rows.append(row)
            records.append(_Record(begin + 1, len(row), width))
            begin = reader.line_num
    except csv.Error as error:
        message = f"{name} is not valid CSV in the record that begins in line {begin + 1}: {error}."
        raise Refused("FIL-14", message, "Mend the quotes in that line, or save the table again.") from error
    return rows, records


def _check_quotes(text: str, rows: Sequence[tuple[CellValue, ...]], records: Sequence[_Record], name: str) -> None:
    """An odd number of quotes means that one is missing, though every record could be split."""
    if text.count('"') % 2 == 0:
        return
    for row, record in zip(rows, records, strict=True):
        if any(isinstance(cell, str) and cell.count('"') % 2 for cell in row):
            message = f"{name} has a quote without its pair in line {record.line}."
            raise Refused("FIL-14", message, "Mend the quotes in that line, or save the table again.")


def _check_end(text: str, records: Sequence[_Record], name: str) -> None:
    """A last row that is shorter than the one before it and has no line break was cut."""
    filled = [record for record in records if record.width]
    if len(filled) < 2 or text.endswith(("\n", "\r")) or records[-1] is not filled[-1]:
        return
    if filled[-1].fields < filled[-2].fields:
        message = f"{name} ends inside line {filled[-1].line}."
        raise Refused("FIL-02", message, "Download or export the file again.")


def _check_widths(records: Sequence[_Record], name: str) -> None:
    """Refuse one or two rows that hold values beyond the width of the rows on both sides of them.

    Blank rows part blocks; a block may begin with rows of any width, and any row may be as wide as an earlier one.
    Empty fields at a row's end do not count.
    """
    for is_filled, block in groupby(records, key=lambda record: record.width > 0):
        if is_filled:
            _check_block([list(run) for _, run in groupby(block, key=lambda record: record.fields)], name)


def _check_block(runs: Sequence[Sequence[_Record]], name: str) -> None:
    widest = 0
    for index in range(1, len(runs)):
        before, run = runs[index - 1], runs[index]
        widest = max(widest, before[0].fields)
        after = runs[index + 1] if index + 1 < len(runs) else None
        usual = before[0].fields
        is_enclosed = after is not None and after[0].fields == usual and len(run) <= _MAX_RAGGED
        # A last row may be a note; two agreeing rows before it make a table, whose rows all end alike.
        is_last = after is None and len(run) == 1 and len(before) > 1 and usual > 1
        if (is_enclosed or is_last) and max(record.width for record in run) > widest:
            message = f"{name} has {run[0].width} fields in line {run[0].line}, where the rows around it have {usual}."
            raise Refused("FIL-14", message, "Quote the field that holds a delimiter, or save the table again.")
