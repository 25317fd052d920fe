"""Rows of bookings 预约 (DOMAIN C19)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.bookings.values import BookingState
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import DELETABLE
from bangban.kernel.database.types import EnumText, one_of

_LIVE: Final = text("state IN ('BOOKED', 'ARRIVED')")


class BookingRow(TenantBase):
    """A place at a point for the time of one slot, kept for a resident.

    ``place_no`` counts from 1 to the point's capacity. No two live bookings have the same place at the same time, and
    a resident has one live booking at a point and day: both are held by unique indexes.
    """

    __tablename__ = "booking"
    __table_args__ = (
        one_of("state", BookingState),
        CheckConstraint("ends_at > begins_at", name="times"),
        CheckConstraint("place_no >= 1", name="place"),
        CheckConstraint("(state = 'BOOKED') = (settled_at IS NULL)", name="settled"),
        Index("booking_place_key", "point_id", "begins_at", "place_no", unique=True, postgresql_where=_LIVE),
        Index("booking_once_key", "resident_id", "point_id", "day", unique=True, postgresql_where=_LIVE),
        Index("booking_begins_idx", "begins_at", "id"),
        Index("booking_point_idx", "point_id", "begins_at", "id"),
        Index("booking_resident_idx", "resident_id", "begins_at", "id"),
        DELETABLE,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.resident.id"))
    day: Mapped[date]  # the district's
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place_no: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[BookingState] = mapped_column(EnumText(BookingState))
    booked_at: Mapped[datetime]
    service_code: Mapped[str | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
