"""What an asset shows in Dagster: schemas, previews, column lineage and charts as metadata.

Belongs here: turning contracts, frames and states into metadata values.
Not here: events, assets, file access.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import asdict
from typing import Any

import dagster as dg
import pandas as pd

from valuenet_pipeline.contracts import columns_of, key_of
from valuenet_pipeline.contracts.columns import Table
from valuenet_pipeline.derive.lineage import WideRelation
from valuenet_pipeline.orchestration.flow import ExtractState, Note
from valuenet_pipeline.report.plain import plain

Lineage = Mapping[str, Iterable[tuple[str, str]]]

SHOWN_NOTES = 30
MARKUP = re.compile(r"([\\`*\[\]<>|])")
"""What markdown or HTML would take for markup in a text that comes from a file."""


def asset_key(table: str) -> dg.AssetKey:
    """The asset of a table named as in SQL, `schema.table`."""
    return dg.AssetKey(table.split("."))


def table_schema(table: type[Table]) -> dg.TableSchema:
    """The columns of a table with types, descriptions and constraints, from its contract."""
    key = key_of(table)
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.sql_type,
                description=column.description,
                constraints=dg.TableColumnConstraints(
                    nullable=column.is_nullable,
                    unique=key == (column.name,),
                    other=[f"one of {', '.join(column.allowed)}"] if column.allowed else [],
                ),
            )
            for column in columns_of(table)
        ],
        constraints=dg.TableConstraints(other=[f"unique: {', '.join(key)}"]) if key else None,
    )


def wide_schema(relation: WideRelation) -> dg.TableSchema:
    """The columns of a relation that has one per concept or metric."""
    return dg.TableSchema([dg.TableColumn(one.name, one.sql_type, one.description) for one in relation.columns])


def column_lineage_of(lineage: Lineage) -> dg.TableColumnLineage:
    """Which columns each column is made from."""
    return dg.TableColumnLineage(
        deps_by_column={
            column: [dg.TableColumnDep(asset_key=asset_key(table), column_name=name) for table, name in sources]
            for column, sources in lineage.items()
        }
    )


def markdown_table(frame: pd.DataFrame) -> str:
    """A frame as a markdown table; empty cells where nothing is known."""
    rows = [list(map(str, frame.columns)), ["---"] * len(frame.columns)]
    rows += [[_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def markdown_list(items: Iterable[str]) -> str:
    """Texts as a markdown list."""
    return "\n".join(f"- {_cell(item)}" for item in items) or "none"


def markdown_image(title: str, png: bytes) -> str:
    """A picture that travels inside the metadata, so that the UI needs no file server."""
    return f"![{title}](data:image/png;base64,{base64.b64encode(png).decode()})"


def extract_metadata(state: ExtractState) -> dict[str, Any]:
    """What became of one extract."""
    return {
        "state": state.state,
        "entity": state.entity_id,
        "lines": state.lines,
        "facts": state.facts,
        "findings": state.findings,
        "unknown_labels": dg.MetadataValue.md(markdown_list(state.unknown_labels)),
        "left_out": dg.MetadataValue.md(_left_out(state.notes)),
        "content_hash": state.content_hash,
    }


def _left_out(notes: Sequence[Note]) -> str:
    """Columns, tables and lines that became no facts, and whatever else was found, with the reason and the remedy."""
    if not notes:
        return "nothing"
    table = markdown_table(pd.DataFrame([asdict(note) for note in notes[:SHOWN_NOTES]]))
    hidden = len(notes) - SHOWN_NOTES
    return f"{table}\n\n{hidden} more in mart.finding" if hidden > 0 else table


def _cell(value: object) -> str:
    if isinstance(value, Sized) and not isinstance(value, str):
        return f"{len(value)} entries"
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    return MARKUP.sub(r"\\\1", plain(value))
