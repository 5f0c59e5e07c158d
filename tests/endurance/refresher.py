"""Refreshes a project, one child process for each line on standard input, and says on standard output how far it is.

A process of its own, so that what is killed shares nothing with the test; the children are forked with all imports done.
A line is the root of a project. Answers: `pid N`, then the phases `read`, `build`, `audit`, `publish`, `done`; last `exit N`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.warehouse import publish


def say(word: str) -> None:
    """One line at once: a killed process must have said how far it was."""
    os.write(1, f"{word}\n".encode())


def audited(run: Any) -> Any:
    """The audit, with its beginning and its end told."""

    def wrapped(*arguments: Any, **options: Any) -> Any:
        say("audit")
        done = run(*arguments, **options)
        say("publish")
        return done

    return wrapped


def refresh(project: flow.Project) -> None:
    """What Dagster's steps do, one after the other."""
    say("read")
    inbox = flow.scan_inbox(project)
    flow.read_inbox(project, inbox)
    with flow.refresh_lock(project):
        say("build")
        candidate = flow.build_candidate(project, inbox, str(os.getpid()))
        flow.prune_slices(project, inbox)
        flow.publish_candidate(project, candidate)
    say("done")


def main() -> None:
    """Answer lines until there are no more."""
    publishing = sys.modules[publish.__module__]
    publishing.subprocess = SimpleNamespace(run=audited(subprocess.run))  # type: ignore[attr-defined]
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.setsid()
            say(f"pid {os.getpid()}")
            try:
                refresh(flow.Project(Path(line.strip())))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        say(f"exit {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")


if __name__ == "__main__":
    main()
