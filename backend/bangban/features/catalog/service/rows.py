"""Drafts as rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.mobile import said_of
from bangban.features.catalog.publication import Publication
from bangban.features.catalog.versions import VersionPlan, content_of
from bangban.kernel.ids import new_id

# Draft fields without a column of their own.
_IN_DETAILS = (
    "name_en",
    "legal_limit_note",
    "no_materials_reason",
    "online_not_offered_reason",
    "theme",
    "delegated_only",
    "result_before_supplied",
)
_MATERIAL_IN_DETAILS = ("name_en", "tolerable_days")


def item_row(publication: Publication, plan: VersionPlan, item_id: UUID) -> dict[str, Any]:
    """The row of a new version."""
    draft = publication.draft
    details: dict[str, Any] = {name: getattr(draft, name) for name in _IN_DETAILS if getattr(draft, name)}
    if draft.mobile is not None:
        details["mobile"] = said_of(draft.mobile)
    details["content"] = content_of(draft)
    if publication.provenance:
        details["provenance"] = publication.provenance
    extra = {
        material.code: {
            name: getattr(material, name)
            for name in _MATERIAL_IN_DETAILS
            if getattr(material, name) is not None
        }
        for material in draft.materials
    }
    if any(extra.values()):
        details["materials"] = {code: more for code, more in extra.items() if more}
    return {
        "id": item_id,
        "code": draft.code,
        "version": plan.version,
        "name": draft.name,
        "kind": draft.kind,
        "audience": list(draft.audience),
        "level": draft.level,
        "case_type": draft.case_type,
        "promised_working_days": draft.promised_working_days,
        "legal_working_days": draft.legal_working_days,
        "max_trips": draft.max_trips,
        "fee_amount": draft.fee.amount if draft.fee else None,
        "fee_basis": draft.fee.basis if draft.fee else None,
        "channels": list(draft.channels),
        "handled_at": list(draft.handled_at),
        "pre_checked_at": list(draft.pre_checked_at),
        "legal_basis": list(draft.legal_basis),
        "result_name": draft.result,
        "conditions": draft.conditions,
        "department": draft.department,
        "effective_from": plan.effective_from,
        "effective_to": draft.effective_to,
        "origin": publication.origin,
        "details": details,
        "taken_from": publication.taken_from,
    }


def material_rows(draft: ItemDraft, item_id: UUID) -> Iterable[dict[str, Any]]:
    """The rows of its materials."""
    for position, material in enumerate(draft.materials):
        yield {
            "id": new_id(),
            "item_id": item_id,
            "position": position,
            "code": material.code,
            "name": material.name,
            "required": material.required,
            "tolerable": material.tolerable,
            "core": material.core,
            "originals": material.originals,
            "copies": material.copies,
            "issuer": material.issuer,
            "source": material.source.value,
            "form": material.form.value,
        }
