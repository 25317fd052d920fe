"""The tables as an application of its own would declare them: only the columns that are asked for."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Tables of the schema ``tenant``, which each session translates to its district's."""

    metadata = MetaData(schema="tenant")
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        str: Text(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text()),
        Decimal: Numeric(12, 2),
    }


class Area(Base):
    __tablename__ = "area"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str | None]
    name: Mapped[str]
    full_name: Mapped[str]
    level: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.area.id"))
    position: Mapped[int]
    retired_on: Mapped[date | None]


class Staff(Base):
    __tablename__ = "staff"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class ServiceItem(Base):
    __tablename__ = "service_item"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    audience: Mapped[list[str]]
    case_type: Mapped[str]
    promised_working_days: Mapped[int]
    legal_working_days: Mapped[int]
    max_trips: Mapped[int]
    fee_amount: Mapped[Decimal | None]
    fee_basis: Mapped[str | None]
    channels: Mapped[list[str]]
    handled_at: Mapped[list[str]]
    department: Mapped[str | None]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]


class Case(Base):
    __tablename__ = "cases"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    state: Mapped[str]
    service_item_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_item.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    applicant_kind: Mapped[str]
    applicant_name: Mapped[str]
    identity_masked: Mapped[str]
    phone_masked: Mapped[str]
    help: Mapped[str]
    modes: Mapped[list[str]]
    channel: Mapped[str]
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    submitted_at: Mapped[datetime]
    note: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class CaseMaterial(Base):
    __tablename__ = "case_material"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    required: Mapped[bool]
    tolerable: Mapped[bool]
    state: Mapped[str]
    reason: Mapped[str | None]


class CaseEvent(Base):
    __tablename__ = "case_event"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str | None]
    note: Mapped[str | None]


class Rating(Base):
    __tablename__ = "rating"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"), primary_key=True)
    grade: Mapped[str]
    comment: Mapped[str | None]
    rated_at: Mapped[datetime]


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    object: Mapped[str]
    area_id: Mapped[UUID | None]
    request_id: Mapped[str | None]
