"""A district's catalog as ``services.yaml``: what it changed of the template's items, and its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft, MaterialForm, MaterialSource
from bangban.features.catalog.mobile import MobileDraft, mobile_of
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.profiles.models_services import ItemFile, ItemPatch, MaterialFile, MobileFile
from bangban.features.profiles.profile import ProfileItem
from bangban.features.profiles.values import Provenance
from bangban.kernel.levels import AreaLevel

_FIELDS: Final = tuple(name for name in ItemFile.model_fields if name != "provenance")
_CENT: Final = Decimal("0.01")
_CHANGEABLE: Final = frozenset(ItemPatch.__annotations__)


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item as the district offers it."""

    draft: ItemDraft
    provenance: Provenance


def kept_item(
    row: ServiceItemRow, materials: Iterable[ServiceMaterialRow], levels: Sequence[AreaLevel]
) -> KeptItem | None:
    """The stored version as a draft, at the levels in use; None where it is handled at none of them."""
    handled = tuple(level for level in row.handled_at if level in levels)
    if not handled:
        return None
    said: Mapping[str, Any] = row.details
    more: Mapping[str, Any] = said.get("materials") or {}
    draft = ItemDraft(
        code=row.code,
        name=row.name,
        name_en=said.get("name_en"),
        kind=row.kind,
        audience=tuple(row.audience),
        level=row.level,
        case_type=row.case_type,
        promised_working_days=row.promised_working_days,
        legal_working_days=row.legal_working_days,
        legal_limit_note=said.get("legal_limit_note"),
        max_trips=row.max_trips,
        fee=None if row.fee_amount is None else FeeDraft(amount=row.fee_amount, basis=row.fee_basis or ""),
        materials=tuple(
            _material(each, more.get(each.code) or {})
            for each in sorted(materials, key=lambda each: (each.position, each.code))
        ),
        no_materials_reason=said.get("no_materials_reason"),
        channels=tuple(row.channels),
        online_not_offered_reason=said.get("online_not_offered_reason"),
        handled_at=handled,
        pre_checked_at=tuple(level for level in row.pre_checked_at if level in levels),
        legal_basis=tuple(row.legal_basis),
        result=row.result_name,
        conditions=row.conditions,
        department=row.department,
        theme=said.get("theme"),
        delegated_only=bool(said.get("delegated_only")),
        result_before_supplied=bool(said.get("result_before_supplied")),
        mobile=mobile_of(said.get("mobile")),
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        version=row.version,
    )
    return KeptItem(draft, Provenance(said.get("provenance") or Provenance.SAMPLE))


def _material(row: ServiceMaterialRow, more: Mapping[str, Any]) -> MaterialDraft:
    return MaterialDraft(
        code=row.code,
        name=row.name,
        name_en=more.get("name_en"),
        required=row.required,
        core=row.core,
        tolerable=row.tolerable,
        tolerable_days=more.get("tolerable_days"),
        originals=row.originals,
        copies=row.copies,
        issuer=row.issuer,
        source=MaterialSource(row.source or MaterialSource.APPLICANT),
        form=MaterialForm(row.form or MaterialForm.PAPER),
    )


def services_document(
    kept: Sequence[KeptItem], template: Sequence[ProfileItem], levels: Sequence[AreaLevel]
) -> dict[str, Any]:
    """``services.yaml``: overrides and left-out items in the template's order, own items by code."""
    common = {item.draft.code: item for item in template}
    offered = {item.draft.code: item for item in kept}
    own = sorted((item for item in kept if item.draft.code not in common), key=lambda item: item.draft.code)
    since = min(
        draft.effective_from for draft in [*(item.draft for item in own), *(each.draft for each in template)]
    )
    patches = {code: _patch(offered[code], base, levels) for code, base in common.items() if code in offered}
    overrides = {code: patch for code, patch in patches.items() if patch}
    return {
        "effective_from": since,
        **_unless_empty("overrides", overrides),
        **_unless_empty("without", [code for code in common if code not in offered]),
        **_unless_empty("items", [_whole(item, since) for item in own]),
    }


def _patch(item: KeptItem, base: ProfileItem, levels: Sequence[AreaLevel]) -> dict[str, Any]:
    """What the district says otherwise than the template, which keeps only the levels in use."""
    ours, theirs = _said(item.draft), _said(base.draft)
    for name in ("handled_at", "pre_checked_at"):
        theirs[name] = [level for level in theirs[name] if level in levels]
    patch = {name: ours[name] for name in _FIELDS if name in _CHANGEABLE and ours[name] != theirs[name]}
    if item.provenance is not base.provenance:
        patch["provenance"] = item.provenance
    return patch


def _whole(item: KeptItem, since: Any) -> dict[str, Any]:
    said = _said(item.draft)
    usual = {name: field.default for name, field in ItemFile.model_fields.items()}
    usual["effective_from"] = since
    written = {
        name: value for name, value in said.items() if value != usual[name] and value not in ([], None)
    }
    if item.provenance is not Provenance.SAMPLE:
        written["provenance"] = item.provenance
    return written


def _said(draft: ItemDraft) -> dict[str, Any]:
    """Every field as the file has it."""
    said: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(draft, name)
        if isinstance(value, tuple):
            value = [_said_of_material(each) if isinstance(each, MaterialDraft) else each for each in value]
        if isinstance(value, FeeDraft):
            value = {"amount": value.amount.quantize(_CENT), "basis": value.basis}
        if isinstance(value, MobileDraft):
            value = _said_of_mobile(value)
        said[name] = value
    return said


def _said_of_mobile(mobile: MobileDraft) -> dict[str, Any]:
    given = {name: getattr(mobile, name) for name in MobileFile.model_fields}
    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    return {name: value for name, value in listed.items() if value not in ([], None)}


def _said_of_material(material: MaterialDraft) -> dict[str, Any]:
    fields = MaterialFile.model_fields
    return {
        name: getattr(material, name)
        for name, field in fields.items()
        if getattr(material, name) != field.default
    }


def _unless_empty(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value else {}
