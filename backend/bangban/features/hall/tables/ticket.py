"""Numbers of queues, and overtime for single ones (DOMAIN A03, A07)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.hall.values import OvertimeKind, OvertimeOutcome, TicketState
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import PERSONAL
from bangban.kernel.database.types import EnumText, one_of

_TICKET_NUMBER = "queue || '-' || lpad(serial::text, greatest(3, length(serial::text)), '0')"
_LIVE = "state IN ('ISSUED', 'CALLED', 'SERVING')"


class HallQueueRow(TenantBase):
    """How many numbers a queue gave on a day. The row's lock is what makes numbers run without gap."""

    __tablename__ = "hall_queue"

    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    issued: Mapped[int]


class TicketRow(TenantBase):
    """A number in a queue of a point 号票 (DOMAIN A03); it dies with its day.

    Called by ``priority``, the highest first, then by ``queued_at``: a ticket that replaces another keeps its
    time. A window has one ticket at a time. The priority says that somebody is in need, so it is kept like that.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        one_of("state", TicketState),
        UniqueConstraint("point_id", "day", "queue", "serial", name="ticket_number_key"),
        CheckConstraint("serial >= 1", name="serial"),
        Index("ticket_live_key", "visit_id", unique=True, postgresql_where=_LIVE),
        Index(
            "ticket_window_key", "window_id", unique=True, postgresql_where="state IN ('CALLED', 'SERVING')"
        ),
        Index(
            "ticket_waiting_idx",
            "point_id",
            "day",
            "queue",
            "priority",
            "queued_at",
            "serial",
            postgresql_where="state = 'ISSUED'",
        ),
        Index("ticket_called_idx", "point_id", "day", "called_at", postgresql_where="called_at IS NOT NULL"),
        Index("ticket_visit_idx", "visit_id", "issued_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.visit.id"))
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    day: Mapped[date]
    queue: Mapped[str] = mapped_column(Text(collation="C"))
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(
        Text(collation="C"), Computed(_TICKET_NUMBER, persisted=True), init=False
    )
    state: Mapped[TicketState] = mapped_column(EnumText(TicketState))
    advisory: Mapped[bool]
    priority: Mapped[int] = mapped_column(info=PERSONAL)
    queued_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"))  # None: a terminal
    window_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.service_window.id"), default=None)
    calls: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None] = mapped_column(default=None)
    served_from: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    overtime_minutes: Mapped[int | None] = mapped_column(
        default=None
    )  # of its service, outside opening hours


class OvertimeRow(TenantBase):
    """Overtime for one ticket 延时服务 (DOMAIN A07): it ends done, or carried over with an explanation."""

    __tablename__ = "overtime"
    __table_args__ = (
        one_of("kind", OvertimeKind),
        one_of("outcome", OvertimeOutcome),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("outcome <> 'CARRIED_OVER' OR explanation IS NOT NULL", name="explanation"),
        Index("overtime_open_idx", "point_id", postgresql_where="ended_at IS NULL"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.ticket.id"), primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    window_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_window.id"))
    kind: Mapped[OvertimeKind] = mapped_column(EnumText(OvertimeKind))
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    requested_at: Mapped[datetime]
    starts_at: Mapped[datetime]  # closing: what comes after it is overtime
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[OvertimeOutcome | None] = mapped_column(EnumText(OvertimeOutcome), default=None)
    explanation: Mapped[str | None] = mapped_column(default=None, info=PERSONAL)
