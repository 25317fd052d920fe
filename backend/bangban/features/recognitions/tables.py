"""Rows of recognitions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import sealed
from bangban.kernel.database.types import EnumText, one_of

GIVER_CONTEXT: Final = "recognition.giver"


class RecognitionRow(TenantBase):
    """A banner, a letter or praise for a person or for a team. The giver is sealed, and erased in time."""

    __tablename__ = "recognition"
    __table_args__ = (
        one_of("kind", RecognitionKind),
        CheckConstraint("(staff_id IS NULL) <> (team_id IS NULL)", name="receiver"),
        Index("recognition_on_idx", "on_date", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[RecognitionKind] = mapped_column(EnumText(RecognitionKind))
    on_date: Mapped[date]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.team.id"))
    giver_sealed: Mapped[bytes | None] = mapped_column(info=sealed(GIVER_CONTEXT))
    giver_masked: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    recorded_at: Mapped[datetime]
