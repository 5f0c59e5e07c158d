"""Build a new database file from slices and queries; everything is derived afresh each time."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from valuenet_pipeline.contracts import TABLES, VIEWS, Table, columns_of, describe, key_of, name_of
from valuenet_pipeline.warehouse.vintage import CHANGED, FACT, KEPT, SPAN

DUCKDB_VERSION = duckdb.__version__

STORAGE_VERSION = "v1.4.0"
"""Clients from 1.4 on read it, and a stray write-ahead log is refused instead of applied."""

ROW_GROUP = 8192
"""Rows."""


IDENTITY_NOTES = {
    "statement": "Statement whose lines the identity is about",
    "description": "What must hold",
    "difference": "Total less the sum of its parts, in base units",
    "tolerance": "Half a unit of the last printed digit, summed over the figures",
    "verdict": "pass within the tolerance, warning within twice of it, else error; info where nothing can be decided",
    "identity": "Name of the identity; one check can have several",
    "value": "Printed total in base units",
    "hint": "What would make the sum hold, why it should hold, or the line without which it holds",
    "hint_sheet": "Sheet of the line that the hint names",
    "hint_cell": "Cell of the line that the hint names",
    "concepts": "Concepts of the figures in the sum",
    "is_layout": "Whether the identity fails so often in the table that its layout is the reason, not a figure",
}


AUDIT_KINDS = ("audit", "finding")

KEPT_OUT = """
update core.reported_line as l set outcome = 'quarantined', reason = r.why
from (
  select l.extract_id, l.sheet, l.cell, left(string_agg(distinct f.check_id || ': ' || f.message, '; ' order by f.check_id || ': ' || f.message), 1000) as why
  from core.reported_line l left join core.concept c using (concept_id)
  join temp.audit_finding f on f.extract_id = l.extract_id and f.entity_id = l.entity_id and f.severity = 'error'
    and case f.keeps_out when 'cell' then f.sheet = l.sheet and f.cell = l.cell
      when 'statement' then f.fiscal_year = l.fiscal_year and (
        l.statement = f.statement
        or (c.statement = f.statement and l.member_id is null and l.statement is distinct from 'segment')
        or (f.statement = 'segment' and l.member_id is not null))
      else false end
  where l.outcome in ('fact', 'nil') group by all
) r
where l.extract_id = r.extract_id and l.sheet = r.sheet and l.cell = r.cell"""
"""An error keeps out the statement-year or the cell it is about, whichever table of the extract prints the lines."""


SAID_BETTER = """
delete from mart.finding f using temp.audit_finding a
where f.check_id = 'label' and a.check_id = 'SEG-09' and a.extract_id = f.extract_id and a.sheet = f.sheet and a.cell = f.cell"""
"""A label that is not known in a table of segments is told once, as the graver finding."""

KEY_CHECK = "DUP-02"

OWNER = ["filename", "extract_id", "entity_id"]
"""Of which extract and company the file of a slice is."""


@dataclass(frozen=True)
class Sources:
    """All that a build is made from: frames by table name, and the slice folder of each extract.

    `past_facts` are those of versions of extracts that were replaced or removed, as `facts_of` gives them.
    """

    frames: dict[str, pd.DataFrame]
    slices: dict[str, tuple[str, Path]]
    """extract_id → (entity_id, folder of its slice)."""
    names: Mapping[str, str]
    """Name, ticker or alias of a company → entity_id."""
    past_facts: Sequence[pa.Table] = ()


@dataclass(frozen=True)
class Step:
    """One derived relation: kind is table, series, statement, view, macro, or scratch (gone when the build ends).

    A series is a table whose query computes each of its many parts once, so that looking for common ones is in vain.
    Kinds audit and finding are scratch as well: made before anything is derived, and before facts are told from lines.
    """

    name: str
    query: str
    kind: str
    description: str = ""


def quote(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def ddl(table: type[Table]) -> Iterable[str]:
    """CREATE TABLE with types, NOT NULL, allowed values, and a comment per table and column."""
    name = name_of(table).sql
    parts = []
    for column in columns_of(table):
        check = f" check ({column.name} in ({', '.join(map(quote, column.allowed))}))" if column.allowed else ""
        parts.append(f"{column.name} {column.sql_type}{'' if column.is_nullable else ' not null'}{check}")
    yield f"create table {name} ({', '.join(parts)})"
    yield f"comment on table {name} is {quote(describe(table))}"
    for column in columns_of(table):
        yield f"comment on column {name}.{column.name} is {quote(column.description)}"


@contextmanager
def open_new(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes a new database file, detached when it is whole.

    A commit goes straight to the file, without a log of it that would be thrown away; row groups are small enough for
    two threads to share the few rows of a small warehouse. What does not fit into memory goes to a folder beside it.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "preserve_insertion_order": False,
        "temp_directory": f"{path}.tmp",
    }
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("set checkpoint_threshold = '1KB'")
        connection.execute(
            f"attach {quote(str(path))} as warehouse (storage_version {quote(STORAGE_VERSION)}, row_group_size {ROW_GROUP})"
        )
        connection.execute("use warehouse")
        yield connection
        connection.execute("checkpoint warehouse")
        connection.execute("use memory")
        connection.execute("detach warehouse")


def remove_builds(folder: Path) -> None:
    """Remove what builds have left behind; only who holds the refresh lock may, as the one that goes on is among them."""
    for stale in folder.glob(".build-*"):
        if stale.is_dir():
            shutil.rmtree(stale)
        else:
            stale.unlink()


def build(path: Path, sources: Sources, identities: str, steps: Sequence[Step], notes: dict[str, str]) -> None:
    """Write a new database file at `path`, replacing a left-over; one transaction, then a checkpoint.

    `identities` is the query of all identity results; `notes` are comments for columns of statement tables.
    """
    path.unlink(missing_ok=True)
    with open_new(path) as connection:
        connection.execute("begin")
        _create_tables(connection)
        _load(connection, sources)
        _audit(connection, identities, steps)
        _keep_superseded(connection, sources.past_facts)
        for step in steps:
            if step.kind not in AUDIT_KINDS:
                derive(connection, step, notes)
        _count(connection)
        _check_keys(connection)
        connection.execute("commit")


def facts_of(sources: Sources, identities: str, steps: Sequence[Step], left: pd.DataFrame) -> pa.Table:
    """What an inbox of the past held, once audited: the facts of the extracts that left it, and without a value what was kept out.

    `left` has a row for each of these: extract_id there, and the extract_id and version to be given.
    """
    with duckdb.connect(":memory:", config={"threads": 2, "preserve_insertion_order": False}) as connection:
        connection.execute("set enable_progress_bar = false")
        _create_tables(connection)
        _load(connection, sources)
        _audit(connection, identities, steps)
        connection.register("gone", left)
        query = """select f.* replace (g.known_as as extract_id), g.version from core.fact f join gone g using (extract_id)
            union all by name
            select distinct l.entity_id, l.fiscal_year, l.concept_id, l.member_id, g.known_as as extract_id, g.version
            from core.reported_line l join gone g using (extract_id)
            where l.outcome = 'quarantined' and l.concept_id is not null and l.fiscal_year is not null"""
        return connection.sql(query).to_arrow_table()


def _create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for schema in sorted({name_of(table).schema for table in TABLES}):
        connection.execute(f"create schema {schema}")
    for table in TABLES:
        for statement in ddl(table):
            connection.execute(statement)


def _keep_superseded(connection: duckdb.DuckDBPyConnection, past: Sequence[pa.Table]) -> None:
    """File away what replaced and removed extracts said, and since when what replaced it has been known."""
    connection.execute("create temp table past_figure as select *, null::bigint as version from core.fact limit 0")
    if past:
        connection.register("past", pa.concat_tables(past))
        _insert(connection, "past_figure", "from past")
        connection.unregister("past")
    connection.execute(f"create temp table span as {SPAN}")
    connection.execute(KEPT)
    connection.execute(CHANGED)
    _add_companies(connection, "entity_id", "core.superseded_fact")


def _insert(
    connection: duckdb.DuckDBPyConnection, name: str, query: str, parameters: dict[str, object] | None = None
) -> None:
    connection.execute(f"insert into {name} by name {query}", parameters)


def _load(connection: duckdb.DuckDBPyConnection, sources: Sources) -> None:
    for name, frame in sources.frames.items():
        if len(frame):
            connection.register("frame", frame)
            columns = ", ".join(frame.columns)
            connection.execute(f"insert into {name} ({columns}) select {columns} from frame")
            connection.unregister("frame")
    names = pd.DataFrame(list(sources.names.items()), columns=["name", "entity_id"], dtype="string")
    connection.register("company_name", names)
    extracts = [(extract_id, entity_id, str(folder)) for extract_id, (entity_id, folder) in sources.slices.items()]
    for slice_name, table in (
        ("reported_line", "core.reported_line"),
        ("finding", "mart.finding"),
        ("ownership", "core.ownership"),
        ("milestone", "core.milestone"),
        ("value_net", "core.value_net_edge"),
        ("business_line", "core.business_line"),
        ("exchange_rate", "core.exchange_rate"),
    ):
        files = {
            f"{folder}/{slice_name}.parquet": (extract_id, entity_id)
            for extract_id, entity_id, folder in extracts
            if Path(folder, f"{slice_name}.parquet").exists()
        }
        if not files:
            continue
        owners = pd.DataFrame([(file, *owner) for file, owner in files.items()], columns=OWNER, dtype="string")
        connection.register("owner", owners)
        query = """select s.* exclude (filename), o.extract_id, o.entity_id
            from read_parquet($files, filename = true) s join owner o using (filename)"""
        if slice_name == "reported_line":
            query = _by_printed_company(query)
        _insert(connection, table, query, {"files": list(files)})
        connection.unregister("owner")
    connection.unregister("company_name")
    _add_companies(connection, "min(entity)", "core.reported_line")
    _insert(
        connection,
        "core.value_net_node",
        "select name, count(distinct role) as roles, count(distinct entity_id) as entities from core.value_net_edge group by name",
    )


SLUG = r"trim(regexp_replace(lower(nfc_normalize({})), '[^\p{{L}}\p{{N}}]+', '_', 'g'), '_')"
"""A printed company as an identifier."""


def _by_printed_company(lines: str) -> str:
    """Lines that print a company's name belong to that company, whichever folder the extract lies in."""
    return f"""select l.* replace (
          case when l.entity is null then l.entity_id else coalesce(k.entity_id, {SLUG.format("l.entity")}) end as entity_id)
        from ({lines}) l left join (
          select {SLUG.format("name")} as name, min(entity_id) as entity_id from company_name group by all
        ) k on k.name = {SLUG.format("l.entity")}"""


def _add_companies(connection: duckdb.DuckDBPyConnection, name: str, figures: str) -> None:
    """Companies without a folder, as far as their figures tell; and the presentation currency where no profile states it."""
    _insert(
        connection,
        "core.entity",
        f"""select entity_id, {name} as name_en, strftime(mode(period_end order by period_end), '%m-%d') as fiscal_year_end
        from {figures} where entity_id not in (select entity_id from core.entity) group by entity_id""",
    )
    connection.execute(
        f"""update core.entity as e set currency = m.currency
        from (select entity_id, mode(l.unit order by l.unit) as currency from {figures} l join core.concept c using (concept_id)
              where c.unit = 'currency' and l.unit is not null group by entity_id) m
        where m.entity_id = e.entity_id and e.currency is null"""
    )


def _audit(connection: duckdb.DuckDBPyConnection, identities: str, steps: Sequence[Step]) -> None:
    """Turn what the checks say into findings, and keep out what an error is about."""
    for step in steps:
        if step.kind == "audit":
            _make_scratch(connection, step)
    connection.execute(f"create table core.identity_result as {identities}")
    connection.execute(
        "comment on table core.identity_result is 'Identities that could be evaluated, per extract and fiscal year'"
    )
    _describe_columns(connection, "core.identity_result", IDENTITY_NOTES)
    for step in steps:
        if step.kind == "finding":
            _make_scratch(connection, step)
            connection.execute(KEPT_OUT)
            connection.execute(SAID_BETTER)
            _insert(connection, "mart.finding", f"select * exclude (keeps_out, statement) from {step.name}")
    _insert(connection, "core.fact", FACT)
    _insert(
        connection,
        "mart.quarantine",
        """select entity_id, extract_id, sheet, cell, label, concept_id, fiscal_year, reason,
          'see mart.finding for the same cell or extract' as remedy
        from core.reported_line where outcome = 'quarantined'
        union all by name
        select entity_id, extract_id, message as reason, remedy
        from mart.finding join core.extract e using (extract_id, entity_id)
        where e.state = 'quarantined' and severity = 'error'""",
    )


def _count(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """update core.extract as e set facts = (select count(*) from core.fact f where f.extract_id = e.extract_id),
          findings = (select count(*) from mart.finding f where f.extract_id = e.extract_id)"""
    )


def derive(connection: duckdb.DuckDBPyConnection, step: Step, notes: dict[str, str]) -> None:
    """Make one derived relation."""
    if step.kind == "table":
        _insert(connection, step.name, step.query)
    elif step.kind == "series":
        connection.execute("set disabled_optimizers = 'common_subexpressions'")
        _insert(connection, step.name, step.query)
        connection.execute("reset disabled_optimizers")
    elif step.kind == "view":
        connection.execute(f"create view {step.name} as {step.query}")
        contract = next((view for view in VIEWS if name_of(view).sql == step.name), None)
        description = describe(contract) if contract else step.description
        connection.execute(f"comment on view {step.name} is {quote(description)}")
        _describe_columns(connection, step.name, notes)
    elif step.kind == "macro":
        connection.execute(step.query)
    elif step.kind == "scratch":
        _make_scratch(connection, step)
    else:
        connection.execute(f"create table {step.name} as {step.query}")
        connection.execute(f"comment on table {step.name} is {quote(step.description)}")
        _describe_columns(connection, step.name, notes)


def _make_scratch(connection: duckdb.DuckDBPyConnection, step: Step) -> None:
    connection.execute(f"create temp table {step.name.removeprefix('temp.')} as {step.query}")


def _describe_columns(connection: duckdb.DuckDBPyConnection, name: str, notes: dict[str, str]) -> None:
    own = [table for table in (*TABLES, *VIEWS) if name_of(table).sql == name]
    described = {column.name: column.description for table in (*TABLES, *VIEWS) for column in columns_of(table)} | notes
    described |= {column.name: column.description for table in own for column in columns_of(table)}
    for (column,) in connection.execute(f"select column_name from (describe {name})").fetchall():
        connection.execute(f'comment on column {name}."{column}" is {quote(described.get(column, column))}')


def _check_keys(connection: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        if keys := ", ".join(key_of(table)):
            name = name_of(table).sql
            twice = connection.execute(f"select {keys} from {name} group by all having count(*) > 1 limit 3").fetchall()
            if twice:
                raise ValueError(f"{KEY_CHECK}: {name} has more than one row for the key ({keys}): {twice}")
