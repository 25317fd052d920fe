"""Rows of a hall: its guides' rota, visits, tickets, overtime, crowd alerts and batches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.catalog.values import Audience
from bangban.features.hall.values import (
    AlertKind,
    CareNeed,
    OvertimeKind,
    OvertimeOutcome,
    ShiftKind,
    TicketState,
    VisitState,
)
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import PERSONAL, lookup_of, sealed
from bangban.kernel.database.types import EnumText, EnumTextArray, all_of, one_of

VISITOR_CONTEXT = "visit.visitor"
VISITOR_PURPOSE = "visitor"

_NUMBER = "stem || '-' || lpad(serial::text, greatest(4, length(serial::text)), '0')"
_TICKET_NUMBER = "queue || '-' || lpad(serial::text, greatest(3, length(serial::text)), '0')"
_LIVE = "state IN ('ISSUED', 'CALLED', 'SERVING')"


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


class VisitRow(TenantBase):
    """Somebody who came with one matter 到访 (DOMAIN A02), on ``day`` where the point is.

    Whoever gives a phone or an identity number is known again by its keyed hash; others stay nameless. ``queue``
    is that of the live ticket, so ``visit_live_key`` holds invariant 1 for everybody who is known. ``papers`` is
    the checklist as the guide found it, ``told`` the codes of the one notice (invariant 3).
    """

    __tablename__ = "visit"
    __table_args__ = (
        one_of("state", VisitState),
        one_of("applicant_kind", Audience),
        all_of("care_needs", CareNeed),
        CheckConstraint("(told IS NULL) = (told_at IS NULL)", name="told"),
        CheckConstraint("service_item_id IS NOT NULL OR purpose IS NOT NULL", name="purpose"),
        CheckConstraint("(ended_at IS NOT NULL) = (state IN ('DONE', 'LEFT', 'REDIRECTED'))", name="ended"),
        Index(
            "visit_live_key",
            "point_id",
            "day",
            "visitor_hash",
            "queue",
            unique=True,
            postgresql_where="queue IS NOT NULL",
        ),
        Index("visit_point_idx", "point_id", "greeted_at", "id"),
        Index("visit_visitor_idx", "visitor_hash", "day"),
        Index("visit_kept_idx", "day", "id", postgresql_where="NOT forgotten"),
        Index("visit_case_idx", "case_id", postgresql_where="case_id IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    day: Mapped[date]
    guide_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"))  # None: came to a terminal
    state: Mapped[VisitState] = mapped_column(EnumText(VisitState))
    service_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.service_item.id"))
    # In the guide's own words, so it may name anybody.
    purpose: Mapped[str | None] = mapped_column(info=PERSONAL)
    applicant_kind: Mapped[Audience] = mapped_column(EnumText(Audience))
    visitor_sealed: Mapped[bytes | None] = mapped_column(info=sealed(VISITOR_CONTEXT))
    visitor_hash: Mapped[bytes | None] = mapped_column(info=lookup_of("visitor_sealed", VISITOR_PURPOSE))
    visitor_masked: Mapped[str | None]
    care_needs: Mapped[list[CareNeed]] = mapped_column(EnumTextArray(CareNeed), info=PERSONAL)
    greeted_at: Mapped[datetime]
    queue: Mapped[str | None] = mapped_column(default=None)
    papers: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    told: Mapped[list[str] | None] = mapped_column(default=None)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    ticketed_at: Mapped[datetime | None] = mapped_column(default=None)
    at_window_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_note: Mapped[str | None] = mapped_column(default=None, info=PERSONAL)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.cases.id"), default=None)
    forgotten: Mapped[bool] = mapped_column(default=False)
    arrived_at: Mapped[datetime | None] = mapped_column(default=None)  # where somebody noticed it


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
