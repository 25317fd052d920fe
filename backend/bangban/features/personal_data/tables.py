"""Rows of what people ask about their own data."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import sealed
from bangban.kernel.database.types import EnumText, one_of

VALUE_CONTEXT = "data_request.value"


class DataField(StrEnum):
    """What of an applicant may be wrong 更正项."""

    NAME = "NAME"
    IDENTITY_NUMBER = "IDENTITY_NUMBER"
    PHONE = "PHONE"


class DataRequestState(StrEnum):
    """State of a request about personal data 申请状态."""

    OPEN = "OPEN"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


class DataRequestRow(TenantBase):
    """A resident's request to have one item of one case corrected. The value goes once it is decided."""

    __tablename__ = "data_request"
    __table_args__ = (
        one_of("field", DataField),
        one_of("state", DataRequestState),
        # One open request for an item at a time; also how the open ones of a case are found.
        Index("data_request_open_key", "case_id", "field", unique=True, postgresql_where="state = 'OPEN'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.resident.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    field: Mapped[DataField] = mapped_column(EnumText(DataField))
    value_sealed: Mapped[bytes | None] = mapped_column(info=sealed(VALUE_CONTEXT), default=None)
    value_masked: Mapped[str]
    reason: Mapped[str]
    state: Mapped[DataRequestState] = mapped_column(EnumText(DataRequestState))
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    answer: Mapped[str | None] = mapped_column(default=None)
