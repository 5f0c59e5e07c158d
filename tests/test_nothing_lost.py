"""Whatever arrives in whatever order, and whatever fails meanwhile, the warehouse is made from the same in the end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from valuenet_pipeline import warehouse
from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.orchestration import archive, building, flow, reading

NAMES = ("acme/a.csv", "acme/b.csv", "other/a.csv")
"""Of one company two, whose order decides nothing but when each was known."""
TIMES = {"arrived_at", "left_at", "known_from", "known_until", "built_at", "publication_id"}
TOLD_BY_TIME = {"core.extract_version", "mart.ratio_history", "mart.profit_model_history"}
"""Tables of what came when, which the order of arrival does decide."""


def content(number: int) -> str:
    """A small report, or for some numbers a file that cannot be read."""
    if number % 4 == 3:
        return "a,b\n1"
    return f"Annual Report 2021\nIncome statement (USD million)\n,2021,2020\nRevenue,{100 + number},{90}\nGross profit,{50 + number},{40}\n"


class Failure(Exception):
    """A process that dies."""


class Desk:
    """A project, the operations that may befall it, and what its tables would be made from."""

    def __init__(self, root: Path) -> None:
        self.project = flow.Project(root)
        self.project.inbox.mkdir(parents=True)
        self._dies_at: int | None = None

    def put(self, name: str, number: int) -> None:
        path = self.project.inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content(number), encoding="utf-8")

    def remove(self, name: str) -> None:
        (self.project.inbox / name).unlink(missing_ok=True)

    def refresh(self) -> None:
        """Take in and read, in this process: that a child which dies costs one file is shown elsewhere."""
        inbox = flow.scan_inbox(self.project)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "map_limited", self._read)
            if inbox.files:
                flow.read_inbox(self.project, inbox)

    def _read(self, function: Any, jobs: Iterable[Any], **_: Any) -> Iterator[tuple[Any, Any]]:
        for job in jobs:
            self._about_to_write()
            yield job, function(job)

    def refresh_that_dies(self, place: int) -> None:
        """A refresh that ends at the so many-th thing that it would make durable."""
        self._dies_at = place
        with pytest.MonkeyPatch.context() as patch, suppress(Failure):
            patch.setattr(archive, "_keep", self._dying(archive._keep))
            patch.setattr(archive, "_append", self._dying(archive._append))
            self.refresh()
        self._dies_at = None

    def _dying(self, function: Any) -> Any:
        def call(*arguments: Any) -> Any:
            self._about_to_write()
            return function(*arguments)

        return call

    def _about_to_write(self) -> None:
        if self._dies_at is not None:
            self._dies_at -= 1
            if self._dies_at < 0:
                raise Failure

    def lose_a_slice(self) -> None:
        """What a full disk or a tidy person does."""
        for folder in sorted(self.project.slices.glob("[!.]*"))[:1]:
            shutil.rmtree(folder)

    def gathered(self) -> dict[str, Any]:
        """All that the tables are made from, by content; of the past, which versions are looked at and what they say."""
        inbox = flow.scan_inbox(self.project)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(building, "_past_facts", lambda *given: given[3:])
            sources = building.gather(self.project, inbox, load_catalog())
        frames = {name: plain(frame) for name, frame in sources.frames.items() if name != "core.publication"}
        lines = {extract_id: lines_in(folder) for extract_id, (_, folder) in sources.slices.items()}
        past = [
            sorted((one.extract_id, one.number, one in left, *self._lines_of(inbox, one)) for one in there)
            for there, left in sources.past_facts
        ]
        return {"frames": frames, "lines": lines, "past": past}

    def _lines_of(self, inbox: flow.Inbox, version: archive.Version) -> list[tuple[str, ...]]:
        file = archive.file_of(self.project, version)
        return lines_in(self.project.slices / reading.slice_key(inbox, file))


def lines_in(folder: Path) -> list[tuple[str, ...]]:
    """What was read of an extract; nothing where it could not be."""
    path = folder / "reported_line.parquet"
    return plain(pd.read_parquet(path)) if path.exists() else []


def plain(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Rows as texts in an order of their own, without what tells the time of day."""
    columns = [name for name in sorted(frame.columns) if name not in TIMES]
    return sorted(tuple(map(str, row)) for row in frame[columns].itertuples(index=False, name=None))


arrivals = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 7), min_size=1)
mishaps = st.one_of(
    st.tuples(st.just("refresh")),
    st.tuples(st.just("refresh_that_dies"), st.integers(0, 6)),
    st.tuples(st.just("lose_a_slice")),
)
changes = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(NAMES), st.integers(0, 7)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES)),
    mishaps,
)
QUIET = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@QUIET
@given(arrivals, st.randoms(use_true_random=False), st.lists(mishaps, max_size=5))
def test_the_order_of_arrival_and_failures_leave_no_trace(
    extracts: dict[str, int], draw: Any, failures: list[tuple[Any, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        at_once, one_by_one = Desk(Path(root, "at_once")), Desk(Path(root, "one_by_one"))
        for name, number in extracts.items():
            at_once.put(name, number)
        at_once.refresh()
        names = list(extracts)
        draw.shuffle(names)
        steps = [("put", name, extracts[name]) for name in names]
        for failure in failures:
            steps.insert(draw.randint(0, len(steps)), failure)
        for step, *arguments in steps:
            getattr(one_by_one, step)(*arguments)
        one_by_one.refresh()
        made, clean = one_by_one.gathered(), at_once.gathered()
        for side in (made, clean):  # numbers of chains follow the order of arrival
            side["frames"]["core.extract_version"] = len(side["frames"]["core.extract_version"])
        assert made == clean


@QUIET
@given(st.lists(changes, max_size=8))
def test_what_was_replaced_or_removed_is_remembered_alike_after_the_warehouse_is_deleted(
    steps: list[tuple[Any, ...]],
) -> None:
    with tempfile.TemporaryDirectory() as root:
        desk = Desk(Path(root))
        desk.put("acme/stays.csv", 0)
        for step, *arguments in steps:
            getattr(desk, step)(*arguments)
        desk.refresh()
        before = desk.gathered()
        shutil.rmtree(desk.project.warehouse)
        desk.refresh()
        assert desk.gathered() == before
        kept = {one.content_hash for one in archive.versions(desk.project)}
        assert {path.name for path in desk.project.archive.glob("[0-9a-f]*")} >= kept


def test_tables_of_two_ways_to_the_same_inbox_are_the_same(tmp_path: Path) -> None:
    """What is gathered decides the tables; shown once on whole files."""
    desks = [Desk(tmp_path / name) for name in ("one", "other")]
    for desk, names in zip(desks, (NAMES, NAMES[::-1]), strict=True):
        for number, name in enumerate(names):
            desk.put(name, NAMES.index(name))
            if desk is desks[1] and number < 2:
                desk.refresh()
        inbox = flow.scan_inbox(desk.project)
        flow.read_inbox(desk.project, inbox)
        flow.publish_candidate(desk.project, flow.build_candidate(desk.project, inbox, "run"))
    tables = []
    for desk in desks:
        with warehouse.connect_read_only(desk.project.published) as connection:
            names = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            found = {f"{schema}.{name}": connection.execute(f"from {schema}.{name}").df() for schema, name in names}
            tables.append({name: plain(frame) for name, frame in found.items() if name not in TOLD_BY_TIME})
    assert tables[0] == tables[1]
