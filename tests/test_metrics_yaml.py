"""Metrics that a user adds in data/raw/metrics.yaml: computed as the catalog's are, or refused by line."""

from __future__ import annotations

import re

import duckdb
import pytest
from conftest import ROOT, refresh

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.catalog.metric import read_metrics
from valuenet_pipeline.derive import refuse
from valuenet_pipeline.orchestration import flow

GOOD = """\
- id: revenue_per_store
  category: operating_capacity
  en: Revenue per retail store
  zh: 单店收入
  formula: revenue / retail_stores
  unit: currency_per_unit
- id: gross_margin_gap
  aspect: point
  en: Gross margin above that of the year before
  zh: 毛利率变动
  formula: gross_margin - prior(gross_margin)
"""

BAD = """\
- id: a
  category: growth
  en: A
  zh: A
  formula: gross_proft / revenue
- id: b
  category: growth
  en: B
  zh: B
  formula: averag(revenue)
- id: c
  category: growth
  en: C
  zh: C
  formula: d + 1
- id: d
  category: growth
  en: D
  zh: D
  formula: c + 1
- id: gross_margin
  category: growth
  en: E
  zh: E
  formula: revenue
- id: f
  categry: growth
  en: F
  zh: F
  formula: revenue
- id: g
  category: growth
  en: G
  zh: G
  formula: a * 2
- id: h
  category: growth
  en: H
  zh: H
  formula: revenue > 1
- id: fine
  category: growth
  en: Fine
  zh: Fine
  formula: revenue * 2
"""


def findings(project: flow.Project) -> dict[str, str]:
    with duckdb.connect(str(project.published), read_only=True) as connection:
        rows = connection.execute(
            "select split_part(message, ':', 1), message from mart.finding where check_id = 'MET-01'"
        ).fetchall()
    return dict(rows)


def test_an_added_metric_is_computed_defined_and_traced(project: flow.Project) -> None:
    (project.inbox / "metrics.yaml").write_text(GOOD, encoding="utf-8")
    before = flow.scan_inbox(project).hash
    refresh(project)
    with duckdb.connect(str(project.published), read_only=True) as connection:
        gap, current, earlier = connection.execute(
            """select max(value) filter (where indicator_id = 'gross_margin_gap'),
              (select value from mart.ratio where ratio_id = 'gross_margin' and entity_id = 'xiaomi' and fiscal_year = 2021
                and vintage = 'current'),
              (select value from mart.ratio where ratio_id = 'gross_margin' and entity_id = 'xiaomi' and fiscal_year = 2020
                and vintage = 'current')
            from mart.profit_model where entity_id = 'xiaomi' and fiscal_year = 2021 and vintage = 'current'"""
        ).fetchall()[0]
        assert gap == pytest.approx(current - earlier, rel=1e-12)
        assert connection.execute(
            "select source, unit from mart.formula where metric_id = 'revenue_per_store'"
        ).fetchall() == [("user", "currency_per_unit")]
        inputs = connection.execute(
            "select concept_id, input_fiscal_year from mart.explain('xiaomi', 2021, 'gross_margin_gap') where cell <> ''"
        ).fetchall()
        assert sorted(inputs) == [("gross_profit", 2020), ("gross_profit", 2021), ("revenue", 2020), ("revenue", 2021)]
    assert findings(project) == {}
    (project.inbox / "metrics.yaml").write_text(
        GOOD.replace("prior(gross_margin)", "prior(net_margin)"), encoding="utf-8"
    )
    assert flow.scan_inbox(project).hash != before


def test_what_cannot_be_computed_is_refused_by_line_with_a_suggestion_and_the_rest_is_used(
    project: flow.Project,
) -> None:
    (project.inbox / "metrics.yaml").write_text(BAD, encoding="utf-8")
    refresh(project)
    found = findings(project)
    assert {line: message.partition(": ")[2] for line, message in found.items()} == {
        "line 5": "a: unknown name gross_proft; nearest: gross_profit, gross_profit_growth, gross_profit_computed",
        "line 10": "b: unknown function averag; nearest: average",
        "line 15": "c: refers to itself: c -> d -> c",
        "line 20": "d: refers to itself: d -> c -> d",
        "line 25": "gross_margin: the id is already that of a metric of the catalog",
        "line 27": "unknown key 'categry'; nearest: category",
        "line 26": "one of category (a ratio) or aspect (an indicator) must be given",
        "line 35": "g: takes a, which is refused itself",
        "line 40": "h: 'revenue > 1' is a condition where a number is wanted",
    }
    with duckdb.connect(str(project.published), read_only=True) as connection:
        assert connection.execute("select metric_id from mart.formula where source = 'user'").fetchall() == [("fine",)]


@pytest.mark.parametrize("page", ["README.md", "docs/formulas.md"])
def test_the_examples_of_the_pages_can_be_computed(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    examples = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "formula:" in block]
    assert examples
    for example in examples:
        metrics, faults = read_metrics(example)
        assert (len(metrics), faults) == (1, [])
        assert refuse(load_catalog(), metrics) == (metrics, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- id: [a", "line 1: not valid YAML"),
        ("a: b", "line 1: not a list of metrics"),
        ("- a", "line 1: not a metric"),
        ("- {id: a, id: b, en: x, zh: y, formula: revenue, category: growth}", "line 1: the key 'id' stands twice"),
        ("- {id: Ab, en: x, zh: y, formula: revenue, category: growth}", "line 1: id 'Ab' is not lower-case"),
        ("- {id: a, en: x, zh: y, formula: revenue, category: grwth}", "line 1: category is 'grwth', not one of"),
        ("\xff", "line 1: not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_list_of_metrics_is_refused(project: flow.Project, text: str, words: str) -> None:
    (project.inbox / "metrics.yaml").write_bytes(text.encode("latin-1"))
    [unread] = flow.scan_inbox(project).unread
    assert unread.finding.message.startswith(words)
