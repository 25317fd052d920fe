"""The district's catalog: template items, its changes to them, and its own, judged by the catalog's rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft
from bangban.features.catalog.mobile import MobileDraft
from bangban.features.catalog.rules import check_item
from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models_services import ItemFile, ServicesFile
from bangban.features.profiles.profile import ProfileItem
from bangban.features.profiles.values import Origin
from bangban.kernel.levels import AreaLevel

PATH_STEP = re.compile(r"([a-z_]+)|\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class Services:
    """One services file and where its lines are."""

    file: ServicesFile
    document: Document


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the fields of one item were written: the changed ones in the district's file."""

    base: tuple[Document, Loc]
    changed: frozenset[str] = frozenset()
    patch: tuple[Document, Loc] | None = None

    def report(self, field: str, zh: str, en: str, faults: FaultList) -> None:
        loc = tuple(name or int(index) for name, index in PATH_STEP.findall(field))
        document, start = self.patch if self.patch and loc[0] in self.changed else self.base
        faults.error(document.path, document.line((*start, *loc)), zh, en)


def build_items(
    *,
    template: Services | None,
    own: Services | None,
    levels: tuple[AreaLevel, ...],
    faults: FaultList,
) -> tuple[ProfileItem, ...]:
    """Template items first, then own ones. Template items keep only the levels that the district works at."""
    built: list[ProfileItem] = []
    known: set[str] = set()
    if template:
        known = {item.code for item in template.file.items}
        _check_references(known, own, faults)
        built += _template_items(template, own, levels, faults)
    if own:
        taken = set(known)
        for index, item in enumerate(own.file.items):
            source = _Source((own.document, ("items", index)))
            if item.code in taken:
                source.report(
                    "code",
                    f"事项编码 {item.code} 已使用;修改模板事项请写在 overrides 下。",
                    f"The code {item.code} is already used; changes to template items go under overrides.",
                    faults,
                )
            taken.add(item.code)
            _check_levels(item, ("handled_at", "pre_checked_at"), levels, source, faults)
            draft = _checked(_fields(item, own.file.effective_from), source, faults)
            built.append(ProfileItem(draft=draft, origin=Origin.OWN, provenance=item.provenance))
    return tuple(built)


def _template_items(
    template: Services, own: Services | None, levels: tuple[AreaLevel, ...], faults: FaultList
) -> Iterable[ProfileItem]:
    seen: set[str] = set()
    for index, item in enumerate(template.file.items):
        base = (template.document, ("items", index))
        if item.code in seen:
            _Source(base).report(
                "code", f"事项编码 {item.code} 重复。", f"The code {item.code} is used twice.", faults
            )
        seen.add(item.code)
        if own and item.code in own.file.without:
            continue
        patch: dict[str, Any] = dict(own.file.overrides.get(item.code, {})) if own else {}
        source = _Source(
            base, frozenset(patch), (own.document, ("overrides", item.code)) if own and patch else None
        )
        merged = item.model_copy(update=patch)
        _check_levels(merged, patch.keys() & {"handled_at", "pre_checked_at"}, levels, source, faults)
        draft = _checked(_fitting(merged, template, levels), source, faults)
        yield ProfileItem(
            draft=draft,
            origin=Origin.ADAPTED if patch else Origin.TEMPLATE,
            provenance=merged.provenance,
            standard=ItemDraft(**_fitting(item, template, levels)) if patch else draft,
        )


def _fitting(item: ItemFile, template: Services, levels: tuple[AreaLevel, ...]) -> dict[str, Any]:
    """The item's fields as far as the district's levels go."""
    fields = _fields(item, template.file.effective_from)
    for name in ("handled_at", "pre_checked_at"):
        fields[name] = tuple(level for level in fields[name] if level in levels)
    return fields


def _check_references(known: set[str], own: Services | None, faults: FaultList) -> None:
    if own is None:
        return
    named: list[tuple[str, Loc]] = [(code, ("overrides", code)) for code in own.file.overrides]
    named += [(code, ("without", index)) for index, code in enumerate(own.file.without)]
    for code, loc in named:
        if code not in known:
            faults.error(
                own.document.path,
                own.document.line(loc),
                f"模板中没有事项 {code}。",
                f"The template has no item {code}.",
            )


def _check_levels(
    item: ItemFile, names: Iterable[str], levels: tuple[AreaLevel, ...], source: _Source, faults: FaultList
) -> None:
    for name in sorted(names):
        for index, level in enumerate(getattr(item, name)):
            if level not in levels:
                source.report(
                    f"{name}[{index}]",
                    f"本地区不在层级 {level} 办事。",
                    f"This district does not work at the level {level}.",
                    faults,
                )


def _fields(item: ItemFile, effective_from: date) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: getattr(item, name) for name in ItemFile.model_fields if name != "provenance"
    }
    fields["effective_from"] = item.effective_from or effective_from
    fields["fee"] = FeeDraft(amount=item.fee.amount, basis=item.fee.basis) if item.fee else None
    fields["mobile"] = MobileDraft(**dict(item.mobile)) if item.mobile else None
    fields["materials"] = tuple(MaterialDraft(**dict(material)) for material in item.materials)
    return fields


def _checked(fields: dict[str, Any], source: _Source, faults: FaultList) -> ItemDraft:
    draft = ItemDraft(**fields)
    for fault in check_item(draft):
        source.report(fault.field, f"事项 {draft.code}:{fault.zh}", f"Item {draft.code}: {fault.en}", faults)
    return draft
