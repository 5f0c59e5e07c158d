"""Labels: what they are compared by, and how context decides."""

from __future__ import annotations

import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.extract.labels import Lexicon, normalise


@pytest.mark.parametrize(
    ("printed", "compared"),
    [
        ("Profit/(loss) for the year", "profitlossfortheyear"),
        ("  Selling & marketing expenses", "sellingandmarketingexpenses"),
        ("一、营业总收入", "营业总收入"),
        ("减：营业成本", "营业成本"),
        ("其中:利息费用", "利息费用"),
        ("Ｒｅｖｅｎｕｅ", "revenue"),
        ("(a) Revenue", "revenue"),
    ],
)
def test_normalise(printed: str, compared: str) -> None:
    assert normalise(printed) == compared


def test_the_same_wording_means_different_things_in_different_statements() -> None:
    lexicon = Lexicon.of(load_catalog(), None)
    assert lexicon.concept("Non-controlling interests", "balance_sheet", "equity") == "non_controlling_interests"
    assert (
        lexicon.concept("Non-controlling interests", "income_statement", "attribution")
        == "net_profit_attributable_to_non_controlling_interests"
    )


def test_similar_is_suggested_never_accepted() -> None:
    lexicon = Lexicon.of(load_catalog(), None)
    assert lexicon.concept("Inventorys of goods", "balance_sheet", None) is None
    assert "inventories" in lexicon.suggestions("Inventorys of goods", "balance_sheet")
