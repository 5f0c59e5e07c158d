"""Faults of amounts: scale, sign, digits, currency."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from faults.clean import (
    BALANCE,
    CASH,
    HEADER,
    INCOME,
    SEGMENT,
    STATEMENTS,
    TRUTH,
    Sheets,
    clean,
    figures_of,
    items,
    keys,
    row_of,
    truth,
    xlsx,
    year_keys,
)
from faults.fault import Injected, Outcome, fault, one
from faults.number_faults import with_cell

LATER, EARLIER = "annual-report-2019.xlsx", "annual-report-2018.xlsx"
OWN_UNIT = ("earnings_per_share_basic", "weighted_average_shares_basic")
UNSCALED = ("Basic earnings per share (RMB)", "Weighted average number of shares, basic (thousand shares)")


def changed(
    write: Callable[[float], float], *sheets: str, years: tuple[int, ...] = (), of: tuple[int, ...] = ()
) -> Sheets:
    """The clean sheets with the money figures of some sheets and years changed."""
    result = clean(*of)
    for name in sheets or result:
        rows = result[name]
        for row, column in list(figures_of(rows)):
            if rows[row][0] not in UNSCALED and (not years or rows[HEADER][column] in years):
                rows[row][column] = write(rows[row][column])  # type: ignore[arg-type]
    return result


def against_history(sheets: Sheets) -> Injected:
    """A faulty report of 2019 beside the clean one of 2018, which alone is published."""
    files = ((EARLIER, xlsx(clean(2018, 2017))), (LATER, xlsx(sheets)))
    return Injected(files, lost=year_keys(2019))


def divided(by: int) -> Callable[[float], float]:
    """Figures in a larger unit."""
    return lambda value: value / by


@fault(135, "scale/file_x1000", Outcome.KEPT_OUT, "UNI-02", stage="build")
def file_in_millions() -> Injected:
    return against_history(changed(divided(1000), of=(2019, 2018)))


@fault(136, "scale/file_wan", Outcome.KEPT_OUT, "UNI-02", stage="build")
def file_in_wan() -> Injected:
    return against_history(changed(divided(10_000), of=(2019, 2018)))


@fault(137, "scale/file_yi", Outcome.KEPT_OUT, "UNI-02", stage="build")
def file_in_yi() -> Injected:
    return against_history(changed(divided(100), of=(2019, 2018)))


@fault(138, "scale/one_statement", Outcome.KEPT_OUT, "UNI-04", stage="build")
def one_statement() -> Injected:
    return one(xlsx(changed(divided(1000), CASH)), lost=keys(CASH))


@fault(139, "scale/one_column", Outcome.KEPT_OUT, "UNI-03", stage="build")
def one_column() -> Injected:
    """The cash flow of that year is right; it may go with the others, as its cash is not that of the balance sheet."""
    sheets = changed(divided(1000), INCOME, BALANCE, SEGMENT, years=(2019,))
    lost = frozenset(key for name in STATEMENTS for key in keys(name, 2019))
    return one(xlsx(sheets), lost=lost)


@fault(140, "scale/one_cell", Outcome.KEPT_OUT, "BAL-06", stage="build")
def one_cell() -> Injected:
    return one(
        xlsx(with_cell("Trade receivables", 6948567000, BALANCE)),
        lost=keys(BALANCE, 2019),
        marks=("Total current assets",),
    )


def _without_unit(sheets: Sheets) -> Sheets:
    for rows in sheets.values():
        del rows[HEADER + 1]
    return sheets


@fault(141, "scale/no_unit", Outcome.KEPT_OUT, "UNI-01")
def no_unit() -> Injected:
    return one(xlsx(_without_unit(clean())), lost=frozenset(TRUTH))


@fault(142, "scale/eps_cents", Outcome.KEPT_OUT, "UNI-07", stage="build")
def earnings_in_cents() -> Injected:
    lost = frozenset({("earnings_per_share_basic", "", 2019)})
    return one(xlsx(with_cell("Basic earnings per share (RMB)", 42.3)), lost=lost)


@fault(143, "sign/one_cell", Outcome.KEPT_OUT, "INC-02", stage="build")
def one_positive_cost() -> Injected:
    sheets = with_cell("Administrative expenses", 3103901)
    return one(xlsx(sheets), lost=keys(INCOME, 2019), marks=("Administrative expenses",))


@fault(144, "sign/whole_column", Outcome.KEPT_OUT, "SGN-02")
def whole_column_flipped() -> Injected:
    lost = keys(INCOME, 2019)
    return one(xlsx(changed(lambda value: -value, INCOME, years=(2019,))), lost=lost)


@fault(145, "sign/cost_convention", Outcome.RIGHT)
def costs_positive() -> Injected:
    sheets = clean()
    for _, item in items(INCOME):
        if item.is_deduction:
            row = sheets[INCOME][row_of(sheets[INCOME], item.label)]
            row[1:] = [-value for value in row[1:]]  # type: ignore[operator]
    return one(xlsx(sheets))


@fault(146, "sign/legit_negative", Outcome.FLAGGED, "SGN-03", stage="build")
def legitimately_negative() -> Injected:
    """Real: the equity of 2017 was below zero and its year ended in a loss, both by the preferred shares."""
    return one(xlsx(clean(2018, 2017)), EARLIER, truth=truth(2018, 2017))


@fault(147, "digit/transposition", Outcome.KEPT_OUT, "BAL-06", stage="build")
def transposition() -> Injected:
    return one(
        xlsx(with_cell("Inventories", 32858438, BALANCE)), lost=keys(BALANCE, 2019), marks=("Total current assets",)
    )


@fault(148, "digit/one_digit", Outcome.KEPT_OUT, "BAL-08", stage="build")
def one_digit() -> Injected:
    """A digit worth 0.04 % of the total; below 0.001 % a sum that fails is a warning beside the published figures."""
    return one(xlsx(with_cell("Trade payables", 59567940, BALANCE)), lost=keys(BALANCE, 2019))


def rounded(how: str, *years: int) -> Sheets:
    """The statements in millions, each figure rounded (or cut) on its own."""

    def write(value: float) -> float:
        return int((Decimal(str(value)) / 1000).quantize(Decimal(1), rounding=how))

    return {
        name: [["RMB million" if cell == "RMB'000" else cell for cell in row] for row in rows]
        for name, rows in changed(write, of=years).items()
    }


@fault(149, "digit/rounding_noise", Outcome.RIGHT, stage="build")
def rounding_noise() -> Injected:
    return one(xlsx(rounded(ROUND_HALF_EVEN)))


@fault(150, "digit/truncated_figures", Outcome.FLAGGED, "NUM-08", stage="build")
def truncated_figures() -> Injected:
    """Sums of figures cut, not rounded, miss their totals by more than rounding explains, and always on one side."""
    cut = {key: value if key[0] in OWN_UNIT else Decimal(int(value / 10**6)) * 10**6 for key, value in TRUTH.items()}
    return one(xlsx(rounded(ROUND_DOWN)), truth=cut)


@fault(151, "currency/mixed", Outcome.KEPT_OUT, "UNI-02", "UNI-03", stage="build")
def mixed_currency() -> Injected:
    """The column of 2018 converted to US dollars at 6.9 under an RMB heading, beside the report of 2018."""
    sheets = changed(lambda value: round(value / 6.9), years=(2018,), of=(2019, 2018))
    return Injected(((EARLIER, xlsx(clean(2018, 2017))), (LATER, xlsx(sheets))))


@fault(152, "currency/missing", Outcome.KEPT_OUT, "UNI-01")
def missing_currency() -> Injected:
    sheets = clean(unit="'000")
    for rows in sheets.values():
        for row in rows:
            row[0] = str(row[0]).replace(" (RMB)", "") if row[0] is not None else None
    return one(xlsx(sheets), lost=frozenset(TRUTH))
