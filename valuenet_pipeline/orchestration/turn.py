"""A run's turn: alone from its first step to its last, so that refreshes started at once follow one another.

Belongs here: waiting for the turn, which also shows the run as alive. Not here: what a run does in it (`assets`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from valuenet_pipeline.orchestration import flow
from valuenet_pipeline.orchestration.flow import Project
from valuenet_pipeline.orchestration.live_runs import keep_alive


@dataclass(frozen=True)
class Turn:
    """What every step asks for; one run at a time has it, of whatever process."""

    build_id: str
    """Names the run's candidate; that of the first run where a later one goes on from its failed step."""


def turn_in(project: Project) -> dg.ResourceDefinition:
    """The resource that gives a project's turns."""

    @dg.resource(
        description="A run reads, builds and publishes alone; it waits here until the one before it has ended."
    )
    def turn(context: dg.InitResourceContext) -> Iterator[Turn]:
        if context.run is None:
            raise dg.DagsterInvariantViolationError("only a run has a turn")
        keep_alive(project, context.run.run_id)
        with flow.refresh_lock(project):
            yield Turn(context.run.root_run_id or context.run.run_id)

    return turn
