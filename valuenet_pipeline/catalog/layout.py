"""What a user says about the layout of an extract where detection is unsure: `data/raw/<entity>/layout.yaml`."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from valuenet_pipeline.catalog.yaml_file import load_yaml
from valuenet_pipeline.vocabulary import FiscalYearEnd


class Layout(BaseModel):
    """One entry: for which files and sheets it holds (wildcards), and what it says; the rest is still detected."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: str = "*"
    sheet: str = "*"
    shape: Literal["statement", "panel", "skip"] | None = None
    """`panel` stands for every data file, with one figure a row as well; `skip` leaves the sheet out."""
    header_row: int | None = Field(default=None, ge=1)
    """First row of the header, as a spreadsheet numbers it; what stands above is not read."""
    statement: str | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    scale: int | None = Field(default=None, gt=0)
    fiscal_year_end: str | None = None
    last_actual_year: int | None = None
    """Fiscal years after it are forecasts."""
    columns: dict[str, str] = {}
    """Header of a data file's column → its role, such as `fiscal_year` or `entity_name`."""

    @field_validator("fiscal_year_end")
    @classmethod
    def _is_month_and_day(cls, value: str | None) -> str | None:
        if value is not None:
            FiscalYearEnd.parse(value)
        return value


def load_layouts(path: Path) -> tuple[Layout, ...]:
    """Read a `layout.yaml`: a list of entries, the first that fits a sheet holds.

    Raises ValueError (pydantic's lists every fault at once) when the file is not what is expected.
    """
    return tuple(TypeAdapter(list[Layout]).validate_python(load_yaml(path) or []))


def layout_of(layouts: tuple[Layout, ...], file: str, sheet: str) -> Layout:
    """The first entry that fits a sheet of a file; an empty one where none does."""
    found = (one for one in layouts if fnmatchcase(file, one.file) and fnmatchcase(sheet, one.sheet))
    return next(found, Layout())
