"""Queries a published file without pause until it is told to stop; prints how often and how many versions it saw.

It ends with what was wrong, if anything was.
Each read opens the file anew and checks that tables of every layer tell of one and the same inbox.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

STATE = """
select p.publication_id, p.inputs[x.extract_id] = x.content_hash as is_made_from_it,
  f.value = l.value and f.value = s.revenue as is_one_figure,
  abs(m.value * f.value - n.value) < 1 as is_one_metric,
  (select count(*) from core.fact) = (select count(*) from core.reported_line where outcome in ('fact', 'nil')) as has_all_facts
from core.publication p, core.extract x
join core.fact f on f.extract_id = x.extract_id and f.concept_id = 'revenue' and f.fiscal_year = 2022
join core.fact n on n.extract_id = x.extract_id and n.concept_id = 'net_profit' and n.fiscal_year = 2022
join core.reported_line l on l.extract_id = f.extract_id and l.sheet = f.sheet and l.cell = f.cell
join mart.income_statement s on s.entity_id = f.entity_id and s.fiscal_year = f.fiscal_year
join mart.ratio m on m.entity_id = f.entity_id and m.fiscal_year = f.fiscal_year and m.ratio_id = 'net_margin'
  and m.vintage = 'current'
"""


def main() -> None:
    """Read until the file `stop` is there, and once more."""
    published, stop = map(Path, sys.argv[1:])
    reads, seen, is_last = 0, [""], False
    while not is_last:
        is_last = stop.exists()
        with duckdb.connect(str(published), read_only=True) as connection:
            rows = connection.execute(STATE).fetchall()
        if len(rows) != 1 or not all(rows[0]):
            sys.exit(f"not one whole state: {rows}")
        if rows[0][0] < seen[-1]:
            sys.exit(f"went back from {seen[-1]} to {rows[0][0]}")
        if rows[0][0] != seen[-1]:
            seen.append(rows[0][0])
        reads += 1
        if reads == 1:
            print("reading", flush=True)
    print(reads, len(seen) - 1)


if __name__ == "__main__":
    main()
