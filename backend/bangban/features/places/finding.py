"""Finding service points and areas by what callers and drafts call them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from bangban.features.areas.tables import AreaRow
from bangban.features.places.problems import PointUnknown, PostedElsewhere
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.paths import is_within
from bangban.kernel.tenancy.work import Work


async def get_point(work: Work, point_id: UUID, *, field: str = "input.pointId") -> Any:
    """The point with its area's path and level. Raises ``PointUnknown``."""
    found = await work.db.execute(
        select(
            ServicePointRow.id,
            ServicePointRow.key,
            ServicePointRow.name,
            ServicePointRow.kind,
            ServicePointRow.area_id,
            AreaRow.path.label("area_path"),
            AreaRow.level.label("area_level"),
        )
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .where(ServicePointRow.id == point_id)
    )
    row = found.one_or_none()
    if row is None:
        raise PointUnknown(field=field)
    return row


async def check_posted_at(work: Work, point_id: UUID, area_path: str, *, field: str) -> None:
    """Whether somebody with a role at the area can be posted at the point.

    Raises ``PointUnknown``, ``PostedElsewhere``.
    """
    point = await get_point(work, point_id, field=field)
    if not is_within(point.area_path, area_path):
        raise PostedElsewhere(fields=(field,), point=point.name)


async def point_ids(work: Work) -> dict[str, UUID]:
    """The id of every point by its key."""
    rows = await work.db.execute(select(ServicePointRow.key, ServicePointRow.id))
    return {row.key: row.id for row in rows}


async def find_areas(work: Work, refs: set[str]) -> dict[str, AreaRow]:
    """The areas in use by what drafts call them: their keys, or else their division codes."""
    wanted = sorted(refs)
    rows = await work.db.scalars(
        select(AreaRow).where(
            or_(AreaRow.key.in_(wanted), AreaRow.code.in_(wanted)), AreaRow.retired_on.is_(None)
        )
    )
    known = list(rows)
    named = {row.code: row for row in known if row.code} | {row.key: row for row in known}
    return {ref: named[ref] for ref in wanted if ref in named}
