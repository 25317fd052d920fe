"""Drafts of guides as rows, and rows as drafts; always the same for the same guide."""

from __future__ import annotations

from typing import Any

from bangban.features.printed_guides.rules import FrozenGuide


def values_of(draft: FrozenGuide) -> dict[str, Any]:
    """The columns of a version, but for its code, number and dates."""
    return {
        "name": draft.name,
        "name_en": draft.name_en,
        "codes": list(draft.codes),
        "kinds": list(draft.kinds),
        "items": list(draft.items),
    }


def draft_of(row: Any) -> FrozenGuide:
    """The draft that made a version."""
    return FrozenGuide(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        codes=tuple(row.codes),
        kinds=tuple(row.kinds),
        items=tuple(row.items),
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        version=row.version,
    )
