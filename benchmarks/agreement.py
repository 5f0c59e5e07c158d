"""Our ratios and FinanceToolkit's of the same figures, value by value: `python -m benchmarks.agreement`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.financetoolkit import STATEMENTS, definitions, lines_query, named, prices, ratios, statement

CLOSE = 1e-9
"""Of the larger of 1 and the value."""


def compare(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """A row per company, year and ratio that both define: our value and status, and theirs."""
    ours = connection.execute(
        "select entity_id, fiscal_year, ratio_id, value, status from mart.ratio where vintage = 'current'"
    ).df()
    pairs = pd.DataFrame([one._asdict() for one in definitions() if one.metric_id])
    table = ratios_of(connection).rename_axis(index=["entity_id", "name"])
    table = table.set_axis([int(str(period)) for period in table.columns], axis=1)
    theirs = table.reset_index().melt(["entity_id", "name"], var_name="fiscal_year", value_name="theirs")
    theirs["fiscal_year"] = theirs["fiscal_year"].astype("int64")
    return ours.merge(pairs, left_on="ratio_id", right_on="metric_id").merge(
        theirs, on=["entity_id", "fiscal_year", "name"], how="left"
    )


def is_close(compared: pd.DataFrame) -> pd.Series:
    """Where both are numbers and the same."""
    scale = np.maximum(1, compared["theirs"].abs())
    return (compared["value"] - compared["theirs"]).abs() <= CLOSE * scale


def ratios_of(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """FinanceToolkit's ratios of the figures in a warehouse, every year between the first and the last in a column."""
    metrics = {row[0] for row in connection.execute("select column_name from (describe mart.ratio_wide)").fetchall()}
    wide = ", ".join(
        [
            f"max(value::double) filter (where concept_id = '{name}') as {name}"
            for name in named()
            if name not in metrics
        ]
    )
    years = connection.execute("select min(fiscal_year), max(fiscal_year) from core.fact_current").fetchall()[0]
    figures = f"""(select * from (select entity_id, fiscal_year, {wide} from core.fact_current where member_id is null
      group by entity_id, fiscal_year) join mart.ratio_wide using (entity_id, fiscal_year))"""
    lines = connection.execute(lines_query(figures, [], range(years[0], years[1] + 1))).df()
    frames = {
        name: statement(lines[lines["statement"] == name].drop(columns=["statement", "concept_id"]))
        for name in STATEMENTS
    }
    return ratios(frames, prices(frames["income"]))


def main(path: Path) -> None:
    """How far both agree on the companies of a warehouse."""
    with duckdb.connect(str(path), read_only=True) as connection:
        compared = compare(connection)
    compared["both"] = compared["value"].notna() & np.isfinite(compared["theirs"])
    compared["same"] = is_close(compared)
    compared["only_theirs"] = compared["value"].isna() & compared["theirs"].notna()
    compared["only_ours"] = compared["value"].notna() & ~np.isfinite(compared["theirs"])
    columns = ["both", "same", "only_theirs", "only_ours"]
    print(compared.groupby(["agrees", "name", "ratio_id"])[columns].sum().to_string())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
