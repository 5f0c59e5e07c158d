"""Faults of layout: moved headers, hidden and missing parts, rows and labels."""

from __future__ import annotations

from openpyxl.workbook import Workbook

from faults.clean import (
    BALANCE,
    BODY,
    CASH,
    HEADER,
    INCOME,
    SEGMENT,
    TRUTH,
    Cell,
    Sheets,
    chinese,
    clean,
    concept_keys,
    keys,
    row_of,
    truth,
    xlsx,
)  # fmt: skip
from faults.fault import Injected, Outcome, fault, one

LATER, EARLIER = "annual-report-2019.xlsx", "annual-report-2018.xlsx"


def _sheets(**options: str) -> Sheets:
    return clean(**options)


def relabelled(old: str, new: str, sheet: str = INCOME) -> Sheets:
    """The clean sheets with one label replaced."""
    sheets = clean()
    sheets[sheet][row_of(sheets[sheet], old)][0] = new
    return sheets


def with_row(sheet: str, before: str, row: list[Cell]) -> Sheets:
    """The clean sheets with a row put in above a line."""
    sheets = clean()
    sheets[sheet].insert(row_of(sheets[sheet], before), row)
    return sheets


def without_column(year: int, *sheets: str) -> Sheets:
    """The clean sheets with a year's column taken out of some sheets, or of all."""
    changed = clean()
    for name in sheets or changed:
        column = changed[name][HEADER].index(year)
        for row in changed[name][HEADER:]:
            del row[column]
    return changed


@fault(60, "layout/shifted_header", Outcome.RIGHT)
def shifted_header() -> Injected:
    return one(
        xlsx({name: [*rows[:2], [None], ["Extract for the analyst"], *rows[2:]] for name, rows in clean().items()})
    )


@fault(61, "layout/header_shift_by_one", Outcome.KEPT_OUT, "PER-09", stage="build")
def header_shift_by_one() -> Injected:
    """Figures of 2018 and 2017 under the headings 2019 and 2018, beside a report that prints 2018 and 2017 rightly."""
    sheets = clean(2018, 2017)
    for rows in sheets.values():
        rows[HEADER] = [None, 2019, 2018]
    return Injected(((EARLIER, xlsx(clean(2018, 2017))), ("site.xlsx", xlsx(sheets))), truth(2018, 2017))


@fault(62, "layout/two_header_rows", Outcome.RIGHT)
def two_header_rows() -> Injected:
    def merge(book: Workbook) -> None:
        for sheet in book.worksheets:
            sheet.merge_cells(f"B{HEADER}:D{HEADER}")

    return one(xlsx(clean(), merge))


@fault(63, "layout/transposed", Outcome.KEPT_OUT, "label")
def transposed() -> Injected:
    """Labels that mean something only under a heading are kept out, as a row of labels has none above it."""
    sheets: Sheets = {}
    for name, rows in clean().items():
        table = [rows[HEADER], *rows[BODY:]]
        columns = [list(column) for column in zip(*table, strict=True)]
        sheets[name] = [*rows[:4], ["RMB'000"], [None], *columns]
    beneath = concept_keys(
        "net_profit_attributable_to_parent", "net_profit_attributable_to_non_controlling_interests",
        "non_controlling_interests", "borrowings_current", "borrowings_non_current",
    )  # fmt: skip
    return one(xlsx(sheets), lost=beneath | frozenset(key for key in keys(SEGMENT) if key[1]))


@fault(64, "layout/merged_label", Outcome.RIGHT)
def merged_label() -> Injected:
    """A merged label stands on its first row alone: the rows that it covers have none, and are no lines of it."""

    def merge(book: Workbook) -> None:
        sheet = book[INCOME]
        last = sheet.max_row
        for row in (last + 1, last + 2):
            for column in (2, 3, 4):
                sheet.cell(row, column, 77_000)
        sheet.merge_cells(f"A{last}:A{last + 2}")

    return one(xlsx(clean(), merge))


@fault(65, "layout/hidden_row", Outcome.FLAGGED, "FIL-11")
def hidden_row() -> Injected:
    def hide(book: Workbook) -> None:
        book[INCOME].row_dimensions[row_of(clean()[INCOME], "Gross profit") + 1].hidden = True

    return one(xlsx(clean(), hide), marks=("hidden",))


@fault(66, "layout/hidden_column", Outcome.FLAGGED, "FIL-11")
def hidden_column() -> Injected:
    def hide(book: Workbook) -> None:
        book[BALANCE].column_dimensions["D"].hidden = True

    return one(xlsx(clean(), hide), marks=("hidden",))


@fault(67, "layout/hidden_sheet", Outcome.FLAGGED, "FIL-11")
def hidden_sheet() -> Injected:
    def hide(book: Workbook) -> None:
        sheet = book.copy_worksheet(book[INCOME])
        sheet.title = "Draft"
        for row in sheet.iter_rows(min_row=BODY + 1, min_col=2):
            for cell in row:
                cell.value = 2 * cell.value if cell.value else None
        sheet.sheet_state = "veryHidden"

    return one(xlsx(clean(), hide), marks=("Draft",))


@fault(68, "layout/extra_sheet", Outcome.RIGHT)
def extra_sheet() -> Injected:
    return one(xlsx({**clean(), "Notes": [["Notes to the statements"], ["1", "The figures follow IFRS."]]}))


@fault(69, "layout/renamed_sheet", Outcome.RIGHT)
def renamed_sheet() -> Injected:
    names = {INCOME: "利润表", BALANCE: "资产负债表", CASH: "现金流量表", SEGMENT: "分部"}
    return one(xlsx({names[name]: rows for name, rows in clean().items()}))


@fault(70, "layout/missing_statement", Outcome.FLAGGED, "FIL-10")
def missing_statement() -> Injected:
    sheets = clean()
    del sheets[CASH]
    return one(xlsx(sheets), truth={key: value for key, value in TRUTH.items() if key not in keys(CASH)})


@fault(71, "layout/two_entities", Outcome.FLAGGED, "FIL-12")
def two_entities() -> Injected:
    """Group and company columns side by side: the group's are read, the company's never."""
    sheets = clean(2019, 2018)
    rows = sheets[BALANCE]
    rows[HEADER - 1] = [None, "Group", None, "Company", None]
    rows[HEADER], rows[HEADER + 1] = [None, 2019, 2018, 2019, 2018], [None, *["RMB'000"] * 4]
    for row in rows[BODY:]:
        row += [value // 3 + 1 if isinstance(value, int) else None for value in row[1:]]
    return one(xlsx(sheets), truth=truth(2019, 2018))


@fault(72, "layout/two_tables", Outcome.RIGHT)
def two_tables() -> Injected:
    sheets = clean()
    rows = sheets.pop(BALANCE)
    sheets[INCOME] += [[None], *rows]
    return one(xlsx(sheets))


@fault(73, "layout/trailing_notes", Outcome.RIGHT)
def trailing_notes() -> Injected:
    sheets = clean()
    for rows in sheets.values():
        rows += [[None], ["Note: figures are audited; 2018 as first reported."], ["(1) See note 12."]]
    return one(xlsx(sheets))


@fault(74, "layout/blank_rows", Outcome.RIGHT)
def blank_rows() -> Injected:
    sheets: Sheets = {}
    for name, rows in clean().items():
        spaced: list[list[Cell]] = [[row[0], None, *row[1:]] for row in rows]
        sheets[name] = []
        for row in spaced:
            sheets[name] += [row, [None]]
    return one(xlsx(sheets))


@fault(75, "layout/subtotal_as_item", Outcome.FLAGGED, "label", stage="build")
def subtotal_as_item() -> Injected:
    """A "Total" among the items is no line of its own, and no sum counts it."""
    sheets = clean()
    rows = sheets[BALANCE]
    at = row_of(rows, "Loan receivables")
    rows.insert(at, ["Total", *(rows[at - 2][c] + rows[at - 1][c] for c in (1, 2, 3))])  # type: ignore[operator]
    return one(xlsx(sheets))


@fault(76, "layout/row_deleted", Outcome.KEPT_OUT, "BAL-06", stage="build")
def row_deleted() -> Injected:
    sheets = clean()
    del sheets[BALANCE][row_of(sheets[BALANCE], "Inventories")]
    return one(xlsx(sheets), lost=keys(BALANCE), marks=("Total current assets", "32585438000"))


@fault(77, "layout/row_duplicated", Outcome.FLAGGED, "DUP-03", stage="build")
def row_duplicated() -> Injected:
    """The same line twice is one fact; no figure differs, so nothing is lost."""
    sheets = clean()
    at = row_of(sheets[BALANCE], "Inventories")
    sheets[BALANCE].insert(at, list(sheets[BALANCE][at]))
    return one(xlsx(sheets), marks=("Inventories",))


@fault(78, "layout/rows_swapped", Outcome.FLAGGED, "TIM-02", stage="build")
def rows_swapped() -> Injected:
    """No sum can see it; another report of the same year can, and both prints are kept and named."""
    sheets = clean(2019, 2018)
    rows = sheets[INCOME]
    selling, administrative = (row_of(rows, f"{name} expenses") for name in ("Selling and marketing", "Administrative"))
    rows[selling][2], rows[administrative][2] = rows[administrative][2], rows[selling][2]
    return Injected(((EARLIER, xlsx(clean(2018, 2017))), (LATER, xlsx(sheets))), marks=("Administrative expenses",),
                    contested=frozenset({("selling_expenses", "", 2018), ("administrative_expenses", "", 2018)}))  # fmt: skip


@fault(79, "layout/label_synonym", Outcome.RIGHT)
def label_synonym() -> Injected:
    return one(xlsx(relabelled("Profit for the year", "(Loss)/profit for the year")))


@fault(80, "layout/label_typo", Outcome.KEPT_OUT, "label")
def label_typo() -> Injected:
    return one(
        xlsx(relabelled("Gross profit", "Gross proft")), lost=concept_keys("gross_profit"), marks=("gross_profit",)
    )


@fault(81, "layout/label_spaces", Outcome.RIGHT)
def label_spaces() -> Injected:
    sheets = clean()
    for name, old, new in (
        (INCOME, "Gross profit", "\u3000Gross\u00a0profit "),
        (INCOME, "Revenue", "Reve\u200bnue"),
        (BALANCE, "Inventories", "\u00a0\u00a0Inventories\u3000"),
    ):
        sheets[name][row_of(sheets[name], old)][0] = new
    return one(xlsx(sheets))


@fault(82, "layout/label_prefix", Outcome.RIGHT)
def label_prefix() -> Injected:
    sheets = chinese()
    income = sheets["合并利润表"]
    for old, new in (
        ("营业收入", "一、营业收入"),
        ("营业成本", "减：营业成本"),
        ("其他收入", "加：其他收入"),
        ("毛利", "(a) 毛利"),
    ):
        income[row_of(income, old)][0] = new
    for row in income[row_of(income, "减：营业成本") :]:
        if row[0] in ("减：营业成本", "销售费用", "管理费用", "研发费用", "所得税费用"):
            row[1:] = [-value for value in row[1:]]  # type: ignore[operator]
    return one(xlsx(sheets), truth={key: value for key, value in TRUTH.items() if not key[1]})


@fault(83, "layout/label_sql", Outcome.KEPT_OUT, "label", stage="build")
def label_sql() -> Injected:
    label = "x'); drop table core.fact; --"
    return one(xlsx(relabelled("Other income", label)), lost=concept_keys("other_income"), marks=(label,))
