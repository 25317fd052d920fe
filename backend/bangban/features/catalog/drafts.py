"""A version of a service item as written and not yet judged, and what can be said against it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bangban.features.catalog.mobile import MobileDraft
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.kernel.faulty import Place
from bangban.kernel.levels import AreaLevel

_STEP: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


class MaterialSource(StrEnum):
    """Where a material comes from 来源渠道 (3.1, national exchange tables)."""

    APPLICANT = "APPLICANT"  # 申请人自备
    ISSUED = "ISSUED"  # 政府部门核发
    INTERMEDIARY = "INTERMEDIARY"  # 中介机构或法定机构产生
    SHARED_DATA = "SHARED_DATA"  # 数据共享, 免提交


class MaterialForm(StrEnum):
    """Form a material is taken in 材料形式 (3.1, national exchange tables)."""

    PAPER = "PAPER"  # 纸质
    ELECTRONIC = "ELECTRONIC"  # 电子
    EITHER = "EITHER"  # 纸质或电子


@dataclass(frozen=True, kw_only=True, slots=True)
class FeeDraft:
    """A charge: ``amount`` in yuan, exact; ``basis`` names the document that allows it."""

    amount: Decimal
    basis: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MaterialDraft:
    """One material of an item. ``tolerable_days`` are working days; None means the item's whole promise."""

    code: str
    name: str
    name_en: str | None = None
    required: bool = True
    core: bool = False
    tolerable: bool = False
    tolerable_days: int | None = None
    originals: int = 0
    copies: int = 0
    issuer: str | None = None
    source: MaterialSource = MaterialSource.APPLICANT
    form: MaterialForm = MaterialForm.PAPER


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemDraft:
    """One version of a service item, as written and not yet judged. Limits are working days.

    ``effective_to`` is the first day on which the version no longer holds; None means it has no end.
    """

    code: str
    name: str
    name_en: str | None = None
    kind: ServiceKind
    audience: tuple[Audience, ...]
    level: AreaLevel
    case_type: CaseType
    promised_working_days: int
    legal_working_days: int
    legal_limit_note: str | None = None
    max_trips: int
    fee: FeeDraft | None = None
    materials: tuple[MaterialDraft, ...] = ()
    no_materials_reason: str | None = None
    channels: tuple[Channel, ...]
    online_not_offered_reason: str | None = None
    handled_at: tuple[AreaLevel, ...]
    pre_checked_at: tuple[AreaLevel, ...] = ()
    legal_basis: tuple[str, ...]
    result: str
    conditions: str | None = None
    department: str | None = None
    theme: str | None = None
    mobile: MobileDraft | None = None  # how it is done on a phone
    delegated_only: bool = False  # below its own level it is handled by delegation alone (DOMAIN G07)
    result_before_supplied: bool = (
        False  # its result may stand on the condition of promised materials (DOMAIN D10)
    )
    effective_from: date
    effective_to: date | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class ItemFault:
    """What is wrong at ``field`` (a path such as ``materials[2].copies``), in both languages."""

    field: str
    code: str
    zh: str
    en: str

    @property
    def place(self) -> Place:
        """The path step by step, parts of lists by their numbers."""
        return tuple(int(number) if number else name for number, name in _STEP.findall(self.field))


def is_blank(text: str | None) -> bool:
    """Whether a text says nothing."""
    return text is None or not text.strip()
