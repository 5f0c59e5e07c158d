"""From the bytes of one file to its reported lines: pure functions, no database, no Dagster.

The only home of the spreadsheet readers. Bad input becomes findings and quarantined lines, never an exception.
Not here: what happens to the lines afterwards (`warehouse`, `derive`).
"""

from valuenet_pipeline.extract.book import Options
from valuenet_pipeline.extract.read import Reading, read_extract

__all__ = ["Options", "Reading", "read_extract"]
