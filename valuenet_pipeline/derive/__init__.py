"""From the catalog to SQL: every table of schema `mart` as one query over schema `core`.

Pure text: the only home of sqlglot, no database connection. `warehouse` runs what stands here.
"""

from valuenet_pipeline.derive.expression import FormulaError
from valuenet_pipeline.derive.figure import Input
from valuenet_pipeline.derive.formula import CompiledMetric, compile_metrics, refuse
from valuenet_pipeline.derive.identity import identity_query
from valuenet_pipeline.derive.lineage import column_lineage, wide_relations
from valuenet_pipeline.derive.plan import Derivation, plan

__all__ = [
    "CompiledMetric",
    "Derivation",
    "FormulaError",
    "Input",
    "column_lineage",
    "compile_metrics",
    "identity_query",
    "plan",
    "refuse",
    "wide_relations",
]
