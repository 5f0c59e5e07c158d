"""Identities of the catalog as one query over reported lines: what should add up, by how much it does not.

Two figures agree when their printed intervals overlap (XBRL Calculations 1.1): T is half a unit of the last
printed digit, summed over the figures. Beyond T a warning, beyond 2T an error. A difference that equals a line whose
label is not known is explained by it, and a warning. An identity that fails time and again in one table tells of the
table, not of each year: its layout leaves lines out, or defines them otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from valuenet_pipeline.catalog import Catalog, Identity
from valuenet_pipeline.derive.detail import detail_query
from valuenet_pipeline.derive.text import literal

PRINTED_NUMBER = "try_cast(regexp_replace(printed, '[(),\\s]', '', 'g') as double)"
"""What a cell shows, without its scale; a double, as text is read into a decimal a hundred times slower."""

UNREAD = f"""
select extract_id, entity_id, sheet, statement, fiscal_year, label, cell,
  abs({PRINTED_NUMBER}) as amount, try_cast(regexp_extract(cell, '\\d+$') as int) as sheet_row
from core.reported_line where outcome = 'quarantined'"""
"""Figures that were not read; a sum over lines beside them is not known to be complete."""


NIL = """
select extract_id, entity_id, sheet, statement, fiscal_year, try_cast(regexp_extract(cell, '\\d+$') as int) as sheet_row
from core.reported_line where outcome = 'absent' and regexp_full_match(trim(printed), '[-–—―－]+')"""
"""Dashes, which a sum over lines counts as nil."""


LAID_OUT_DIFFERENTLY = ("INC-02", "INC-03", "INC-04", "INC-06", "CFS-01")
"""Sums that must hold, but between whose lines vendors and companies print lines of their own."""
LAYOUT_FAILS, LAYOUT_SHARE = 4, 0.25
"""Statement-years of one table in which an identity fails, and their share, from which on its layout is the reason.

Fewer stay single faults. An identity that must hold has to hold in as large a share too: where it holds nowhere, a line
may be misread throughout. A flipped sign explains itself, and a line lost everywhere is an error everywhere.
"""


def _terms(identity: Identity) -> Iterator[tuple[int, list[tuple[str, int, int, bool]]]]:
    """Each reading of an identity: (concept, years before, sign in total less parts, whether it must be there)."""
    choices = [
        [*([None] if part.presence == "free" else []), *((part, name) for name in part.concepts)]
        for part in identity.parts
    ]
    for variant, chosen in enumerate(product(*choices)):
        terms = [(identity.total, 0, 1, True)]
        for one in chosen:
            if one:
                part, name = one
                terms.append((name, part.years_before, -part.sign, part.presence != "optional"))
        yield variant, terms


def _linear(identities: list[Identity]) -> str:
    shapes, terms = [], []
    for one in identities:
        for variant, listed in _terms(one):
            required = sum(is_required for *_, is_required in listed)
            shapes.append(
                f"({literal(one.name)}, {variant}, {required}, {literal(one.check_id)}, {literal(one.severity)}, "
                f"{literal(one.statement)}, {literal(one.rule)}, {literal(one.dimension)}, {literal(one.description)}, "
                f"[{', '.join(map(literal, one.excuses))}]::varchar[])"
            )
            terms += [
                f"({literal(one.name)}, {variant}, {literal(concept)}, {years}, {sign}, {str(required_).lower()}, "
                f"{str(place == 0).lower()})"
                for place, (concept, years, sign, required_) in enumerate(listed)
            ]
    return f"""
with shape(identity, variant, required, check_id, severity, statement, rule, dimension, description, excuses) as (
  values {", ".join(shapes)}
), term(identity, variant, concept_id, years_before, sign, is_required, is_total) as (values {", ".join(terms)}
), evaluated as (
  select identity, variant, l.extract_id, l.entity_id, l.currency, l.member_id,
    l.fiscal_year + t.years_before as fiscal_year,
    sum(case when t.sign > 0 then l.value else -l.value end) as difference, sum(l.half) as tolerance,
    count(*) filter (where t.is_required) as present,
    any_value(struct_pack(sheet := l.sheet, cell := l.cell, label := l.label, value := l.value, exponent := l.exponent))
      filter (where t.is_total) as total,
    list(struct_pack(concept_id := l.concept_id, label := l.label, sheet := l.sheet, cell := l.cell,
      signed := case when t.sign > 0 then l.value else -l.value end)
      order by t.is_total desc, t.concept_id, t.years_before, l.sheet, l.cell) as terms
  from term t join temp.audit_line l using (concept_id) where l.is_first and l.kind = 'currency'
  group by all
)
select s.check_id, s.identity, s.severity, s.statement, s.rule, s.description, e.extract_id, e.entity_id,
  e.fiscal_year, e.member_id, e.currency, e.difference, e.tolerance, e.total.sheet as sheet, e.total.cell as cell,
  e.total.label as label, e.total.value as value, e.total.exponent as exponent,
  list_filter(e.terms, lambda one: abs(e.difference - one.signed - one.signed) <= e.tolerance
    and one.signed <> 0)[1] as flipped,
  list_transform(e.terms, lambda one: one.concept_id) as concepts
from evaluated e join shape s using (identity, variant)
where e.present = s.required and (s.dimension = 'each') = (e.member_id is not null) and not exists (
  from temp.audit_line x where x.extract_id = e.extract_id and x.entity_id = e.entity_id
  and x.fiscal_year = e.fiscal_year and x.member_id is null and list_contains(s.excuses, x.concept_id))
qualify row_number() over (partition by e.identity, e.extract_id, e.entity_id, e.currency, e.member_id, e.fiscal_year
  order by greatest(abs(e.difference) - e.tolerance, 0), e.variant) = 1"""


def _members(identity: Identity) -> str:
    """The declared members of a dimension against the whole; no row unless every one of them is printed."""
    part = identity.parts[0].concepts[0]
    whole = (
        f"t.concept_id = {literal(identity.total)} and t.member_id is null and t.is_first"
        if identity.total
        else "false"
    )
    total = "any_value(t.value)" if identity.total else "1::decimal(38, 8)"
    return f"""
select {literal(identity.check_id)} as check_id, {literal(identity.name)} as identity,
  {literal(identity.severity)} as severity, {literal(identity.statement)} as statement,
  {literal(identity.rule)} as rule, {literal(identity.description)} as description, p.extract_id, p.entity_id,
  p.fiscal_year, null::varchar as member_id, p.currency, {total} - sum(p.value) as difference,
  coalesce(any_value(t.half), 0::decimal(38, 8)) + sum(p.half) as tolerance,
  coalesce(any_value(t.sheet), min(p.sheet)) as sheet, coalesce(any_value(t.cell), min(p.cell)) as cell,
  coalesce(any_value(t.label), min(p.label)) as label, {total} as value, min(p.exponent) as exponent, null as flipped,
  [{literal(part)}] as concepts
from temp.audit_line p join (
  select *, count(*) over (partition by entity_id, dimension) as declared from core.member
) m on m.entity_id = p.entity_id and m.member_id = p.member_id and m.dimension = {literal(identity.dimension)}
left join temp.audit_line t on t.extract_id = p.extract_id and t.entity_id = p.entity_id
  and t.fiscal_year = p.fiscal_year and t.currency = p.currency and {whole}
where p.is_first and p.concept_id = {literal(part)}
group by p.extract_id, p.entity_id, p.fiscal_year, p.currency
having count(*) = max(m.declared) and max(m.declared) > 1 and {total} is not null"""


def _printed_members(identity: Identity) -> str:
    """Members printed above their own total, where some declared ones are not printed.

    It counts as an error only when the company prints all of them elsewhere.
    """
    part = literal(identity.parts[0].concepts[0])
    return f"""
with row as (
  select p.*, m.dimension, m.declared, sum((p.member_id is null)::int) over (
      partition by p.extract_id, p.entity_id, p.sheet, p.statement, p.fiscal_year, p.currency, p.section
      order by p.sheet_row rows between unbounded preceding and 1 preceding) as run
  from temp.audit_line p left join (
    select *, count(*) over (partition by entity_id, dimension) as declared from core.member
  ) m using (entity_id, member_id)
  where p.statement = 'segment' and p.concept_id = {part} and p.sheet_row is not null
), block as (
  select extract_id, entity_id, fiscal_year, currency, coalesce(run, 0) as run,
    any_value(value) filter (where member_id is null) - sum(value) filter (where member_id is not null) as difference,
    sum(half) as tolerance, any_value(sheet) as sheet, any_value(cell) filter (where member_id is null) as cell,
    any_value(label) filter (where member_id is null) as label, any_value(value) filter (where member_id is null) as value,
    min(exponent) as exponent, count(distinct member_id) as printed, max(declared) as declared,
    count(distinct dimension) as dimensions, max(dimension) as dimension
  from row group by all
)
select {literal(identity.check_id)} as check_id, 'printed ' || {literal(identity.name)} as identity,
  case when exists (select 1 from temp.audit_line o join core.member n using (entity_id, member_id)
    where o.entity_id = b.entity_id and o.concept_id = {part} and n.dimension = b.dimension
    group by o.extract_id, o.fiscal_year having count(distinct o.member_id) = b.declared)
    then {literal(identity.severity)} else 'warning' end as severity,
  {literal(identity.statement)} as statement, 'always' as rule,
  'The members printed above the total sum to it' as description, extract_id, entity_id, fiscal_year,
  null::varchar as member_id, currency, difference, tolerance, sheet, cell, label, value, exponent, null as flipped, [{part}] as concepts
from block b where dimension = {literal(identity.dimension)} and dimensions = 1 and printed between 2 and declared - 1
  and difference is not null and value is not null"""


def identity_query(catalog: Catalog) -> str:
    """Rows: check_id, identity, severity, statement, description, extract_id, entity_id, fiscal_year, member_id,
    difference, tolerance, verdict (pass, info, warning, error), the total's sheet, cell, label and value, what would
    make the sum hold, the concepts in it, and whether it fails by the layout of the table. An identity with a line
    missing has no row."""
    linear = [one for one in catalog.identities if not one.is_detail and one.dimension in ("", "each")]
    members = [one for one in catalog.identities if one.dimension not in ("", "each")]
    parts = "\nunion all by name\n".join(
        f"(from ({query}))"
        for query in (
            _linear(linear),
            *map(_members, members),
            *(_printed_members(one) for one in members if one.name == "segment_revenue"),
        )
    )
    return f"""
with result as ({parts}), judged as (
  select r.* exclude (flipped), 'it holds when ' || r.flipped.label || ' (' || r.flipped.sheet || '!' || r.flipped.cell
      || ') changes sign' as hint, r.flipped.cell as hint_cell, r.flipped.sheet as hint_sheet,
    abs(r.difference) <= r.tolerance as holds,
    bool_or(abs(r.difference) <= r.tolerance) over (
      partition by r.identity, r.extract_id, r.entity_id, r.currency, r.member_id) as holds_elsewhere,
    case when abs(r.difference) > r.tolerance then (
      select min(u.label || ' (' || u.sheet || '!' || u.cell || ')') from temp.audit_unread u
      where u.extract_id = r.extract_id and u.entity_id = r.entity_id and u.fiscal_year = r.fiscal_year
        and abs(abs(r.difference) - u.amount * power(10::double, r.exponent)) <= r.tolerance
    ) end as unread
  from result r
), verdict as materialized (
  select check_id, identity, severity, statement, rule, description, extract_id, entity_id, fiscal_year, member_id,
    currency, difference, tolerance,
    case when holds then 'pass' when rule = 'pattern' and not holds_elsewhere then 'info'
         when abs(difference) <= tolerance + tolerance or unread is not null then 'warning' else severity end as verdict,
    sheet, cell, label, value, coalesce('the line ' || unread || ', which is not read, explains it', hint) as hint,
    case when unread is null then hint_sheet end as hint_sheet, case when unread is null then hint_cell end as hint_cell,
    concepts
  from judged
  union all by name
  from ({detail_query(catalog)})
), tally as (
  select identity, extract_id, sheet, currency, count(*) as years, count(*) filter (where verdict <> 'pass') as failed,
    count(*) filter (where verdict <> 'pass' and hint_cell is not null) as flips, count(*) filter (where rule = 'lost') as losses
  from verdict where statement <> 'segment'
    and (rule <> 'always' or check_id in ({", ".join(map(literal, LAID_OUT_DIFFERENTLY))})) group by all
), layout as (
  select identity, extract_id, sheet, currency, years, failed from tally join (
    select identity, bool_or(rule = 'always') as must_hold from verdict group by identity) using (identity)
  where failed >= {LAYOUT_FAILS} and failed >= {LAYOUT_SHARE} * years and 2 * flips < failed
    and (years - failed >= {LAYOUT_SHARE} * years or (not must_hold and 2 * losses < failed))
), laid_out as (
  select v.*, t.years, t.failed, t.failed is not null and v.verdict <> 'pass' as is_layout
  from verdict v left join layout t on t.identity = v.identity and t.extract_id = v.extract_id
    and t.sheet is not distinct from v.sheet and t.currency is not distinct from v.currency and v.statement <> 'segment'
)
select * exclude (rule, years, failed) replace (
    case when is_layout then 'info' else verdict end as verdict,
    case when is_layout then 'it fails in ' || failed || ' of ' || years
      || ' statement-years of the table, so the table leaves lines out or defines them otherwise' else hint end as hint,
    case when not is_layout then hint_sheet end as hint_sheet, case when not is_layout then hint_cell end as hint_cell)
from laid_out"""


CONFIRMING = 0.01
"""A sum confirms a figure when it closes within this share of the figure: a wrong scale or digit would open it wider."""

CONFIRMED = """
select extract_id, entity_id, fiscal_year, currency, concept_id, min(abs(difference)) as off
from (select *, unnest(concepts) as concept_id from core.identity_result where statement <> 'segment')
group by all"""
"""The figures of the statements that stand in a sum, and by how much the best of their sums stays open."""
