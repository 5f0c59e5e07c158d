"""HTML and XML spreadsheets, as exports name them .xls."""

from __future__ import annotations

import datetime

import pytest

from valuenet_pipeline.extract.container import open_book
from valuenet_pipeline.extract.grid import Refused

PAGE = """<html><head>{head}<style>td {{}}</style></head><body><p>no cell</p>
<table><tr><th>项目</th><th colspan=2>2021年</th></tr>
<tr><td rowspan="2">营业收入</td><td>1,000 </td><td>a&amp;b<br>c</td></tr>
<tr><td>2</td><td>&nbsp;</td></tr></table>
<table></table><TABLE><TR><TD>资产总计<TD>5</TABLE></body></html>"""


@pytest.mark.parametrize(
    ("encoding", "head"),
    [("utf-8", ""), ("utf-8-sig", ""), ("gb18030", '<meta charset="gb2312">'), ("gb18030", ""), ("utf-16", "")],
)
def test_tables_become_sheets(encoding: str, head: str) -> None:
    book = open_book(PAGE.format(head=head).encode(encoding), "statement.xls")
    assert [sheet.name for sheet in book.sheets] == ["table 1", "table 2"]
    assert book.sheets[0].rows == (
        ("项目", "2021年", None),
        ("营业收入", "1,000", "a&b c"),
        (None, "2", None),
    )
    assert book.sheets[1].rows == (("资产总计", "5"),)
    (finding,) = book.findings
    assert (finding.check_id, finding.severity) == ("FIL-01", "info")


@pytest.mark.parametrize(
    ("page", "check_id"),
    [
        ("<html></html>", "FIL-01"),
        ("<html><table></table></html>", "FIL-01"),
        ("<p>" + "<table><tr><td>" * 50, "FIL-04"),
        ("<table><tr>" + "<td>1" * 2000, "FIL-04"),
        ("<table><tr><td colspan=100000>1", "FIL-04"),
        ('<meta charset="utf-8"><table><tr><td>\udce9t', "FIL-13"),
    ],
)
def test_refused_pages(page: str, check_id: str) -> None:
    with pytest.raises(Refused) as caught:
        open_book(page.encode(errors="surrogateescape"), "page.html")
    assert caught.value.check_id == check_id


XML = """<?xml version="1.0" encoding="utf-8"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">
<Worksheet ss:Name="Income"><Table>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">Revenue</Data></Cell>
<Cell><Data ss:Type="Number">5</Data></Cell><Cell ss:Index="5"><Data ss:Type="Number">0.5</Data></Cell></Row>
<Row ss:Index="3" ss:Hidden="1"><Cell><Data ss:Type="Error">#REF!</Data></Cell>
<Cell><Data ss:Type="DateTime">2021-12-31T00:00:00.000</Data></Cell><Cell ss:Formula="=RC[-1]"/></Row>
</Table></Worksheet>
<Worksheet ss:Name="Notes"><Table/><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>"""


def test_an_xml_spreadsheet_is_read() -> None:
    book = open_book(XML.encode(), "statement.xls")
    (sheet,) = book.sheets
    assert sheet.name == "Income"
    assert sheet.rows == (
        ("Revenue", None, 5, None, 0.5),
        (),
        ("#ERROR", datetime.date(2021, 12, 31), "#NOVALUE"),
    )
    assert sheet.hidden_rows == {2}
    assert [finding.check_id for finding in book.findings] == ["FIL-01", "FIL-11"]


@pytest.mark.parametrize(
    ("old", "new", "check_id"),
    [
        ("<Workbook", "<!DOCTYPE x><Workbook", "FIL-05"),
        ('ss:Index="5"', 'ss:Index="16384"', "FIL-04"),
        ("</Workbook>", "", "FIL-02"),
        (">0.5<", ">half<", "FIL-02"),
    ],
)
def test_refused_xml_spreadsheets(old: str, new: str, check_id: str) -> None:
    with pytest.raises(Refused) as caught:
        open_book(XML.replace(old, new).encode(), "statement.xml")
    assert caught.value.check_id == check_id
