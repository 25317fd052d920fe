"""Finding the version of an item that holds on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.catalog.problems import ItemUnknown, NotForThem
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.values import Audience


async def find_current_item(db: AsyncSession, code: str, on: date) -> ServiceItemRow | None:
    """The version of an item that holds on a day, or None."""
    item = ServiceItemRow
    return await db.scalar(
        select(item)
        .where(
            item.code == code,
            item.effective_from <= on,
            or_(item.effective_to.is_(None), item.effective_to > on),
        )
        .order_by(item.version.desc())
        .limit(1)
    )


async def current_item(db: AsyncSession, code: str, on: date) -> ServiceItemRow:
    """The version of an item that holds on a day; raises ``ItemUnknown``."""
    found = await find_current_item(db, code, on)
    if found is None:
        raise ItemUnknown
    return found


async def item_for(
    db: AsyncSession, code: str, on: date, kind: Audience, *, field: str = "input.serviceCode"
) -> ServiceItemRow:
    """The same, where it is for applicants of this kind; raises ``ItemUnknown``, ``NotForThem``."""
    found = await current_item(db, code, on)
    if kind not in found.audience:
        raise NotForThem(field=field)
    return found


async def materials_of(db: AsyncSession, item_id: UUID) -> Sequence[ServiceMaterialRow]:
    """The materials of one version, in their order."""
    rows = await db.scalars(
        select(ServiceMaterialRow)
        .where(ServiceMaterialRow.item_id == item_id)
        .order_by(ServiceMaterialRow.position)
    )
    return rows.all()
