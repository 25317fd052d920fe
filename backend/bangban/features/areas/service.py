"""Keeping the area tree, one area at a time. Every change leaves a line of history and an audit entry.

Structural changes of a district come one after the other (see ``latch``): a path is made from the parent's,
so two of them at once could each be right and leave a wrong tree.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.latch import take_latch
from bangban.features.areas.problems import (
    AreaHasChildren,
    AreaLevelUnused,
    AreaTaken,
    AreaUnknown,
    RootAreaFixed,
)
from bangban.features.areas.rows import TABLE, areas_where, remember, values_of
from bangban.features.areas.rules import (
    AreaNode,
    ChangeKind,
    changes_of,
    check_child,
    check_code,
    check_in_use,
    check_move,
    check_name,
    child_path,
)
from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import AreaKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import LTree
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

LATCH = "areas"


# ---------------------------------------------------------------------- reading


async def find_area(db: AsyncSession, area_id: UUID) -> AreaNode | None:
    """The area, retired ones included, or None."""
    return next(iter(await areas_where(db, AreaRow.id == area_id)), None)


async def get_area(db: AsyncSession, area_id: UUID, *, field: str = "input.areaId") -> AreaNode:
    """The area; raises ``AreaUnknown``."""
    area = await find_area(db, area_id)
    if area is None:
        raise AreaUnknown(field=field)
    return area


async def area_ids(db: AsyncSession) -> dict[str, UUID]:
    """The id of every area by its key, retired ones included."""
    rows = await db.execute(select(AreaRow.key, AreaRow.id))
    return {row.key: row.id for row in rows}


# ---------------------------------------------------------------------- one area


async def add_area(
    work: Work,
    *,
    parent_id: UUID,
    name: str,
    level: AreaLevel,
    kind: AreaKind,
    code: str | None = None,
    full_name: str | None = None,
    key: str | None = None,
) -> AreaNode:
    """A new area at the end of its parent's children. ``key`` defaults to the code, else to the id.

    Raises ``AreaUnknown``, ``AreaLevelUnused``, ``AreaTaken``, or what ``rules.check_child`` and ``check_code`` raise.
    """
    code = check_code(code, level)
    if level not in levels_of(work):
        raise AreaLevelUnused(level=level, fields=("input.kind",))
    await take_latch(work, LATCH)
    parent = await get_area(work.db, parent_id, field="input.parentId")
    work.grants.require_at(Permission.AREA_MANAGE, parent.path)
    check_child(parent, level=level, kind=kind)
    own_id = new_id()
    area = AreaNode(
        id=own_id,
        key=key or code or own_id.hex,
        code=code,
        name=check_name(name),
        full_name=check_name(full_name or name, field="input.fullName" if full_name else "input.name"),
        level=level,
        kind=kind,
        parent_id=parent.id,
        path=child_path(parent.path, own_id),
        position=await _next_position(work.db, parent.id),
        provenance="own",
        retired_on=None,
    )
    taken = await areas_where(work.db, (AreaRow.key == area.key) | (AreaRow.code == (area.code or area.key)))
    if taken:
        raise AreaTaken(value=code or area.key, name=taken[0].name, fields=("input.code",))
    await work.db.execute(insert(TABLE), [values_of(area)])
    await _tell(work, None, area)
    return area


def levels_of(work: Work) -> frozenset[AreaLevel]:
    """The levels of the district's tree; those whose areas are places only belong to it, too."""
    places = (AreaLevel(level) for level in work.settings.get("address_levels") or ())
    return frozenset({*work.district.levels, *places})


async def rename_area(work: Work, *, area_id: UUID, name: str, full_name: str | None = None) -> AreaNode:
    """The area under another name. Raises ``AreaUnknown``, ``AreaRetired``, ``AreaNameMissing``."""
    await take_latch(work, LATCH)
    area = await get_area(work.db, area_id)
    work.grants.require_at(Permission.AREA_MANAGE, area.path)
    check_in_use(area)
    name = check_name(name)
    whole = check_name(full_name, field="input.fullName") if full_name else name
    return await _change(work, area, name=name, full_name=whole)


async def move_area(work: Work, *, area_id: UUID, to_parent_id: UUID) -> AreaNode:
    """The area, with all that is under it, under another parent. Needs the right at both places.

    Raises ``AreaUnknown`` or what ``rules.check_move`` raises.
    """
    await take_latch(work, LATCH)
    area = await get_area(work.db, area_id)
    target = await get_area(work.db, to_parent_id, field="input.toParentId")
    work.grants.require_at(Permission.AREA_MANAGE, area.path)
    work.grants.require_at(Permission.AREA_MANAGE, target.path)
    check_move(area, target)
    if area.parent_id == target.id:
        return area
    position = await _next_position(work.db, target.id)
    path = TABLE.c.path
    tail = func.ext.subpath(path, literal(area.path.count(".")))  # from the area's own label on
    await work.db.execute(
        update(TABLE)
        .where(path.op("OPERATOR(ext.<@)")(literal(area.path, LTree())))
        .values(path=literal(target.path, LTree()).op("OPERATOR(ext.||)")(tail))
    )
    moved = await _change(
        work, area, parent_id=target.id, position=position, path=child_path(target.path, area.id)
    )
    work.announce("staff.changed", "")  # what people hold is held at paths
    return moved


async def retire_area(work: Work, *, area_id: UUID, on: date | None = None) -> AreaNode:
    """The area out of use from ``on``, today by default. Its cases keep pointing at it.

    Raises ``AreaUnknown``, ``RootAreaFixed``, ``AreaRetired``, ``AreaHasChildren`` while one is in use.
    """
    await take_latch(work, LATCH)
    area = await get_area(work.db, area_id)
    work.grants.require_at(Permission.AREA_MANAGE, area.path)
    if area.parent_id is None:
        raise RootAreaFixed
    check_in_use(area)
    live = select(func.count()).where(AreaRow.parent_id == area.id, AreaRow.retired_on.is_(None))
    children = await work.db.scalar(live) or 0
    if children:
        raise AreaHasChildren(name=area.name, count=children)
    return await _change(work, area, retired_on=on or work.today)


async def restore_area(work: Work, *, area_id: UUID) -> AreaNode:
    """A retired area in use again, where it was. What is in use already stays so.

    Raises ``AreaUnknown``, ``AreaRetired`` where the area above is not in use either.
    """
    await take_latch(work, LATCH)
    area = await get_area(work.db, area_id)
    work.grants.require_at(Permission.AREA_MANAGE, area.path)
    if area.retired_on is None:
        return area
    if area.parent_id is not None:
        check_in_use(await get_area(work.db, area.parent_id))
    return await _change(work, area, retired_on=None)


async def _next_position(db: AsyncSession, parent_id: UUID) -> int:
    last = await db.scalar(select(func.max(AreaRow.position)).where(AreaRow.parent_id == parent_id))
    return 0 if last is None else last + 1


async def _change(work: Work, area: AreaNode, **values: Any) -> AreaNode:
    changed = AreaNode(**(values_of(area) | values))
    if changed != area:
        await work.db.execute(update(TABLE).where(TABLE.c.id == area.id).values(**values))
        await _tell(work, area, changed)
    return changed


async def _tell(work: Work, before: AreaNode | None, after: AreaNode) -> None:
    changes = tuple(changes_of(before, after))
    await remember(work, changes)
    kind = changes[0].kind if changes else ChangeKind.RENAMED
    work.record(
        action=Permission.AREA_MANAGE,
        object=f"area:{after.id}",
        area_id=after.id,
        details={"change": kind.value, "key": after.key},
    )
