"""What sums cannot see: scale, copied and shifted columns, restatements, and figures out of bounds, as queries.

A column is one fiscal year of one statement in one extract. Columns of one company that should look alike (the same
year in two extracts, adjacent years anywhere) are compared in pairs, statement by statement and over whole extracts. A
fault that one statement proves is looked for in the others of the same extract and year, however few figures they have.
"""

from __future__ import annotations

from valuenet_pipeline.derive.identity import CONFIRMED, CONFIRMING


def plain(value: str) -> str:
    """SQL of an exact figure as text without trailing zeros."""
    return f"regexp_replace({value}::varchar, '\\.?0+$', '')"


SAME_YEAR_LOG, SCALE_STEPS = 0.3, "[2, 3, 4, 6, 8]"
NEXT_YEAR_WARNING, NEXT_YEAR_ERROR = 0.8, 1.5
SAME_STEP = 0.05
"""Two steps of one fault differ by less, in powers of ten."""

RESTATED = r"restated|re-presented|重述|重列|追溯调整"
WHOLE = "extract"
"""The book of all statements of an extract together."""

COLUMN_FIGURE = """
select *, case when member_id is not null then 'segment' else home end as book,
  is_non_negative or balance = 'debit' as is_size
from temp.audit_line where is_first and kind = 'currency' and value <> 0"""

COLUMN_PAIR = f"""
with pair as (
  select a.entity_id, coalesce(a.book, '{WHOLE}') as book, a.currency, a.extract_id as a_extract, a.fiscal_year as a_year,
    b.extract_id as b_extract, b.fiscal_year as b_year,
    any_value(a.report_fiscal_year) as a_report, any_value(b.report_fiscal_year) as b_report, count(*) as figures,
    median(log10(abs(a.value::double / b.value::double)))
      filter (where a.fiscal_year = b.fiscal_year or a.is_size) as step,
    count(*) filter (where a.is_size) as sizes,
    avg((abs(a.value - b.value) <= a.half + b.half)::int) as same, avg((a.value = b.value)::int) as equal
  from temp.column_figure a join temp.column_figure b on b.entity_id = a.entity_id and b.book = a.book
    and b.currency = a.currency and b.concept_id = a.concept_id and b.member_id is not distinct from a.member_id
    and (b.fiscal_year = a.fiscal_year - 1 or (b.fiscal_year = a.fiscal_year and b.extract_id > a.extract_id))
  group by grouping sets (
    (a.entity_id, a.currency, a.extract_id, a.fiscal_year, b.extract_id, b.fiscal_year, a.book),
    (a.entity_id, a.currency, a.extract_id, a.fiscal_year, b.extract_id, b.fiscal_year))
), judged as (
  select *, a_year = b_year as is_same_year,
    case when a_year = b_year then case
        when figures >= 5 and abs(step) > {SAME_YEAR_LOG} then 'error'
        when figures >= 3 and list_min(list_transform({SCALE_STEPS}, lambda one: abs(abs(step) - one))) < 0.02 then 'error'
        when figures >= 3 and abs(step) < 0.05 then 'fits' end
      when sizes < 4 then null
      when abs(step) >= {NEXT_YEAR_ERROR} then 'error' when abs(step) >= {NEXT_YEAR_WARNING} then 'warning'
      when abs(step) < 0.5 then 'fits' end as own
  from pair
), compared as (
  select *, list(step) filter (where own = 'error') over (
    partition by entity_id, currency, a_extract, a_year, b_extract, b_year) as wrong_steps
  from judged
)
select * exclude (own, wrong_steps), case when own = 'fits' then own
  when len(list_filter(wrong_steps, lambda one: case when is_same_year then abs(step - one) <= {SAME_STEP}
    else abs(step) >= {NEXT_YEAR_WARNING} and sign(step) = sign(one) end)) > 0 then 'error' else own end as verdict
from compared"""
"""Columns that should look alike, with the median step between them in powers of ten.

Results swing by orders of magnitude from year to year, so only figures that measure size tell the step between years.
A statement of few figures is in error where it shows the step that another of the same two columns proves.
"""

COLUMN_SCORE = f"""
with side as (
  select entity_id, book, currency, a_extract as extract_id, a_year as fiscal_year, verdict, is_same_year, same,
    a_extract = b_extract as is_inside from temp.column_pair
  union all
  select entity_id, book, currency, b_extract, b_year, verdict, is_same_year, same, a_extract = b_extract
  from temp.column_pair
), tally as (
  select entity_id, book, currency, extract_id, fiscal_year,
    count(*) filter (where verdict = 'fits') - count(*) filter (where verdict in ('error', 'warning')) as fit,
    count(*) filter (where verdict = 'fits' and not is_inside)
      - count(*) filter (where verdict in ('error', 'warning') and not is_inside) as outside,
    count(*) filter (where is_same_year and same >= 0.8) as confirmed
  from side group by all
), ordered as (
  select *, lag(fiscal_year) over (partition by entity_id, book, currency, extract_id order by fiscal_year) as before
  from (select distinct entity_id, book, currency, extract_id, fiscal_year from temp.column_figure)
), parted as (
  select c.* exclude (before), sum((coalesce(o.verdict, w.verdict, 'fits') in ('error', 'warning'))::int) over (
      partition by c.entity_id, c.book, c.currency, c.extract_id order by c.fiscal_year) as run
  from ordered c left join temp.column_pair o on o.entity_id = c.entity_id and o.book = c.book
    and o.currency = c.currency and o.a_extract = c.extract_id and o.b_extract = c.extract_id
    and o.a_year = c.fiscal_year and o.b_year = c.before
  left join temp.column_pair w on w.entity_id = c.entity_id and w.book = '{WHOLE}'
    and w.currency = c.currency and w.a_extract = c.extract_id and w.b_extract = c.extract_id
    and w.a_year = c.fiscal_year and w.b_year = c.before
), earned as (
  select extract_id, entity_id, currency, fiscal_year,
    any_value(value::double) filter (where concept_id = 'earnings_per_share_basic')
      * any_value(shares) / coalesce(
        any_value(value::double) filter (where concept_id = 'net_profit_attributable_to_ordinary_shareholders'),
        any_value(value::double) filter (where concept_id = 'net_profit_attributable_to_parent')) as ratio
  from temp.audit_line l join (
    select extract_id, entity_id, fiscal_year, any_value(value::double) as shares from temp.audit_line
    where concept_id = 'weighted_average_shares_basic' and is_first and member_id is null group by all
  ) using (extract_id, entity_id, fiscal_year)
  where l.is_first and l.member_id is null and l.value <> 0 group by extract_id, entity_id, currency, fiscal_year
), scored as (
  select p.*, coalesce(t.fit, 0) as fit, sum(t.outside) over (
      partition by p.entity_id, p.currency, p.extract_id, p.fiscal_year) as outside, coalesce(t.confirmed, 0) as confirmed,
    case when e.ratio between 0.5 and 2 then 1 when e.ratio not between 0.2 and 5 then -1 end as vouched
  from parted p left join tally t using (entity_id, book, currency, extract_id, fiscal_year)
  left join earned e using (extract_id, entity_id, currency, fiscal_year)
)
select * exclude (vouched, fit, outside), avg(fit) over run as run_fit, coalesce(sum(outside) over run, 0) as run_outside,
  coalesce(avg(vouched) over run, 0) as run_vouched, sum(confirmed) over file as extract_confirmed,
  sum(confirmed) over (partition by entity_id, currency, extract_id, fiscal_year) as column_confirmed
from scored
window file as (partition by entity_id, book, currency, extract_id),
  run as (partition by entity_id, book, currency, extract_id, run)"""
"""What speaks for each column.

Columns of one statement in one extract stand in one unit as long as no step parts them: they make a run. For a run
speak the other columns it fits, less those it does not (those of other extracts over all statements), and earnings
per share that follow from its profit.
"""


def _column(side: str) -> str:
    other = "b" if side == "a" else "a"
    return f"struct_pack(e := {side}_extract, y := {side}_year, o := {other}_extract, oy := {other}_year)"


SCORES = " ".join(
    f"""
  join temp.column_score {side} on {side}.entity_id = p.entity_id and {side}.book = p.book
    and {side}.currency = p.currency and {side}.extract_id = p.{side}_extract and {side}.fiscal_year = p.{side}_year"""
    for side in "ab"
)

COLUMN_COPIED = f"""
with certain as (
  select distinct entity_id, currency, a_extract, b_extract, a_year, b_year from temp.column_pair
  where a_extract = b_extract and figures >= 8 and equal >= 0.9
)
select p.*, a_extract as extract_id,
  case when a.column_confirmed > b.column_confirmed then b_year else a_year end as fiscal_year
from temp.column_pair p join certain using (entity_id, currency, a_extract, b_extract, a_year, b_year) {SCORES}
where p.equal >= 0.9"""
"""Columns that repeat the one beside them: all statements that do, where one of them or all together prove it."""

COLUMN_SHIFTED = f"""
with shifted as (
  select p.*, case when a.extract_confirmed < b.extract_confirmed then a_extract
      when a.extract_confirmed > b.extract_confirmed then b_extract
      when (a_report, a_extract) > (b_report, b_extract) then a_extract else b_extract end as wrong
  from temp.column_pair p {SCORES} where not p.is_same_year and p.a_extract <> p.b_extract
    and p.figures >= 5 and p.same >= 0.8 and not exists (
      from temp.column_pair o where o.is_same_year and o.entity_id = p.entity_id and o.book = p.book
        and o.currency = p.currency and o.same >= 0.5
        and least(p.a_extract, p.b_extract) = o.a_extract and greatest(p.a_extract, p.b_extract) = o.b_extract)
), certain as (
  select entity_id, currency, wrong as extract_id, list(distinct book order by book) as books from shifted group by all
)
select s.*, books from certain c join temp.column_score s using (entity_id, currency, extract_id)
where s.confirmed = 0 and (list_contains(books, s.book) or s.extract_confirmed = 0)"""
"""Columns under the years beside their own: where one statement of an extract is shifted, the others stay only where
another extract confirms them."""

SCRATCH = (
    ("column_figure", COLUMN_FIGURE),
    ("column_pair", COLUMN_PAIR),
    ("column_score", COLUMN_SCORE),
    ("column_copied", COLUMN_COPIED),
    ("column_shifted", COLUMN_SHIFTED),
)

NOWHERE = "null::varchar as sheet, null::varchar as cell, null::varchar as label"

SCALE = f"""
with merit as (
  select p.*, a.run as a_run, b.run as b_run,
    case when a_extract = b_extract then sign(a.run_fit - b.run_fit) else sign(a.run_outside - b.run_outside) end as fit,
    sign(a.run_vouched - b.run_vouched) as vouched
  from temp.column_pair p {SCORES} where verdict in ('error', 'warning') and not exists (
    from (from temp.column_copied union all by name from temp.column_shifted) w
    where w.entity_id = p.entity_id and w.currency = p.currency and w.book = p.book
      and (w.extract_id, w.fiscal_year) in ((p.a_extract, p.a_year), (p.b_extract, p.b_year)))
), blamed as (
  select *, fit * vouched < 0 or (fit = 0 and vouched = 0) as is_open, unnest(case
      when fit * vouched < 0 or (fit = 0 and vouched = 0) then [{_column("a")}, {_column("b")}]
      when fit + vouched < 0 then [{_column("a")}] else [{_column("b")}] end) as wrong
  from merit
), spread as (
  select b.*, s.fiscal_year
  from blamed b join temp.column_score s using (entity_id, book, currency)
  where s.extract_id = wrong.e and s.run = case when a_extract = wrong.e and a_year = wrong.y then a_run else b_run end
    and (s.fiscal_year = wrong.y or b.verdict = 'error')
)
select case when is_same_year then 'UNI-02' else 'UNI-03' end as check_id, verdict as severity,
  'statement' as keeps_out, book as statement, wrong.e as extract_id, entity_id, fiscal_year, {NOWHERE},
  case when fiscal_year <> wrong.y then 'the column of ' || fiscal_year || ' is in the unit of ' || wrong.y || ' beside it, and '
    else '' end
    || 'the ' || replace(book, '_', ' ') || ' of ' || wrong.y || ' is ' || case when (step > 0) = (a_extract = wrong.e and a_year = wrong.y)
    then 'larger' else 'smaller' end || ' than that of ' || wrong.oy || ' in ' || wrong.o || ' by a factor of about '
    || printf('%.3g', power(10, abs(step))) || ', the median of ' || case when is_same_year then figures else sizes end || ' figures'
    || case when is_open then '; nothing tells which of the two is wrong' else '' end as message,
  'check the unit and currency printed above the column' as remedy
from spread
qualify row_number() over (partition by check_id, wrong.e, entity_id, fiscal_year, book
  order by severity, fiscal_year <> wrong.y, abs(step) desc, wrong, currency) = 1"""
"""The wrong run of two between which the scale steps; both, where what speaks for them is equal or at odds.

A column that is copied or shifted says nothing about scale.
"""

COPIED = f"""
select 'TIM-05' as check_id, 'error' as severity, 'statement' as keeps_out, book as statement, extract_id,
  entity_id, fiscal_year, {NOWHERE},
  printf('%.0f', 100 * equal) || ' % of ' || figures || ' figures of ' || a_year || ' equal those of ' || b_year
    || ' in the ' || replace(book, '_', ' ') as message,
  'one column is a copy of the other: enter the right one again' as remedy
from temp.column_copied"""

SHIFTED = f"""
select 'PER-09' as check_id, 'error' as severity, 'statement' as keeps_out, book as statement, extract_id,
  entity_id, fiscal_year, {NOWHERE},
  'the ' || array_to_string(list_transform(books, lambda one: replace(one, '_', ' ')), ' and the ')
    || ' stand(s) under the years beside its own: the columns repeat another extract''s adjacent years'
    || case when list_contains(books, book) then '' else ', and no extract confirms the ' || replace(book, '_', ' ') end
    as message,
  'move the year headings over the columns they belong to' as remedy
from temp.column_shifted"""

RESTATEMENT = f"""
with pair as (
  select o.extract_id as other, l.*, o.value as other_value, o.cell as other_cell, o.sheet as other_sheet,
    case when l.report_kind = o.report_kind and l.report_kind <> 'unstated' and l.report_fiscal_year = o.report_fiscal_year
           then 'DUP-01'
         when 'summary' in (l.report_kind, o.report_kind) and l.report_kind <> o.report_kind then 'XST-05'
         when regexp_matches(lower(l.label || ' ' || coalesce(l.note, '')), '{RESTATED}') then 'TIM-01'
         else 'TIM-02' end as check_id
  from temp.audit_line l join temp.audit_line o on o.entity_id = l.entity_id and o.concept_id = l.concept_id
    and o.member_id is not distinct from l.member_id and o.fiscal_year = l.fiscal_year and o.unit = l.unit
    and (o.report_fiscal_year, o.extract_id) < (l.report_fiscal_year, l.extract_id) and o.extract_id <> l.extract_id
  where l.is_first and o.is_first and abs(l.value - o.value) > l.half + o.half and not exists (
    from temp.column_pair p where p.verdict = 'error' and p.is_same_year and p.a_year = l.fiscal_year
      and p.entity_id = l.entity_id and l.extract_id in (p.a_extract, p.b_extract) and o.extract_id in (p.a_extract, p.b_extract)
      and p.book = case when l.member_id is not null then 'segment' else l.home end)
)
select check_id, 'error' as severity, 'cell' as keeps_out, null as statement, side.e as extract_id, entity_id,
  fiscal_year, side.s as sheet, side.c as cell, label,
  label || ' is ' || {plain("value")} || ' in ' || extract_id || ' (' || sheet || '!' || cell || ') and ' || {plain("other_value")} || ' in '
    || other || ' (' || other_sheet || '!' || other_cell || '), though both follow the same report' as message,
  'remove the extract that is wrong; the figure is kept out of both until then' as remedy
from (select *, unnest([struct_pack(e := extract_id, s := sheet, c := cell),
    struct_pack(e := other, s := other_sheet, c := other_cell)]) as side from pair where check_id = 'DUP-01')
union all
select check_id, case check_id when 'TIM-01' then 'info' else 'warning' end as severity, 'none' as keeps_out,
  null as statement, extract_id, entity_id, fiscal_year, arg_min(sheet, (sheet_row, sheet, cell)) as sheet,
  arg_min(cell, (sheet_row, sheet, cell)) as cell, arg_min(label, (sheet_row, sheet, cell)) as label,
  count(*) || ' figure(s) of ' || fiscal_year || ' differ from ' || other || ': '
    || array_to_string(list(label || ' ' || {plain("value")} || ' against ' || {plain("other_value")} order by abs(value - other_value) desc, label, cell)[:3], '; ')
    as message,
  case check_id when 'XST-05' then 'the annual report is used; correct the summary if it is wrong'
    else 'both are kept: the later one as current, the first print as reported' end as remedy
from pair where check_id <> 'DUP-01' group by check_id, extract_id, entity_id, fiscal_year, other"""

JUMP_FACTOR = 5
"""Of a change from one year to the next above which a figure is looked at."""


def _level(value: str, near: str) -> str:
    return f"abs({value}) between abs({near}) / {JUMP_FACTOR} and {JUMP_FACTOR} * abs({near})"


SAME_FIGURE = """extract_id = j.extract_id and {0}.entity_id = j.entity_id and {0}.concept_id = j.concept_id
    and {0}.member_id is not distinct from j.member_id and {0}.unit = j.unit and {0}.is_first"""

JUMP = f"""
with size as (
  select extract_id, entity_id, fiscal_year, currency, max(value) as assets from temp.audit_line
  where concept_id = 'total_assets' and member_id is null and is_first group by all
), jump as materialized (
  select l.*, p.value as before from temp.audit_line l
  join temp.audit_line p on p.extract_id = l.extract_id and p.entity_id = l.entity_id and p.concept_id = l.concept_id
    and p.member_id is not distinct from l.member_id and p.unit = l.unit and p.fiscal_year = l.fiscal_year - 1 and p.is_first
  join size s on s.extract_id = l.extract_id and s.entity_id = l.entity_id and s.fiscal_year = l.fiscal_year
    and s.currency = l.currency
  where l.is_first and l.kind = 'currency' and sign(l.value) = sign(p.value)
    and abs(l.value - p.value) > {JUMP_FACTOR} * abs(p.value)
    and abs(l.value) * 100 > s.assets
), elsewhere as (
  select distinct j.extract_id, j.sheet, j.cell
  from jump j join temp.audit_line o on o.entity_id = j.entity_id and o.concept_id = j.concept_id
    and o.fiscal_year = j.fiscal_year and o.member_id is not distinct from j.member_id and o.unit = j.unit
    and o.extract_id <> j.extract_id and abs(o.value - j.value) <= o.half + j.half
), confirmed as ({CONFIRMED}), vouched as (
  select j.*, case when j.member_id is null and c.off <= {CONFIRMING} * abs(j.value) then 'its sum closes'
      when e.cell is not null then 'another extract prints the same'
      when {_level("a.value", "j.value")} and {_level("b.value", "j.before")}
        then 'the years before and after stay on its levels'
      when j.concept_id = 'net_profit_attributable_to_parent' and n.value / j.value between 0.75 and 1.25
        then 'the profit for the year is close' end as why
  from jump j left join elsewhere e using (extract_id, sheet, cell)
  left join confirmed c on c.extract_id = j.extract_id and c.entity_id = j.entity_id and c.fiscal_year = j.fiscal_year
    and c.concept_id = j.concept_id and c.currency = j.currency
  left join temp.audit_line a on a.{SAME_FIGURE.format("a")} and a.fiscal_year = j.fiscal_year + 1
  left join temp.audit_line n on n.is_first and n.extract_id = j.extract_id and n.entity_id = j.entity_id
    and n.fiscal_year = j.fiscal_year and n.unit = j.unit and n.member_id is null and n.concept_id = 'net_profit'
  left join temp.audit_line b on b.{SAME_FIGURE.format("b")} and b.fiscal_year = j.fiscal_year - 2
)
select 'TIM-04' as check_id, case when any_value(why) is null then 'warning' else 'info' end as severity,
  'none' as keeps_out, null as statement, extract_id, entity_id,
  fiscal_year, arg_min(sheet, (sheet, sheet_row, cell)) as sheet, arg_min(cell, (sheet, sheet_row, cell)) as cell,
  arg_min(label, (sheet, sheet_row, cell)) as label,
  count(*) || ' figure(s) changed more than fivefold over the year: '
    || array_to_string(list(label || ' from ' || {plain("before")} || ' to ' || {plain("value")} order by abs(value - before) desc, label, cell)[:3], '; ')
    || coalesce('; ' || nullif(array_to_string(list(distinct why order by why), ', '), ''), '') as message,
  case when any_value(why) is null then 'compare them with the report; large changes can be real' else 'nothing' end
    as remedy
from vouched group by extract_id, entity_id, fiscal_year, why is null"""
"""A jump is no suspicion where something else vouches for the figure: a sum, another extract, the years around it."""

PERIODS = f"""
with years as (
  select extract_id, entity_id, home, list(distinct fiscal_year order by fiscal_year) as years from temp.audit_line
  where home in ('balance_sheet', 'income_statement', 'cash_flow') and member_id is null and home = statement
  group by all
), gap as (
  select *, list_filter(range(years[1], years[-1]), lambda one: not list_contains(years, one)) as missing from years
)
select 'PER-03' as check_id, 'warning' as severity, 'none' as keeps_out, null as statement, extract_id, entity_id,
  missing[1] as fiscal_year, {NOWHERE},
  'the ' || string_agg(replace(home, '_', ' '), ' and the ' order by home) || ' lack(s) ' || array_to_string(missing, ', ') || ' between '
    || min(years[1]) || ' and ' || max(years[-1]) as message,
  'growth and averages are not computed across the gap' as remedy
from gap where len(missing) > 0 group by extract_id, entity_id, missing
union all
select 'PER-06', 'info', 'none', null, extract_id, entity_id, null::bigint, {NOWHERE},
  'the statements cover different years: '
    || string_agg(replace(home, '_', ' ') || ' ' || array_to_string(years, ', '), '; ' order by home),
  'nothing, if the report prints them so'
from years group by extract_id, entity_id having count(distinct years) > 1"""

BOUNDS = f"""
select case concept_id when 'gross_margin_printed' then 'NUM-11' else 'KPI-06' end as check_id, 'error' as severity,
  'cell' as keeps_out, null as statement, extract_id, entity_id, fiscal_year, sheet, cell, label,
  label || ' is ' || {plain("value")} || ', which is no fraction of one' as message,
  'check whether the figure is a percentage' as remedy
from temp.audit_line
where (contains(concept_id, 'share') and kind = 'pure' and (value < 0 or value > 1))
  or (concept_id = 'gross_margin_printed' and abs(value) > 1)
union all
select 'INC-12', 'warning', 'none', null, extract_id, entity_id, null::bigint, sheet, min(cell), min(label),
  'the table of the ' || replace(statement, '_', ' ') || ' holds ' || string_agg(distinct label, ', ' order by label)
    || ', which belongs to the balance sheet',
  'check the label, or set the statement apart'
from (select *, avg((home = 'balance_sheet')::int) over (partition by extract_id, entity_id, sheet, statement) as foreign_share
      from temp.audit_line where statement in ('income_statement', 'cash_flow'))
where home = 'balance_sheet' and foreign_share < 0.1 group by extract_id, entity_id, sheet, statement
union all
select 'DUP-03', 'warning', 'none', null, extract_id, entity_id, min(fiscal_year), sheet, max(cell), label,
  label || ' is printed in ' || count(distinct sheet_row) || ' rows with the same figures',
  'remove the row that is repeated'
from temp.audit_line
where home = statement and statement in ('balance_sheet', 'income_statement', 'cash_flow') and value <> 0
group by extract_id, entity_id, sheet, statement, section, concept_id, member_id, label
having count(distinct sheet_row) > 1 and count(*) > count(distinct (fiscal_year, unit))"""

SEGMENT = f"""
with member as (
  select l.*, m.dimension, m.role, w.value as whole, w.half as whole_half,
    min(l.value) over part as smallest, count(*) over part as members, sum(l.value) over part as total
  from temp.audit_line l join core.member m using (entity_id, member_id)
  join temp.audit_line w on w.extract_id = l.extract_id and w.entity_id = l.entity_id and w.member_id is null
    and w.concept_id = l.concept_id and w.fiscal_year = l.fiscal_year and w.unit = l.unit and w.is_first
  where l.is_first and l.concept_id = 'revenue'
  window part as (partition by l.extract_id, l.entity_id, l.fiscal_year, l.unit, m.dimension)
)
select 'SEG-04' as check_id, 'error' as severity, 'statement' as keeps_out, 'segment' as statement, extract_id, entity_id,
  fiscal_year, sheet, cell, label, label || ' is ' || {plain("value")} || ', more than the whole of ' || {plain("whole")} as message,
  'compare the segment table with the report' as remedy
from member where smallest >= 0 and value > whole + half + whole_half
union all
select 'SEG-08', 'info', 'none', null, extract_id, entity_id, fiscal_year, sheet, cell, label,
  label || ' is the only ' || dimension || ' printed and carries the whole revenue', 'nothing, if the company has one'
from member where members = 1 and abs(value - whole) <= half + whole_half
union all
select 'SGN-05', 'warning', 'none', null, extract_id, entity_id, fiscal_year, sheet, cell, label,
  label || ' has the sign of the segments it eliminates', 'check the sign'
from member where role = 'elimination' and value * sign(total - value) > 0"""

FINDINGS = (SCALE, COPIED, SHIFTED, RESTATEMENT, JUMP, PERIODS, BOUNDS, SEGMENT)
"""Queries of findings, each with what an error keeps out."""
