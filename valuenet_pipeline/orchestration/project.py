"""Where a project keeps its things.

Belongs here: paths. Not here: what lies there. Imports nothing heavy, as every command begins with it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROFILE = "entity.yaml"
"""Describes the company of a folder of the inbox."""
LAYOUT = "layout.yaml"
"""Describes the files of a folder of the inbox that do not explain themselves."""
METRICS = "metrics.yaml"
"""Metrics that a user adds to the catalog's, beside the folders of the inbox."""


@dataclass(frozen=True)
class Project:
    """Where things lie."""

    root: Path

    @classmethod
    def find(cls) -> Project:
        """The folder named by VALUENET_HOME, or the nearest one above that holds data/raw."""
        if home := os.environ.get("VALUENET_HOME"):
            return cls(Path(home).resolve())
        here = Path.cwd().resolve()
        return cls(next((folder for folder in (here, *here.parents) if (folder / "data" / "raw").is_dir()), here))

    @property
    def inbox(self) -> Path:
        """Extracts as they came."""
        return self.root / "data" / "raw"

    @property
    def warehouse(self) -> Path:
        """Slices and published files."""
        return self.root / "data" / "warehouse"

    @property
    def archive(self) -> Path:
        """A copy of every content that ever lay in the inbox, and when it came and left."""
        return self.root / "data" / "archive"

    @property
    def slices(self) -> Path:
        """Readings, one folder each."""
        return self.warehouse / "lines"

    @property
    def published(self) -> Path:
        """The symlink that analysts open."""
        return self.warehouse / "valuenet.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Dagster's history."""
        return self.root / ".dagster"
