"""The platform's template catalogs 模板目录, held in memory, as each district's levels let it take them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

from bangban.features.catalog.comparing import digest_of, fields_of
from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.publication import TEMPLATE, Publication, Taken
from bangban.kernel.levels import AreaLevel

USUAL_TEMPLATE: Final = "county"
TEMPLATES: Final = "templates"
"""The name under which statements bind ``texts_for``."""


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """One item of a template as it may be taken; ``content`` names this very text of it."""

    template: str
    draft: ItemDraft
    provenance: str | None
    fields: Mapping[str, Any]
    content: str

    @classmethod
    def of(cls, template: str, draft: ItemDraft, *, provenance: str | None = None) -> TemplateItem:
        """The item with its fields and their digest."""
        fields = fields_of(draft)
        return cls(template, draft, provenance, fields, digest_of(fields))

    @property
    def taken(self) -> Taken:
        """What whoever takes it remembers."""
        return Taken(template=self.template, content=self.content, fields=self.fields)

    def publication(self, *, since: date) -> Publication:
        """The item as it is, from a day on, or from the template's own if that comes later."""
        draft = replace(self.draft, effective_from=max(since, self.draft.effective_from), version=1)
        return Publication(draft=draft, origin=TEMPLATE, provenance=self.provenance, taken=self.taken)


def fitted(draft: ItemDraft, levels: Iterable[AreaLevel]) -> ItemDraft | None:
    """The item as far as a district's levels go; None where none of them handles it."""
    used = frozenset(levels)
    handled = tuple(level for level in draft.handled_at if level in used)
    if not handled:
        return None
    checked = tuple(level for level in draft.pre_checked_at if level in used)
    return replace(draft, handled_at=handled, pre_checked_at=checked)


class TemplateCatalog:
    """One template's items. Immutable: another text of the template is another catalog."""

    def __init__(self, name: str, items: Iterable[tuple[ItemDraft, str | None]]) -> None:
        """``items`` are drafts with their provenance."""
        self.name = name
        self._items = tuple(items)
        self._kept = lru_cache(maxsize=64)(self._fitting)
        self._texts = lru_cache(maxsize=64)(self._as_json)

    def fitting(self, levels: Iterable[AreaLevel], on: date) -> Mapping[str, TemplateItem]:
        """What a district with these levels may take on a day, by code: what the template has not withdrawn."""
        return self._kept(tuple(levels), on)

    def as_json(self, levels: Iterable[AreaLevel], on: date) -> str:
        """The same for a statement: code → name, content, fields."""
        return self._texts(tuple(levels), on)

    def _fitting(self, levels: tuple[AreaLevel, ...], on: date) -> Mapping[str, TemplateItem]:
        return {
            draft.code: TemplateItem.of(self.name, fits, provenance=provenance)
            for draft, provenance in self._items
            if (draft.effective_to is None or draft.effective_to > on)
            and (fits := fitted(draft, levels)) is not None
        }

    def _as_json(self, levels: tuple[AreaLevel, ...], on: date) -> str:
        found = self.fitting(levels, on)
        return json.dumps(
            {
                code: {"name": item.draft.name, "content": item.content, "fields": item.fields}
                for code, item in found.items()
            },
            ensure_ascii=False,
        )


def texts_for(catalogs: Mapping[str, TemplateCatalog], levels: Iterable[AreaLevel], on: date) -> str:
    """All templates for one district as one JSON object, by their names."""
    members = (f"{json.dumps(name)}:{catalog.as_json(levels, on)}" for name, catalog in catalogs.items())
    return f"{{{','.join(members)}}}"
