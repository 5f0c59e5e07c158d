"""Delimited text: encodings told apart or refused, one delimiter, rows that agree."""

from __future__ import annotations

import pytest

from valuenet_pipeline.extract.container import open_book
from valuenet_pipeline.extract.grid import CellValue, Refused
from valuenet_pipeline.extract.text import decode_text

SIMPLIFIED = "报表项目,2021年,2020年\n营业总收入,100,90\n资产总计,50,40\n负债合计,20,10\n归属于母公司股东的净利润,5,4\n"
TRADITIONAL = "報表項目,2021年,2020年\n營業收入,100,90\n資產總計,50,40\n負債合計,20,10\n歸屬於母公司股東的淨利潤,5,4\n"


def rows(content: bytes | str) -> tuple[tuple[CellValue, ...], ...]:
    encoded = content.encode() if isinstance(content, str) else content
    (sheet,) = open_book(encoded, "some.csv").sheets
    return sheet.rows


def refusal(content: bytes | str) -> Refused:
    with pytest.raises(Refused) as caught:
        rows(content)
    return caught.value


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding), "some.csv") == text


def test_big5_is_told_from_gb18030() -> None:
    assert decode_text(TRADITIONAL.encode("cp950"), "some.csv") == TRADITIONAL
    assert rows("資產,1\n".encode("cp950"))[0][0] == "資產"
    assert rows("资产,1\n".encode("gb18030"))[0][0] == "资产"


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        (b"item,2021\ncaf\xe9 sales,1\n", "13"),
        (b"item,2021\nrevenue \x96 net,1\n", "18"),
        ("项目,2021\n收入".encode() + b"\x96A,1\n", "18"),
        ("Überschuss,Erlöse,Größe\n".encode("latin-1"), "0"),
        ("収益,売上げ,ひらがなとカタカナ\n".encode("shift_jis"), "0"),
        (b"a,b\n\xff\xff,1\n", "4"),
        (b"\xef\xbb\xbfa,b\n\xb2\xfa,1\n", "7"),
    ],
)
def test_doubtful_bytes_are_refused_with_their_offset(content: bytes, offset: str) -> None:
    refused = refusal(content)
    assert refused.check_id == "FIL-13"
    assert f"offset {offset} " in refused.message


def test_bytes_that_mean_something_in_two_encodings_are_refused() -> None:
    both = "货计,1\n".encode("gb18030")
    assert both.decode("cp950") == "億數,1\n"
    assert refusal(both).check_id == "FIL-13"


@pytest.mark.parametrize("content", [b"a,b\n1,\x002\n", b"a,b\n\x01,2\n", b"%PDF-1.7\n1,2\n", b"\0a\0b\0c\0"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    assert refusal(content).check_id == "FIL-01"


def test_a_destroyed_character_is_refused() -> None:
    assert refusal("item,2021\nreven\ufffde,1\n").check_id == "FIL-13"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(mark: str) -> None:
    table = [["item", "2021", "2020"], ["revenue", "1.5", "2"], ["other", "", "3"]]
    assert rows("\n".join(map(mark.join, table)) + "\n") == (
        ("item", "2021", "2020"),
        ("revenue", "1.5", "2"),
        ("other", None, "3"),
    )


def test_decimal_commas_do_not_hide_the_semicolon() -> None:
    assert rows("Posten;2021;2020\nErlös;1,5;2,5\nKosten;3,5;4,5\n")[1] == ("Erlös", "1,5", "2,5")


def test_indents_by_tab_do_not_make_a_tab_file() -> None:
    text = 'name,2021,2020\nRevenue,"1,000","900"\n\tServices,"1","2"\n\t\tOnline,"3","4"\n\u3000Other,5,6\n'
    assert [row[0] for row in rows(text)] == ["name", "Revenue", "\tServices", "\t\tOnline", "\u3000Other"]


def test_the_declared_delimiter_counts_and_keeps_its_row() -> None:
    assert rows("sep=;\nitem;2021\nrevenue, net;5\n") == ((), ("item", "2021"), ("revenue, net", "5"))


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_and_quoted_breaks(end: str) -> None:
    assert rows(f'item,2021{end}"Trade\nreceivables",5{end}Cash,6\n') == (
        ("item", "2021"),
        ("Trade\nreceivables", "5"),
        ("Cash", "6"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Company,,\n(in millions),,\n\nitem,2021,2020\nrevenue,1,2\n",
        "Company\nin millions\nitem,2021,2020\nrevenue,1,2\ncost,3,4\n",
        "item,2021,2020,\nrevenue,1,2,\ncost,3,4,\n\t\t\n",
        "item,2021,2020\nrevenue,1,2\ncost,3,4,\nprofit,5,6\n",
        "a,b\n1,2\n3,4\n\na,b,c,d\n1,2,3,4\n5,6,7,8\n",
        "a,b\n1,2\n3,4\na,b,c,d\n1,2,3,4\n5,6,7,8\n9,9,9,9\n",
        "item,2021\nrevenue,1\ncost,2\n\nSource: company, annual report, page 5\n",
        "item,2021,2020,2019\nrevenue,1\ncost,2,3\nprofit,1\n",
        "item,2021\nrevenue,1",
    ],
)
def test_widths_that_real_exports_have(text: str) -> None:
    assert rows(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("item,2021,2020\nrevenue,1,2\ncost,1,234,4\nprofit,5,6\n", 3),
        ("item,2021,2020\nrevenue,1,2\ncost,3,4\nprofit,5,678,6\n", 4),
        ("item,2021,2020\nrevenue,1,2\ncost,,3,4\nprofit,5,6\ntax,7,8\n", 3),
        ('item,2021\n"reve"nue,1\n', 2),
        ('item,2021\nrevenue,1\n"cost,2\nprofit,3\n', 3),
        ('item,2021\nrevenue",1\ncost,2\n', 2),
        ("item;2021;2020\nrevenue;1;2\ncost,3,4\nprofit,5,6\n", 3),
    ],
)
def test_rows_that_disagree_are_refused_with_their_line(text: str, line: int) -> None:
    refused = refusal(text)
    assert refused.check_id == "FIL-14"
    assert f"line {line}" in refused.message


@pytest.mark.parametrize("text", ["item,2021,2020\nrevenue,1,2\ncost,3", "item,2021\nrevenue,1\nTotal ass"])
def test_a_file_cut_inside_a_row_is_refused(text: str) -> None:
    assert refusal(text).check_id == "FIL-02"


def test_a_cell_that_starts_a_program_is_refused() -> None:
    assert refusal("item,2021\n=cmd|'/c calc'!A1,5\n").check_id == "FIL-07"


def test_a_long_line_is_refused() -> None:
    assert refusal("9" * 200_000).check_id == "FIL-14"
