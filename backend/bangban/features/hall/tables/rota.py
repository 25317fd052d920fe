"""Who is at a point, and how full it is: turns on the rota, and crowds (DOMAIN A01, A05)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.hall.values import AlertKind, ShiftKind
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.types import EnumText, one_of


class GuideShiftRow(TenantBase):
    """A turn on the rota of a point 值班 (DOMAIN A01, A12, K03), from ``begins_at`` until before ``ends_at``."""

    __tablename__ = "guide_shift"
    __table_args__ = (
        one_of("kind", ShiftKind),
        CheckConstraint("ends_at > begins_at", name="hours"),
        Index("guide_shift_point_idx", "point_id", "day", "begins_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    guide_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    desk: Mapped[str | None]
    day: Mapped[date]  # on which it begins, where the point is
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    lead: Mapped[bool] = mapped_column(default=False)  # 带班: hears of crowds
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    kind: Mapped[ShiftKind | None] = mapped_column(EnumText(ShiftKind), default=None)  # None: GUIDE


class HallAlertRow(TenantBase):
    """A crowd in a queue 拥堵提醒 (DOMAIN A05), from when it was seen until it was cleared; one open of each kind."""

    __tablename__ = "hall_alert"
    __table_args__ = (
        one_of("kind", AlertKind),
        Index(
            "hall_alert_open_key",
            "point_id",
            "queue",
            "kind",
            unique=True,
            postgresql_where="cleared_at IS NULL",
        ),
        Index("hall_alert_point_idx", "point_id", "raised_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    day: Mapped[date]
    queue: Mapped[str] = mapped_column(Text(collation="C"))
    kind: Mapped[AlertKind] = mapped_column(EnumText(AlertKind))
    measured: Mapped[int]  # people, or minutes
    raised_at: Mapped[datetime]
    lead_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("tenant.staff.id")
    )  # of the shift; there may be none
    actions: Mapped[list[Any]] = mapped_column(JSONB, default_factory=list)  # {action, at, by}, in order
    cleared_at: Mapped[datetime | None] = mapped_column(default=None)
