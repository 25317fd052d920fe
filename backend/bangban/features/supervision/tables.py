"""Rows of supervision 督办件."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.supervision.values import DutyKind, DutyState
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.types import EnumText, one_of


class DutyRow(TenantBase):
    """A limit that comes near or was missed. One for each thing that it is about, kind and day that was due.

    Most are about a case. The others are about an order, a batch, a terminal or a person, whose id is
    ``subject_id``; they keep the area in which it lay when they came up.

    ``due_on`` is the day that the limit ran to, which is what makes a duty another one: a number of a working
    day would change with every notice of holidays. The legal limit goes by the promised day too, since whatever
    moves the one moves the other. A duty whose case was lengthened is void, and the new day gets one of its own.
    Where one about a case belongs is the case's area, which may change.
    """

    __tablename__ = "duty"
    __table_args__ = (
        one_of("kind", DutyKind),
        one_of("state", DutyState),
        CheckConstraint(
            "num_nonnulls(case_id, subject_id) = 1 AND num_nonnulls(case_id, area_id) = 1", name="about"
        ),
        Index("duty_about_key", text("coalesce(case_id, subject_id)"), "kind", "due_on", unique=True),
        Index("duty_state_idx", "state", "raised_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[DutyKind] = mapped_column(EnumText(DutyKind))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.cases.id"))
    due_on: Mapped[date]
    state: Mapped[DutyState] = mapped_column(EnumText(DutyState))
    raised_at: Mapped[datetime]
    urged_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)  # settled, or void
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    result: Mapped[str | None] = mapped_column(
        default=None
    )  # what was done, in the words of whoever settled it
    subject_id: Mapped[UUID | None] = mapped_column(default=None)
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.area.id"), default=None)
