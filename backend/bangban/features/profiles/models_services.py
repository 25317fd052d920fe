"""The shape of ``services.yaml``: own items, changes to template items, template items left out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from bangban.features.catalog.drafts import MaterialForm, MaterialSource
from bangban.features.catalog.mobile import MobileApp
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.features.profiles.days import Day
from bangban.features.profiles.models import Strict, Words
from bangban.features.profiles.values import Provenance
from bangban.kernel.levels import AreaLevel

# Emptiness, negative counts and the like are left to the catalog's own rules, which explain them better.
Line = Annotated[str, Field(max_length=500)]


class FeeFile(Strict):
    """``amount`` in yuan, exact."""

    amount: Decimal
    basis: Line


class MaterialFile(Strict):
    """One material; ``tolerable_days`` are working days and default to the item's promise."""

    code: Line
    name: Line
    name_en: Words | None = None
    required: bool = True
    core: bool = False
    tolerable: bool = False
    tolerable_days: int | None = None
    originals: int = 0
    copies: int = 0
    issuer: Words | None = None
    source: MaterialSource = MaterialSource.APPLICANT
    form: MaterialForm = MaterialForm.PAPER


class MobileFile(Strict):
    """How the item is done on a phone (F01): steps in Chinese, and in English none or as many."""

    app: MobileApp
    name: Line
    link: Line
    steps: tuple[Line, ...]
    steps_en: tuple[Line, ...] = ()
    validated_on: Day | None = None


class ItemFile(Strict):
    """A whole service item. Limits are working days."""

    code: Line
    name: Line
    name_en: Words | None = None
    kind: ServiceKind
    audience: tuple[Audience, ...]
    level: AreaLevel = AreaLevel.COUNTY
    case_type: CaseType
    promised_working_days: int
    legal_working_days: int
    legal_limit_note: Words | None = None
    max_trips: int
    fee: FeeFile | None = None
    materials: tuple[MaterialFile, ...] = ()
    no_materials_reason: Words | None = None
    channels: tuple[Channel, ...]
    online_not_offered_reason: Words | None = None
    handled_at: tuple[AreaLevel, ...]
    pre_checked_at: tuple[AreaLevel, ...] = ()
    legal_basis: tuple[Line, ...]
    result: Line
    conditions: Words | None = None
    department: Words | None = None
    theme: Words | None = None
    mobile: MobileFile | None = None
    delegated_only: bool = Field(
        False, description="Whether units below its own level handle it by delegation alone (G07)."
    )
    result_before_supplied: bool = Field(
        False, description="Whether its result may be issued on condition that promised materials come (D10)."
    )
    effective_from: Day | None = Field(None, description="Left out: the file's effective_from.")
    effective_to: Day | None = None
    version: int = 1
    provenance: Provenance = Field(
        Provenance.SAMPLE,
        description="Who named the item; limits, papers and codes are sample in either case.",
    )


@with_config(ConfigDict(extra="forbid", str_strip_whitespace=True))
class ItemPatch(TypedDict, total=False):
    """Keys that replace the template item's; a list replaces the whole list, null clears."""

    name: Line
    name_en: Words | None
    kind: ServiceKind
    audience: tuple[Audience, ...]
    level: AreaLevel
    case_type: CaseType
    promised_working_days: int
    legal_working_days: int
    legal_limit_note: Words | None
    max_trips: int
    fee: FeeFile | None
    materials: tuple[MaterialFile, ...]
    no_materials_reason: Words | None
    channels: tuple[Channel, ...]
    online_not_offered_reason: Words | None
    handled_at: tuple[AreaLevel, ...]
    pre_checked_at: tuple[AreaLevel, ...]
    legal_basis: tuple[Line, ...]
    result: Line
    conditions: Words | None
    department: Words | None
    theme: Words | None
    mobile: MobileFile | None
    delegated_only: bool
    result_before_supplied: bool
    effective_from: Day
    effective_to: Day | None
    version: int
    provenance: Provenance


class ServicesFile(Strict):
    """``services.yaml``. The template's has ``items`` only."""

    effective_from: Day = Field(description="Holds for every item that gives no date of its own.")
    items: tuple[ItemFile, ...] = ()
    overrides: dict[str, ItemPatch] = Field(
        {}, description="Template item code → what this district changes."
    )
    without: tuple[str, ...] = Field((), description="Template items that this district does not offer.")
