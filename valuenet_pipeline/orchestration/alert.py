"""Alerts: what a publication brought that somebody should look at, told to the log and to a webhook.

Belongs here: what counts as news between two publications, and telling it. Not here: the findings themselves (`derive`).
An alert never fails the refresh that raised it; the tables of the warehouse are the record.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from valuenet_pipeline import warehouse
from valuenet_pipeline.orchestration import log
from valuenet_pipeline.report.plain import plain

WEBHOOK = "VALUENET_ALERT_URL"
"""Environment variable: where alerts are posted; without it they are only logged."""

TIMEOUT_SECONDS = 10.0
MOST_POSTED = 100
"""Alerts in one message; the log holds all."""


@dataclass(frozen=True)
class Alert:
    """One thing to look at."""

    id: str
    """The same for the same news, so that a receiver can tell a repeat."""
    kind: str
    severity: str
    entity_id: str | None
    extract_id: str | None
    message: str
    remedy: str


@dataclass(frozen=True)
class Watch:
    """What is looked for: rows of topic, entity_id, extract_id, mark, message, remedy.

    A row is news when its mark was not there before; the news of one extract and topic are one alert.
    """

    kind: str
    severity: str
    table: str
    query: str
    needs_earlier: bool = False
    """Whether it is about a change, so that a first publication has none."""


class Row(NamedTuple):
    """One row of a watch."""

    topic: str
    entity_id: str | None
    extract_id: str | None
    mark: str
    message: str
    remedy: str


Seen = dict[str, list[Row]]
"""Kind → rows; without the kinds whose table is not there."""


WATCHES = (
    Watch(
        "extract_quarantined",
        "error",
        "mart.quarantine",
        """select 'file', e.entity_id, extract_id, e.content_hash, min(q.reason), min(q.remedy)
        from core.extract e join mart.quarantine q using (extract_id)
        where e.state = 'quarantined' and q.cell is null group by all order by extract_id""",
    ),
    Watch(
        "check_failed",
        "error",
        "mart.finding",
        """select check_id, entity_id, extract_id, concat_ws('|', entity_id, sheet, cell, label, fiscal_year), message, remedy
        from mart.finding where severity = 'error'
          and extract_id not in (select extract_id from core.extract where state = 'quarantined')
        order by extract_id, check_id, sheet, cell, message""",
    ),
    Watch(
        "restated",
        "warning",
        "mart.restatement",
        """select concat_ws(' ', entity_id, fiscal_year), entity_id, coalesce(later_extract_id, earlier_extract_id),
          concat_ws('|', concept_id, member_id, kind, earlier_value, later_value),
          concept_id || coalesce(' of ' || member_id, '') || ' for fiscal year ' || fiscal_year || ': ' || replace(kind, '_', ' '),
          'see mart.restatement for the values and the reports'
        from mart.restatement order by entity_id, fiscal_year, concept_id, member_id nulls first""",
        needs_earlier=True,
    ),
)


def seen(path: Path) -> Seen:
    """What each watch finds in a publication that another will replace.

    It may be missing, damaged, or of a version with other tables: then it says nothing.
    """
    try:
        return _watched(path)
    except (FileNotFoundError, warehouse.QueryError):
        return {}


def news(earlier: Seen, publication: Path) -> list[Alert]:
    """What a publication says that the one it replaced did not."""
    now = _watched(publication)
    alerts = []
    for watch in WATCHES:
        if watch.needs_earlier and watch.kind not in earlier:
            continue
        known = {(row.topic, row.extract_id, row.mark) for row in earlier.get(watch.kind, ())}
        grouped: dict[tuple[str, str | None], list[Row]] = defaultdict(list)
        for row in now.get(watch.kind, ()):
            if (row.topic, row.extract_id, row.mark) not in known:
                grouped[row.topic, row.extract_id].append(row)
        alerts += [_alert(watch, rows) for rows in grouped.values()]
    return alerts


def tell(alerts: Sequence[Alert], **about: str) -> None:
    """Log every alert and post them all in one message."""
    for alert in alerts:
        log.event("alert", level="warning", **asdict(alert))
    url = os.environ.get(WEBHOOK)
    if not alerts or not url:
        return
    body = {
        **about,
        "text": _summary(alerts),
        "total": len(alerts),
        "alerts": [asdict(alert) for alert in alerts[:MOST_POSTED]],
    }
    try:
        _post(url, body)
    except (OSError, HTTPException, ValueError) as error:
        log.event("alerts_not_sent", level="error", error=type(error).__name__, message=_why(error))
    else:
        log.event("alerts_sent", alerts=len(alerts))


def _summary(alerts: Sequence[Alert]) -> str:
    """One line for receivers that show a text, as chats do."""
    counts = ", ".join(f"{count} {kind}" for kind, count in Counter(alert.kind for alert in alerts).items())
    about = f"{alerts[0].extract_id}: " if alerts[0].extract_id else ""
    return f"valuenet: {counts}; {about}{alerts[0].message}"


def identify(*parts: str) -> str:
    """An alert's id."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _watched(path: Path) -> Seen:
    """The rows of each watch whose table is there."""
    with warehouse.connect_read_only(path) as connection:
        tables = {
            name
            for (name,) in connection.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
            ).fetchall()
        }
        return {
            watch.kind: [Row(*row) for row in connection.execute(watch.query).fetchall()]
            for watch in WATCHES
            if watch.table in tables
        }


def _alert(watch: Watch, rows: Sequence[Row]) -> Alert:
    first = rows[0]
    entities = {row.entity_id for row in rows}
    more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
    return Alert(
        id=identify(watch.kind, first.topic, first.extract_id or "", *sorted(row.mark for row in rows)),
        kind=watch.kind,
        severity=watch.severity,
        entity_id=first.entity_id if len(entities) == 1 else None,
        extract_id=first.extract_id,
        message=plain(first.message) + more,
        remedy=plain(first.remedy),
    )


class _NoRedirect(HTTPRedirectHandler):
    """Alerts go where they are configured to go, and nowhere else."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def _post(url: str, body: dict[str, object]) -> None:
    """Post a message; raises OSError, HTTPException or ValueError where that does not succeed."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{WEBHOOK} must begin with http:// or https://")
    request = Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json", "User-Agent": "valuenet-pipeline"}
    )
    with build_opener(_NoRedirect).open(request, timeout=TIMEOUT_SECONDS):
        pass


def _why(error: Exception) -> str:
    """What went wrong, without the address: with many receivers its path is a secret."""
    if isinstance(error, HTTPError):
        return f"the receiver answered {error.code}"
    if isinstance(error, OSError):
        return f"the receiver does not answer: {error}"
    return f"is {WEBHOOK} the address of a web server, with http:// or https://?"
