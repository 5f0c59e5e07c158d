"""Faults of figures: texts, marks, types, formats and formulas."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

from openpyxl.workbook import Workbook

from faults.clean import (
    BALANCE,
    CASH,
    INCOME,
    SEGMENT,
    TRUTH,
    Cell,
    Key,
    Sheets,
    clean,
    figures_of,
    keys,
    row_of,
    xlsx,
)
from faults.container_faults import part, repacked
from faults.fault import Injected, Outcome, fault, one, with_values


def printed(write: Callable[[float], Cell], *sheets: str) -> Sheets:
    """The clean sheets with every figure of some sheets, or of all, printed in another way."""
    changed = clean()
    for name in sheets or changed:
        for row, column in list(figures_of(changed[name])):
            changed[name][row][column] = write(changed[name][row][column])  # type: ignore[arg-type]
    return changed


def with_cell(label: str, value: Cell, sheet: str = INCOME, column: int = 1) -> Sheets:
    """The clean sheets with one figure replaced; column 1 is 2019."""
    changed = clean()
    changed[sheet][row_of(changed[sheet], label)][column] = value
    return changed


def place(label: str, sheet: str = INCOME) -> str:
    """The address of a line's figure of 2019."""
    return f"B{row_of(clean()[sheet], label) + 1}"


def _grouped(value: float, group: str, point: str = ".") -> str:
    return f"{value:,}".replace(",", "\0").replace(".", point).replace("\0", group)


OTHER: frozenset[Key] = frozenset({("other_income", "", 2019)})


@fault(99, "number/text_number", Outcome.RIGHT)
def text_number() -> Injected:
    return one(xlsx(printed(str)))


@fault(100, "number/thousands_comma", Outcome.RIGHT)
def thousands_comma() -> Injected:
    return one(xlsx(printed("{:,}".format)))


@fault(101, "number/thousands_dot", Outcome.RIGHT)
def thousands_dot() -> Injected:
    return one(xlsx(printed(lambda value: _grouped(value, ".", ","))))


@fault(102, "number/thousands_space", Outcome.RIGHT)
def thousands_space() -> Injected:
    return one(xlsx(printed(lambda value: _grouped(value, "\u00a0" if value % 2 else "\u2009", ","))))


@fault(103, "number/swiss_apostrophe", Outcome.RIGHT)
def swiss_apostrophe() -> Injected:
    return one(xlsx(printed(lambda value: _grouped(value, "'"))))


def _indian(value: float) -> str:
    if isinstance(value, float):
        return str(value)
    digits = str(abs(value))
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    return ("-" if value < 0 else "") + ",".join([*pairs, tail])


@fault(104, "number/indian_grouping", Outcome.RIGHT)
def indian_grouping() -> Injected:
    return one(xlsx(printed(_indian)))


def _signed(write: Callable[[str], str]) -> Injected:
    return one(xlsx(printed(lambda value: write(f"{-value:,}") if value < 0 else f"{value:,}")))


@fault(105, "number/parentheses", Outcome.RIGHT)
def parentheses() -> Injected:
    return _signed("({})".format)


@fault(106, "number/fullwidth_parens", Outcome.RIGHT)
def fullwidth_parens() -> Injected:
    return _signed(lambda digits: f"（{digits}）" if len(digits) % 2 else f"－{digits}")


@fault(107, "number/fullwidth_digits", Outcome.RIGHT)
def fullwidth_digits() -> Injected:
    wide = {ord("0") + digit: chr(ord("０") + digit) for digit in range(10)}
    return one(xlsx(printed(lambda value: str(value).translate(wide))))


@fault(108, "number/trailing_minus", Outcome.RIGHT)
def trailing_minus() -> Injected:
    return _signed("{}-".format)


@fault(109, "number/unicode_minus", Outcome.RIGHT)
def unicode_minus() -> Injected:
    return _signed(lambda digits: f"\u2212{digits}" if len(digits) % 2 else f"\u2013{digits}")


@fault(110, "number/dash_nil", Outcome.RIGHT)
def dash_nil() -> Injected:
    """A dash is no figure where no legend says that it is zero; the clean zeros of other lines stay."""
    dashes = iter("-\u2013\u2014\u2015" * 2)
    sheets = printed(lambda value: next(dashes) if value == 0 else value)
    lost = frozenset(key for key, value in TRUTH.items() if value == 0)
    return one(xlsx(sheets), lost=lost)


@fault(111, "number/nm", Outcome.RIGHT)
def not_meaningful() -> Injected:
    marks = iter(("n/m", "N/A", "n.a.", "不适用"))
    sheets = clean()
    lost = set()
    for label, concept in (("Other income", "other_income"), ("Finance income, net", "finance_income_net")):
        for column, year in ((1, 2019), (2, 2018)):
            sheets[INCOME][row_of(sheets[INCOME], label)][column] = next(marks)
            lost.add((concept, "", year))
    return one(xlsx(sheets), lost=frozenset(lost))


@fault(112, "number/na_label", Outcome.FLAGGED, "label")
def na_label() -> Injected:
    sheets = clean()
    sheets[BALANCE].insert(row_of(sheets[BALANCE], "Equity"), ["NA", 1, 2, 3])
    sheets[BALANCE].insert(row_of(sheets[BALANCE], "Equity"), ["None", 1, 2, 3])
    return one(xlsx(sheets), marks=("'NA'", "'None'"))


@fault(113, "number/footnote_paren", Outcome.RIGHT)
def footnote_paren() -> Injected:
    return one(xlsx(with_cell("Revenue", "205,838,682(1)")))


@fault(114, "number/footnote_star", Outcome.RIGHT)
def footnote_star() -> Injected:
    return one(xlsx(printed(lambda value: f"{value:,}{'*' if value % 2 else '†'}", INCOME)))


@fault(115, "number/footnote_super", Outcome.RIGHT)
def footnote_super() -> Injected:
    return one(xlsx(printed(lambda value: f"{value:,}¹", BALANCE)))


@fault(116, "number/currency_mark", Outcome.RIGHT)
def currency_mark() -> Injected:
    styles = iter(("¥{:,}", "RMB {:,}", "{:,}元") * 200)
    return one(xlsx(printed(lambda value: next(styles).format(value), CASH)))


@fault(117, "number/unit_in_cell", Outcome.RIGHT)
def unit_in_cell() -> Injected:
    sheets = with_cell("Revenue", "2,058.4亿")
    sheets[INCOME][row_of(sheets[INCOME], "Gross profit")][1] = "28.55 bn"
    return one(xlsx(sheets))


@fault(118, "number/percent_text", Outcome.RIGHT)
def percent_text() -> Injected:
    sheets = clean()
    sheets[SEGMENT] += [["Gross profit margin (%)"], ["Smartphones", "7.2%", 6.2, 8.8]]
    margins = {("gross_margin_printed", "smartphones", year): Decimal(value) for year, value in
               ((2019, "0.072"), (2018, "0.062"), (2017, "0.088"))}  # fmt: skip
    return one(xlsx(sheets), truth={**TRUTH, **margins})


@fault(119, "number/percent_x100", Outcome.KEPT_OUT, "NUM-11", stage="build")
def percent_times_100() -> Injected:
    """A margin of 720 % where 7.2 % is meant; its cell alone is kept out."""
    sheets = clean()
    sheets[SEGMENT] += [["Gross profit margin (%)"], ["Smartphones", 720, 6.2, 8.8]]
    margins = {("gross_margin_printed", "smartphones", year): Decimal(value) for year, value in
               ((2018, "0.062"), (2017, "0.088"))}  # fmt: skip
    return one(xlsx(sheets), truth={**TRUTH, **margins})


@fault(120, "number/scientific", Outcome.RIGHT)
def scientific() -> Injected:
    """The digits that the notation drops are dropped from the stated precision as well."""
    return one(xlsx(with_cell("Other income", "1.27E+06")))


@fault(121, "number/15_digits", Outcome.KEPT_OUT, "NUM-12")
def fifteen_digits() -> Injected:
    return one(xlsx(with_cell("Other income", 12345678901234567890)), lost=OTHER, marks=("Other income",))


@fault(122, "number/boolean", Outcome.KEPT_OUT, "NUM-14")
def boolean() -> Injected:
    return one(xlsx(with_cell("Other income", True)), lost=OTHER, marks=("Other income",))


@fault(123, "number/date_in_value", Outcome.KEPT_OUT, "NUM-10")
def date_in_value() -> Injected:
    return one(xlsx(with_cell("Other income", datetime.date(2019, 12, 31))), lost=OTHER, marks=("Other income",))


@fault(124, "number/nan_inf", Outcome.KEPT_OUT, "NUM-09")
def nan_inf() -> Injected:
    sheets = with_cell("Other income", "NaN")
    sheets[INCOME][row_of(sheets[INCOME], "Finance income, net")][1] = "inf"
    return one(xlsx(sheets), lost=OTHER | {("finance_income_net", "", 2019)}, marks=("Other income", "Finance income"))


def formatted(label: str, code: str) -> Callable[[Workbook], None]:
    """An edit that gives a line's figure of 2019 a number format."""

    def give(book: Workbook) -> None:
        book[INCOME][place(label)].number_format = code

    return give


@fault(125, "number/format_thousands", Outcome.FLAGGED, "NUM-13")
def format_thousands() -> Injected:
    """The raw figure counts; that the sheet shows another is told."""
    return one(xlsx(clean(), formatted("Other income", "#,##0,")))


@fault(126, "number/format_hides_sign", Outcome.FLAGGED, "NUM-13")
def format_hides_sign() -> Injected:
    return one(xlsx(clean(), formatted("Other (losses)/gains, net", "#,##0;#,##0")))


@fault(127, "number/float_noise", Outcome.RIGHT)
def float_noise() -> Injected:
    return one(xlsx(with_cell("Basic earnings per share (RMB)", 0.1 + 0.2)),
               truth=with_values({("earnings_per_share_basic", "", 2019): Decimal("0.3")}))  # fmt: skip


@fault(128, "number/negative_zero", Outcome.RIGHT)
def negative_zero() -> Injected:
    return one(xlsx(with_cell("Fair value changes of convertible redeemable preferred shares", -0.0)))


# Formulas


def formula(text: str, cached: str, kind: str = "", label: str = "Other income", attributes: str = "") -> bytes:
    """The clean workbook with a formula and its cached value in place of a figure of 2019."""
    content = xlsx(clean())
    sheet = part(content).decode()
    at = sheet.index(f'<c r="{place(label)}"')
    end = sheet.index("</c>", at) + len("</c>")
    value = f"<v>{cached}</v>" if cached else ""
    cell = f'<c r="{place(label)}"{kind and f" t={chr(34)}{kind}{chr(34)}"}><f{attributes}>{text}</f>{value}</c>'
    return repacked(content, {"xl/worksheets/sheet1.xml": (sheet[:at] + cell + sheet[end:]).encode()})


@fault(129, "formula/no_cache", Outcome.KEPT_OUT, "NUM-03")
def no_cache() -> Injected:
    return one(formula("1+1", ""), lost=OTHER, marks=("Other income",))


@fault(130, "formula/stale_cache", Outcome.KEPT_OUT, "INC-02", stage="build")
def stale_cache() -> Injected:
    """A value that its formula no longer gives fails in the sums it belongs to."""
    return one(formula("1+1", "999"), lost=keys(INCOME, 2019))


@fault(131, "formula/ref_error", Outcome.KEPT_OUT, "NUM-02")
def ref_error() -> Injected:
    return one(formula("A1", "#REF!", "e"), lost=OTHER, marks=("Other income",))


@fault(132, "formula/div0", Outcome.KEPT_OUT, "NUM-02")
def division_by_zero() -> Injected:
    return one(formula("A1/0", "#DIV/0!", "e"), lost=OTHER, marks=("Other income",))


@fault(133, "formula/array_shared", Outcome.RIGHT)
def array_and_shared() -> Injected:
    return one(formula("C18*1", "1265921", attributes=f' t="shared" ref="{place("Other income")}" si="0"'))


@fault(134, "formula/volatile", Outcome.FLAGGED, "NUM-04")
def volatile() -> Injected:
    return one(formula("RAND()*1265921", "1265921"))
