"""Areas, and the lines of their history, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.rules import AreaChange, AreaNode
from bangban.features.areas.tables import AreaChangeRow, AreaRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

TABLE = cast("Table", AreaRow.__table__)
FIELDS = tuple(AreaNode.__dataclass_fields__)
_CHANGES = cast("Table", AreaChangeRow.__table__)


async def areas_where(db: AsyncSession, *where: Any) -> list[AreaNode]:
    """The areas for which all conditions hold, retired ones included."""
    rows = await db.execute(select(*(getattr(AreaRow, name) for name in FIELDS)).where(*where))
    return [AreaNode(**dict(zip(FIELDS, row, strict=True))) for row in rows]


def values_of(node: AreaNode) -> dict[str, Any]:
    """The area's row."""
    return {name: getattr(node, name) for name in FIELDS}


async def remember(work: Work, changes: Iterable[AreaChange]) -> None:
    """Write the lines of history, as done now by whoever works."""
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
