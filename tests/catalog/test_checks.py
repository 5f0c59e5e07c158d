"""Every check_id that a finding can carry is in checks.csv, and every row of checks.csv is one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import valuenet_pipeline
from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.derive import FormulaError
from valuenet_pipeline.derive.rule import compile_rules

NAMED = re.compile(r"""["']([A-Z]{3}-\d{2}|label|profile|contract)["']""")


def _named_in_code() -> set[str]:
    package = Path(valuenet_pipeline.__file__).parent
    return {found for path in package.rglob("*.py") for found in NAMED.findall(path.read_text(encoding="utf-8"))}


def test_every_check_that_speaks_is_in_the_catalog() -> None:
    assert _named_in_code() <= set(load_catalog().checks)


def test_every_check_of_the_catalog_can_speak() -> None:
    catalog = load_catalog()
    speaking = _named_in_code() | {one.check_id for one in catalog.identities}
    speaking |= {check.check_id for check in catalog.checks.values() if check.kind in ("rule", "grammar")}
    assert set(catalog.checks) <= speaking


def test_checks_say_what_they_do() -> None:
    for check in load_catalog().checks.values():
        assert check.severity in ("error", "warning", "info"), check
        assert set(check.stage.split(" and ")) <= {"open", "read", "build", "derive", "publish"}, check
        assert check.kind in ("reading", "grammar", "identity", "rule", "code"), check
        assert all((check.name, check.scope, check.formula, check.tolerance, check.source)), check


def test_identities_have_names_of_their_own_and_the_severity_of_their_check() -> None:
    catalog = load_catalog()
    names = [one.name for one in catalog.identities]
    assert len(names) == len(set(names))
    for identity in catalog.identities:
        assert catalog.checks[identity.check_id].kind == "identity"
        assert catalog.checks[identity.check_id].severity == identity.severity


def test_a_rule_with_a_slip_is_refused_with_the_nearest_name() -> None:
    catalog = load_catalog()
    slip = replace(catalog.checks["INC-08"], formula="revenu >= 0")
    with pytest.raises(FormulaError, match="revenue"):
        compile_rules(replace(catalog, checks={"INC-08": slip}))
    slip = replace(slip, formula="revenue >= (")
    with pytest.raises(FormulaError, match="not a condition"):
        compile_rules(replace(catalog, checks={"INC-08": slip}))
