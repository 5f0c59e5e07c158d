"""A refresh with nothing changed beside the bare import of what it stands on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import medians, verdict
from valuenet_pipeline.orchestration import flow

MOST_IMPORT = 1.5
REPETITIONS = 5
IMPORT = "import dagster, pandas, pandera, duckdb"
REFRESH = "from valuenet_pipeline.cli import main; main()"
ROOT = Path(__file__).parent.parent
UNCHANGED = "Nothing changed"


def refresh_unchanged(console: Console) -> None:
    """Both in a fresh interpreter; the shipped companies are published once beforehand, in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        project = flow.Project(Path(folder))
        shutil.copytree(ROOT / "data" / "raw", project.inbox)
        inbox = flow.scan_inbox(project)
        flow.read_inbox(project, inbox)
        flow.publish_candidate(project, flow.build_candidate(project, inbox, "bench"))
        try:
            seconds = medians(
                {"import": lambda _: _python(IMPORT, folder), "refresh": lambda _: _refresh(folder)},
                REPETITIONS,
                time.perf_counter,
            )
        except ChangedError:
            console.print("Refresh with nothing changed: skipped, as the code was edited meanwhile")
            return
    ratio = seconds["refresh"] / seconds["import"]
    table = Table(
        "bare import, s", "refresh, s", f"times the import (<= {MOST_IMPORT})", title="Refresh with nothing changed"
    )
    table.add_row(
        f"{seconds['import']:.2f}", f"{seconds['refresh']:.2f}", f"{ratio:.2f} {verdict(ratio <= MOST_IMPORT)}"
    )
    console.print(table)


class ChangedError(Exception):
    """The refresh had work to do."""


def _refresh(folder: str) -> None:
    if UNCHANGED not in _python(REFRESH, folder, "refresh"):
        raise ChangedError


def _python(code: str, folder: str, *arguments: str) -> str:
    environment = {**os.environ, "VALUENET_HOME": folder}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout
