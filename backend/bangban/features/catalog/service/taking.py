"""Whether a service point takes an item."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Date, literal, select

from bangban.features.catalog.offered_sql import offers
from bangban.features.catalog.problems import ItemNotTakenThere
from bangban.features.places.problems import PointUnknown
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.tenancy.work import Work


async def require_taken_at(work: Work, point_id: UUID, service_code: str, *, field: str) -> None:
    """Refuse a service point where nobody could hand in anything for the item today.

    Raises:
        PointUnknown: The district has no such point.
        ItemNotTakenThere: It does not take the item, or not any more.
    """
    point, today = ServicePointRow.__table__, literal(work.today, Date())
    takes: Any = offers(point.c, literal(service_code), today)
    found = (await work.db.execute(select(point.c.name, takes).where(point.c.id == point_id))).one_or_none()
    if found is None:
        raise PointUnknown(field=field)
    name, taken = found
    if not taken:
        raise ItemNotTakenThere(name, field=field)
