"""Rows of service points 服务点, their windows and terminals, and of partners' agreements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.places.values import (
    LONGEST_WAIT,
    MOST_WAITING,
    Amenity,
    AssessmentScheme,
    PartnerKind,
    PointKind,
    Specialty,
    WindowKind,
)
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import APPEND_ONLY
from bangban.kernel.database.types import EnumText, EnumTextArray, all_of, one_of


class PartnerAgreementRow(TenantBase):
    """What a partner's points may take in, between two dates, both inclusive (DOMAIN G09, G10)."""

    __tablename__ = "partner_agreement"
    __table_args__ = (
        one_of("partner_kind", PartnerKind),
        CheckConstraint("until >= since", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    partner_kind: Mapped[PartnerKind] = mapped_column(EnumText(PartnerKind))
    partner: Mapped[str]
    service_codes: Mapped[list[str]]
    since: Mapped[date]
    until: Mapped[date]
    provenance: Mapped[str] = mapped_column(default="own")  # stated | sample | own


class ServicePointRow(TenantBase):
    """A place where people are served, from ``since`` to ``until``, both days included.

    Longitude and latitude are degrees of WGS-84, as satellites give them, and never of GCJ-02, which maps sold in
    China show. ``hours`` is the week: see ``rules.WeeklyHours``. Points of partners have an agreement or take
    nothing. ``queue_length`` and ``wait_minutes`` are from when on a queue is a crowd there; None: as in the district.
    """

    __tablename__ = "service_point"
    __table_args__ = (
        one_of("kind", PointKind),
        all_of("amenities", Amenity),
        all_of("specialties", Specialty),
        CheckConstraint("longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90", name="location"),
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="dates"),
        CheckConstraint("kind <> 'FIELD' OR (since IS NOT NULL AND until IS NOT NULL)", name="field"),
        CheckConstraint("agreement_id IS NULL OR kind IN ('BANK', 'SHOP')", name="agreement"),
        CheckConstraint(f"queue_length BETWEEN 1 AND {MOST_WAITING}", name="queue_length"),
        CheckConstraint(f"wait_minutes BETWEEN 1 AND {LONGEST_WAIT}", name="wait_minutes"),
        Index("service_point_area_idx", "area_id", "id"),
        Index("service_point_location_idx", text("point(longitude, latitude)"), postgresql_using="gist"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), unique=True)  # stable across re-imports
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    kind: Mapped[PointKind] = mapped_column(EnumText(PointKind))
    name: Mapped[str]
    address: Mapped[str | None] = mapped_column(default=None)
    longitude: Mapped[float] = mapped_column(Double())
    latitude: Mapped[float] = mapped_column(Double())
    hours: Mapped[dict[str, Any]] = mapped_column(JSONB)
    amenities: Mapped[list[Amenity]] = mapped_column(EnumTextArray(Amenity), default_factory=list)
    specialties: Mapped[list[Specialty]] = mapped_column(EnumTextArray(Specialty), default_factory=list)
    since: Mapped[date | None] = mapped_column(default=None)
    until: Mapped[date | None] = mapped_column(default=None)
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.partner_agreement.id"), default=None)
    provenance: Mapped[str] = mapped_column(default="own")  # stated | sample | own
    queue_length: Mapped[int | None] = mapped_column(default=None)  # people waiting, more than this
    wait_minutes: Mapped[int | None] = mapped_column(default=None)


class ServiceWindowRow(TenantBase):
    """A window of a point: comprehensive, or special for the items and themes it names (DOMAIN A09, G08)."""

    __tablename__ = "service_window"
    __table_args__ = (
        one_of("kind", WindowKind),
        UniqueConstraint("point_id", "number", name="service_window_number_key"),
        CheckConstraint(
            "(kind = 'COMPREHENSIVE') = (cardinality(service_codes) + cardinality(themes) = 0)",
            name="services",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    number: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    kind: Mapped[WindowKind] = mapped_column(EnumText(WindowKind))
    service_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    themes: Mapped[list[str]] = mapped_column(default_factory=list)
    closed_on: Mapped[date | None] = mapped_column(default=None)  # its first day without service


class PointAssessmentRow(TenantBase):
    """One assessment of a point by one scheme (DOMAIN G05, G06), with the criteria that held then.

    ``scores`` are the indicators with what each was given, ``grades`` the grades from the highest: total and grade
    follow from these two. The latest of a point and scheme is in force until ``valid_until``, that day included.
    """

    __tablename__ = "point_assessment"
    __table_args__ = (
        one_of("scheme", AssessmentScheme),
        CheckConstraint("total BETWEEN 0 AND 100", name="total"),
        CheckConstraint("valid_until >= assessed_on", name="dates"),
        Index("point_assessment_point_idx", "point_id", "scheme", "assessed_on", "id"),
        APPEND_ONLY,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    scheme: Mapped[AssessmentScheme] = mapped_column(EnumText(AssessmentScheme))
    scores: Mapped[list[Any]] = mapped_column(JSONB)
    grades: Mapped[list[Any]] = mapped_column(JSONB)
    total: Mapped[float] = mapped_column(Double())
    grade: Mapped[str]
    assessed_on: Mapped[date]
    valid_until: Mapped[date]
    assessed_by: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))


class TerminalRow(TenantBase):
    """A self-service terminal 自助终端 (DOMAIN F02) and how long it was down since it was installed.

    It is down while it says that it has a fault, and while nothing is heard of it for longer than the district
    allows. ``down_seconds`` counts what is over; what goes on began at ``down_since``.
    """

    __tablename__ = "terminal"
    __table_args__ = (
        CheckConstraint("down_seconds >= 0", name="down"),
        Index("terminal_point_idx", "point_id", "key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_point.id"))
    key: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    name: Mapped[str]
    service_codes: Mapped[list[str]]
    installed_at: Mapped[datetime]
    heard_at: Mapped[datetime | None] = mapped_column(default=None)
    fault: Mapped[str | None] = mapped_column(default=None)
    down_since: Mapped[datetime | None] = mapped_column(default=None)
    down_seconds: Mapped[int] = mapped_column(default=0)
