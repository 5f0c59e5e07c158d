"""The web interface behind its guard, with the code server and the daemon it needs.

Belongs here: the processes, from start to end. Not here: which requests pass (`guard`), Dagster's home (`home`).
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
import uvicorn
import yaml
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget, WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.cli import DEFAULT_DB_STATEMENT_TIMEOUT, DEFAULT_POOL_MAX_OVERFLOW, DEFAULT_POOL_RECYCLE

from valuenet_pipeline.orchestration.guard import Guard
from valuenet_pipeline.orchestration.home import instance_home
from valuenet_pipeline.orchestration.project import Project

DEFINITIONS = "valuenet_pipeline.definitions"
POLL_MS = 2000
"""How often an open page asks for news, as in `dagster dev`."""


def serve(project: Project, listener: socket.socket, *, read_only: bool = False, hosts: Iterable[str] = ()) -> int:
    """Run the web interface until it is stopped, with sensor and schedule unless it is for reading only.

    Returns the exit code: 1 when the daemon ended by itself and took the rest with it.
    `dagster dev` starts Dagster's server as it is; here it runs in this process, so that no way leads around the guard.
    """
    os.environ |= {
        "DAGSTER_HOME": str(instance_home(project)),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "VALUENET_HOME": str(project.root),
    }
    # a shell's background job ignores SIGINT, and so would all that is started here
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        instance = stack.enter_context(dg.DagsterInstance.get())
        instance.optimize_for_webserver(DEFAULT_DB_STATEMENT_TIMEOUT, DEFAULT_POOL_RECYCLE, DEFAULT_POOL_MAX_OVERFLOW)
        workspace = stack.enter_context(_code_server(instance, project.root))
        daemon = None if read_only else stack.enter_context(_daemon(workspace))
        context = stack.enter_context(
            WorkspaceProcessContext(instance, WorkspaceFileTarget([str(workspace)]), dg.__version__, read_only)
        )
        app = create_app_from_workspace_process_context(context, live_data_poll_rate=POLL_MS)

        async def end_with_daemon() -> None:
            if daemon and daemon.poll() is not None:
                server.should_exit = True

        server = uvicorn.Server(
            uvicorn.Config(
                Guard(app, hosts),
                log_level="warning",
                timeout_graceful_shutdown=3,
                callback_notify=end_with_daemon,
                timeout_notify=5,
            )
        )
        server.run(sockets=[listener])
        return 1
    return 0


@contextmanager
def _code_server(instance: dg.DagsterInstance, root: Path) -> Iterator[Path]:
    """The process that loads the definitions, reached by a socket file; yields the workspace file that names it."""
    target = ModuleTarget(DEFINITIONS, attribute=None, working_directory=str(root), location_name=None)
    with ProxyServerManager(instance, target, "warning") as servers, TemporaryDirectory() as folder:
        workspace = Path(folder, "workspace.yaml")
        workspace.write_text(yaml.safe_dump({"load_from": servers.get_code_server_specs()}), encoding="utf-8")
        yield workspace


@contextmanager
def _daemon(workspace: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process that ticks sensor and schedule and starts the runs in the queue."""
    daemon = subprocess.Popen([sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace)])
    try:
        yield daemon
    finally:
        # a sensor in mid-tick still needs the code server, which ends after it
        daemon.terminate()
        daemon.wait()
