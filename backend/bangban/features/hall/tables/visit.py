"""Who came, and what they were told (DOMAIN A02, B03)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.cases.values import NoticeChannel
from bangban.features.catalog.values import Audience
from bangban.features.hall.values import CareNeed, VisitState
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import PERSONAL, lookup_of, sealed
from bangban.kernel.database.types import EnumText, EnumTextArray, all_of, one_of

VISITOR_CONTEXT = "visit.visitor"
VISITOR_PURPOSE = "visitor"

_TOLD_MORE = (
    "(told IS NOT NULL OR"
    " num_nonnulls(told_by, told_channel, told_how, told_where_id, told_until, told_papers) = 0)"
    " AND (told_signed_at IS NULL) = (told_signed_to IS NULL) AND (told_signed_at IS NULL OR told IS NOT NULL)"
)


class VisitRow(TenantBase):
    """Somebody who came with one matter 到访 (DOMAIN A02), on ``day`` where the point is.

    Whoever gives a phone or an identity number is known again by its keyed hash; others stay nameless. ``queue``
    is that of the live ticket, so ``visit_live_key`` holds invariant 1 for everybody who is known. ``papers`` is
    the checklist as the guide found it last; ``told`` are the codes of the one notice (invariant 3), ``told_papers``
    those papers as they were found then, so that it says the same whenever it is printed. ``told_signed_to`` is who
    saw the visitor's signature under it.
    """

    __tablename__ = "visit"
    __table_args__ = (
        one_of("state", VisitState),
        one_of("applicant_kind", Audience),
        all_of("care_needs", CareNeed),
        CheckConstraint("(told IS NULL) = (told_at IS NULL)", name="told"),
        one_of("told_channel", NoticeChannel),
        CheckConstraint(_TOLD_MORE, name="told_more"),
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
    told_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    told_channel: Mapped[NoticeChannel | None] = mapped_column(EnumText(NoticeChannel), default=None)
    told_how: Mapped[str | None] = mapped_column(default=None)
    told_where_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.service_point.id"), default=None)
    told_until: Mapped[date | None] = mapped_column(default=None)  # last day to bring it
    told_papers: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    told_signed_at: Mapped[datetime | None] = mapped_column(default=None)
    told_signed_to: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    # The order that was placed for the visitor on the spot: what of the proposals was taken up (DOMAIN A04).
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.orders.id"), default=None)
