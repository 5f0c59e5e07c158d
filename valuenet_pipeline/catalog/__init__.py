"""Knowledge about accounting as data, loaded and cross-checked once.

Belongs here: concepts, labels, identities, metrics, and the shape of a company's `entity.yaml`.
Not here: SQL, spreadsheets, Dagster. A new ratio is a new row in a data file, not new code.
"""

from valuenet_pipeline.catalog.entity import EntityProfile, Member, load_entity
from valuenet_pipeline.catalog.loader import Catalog, Concept, Identity, load_catalog
from valuenet_pipeline.catalog.metric import Metric, MetricFault, load_metrics, near

__all__ = [
    "Catalog",
    "Concept",
    "EntityProfile",
    "Identity",
    "Member",
    "Metric",
    "MetricFault",
    "load_catalog",
    "load_entity",
    "load_metrics",
    "near",
]
