"""Taking items from a template, and taking over what it changed since (DOMAIN E03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bangban.features.catalog.comparing import differences, draft_of, is_drift, merged, same
from bangban.features.catalog.problems import CODE_TAKEN, FaultOfItem, ItemFaulty, ItemUnknown
from bangban.features.catalog.publication import (
    ADAPTED,
    Change,
    ChangeKind,
    Planned,
    Publication,
    Stored,
    plan_items,
)
from bangban.features.catalog.service.definitions import check_unneeded
from bangban.features.catalog.service.publishing import end_items, hold_items, write_items
from bangban.features.catalog.templates import TemplateCatalog, TemplateItem
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogChanged:
    """What became of the catalog, or would. ``ids`` are the versions that were made."""

    applied: bool
    changes: tuple[Change, ...]
    ids: tuple[UUID, ...] = ()


async def adopt_template(
    work: Work, catalog: TemplateCatalog, *, codes: Sequence[str] | None = None, apply: bool = True
) -> CatalogChanged:
    """Take items from a template, all that fit the district's levels where no codes are given. Idempotent.

    Items that the district has are left as they are. What it withdrew comes back only by its code.

    Raises:
        Forbidden: The caller may not keep the whole catalog.
        ItemUnknown: The template has no such item for the district's levels.
        ItemFaulty: An own item of the district has a code that was asked for.
    """
    stored = await hold_items(work)
    offered = catalog.fitting(work.district.levels, work.today)
    wanted = (
        list(dict.fromkeys(codes)) if codes is not None else [code for code in offered if code not in stored]
    )
    for index, code in enumerate(wanted):
        if code not in offered:
            raise ItemUnknown(field=f"input.codes.{index}")
    taken = tuple(
        FaultOfItem(code, CODE_TAKEN) for code in wanted if code in stored and not stored[code].follows
    )
    if taken:
        raise ItemFaulty(taken)
    asked = offered if codes is None else wanted
    untouched = [
        stored[code]
        for code in asked
        if code in stored and (codes is None or stored[code].offered(work.today))
    ]
    kept = {item.code for item in untouched}
    wishes = [offered[code].publication(since=work.today) for code in wanted if code not in kept]
    planned = plan_items(wishes, stored, changed_from=work.today)
    left = tuple(Change(code=item.code, name=item.name, kind=ChangeKind.UNCHANGED) for item in untouched)
    return await conclude(work, planned, left, apply=apply)


async def take_over_items(
    work: Work,
    catalog: TemplateCatalog,
    *,
    codes: Sequence[str],
    keep_own: bool = True,
    since: date | None = None,
) -> CatalogChanged:
    """Take over what a template changed in these items; repeated, it changes nothing.

    What the district changed itself stays, also where the template changed the same field; only without
    ``keep_own`` the template's text replaces it. New items are taken, withdrawn ones end. It holds ``since`` a
    day, today if left out.

    Raises:
        Forbidden: The caller may not keep the whole catalog.
        ItemUnknown: Neither the district nor the template has such an item.
        ItemFaulty: What comes out is no item that can be published, or an own item has the code.
        StillNeeded: The template gave up an item that bundles or questions lead to.
    """
    stored = await hold_items(work)
    offered = catalog.fitting(work.district.levels, work.today)
    start = since or work.today
    wishes: list[Publication] = []
    gone: list[Stored] = []
    same_still: list[Change] = []
    for index, code in enumerate(dict.fromkeys(codes)):
        ours, theirs = stored.get(code), offered.get(code)
        if theirs is None and (ours is None or not ours.follows):
            raise ItemUnknown(field=f"input.codes.{index}")
        if theirs is None:
            gone.append(ours)  # type: ignore[arg-type]  # there was one or the other
        elif ours is None:
            wishes.append(theirs.publication(since=start))
        elif not ours.follows:
            raise ItemFaulty((FaultOfItem(code, CODE_TAKEN),))
        elif not ours.offered(work.today) or not has_drift(ours, theirs):
            same_still.append(Change(code=code, name=ours.name, kind=ChangeKind.UNCHANGED))
        else:
            wishes.append(_merged(ours, theirs, keep_own=keep_own, since=start))
    planned = plan_items(wishes, stored, changed_from=start)
    ended = [item for item in gone if item.offered(work.today) and item.effective_to is None]
    if ended:
        await check_unneeded(work, [item.code for item in ended], on=start, fields=("input.codes",))
    await end_items(work, ended, on=start)
    left = tuple(
        Change(
            code=item.code,
            name=item.name,
            kind=ChangeKind.WITHDRAWN if item in ended else ChangeKind.UNCHANGED,
        )
        for item in gone
    )
    return await conclude(work, planned, (*left, *same_still), apply=True)


def has_drift(ours: Stored, theirs: TemplateItem) -> bool:
    """Whether the template has moved since the district took the item."""
    return is_drift(differences(ours.ours, theirs.fields, ours.base))


def _merged(ours: Stored, theirs: TemplateItem, *, keep_own: bool, since: date) -> Publication:
    """The template's new text, with the district's own changes where they are kept."""
    as_it_is = theirs.publication(since=since)
    fields = merged(ours.ours, theirs.fields, ours.base) if keep_own else theirs.fields
    if all(same(fields.get(name), theirs.fields.get(name)) for name in {*fields, *theirs.fields}):
        return as_it_is
    order = tuple(each.code for each in theirs.draft.materials)
    order += tuple(code for code in ours.codes if code not in order)
    draft = draft_of(ours.code, fields, order, effective_from=as_it_is.draft.effective_from)
    return replace(as_it_is, draft=draft, origin=ADAPTED, provenance=ours.provenance)


async def conclude(
    work: Work, planned: Sequence[Planned], more: tuple[Change, ...], *, apply: bool
) -> CatalogChanged:
    """Write what was planned, where it is to be applied, and say what becomes of the catalog.

    Raises ``StorageFull``.
    """
    changes = (*(each.change for each in planned), *more)
    if not apply:
        return CatalogChanged(applied=False, changes=changes)
    check_storage(work.district.quotas, work.district.storage_bytes)
    written = await write_items(work, planned)
    return CatalogChanged(applied=True, changes=changes, ids=written.ids)
