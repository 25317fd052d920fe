"""The shape of ``district.yaml``, a district's own and the template's."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bangban.features.profiles.models import (
    EACH_KEY_ONCE,
    AreaSetFile,
    FigureFile,
    Levels,
    Minutes,
    Name,
    OfferedModes,
    Origin,
    Phone,
    RatingFile,
    Text,
    Timezone,
    each_once,
)
from bangban.features.profiles.models_sections import Sections
from bangban.kernel.levels import AreaLevel


class TemplateFile(Sections):
    """``template/district.yaml``: what holds wherever a district says nothing else."""

    levels: Levels
    circle_minutes: Minutes
    timezone: Timezone
    contact_phone: Phone | None
    allowed_origins: Annotated[tuple[Origin, ...], each_once()]
    modes: OfferedModes
    rating: RatingFile


class DistrictFile(Sections):
    """``district.yaml`` of one district; what is left out comes from the template."""

    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$")]
    name: Name
    brand: Name
    division_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None
    case_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$", description="Case numbers begin with it.")]
    levels: Levels | None = Field(
        None, description="Levels at which the district works, from the county down."
    )
    address_levels: tuple[AreaLevel, ...] = Field(
        (), description="Levels below those, whose areas are places only: nobody is posted there."
    )
    level_names: dict[AreaLevel, Text] = Field(
        {}, description="What levels are called here, where not as usual."
    )
    circle_minutes: Minutes | None = None
    timezone: Timezone | None = None
    contact_phone: Phone | None = Field(None, description="Left out: the template's; null: there is none.")
    allowed_origins: Annotated[tuple[Origin, ...], each_once()] | None = None
    trusted_documents_only: bool | None = Field(
        None,
        description="Whether strangers and portals may send trusted documents only; left out: as it was set.",
    )
    modes: OfferedModes | None = None
    rating: RatingFile | None = None
    project_lead: Text | None = Field(None, description="Who leads the help for a project (2.6).")
    hard_case_channel: Text | None = Field(None, description="Where hard cases go (2.6).")
    figures: Annotated[tuple[FigureFile, ...], EACH_KEY_ONCE] = ()
    area_sets: tuple[AreaSetFile, ...] = ()
