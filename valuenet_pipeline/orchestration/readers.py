"""The process from which the readers of extracts are forked, started before anything heavy is imported.

Belongs here: its start. Not here: what a reader does (`reading`, `cli_read`), its limits (`extract.worker`).
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver


def start_readers(module: str) -> None:
    """Begin to load a module for the children to come, beside whatever the caller does next."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        multiprocessing.get_context("forkserver").set_forkserver_preload([module])
        multiprocessing.forkserver.ensure_running()
