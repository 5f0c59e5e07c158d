from __future__ import annotations

import io

from openpyxl import Workbook

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract import Options, read_extract


def test_the_name_of_the_sheet_tells_the_unit_where_no_title_does() -> None:
    book = Workbook()
    book.remove(book.active)
    for name, title in (("利润表(万元)", None), ("资产负债表(万元)", "单位：百万元")):
        sheet = book.create_sheet(name)
        sheet.append([title])
        sheet.append(["项目", "2021年", "2022年"])
        sheet.append(["营业收入" if title is None else "资产总计", 100, 110])
    stream = io.BytesIO()
    book.save(stream)
    read = read_extract(stream.getvalue(), "x.xlsx", load_catalog(), None, Options(currency="CNY"))
    assert sorted(float(value) for value in read.lines.value) == [1e6, 1.1e6, 1e8, 1.1e8]
