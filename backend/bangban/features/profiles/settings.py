"""Settings of a district as they may be changed one by one; the rules are those of ``district.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field, ValidationError

from bangban.features.profiles.messages import findings, sentences_of
from bangban.features.profiles.models import (
    Levels,
    Minutes,
    OfferedModes,
    Origin,
    Phone,
    RatingFile,
    Strict,
    Text,
    Timezone,
    Words,
    each_once,
    shown,
)
from bangban.features.profiles.models_assistance import AssistanceFile
from bangban.features.profiles.models_bookings import BookingsFile
from bangban.features.profiles.models_hall import HallFile
from bangban.features.profiles.models_orders import OrdersFile
from bangban.features.profiles.models_places import NetworkFile
from bangban.features.profiles.models_representing import ContactsFile, ProxyFile
from bangban.features.profiles.models_seal import SealFile
from bangban.features.profiles.models_sections import SECTIONS, ReceiptsFile, SupervisionFile
from bangban.kernel.levels import AreaLevel

Name = Annotated[Words, Field(max_length=100), AfterValidator(shown)]


class DistrictSettings(Strict):
    """What an administrator may change. Only what is given counts; None clears what can be cleared."""

    name: Name = ""
    name_en: Name = ""
    brand: Name = ""
    brand_en: Name = ""
    circle_minutes: Minutes = 15
    timezone: Timezone = "Asia/Shanghai"
    contact_phone: Phone | None = None
    allowed_origins: Annotated[tuple[Origin, ...], Field(max_length=50), each_once()] = ()
    trusted_documents_only: bool = False
    modes: OfferedModes = ()
    rating: RatingFile | None = None
    network: NetworkFile | None = None
    assistance: AssistanceFile | None = None
    bookings: BookingsFile | None = None
    seal: SealFile | None = None
    hall: HallFile | None = None
    orders: OrdersFile | None = None
    contacts: ContactsFile | None = None
    proxy: ProxyFile | None = None
    receipts: ReceiptsFile | None = None
    supervision: SupervisionFile | None = None
    project_lead: Text | None = None
    hard_case_channel: Text | None = None


class LevelSettings(Strict):
    """The levels a district uses, and what they are called there."""

    levels: Levels
    names: dict[AreaLevel, Text] = Field({})


class SettingFault(NamedTuple):
    """What is wrong with one setting, ``path`` into what was given."""

    path: tuple[str | int, ...]
    zh: str
    en: str


def settings_as_json(
    shape: type[Strict], given: Mapping[str, Any]
) -> dict[str, Any] | tuple[SettingFault, ...]:
    """What was given as plain JSON, or every fault in it."""
    try:
        found = shape.model_validate(dict(given))
    except ValidationError as error:
        return tuple(
            SettingFault(detail["loc"], *sentences_of(detail, sent=True)) for detail in findings(error)
        )
    document = found.model_dump(mode="json", include=set(given))
    sections = set(given) & set(SECTIONS)
    said = found.model_dump(mode="json", include=sections, exclude_unset=True, exclude_none=True)
    return document | said  # of a section what was said, as an import stores it
