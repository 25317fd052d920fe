"""The district's own texts of items: publishing one, withdrawing one, importing many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from bangban.features.catalog.comparing import draft_of
from bangban.features.catalog.drafts import ItemDraft, ItemFault
from bangban.features.catalog.problems import (
    FaultOfItem,
    ItemFaulty,
    ItemUnknown,
    StillNeeded,
    check_based_on,
)
from bangban.features.catalog.publication import Publication, changed_item, plan_items, try_items
from bangban.features.catalog.service.adopting import CatalogChanged, conclude
from bangban.features.catalog.service.definitions import Leading, check_unneeded, what_leads
from bangban.features.catalog.service.publishing import end_items, hold_items, write_items
from bangban.features.catalog.sheet import ItemSheets
from bangban.features.files.problems import ImportRefused
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work


async def publish_item(
    work: Work,
    draft_from: Callable[[date], ItemDraft],
    *,
    effective_from: date | None = None,
    based_on: int | None = None,
) -> UUID:
    """Publish an own item, or the district's text of a template's: the version that says so now.

    ``draft_from`` makes the draft from its first day; without ``effective_from`` that is today, or the day
    after the version before began. ``based_on`` is the version that the text was written from.

    Raises:
        Forbidden: The caller may not keep the whole catalog.
        Conflict: There is another version than ``based_on`` by now.
        ItemFaulty: The item may not be published like this.
        StillNeeded: It has an end, and bundles or questions lead to it afterwards.
    """
    stored = await hold_items(work)
    draft = draft_from(effective_from or work.today)
    known = stored.get(draft.code)
    check_based_on(based_on, known.version if known else 0)
    faults = [*_unused_levels(work, draft)]
    if known is not None and draft.effective_from < work.today:
        zh, en = "变更不能从过去的日期起生效。", "A change cannot take effect in the past."
        faults.append(ItemFault("effective_from", "EFFECTIVE_PAST", zh, en))
    if faults:
        raise ItemFaulty(tuple(FaultOfItem(draft.code, fault) for fault in faults))
    if draft.effective_to is not None:
        await check_unneeded(work, [draft.code], on=draft.effective_to, fields=("input.effectiveTo",))
    changed_from = work.today if effective_from is None else None
    planned = plan_items([changed_item(draft, known)], stored, changed_from=changed_from)
    written = await write_items(work, planned)
    if written.ids:
        return written.ids[0]
    if known is None:
        raise ItemUnknown(field="input.code")  # nothing was there and nothing was written: cannot be
    return known.id


async def withdraw_item(work: Work, code: str, *, on: date | None = None) -> UUID:
    """Stop offering an item from a day on, today if left out: its newest version. Repeated, it changes nothing.

    Raises:
        Forbidden: The caller may not keep the whole catalog.
        ItemUnknown: The district has no such item.
        InvalidInput: The day has passed.
        StillNeeded: Bundles or questions lead to it after that day.
    """
    day = on or work.today
    if day < work.today:
        raise InvalidInput(
            "An item cannot be withdrawn in the past.", "不能从过去的日期起停办。", fields=("input.from",)
        )
    stored = await hold_items(work)
    known = stored.get(code)
    if known is None:
        raise ItemUnknown(field="input.code")
    await check_unneeded(work, [code], on=day, fields=("input.code",))
    await end_items(work, [known], on=day)
    return known.id


async def import_items(work: Work, sheets: ItemSheets, *, apply: bool) -> CatalogChanged:
    """Publish what tables say, all of it or nothing; the same tables again change nothing.

    Without ``apply`` nothing is written, and ``sheets`` has all that is wrong.

    Raises:
        Forbidden: The caller may not keep the whole catalog.
        ImportRefused: Lines are at fault, with ``apply``.
    """
    stored = await hold_items(work)
    known = {
        code: draft_of(code, item.ours, item.codes, effective_from=item.effective_from).materials
        for code, item in stored.items()
    }
    lines = sheets.read(start=work.today, levels=work.district.levels, known=known)
    by_code = {each.draft.code: each for each in lines}
    wishes: list[Publication] = []
    for each in lines:
        before = stored.get(each.draft.code)
        # A table may state the day on which an item began; a change of it begins today.
        start = each.draft.effective_from if before is None else max(each.draft.effective_from, work.today)
        wishes.append(changed_item(replace(each.draft, effective_from=start), before))
    planned, faults = try_items(wishes, stored, changed_from=work.today)
    ending = any(each.draft.effective_to is not None for each in wishes)
    leading = await what_leads(work) if ending else []
    for wish, fault in (*faults, *_needed_later(wishes, leading)):
        sheets.of_rule(by_code[wish.draft.code], fault)
    if apply and sheets.faults:
        raise ImportRefused(sorted(sheets.faults, key=lambda fault: fault.line))
    if apply and sheets.material_faults:
        raise ImportRefused(
            sorted(sheets.material_faults, key=lambda fault: fault.line), field="input.materials"
        )
    return await conclude(work, planned, (), apply=apply)


def _needed_later(
    wishes: Sequence[Publication], leading: Sequence[Leading]
) -> Iterator[tuple[Publication, ItemFault]]:
    for wish in wishes:
        end = wish.draft.effective_to
        by = [each for each in leading if end is not None and each.misses([wish.draft.code], end)]
        if by:
            refused = StillNeeded([(each.what_zh, each.what, each.code) for each in by], fields=())
            yield (
                wish,
                ItemFault("effective_to", "STILL_NEEDED", refused.message("zh"), refused.message("en")),
            )


def _unused_levels(work: Work, draft: ItemDraft) -> Sequence[ItemFault]:
    return [
        ItemFault(
            f"{name}[{index}]",
            "LEVEL_NOT_USED",
            f"本地区不在层级 {level} 办事。",
            f"This district does not work at the level {level}.",
        )
        for name in ("handled_at", "pre_checked_at")
        for index, level in enumerate(getattr(draft, name))
        if level not in work.district.levels
    ]
