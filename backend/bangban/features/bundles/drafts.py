"""Drafts of bundles: what is written down, as rows, and rows as drafts; always the same for the same bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bangban.features.bundles.values import BundleKind


@dataclass(frozen=True, kw_only=True, slots=True)
class FormField:
    """One line of the form that all matters share; given once."""

    key: str
    zh: str
    en: str
    required: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedMaterial:
    """A paper that is given once. ``of``: the code of an item, and what that item calls the paper."""

    key: str
    name: str
    name_en: str | None = None
    of: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleDraft:
    """One version of a bundle, as written and not yet judged.

    ``answer_working_days`` is the limit within which every department answers, of confirmations only.
    ``effective_to`` is the first day on which the version no longer holds; None means it has no end.
    """

    code: str
    name: str
    name_en: str | None = None
    kind: BundleKind = BundleKind.MATTERS
    lead_department: str
    items: tuple[str, ...]
    optional: tuple[str, ...] = ()
    fields: tuple[FormField, ...] = ()
    materials: tuple[SharedMaterial, ...] = ()
    answer_working_days: int | None = None
    effective_from: date
    effective_to: date | None = None
    version: int = 1


def values_of(draft: BundleDraft) -> dict[str, Any]:
    """The columns of a version, but for its code, number and dates."""
    return {
        "kind": draft.kind,
        "name": draft.name,
        "name_en": draft.name_en,
        "lead_department": draft.lead_department,
        "items": list(draft.items),
        "optional": list(draft.optional),
        "fields": [
            {"key": each.key, "zh": each.zh, "en": each.en, "required": each.required}
            for each in draft.fields
        ],
        "materials": [
            {"key": each.key, "name": each.name, "name_en": each.name_en, "of": dict(each.of)}
            for each in draft.materials
        ],
        "answer_working_days": draft.answer_working_days,
    }


def draft_of(row: Any) -> BundleDraft:
    """The draft that made a version."""
    return BundleDraft(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        kind=row.kind,
        lead_department=row.lead_department,
        items=tuple(row.items),
        optional=tuple(row.optional),
        fields=tuple(FormField(**each) for each in row.fields),
        materials=tuple(shared_of(each) for each in row.materials),
        answer_working_days=row.answer_working_days,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        version=row.version,
    )


def shared_of(stored: dict[str, Any]) -> SharedMaterial:
    """One shared material. JSON keeps no order of keys, so the items stand sorted."""
    return SharedMaterial(
        key=stored["key"],
        name=stored["name"],
        name_en=stored.get("name_en"),
        of=tuple(sorted(stored["of"].items())),
    )
