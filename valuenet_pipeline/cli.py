"""The command line: thin, each command a few lines over `orchestration.flow`.

Heavy packages are imported by the commands that need them, so that each starts as fast as it can.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from valuenet_pipeline import cli_sql
from valuenet_pipeline.orchestration.project import Project
from valuenet_pipeline.orchestration.readers import start_readers
from valuenet_pipeline.report.plain import plain

if TYPE_CHECKING:
    from valuenet_pipeline.orchestration.inbox import Inbox
    from valuenet_pipeline.warehouse import Connection

HELP = "Annual-report extracts in data/raw into a DuckDB warehouse of ratios, segment mix and profit-model indicators."

app = typer.Typer(no_args_is_help=True, add_completion=False, help=HELP, pretty_exceptions_enable=False)
out = Console(width=None if sys.stdout.isatty() else 180)
err = Console(stderr=True)

HEADLINES: tuple[tuple[str, str], ...] = (
    ("gross_margin", "gross margin"),
    ("core_operating_margin", "core operating margin"),
    ("net_margin", "net margin"),
    ("return_on_equity", "return on equity"),
    ("asset_liability_ratio", "liabilities to assets"),
)


UNCHANGED = "The refresh failed and the published warehouse is unchanged"


class ReadFormat(StrEnum):
    """How `read` prints."""

    table = "table"
    csv = "csv"
    json = "json"


class DiffFormat(StrEnum):
    """How `diff` prints."""

    table = "table"
    csv = "csv"
    json = "json"


def _fail(message: str, code: int = 1) -> typer.Exit:
    err.print(f"[red]error:[/red] {_plain(message)}", soft_wrap=True)
    return typer.Exit(code)


def _warn(message: str) -> None:
    err.print(f"[yellow]warning:[/yellow] {_plain(message)}", soft_wrap=True)


def _plain(text: object) -> str:
    """Text from elsewhere, without markup or terminal control."""
    return escape(plain(text))


def _utf8(text: str) -> str:
    """An argument that is text, and not the bytes of another encoding as the name of a file may be."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("it is not UTF-8 text") from None
    return text


Text = Annotated[str, typer.Argument(callback=_utf8)]


@app.command()
def refresh(full: Annotated[bool, typer.Option(help="Rebuild even when nothing changed")] = False) -> None:
    """Read what is new in data/raw, rebuild, check and publish; then show the headline figures."""
    from valuenet_pipeline.orchestration import flow

    project = Project.find()
    inbox = _settled_inbox(project)
    if not inbox.files:
        raise _fail(f"there is no extract in {project.inbox}: put files into a folder per company there")
    for stray in flow.remove_logs(project):
        _warn(f"{stray} is removed: a published file is never written, so the log belongs to nothing")
    fault = flow.published_fault(project)
    if fault:
        _warn(fault)
    if not full and (earlier := flow.inbox_rolled_back(project, inbox)):
        out.print(
            f"Nothing is published: what is in {project.inbox} was published as {earlier} and rolled back. Change it, or "
            "publish it again with `valuenet refresh --full`.",
            soft_wrap=True,
        )
    elif not full and not fault and flow.published_inbox_hash(project) == inbox.hash:
        out.print("Nothing changed since the last publication.")
    else:
        _run(project, again=full)
    _show(project)


def _settled_inbox(project: Project) -> Inbox:
    """The inbox once what was put there a moment ago is known to be whole; what still waits is named."""
    from valuenet_pipeline.orchestration import flow

    patience = time.monotonic() + flow.SETTLED_AFTER + 1
    try:
        while (inbox := flow.settled_inbox(project)).waiting and time.monotonic() < patience:
            time.sleep(0.2)
    except flow.ArchiveError as error:
        raise _fail(str(error)) from error
    for name in inbox.waiting:
        _warn(f"{name} is being written or open in a spreadsheet program: close it and refresh again to count it")
    return inbox


def _run(project: Project, again: bool) -> None:
    # The readers load while Dagster does.
    start_readers("valuenet_pipeline.orchestration.reading")
    from valuenet_pipeline.orchestration.instance import failure_of, run_refresh

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("reading extracts", total=None)

        def advance(done: int, total: int, name: str) -> None:
            progress.update(
                task, completed=done, total=total, description=_plain(f"read {name}" if done < total else "building")
            )

        try:
            result = run_refresh(project, advance, again)
        except OSError as error:
            raise _fail(f"{error}. {UNCHANGED}") from error
    if not result.success:
        raise _fail(f"{failure_of(result)}. {UNCHANGED}; `valuenet ui` shows the run")


@contextmanager
def _published(project: Project) -> Iterator[Connection]:
    """A connection to the published warehouse, which may be missing or damaged."""
    from valuenet_pipeline import warehouse

    try:
        with warehouse.connect_read_only(project.published) as connection:
            yield connection
    except FileNotFoundError as error:
        raise _fail(str(error)) from error
    except warehouse.QueryError as error:
        raise _fail(f"{error}; `valuenet rollback` goes back, `valuenet refresh --full` builds afresh") from error


def _show(project: Project) -> None:
    with _published(project) as connection:
        ids = [name for name, _ in HEADLINES]
        rows = connection.execute(
            """select e.name_en, r.fiscal_year, s.revenue, s.unit, map_from_entries(list((r.ratio_id, r.value))) as ratio
            from mart.ratio r join core.entity e using (entity_id)
            left join (select entity_id, fiscal_year, max(value)::double as revenue, max(unit) as unit from core.fact_current
                       where concept_id = 'revenue' and member_id is null group by all) s using (entity_id, fiscal_year)
            where r.vintage = 'current' and list_contains(?, r.ratio_id) group by all order by 1, 2""",
            [ids],
        ).fetchall()
        extracts = connection.execute(
            "select count(*), count(*) filter (where state = 'quarantined'), sum(facts) from core.extract"
        ).fetchone()
        findings = connection.execute(
            """select severity, extract_id, coalesce(sheet || '!' || cell, ''), message, remedy from mart.finding
            where severity <> 'info' order by severity, extract_id, sheet, cell limit 20"""
        ).fetchall()
    table = Table("company", "year", "revenue, bn", *(title for _, title in HEADLINES), title="Headline figures")
    for name, year, revenue, unit, ratio in rows:
        cells = [f"{ratio[one]:.1%}" if ratio.get(one) is not None else "–" for one in ids]
        table.add_row(_plain(name), str(year), f"{unit} {revenue / 1e9:,.1f}" if revenue is not None else "–", *cells)
    out.print(table)
    if extracts:
        out.print(f"{extracts[0]} extracts, {extracts[2]} facts, {extracts[1]} extracts in quarantine.")
    for severity, extract, cell, message, remedy in findings:
        out.print(
            f"[bold]{severity}[/bold] {_plain(f'{extract} {cell}'.strip())}: {_plain(message)}\n    {_plain(remedy)}"
        )
    out.print(f'\nThe warehouse: {project.published}\nOpen it: valuenet sql "from mart.ratio limit 5"', soft_wrap=True)


@app.command()
def read(
    file: Path,
    entity: Annotated[str | None, typer.Option(help="Company, when the file lies outside its folder")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217, where the file prints none")] = None,
    scale: Annotated[int | None, typer.Option(help="1, 1000, 1000000 ..., where the file prints none")] = None,
    fiscal_year_end: Annotated[str | None, typer.Option(help="MM-DD, where it is not 12-31")] = None,
    format: Annotated[ReadFormat, typer.Option()] = ReadFormat.table,
) -> None:
    """Show what an extract would load, and what was not understood and why, without loading it."""
    if not file.is_file():
        raise _fail(f"there is no file {file}")
    # The reader loads in the child while it loads here.
    start_readers("valuenet_pipeline.cli_read")
    from valuenet_pipeline import cli_read
    from valuenet_pipeline.extract import Options

    try:
        extract = cli_read.read_file(file, entity, Options(currency, scale, fiscal_year_end))
    except ValueError as error:  # a profile or an option that is not what it should be
        raise _fail(str(error)) from error
    raise typer.Exit(cli_read.show(extract, format, out, err))


def _format_of(output: Path | None) -> cli_sql.Format:
    """The format that the ending of a name stands for; what is written under another would not be what it says."""
    ending = output.suffix.removeprefix(".").lower() if output else ""
    if ending in ("", "txt"):
        return cli_sql.Format.table
    if ending not in cli_sql.ENDINGS:
        raise _fail(
            f"{output}: {ending} is no format; name a file that ends in {', '.join(cli_sql.ENDINGS)} or txt, or give --format"
        )
    return cli_sql.Format(ending)


# A query may begin with a comment, which looks like an option.
@app.command(context_settings={"ignore_unknown_options": True})
def sql(
    query: Text,
    format: Annotated[
        cli_sql.Format | None,
        typer.Option(help="By default as the output's name ends; table on the terminal", show_default=False),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File to write instead of the terminal")] = None,
    seconds: Annotated[float, typer.Option(help="Time after which the query is ended", min=0.1)] = 60,
) -> None:
    """Run SQL on the published warehouse: read-only, no other file, limited memory and time."""
    if output is not None and output.is_dir():
        raise _fail(f"{output} is a folder: name a file to write")
    format = format or _format_of(output)
    if output is None and format in cli_sql.BINARY and sys.stdout.isatty():
        raise _fail(f"{format} is no text for a terminal: name a file with --output")
    try:
        cli_sql.export(Project.find().published, query, format, seconds, output)
    except cli_sql.QueryFailed as error:
        raise _fail(str(error)) from error
    except OSError as error:
        raise _fail(f"{output or 'the result'} cannot be written: {error.strerror}") from error


@app.command()
def explain(entity: Text, year: int, metric: Text) -> None:
    """Formula, status, and every input figure of a metric with the cell it stands in."""
    with _published(Project.find()) as connection:
        found = connection.execute("select * from mart.explain(?, ?, ?)", [entity, year, metric])
        names = [column[0] for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    if not rows:
        raise _fail(f"no metric {metric!r} for {entity!r} in {year}; `valuenet sql 'from mart.formula'` lists all")
    first = rows[0]
    value = f"{first['value']:.6g}" if first["value"] is not None else f"none ({first['status']}: {first['reason']})"
    out.print(f"{_plain(f'{entity} {year} {metric} = {value}')}\n  {_plain(first['formula'])}", soft_wrap=True)
    table = Table("concept", "member", "year", "value", "extract", "sheet", "cell", "label", "status")
    for row in rows:
        if row["concept_id"]:
            table.add_row(*(_plain(row[name] if row[name] is not None else "") for name in (
                "concept_id", "member_id", "input_fiscal_year", "input_value", "extract_id", "sheet", "cell", "label", "input_status",
            )))  # fmt: skip
    out.print(table)


@app.command()
def rollback(
    version: Annotated[str, typer.Argument(help="Publication id, or a part that only it has")] = "previous",
    listing: Annotated[bool, typer.Option("--list", help="Show the kept versions instead")] = False,
) -> None:
    """Go back to the publication before, or to another kept version; what was left is not published again by itself."""
    from valuenet_pipeline import warehouse
    from valuenet_pipeline.orchestration import flow

    project = Project.find()
    try:
        if not listing:
            found = flow.rollback(project, version)
            out.print(
                f"{project.published.name} is {found.publication_id} now. What is newer stays unpublished until something "
                "in data/raw, the catalog or the code changes, or until `valuenet refresh --full`.",
                soft_wrap=True,
            )
    except warehouse.VersionError as error:
        raise _fail(str(error)) from error
    table = Table("publication", "built (UTC)", "inputs", "MB", "state")
    for one in warehouse.versions(project.published):
        made = one.publication() or {}
        state = "read now" if one.is_current else "rolled back" if one.is_rolled_back else "kept"
        table.add_row(
            one.publication_id, f"{made['built_at']:%Y-%m-%d %H:%M:%S}" if made else "–",
            str(len(made.get("inputs") or ())), f"{one.path.stat().st_size / 1e6:.1f}",
            state if one.is_whole else f"{state}, damaged",
        )  # fmt: skip
    out.print(table)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="Publication id, path, `current` or `previous`")] = "previous",
    new: Annotated[str, typer.Argument(help="As OLD")] = "current",
    format: Annotated[DiffFormat, typer.Option()] = DiffFormat.table,
    limit: Annotated[int, typer.Option(help="Rows of each kind that a table shows")] = 20,
) -> None:
    """Compare two publications: tables, facts, metrics, inputs. Exit code 0 when all rows agree, 1 when not, 2 on error."""
    from valuenet_pipeline import warehouse
    from valuenet_pipeline.report.difference import print_comparison, write_csv, write_json

    published = Project.find().published
    try:
        found = warehouse.compare(*(warehouse.find_version(published, name) for name in (old, new)))
    except (warehouse.VersionError, warehouse.QueryError, OSError) as error:
        raise _fail(str(error), code=2) from error
    if format is DiffFormat.csv:
        write_csv(sys.stdout, found)
    elif format is DiffFormat.json:
        write_json(sys.stdout, found)
    else:
        print_comparison(out, found, limit)
    raise typer.Exit(0 if found.is_equal else 1)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="0 takes one that is free", min=0, max=65535)] = 3000,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Show everything, change nothing, run nothing")
    ] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name under which a proxy in front of it is reached; repeatable")
    ] = None,
) -> None:
    """Open the Dagster UI on this machine only (127.0.0.1), closed to the web pages of other sites."""
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as fault:
        raise _fail(f"port {port} cannot be used ({fault.strerror}); choose another one with --port") from None
    out.print(f"Dagster is at http://127.0.0.1:{listener.getsockname()[1]} until Ctrl-C ends it", soft_wrap=True)
    from valuenet_pipeline.orchestration.serve import serve

    raise typer.Exit(serve(Project.find(), listener, read_only=read_only, hosts=allow_host or ()))


def main() -> None:
    """Entry point."""
    # The processes started from here find no modules in the folder where the user stands: it may hold anything.
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        app()
    except OSError as error:  # a name too long, a folder that may not be opened, a full disk
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(_fail(f"{where}{error.strerror or error}").exit_code)
