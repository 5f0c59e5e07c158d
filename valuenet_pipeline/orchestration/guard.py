"""The guard in front of Dagster's web server: web pages of other sites are refused.

Belongs here: which requests pass. Not here: what starts the server (`serve`), who may log in (a proxy in front).
"""

import re
from collections.abc import Iterable

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Guard:
    """Passes on what the server's own pages and programs ask; answers 403 and one line of why to all else.

    Dagster asks nobody who they are and runs what any page sends, also by GET. A browser tells with each request from
    which site it comes, and a page cannot change that; programs on this machine tell nothing and may do all.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts = LOOPBACK.union(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        why = None if scope["type"] == "lifespan" else self._objection(HTTPConnection(scope))
        answer = PlainTextResponse(f"Refused: {why}.\n", status_code=403) if why else self._app
        await answer(scope, receive, send)

    def _objection(self, request: HTTPConnection) -> str | None:
        """Why a request must not reach Dagster."""
        # a WebSocket has no method; a browser sends its origin like that of any request
        headers, method = request.headers, request.scope.get("method")
        host = headers.get("host", "").lower()
        # a foreign name that leads to this machine (DNS rebinding) makes its pages same-origin with the server
        if re.sub(r":\d*$", "", host) not in self._hosts:
            return f"this server is not called {host!r}; allow a name with `valuenet ui --allow-host NAME`"
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return f"the request comes from a page of {origin!r}"
        # a link or a bookmark may open the pages, but no other site may embed or fetch them
        opens = method == "GET" and headers.get("sec-fetch-dest") == "document"
        if not opens and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return "the request comes from a page of another site"
        if method in ("GET", "HEAD") and request.scope["path"] == "/graphql":
            return "GraphQL is asked with POST"
        # forms cannot send JSON, and scripts of other sites must ask first, which is refused above
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if method not in (None, "GET", "HEAD") and content_type != "application/json":
            return "what changes something is sent as application/json"
        return None
