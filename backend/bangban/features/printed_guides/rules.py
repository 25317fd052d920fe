"""What guides to print 掌办指南册 are refused for, and which items come into one (DOMAIN F01). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final
from uuid import UUID

from bangban.features.catalog.drafts import ItemFault
from bangban.features.catalog.values import ServiceKind
from bangban.kernel.identifiers.names import shown_name

CODE_SHAPE: Final = re.compile(r"[0-9A-Z-]{4,40}")
LONGEST_NAME: Final = 60
MOST_ITEMS: Final = 40
"""A sheet of A4 takes three or four; more is a book that nobody hands out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintableItem:
    """What a guide has to know of an item: its kind, and whether it says how it is done on a phone."""

    kind: ServiceKind
    mobile: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideDraft:
    """One version of a guide, as written: ``codes`` in their order, or ``kinds``, or neither for all that is mobile."""

    code: str
    name: str
    name_en: str | None = None
    codes: tuple[str, ...] = ()
    kinds: tuple[ServiceKind, ...] = ()
    effective_from: date
    effective_to: date | None = None
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenGuide(GuideDraft):
    """The same with the versions of items that came of the choice on the guide's first day."""

    items: tuple[UUID, ...] = ()

    @property
    def as_chosen(self) -> GuideDraft:
        """Without what came of it, as it was written."""
        return GuideDraft(**{each.name: getattr(self, each.name) for each in fields(GuideDraft)})


def chosen(draft: GuideDraft, items: Mapping[str, PrintableItem]) -> tuple[str, ...]:
    """The codes of the items that come into the guide, in their order; those by kind are ordered by code."""
    if draft.codes:
        return draft.codes
    return tuple(
        sorted(
            code
            for code, item in items.items()
            if item.mobile and (not draft.kinds or item.kind in draft.kinds)
        )
    )


def check_guide(draft: GuideDraft, items: Mapping[str, PrintableItem]) -> tuple[ItemFault, ...]:
    """Every fault of the draft; ``items`` are those in force, by code."""
    return (*_check_identity(draft), *_check_codes(draft, items), *_check_count(draft, items))


def _check_identity(draft: GuideDraft) -> Iterator[ItemFault]:
    if not CODE_SHAPE.fullmatch(draft.code):
        yield ItemFault(
            "code",
            "CODE_SHAPE",
            "编码应为 4 至 40 位的数字、大写字母或连字符。",
            "The code must be 4 to 40 digits, capital letters or hyphens.",
        )
    names = (draft.name,) if draft.name_en is None else (draft.name, draft.name_en)
    if not all(shown_name(each) and len(each.strip()) <= LONGEST_NAME for each in names):
        yield ItemFault(
            "name",
            "NAME",
            f"名称应为 1 至 {LONGEST_NAME} 个字。",
            f"A name has 1 to {LONGEST_NAME} characters.",
        )
    if draft.effective_to is not None and draft.effective_to <= draft.effective_from:
        yield ItemFault(
            "effective_to", "DATES_REVERSED", "失效日期应晚于生效日期。", "It must end after it begins."
        )


def _check_codes(draft: GuideDraft, items: Mapping[str, PrintableItem]) -> Iterator[ItemFault]:
    if draft.codes and draft.kinds:
        yield ItemFault(
            "kinds",
            "CHOSEN_TWICE",
            "按编码或按类型选择事项,只能用其中一种。",
            "Choose items by their codes or by their kinds, not by both.",
        )
    for index, code in enumerate(draft.codes):
        item = items.get(code)
        if item is None:
            yield ItemFault(
                f"codes[{index}]",
                "ITEM_UNKNOWN",
                f"没有生效中的事项 {code}。",
                f"No item {code} is in force.",
            )
        elif not item.mobile:
            yield ItemFault(
                f"codes[{index}]",
                "NOT_MOBILE",
                f"事项 {code} 没有掌办指南,请先在事项中写明掌办应用、链接和步骤。",
                f"The item {code} does not say how it is done on a phone: give it app, link and steps first.",
            )
        if code in draft.codes[:index]:
            yield ItemFault(
                f"codes[{index}]", "CODE_TWICE", f"事项 {code} 重复。", f"The item {code} stands twice."
            )


def _check_count(draft: GuideDraft, items: Mapping[str, PrintableItem]) -> Iterator[ItemFault]:
    count = len(chosen(draft, items))
    if count > MOST_ITEMS:
        yield ItemFault(
            "codes",
            "TOO_MANY",
            f"共 {count} 个事项,一册最多 {MOST_ITEMS} 个。",
            f"These are {count} items; a guide has at most {MOST_ITEMS}.",
        )
    if not count:
        yield ItemFault(
            "kinds" if draft.kinds else "codes",
            "NOTHING",
            "没有可在手机上办理的事项。",
            "There is no such item that can be done on a phone.",
        )
