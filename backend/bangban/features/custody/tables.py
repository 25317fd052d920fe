"""Rows of custody 材料流转."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.custody.values import CustodyKind
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import APPEND_ONLY
from bangban.kernel.database.types import EnumText, one_of


class CustodyEntryRow(TenantBase):
    """Papers that went from one hand to another; never changed.

    A holder is a person or a unit. The applicant is neither: papers that are taken come from no holder, papers that
    are returned go to none.
    """

    __tablename__ = "custody_entry"
    __table_args__ = (
        one_of("kind", CustodyKind),
        CheckConstraint("originals >= 0 AND copies >= 0 AND originals + copies > 0", name="counts"),
        CheckConstraint(
            "num_nonnulls(from_staff_id, from_area_id) = (kind <> 'TAKEN')::integer", name="giver"
        ),
        CheckConstraint(
            "num_nonnulls(to_staff_id, to_area_id) = (kind <> 'RETURNED')::integer", name="receiver"
        ),
        Index("custody_entry_case_idx", "case_id", "id"),
        APPEND_ONLY,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    at: Mapped[datetime]
    kind: Mapped[CustodyKind] = mapped_column(EnumText(CustodyKind))
    code: Mapped[str] = mapped_column(Text(collation="C"))  # of the case's material, or RESULT
    originals: Mapped[int]
    copies: Mapped[int]
    from_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    from_area_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.area.id"), default=None)
    to_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    to_area_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.area.id"), default=None)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    note: Mapped[str | None] = mapped_column(default=None)
