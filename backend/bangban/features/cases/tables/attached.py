"""What is attached to a case: materials, notice, promise, power of attorney, hand-overs and ratings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.cases.values import (
    AuthorisationScope,
    Grade,
    MaterialState,
    NoticeChannel,
    NoticeSigner,
)
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import PERSONAL
from bangban.kernel.database.types import EnumText, EnumTextArray, all_of, one_of

_ACKNOWLEDGED = (
    "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)"
    " AND (acknowledged_to IS NULL) = (coalesce(acknowledged_by, 'APPLICANT') = 'APPLICANT')"
)


class CaseMaterialRow(TenantBase):
    """One material of a case, copied from the item's version when the case began."""

    __tablename__ = "case_material"
    __table_args__ = (
        UniqueConstraint("case_id", "code", name="case_material_code_key"),
        one_of("state", MaterialState),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    required: Mapped[bool]
    tolerable: Mapped[bool]
    state: Mapped[MaterialState] = mapped_column(EnumText(MaterialState))
    reason: Mapped[str | None] = mapped_column(default=None)


class NoticeRow(TenantBase):
    """A one-time notice 一次性告知: all that is missing, at once. A second one is a recorded violation.

    ``how`` and ``where_id`` say how and where to supply it. ``acknowledged_to`` is who of the staff saw the signature,
    or signed for the applicant.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("case_id", "ordinal", name="notice_ordinal_key"),
        one_of("channel", NoticeChannel),
        one_of("acknowledged_by", NoticeSigner),
        CheckConstraint(_ACKNOWLEDGED, name="acknowledged"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    ordinal: Mapped[int]  # 1 for the notice, 2 and up for violations
    missing: Mapped[list[str]]
    reasons: Mapped[dict[str, Any]] = mapped_column(JSONB)
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    deadline: Mapped[date | None] = mapped_column(default=None)
    channel: Mapped[NoticeChannel | None] = mapped_column(EnumText(NoticeChannel), default=None)
    how: Mapped[str | None] = mapped_column(default=None)
    where_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.service_point.id"), default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(default=None)
    acknowledged_by: Mapped[NoticeSigner | None] = mapped_column(EnumText(NoticeSigner), default=None)
    acknowledged_to: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)


class ToleranceRow(TenantBase):
    """A promise 容缺承诺 to supply tolerable materials by a date inside the item's limit."""

    __tablename__ = "tolerance"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"), primary_key=True)
    missing: Mapped[list[str]]
    promised_by: Mapped[date]
    agreed_at: Mapped[datetime]
    fulfilled_at: Mapped[datetime | None] = mapped_column(default=None)
    cleared_at: Mapped[datetime | None] = mapped_column(default=None)  # though broken, it bars no longer


class AuthorisationRow(TenantBase):
    """A power of attorney 委托书 for an AGENCY case: its scope and its last day."""

    __tablename__ = "case_authorisation"
    __table_args__ = (all_of("scope", AuthorisationScope),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"), primary_key=True)
    scope: Mapped[list[AuthorisationScope]] = mapped_column(EnumTextArray(AuthorisationScope))
    valid_until: Mapped[date]
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class HandoverRow(TenantBase):
    """A hand-over 交接. Until it is taken the sender answers for the case; at most one is open for a case."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("taken_at IS NULL OR returned_at IS NULL", name="ended_once"),
        Index(
            "handover_open_key",
            "case_id",
            unique=True,
            postgresql_where="taken_at IS NULL AND returned_at IS NULL",
        ),
        Index("handover_case_idx", "case_id", "offered_at"),
        Index("handover_to_idx", "to_id", postgresql_where="taken_at IS NULL AND returned_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    from_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    reason: Mapped[str]
    offered_at: Mapped[datetime]
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    returned_at: Mapped[datetime | None] = mapped_column(default=None)
    return_reason: Mapped[str | None] = mapped_column(default=None)
    # Of the applicant's, that go with it: code, originals and copies of each.
    papers: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True), default=None)


class RatingRow(TenantBase):
    """The applicant's one rating 评价, after completion."""

    __tablename__ = "rating"
    __table_args__ = (one_of("grade", Grade),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"), primary_key=True)
    grade: Mapped[Grade] = mapped_column(EnumText(Grade))
    comment: Mapped[str | None] = mapped_column(default=None, info=PERSONAL)
    rated_at: Mapped[datetime]


class InterimRatingRow(TenantBase):
    """A rating 边办边评 that the applicant gave while the case was open; one a day, by the key."""

    __tablename__ = "interim_rating"
    __table_args__ = (one_of("grade", Grade),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"), primary_key=True)
    rated_on: Mapped[date] = mapped_column(primary_key=True)
    grade: Mapped[Grade] = mapped_column(EnumText(Grade))
    comment: Mapped[str | None] = mapped_column(default=None, info=PERSONAL)
    rated_at: Mapped[datetime]
