"""Publishing service items, and withdrawing them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.latch import take_latch
from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.drift_sql import stored_items
from bangban.features.catalog.publication import ADAPTED, TEMPLATE, Planned, Publication, Stored, plan_items
from bangban.features.catalog.service.rows import item_row, material_rows
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

LATCH = "catalog"
_ITEMS = cast("Table", ServiceItemRow.__table__)
_MATERIALS = cast("Table", ServiceMaterialRow.__table__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What a publication did. ``versions`` are new versions of items that were there before."""

    created: int
    versions: int
    ended: int
    unchanged: int
    ids: tuple[UUID, ...] = field(default=(), compare=False)  # of new versions


async def publish_items(
    work: Work, items: Iterable[Publication | ItemDraft], *, changed_from: date | None = None
) -> Published:
    """Publish items: all of them, or none. Idempotent: the same content makes no other version.

    ``changed_from`` is the day from which changed content holds where its draft states no later day than the
    version before. Raises ``ItemFaulty`` with every fault of every item.
    """
    wished = [each if isinstance(each, Publication) else Publication(draft=each) for each in items]
    stored = await hold_items(work)
    return await write_items(work, plan_items(wished, stored, changed_from=changed_from))


async def hold_items(work: Work) -> dict[str, Stored]:
    """The newest version of every item, by code; nobody else changes the catalog until this transaction ends.

    Raises Forbidden, and AreaOutsideGrant where the caller keeps a part of the district only.
    """
    work.grants.require_whole(Permission.CATALOG_MANAGE)
    await take_latch(work, LATCH)
    rows = await work.db.execute(select(stored_items()))
    return {
        row.code: Stored(
            id=row.id,
            code=row.code,
            name=row.name,
            version=row.version,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
            content=row.content or "",
            origin=row.origin,
            provenance=row.provenance,
            taken_from=row.taken_from,
            ours=row.ours,
            base=row.base,
            codes=tuple(row.codes or ()),
        )
        for row in rows
    }


async def write_items(work: Work, planned: Sequence[Planned]) -> Published:
    """Write what was planned."""
    fresh = [(each, new_id()) for each in planned if each.plan.version is not None]
    if fresh:
        rows = [item_row(each.publication, each.plan, item_id) for each, item_id in fresh]
        await work.db.execute(insert(_ITEMS), rows)
        materials = [row for each, item_id in fresh for row in material_rows(each.publication.draft, item_id)]
        if materials:
            await work.db.execute(insert(_MATERIALS), materials)
    ends = [
        {
            "of_code": each.publication.draft.code,
            "of_version": each.stored.version,
            "ends_on": each.plan.end_former_on,
        }
        for each in planned
        if each.plan.end_former_on is not None and each.stored is not None
    ]
    await _end(work.db, ends)
    await _mark(work.db, [each for each in planned if each.marks])
    for each, _ in fresh:
        _record(
            work,
            each.publication.draft.code,
            {"published": each.plan.version, "from": str(each.plan.effective_from)},
        )
    for each in planned:
        if each.marks and each.publication.taken is not None:
            _record(work, each.publication.draft.code, {"follows": each.publication.taken.content})
        if each.plan.version is None and each.plan.end_former_on is not None:
            _record(work, each.publication.draft.code, {"withdrawn": str(each.plan.end_former_on)})
    known = [each for each, _ in fresh if each.stored is not None]
    return Published(
        created=len(fresh) - len(known),
        versions=len(known),
        ended=len(ends) - sum(each.plan.end_former_on is not None for each in known),
        unchanged=sum(not each.plan.writes for each in planned),
        ids=tuple(item_id for _, item_id in fresh),
    )


async def withdraw_items(work: Work, codes: Collection[str], *, on: date) -> int:
    """Stop offering items: their newest versions do not hold from ``on``. How many that changed.

    A version that has not begun by then holds for its first day only, since a version is never unmade.
    """
    stored = await hold_items(work)
    return await end_items(work, [stored[code] for code in codes if code in stored], on=on)


async def end_items(work: Work, items: Iterable[Stored], *, on: date) -> int:
    """The same for items that are held already."""
    ends = [
        {
            "of_code": item.code,
            "of_version": item.version,
            "ends_on": max(on, _day_after(item.effective_from)),
        }
        for item in items
        if item.effective_to is None or item.effective_to > max(on, _day_after(item.effective_from))
    ]
    await _end(work.db, ends)
    for end in ends:
        _record(work, str(end["of_code"]), {"withdrawn": str(end["ends_on"])})
    return len(ends)


async def codes_from_template(db: AsyncSession) -> set[str]:
    """Codes of items that came from the platform's template, changed or not, and have no end."""
    return set(
        await db.scalars(
            select(ServiceItemRow.code).where(
                ServiceItemRow.origin.in_((TEMPLATE, ADAPTED)), ServiceItemRow.effective_to.is_(None)
            )
        )
    )


def _record(work: Work, code: str, details: dict[str, Any]) -> None:
    work.record(action=Permission.CATALOG_MANAGE, object=f"service:{code}", details=details)


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


async def _end(db: AsyncSession, ends: list[dict[str, Any]]) -> None:
    if ends:
        await db.execute(
            update(_ITEMS)
            .where(_ITEMS.c.code == bindparam("of_code"), _ITEMS.c.version == bindparam("of_version"))
            .values(effective_to=bindparam("ends_on")),
            ends,
        )


async def _mark(db: AsyncSession, planned: Sequence[Planned]) -> None:
    """Let versions remember where they come from. Their content, with which cases began, stays as it was."""
    if planned:
        await db.execute(
            update(_ITEMS)
            .where(_ITEMS.c.id == bindparam("of_id"))
            .values(origin=bindparam("new_origin"), taken_from=bindparam("new_taken")),
            [
                {
                    "of_id": each.stored.id,
                    "new_origin": each.publication.origin,
                    "new_taken": each.publication.taken_from,
                }
                for each in planned
                if each.stored is not None
            ],
        )
