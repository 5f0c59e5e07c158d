"""The catalog's wordings: no ambiguity, both languages, and what tricky labels mean or must not mean."""

from __future__ import annotations

from collections import defaultdict

import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract.labels import Lexicon, normalise

CATALOG = load_catalog()
LEXICON = Lexicon.of(CATALOG, None)
STATEMENTS = ("income_statement", "balance_sheet", "cash_flow")

KEY_CONCEPTS = (
    "revenue", "operating_revenue", "cost_of_sales", "gross_profit", "operating_profit", "net_profit",
    "net_profit_attributable_to_parent", "total_assets", "total_liabilities", "total_equity",
    "equity_attributable_to_parent", "cash", "receivables", "inventories", "operating_cash_flow",
    "closing_cash_and_equivalents",
)  # fmt: skip


def test_a_wording_has_one_meaning_in_a_statement_and_section() -> None:
    meanings: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for label in CATALOG.labels:
        home = label.statement or CATALOG.concepts[label.concept_id].statement
        meanings[normalise(label.label), home, label.section].add(label.concept_id)
    assert {key: found for key, found in meanings.items() if len(found) > 1} == {}


def test_every_wording_can_be_compared() -> None:
    assert [label.label for label in CATALOG.labels if not normalise(label.label)] == []


def test_a_section_that_a_wording_is_bound_to_has_a_heading() -> None:
    assert {label.section for label in CATALOG.labels if label.section} <= set(CATALOG.sections.values())


def test_a_statement_that_a_wording_is_bound_to_is_a_statement() -> None:
    assert {label.statement for label in CATALOG.labels} <= {"", *STATEMENTS}


@pytest.mark.parametrize("concept_id", KEY_CONCEPTS)
def test_key_concepts_are_known_in_both_languages(concept_id: str) -> None:
    wordings = [label.label for label in CATALOG.labels if label.concept_id == concept_id]
    assert sum(wording.isascii() for wording in wordings) >= 2
    assert sum(not wording.isascii() for wording in wordings) >= 2


@pytest.mark.parametrize(
    ("label", "statement", "section", "concept_id"),
    [
        # income statement
        ("Total net sales", "income_statement", None, "revenue"),
        ("Net Operating Revenues", "income_statement", None, "revenue"),
        ("TotalRevenue", "income_statement", None, "revenue"),
        ("OperatingRevenue", "income_statement", None, "operating_revenue"),
        ("營業收入淨額", "income_statement", None, "revenue"),
        ("一、营业总收入", "income_statement", None, "revenue"),
        ("其中：营业收入", "income_statement", None, "operating_revenue"),
        ("TOTAL_OPERATE_INCOME", "income_statement", None, "revenue"),
        ("OPERATE_INCOME", "income_statement", None, "operating_revenue"),
        ("二、营业总成本", "income_statement", None, "total_costs_and_expenses"),
        ("减：营业成本", "income_statement", None, "cost_of_sales"),
        ("Cost of products sold", "income_statement", None, "cost_of_sales"),
        ("COGS", "income_statement", None, "cost_of_sales"),
        ("營業毛利", "income_statement", None, "gross_profit"),
        ("Gross profit (loss) from operations", "income_statement", None, "gross_profit"),
        ("三、营业利润（亏损以“-”号填列）", "income_statement", None, "operating_profit"),
        ("營業利益", "income_statement", None, "operating_profit"),
        ("Net operating income (loss)", "income_statement", None, "operating_profit"),
        ("Total Operating Profit/Loss", "income_statement", None, "operating_profit"),
        ("EBIT", "income_statement", None, "ebit"),
        ("Income before income tax and share of results of equity method investees", "income_statement", None,
         "profit_before_tax_and_associates"),
        ("五、净利润（净亏损以“－”号填列）", "income_statement", None, "net_profit"),
        ("合併總損益", "income_statement", None, "net_profit"),
        ("Net income", "income_statement", None, "net_profit"),
        ("Net income", "cash_flow", None, "net_profit_in_cash_flow"),
        ("NetIncomeIncludingNoncontrollingInterests", "income_statement", None, "net_profit"),
        ("Net Income to Company", "income_statement", None, "net_profit"),
        ("歸屬母公司淨利（損）", "income_statement", None, "net_profit_attributable_to_parent"),
        ("Owners of the Company", "income_statement", "attribution", "net_profit_attributable_to_parent"),
        ("Owners of the Company", "income_statement", "comprehensive_attribution",
         "total_comprehensive_income_attributable_to_parent"),
        ("Net income available to common stockholders", "income_statement", None,
         "net_profit_attributable_to_ordinary_shareholders"),
        ("归属于上市公司股东的扣除非经常性损益的净利润", "income_statement", None,
         "net_profit_excluding_non_recurring_items"),
        ("其他综合收益", "income_statement", None, "other_comprehensive_income"),
        ("Basic", "income_statement", "per_share", "earnings_per_share_basic"),
        ("Basic", "income_statement", "shares", "weighted_average_shares_basic"),
        ("Diluted (in dollars per share)", "income_statement", "per_share", "earnings_per_share_diluted"),
        # balance sheet
        ("其他综合收益", "balance_sheet", None, "accumulated_other_comprehensive_income"),
        ("货币资金", "balance_sheet", None, "cash"),
        ("monetaryfund", "balance_sheet", None, "cash"),
        ("Cash & Bank", "balance_sheet", None, "cash"),
        ("現金及約當現金", "balance_sheet", None, "cash"),
        ("Cash, Cash Equivalents & Short Term Investments", "balance_sheet", None, "cash_and_short_term_investments"),
        ("Accounts & Notes Receivable", "balance_sheet", None, "receivables"),
        ("应收票据及应收账款", "balance_sheet", None, "bills_and_trade_receivables_subtotal"),
        ("ACCOUNTS_RECE", "balance_sheet", None, "receivables"),
        ("Receivables", "balance_sheet", None, "trade_and_other_receivables"),
        ("A001123000", "balance_sheet", None, "inventories"),
        ("sumasset", "balance_sheet", None, "total_assets"),
        ("TotalLiabilitiesNetMinorityInterest", "balance_sheet", None, "total_liabilities"),
        ("TotalEquityGrossMinorityInterest", "balance_sheet", None, "total_equity"),
        ("所有者权益（或股东权益）合计", "balance_sheet", None, "total_equity"),
        ("total_hldr_eqy_exc_min_int", "balance_sheet", None, "equity_attributable_to_parent"),
        ("歸屬於母公司業主之權益合計", "balance_sheet", None, "equity_attributable_to_parent"),
        ("Lease liabilities", "balance_sheet", "current_liabilities", "lease_liabilities_current"),
        ("Lease liabilities", "balance_sheet", "non_current_liabilities", "lease_liabilities_non_current"),
        ("Derivative financial instruments", "balance_sheet", "current_assets", "derivative_financial_assets"),
        ("Derivative financial instruments", "balance_sheet", "current_liabilities",
         "derivative_financial_liabilities"),
        ("Total liabilities, mezzanine equity and shareholders' equity", "balance_sheet", None,
         "total_equity_and_liabilities"),
        # cash flow
        ("Net cash (used in)/generated from operating activities", "cash_flow", None, "operating_cash_flow"),
        ("经营活动产生现金流量净额", "cash_flow", None, "operating_cash_flow"),
        ("NETCASH_OPERATE", "cash_flow", None, "operating_cash_flow"),
        ("Cash from Operating Activity", "cash_flow", None, "operating_cash_flow"),
        ("Cash, Cash Equivalents, Restricted Cash and Restricted Cash Equivalents at End of Year", "cash_flow", None,
         "closing_cash_and_equivalents"),
        ("六、期末现金及现金等价物余额", "cash_flow", None, "closing_cash_and_equivalents"),
        ("Trade receivables", "cash_flow", None, "change_in_receivables"),
        ("存货的减少（增加以“－”号填列）", "cash_flow", None, "change_in_inventories"),
        ("Other", "cash_flow", "investing_activities", "other_investing_cash_flow"),
    ],
)  # fmt: skip
def test_what_a_label_means(label: str, statement: str, section: str | None, concept_id: str) -> None:
    assert LEXICON.concept(label, statement, section) == concept_id


@pytest.mark.parametrize(
    ("label", "statement"),
    [
        # the parent's equity where non-controlling interests stand below it, total equity elsewhere
        ("Total shareholders' equity", "balance_sheet"),
        ("Total stockholders' equity", "balance_sheet"),
        ("Shareholders' equity", "balance_sheet"),
        ("StockholdersEquity", "balance_sheet"),
        ("Total Common Equity", "balance_sheet"),
        ("Equity", "balance_sheet"),
        # profit of the parent in some vendors' exports, of the whole group in statements
        ("Net profit", "income_statement"),
        # money in one layout, a fraction in another
        ("Gross margin", "income_statement"),
        # with or without the cost of sales
        ("Operating expenses", "income_statement"),
        ("Total operating costs", "income_statement"),
        # revenue in translations of CAS statements, profit elsewhere
        ("Total operating income", "income_statement"),
        # a loss printed without a sign
        ("Net loss", "income_statement"),
        ("Loss from operations", "income_statement"),
        # what the owners' line belongs to is said by a heading
        ("Owners of the Company", "income_statement"),
        ("Basic", "income_statement"),
        ("Diluted", "income_statement"),
        ("Other", "cash_flow"),
        ("Other", "balance_sheet"),
        ("Total", "balance_sheet"),
        ("Reserves", "balance_sheet"),
        ("Lease liabilities", "balance_sheet"),
        # before the exchange effect under IFRS, after it under US GAAP
        ("Net increase in cash and cash equivalents", "cash_flow"),
        ("Revenue Growth (YoY)", "income_statement"),
        ("营业利润平衡项目", "income_statement"),
    ],
)
def test_a_label_that_needs_more_than_its_wording_means_nothing(label: str, statement: str) -> None:
    assert LEXICON.concept(label, statement, None) is None
