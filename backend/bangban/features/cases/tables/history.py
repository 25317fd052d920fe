"""What happened to a case: its events, and breaches of its rules. Never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.cases.values import CaseState
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import APPEND_ONLY
from bangban.kernel.database.types import EnumText, one_of


class CaseEventRow(TenantBase):
    """What happened to a case, in order; never changed."""

    __tablename__ = "case_event"
    __table_args__ = (
        one_of("from_state", CaseState),
        one_of("to_state", CaseState),
        Index("case_event_case_idx", "case_id", "id"),
        # Few acts need a delegation, and few are check-ins: those of one, and those that were due on some days.
        Index(
            "case_event_delegation_idx",
            "delegation_id",
            "due_on",
            postgresql_where="delegation_id IS NOT NULL OR due_on IS NOT NULL",
        ),
        Index(
            "case_event_seal_key",
            "seal_year",
            "seal_number",
            unique=True,
            postgresql_where="seal_number IS NOT NULL",
        ),
        CheckConstraint("num_nulls(seal_year, seal_number, seal) IN (0, 3)", name="seal"),
        APPEND_ONLY,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    from_state: Mapped[CaseState | None] = mapped_column(EnumText(CaseState), default=None)
    to_state: Mapped[CaseState] = mapped_column(EnumText(CaseState))
    actor: Mapped[str | None] = mapped_column(default=None)  # staff by name; the applicant by the word alone
    note: Mapped[str | None] = mapped_column(default=None)
    # By which the act was allowed, where the item's own levels did not allow it.
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.delegation.id"), default=None)
    # Of a result under the district's one seal: its place among those of the year, and the seal as it was called then.
    seal_year: Mapped[int | None] = mapped_column(default=None)
    seal_number: Mapped[int | None] = mapped_column(default=None)
    seal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)  # of a check-in: by when it was to be


class ViolationRow(TenantBase):
    """A breach of a rule that the system let a supervisor commit knowingly, such as a second notice."""

    __tablename__ = "violation"
    __table_args__ = (Index("violation_case_idx", "case_id"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    note: Mapped[str | None] = mapped_column(default=None)
