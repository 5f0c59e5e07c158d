"""Every kind of fault, injected into a clean extract: no wrong figure is published, and nothing is lost in silence."""

from __future__ import annotations

import csv
import datetime
import os
from collections import defaultdict
from functools import cache
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from faults import (
    amount_faults,
    company_faults,
    container_faults,
    csv_faults,
    layout_faults,
    number_faults,
    period_faults,
)
from faults.clean import clean, csv_bytes, xlsx
from faults.fault import FAULTS, Fault, Injected, Outcome
from faults.judge import Printed, Result, Said, complaints
from valuenet_pipeline.catalog import EntityProfile, load_catalog, load_entity
from valuenet_pipeline.cli import app
from valuenet_pipeline.extract import Options, Reading, read_extract
from valuenet_pipeline.orchestration import flow

MODULES = (amount_faults, company_faults, container_faults, csv_faults, layout_faults, number_faults, period_faults)
ROOT = Path(__file__).parents[2]
KINDS = ROOT.parent / "shared" / "faults.csv"
ELSEWHERE = ("arrival/", "ops/", "sql/", "web/")
WITHOUT_EXPORT = ("FLT-162",)
TODAY = datetime.date(2021, 6, 1)


@cache
def profile() -> EntityProfile:
    """The company without the currency that its statements print."""
    return load_entity(ROOT / "data" / "raw" / "xiaomi" / "entity.yaml").model_copy(update={"currency": None})


def read(content: bytes, name: str) -> Reading:
    """What the reader makes of a file."""
    return read_extract(content, name, load_catalog(), profile(), Options(today=TODAY))


def result_of(reading: Reading) -> Result:
    """The figures that would be published from a reading."""
    lines = reading.lines[reading.lines["outcome"].isin(["fact", "nil"])]
    columns = [lines[name] for name in ("concept_id", "fiscal_year", "value", "decimals", "unit")]
    published = tuple(
        Printed((concept, member, int(year)), value, int(decimals), unit)
        for member, concept, year, value, decimals, unit in zip(lines["member_id"].fillna(""), *columns, strict=True)
    )
    said = tuple(
        Said(one.check_id, one.message, one.remedy, one.label or "", f"{one.sheet or ''}!{one.cell or ''}")
        for one in reading.findings
    )
    return Result(published, said, reading.is_refused)


def kinds(*stages: str) -> list[object]:
    """The faults of some stages, those not handled yet marked."""
    return [
        pytest.param(
            one, id=f"{one.fault_id}-{one.kind}",
            marks=[pytest.mark.xfail(strict=True, reason=one.open_fault)] if one.open_fault else [],
        )
        for one in sorted(FAULTS.values(), key=lambda one: one.fault_id) if one.stage in stages
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_the_clean_extract_is_read_right_and_raises_nothing(name: str) -> None:
    content = xlsx(clean()) if name == "a.xlsx" else csv_bytes(clean())
    clean_fault = Fault("clean", "clean", Outcome.RIGHT, (), "read", lambda: Injected(((name, content),)))
    assert complaints(clean_fault, clean_fault.inject(), result_of(read(content, name))) == []


@pytest.mark.parametrize("fault", kinds("read"))
def test_fault_in_reading(fault: Fault) -> None:
    injected = fault.inject()
    ((name, content),) = injected.files
    assert complaints(fault, injected, result_of(read(content, name))) == []


def test_a_label_cannot_command_the_terminal(tmp_path: Path) -> None:
    ((name, content),) = FAULTS["FLT-163"].inject().files
    (tmp_path / name).write_bytes(content)
    for form in ("table", "csv", "json"):
        shown = CliRunner().invoke(app, ["read", str(tmp_path / name), "--format", form])
        assert shown.exit_code == 0
        assert "Other" in shown.output or form != "table"
        assert "\x1b" not in shown.output


# Faults that only a build can see: each in a folder of its own, all in one warehouse


def _folder(fault: Fault) -> str:
    return fault.fault_id.lower().replace("-", "_")


def _write(folder: Path, injected: Injected, profile_text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "entity.yaml").write_text(profile_text.replace("entity_id: xiaomi", f"entity_id: {folder.name}"))
    for name, content in injected.files:
        if content == b"SYMLINK":
            (elsewhere := folder.parents[2] / name).write_bytes(xlsx(clean()))
            (folder / name).symlink_to(elsewhere)
        elif content == b"FIFO":
            os.mkfifo(folder / name)
        else:
            (folder / name).write_bytes(content)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What one build publishes and says, by folder."""
    project = flow.Project(tmp_path_factory.mktemp("faults"))
    profile_text = (ROOT / "data" / "raw" / "xiaomi" / "entity.yaml").read_text().replace("currency: CNY\n", "")
    for fault in FAULTS.values():
        if fault.stage != "read":
            _write(project.inbox / _folder(fault), fault.inject(), profile_text)
    history = Injected(
        ((amount_faults.EARLIER, xlsx(clean(2018, 2017))), (amount_faults.LATER, xlsx(clean(2019, 2018))))
    )
    _write(project.inbox / "clean_pair", history, profile_text)
    _write(project.inbox / "clean_one", Injected((("annual-report-2019.xlsx", xlsx(clean())),)), profile_text)
    inbox = flow.scan_inbox(project)
    flow.read_inbox(project, inbox)
    with duckdb.connect(str(flow.build_candidate(project, inbox, "faults")), read_only=True) as connection:
        return _results(connection)


def _results(connection: duckdb.DuckDBPyConnection) -> dict[str, Result]:
    facts, said = defaultdict(list), defaultdict(list)
    for entity, *key, value, decimals, unit in connection.execute(
        "select entity_id, concept_id, coalesce(member_id, ''), fiscal_year, value, decimals, unit from core.fact"
    ).fetchall():
        facts[entity].append(Printed((key[0], key[1], key[2]), value, decimals, unit))
    for entity, *words in connection.execute(
        """select entity_id, check_id, message, coalesce(remedy, ''), coalesce(label, ''),
          concat(extract_id, '/', sheet, '!', cell) from mart.finding"""
    ).fetchall():
        said[entity].append(Said(*words))
    refused = {
        entity
        for (entity,) in connection.execute("select entity_id from core.extract where state <> 'read'").fetchall()
    }
    taken = {entity for (entity,) in connection.execute("select entity_id from core.extract").fetchall()}
    background = frozenset(one.check_id for name in ("clean_pair", "clean_one") for one in said[name])
    return {
        entity: Result(tuple(facts[entity]), tuple(said[entity]), entity in refused, background)
        for entity in taken | set(said)
    }


@pytest.mark.parametrize("entity", ["clean_pair", "clean_one"])
def test_clean_reports_are_published_whole_without_an_error(built: dict[str, Result], entity: str) -> None:
    one = Fault("clean", "clean", Outcome.RIGHT, (), "build", lambda: Injected(()))
    assert complaints(one, one.inject(), built[entity]) == []
    assert {said.check_id for said in built[entity].said} <= {"TIM-04", "SGN-03"}


@pytest.mark.parametrize("fault", kinds("build"))
def test_fault_in_a_build(fault: Fault, built: dict[str, Result]) -> None:
    assert complaints(fault, fault.inject(), built[_folder(fault)]) == []


@pytest.mark.parametrize("fault", kinds("inbox"))
def test_fault_in_the_inbox(fault: Fault, built: dict[str, Result]) -> None:
    result = built.get(_folder(fault), Result((), (), False))
    assert not result.published
    assert {said.check_id for said in result.said} == set(fault.checks)


def test_every_kind_has_an_injection() -> None:
    if not KINDS.exists():
        pytest.skip("the list of kinds is not here; the injections hold their own ids and outcomes")
    with KINDS.open(encoding="utf-8", newline="") as stream:
        listed = {row["id"]: row["kind"] for row in csv.DictReader(stream)}
    mine = {one: kind for one, kind in listed.items() if not kind.startswith(ELSEWHERE) and one not in WITHOUT_EXPORT}
    assert {one.fault_id: one.kind for one in FAULTS.values()} == mine
