"""The command line as others call it."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from valuenet_pipeline import cli, cli_read
from valuenet_pipeline.cli import app
from valuenet_pipeline.extract.worker import Limits, run_limited
from valuenet_pipeline.orchestration import archive, flow
from valuenet_pipeline.report.reading import Shown, Suggestion, print_reading
from valuenet_pipeline.vocabulary import Finding

runner = CliRunner()
EXAMPLE = Path(__file__).parent.parent / "examples" / "messy-report.csv"
COLUMNS = [
    "entity", "fiscal_year", "period_end", "concept", "member", "value", "currency", "unit", "decimals", "sheet", "cell",
    "label", "statement",
]  # fmt: skip


def read(*arguments: str | Path) -> str:
    """What `read` prints for a person."""
    result = runner.invoke(app, ["read", *map(str, arguments)])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture(autouse=True)
def _home(shipped: flow.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(shipped.root))


def test_read_prints_facts_in_base_units_with_cells(shipped: flow.Project) -> None:
    result = runner.invoke(app, ["read", str(shipped.inbox / "xiaomi" / "annual-report-2021.xlsx"), "--format", "csv"])
    assert result.exit_code == 0
    facts = list(csv.DictReader(io.StringIO(result.stdout)))
    revenue = [
        fact for fact in facts if fact["concept"] == "revenue" and fact["fiscal_year"] == "2021" and not fact["member"]
    ]
    assert {(float(fact["value"]), fact["currency"]) for fact in revenue} == {(328_309_145_000.0, "CNY")}
    assert all(fact["sheet"] and fact["cell"] and fact["label"] for fact in facts)


def test_read_refuses_an_empty_file_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").write_bytes(b"")
    result = runner.invoke(app, ["read", str(tmp_path / "empty.xlsx"), "--format", "csv"])
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "empty" in result.stderr


def test_read_says_what_is_wrong_with_an_option(shipped: flow.Project) -> None:
    file = shipped.inbox / "xiaomi" / "annual-report-2021.xlsx"
    result = runner.invoke(app, ["read", str(file), "--fiscal-year-end", "31 March"])
    assert result.exit_code == 1
    assert "MM-DD" in result.stderr


def test_read_prints_columns_that_other_programs_rely_on() -> None:
    assert read(EXAMPLE, "--format", "csv").splitlines()[0].split(",") == COLUMNS
    facts = json.loads(read(EXAMPLE, "--format", "json"))
    assert list(facts[0]) == COLUMNS
    assert (facts[0]["concept"], facts[0]["value"], facts[0]["cell"]) == ("revenue", "12865403700", "C5")


def test_read_shows_what_the_file_was_taken_for_and_its_figures_as_printed() -> None:
    lines = read(EXAMPLE).splitlines()
    assert lines[0] == "messy-report.csv: annual report, 22 figure cells, 20 facts"
    (found,) = (line for line in lines if "periods across" in line)
    assert found.split() == ["csv", "Income", "statement", "rows", "5-15", "statement:", "periods", "across", "2023,", "2022", "CNY", "万"]  # fmt: skip
    (revenue,) = (line for line in lines if "营业收入" in line)
    assert revenue.split() == ["Revenue", "一、营业收入", "CNY", "万", "1,286,540.37", "1,104,218.90"]


def test_read_says_what_was_not_understood_where_and_what_to_write(tmp_path: Path) -> None:
    shown = read(EXAMPLE)
    assert "error: the label is not known\n    in csv!C11 加：资产处理收益" in shown
    assert "interim period" in shown
    block = shown[shown.index("\nlabels:\n") :]
    choice = "# asset_disposal_gains:"
    assert choice in block
    shutil.copy(EXAMPLE, tmp_path)
    profile = f"entity_id: galaxy\nname: {{en: Galaxy}}\n{block.replace(choice, choice.removeprefix('# '))}"
    assert yaml.safe_load(profile)["labels"] == {"asset_disposal_gains": ["加：资产处理收益"]}
    (tmp_path / "entity.yaml").write_text(profile, encoding="utf-8")
    again = read(tmp_path / EXAMPLE.name)
    assert "of galaxy, 22 figure cells, 22 facts" in again
    assert "not known" not in again


def test_read_shows_the_first_of_many_companies_and_counts_the_others(tmp_path: Path) -> None:
    rows = [f"Company {n},2023-12-31,USD,{n}000000000,{n}500000000" for n in range(1, 41)]
    text = "\n".join(["Company,Report Date,Currency,Revenue,Total Assets", *rows]) + "\n"
    (tmp_path / "panel.csv").write_text(text, encoding="utf-8")
    shown = read(tmp_path / "panel.csv")
    assert "panel: a row per period" in shown
    assert [f"\nCompany {n}\n" in shown for n in (1, 3, 4)] == [True, True, False]
    assert "37 more companies: 40 in all, 2 to 2 facts each" in shown
    assert len(shown.splitlines()) < 60


def test_read_suggests_a_layout_where_the_file_does_not_say_enough(tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text(
        "Item,2023,2022\nRevenue,1286.5,1104.2\nGross profit,384.7,312.1\n", encoding="utf-8"
    )
    shown = read(tmp_path / "bare.csv")
    entries = yaml.safe_load(shown[shown.index('- file: "bare.csv"') :])
    assert [(entry["file"], entry["sheet"], set(entry) >= {"currency", "scale"}) for entry in entries] == [
        ("bare.csv", "csv", True)
    ]


def test_read_refuses_with_reasons_and_a_layout_to_fill_in(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("Remarks,Author\nnothing here,me\n", encoding="utf-8")
    result = runner.invoke(app, ["read", str(tmp_path / "notes.csv")])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "refused: notes.csv: no table of annual figures was found" in result.stderr
    assert '- file: "notes.csv"' in result.stderr
    assert "Traceback" not in result.stderr


def test_read_keeps_a_file_to_the_limits_of_a_refresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "huge.csv").write_bytes(b"1,2,3,4,5,6,7,8,9,0\n" * 400_000)
    limited = functools.partial(run_limited, limits=Limits(memory_bytes=48 * 1024**2))
    monkeypatch.setattr(cli_read, "run_limited", limited)
    result = runner.invoke(app, ["read", str(tmp_path / "huge.csv"), "--format", "csv"])
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("refused: huge.csv: huge.csv is not read: its reader raised MemoryError")


def test_read_gives_a_spreadsheet_nothing_to_run(tmp_path: Path) -> None:
    (tmp_path / "entity.yaml").write_text(
        "entity_id: acme\nname: {en: Acme}\nlabels: {revenue: ['=1+1 Turnover'], cost_of_sales: ['-  Costs']}\n",
        encoding="utf-8",
    )
    (tmp_path / "report.csv").write_text(
        "Income statement (USD in millions),,\nItem,2022,2021\n=1+1 Turnover,1000,900\n-  Costs,-600,-500\n",
        encoding="utf-8",
    )
    facts = list(csv.DictReader(io.StringIO(read(tmp_path / "report.csv", "--format", "csv"))))
    assert {fact["label"] for fact in facts} == {"'=1+1 Turnover", "'-  Costs"}
    assert {fact["value"][:4] for fact in facts if fact["concept"] == "cost_of_sales"} <= {
        "-600",
        "-500",
        "6000",
        "5000",
    }
    labels = {fact["label"] for fact in json.loads(read(tmp_path / "report.csv", "--format", "json"))}
    assert labels == {"=1+1 Turnover", "-  Costs"}


def test_no_code_of_the_users_folder_is_run(tmp_path: Path) -> None:
    """A module dropped among extracts is not taken for one that the readers import."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "valuenet").write_text(
        "from valuenet_pipeline.cli import main\nif __name__ == '__main__':\n    main()\n", encoding="utf-8"
    )
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(EXAMPLE, inbox)
    (inbox / "pandas.py").write_text("open('ran', 'w')\n", encoding="utf-8")
    command = [sys.executable, str(tmp_path / "bin" / "valuenet"), "read", EXAMPLE.name]
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLE.parents[1])}
    done = subprocess.run(command, cwd=inbox, env=environment, capture_output=True, text=True, check=True)
    assert "22 figure cells" in done.stdout
    assert not (inbox / "ran").exists()


def test_read_prints_no_markup_and_no_terminal_control_from_a_file(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "{bold}$"
    for row in csv.reader(io.StringIO(EXAMPLE.read_text(encoding="utf-8"))):
        book.active.append([cell.replace("加：资产处理收益", "[red]x[/red]\u202ez\x85y\\") for cell in row])
    book.save(tmp_path / "evil.xlsx")
    shown = read(tmp_path / "evil.xlsx")
    assert "{bold}$!C11 [red]x[/red]\\u202ez y\\\n" in shown
    assert "\u202e" not in shown


def test_terminal_control_is_written_as_an_escape() -> None:
    out = Console(file=io.StringIO(), width=200, force_terminal=False)
    finding = Finding("label", "warning", "\x1b[31mred\x9b0m", "\x07", "S\x1b]0;t\x07", "A1", "a\nb\x1b")
    lines = pd.DataFrame(columns=["outcome", "entity"])
    near = [Suggestion("a\nb\x1b", "a\nb\x1b", "S!A1", ["revenue"])]
    print_reading(out, Shown("x\x1b.csv", "", "unstated", lines, {}, [finding], near, {}))
    assert isinstance(out.file, io.StringIO)
    printed = out.file.getvalue()
    assert r"\x1b[31mred\x9b0m" in printed
    assert all(character == "\n" or character.isprintable() for character in printed)


def test_a_command_loads_only_what_it_needs() -> None:
    code = (
        "import sys; from valuenet_pipeline import cli; heavy = {'pandas', 'pandera', 'dagster', 'duckdb', 'altair', 'sqlglot'};"
        "print(sorted(heavy & set(sys.modules))); import valuenet_pipeline.cli_read; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['pandas', 'pandera']"]


def test_explain_names_the_cells() -> None:
    result = runner.invoke(app, ["explain", "xiaomi", "2021", "gross_margin"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "0.177458" in result.stdout
    assert "annual-report-2021.xlsx" in result.stdout


def test_explain_an_unknown_metric_says_where_to_look() -> None:
    result = runner.invoke(app, ["explain", "xiaomi", "2021", "gross_margn"])
    assert result.exit_code == 1
    assert "mart.formula" in result.stderr


def test_explain_says_that_the_warehouse_is_damaged_and_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUENET_HOME", str(tmp_path))
    published = flow.Project(tmp_path).published
    published.parent.mkdir(parents=True)
    published.write_bytes(b"no warehouse" * 1000)
    result = runner.invoke(app, ["explain", "xiaomi", "2021", "gross_margin"])
    assert result.exit_code == 1
    assert "not a valid DuckDB database" in result.stderr
    assert "`valuenet rollback` goes back" in result.stderr


def test_what_the_file_system_refuses_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    (tmp_path / "file").touch()
    long = "a" * 300
    for home, command, code, reason in (
        (tmp_path, ["read", long], 1, "File name too long"),
        (tmp_path, ["diff", long, "current"], 2, "File name too long"),
        (tmp_path / "file", ["rollback"], 1, "Not a directory"),
    ):
        monkeypatch.setenv("VALUENET_HOME", str(home))
        monkeypatch.setattr(sys, "argv", ["valuenet", *command])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == code
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("error: ")
        assert reason in line


def test_refresh_without_changes_only_shows() -> None:
    result = runner.invoke(app, ["refresh"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "Nothing changed" in result.stdout
    assert "17.7%" in result.stdout


def test_what_was_put_there_a_moment_ago_is_waited_for_and_what_is_open_elsewhere_is_named(
    acme: flow.Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (archive, flow):
        monkeypatch.setattr(module, "SETTLED_AFTER", 0.3)
    (acme.inbox / "acme" / "report.csv").touch()
    assert flow.settled_inbox(acme).files == ()
    assert [file.extract_id for file in cli._settled_inbox(acme).files] == ["acme/report.csv"]
    assert capsys.readouterr().err == ""
    (acme.inbox / "acme" / "~$report.csv").touch()
    assert cli._settled_inbox(acme).files == ()
    assert "acme/report.csv is being written or open in a spreadsheet program" in capsys.readouterr().err
