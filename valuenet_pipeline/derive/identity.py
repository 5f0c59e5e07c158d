"""Identities of the catalog as one query over reported lines: what should add up, by how much it does not.

Two figures agree when their printed intervals overlap (XBRL Calculations 1.1): T is half a unit of the last
printed digit, summed over the figures. Beyond T a warning, beyond 2T an error.
"""

from __future__ import annotations

from valuenet_pipeline.catalog import Catalog, Identity
from valuenet_pipeline.derive.metric import literal

HALF_UNIT = "0.5 * power(10::double, -decimals)"


def _side(concept_id: str, what: str) -> str:
    return f"arg_max({what}, decimals) filter (where concept_id = {literal(concept_id)} and member_id is null)"


def _whole(identity: Identity) -> str:
    terms = [(-sign, part) for sign, part in identity.parts]
    difference = _side(identity.total, "value") + "".join(
        f" {'+' if sign > 0 else '-'} {_side(part, 'value')}" for sign, part in terms
    )
    tolerance = " + ".join(_side(name, HALF_UNIT) for name in (identity.total, *(part for _, part in identity.parts)))
    return _select(identity, difference, tolerance, "group by all")


def _members(identity: Identity) -> str:
    total, part = identity.total, identity.parts[0][1]
    inside = f"concept_id = {literal(part)} and dimension = {literal(identity.dimension)}"
    difference = f"{_side(total, 'value')} - sum(value) filter (where {inside})"
    tolerance = f"{_side(total, HALF_UNIT)} + sum({HALF_UNIT}) filter (where {inside})"
    complete = (
        f"group by all having count(distinct member_id) filter (where {inside}) = max(declared) filter (where {inside})"
    )
    return _select(identity, difference, tolerance, complete)


def _select(identity: Identity, difference: str, tolerance: str, grouping: str) -> str:
    return f"""
select {literal(identity.check_id)} as check_id, {literal(identity.severity)} as severity,
  {literal(identity.statement)} as statement, {literal(identity.description)} as description,
  extract_id, entity_id, fiscal_year, {difference} as difference, {tolerance} as tolerance
from line {grouping}"""


def identity_query(catalog: Catalog) -> str:
    """Rows: check_id, severity, statement, description, extract_id, entity_id, fiscal_year, difference,
    tolerance, verdict (pass, warning, error). An identity with a line missing has no row."""
    parts = "\nunion all\n".join(
        _members(identity) if identity.dimension else _whole(identity) for identity in catalog.identities
    )
    return f"""
with line as (
  select l.extract_id, l.entity_id, l.fiscal_year, l.concept_id, l.member_id, l.value, l.decimals, m.dimension,
    m.declared
  from core.reported_line l left join (
    select *, count(*) over (partition by entity_id, dimension) as declared from core.member
  ) m using (entity_id, member_id)
  where l.outcome in ('fact', 'nil') and l.value is not null
), result as ({parts})
select *, case when abs(difference) <= tolerance then 'pass'
               when abs(difference) <= 2 * tolerance then 'warning' else severity end as verdict
from result where difference is not null and tolerance is not null"""
