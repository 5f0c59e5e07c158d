"""A clean extract: Xiaomi's statements of 2017 to 2019 as printed lines, as a workbook and as a text table.

Lines that the company breaks down further are gathered into "other" lines, so that every sum closes.
"""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Cell = object
Sheets = dict[str, list[list[Cell]]]
"""Rows of cells by sheet name."""
Key = tuple[str, str, int]
"""Concept, member (or "" for the whole) and fiscal year."""
Truth = Mapping[Key, Decimal]

YEARS = (2019, 2018, 2017)
INCOME, BALANCE, CASH, SEGMENT = "Income statement", "Balance sheet", "Cash flow", "Segment note"
HEADER = 7
"""0-based row of the years."""
BODY = HEADER + 2


@dataclass(frozen=True)
class Item:
    """A printed line: its figures in the printed sign and unit, and what they mean."""

    label: str
    zh: str
    concept: str
    figures: tuple[float, float, float]
    """2019, 2018, 2017."""
    is_deduction: bool = False
    """Printed negative, positive in its natural sign."""
    factor: int = 1000
    member: str = ""


def _cost(label: str, zh: str, concept: str, *figures: float) -> Item:
    return Item(label, zh, concept, figures, is_deduction=True)  # type: ignore[arg-type]


def _item(label: str, zh: str, concept: str, *figures: float) -> Item:
    return Item(label, zh, concept, figures)  # type: ignore[arg-type]


def _member(label: str, zh: str, member: str, *figures: float) -> Item:
    return Item(label, zh, "revenue", figures, member=member)  # type: ignore[arg-type]


Block = tuple[Item | tuple[str, str], ...]

# fmt: off
STATEMENTS: dict[str, Block] = {
    INCOME: (
        _item("Revenue", "营业收入", "revenue", 205838682, 174915425, 114624742),
        _cost("Cost of sales", "营业成本", "cost_of_sales", -177284649, -152723486, -99470537),
        _item("Gross profit", "毛利", "gross_profit", 28554033, 22191939, 15154205),
        _cost("Selling and marketing expenses", "销售费用", "selling_expenses", -10378073, -7993072, -5231540),
        _cost("Administrative expenses", "管理费用", "administrative_expenses", -3103901, -12099078, -1216110),
        _cost("Research and development expenses", "研发费用", "research_and_development_expenses",
              -7492554, -5776826, -3151401),
        _item("Fair value changes on investments measured at fair value through profit or loss", "以公允价值计量且其变动计入损益的投资公允价值变动",
              "fair_value_changes_on_investments", 3813012, 4430359, 6371098),
        _item("Share of profits/(losses) of investments accounted for using the equity method", "按权益法入账之投资分占收益",
              "share_of_profit_of_associates", -671822, -614920, -231496),
        _item("Other income", "其他收入", "other_income", 1265921, 844789, 448671),
        _item("Other (losses)/gains, net", "其他收益净额", "other_gains_net", -226399, 213281, 72040),
        _item("Operating profit", "营业利润", "operating_profit", 11760217, 1196472, 12215467),
        _item("Finance income, net", "财务收入净额", "finance_income_net", 402429, 216373, 26784),
        _item("Fair value changes of convertible redeemable preferred shares", "可转换可赎回优先股公允价值变动",
              "fair_value_changes_of_preferred_shares", 0, 12514279, -54071603),
        _item("Profit before income tax", "利润总额", "profit_before_tax", 12162646, 13927124, -41829352),
        _cost("Income tax expenses", "所得税费用", "income_tax_expense", -2059696, -449377, -2059763),
        _item("Profit for the year", "净利润", "net_profit", 10102950, 13477747, -43889115),
        ("Attributable to:", "归属于："),
        _item("Owners of the Company", "归属于母公司股东的净利润", "net_profit_attributable_to_parent",
              10044164, 13553886, -43826016),
        _item("Non-controlling interests", "少数股东损益", "net_profit_attributable_to_non_controlling_interests",
              58786, -76139, -63099),
        Item("Basic earnings per share (RMB)", "基本每股收益（元）", "earnings_per_share_basic", (0.423, 0.843, -4.491),
             factor=1),
        Item("Weighted average number of shares, basic (thousand shares)", "基本每股收益所用加权平均股数（千股）",
             "weighted_average_shares_basic", (23746000, 16069770, 9758632)),
    ),
    BALANCE: (
        ("Non-current assets", "非流动资产"),
        _item("Property, plant and equipment", "固定资产", "property_plant_and_equipment", 6992331, 5068053, 1730872),
        _item("Intangible assets", "无形资产", "intangible_assets", 1672002, 2061192, 2274370),
        _item("Investments accounted for using the equity method", "按权益法入账之投资", "investments_in_associates",
              9300507, 8639238, 1710819),
        _item("Long-term investments measured at fair value through profit or loss", "以公允价值计量且其变动计入损益的长期投资",
              "long_term_investments_fvtpl", 20679363, 18636208, 18856961),
        _item("Other non-current assets", "其他非流动资产", "other_non_current_assets", 7446010, 4810698, 4158278),
        _item("Total non-current assets", "非流动资产合计", "non_current_assets", 46090213, 39215389, 28731300),
        ("Current assets", "流动资产"),
        _item("Inventories", "存货", "inventories", 32585438, 29480685, 16342928),
        _item("Trade receivables", "应收账款", "receivables", 6948567, 5598443, 5469507),
        _item("Loan receivables", "应收贷款", "loan_receivables", 12723503, 10293645, 8144493),
        _item("Prepayments and other receivables", "预付款项及其他应收款项", "prepayments_and_other_receivables",
              19836926, 20914946, 11393910),
        _item("Short-term investments measured at fair value through profit or loss", "以公允价值计量且其变动计入损益的短期投资",
              "short_term_investments_fvtpl", 16463390, 6648526, 5288076),
        _item("Short-term bank deposits", "短期银行存款", "short_term_bank_deposits", 21523043, 1365991, 225146),
        _item("Restricted cash", "受限制现金", "restricted_cash", 1538266, 1480178, 2711119),
        _item("Cash and cash equivalents", "货币资金", "cash", 25919861, 30230147, 11563282),
        _item("Total current assets", "流动资产合计", "current_assets", 137538994, 106012561, 61138461),
        _item("Total assets", "资产总计", "total_assets", 183629207, 145227950, 89869761),
        ("Equity", "所有者权益"),
        _item("Equity attributable to owners of the Company", "归属于母公司股东权益合计", "equity_attributable_to_parent",
              81330572, 71322608, -127272361),
        _item("Non-controlling interests", "少数股东权益", "non_controlling_interests", 327118, -72865, 61670),
        _item("Total equity", "所有者权益合计", "total_equity", 81657690, 71249743, -127210691),
        ("Non-current liabilities", "非流动负债"),
        _item("Borrowings", "非流动借款", "borrowings_non_current", 4786856, 7856143, 7251312),
        _item("Convertible redeemable preferred shares", "可转换可赎回优先股", "convertible_preferred_shares", 0, 0, 161451203),
        _item("Other non-current liabilities", "其他非流动负债", "other_non_current_liabilities", 5004144, 4181520, 1245266),
        _item("Total non-current liabilities", "非流动负债合计", "non_current_liabilities", 9791000, 12037663, 169947781),
        ("Current liabilities", "流动负债"),
        _item("Trade payables", "应付账款", "trade_payables", 59527940, 46287271, 34003331),
        _item("Advance from customers", "合同负债", "contract_liabilities", 8237119, 4479522, 3390650),
        _item("Borrowings", "流动借款", "borrowings_current", 12836555, 3075194, 3550801),
        _item("Other payables and accruals", "其他应付款项及应计费用", "other_payables_and_accruals",
              11578903, 8098557, 6187889),
        _item("Total current liabilities", "流动负债合计", "current_liabilities", 92180517, 61940544, 47132671),
        _item("Total liabilities", "负债合计", "total_liabilities", 101971517, 73978207, 217080452),
        _item("Total equity and liabilities", "负债和所有者权益总计", "total_equity_and_liabilities",
              183629207, 145227950, 89869761),
    ),
    CASH: (
        _item("Net cash generated from/(used in) operating activities", "经营活动产生的现金流量净额", "operating_cash_flow",
              23810354, -1414571, -995669),
        _item("Net cash used in investing activities", "投资活动产生的现金流量净额", "investing_cash_flow",
              -31570000, -7508000, -2677714),
        _item("Net cash generated from financing activities", "筹资活动产生的现金流量净额", "financing_cash_flow",
              3121000, 26574000, 6214761),
        _item("Net increase/(decrease) in cash and cash equivalents", "汇率变动前现金及现金等价物净增加额", "net_change_in_cash",
              -4638646, 17651429, 2541378),
        _item("Cash and cash equivalents at beginning of year", "期初现金及现金等价物余额", "opening_cash_and_equivalents",
              30230147, 11563282, 9230320),
        _item("Effects of exchange rate changes on cash and cash equivalents", "汇率变动对现金及现金等价物的影响",
              "exchange_effect_on_cash", 328360, 1015436, -208416),
        _item("Cash and cash equivalents at end of year", "期末现金及现金等价物余额", "closing_cash_and_equivalents",
              25919861, 30230147, 11563282),
    ),
    SEGMENT: (
        ("Revenue", "营业收入"),
        _member("Smartphones", "智能手机", "smartphones", 122094900, 113800384, 80563594),
        _member("IoT and lifestyle products", "IoT与生活消费产品", "iot_and_lifestyle", 62088000, 43816885, 23447823),
        _member("Internet services", "互联网服务", "internet_services", 19841600, 15955558, 9896389),
        _member("Others", "其他", "others", 1814182, 1342598, 716936),
        _item("Total", "合计", "revenue", 205838682, 174915425, 114624742),
    ),
}
# fmt: on
STATED = {INCOME: "income statement", BALANCE: "balance sheet", CASH: "statement of cash flows"}
TITLES_ZH = {INCOME: "合并利润表", BALANCE: "合并资产负债表", CASH: "合并现金流量表", SEGMENT: "分部信息"}
"""How each sheet is titled in a Chinese extract."""


def items(*sheets: str) -> list[tuple[str, Item]]:
    """The lines of some sheets, or of all."""
    return [(name, line) for name in sheets or STATEMENTS for line in STATEMENTS[name] if isinstance(line, Item)]


def _truth() -> dict[Key, Decimal]:
    truth: dict[Key, Decimal] = {}
    for _, item in items():
        for year, figure in zip(YEARS, item.figures, strict=True):
            sign = -1 if item.is_deduction else 1
            truth[item.concept, item.member, year] = sign * Decimal(str(figure)) * item.factor
    return truth


TRUTH: Truth = _truth()
SHEET_OF: dict[str, frozenset[str]] = {
    name: frozenset(item.concept + "/" + item.member for _, item in items(name)) for name in STATEMENTS
}


def keys(sheet: str, *years: int) -> frozenset[Key]:
    """What a sheet prints of some years, or of all."""
    return frozenset((item.concept, item.member, year) for _, item in items(sheet) for year in years or YEARS)


def year_keys(*years: int) -> frozenset[Key]:
    """What the extract prints of some years."""
    return frozenset(key for key in TRUTH if key[2] in years)


def concept_keys(*concepts: str) -> frozenset[Key]:
    """What the extract prints of some concepts of the whole company."""
    return frozenset(key for key in TRUTH if key[0] in concepts and not key[1])


def truth(*years: int) -> Truth:
    """The clean figures of some years."""
    return {key: value for key, value in TRUTH.items() if key[2] in years}


# Extracts as rows


def clean(*years: int, unit: str = "RMB'000") -> Sheets:
    """A workbook of four sheets with a column per year; all three years without arguments."""
    return {name: _sheet(name, years or YEARS, unit) for name in STATEMENTS}


def _sheet(name: str, years: tuple[int, ...], unit: str) -> list[list[Cell]]:
    blank: list[Cell] = [None] * (1 + len(years))
    moment = "As at" if name == BALANCE else "For the year ended"
    title = f"Consolidated {STATED[name]}" if name in STATED else "Segment information"
    rows = [["Xiaomi Corporation", *blank[1:]], [f"Annual report {years[0]}", *blank[1:]], [title, *blank[1:]]]
    rows += [[f"{moment} 31 December {years[0]}", *blank[1:]], list(blank), list(blank)]
    rows += [[None, "As at 31 December" if name == BALANCE else "Year ended 31 December", *blank[2:]]]
    rows += [[None, *years], [None, *[unit] * len(years)]]
    for line in STATEMENTS[name]:
        if isinstance(line, Item):
            rows.append([line.label, *(line.figures[YEARS.index(year)] for year in years)])
        else:
            rows.append([line[0], *blank[1:]])
    return rows


def chinese(*years: int, unit: str = "千元", header: Callable[[int], str] = "{}年度".format) -> Sheets:
    """The same statements (the segments left out) in Chinese."""
    sheets: Sheets = {}
    for name in (INCOME, BALANCE, CASH):
        blank: list[Cell] = [None] * len(years or YEARS)
        rows: list[list[Cell]] = [
            ["小米集团", *blank],
            [TITLES_ZH[name], *blank],
            [f"单位：{unit} 币种：人民币", *blank],
        ]
        rows.append(["项目", *(header(year) for year in years or YEARS)])
        for line in STATEMENTS[name]:
            if isinstance(line, Item):
                figures = [line.figures[YEARS.index(year)] for year in years or YEARS]
                rows.append([line.zh, *figures])
            else:
                rows.append([line[1], *blank])
        sheets[TITLES_ZH[name]] = rows
    return sheets


def copied(sheets: Sheets) -> Sheets:
    """A copy to be changed."""
    return copy.deepcopy(sheets)


def row_of(rows: list[list[Cell]], label: str, nth: int = 0) -> int:
    """0-based row of the nth line with this label."""
    return [number for number, row in enumerate(rows) if row and row[0] == label][nth]


def figures_of(rows: list[list[Cell]]) -> Iterable[tuple[int, int]]:
    """0-based places of the figures."""
    for number in range(BODY, len(rows)):
        for column, value in enumerate(rows[number]):
            if column and isinstance(value, int | float):
                yield number, column


# Extracts as bytes


def xlsx(sheets: Sheets, edit: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook, after an optional edit by openpyxl."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet: Worksheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if edit:
        edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def stacked(sheets: Sheets) -> list[list[Cell]]:
    """All sheets one below the other, with a blank row between."""
    rows: list[list[Cell]] = []
    for part in sheets.values():
        if rows:
            rows.append([None] * len(part[0]))
        rows += part
    return rows


def text(sheets: Sheets, delimiter: str = ",", line_end: str = "\n") -> str:
    """The sheets, stacked, as delimited text."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=line_end)
    for row in stacked(sheets):
        writer.writerow(["" if value is None else value for value in row])
    return stream.getvalue()


def csv_bytes(sheets: Sheets, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The sheets as a text file."""
    return text(sheets, delimiter).encode(encoding)
