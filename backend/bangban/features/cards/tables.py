"""Rows of service cards 服务卡 (DOMAIN C13)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import TenantBase


class ServiceCardRow(TenantBase):
    """One printed code: of a unit, or of a helper at a unit. What it leads to is looked up when it is scanned.

    So a card outlives whoever was there when it was printed.
    """

    __tablename__ = "service_card"
    __table_args__ = (Index("service_card_batch_idx", "batch", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    batch: Mapped[str]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    scans: Mapped[int] = mapped_column(default=0)
    scanned_at: Mapped[datetime | None] = mapped_column(default=None)
