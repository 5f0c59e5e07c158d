"""The web interface, started as a user starts it: what a page of another site tries is refused, and all else works."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import pytest
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from valuenet_pipeline.cli import app
from valuenet_pipeline.orchestration.home import instance_home
from valuenet_pipeline.orchestration.project import Project

ROOT = Path(__file__).parents[2]
WIPE = 'mutation {wipeAssets(assetPartitionRanges: [{assetKey: {path: ["victim"]}}]) {__typename}}'
ASSETS = "{assetsOrError {... on AssetConnection {nodes {key {path}}}}}"
LOCATIONS = "{workspaceOrError {... on Workspace {locationEntries {name}}}}"
JSON = {"Content-Type": "application/json"}
EVIL = {"Origin": "http://evil.example"}


class Server:
    """A `valuenet ui` and what a browser or a program sends to it."""

    def __init__(self, project: Path, *options: str) -> None:
        command = [
            sys.executable,
            "-c",
            "from valuenet_pipeline.cli import main; main()",
            "ui",
            "--port",
            "0",
            *options,
        ]
        environment = {**os.environ, "VALUENET_HOME": str(project), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout
        address = re.search(r"http://(\S+)", self.process.stdout.readline())
        assert address
        self.host = address[1]
        self.own = {"Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin"}

    def ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, timeout=180)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = response.status, response.read().decode()
        connection.close()
        return answer

    def graphql(self, query: str, **headers: str) -> str:
        status, text = self.ask("POST", "/graphql", JSON | headers, json.dumps({"query": query}))
        assert status == 200, text
        return text

    def reported(self) -> set[str]:
        """The assets that are known from reports alone, not from the definitions."""
        nodes = json.loads(self.graphql(ASSETS))["data"]["assetsOrError"]["nodes"]
        return {node["key"]["path"][0] for node in nodes} & {"victim", "forged"}

    def ended(self) -> str:
        """What it printed; known only when every process that was started with it has ended."""
        text, _ = self.process.communicate(timeout=180)
        return text if self.process.returncode else ""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """One that may change things, and one for viewers behind a proxy."""
    project = tmp_path_factory.mktemp("project")
    (project / "data" / "raw").mkdir(parents=True)
    with dg.DagsterInstance.from_config(str(instance_home(Project(project)))) as instance:
        instance.get_runs_count()  # its databases are made before two servers start at once
    both = Server(project), Server(project, "--read-only", "--allow-host", "viewers.example")
    yield both
    both[0].process.send_signal(signal.SIGTERM)
    both[1].process.send_signal(signal.SIGINT)
    assert [server.ended() for server in both] == ["", ""]


@pytest.fixture
def server(servers: tuple[Server, Server]) -> Server:
    """A server that knows an asset `victim`; a program on this machine reports it, without an Origin."""
    status, text = servers[0].ask("POST", "/report_asset_materialization/victim", JSON, "{}")
    assert status == 200, text
    return servers[0]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        pytest.param("GET", "/graphql?query=" + quote(WIPE), {}, id="by-get"),
        pytest.param("GET", "/%67raphql?query=" + quote(WIPE), {}, id="by-get-spelt-otherwise"),
        pytest.param("POST", "/graphql", JSON | EVIL, id="by-a-page-of-another-site"),
        pytest.param("POST", "/graphql", JSON | {"Origin": "null"}, id="by-a-page-that-hides-its-site"),
        pytest.param("POST", "/graphql", JSON | {"Origin": "http://127.0.0.1:1"}, id="by-a-page-of-another-port"),
        pytest.param("POST", "/graphql", JSON | {"Sec-Fetch-Site": "cross-site"}, id="without-origin-across-sites"),
        pytest.param("POST", "/graphql", JSON | {"Host": "evil.example"}, id="under-a-rebound-name"),
        pytest.param("POST", "/graphql", JSON | {"Host": "127.0.0.1.evil.example"}, id="under-a-name-that-looks-right"),
        pytest.param("POST", "/graphql", {"Content-Type": "text/plain; application/json"}, id="by-a-text-form"),
        pytest.param(
            "POST",
            "/graphql?query=" + quote(WIPE),
            {"Content-Type": "application/x-www-form-urlencoded"},
            id="by-a-form",
        ),
        pytest.param("POST", "/graphql?query=" + quote(WIPE), {}, id="without-content-type"),
        pytest.param("POST", "/report_asset_materialization/forged", JSON | EVIL, id="by-a-forged-report"),
    ],
)
def test_what_another_site_sends_is_refused(server: Server, method: str, path: str, headers: dict[str, str]) -> None:
    status, text = server.ask(method, path, headers, json.dumps({"query": WIPE}) if method == "POST" else None)
    assert (status, text.split()[0]) == (403, "Refused:")
    assert server.reported() == {"victim"}


def test_no_page_is_read_under_a_rebound_name(server: Server) -> None:
    for path in ("/", "/server_info", "/logs/run/x.err", "/download_debug/run"):
        assert server.ask("GET", path, {"Host": "evil.example"})[0] == 403


def test_another_site_may_link_to_the_pages_but_not_embed_them(server: Server) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert server.ask("GET", "/", link)[0] == 200
    assert server.ask("GET", "/", link | {"Sec-Fetch-Dest": "iframe"})[0] == 403


def test_its_own_pages_work(server: Server) -> None:
    status, page = server.ask("GET", "/", {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"})
    assert (status, "Dagster" in page) == (200, True)
    assert "valuenet_pipeline.definitions" in server.graphql(LOCATIONS, **server.own)
    assert "AssetWipeSuccess" in server.graphql(WIPE, **server.own)
    assert server.reported() == set()


def test_a_websocket_opens_to_its_own_pages_alone(server: Server) -> None:
    url, protocols = f"ws://{server.host}/graphql", ["graphql-ws"]
    with pytest.raises(InvalidStatus, match="403"):
        connect(url, origin="http://evil.example", subprotocols=protocols, proxy=None)  # type: ignore[arg-type,list-item]
    with connect(url, origin=server.own["Origin"], subprotocols=protocols, proxy=None) as own:  # type: ignore[arg-type,list-item]
        own.send('{"type": "connection_init"}')
        assert json.loads(own.recv(timeout=10)) == {"type": "connection_ack"}


def test_viewers_see_everything_and_change_nothing(server: Server, servers: tuple[Server, Server]) -> None:
    viewed = servers[1]
    own = {"Host": "viewers.example", "Origin": "https://viewers.example", "Sec-Fetch-Site": "same-origin"}
    assert "victim" in viewed.graphql(ASSETS, **own)
    assert "UnauthorizedError" in viewed.graphql(WIPE, **own)
    assert viewed.ask("POST", "/report_asset_materialization/forged", JSON | own, "{}")[0] == 401
    assert server.reported() == {"victim"}
    assert server.ask("GET", "/", {"Host": "viewers.example"})[0] == 403


def test_a_port_in_use_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = CliRunner().invoke(app, ["ui", "--port", str(taken.getsockname()[1])])
    assert result.exit_code == 1
    assert "choose another one with --port" in result.stderr


def test_a_port_that_is_none_is_refused() -> None:
    result = CliRunner().invoke(app, ["ui", "--port", "70000"])
    assert result.exit_code == 2
    assert "65535" in result.stderr
