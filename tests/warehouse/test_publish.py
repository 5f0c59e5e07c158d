"""Publications: audited, checked, five kept, gone back from; and nothing beside them does harm."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import uuid
from importlib import import_module
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from typer.testing import CliRunner

from valuenet_pipeline import warehouse
from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.orchestration.assets import AGAIN, build_assets
from valuenet_pipeline.orchestration.instance import resources
from valuenet_pipeline.orchestration.schedule import REFRESH


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, shipped: flow.Project) -> Path:
    """A built file, to be published under several names."""
    return Path(shutil.copy(shipped.published, tmp_path_factory.mktemp("built") / "built.duckdb"))


def put(built: Path, published: Path, publication_id: str, inbox_hash: str | None = None) -> Path:
    """Publish a copy of a built file, which may say that it was made from another inbox."""
    published.parent.mkdir(parents=True, exist_ok=True)
    candidate = Path(shutil.copy(built, published.parent / ".build-x.duckdb"))
    if inbox_hash:
        candidate.chmod(0o644)
        with duckdb.connect(str(candidate)) as connection:
            connection.execute("update core.publication set inbox_hash = ?", [inbox_hash])
    return warehouse.publish(candidate, published, publication_id)


def publish_again(project: flow.Project, built: Path, tags: dict[str, str]) -> list[object]:
    """The last step of a run that has built the same tables as `built`; whether what it tells of is new, if anything."""
    run_id = str(uuid.uuid4())
    shutil.copy(built, flow.candidate_path(project, run_id))
    definitions = dg.Definitions(assets=build_assets(project), jobs=[REFRESH], resources=resources(project))
    with dg.DagsterInstance.ephemeral() as instance:
        run = definitions.resolve_job_def(REFRESH.name).execute_in_process(
            instance=instance, run_id=run_id, tags=tags, asset_selection=[dg.AssetKey(["publication", "warehouse"])]
        )
    assert run.success
    assert not flow.candidate_path(project, run_id).exists()
    told = run.asset_materializations_for_node("publication__warehouse")
    return [one.metadata["is_new"].value for one in told]


def test_what_a_publication_was_made_from_is_in_it(shipped: flow.Project) -> None:
    with duckdb.connect(str(shipped.published), read_only=True) as connection:
        query = "select inputs, duckdb_version, publication_id from core.publication"
        ((inputs, version, publication_id),) = connection.execute(query).fetchall()
        extracts = dict(connection.execute("select extract_id, content_hash from core.extract").fetchall())
    assert extracts.items() <= inputs.items()
    assert {name for name in inputs.keys() - extracts.keys() if not name.endswith("/entity.yaml")} == set()
    assert version == duckdb.__version__
    assert publication_id in shipped.published.resolve().name


def test_five_versions_are_kept_each_with_a_checksum_that_others_can_check(built: Path, tmp_path: Path) -> None:
    published = tmp_path / "valuenet.duckdb"
    for number in range(7):
        put(built, published, f"0{number}")
    kept = warehouse.versions(published)
    assert [one.publication_id for one in kept] == ["06", "05", "04", "03", "02"]
    assert [one.is_current for one in kept] == [True, False, False, False, False]
    assert all(one.path.stat().st_mode & 0o777 == 0o444 for one in kept)
    assert sorted(os.listdir(tmp_path)) == sorted(
        [published.name, *(f"{one.path.name}{end}" for one in kept for end in ("", ".sha256"))]
    )
    done = subprocess.run(["sha256sum", "--check", "--quiet", *tmp_path.glob("*.sha256")], cwd=tmp_path, check=False)
    assert done.returncode == 0


def test_the_version_that_is_read_is_kept_however_old(built: Path, tmp_path: Path) -> None:
    published = tmp_path / "valuenet.duckdb"
    put(built, published, "09")
    for number in range(6):
        put(built, published, f"0{number}")
    assert published.resolve().name == "valuenet-05.duckdb"
    assert [one.publication_id for one in warehouse.versions(published)] == ["09", "05", "04", "03", "02"]
    warehouse.go_back(published, "02")
    put(built, published, "10")
    assert "02" not in [one.publication_id for one in warehouse.versions(published)]


def test_a_long_lived_process_sees_the_new_version_when_it_reconnects(built: Path, tmp_path: Path) -> None:
    published = tmp_path / "valuenet.duckdb"
    put(built, published, "01")
    with duckdb.connect(str(published), read_only=True) as held:
        before = held.execute("select current_database()").fetchone()
        put(built, published, "02")
        with duckdb.connect(str(published), read_only=True) as again:
            files = "select path from duckdb_databases() where not internal"
            assert str(again.execute(files).fetchone()).find("valuenet-02") > 0
        assert held.execute("select current_database()").fetchone() == before
        assert held.execute("select count(*) > 0 from mart.ratio").fetchone() == (True,)


@pytest.mark.parametrize("storage", ["v1.0.0", "v1.4.0"])
def test_a_stray_write_ahead_log_harms_no_reader_of_the_next_version(
    built: Path, tmp_path: Path, storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = flow.Project(tmp_path)
    version = put(built, project.published, "01")
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{tmp_path}/other.duckdb' as other (storage_version '{storage}')")
        connection.execute("pragma disable_checkpoint_on_shutdown")
        connection.execute("create table other.main.intruder as select 1 as x")
    strays = [path.with_name(path.name + ".wal") for path in (project.published, version)]
    for stray in strays:
        shutil.copy(tmp_path / "other.duckdb.wal", stray)
    put(built, project.published, "02")
    with duckdb.connect(str(project.published), read_only=True) as connection:
        assert connection.execute("from duckdb_tables() where table_name = 'intruder'").fetchall() == []
    assert not any(stray.exists() for stray in strays)
    strays[0].write_bytes(b"")
    assert flow.remove_logs(project) == ["valuenet.duckdb.wal"]


def test_rollback_holds_until_something_changes_or_somebody_asks(
    built: Path, acme: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(acme.root))
    first = put(built, acme.published, "01", "another inbox")
    bad = put(built, acme.published, "02", flow.scan_inbox(acme).hash)
    shown = CliRunner().invoke(app, ["rollback"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert acme.published.resolve() == first
    assert "rolled back" in shown.stdout
    assert "refresh --full" in shown.stdout.replace("\n", " ")
    again = CliRunner().invoke(app, ["refresh"], env={"COLUMNS": "200"})
    assert "Nothing is published" in again.stdout
    assert not publish_again(acme, bad, {})  # as the schedule does
    assert acme.published.resolve() == first
    assert flow.inbox_rolled_back(acme, flow.scan_inbox(acme)) == "02"
    path = acme.inbox / "acme" / "report.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert flow.inbox_rolled_back(acme, flow.scan_inbox(acme)) is None
    assert publish_again(acme, bad, {AGAIN: "true"})  # as `refresh --full` does
    assert acme.published.resolve() not in (first, bad)


def previous(published: Path) -> str:
    return warehouse.find_version(published, "previous").name


def test_what_was_rolled_back_is_passed_over_and_stays_unpublished_after_later_publications(
    built: Path, acme: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(acme.root))
    published, current = acme.published, flow.scan_inbox(acme).hash
    older, good = (put(built, published, name, f"inbox {name}") for name in ("00", "01"))
    bad = put(built, published, "02", current)
    assert warehouse.go_back(published).path == good
    mended = put(built, published, "03", "mended")

    assert "Nothing is published" in CliRunner().invoke(app, ["refresh"], env={"COLUMNS": "200"}).stdout
    assert not publish_again(acme, bad, {})
    assert published.resolve() == mended
    shown = CliRunner().invoke(app, ["rollback", "--list"], env={"COLUMNS": "200"})
    assert re.findall(r"(0\d) .*(read now|kept|rolled back)", shown.stdout) == [
        ("03", "read now"), ("02", "rolled back"), ("01", "kept"), ("00", "kept"),
    ]  # fmt: skip

    assert [warehouse.go_back(published).path for _ in range(2)] == [good, older]
    shown = CliRunner().invoke(app, ["rollback"])
    assert shown.exit_code == 1
    assert (
        "no earlier version is kept, but for what was rolled back; name one of: 03, 02, 01, 00"
        in shown.stderr.replace("\n", " ")
    )
    assert published.resolve() == older


def test_a_version_that_is_named_or_asked_for_again_counts_as_good(built: Path, acme: flow.Project) -> None:
    published = acme.published
    put(built, published, "01", "good")
    bad = put(built, published, "02", "bad")
    made_from = warehouse.made_from_of(warehouse.publication_of(bad))
    warehouse.go_back(published)
    put(built, published, "03", "bad")  # as `refresh --full` does
    assert warehouse.rolled_back(published, made_from) is None
    assert previous(published) == "valuenet-01.duckdb"
    warehouse.go_back(published)
    assert warehouse.rolled_back(published, made_from) == "03"
    warehouse.go_back(published, "02")
    assert warehouse.rolled_back(published, made_from) is None
    put(built, published, "04", "later")
    assert previous(published) == "valuenet-02.duckdb"
    assert warehouse.rolled_back(published, made_from) is None
    for name in ("05", "06", "07"):
        put(built, published, name)
    assert [path.name for path in published.parent.glob("*.rolled-back")] == ["valuenet-03.duckdb.rolled-back"]
    put(built, published, "08")
    assert list(published.parent.glob("*.rolled-back")) == []


def test_a_rollback_that_is_cut_off_has_noted_what_it_leaves_and_changed_nothing(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = tmp_path / "valuenet.duckdb"
    for name in ("01", "02"):
        put(built, published, name)

    def cut_off(link: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(import_module(warehouse.go_back.__module__), "point", cut_off)
        with pytest.raises(KeyboardInterrupt):
            warehouse.go_back(published)
    assert [(one.is_current, one.is_rolled_back) for one in warehouse.versions(published)] == [
        (True, False),
        (False, False),
    ]
    put(built, published, "03")
    assert previous(published) == "valuenet-01.duckdb"


def test_what_is_published_as_it_stands_is_published_again_only_when_asked_for_or_damaged(
    shipped: flow.Project, tmp_path: Path
) -> None:
    project, built = flow.Project(tmp_path), shipped.published
    standing = put(built, project.published, "01")
    assert publish_again(project, built, {}) == [False]
    assert project.published.resolve() == standing
    assert publish_again(project, built, {AGAIN: "true"}) == [True]  # as `refresh --full` does
    damaged = project.published.resolve()
    damaged.chmod(0o644)
    with damaged.open("ab") as stream:
        stream.write(b"x")
    assert publish_again(project, built, {}) == [True]
    assert flow.published_fault(project) is None


def test_tables_of_the_same_inbox_are_published_where_a_row_differs(shipped: flow.Project, tmp_path: Path) -> None:
    """As when a content that was lost is back in the archive, which no inbox tells."""
    project = flow.Project(tmp_path)
    put(shipped.published, project.published, "01")
    other = Path(shutil.copy(shipped.published, tmp_path / "other.duckdb"))
    other.chmod(0o644)
    with duckdb.connect(str(other)) as connection:
        connection.execute("delete from core.extract_version")
    assert publish_again(project, other, {}) == [True]


def test_rollback_refuses_what_is_damaged_or_not_there(built: Path, tmp_path: Path) -> None:
    published = tmp_path / "valuenet.duckdb"
    with pytest.raises(warehouse.VersionError, match="run `valuenet refresh` first"):
        warehouse.go_back(published)
    old = put(built, published, "01")
    new = put(built, published, "02")
    old.chmod(0o644)
    with old.open("r+b") as stream:
        stream.seek(old.stat().st_size // 2)
        stream.write(b"\xff\x00\xff")
    for name, reason in (("previous", "damaged"), ("03", "there are: 02, 01"), ("0", "more than one")):
        with pytest.raises(warehouse.VersionError, match=reason):
            warehouse.go_back(published, name)
    assert published.resolve() == new


def test_a_corrupted_published_file_is_found_and_built_afresh(
    built: Path, acme: flow.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(acme.root))
    flow.read_inbox(acme, flow.scan_inbox(acme))  # so that the archive remembers what was published
    version = put(built, acme.published, "01", flow.scan_inbox(acme).hash)
    assert "Nothing changed" in CliRunner().invoke(app, ["refresh"]).stdout
    whole = version.read_bytes()
    version.chmod(0o644)
    flipped = (
        whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :]
        for position in (0, len(whole) - 1, len(whole) // 2)
    )
    for damaged in (b"", whole[: len(whole) // 2], whole[:-1], *flipped):
        version.write_bytes(damaged)
        assert flow.published_fault(acme) == f"the published file {version.name} is not what its checksum says"
    shown = CliRunner().invoke(app, ["refresh"])
    assert shown.exit_code == 0, shown.stderr
    assert "not what its checksum says" in shown.stderr.replace("\n", " ")
    assert acme.published.resolve() != version
    assert flow.published_fault(acme) is None


def test_a_file_whose_log_was_not_written_into_it_is_not_published(built: Path, tmp_path: Path) -> None:
    """Renamed without the log it would open, and miss what was committed last."""
    candidate = Path(shutil.copy(built, tmp_path / ".build-x.duckdb"))
    candidate.chmod(0o644)
    left = duckdb.connect(str(candidate), config={"checkpoint_threshold": "1GB"})
    left.execute("pragma disable_checkpoint_on_shutdown")
    left.execute("create table core.late as select 1 as x")
    left.close()
    with pytest.raises(warehouse.AuditError, match="was not closed"):
        warehouse.publish(candidate, tmp_path / "valuenet.duckdb", "01")
    assert not (tmp_path / "valuenet.duckdb").exists()


def test_leftovers_of_dead_runs_are_removed(built: Path, tmp_path: Path) -> None:
    published = tmp_path / "valuenet.duckdb"
    (tmp_path / ".build-dead.duckdb").write_bytes(b"half")
    (tmp_path / ".build-dead.duckdb.wal").write_bytes(b"half")
    (tmp_path / ".build-dead.duckdb.tmp").mkdir()
    (tmp_path / ".build-dead.duckdb.tmp" / "spill").write_bytes(b"half")
    (tmp_path / ".valuenet.duckdb.link").symlink_to("nowhere")
    (tmp_path / "valuenet-2020.duckdb.sha256").write_text("0  valuenet-2020.duckdb\n")
    warehouse.remove_builds(tmp_path)  # as each build does
    version = put(built, published, "01")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [published.name, version.name, f"{version.name}.sha256"]
    )
