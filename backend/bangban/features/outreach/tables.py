"""Rows of outreach 政策宣讲 (DOMAIN G13), and of who wants to be told."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.catalog.values import Audience
from bangban.features.outreach.values import OutreachKind
from bangban.features.profiles.values import CareNeed
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import DELETABLE, PERSONAL
from bangban.kernel.database.types import EnumText, EnumTextArray, all_of, one_of


class OutreachRow(TenantBase):
    """A time at which people of an area are told of items and bundles: planned, and reported once it was held,
    or else cancelled.

    ``codes`` are of items and bundles: a policy is what somebody can apply for. Days are both included.
    """

    __tablename__ = "outreach"
    __table_args__ = (
        one_of("kind", OutreachKind),
        one_of("audience", Audience),
        all_of("care_needs", CareNeed),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("reached >= 0 AND questions >= 0", name="counts"),
        CheckConstraint(
            "(reported_at IS NULL) = (reached IS NULL)"
            " AND (reached IS NULL) = (questions IS NULL)"
            " AND (reached IS NULL) = (reported_by IS NULL)",
            name="reported",
        ),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by IS NULL)"
            " AND (cancelled_at IS NULL) = (cancel_reason IS NULL)"
            " AND (cancelled_at IS NULL OR reported_at IS NULL)",
            name="cancelled",
        ),
        Index("outreach_starts_idx", "starts_on", "id"),
        Index("outreach_area_idx", "area_id", "starts_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    kind: Mapped[OutreachKind] = mapped_column(EnumText(OutreachKind))
    place: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    codes: Mapped[list[str]]
    audience: Mapped[Audience | None] = mapped_column(EnumText(Audience))
    care_needs: Mapped[list[CareNeed]] = mapped_column(EnumTextArray(CareNeed))
    planned_at: Mapped[datetime]
    planned_by: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    reported_at: Mapped[datetime | None] = mapped_column(default=None)
    reported_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    reached: Mapped[int | None] = mapped_column(default=None)
    questions: Mapped[int | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    cancel_reason: Mapped[str | None] = mapped_column(default=None)


class InterestRow(TenantBase):
    """A resident's consent to be told of offers: where they live, which themes, which care they need.

    There is a row while the consent stands. Withdrawing it, and erasing the account, deletes the row.
    """

    __tablename__ = "interest"
    __table_args__ = (
        all_of("care_needs", CareNeed),
        Index("interest_area_idx", "area_id", "resident_id"),
        DELETABLE,
    )

    resident_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.resident.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"), info=PERSONAL)
    themes: Mapped[list[str]] = mapped_column(info=PERSONAL)  # none: whatever there is
    care_needs: Mapped[list[CareNeed]] = mapped_column(EnumTextArray(CareNeed), info=PERSONAL)
    since: Mapped[datetime]
