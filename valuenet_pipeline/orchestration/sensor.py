"""The inbox sensor: a refresh whenever extracts or company profiles arrive, change or go.

Belongs here: comparing the inbox with what was last seen. Not here: which files count as extracts (`flow`).
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath

import dagster as dg

from valuenet_pipeline.orchestration.flow import Inbox, Project, pipeline_version, published_inbox_hash, settled_inbox
from valuenet_pipeline.orchestration.inbox import is_configuration
from valuenet_pipeline.orchestration.schedule import REFRESH


@dataclass(frozen=True)
class Seen:
    """The inbox as the sensor last saw it; the whole picture, so that a missed tick loses nothing.

    The sequence number tells apart two visits of the same picture: a file taken out and put back is news
    twice, and Dagster starts a run key only once.
    """

    sequence: int = 0
    inbox_hash: str = ""
    pipeline: str = ""
    """Version of catalog and code: another one reads and computes anew."""
    extracts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, inbox: Inbox, sequence: int) -> "Seen":
        return cls(
            sequence, inbox.hash, pipeline_version(), {file.extract_id: file.content_hash for file in inbox.files}
        )

    @classmethod
    def from_cursor(cls, cursor: str | None) -> "Seen":
        return cls(**json.loads(cursor)) if cursor else cls()

    def to_cursor(self) -> str:
        return json.dumps(vars(self), sort_keys=True, ensure_ascii=False)

    def news_since(self, before: "Seen") -> str:
        """What differs from an earlier picture, in words."""
        shared = self.extracts.keys() & before.extracts.keys()
        counts = {
            "new": len(self.extracts.keys() - before.extracts.keys()),
            "changed": sum(self.extracts[extract] != before.extracts[extract] for extract in shared),
            "gone": len(before.extracts.keys() - self.extracts.keys()),
        }
        renamed = self._renamed_since(before)
        counts = {"renamed": renamed, **counts, "new": counts["new"] - renamed, "gone": counts["gone"] - renamed}
        other = "profiles or metrics changed" if self.pipeline == before.pipeline else "another version of the pipeline"
        return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or other

    def is_same(self, other: "Seen") -> bool:
        """Whether a refresh would make the same of both."""
        return (self.inbox_hash, self.pipeline) == (other.inbox_hash, other.pipeline)

    def _renamed_since(self, before: "Seen") -> int:
        """How many contents are there under another name of the same folder."""

        def contents(one: Seen, other: Seen) -> Counter[tuple[str, str]]:
            names = one.extracts.keys() - other.extracts.keys()
            return Counter((name.partition("/")[0], one.extracts[name]) for name in names)

        return (contents(self, before) & contents(before, self)).total()


@dg.sensor(
    name="inbox_sensor",
    job=REFRESH,
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Refreshes when the inbox differs from what was last seen and from what is published.",
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, project: dg.ResourceParam[Project]
) -> dg.SensorResult | dg.SkipReason:
    inbox = settled_inbox(project)
    before = Seen.from_cursor(context.cursor)
    waiting = f" Waiting for {', '.join(inbox.waiting)}." if inbox.waiting else ""
    now = Seen.of(inbox, before.sequence + 1)
    if now.is_same(before):
        return dg.SkipReason(f"Nothing new among {len(inbox.files)} extracts.{waiting}")
    if any(is_configuration(PurePath(name)) for name in inbox.waiting):
        return dg.SkipReason(f"What tells how extracts are read is being written.{waiting}")
    if inbox.hash == published_inbox_hash(project):
        return dg.SensorResult(
            skip_reason=dg.SkipReason("The inbox is published as it stands."), cursor=now.to_cursor()
        )
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(run_key=f"{now.sequence}-{inbox.hash}", tags={"valuenet/news": now.news_since(before)})
        ],
        cursor=now.to_cursor(),
    )
