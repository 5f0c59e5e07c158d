"""Asset checks: the catalog's identities on the facts, and whether every extract could be read.

Belongs here: check specs, and verdicts turned into check results. Not here: the verdicts themselves (`derive`).
Checks never block: an extract that breaks an identity is kept out by the audit, and the others are published.
"""

from collections.abc import Iterable, Iterator, Sequence

import dagster as dg
import pandas as pd

from valuenet_pipeline.catalog import load_catalog
from valuenet_pipeline.orchestration.flow import ExtractState
from valuenet_pipeline.orchestration.metadata import markdown_list, markdown_table

FACT = dg.AssetKey(["core", "fact"])
SLICE = dg.AssetKey(["inbox", "slice"])
SHOWN_ROWS = 50
CHECK_ID = "check_id"

EXTRACTS_READABLE = dg.AssetCheckSpec(
    name="extracts_readable",
    asset=SLICE,
    description="Every extract in the inbox could be read; one that could not is kept out by name.",
)

IDENTITY_CHECKS: tuple[dg.AssetCheckSpec, ...] = tuple(
    dg.AssetCheckSpec(
        name=identity.name,
        asset=FACT,
        description=f"{identity.check_id}, {identity.statement}: {identity.description}.",
        metadata={
            CHECK_ID: identity.check_id,
            "severity": identity.severity,
            "statement": identity.statement,
        },
    )
    for identity in load_catalog().identities
)


def extracts_readable(states: Sequence[ExtractState]) -> dg.AssetCheckResult:
    """Lists the quarantined extracts with the reasons."""
    quarantined = [state for state in states if state.state == "quarantined"]
    reasons = [f"{state.extract_id}: {'; '.join(state.messages) or 'no reason given'}" for state in quarantined]
    return dg.AssetCheckResult(
        check_name=EXTRACTS_READABLE.name,
        asset_key=SLICE,
        passed=not quarantined,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "extracts": len(states),
            "quarantined": len(quarantined),
            "reasons": dg.MetadataValue.md(markdown_list(reasons)),
        },
    )


def identity_check_results(
    results: pd.DataFrame, specs: Iterable[dg.AssetCheckSpec] = IDENTITY_CHECKS
) -> Iterator[dg.AssetCheckResult]:
    """One result per identity; an identity that nothing could be held against passes with none evaluated."""
    for spec in specs:
        evaluated = results[results[CHECK_ID] == spec.metadata[CHECK_ID]]
        failing = evaluated[evaluated["verdict"].isin(["warning", "error"])]
        is_error = bool(failing["verdict"].eq("error").any())
        yield dg.AssetCheckResult(
            check_name=spec.name,
            asset_key=spec.asset_key,
            passed=failing.empty,
            severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
            metadata={
                "evaluated": len(evaluated),
                "failing": len(failing),
                **({} if failing.empty else {"failing_rows": dg.MetadataValue.md(_failing_table(failing))}),
            },
        )


def _failing_table(failing: pd.DataFrame) -> str:
    columns = ["verdict", "entity_id", "fiscal_year", "difference", "tolerance", "extract_id"]
    table = markdown_table(failing[columns].sort_values(["verdict", "entity_id", "fiscal_year"]).head(SHOWN_ROWS))
    hidden = len(failing) - SHOWN_ROWS
    return f"{table}\n\n{hidden} more in mart.finding" if hidden > 0 else table
