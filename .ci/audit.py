"""Audit the locked dependencies for known vulnerabilities: fails on one, and passes with a word where nobody can be asked.

Belongs here: which database is asked, and what its answer means. Not here: the locks (`make lock`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
SERVICES = ("pypi", "osv")
"""The second is asked where the first does not answer, as behind a mirror that only has packages."""
SECONDS = 90
IGNORED: dict[str, str] = {}
"""Identifier of a vulnerability → why it does not matter here, or that no release mends it."""
UNREACHED = ("connect", "connection", "timed out", "resolve", "max retries")


def main() -> int:
    """The exit code."""
    for service in SERVICES:
        known, unknown = _ask(service)
        if known:
            print("\n".join(known), file=sys.stderr)
            return 1
        if unknown is not None:
            print(f"No known vulnerability in {LOCK.name}" + (f"; not known there: {unknown}" if unknown else ""))
            return 0
    print("The audit for known vulnerabilities is skipped: no database of them can be reached")
    return 0


def _ask(service: str) -> tuple[list[str], str | None]:
    """What is wrong, and the packages that the service does not know; None where it knows nothing at all."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner=off"]
    command += ["--timeout=10", f"--vulnerability-service={service}", "--format=json", f"--requirement={LOCK}"]
    command += [f"--ignore-vuln={one}" for one in IGNORED]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return [], None
    try:
        found = json.loads(done.stdout)["dependencies"]
    except json.JSONDecodeError:
        is_unreached = any(word in done.stderr.lower() for word in UNREACHED)
        return ([] if is_unreached else [f"pip-audit failed: {done.stderr.strip()[-2000:]}"]), None
    known = [
        f"{one['name']} {one['version']}: {each['id']}, mended in {', '.join(each['fix_versions']) or 'no release'}"
        for one in found
        for each in one.get("vulns", [])
    ]
    unknown = [one["name"] for one in found if "skip_reason" in one]
    return known, None if len(unknown) == len(found) else ", ".join(unknown)


if __name__ == "__main__":
    sys.exit(main())
