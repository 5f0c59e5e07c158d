"""The files about cycle, challenges and value net agree with the rest of the catalog, or are refused by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.catalog.model import Challenge, Role, Stage, profit_model_faults
from valuenet_pipeline.derive.sentence import sentence

CATALOG = load_catalog()


def test_a_name_that_nobody_knows_is_refused() -> None:
    wrong = replace(
        CATALOG.model,
        stages=(Stage("users", "Users", "用户", ("monthly_active_users", "active_userz")),),
        challenges=(Challenge("x", "X", "X", "", (("revenue", "lower"), ("gross_margin", "lower"))),),
        roles=(Role("supplier", "Suppliers", "供应商", ("payable_dayz",)),),
    )
    faults = list(profit_model_faults(wrong, CATALOG.concepts, {one.metric_id for one in CATALOG.metrics}))
    assert faults == [
        "profit_model/flywheel.csv: users names 'active_userz', neither a concept nor a metric",
        "profit_model/challenges.csv: x names the unknown metric 'revenue'",
        "profit_model/value_net.csv: supplier names the unknown metric 'payable_dayz'",
    ]


def test_every_metric_is_watched_in_a_direction_and_every_name_is_in_both_languages() -> None:
    model = CATALOG.model
    assert all(one.metrics for one in model.challenges)
    for one in (*model.stages, *model.challenges, *model.roles):
        assert one.name_en
        assert one.name_zh


def test_a_sentence_with_an_unknown_word_is_refused() -> None:
    assert sentence("it's {a}.", {"a": "x"}) == "concat('it''s ', x, '.')"
    with pytest.raises(ValueError, match=r"unknown word \{fiscal_yaer\}; nearest: fiscal_year"):
        sentence("In {fiscal_yaer}", {"fiscal_year": "fiscal_year"})
