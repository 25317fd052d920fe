"""Keeping the area tree. Every change leaves a line of history and an audit entry.

Structural changes of a district come one after the other (see ``latch``): a path is made from the parent's,
so two of them at once could each be right and leave a wrong tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.import_plan import ImportPlan, plan_import
from bangban.features.areas.latch import take_latch
from bangban.features.areas.problems import (
    AreaHasChildren,
    AreaLevelUnused,
    AreaTaken,
    AreaUnknown,
    RootAreaFixed,
)
from bangban.features.areas.rules import (
    AreaChange,
    AreaDraft,
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
from bangban.features.areas.tables import AreaChangeRow, AreaRow
from bangban.features.areas.values import AreaKind
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import LTree
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

LATCH = "areas"
_TABLE = cast("Table", AreaRow.__table__)
_CHANGES = cast("Table", AreaChangeRow.__table__)
_FIELDS = tuple(AreaNode.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaImport:
    """What an import did. ``missing`` are keys of areas in use that it did not name."""

    created: int
    changed: int
    unchanged: int
    retired: int
    missing: tuple[str, ...]


# ---------------------------------------------------------------------- reading


async def find_area(db: AsyncSession, area_id: UUID) -> AreaNode | None:
    """The area, retired ones included, or None."""
    return next(iter(await _nodes(db, AreaRow.id == area_id)), None)


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


async def _nodes(db: AsyncSession, *where: Any) -> list[AreaNode]:
    rows = await db.execute(select(*(getattr(AreaRow, name) for name in _FIELDS)).where(*where))
    return [AreaNode(**dict(zip(_FIELDS, row, strict=True))) for row in rows]


# ---------------------------------------------------------------------- an import


async def import_areas(
    work: Work, drafts: Sequence[AreaDraft], *, retire_missing: bool = False
) -> AreaImport:
    """Make the tree say what the drafts say, area by area as their keys name them. Idempotent.

    Areas in use that no draft names stay, and are reported; only ``retire_missing`` retires them. Raises
    ``AreasFaulty`` with every fault, ``AreaOutsideGrant`` to whoever keeps only a part of the tree.
    """
    require_whole(work)
    stored = await stored_areas(work)
    plan = plan_import(stored, drafts, new_id=new_id, retire_on=work.today if retire_missing else None)
    return await carry_out(work, plan)


def require_whole(work: Work) -> None:
    """Raises ``AreaOutsideGrant`` to whoever keeps only a part of the tree."""
    if not work.grants.require(Permission.AREA_MANAGE).whole:
        raise AreaOutsideGrant(permission=Permission.AREA_MANAGE)


async def stored_areas(work: Work) -> list[AreaNode]:
    """The whole tree, retired areas included; it stays so until this transaction ends."""
    await take_latch(work, LATCH)
    return await _nodes(work.db)


async def carry_out(work: Work, plan: ImportPlan, *, what: str = "area:import") -> AreaImport:
    """Write what an import's plan says, in a handful of statements however many areas there are."""
    done = AreaImport(
        created=len(plan.created),
        changed=plan.touched,
        unchanged=plan.unchanged,
        retired=plan.retired,
        missing=tuple(node.key for node in plan.missing),
    )
    if plan.created or plan.changed:
        await _write(work, plan)
        counts = {key: value for key, value in asdict(done).items() if key != "missing"}
        work.record(action=Permission.AREA_MANAGE, object=what, details=counts)
        work.announce("staff.changed", "")  # what people hold is held at paths
    return done


async def _write(work: Work, plan: ImportPlan) -> None:
    # Codes may change hands: they are let go before they are given anew.
    before = {node.id for node in plan.changed}
    await work.db.execute(
        update(_TABLE).where(_TABLE.c.id.in_(before), _TABLE.c.code.is_not(None)).values(code=None)
    )
    if plan.created:
        await work.db.execute(insert(_TABLE), [_values(node) for node in plan.created])
    if plan.changed:
        names = [name for name in _FIELDS if name not in {"id", "key"}]
        change = (
            update(_TABLE)
            .where(_TABLE.c.id == bindparam("this"))
            .values({name: bindparam(name) for name in names})
        )
        await work.db.execute(change, [_values(node) | {"this": node.id} for node in plan.changed])
    await _remember(work, plan.changes)


def _values(node: AreaNode) -> dict[str, Any]:
    return {name: getattr(node, name) for name in _FIELDS}


async def _remember(work: Work, changes: Iterable[AreaChange]) -> None:
    rows = [
        {
            "id": new_id(),
            "area_id": change.area_id,
            "at": work.now,
            "kind": change.kind.value,
            "actor": work.actor,
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    ]
    if rows:
        await work.db.execute(insert(_CHANGES), rows)


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
        raise AreaLevelUnused(level=level, fields=("input.level",))
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
        full_name=full_name or check_name(name),
        level=level,
        kind=kind,
        parent_id=parent.id,
        path=child_path(parent.path, own_id),
        position=await _next_position(work.db, parent.id),
        provenance="own",
        retired_on=None,
    )
    taken = await _nodes(work.db, (AreaRow.key == area.key) | (AreaRow.code == (area.code or area.key)))
    if taken:
        raise AreaTaken(value=code or area.key, name=taken[0].name, fields=("input.code",))
    await work.db.execute(insert(_TABLE), [_values(area)])
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
    return await _change(work, area, name=name, full_name=full_name or name)


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
    path = _TABLE.c.path
    tail = func.ext.subpath(path, literal(area.path.count(".")))  # from the area's own label on
    await work.db.execute(
        update(_TABLE)
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
    changed = AreaNode(**(_values(area) | values))
    if changed != area:
        await work.db.execute(update(_TABLE).where(_TABLE.c.id == area.id).values(**values))
        await _tell(work, area, changed)
    return changed


async def _tell(work: Work, before: AreaNode | None, after: AreaNode) -> None:
    changes = tuple(changes_of(before, after))
    await _remember(work, changes)
    kind = changes[0].kind if changes else ChangeKind.RENAMED
    work.record(
        action=Permission.AREA_MANAGE,
        object=f"area:{after.id}",
        area_id=after.id,
        details={"change": kind.value, "key": after.key},
    )
