"""Stored readings: used as they were written or read again, and removed when nothing needs them."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pandas as pd
import pytest

from valuenet_pipeline import warehouse
from valuenet_pipeline.orchestration import flow

DAY = 24 * 60 * 60


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_damaged_reading_is_found_and_the_file_read_again(
    acme: flow.Project, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = flow.scan_inbox(acme)
    flow.read_inbox(acme, inbox)
    (stored,) = (path for path in acme.slices.iterdir() if path.is_dir())
    whole = {path.name: path.read_bytes() for path in stored.iterdir()}
    flip_a_bit(stored / "reported_line.parquet")
    (state,) = flow.read_inbox(acme, inbox)
    assert (state.state, state.facts, state.is_newly_read) == ("read", 20, True)
    (told,) = (record for record in caplog.records if record.msg == "slice_damaged")
    assert vars(told)["fields"]["extract_id"] == "acme/report.csv"
    assert {path.name: path.read_bytes() for path in stored.iterdir()} == whole
    (state,) = flow.read_inbox(acme, inbox)
    assert not state.is_newly_read


@pytest.mark.parametrize("name", ["state.json", "finding.parquet", "SHA256SUMS"])
def test_a_reading_with_one_bit_changed_or_one_file_gone_is_discarded(tmp_path: Path, name: str) -> None:
    finding = pd.DataFrame(
        [
            {
                "check_id": "x",
                "severity": "info",
                "message": "m",
                "remedy": "r",
                "sheet": None,
                "cell": None,
                "label": None,
            }
        ]
    )
    for key in ("whole", "changed", "gone"):
        warehouse.store_slice(tmp_path, key, {"finding": finding}, {"state": "read"})
    flip_a_bit(tmp_path / "changed" / name)
    (tmp_path / "gone" / name).unlink()
    assert warehouse.discard_damaged(tmp_path, ["whole", "changed", "gone", "never stored"]) == ["changed", "gone"]
    assert [warehouse.has_slice(tmp_path, key) for key in ("whole", "changed", "gone")] == [True, False, False]


def test_what_nothing_needs_is_removed_after_a_month_and_the_half_written_when_nobody_writes(tmp_path: Path) -> None:
    for key, age in (("needed", 99), ("recent", 29), ("old", 31)):
        warehouse.store_slice(tmp_path, key, {}, {"state": "read"})
        os.utime(tmp_path / key, (0, (tmp_path / key).stat().st_mtime - age * DAY))
    (tmp_path / ".slice-x").mkdir()
    with (tmp_path / ".lock").open() as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)  # as a reader does that is still at work
        warehouse.prune_slices(tmp_path, {"needed"})
        assert (tmp_path / ".slice-x").exists()
    warehouse.prune_slices(tmp_path, {"needed"})
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "needed", "recent"}
