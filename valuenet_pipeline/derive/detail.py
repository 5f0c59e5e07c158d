"""Sums of whatever lines a table prints: each total against the lines since the last subtotal.

The lines of a table need not be complete, so a sum that closes nowhere says little. But where it closes in other
years of the same table, the year in which it does not is wrong; and where every other sum of the table closes in
every year, the one that closes in none has lost a line. A table that leaves lines out of another sum may leave one
out here too: it is warned of. Cells left blank, or not read, explain a difference; a dash is nil and does not.
"""

from __future__ import annotations

from valuenet_pipeline.catalog import Catalog
from valuenet_pipeline.derive.text import literal

TABLE = "extract_id, entity_id, sheet, statement, currency"

NEGLIGIBLE = 0.000001
"""Share of a total below which a difference in its lines is warned of, unless the sum closes in two other years."""

OF_WHICH = r"^\W*(其中|of which|including|incl\.|thereof)"
"""A line that repeats a part of the one above it."""


def detail_query(catalog: Catalog) -> str:
    """Rows as in `identity_query`. One printed line may repeat others, as a subtotal does: leaving it out counts when
    it closes the sum in two years or more."""
    details = [one for one in catalog.identities if one.is_detail]
    shapes = ", ".join(
        f"({literal(one.total)}, {literal(one.name)}, {literal(one.check_id)}, {literal(one.severity)}, "
        f"{literal(one.statement)}, {literal(one.description)}, "
        f"[{', '.join(literal(name) for part in one.parts for name in part.concepts)}]::varchar[])"
        for one in details
    )
    boundaries = ", ".join(sorted({literal(one.total) for one in catalog.identities if one.total}))
    return f"""
with shape(concept_id, identity, check_id, severity, statement, description, carries) as (values {shapes}
), line as (
  select *, concept_id in ({boundaries}) as is_boundary from temp.audit_line
  where kind = 'currency' and member_id is null and not is_memo and sheet_row is not null
    and statement in ('balance_sheet', 'income_statement', 'cash_flow')
    and not (statement = 'balance_sheet' and part = 'supplementary')
    and not regexp_matches(lower(label), {literal(OF_WHICH)})
  qualify row_number() over (partition by extract_id, entity_id, sheet, statement, currency, fiscal_year, concept_id, sheet_row
    order by length(sheet_column), sheet_column) = 1
), placed as (
  select *, coalesce(sum(is_boundary::int) over (
      partition by extract_id, entity_id, sheet, statement, currency, fiscal_year
      order by sheet_row, length(sheet_column), sheet_column, concept_id rows between unbounded preceding and 1 preceding), 0) as run
  from line
), oriented as (
  select *, case when statement = 'balance_sheet' then case when balance = 'debit' then value else -value end
       when part = 'reconciliation' or part = 'working_capital' then value
       when statement = 'income_statement' then case when balance = 'debit' then -value else value end
       else case when balance = 'credit' then -value else value end end as signed
  from placed
), total as (
  select n.extract_id, n.entity_id, n.sheet, n.statement, n.currency, n.fiscal_year, n.run,
    n.value, n.half, n.cell, n.label, n.concept_id, n.sheet_row, n.exponent, n.balance as total_balance, s.identity, s.check_id,
    s.severity, s.description, n.signed as amount, p.sheet_row as above,
    case when list_contains(s.carries, p.concept_id) then p.signed else 0 end as carried,
    case when list_contains(s.carries, p.concept_id) then p.half else 0 end as carried_half
  from oriented n join shape s using (concept_id, statement)
  left join oriented p on p.is_boundary and p.run = n.run - 1 and p.extract_id = n.extract_id and p.entity_id = n.entity_id
    and p.sheet = n.sheet and p.statement = n.statement and p.currency = n.currency and p.fiscal_year = n.fiscal_year
), summed as (
  select t.*, sum(l.signed) as lines_sum, sum(l.half) as lines_half, count(*) as lines,
    list(struct_pack(concept_id := l.concept_id, label := l.label, cell := l.cell, signed := l.signed)
      order by l.sheet_row, l.concept_id, l.cell) as parts
  from total t join oriented l on not l.is_boundary and l.run = t.run and l.extract_id = t.extract_id
    and l.entity_id = t.entity_id and l.sheet = t.sheet and l.statement = t.statement and l.currency = t.currency
    and l.fiscal_year = t.fiscal_year
  group by all
), counted_nil as (
  select s.*, (select count(*) from temp.audit_nil n where n.extract_id = s.extract_id and n.entity_id = s.entity_id
      and n.sheet = s.sheet and n.statement = s.statement and n.fiscal_year = s.fiscal_year
      and n.sheet_row < s.sheet_row and (s.above is null or n.sheet_row > s.above)) as nils
  from summed s
), reading as (
  select *, amount - lines_sum - carried as difference, half + lines_half + carried_half as tolerance
  from counted_nil where lines > 1 or carried <> 0
), variant as (
  select *, null as excluded from reading
  union all by name
  select r.* replace (r.difference + part.signed as difference), part.concept_id as excluded
  from reading r, unnest(r.parts) as u(part) where r.lines > 2 and part.signed <> 0
), counted as (
  select *, count(distinct fiscal_year) filter (where abs(difference) <= tolerance) over chosen as closed,
    count(distinct fiscal_year) over (partition by {TABLE}, identity) as years
  from variant window chosen as (partition by {TABLE}, identity, excluded)
), best as (
  select *, difference * sign(amount) > 0 as is_short from counted where excluded is null or closed >= 2
  qualify dense_rank() over (partition by {TABLE}, identity
    order by closed desc, excluded is not null, excluded) = 1
    and row_number() over (partition by {TABLE}, identity, fiscal_year, excluded order by run, difference) = 1
), once as (
  select *, bool_and(is_short) over (partition by {TABLE}, identity) as is_always_short,
    max(lines + nils) filter (where abs(difference) <= tolerance) over (partition by {TABLE}, identity) as closing_lines
  from best
), others as (
  select {TABLE}, count(distinct identity) filter (where closed = years) as closing,
    count(distinct identity) filter (where closed < years) as open,
    count(distinct identity) filter (where closed = 0) as never
  from once group by all
), judged as (
  select f.*, list_filter(parts, lambda one: abs(difference + one.signed + one.signed) <= tolerance
      and one.signed <> 0)[1] as flipped,
    list_filter(parts, lambda one: one.concept_id = excluded)[1] as repeated,
    closed = 0 and o.closing >= 2 and o.open = 1 and is_always_short as has_lost_a_line,
    exists (from temp.audit_unread u where u.extract_id = f.extract_id and u.entity_id = f.entity_id
      and u.sheet = f.sheet and u.statement = f.statement and u.fiscal_year = f.fiscal_year
      and u.sheet_row < f.sheet_row and (f.above is null or u.sheet_row > f.above)) as has_unread,
    closed > 0 and closing_lines > lines + nils as has_blank, o.never > 0 as is_incomplete
  from once f join others o using ({TABLE})
)
select check_id, identity, severity, statement,
  case when has_lost_a_line and abs(difference) > tolerance then 'lost' else 'pattern' end as rule, description, extract_id, entity_id, fiscal_year, currency,
  case when statement = 'balance_sheet' and total_balance = 'credit' then -difference else difference end as difference,
  tolerance, sheet, cell, label, value,
  case when abs(difference) <= tolerance then 'pass'
       when has_unread or has_blank or (closed = 0 and not has_lost_a_line) then 'info'
       when abs(difference) <= tolerance + tolerance
         or (abs(difference) < abs(value::double) * {NEGLIGIBLE} and closed < 2)
         or (is_incomplete and not has_lost_a_line) then 'warning'
       else severity end as verdict,
  case when abs(difference) <= tolerance then 'only without ' || repeated.label || ', which repeats others of them'
       when has_lost_a_line then 'every other sum of the table closes, so a line of this one is missing'
       when flipped is not null
         then 'it holds when ' || flipped.label || ' (' || sheet || '!' || flipped.cell || ') changes sign'
       when closed > 0 then 'the same sum closes in ' || closed || ' other year(s) of the table' end as hint,
  case when hint_at is not null then sheet end as hint_sheet, hint_at as hint_cell,
  list_append(list_transform(parts, lambda one: one.concept_id), concept_id) as concepts
from (select *, case when abs(difference) <= tolerance then repeated.cell else flipped.cell end as hint_at from judged)"""
