"""The assets: extracts in the inbox, their slices, every core and mart table, the published warehouse.

Belongs here: keys, groups, dependencies, and bodies that call `flow` and report what it did.
Not here: how anything is read, built or published (`flow` and the packages below it).
"""

from collections.abc import Callable, Iterable, Iterator
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.contracts import TABLES, VIEWS, describe, name_of
from valuenet_pipeline.derive import column_lineage, wide_relations
from valuenet_pipeline.orchestration import alert, flow, log, preview
from valuenet_pipeline.orchestration.checks import (
    EXTRACTS_READABLE,
    IDENTITY_CHECKS,
    SLICE,
    extracts_readable,
    identity_check_results,
)
from valuenet_pipeline.orchestration.flow import ExtractState, Inbox, Project
from valuenet_pipeline.orchestration.metadata import (
    Lineage,
    asset_key,
    column_lineage_of,
    extract_metadata,
    markdown_image,
    markdown_list,
    markdown_table,
    table_schema,
    wide_schema,
)
from valuenet_pipeline.orchestration.transient import retry_when_transient
from valuenet_pipeline.orchestration.turn import Turn
from valuenet_pipeline.report.charts import line_chart_png
from valuenet_pipeline.warehouse import Connection, connect_read_only

AGAIN = "valuenet/again"
"""Tag of a run that publishes also what was rolled back, and what is published as it stands."""

OnProgress = Callable[[int, int, str], None]

EXTRACT_PARTITIONS = dg.DynamicPartitionsDefinition(name="extract")

EXTRACT = dg.AssetSpec(
    key=["inbox", "extract"],
    group_name="inbox",
    description="Files in data/raw, a partition each. They arrive; nothing here makes or changes them.",
    kinds={"excel"},
    partitions_def=EXTRACT_PARTITIONS,
)

UPSTREAM = {
    "mart.ratio": ("mart.ratio_series", "mart.formula"),
    "mart.profit_model": ("mart.profit_model_series", "mart.formula"),
    "mart.ratio_history": (
        "core.fact",
        "core.superseded_fact",
        "core.extract_version",
        "core.member",
        "core.reported_line",
    ),
    "mart.profit_model_history": (
        "core.fact",
        "core.superseded_fact",
        "core.extract_version",
        "core.member",
        "core.reported_line",
    ),
    "mart.restatement": ("core.fact", "core.superseded_fact", "core.extract_version"),
    "mart.restatement_effect": (
        "mart.restatement",
        "mart.formula",
        "mart.formula_input",
        "mart.ratio_series",
        "mart.profit_model_series",
        "mart.ratio_history",
        "mart.profit_model_history",
    ),
    "mart.dupont": ("mart.ratio",),
    "mart.segment_mix": ("core.fact", "core.member", "core.member_succession"),
    "mart.segment_input": ("core.fact", "mart.segment_mix"),
    "mart.segment_role": ("core.member", "mart.segment_mix"),
    "mart.segment_concentration": ("mart.segment_mix",),
    "mart.flywheel": ("core.fact", "mart.ratio", "mart.profit_model"),
    "mart.flywheel_summary": ("mart.flywheel",),
    "mart.peer_rank": ("mart.ratio", "mart.profit_model", "mart.formula", "core.entity", "core.exchange_rate"),
    "mart.challenge": ("mart.ratio", "mart.profit_model", "mart.formula", "core.entity", "core.exchange_rate"),
    "mart.value_net_indicator": ("core.value_net_role", "mart.peer_rank", "mart.ratio", "mart.profit_model"),
    "mart.finding": ("core.reported_line", "core.fact", "mart.ratio", "mart.profit_model"),
    "mart.quarantine": ("core.reported_line",),
    "mart.report_due": ("core.entity", "core.extract", "core.report", "core.fact", "core.concept"),
    "mart.formula": ("core.concept",),
    "mart.formula_input": ("core.concept",),
}
"""Where a mart is made from other tables than the facts and members."""

CHARTS = {
    "mart.ratio": "Ratios by fiscal year",
    "mart.segment_mix": "Segment mix by fiscal year",
    "mart.profit_model": "Profit model by fiscal year",
}


def _upstream_of(schema: str, table: str) -> list[dg.AssetKey]:
    if schema == "core":
        return [SLICE]
    return [asset_key(name) for name in UPSTREAM.get(table, ("core.fact", "core.member", "core.reported_line"))]


def _table_specs(catalog: Catalog) -> Iterator[dg.AssetSpec]:
    """Every relation of the warehouse; its code version is its query, so that a changed formula shows as out of date."""
    versions = flow.query_versions(catalog)
    for table in (*TABLES, *VIEWS):
        name = name_of(table)
        yield dg.AssetSpec(
            key=asset_key(name.sql),
            group_name=name.schema,
            description=describe(table),
            kinds={"duckdb"},
            deps=_upstream_of(name.schema, name.sql),
            metadata={"dagster/column_schema": table_schema(table)},
            code_version=versions.get(name.sql),
        )
    for relation in wide_relations(catalog):
        sources = {table for column in relation.columns for table, _ in column.sources}
        yield dg.AssetSpec(
            key=asset_key(relation.name),
            group_name=relation.name.partition(".")[0],
            description=relation.description,
            kinds={"duckdb"},
            deps=[asset_key(name) for name in sorted(sources)],
            metadata={"dagster/column_schema": wide_schema(relation)},
            code_version=versions[relation.name],
        )


@dg.asset(
    key=SLICE,
    group_name="inbox",
    kinds={"parquet"},
    deps=[EXTRACT],
    check_specs=[EXTRACTS_READABLE],
    description="Reported lines of every extract; only new and changed extracts are read.",
)
def inbox_slice(
    context: dg.AssetExecutionContext,
    project: dg.ResourceParam[Project],
    on_progress: dg.ResourceParam[OnProgress],
    turn: dg.ResourceParam[Turn],
) -> Iterator[dg.MaterializeResult[Any]]:
    with log.of_run(project, context.run.run_id), retry_when_transient(context):
        log.event("started", job=context.run.job_name)
        inbox, states = _read(context, project, on_progress)
        for one in flow.refused(inbox):
            log.event("extract_refused", level="warning", extract_id=one.extract_id, reason=one.messages[0])
    yield dg.MaterializeResult(
        metadata={
            "extracts": len(states),
            "newly_read": sum(state.is_newly_read for state in states),
            "quarantined": sum(state.state == "quarantined" for state in states),
            "not_read": dg.MetadataValue.md(
                markdown_list(f"{one.extract_id}: {one.finding.message}" for one in inbox.unread)
            ),
            "ignored": dg.MetadataValue.md(markdown_list(inbox.ignored)),
            "waiting": dg.MetadataValue.md(markdown_list(inbox.waiting)),
            "lines": sum(state.lines for state in states),
            "facts": sum(state.facts for state in states),
            "inbox_hash": inbox.hash,
        },
        check_results=[extracts_readable([*states, *flow.refused(inbox)])],
    )


def _in_order(specs: Iterable[dg.AssetSpec]) -> tuple[dg.AssetSpec, ...]:
    """Each after those it is made from, as Dagster wants to hear of them."""
    by_key = {spec.key: spec for spec in specs}
    order = TopologicalSorter({spec.key: [dep.asset_key for dep in spec.deps] for spec in by_key.values()})
    return tuple(by_key[key] for key in order.static_order() if key in by_key)


def _warehouse_tables(catalog: Catalog) -> dg.AssetsDefinition:
    specs = _in_order(_table_specs(catalog))
    lineage = column_lineage(catalog)

    @dg.multi_asset(
        name="warehouse_tables",
        specs=specs,
        check_specs=IDENTITY_CHECKS,
        can_subset=False,
        description="Builds every core and mart table afresh into a candidate that nobody reads yet.",
    )
    def warehouse_tables(
        context: dg.AssetExecutionContext, project: dg.ResourceParam[Project], turn: dg.ResourceParam[Turn]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        with log.of_run(project, context.run.run_id), retry_when_transient(context):
            # Whatever arrived since the slices were read is read here; otherwise this reads nothing.
            inbox, _ = _read(context, project)
            candidate = flow.build_candidate(project, inbox, turn.build_id)
            flow.prune_slices(project, inbox)
            log.event("tables_built", extracts=len(inbox.files), size_bytes=candidate.stat().st_size)
        with connect_read_only(candidate) as connection:
            for spec in specs:
                table = ".".join(spec.key.path)
                yield dg.MaterializeResult(
                    asset_key=spec.key, metadata=_table_metadata(connection, table, lineage.get(table))
                )
            yield from identity_check_results(preview.identity_results(connection))

    return warehouse_tables


def _publication(tables: dg.AssetsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=["publication", "warehouse"],
        group_name="publication",
        kinds={"duckdb"},
        deps=[spec.key for spec in tables.specs if spec.group_name == "mart"],
        description="data/warehouse/valuenet.duckdb: the file analysts read, always whole.",
        output_required=False,
    )
    def publication_warehouse(
        context: dg.AssetExecutionContext, project: dg.ResourceParam[Project], turn: dg.ResourceParam[Turn]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        with log.of_run(project, context.run.run_id):
            candidate = flow.candidate_path(project, turn.build_id)
            if not candidate.exists():
                raise dg.Failure(
                    "This run has no tables to publish: materialise all assets together.", allow_retries=False
                )
            is_again = AGAIN in context.run.tags
            if not is_again and (rolled_back := flow.candidate_rolled_back(project, candidate)):
                candidate.unlink()
                log.event("not_published", level="warning", rolled_back=rolled_back)
                context.log.warning(
                    f"Nothing is published: the tables are those of {rolled_back}, which was rolled back. They are "
                    f"published again by `valuenet refresh --full`, or by a run with the tag {AGAIN}."
                )
                return
            with retry_when_transient(context):
                standing = None if is_again else flow.candidate_published(project, candidate)
                earlier = alert.seen(project.published)
                published = standing or flow.publish_candidate(project, candidate)
            if standing:
                candidate.unlink()
                log.event("already_published", file=standing.name)
                context.log.info(f"Nothing is published: the tables are those of {standing.name}, which is read.")
            else:
                log.event("published", file=published.name, size_bytes=published.stat().st_size)
                alert.tell(alert.news(earlier, published), file=published.name, run_id=context.run.run_id)
        yield dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(published),
                "is_new": standing is None,
                "read_from": dg.MetadataValue.path(project.published),
                "size_bytes": published.stat().st_size,
                "inbox_hash": flow.published_inbox_hash(project) or "",
            }
        )

    return publication_warehouse


def build_assets(project: Project) -> tuple[dg.AssetSpec | dg.AssetsDefinition, ...]:
    """All assets of a project, whose metrics.yaml adds to the formulas."""
    tables = _warehouse_tables(flow.project_catalog(project))
    return (EXTRACT, inbox_slice, tables, _publication(tables))


def _read(
    context: dg.AssetExecutionContext, project: Project, on_progress: OnProgress | None = None
) -> tuple[Inbox, list[ExtractState]]:
    """Read what is new, and tell Dagster: a partition per extract, an event per extract newly read."""
    inbox = flow.settled_inbox(project)
    arrived = _sync_partitions(context.instance, inbox)
    states = flow.read_inbox(project, inbox, on_progress)
    for state in states:
        if state.is_newly_read or state.extract_id in arrived:
            context.log_event(
                dg.AssetMaterialization(
                    asset_key=EXTRACT.key, partition=state.extract_id, metadata=extract_metadata(state)
                )
            )
    return inbox, states


def _sync_partitions(instance: dg.DagsterInstance, inbox: Inbox) -> set[str]:
    """Make the partitions those of the inbox; returns the new ones."""
    name = str(EXTRACT_PARTITIONS.name)
    known = set(instance.get_dynamic_partitions(name))
    present = {file.extract_id for file in inbox.files}
    if arrived := present - known:
        instance.add_dynamic_partitions(name, sorted(arrived))
    for gone in sorted(known - present):
        log.event("extract_gone", extract_id=gone)
        instance.delete_dynamic_partition(name, gone)
    return arrived


def _table_metadata(connection: Connection, table: str, lineage: Lineage | None) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "dagster/row_count": preview.table_rows(connection, table),
        "preview": dg.MetadataValue.md(markdown_table(preview.first_rows(connection, table))),
    }
    if lineage:
        metadata["dagster/column_lineage"] = column_lineage_of(lineage)
    if table in CHARTS:
        series = preview.headline_series(connection, table)
        if not series.empty:
            picture = markdown_image(CHARTS[table], line_chart_png(series, CHARTS[table]))
            metadata["chart"] = dg.MetadataValue.md(picture)
    return metadata
