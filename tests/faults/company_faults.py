"""Faults across what a company reports: segments, operating figures, restatements; and labels that attack a reader."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from openpyxl.workbook import Workbook

from faults.amount_faults import rounded
from faults.clean import (
    HEADER,
    INCOME,
    SEGMENT,
    TRUTH,
    Cell,
    Key,
    Sheets,
    clean,
    concept_keys,
    keys,
    row_of,
    truth,
    xlsx,
)
from faults.fault import Injected, Outcome, fault, one
from faults.layout_faults import relabelled
from faults.legacy import xls

ESCAPE = "Other \x1b[31mincome"
LATER, EARLIER, LATEST = "annual-report-2019.xlsx", "annual-report-2018.xlsx", "annual-report-2020.xlsx"


def _members(*years: int) -> frozenset[Key]:
    return frozenset(key for key in keys(SEGMENT, *years) if key[1])


@fault(153, "segment/missing_one", Outcome.KEPT_OUT, "SEG-01", stage="build")
def missing_segment() -> Injected:
    sheets = clean(2019, 2018)
    del sheets[SEGMENT][row_of(sheets[SEGMENT], "Internet services")]
    history = xlsx(clean(2018, 2017))
    return Injected(((EARLIER, history), (LATER, xlsx(sheets))), lost=_members(2019), marks=("19841600000",))


@fault(154, "segment/renamed", Outcome.KEPT_OUT, "label")
def renamed_segments() -> Injected:
    """Two segments merged under a new name: no member that the company's profile knows."""
    sheets = clean()
    rows = sheets[SEGMENT]
    at = row_of(rows, "Smartphones")
    rows[at : at + 2] = [["Smartphone x AIoT", *(rows[at][c] + rows[at + 1][c] for c in (1, 2, 3))]]  # type: ignore[operator]
    lost = frozenset(key for key in _members() if key[1] in ("smartphones", "iot_and_lifestyle"))
    return one(xlsx(sheets), lost=lost, marks=("Smartphone x AIoT",))


SHARES = {
    "smartphones": (65.1, 70.3),
    "iot_and_lifestyle": (25.1, 20.5),
    "internet_services": (9.1, 8.6),
    "others": (0.7, 0.6),
}
NAMES = {"smartphones": "Smartphones", "iot_and_lifestyle": "IoT and lifestyle products",
         "internet_services": "Internet services", "others": "Others"}  # fmt: skip


@fault(155, "segment/share_sum", Outcome.KEPT_OUT, "SEG-05", stage="build")
def shares_do_not_add_up() -> Injected:
    sheets = clean(2018, 2017)
    sheets[SEGMENT] += [["Share of revenue (%)", None, None]]
    sheets[SEGMENT] += [[NAMES[member], *shares] for member, shares in SHARES.items()]
    sheets[SEGMENT][-2][1] = 8.1
    shares = {("revenue_share", member, 2017): Decimal(str(values[1])) / 100 for member, values in SHARES.items()}
    return one(xlsx(sheets), EARLIER, truth={**truth(2018, 2017), **shares}, lost=_members(2018))


def _users(sheets: Sheets, *figures: float) -> Sheets:
    blank: list[Cell] = [None] * len(figures)
    head = sheets[SEGMENT][HEADER]
    rows: list[list[Cell]] = [["Operating data", *blank], list(head)]
    rows.append(["Monthly active users (million)", *figures])
    return {**sheets, "Operating data": rows}


def _user_truth(*figures: tuple[int, str]) -> dict[Key, Decimal]:
    return {("monthly_active_users", "", year): Decimal(value) * 10**6 for year, value in figures}


@fault(156, "kpi/definition_change", Outcome.FLAGGED, "TIM-01", "TIM-02", stage="build")
def redefined_users() -> Injected:
    """The users of 2018 are 30 % more in the report of 2019: both prints are kept, the later one is current."""
    files = (
        (EARLIER, xlsx(_users(clean(2018, 2017), 242.1, 170.9))),
        (LATER, xlsx(_users(clean(2019, 2018), 402.5, 314.7))),
    )
    users = _user_truth((2019, "402.5"), (2018, "314.7"), (2017, "170.9"))
    return Injected(files, {**TRUTH, **users}, contested=frozenset({("monthly_active_users", "", 2018)}))


def restated(label: str, figure: int, heading: Cell = 2018) -> Sheets:
    """The report of 2019 with another comparative."""
    sheets = clean(2019, 2018)
    sheets[INCOME][HEADER][2] = heading
    sheets[INCOME][row_of(sheets[INCOME], label)][2] = figure
    return sheets


EXPENSES: frozenset[Key] = frozenset({("selling_expenses", "", 2018), ("administrative_expenses", "", 2018)})


def _reclassified(heading: Cell) -> Sheets:
    """Half a billion moved from one expense to another, as a reclassified comparative."""
    sheets = restated("Selling and marketing expenses", -8493072, heading)
    sheets[INCOME][row_of(sheets[INCOME], "Administrative expenses")][2] = -11599078
    return sheets


@fault(157, "restate/unlabelled", Outcome.FLAGGED, "TIM-02", stage="build")
def restated_without_mark() -> Injected:
    files = ((EARLIER, xlsx(clean(2018, 2017))), (LATER, xlsx(_reclassified(2018))))
    return Injected(files, contested=EXPENSES, marks=("Selling and marketing expenses",))


@fault(158, "restate/labelled", Outcome.FLAGGED, "TIM-01", stage="build")
def restated_with_mark() -> Injected:
    files = ((EARLIER, xlsx(clean(2018, 2017))), (LATER, xlsx(_reclassified("2018 (restated)"))))
    return Injected(files, contested=EXPENSES, marks=("Selling and marketing expenses",))


@fault(159, "restate/rounded", Outcome.RIGHT, stage="build")
def rounded_later() -> Injected:
    return Injected(((EARLIER, xlsx(clean(2018, 2017))), (LATER, xlsx(rounded(ROUND_HALF_EVEN, 2019, 2018)))))


@fault(160, "restate/chain", Outcome.FLAGGED, "TIM-02", stage="build")
def restated_twice() -> Injected:
    """2018 as first printed, as reclassified a year later, and again in a report that prints three years."""
    again = _reclassified(2018)
    third = clean()
    for rows in third.values():
        rows[1][0] = "Annual report 2020"
    third[INCOME][row_of(third[INCOME], "Selling and marketing expenses")][2] = -8993072
    third[INCOME][row_of(third[INCOME], "Administrative expenses")][2] = -11099078
    files = ((EARLIER, xlsx(clean(2018, 2017))), (LATER, xlsx(again)), (LATEST, xlsx(third)))
    return Injected(files, contested=EXPENSES, marks=("Selling and marketing expenses",))


@fault(161, "export/formula_injection", Outcome.KEPT_OUT, "label", stage="build")
def formula_in_a_label() -> Injected:
    label = '=HYPERLINK("http://evil.example","Other income")'
    sheets = relabelled("Other income", "'" + label)
    sheets[INCOME] = [["" if cell is None else cell for cell in row] for row in sheets[INCOME]]

    def as_text(book: Workbook) -> None:
        for row in book[INCOME].iter_rows(max_col=1):
            if str(row[0].value).startswith("'="):
                row[0].value = label
                row[0].data_type = "s"

    return one(xlsx(sheets, as_text), lost=concept_keys("other_income"), marks=(label,))


@fault(163, "export/ansi_escape", Outcome.KEPT_OUT, "label")
def terminal_escape() -> Injected:
    """Only an old workbook can carry the character: neither XML nor a text file that is taken may hold it."""
    sheets = relabelled("Other income", ESCAPE)
    return one(xls(sheets), "annual-report-2019.xls", lost=concept_keys("other_income"), marks=("Other",))
