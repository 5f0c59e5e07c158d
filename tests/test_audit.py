"""`make check` fails on a known vulnerability, and says so where it could ask nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parent.parent / ".ci" / "audit.py"
SKIPPED = {"name": "a", "skip_reason": "not found"}
SOUND = {"name": "b", "version": "1", "vulns": []}
BROKEN = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}


def answer(*found: dict[str, object]) -> str:
    return json.dumps({"dependencies": found})


@pytest.mark.parametrize(
    ("answers", "errors", "code", "words"),
    [
        ({"pypi": answer(SOUND)}, "", 0, "No known vulnerability in requirements.lock\n"),
        ({"pypi": answer(SOUND, SKIPPED)}, "", 0, "not known there: a"),
        ({"pypi": answer(SOUND, BROKEN, SKIPPED)}, "", 1, "c 2: PYSEC-1, mended in 3"),
        ({"pypi": answer(SKIPPED), "osv": answer(BROKEN)}, "", 1, "PYSEC-1"),
        ({"pypi": answer(SKIPPED)}, "ConnectionError: Max retries exceeded", 0, "skipped"),
        ({}, "requirements.lock line 3: no hash", 1, "no hash"),
    ],
)
def test_the_answer_decides(tmp_path: Path, answers: dict[str, str], errors: str, code: int, words: str) -> None:
    """In place of pip-audit stands a module that gives the service's answer, or the error."""
    (tmp_path / "pip_audit.py").write_text(
        "import sys\n"
        "service = next(one for one in sys.argv if 'service' in one).partition('=')[2]\n"
        f"sys.exit(print({answers!r}[service]) if service in {answers!r} else {errors!r})\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, str(AUDIT)], env=environment, capture_output=True, text=True)
    assert done.returncode == code
    assert words in done.stdout + done.stderr
