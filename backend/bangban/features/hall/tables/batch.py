"""Many applications that one submitter handed in at once (DOMAIN A08)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import TenantBase

_NUMBER = "stem || '-' || lpad(serial::text, greatest(4, length(serial::text)), '0')"


class IntakeBatchRow(TenantBase):
    """Many applications of one submitter taken in at once 集中收件 (DOMAIN A08); all of them or none.

    It is closed when all its cases are, which is reckoned from them. ``number`` is that of the one receipt.
    """

    __tablename__ = "intake_batch"
    __table_args__ = (
        CheckConstraint("size >= 2", name="size"),
        Index("intake_batch_point_idx", "point_id", "received_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger, Identity(always=True), init=False)
    stem: Mapped[str]
    number: Mapped[str] = mapped_column(
        Text(collation="C"), Computed(_NUMBER, persisted=True), unique=True, init=False
    )
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    window_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_window.id"))
    collector_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    size: Mapped[int]
    received_at: Mapped[datetime]
    due_on: Mapped[date]  # by when the back office has begun with each


class IntakeBatchCaseRow(TenantBase):
    """A case of a batch, in the order in which its papers were handed in."""

    __tablename__ = "intake_batch_case"
    __table_args__ = (UniqueConstraint("batch_id", "position", name="intake_batch_case_position_key"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.intake_batch.id"))
    position: Mapped[int]
