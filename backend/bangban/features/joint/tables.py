"""Rows of joint handling 联办: one application for several matters, and which cases belong to it.

How it stands is nowhere stored: it is read from the cases, so there is nothing to keep in step.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, ForeignKey, Identity, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import PERSONAL, sealed
from bangban.kernel.database.types import EnumText, one_of

# As case numbers are made, with a letter that none of those has.
_NUMBER = "stem || '-B' || lpad(serial::text, greatest(5, length(serial::text)), '0')"


class BundleApplicationRow(TenantBase):
    """One application for several matters of one applicant; who that is, its cases know.

    ``bundle_id`` is the version it was made with; empty where cases that had been begun one by one were put
    together to be issued together. ``form`` is the shared form as filled in, masked, and ``form_sealed`` the
    same in the clear, until its cases are erased.
    """

    __tablename__ = "bundle_application"
    __table_args__ = (
        one_of("release", ReleaseChoice),
        Index("bundle_application_submitted_idx", "submitted_at", "id"),
        Index("bundle_application_area_idx", "area_id", "submitted_at", "id"),
        Index("bundle_application_resident_idx", "resident_id", "submitted_at", "id"),
        Index("bundle_application_bundle_idx", "bundle_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger, Identity(always=True), init=False)
    stem: Mapped[str]
    number: Mapped[str] = mapped_column(
        Text(collation="C"),
        Computed(_NUMBER, persisted=True),
        unique=True,
        init=False,
    )
    bundle_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.bundle.id"), default=None)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.resident.id"))
    filed_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    release: Mapped[ReleaseChoice] = mapped_column(EnumText(ReleaseChoice))
    form: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSONB(none_as_null=True), info=PERSONAL, default=None
    )
    answers_due_on: Mapped[date | None] = mapped_column(default=None)
    submitted_at: Mapped[datetime]
    # As of a case: the version of the questions that led here, and their end.
    guidance_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.guidance.id"), default=None)
    guidance_end: Mapped[str | None] = mapped_column(default=None)
    form_sealed: Mapped[bytes | None] = mapped_column(info=sealed("bundle.form"), default=None)


class BundleMemberRow(TenantBase):
    """A case of an application; no case belongs to two. ``released_at``: when its result was given out."""

    __tablename__ = "bundle_member"
    __table_args__ = (Index("bundle_member_application_idx", "application_id", "position"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.bundle_application.id"))
    position: Mapped[int]
    released_at: Mapped[datetime | None] = mapped_column(default=None)
