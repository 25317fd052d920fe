"""Items field by field, so that what a district changed is told apart from what the template changed.

Pure. Three texts of an item meet: ``base`` is what the template said when the district took the item, ``ours``
what the district has, ``theirs`` what the template says now. Each is flat JSON, field → value, with a field
for each material; what is not said has no field. ``drift_sql`` states the same rules for a whole catalog.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft, MaterialForm, MaterialSource
from bangban.features.catalog.mobile import mobile_of, said_of
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.kernel.levels import AreaLevel

Fields = Mapping[str, Any]

MATERIAL: Final = "materials."
"""What the field of a material begins with; its code follows."""
# API's name → attribute of the draft.
TEXTS: Final = {
    "name": "name",
    "nameEn": "name_en",
    "legalLimitNote": "legal_limit_note",
    "noMaterialsReason": "no_materials_reason",
    "onlineNotOfferedReason": "online_not_offered_reason",
    "resultName": "result",
    "conditions": "conditions",
    "department": "department",
    "theme": "theme",
}
_NUMBERS: Final = {
    "promisedWorkingDays": "promised_working_days",
    "legalWorkingDays": "legal_working_days",
    "maxTrips": "max_trips",
}
_MATERIAL_PLAIN: Final = {
    "name": "name",
    "nameEn": "name_en",
    "required": "required",
    "core": "core",
    "tolerable": "tolerable",
    "tolerableDays": "tolerable_days",
    "originals": "originals",
    "copies": "copies",
    "issuer": "issuer",
}


class ChangedBy(StrEnum):
    """Who made two texts of an item differ 变更来源."""

    TEMPLATE = "TEMPLATE"  # the district has it as it took it
    DISTRICT = "DISTRICT"  # the template says what it said
    BOTH = "BOTH"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs; None where a side does not say it."""

    field: str
    ours: Any
    theirs: Any
    changed_by: ChangedBy


def fields_of(draft: ItemDraft) -> dict[str, Any]:
    """The draft's content as flat JSON; its code, version and dates are no content."""
    found: dict[str, Any] = {
        **{name: getattr(draft, attribute) for name, attribute in (TEXTS | _NUMBERS).items()},
        "kind": draft.kind.value,
        "audience": [each.value for each in draft.audience],
        "level": draft.level.value,
        "caseType": draft.case_type.value,
        "fee": {"amount": f"{draft.fee.amount:.2f}", "basis": draft.fee.basis} if draft.fee else None,
        "channels": [each.value for each in draft.channels],
        "handledAt": [each.value for each in draft.handled_at],
        "preCheckedAt": [each.value for each in draft.pre_checked_at],
        "legalBasis": list(draft.legal_basis),
        "delegatedOnly": draft.delegated_only or None,
        "resultBeforeSupplied": draft.result_before_supplied or None,
        "mobile": said_of(draft.mobile),
    }
    found |= {MATERIAL + each.code: _said(_of_material(each)) for each in draft.materials}
    return _said(found)


def draft_of(
    code: str,
    fields: Fields,
    order: tuple[str, ...],
    *,
    effective_from: date,
    effective_to: date | None = None,
) -> ItemDraft:
    """The draft that has these fields; ``order`` are codes of materials, those that it lacks come last."""
    codes = [name.removeprefix(MATERIAL) for name in fields if name.startswith(MATERIAL)]
    codes.sort(key=lambda each: (order.index(each) if each in order else len(order), each))
    fee = fields.get("fee")
    return ItemDraft(
        code=code,
        **{attribute: fields.get(name) for name, attribute in TEXTS.items()},  # type: ignore[arg-type]  # texts
        **{attribute: fields[name] for name, attribute in _NUMBERS.items()},
        kind=ServiceKind(fields["kind"]),
        audience=tuple(Audience(each) for each in fields["audience"]),
        level=AreaLevel(fields["level"]),
        case_type=CaseType(fields["caseType"]),
        fee=FeeDraft(amount=Decimal(fee["amount"]), basis=fee["basis"]) if fee else None,
        materials=tuple(_material(each, fields[MATERIAL + each]) for each in codes),
        channels=tuple(Channel(each) for each in fields["channels"]),
        handled_at=tuple(AreaLevel(each) for each in fields["handledAt"]),
        pre_checked_at=tuple(AreaLevel(each) for each in fields["preCheckedAt"]),
        legal_basis=tuple(fields["legalBasis"]),
        delegated_only=bool(fields.get("delegatedOnly")),
        result_before_supplied=bool(fields.get("resultBeforeSupplied")),
        mobile=mobile_of(fields.get("mobile")),
        effective_from=effective_from,
        effective_to=effective_to,
    )


def digest_of(fields: Fields) -> str:
    """A name for exactly this content: what stands for a version of a template's item."""
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same; the order of a list says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return bool(one == other)


def patch_of(ours: Fields, base: Fields) -> dict[str, Any]:
    """What ``base`` says otherwise than ``ours``; None for what it does not say. Small where little changed."""
    return {name: base.get(name) for name in _names(ours, base) if not same(ours.get(name), base.get(name))}


def base_of(ours: Fields, patch: Fields) -> dict[str, Any]:
    """The base that ``patch_of`` was made from."""
    return _said({**ours, **patch})


def differences(ours: Fields, theirs: Fields, base: Fields | None) -> tuple[Difference, ...]:
    """Where the district and the template differ. Without a known base nothing is the template's alone."""
    return tuple(
        Difference(name, ours.get(name), theirs.get(name), _changed_by(name, ours, theirs, base))
        for name in _names(ours, theirs)
        if not same(ours.get(name), theirs.get(name))
    )


def is_drift(found: tuple[Difference, ...]) -> bool:
    """Whether the template has moved: what only the district changed is its own affair."""
    return any(each.changed_by is not ChangedBy.DISTRICT for each in found)


def merged(ours: Fields, theirs: Fields, base: Fields | None) -> dict[str, Any]:
    """What the template changed, taken over; what the district changed itself, kept, also where both did."""
    mine = {
        each.field for each in differences(ours, theirs, base) if each.changed_by is not ChangedBy.TEMPLATE
    }
    return {
        name: (ours if name in mine else theirs)[name]
        for name in _names(ours, theirs)
        if name in (ours if name in mine else theirs)
    }


def _changed_by(name: str, ours: Fields, theirs: Fields, base: Fields | None) -> ChangedBy:
    if base is None:
        return ChangedBy.BOTH
    if same(base.get(name), ours.get(name)):
        return ChangedBy.TEMPLATE
    return ChangedBy.DISTRICT if same(base.get(name), theirs.get(name)) else ChangedBy.BOTH


def _names(*texts: Fields) -> Iterator[str]:
    return iter(dict.fromkeys(name for text in texts for name in text))


def _said(fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _of_material(material: MaterialDraft) -> dict[str, Any]:
    return {
        **{name: getattr(material, attribute) for name, attribute in _MATERIAL_PLAIN.items()},
        "source": material.source.value,
        "form": material.form.value,
    }


def _material(code: str, said: Fields) -> MaterialDraft:
    return MaterialDraft(
        code=code,
        **{attribute: said[name] for name, attribute in _MATERIAL_PLAIN.items() if name in said},
        source=MaterialSource(said.get("source", MaterialSource.APPLICANT)),
        form=MaterialForm(said.get("form", MaterialForm.PAPER)),
    )
