"""What a user tells about a company: `data/raw/<entity>/entity.yaml`."""

from __future__ import annotations

import difflib
import json
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from valuenet_pipeline.catalog.yaml_file import load_yaml
from valuenet_pipeline.vocabulary import FiscalYearEnd


class Names(BaseModel):
    """A name in English and Chinese."""

    model_config = ConfigDict(extra="forbid")
    en: str
    zh: str | None = None


class Member(BaseModel):
    """A position on a dimension, such as the operating segment smartphones."""

    model_config = ConfigDict(extra="forbid")
    member_id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    dimension: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    role: str | None = None
    name: Names
    labels: list[str] = []
    part_of: str | None = None
    """The member that the member's dimension divides, such as internet services; none means the company."""
    succeeds: list[str] = []
    """Members of an earlier presentation that this one continues, renamed or regrouped."""


class Report(BaseModel):
    """One publication of the company, by the fiscal year it reports."""

    model_config = ConfigDict(extra="forbid")
    fiscal_year: int
    kind: str
    published_on: date | None = None
    source: str | None = None


class EntityProfile(BaseModel):
    """A company as its `entity.yaml` describes it."""

    model_config = ConfigDict(extra="forbid")
    entity_id: str
    """The name of the folder, which is what every table calls the company."""
    name: Names
    ticker: str | None = None
    aliases: list[str] = []
    """Other names and codes under which vendors' files print the company."""
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    accounting_standard: str | None = None
    fiscal_year_end: str = "12-31"
    last_fiscal_year: int | None = None
    """The last fiscal year that is studied or that the company reports; no later report is awaited."""
    members: list[Member] = []
    reports: list[Report] = []
    labels: dict[str, list[str]] = {}

    @field_validator("entity_id")
    @classmethod
    def _names_the_folder(cls, value: str, info: ValidationInfo) -> str:
        """A profile that names another company was copied here, or its folder was named otherwise by mistake."""
        folder = (info.context or {}).get("folder") or value
        if value != folder:
            named = json.dumps(folder, ensure_ascii=False)
            raise ValueError(f"the folder is named {named}: write `entity_id: {named}`, or rename the folder")
        return value

    @field_validator("fiscal_year_end")
    @classmethod
    def _is_month_and_day(cls, value: str) -> str:
        """As queries compare it: with two digits each."""
        end = FiscalYearEnd.parse(value)
        return f"{end.month:02}-{end.day:02}"

    @model_validator(mode="after")
    def _members_name_members(self) -> Self:
        members = {member.member_id: member for member in self.members}
        wholes: dict[str, str | None] = {}
        for member in self.members:
            named = [("succeeds", one) for one in member.succeeds]
            named += [("part_of", member.part_of)] if member.part_of else []
            for key, other in named:
                if other not in members:
                    near = difflib.get_close_matches(other, members, 1)
                    hint = f"; did you mean {near[0]}?" if near else ""
                    raise ValueError(f"member {member.member_id}: {key} names {other}, which is no member{hint}")
            if member.member_id in member.succeeds:
                raise ValueError(f"member {member.member_id} succeeds itself")
            if member.part_of and members[member.part_of].dimension == member.dimension:
                raise ValueError(
                    f"member {member.member_id} is part of {member.part_of}, which is of its own dimension"
                )
            if wholes.setdefault(member.dimension, member.part_of) != member.part_of:
                raise ValueError(f"members of the dimension {member.dimension} are part of different wholes")
        return self

    @property
    def year_end(self) -> FiscalYearEnd:
        """The parsed fiscal year end."""
        return FiscalYearEnd.parse(self.fiscal_year_end)


def load_entity(path: Path, folder: str | None = None) -> EntityProfile:
    """Read an `entity.yaml`, in the inbox with the name of its `folder`, which its `entity_id` must repeat.

    Raises ValueError (pydantic's lists every fault at once) when the file is not what is expected.
    """
    return EntityProfile.model_validate(load_yaml(path), context={"folder": folder})
