"""Rows of the service catalog 事项目录. A version is never changed once a case has begun with it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.catalog.values import (
    Audience,
    CaseType,
    Channel,
    DelegationScope,
    RunningCases,
    ServiceKind,
)
from bangban.kernel.database.base import EXTENSION_SCHEMA, TenantBase
from bangban.kernel.database.types import EnumText, EnumTextArray, all_of, one_of
from bangban.kernel.levels import AreaLevel


class ServiceItemRow(TenantBase):
    """One version of one item. In force from ``effective_from`` until the day before ``effective_to``."""

    __tablename__ = "service_item"
    __table_args__ = (
        UniqueConstraint("code", "version", name="service_item_version_key"),
        one_of("kind", ServiceKind),
        one_of("level", AreaLevel),
        one_of("case_type", CaseType),
        all_of("audience", Audience),
        all_of("channels", Channel),
        all_of("handled_at", AreaLevel),
        all_of("pre_checked_at", AreaLevel),
        CheckConstraint("promised_working_days <= legal_working_days", name="promise"),
        CheckConstraint("effective_to IS NULL OR effective_to > effective_from", name="effective"),
        Index(
            "service_item_name_idx",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": f"{EXTENSION_SCHEMA}.gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"))
    version: Mapped[int]
    name: Mapped[str]
    kind: Mapped[ServiceKind] = mapped_column(EnumText(ServiceKind))
    audience: Mapped[list[Audience]] = mapped_column(EnumTextArray(Audience))
    level: Mapped[AreaLevel] = mapped_column(EnumText(AreaLevel))
    case_type: Mapped[CaseType] = mapped_column(EnumText(CaseType))
    promised_working_days: Mapped[int]
    legal_working_days: Mapped[int]
    max_trips: Mapped[int]
    fee_amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2), default=None)
    fee_basis: Mapped[str | None] = mapped_column(default=None)
    channels: Mapped[list[Channel]] = mapped_column(EnumTextArray(Channel))
    handled_at: Mapped[list[AreaLevel]] = mapped_column(EnumTextArray(AreaLevel))
    pre_checked_at: Mapped[list[AreaLevel]] = mapped_column(EnumTextArray(AreaLevel))
    legal_basis: Mapped[list[str]]
    result_name: Mapped[str]
    conditions: Mapped[str | None] = mapped_column(default=None)
    department: Mapped[str | None] = mapped_column(default=None)
    effective_from: Mapped[date]
    effective_to: Mapped[date | None] = mapped_column(default=None)
    origin: Mapped[str] = mapped_column(default="own")  # own | template | adapted
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
    # Of items that follow a template: which one, the digest of the text that was taken last, and what that text
    # says otherwise than this version does. So a district's own change is told apart from the template's.
    taken_from: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)


class ServiceMaterialRow(TenantBase):
    """One paper that an item asks for 申请材料."""

    __tablename__ = "service_material"
    __table_args__ = (
        UniqueConstraint("item_id", "code", name="service_material_code_key"),
        CheckConstraint("NOT (core AND tolerable)", name="core"),
        CheckConstraint("originals >= 0 AND copies >= 0", name="counts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_item.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    required: Mapped[bool]
    tolerable: Mapped[bool]
    core: Mapped[bool]
    originals: Mapped[int]
    copies: Mapped[int]
    issuer: Mapped[str | None] = mapped_column(default=None)
    source: Mapped[str | None] = mapped_column(default=None)
    form: Mapped[str | None] = mapped_column(default=None)


class DelegationRow(TenantBase):
    """An item that a unit takes on, from ``since`` to ``until``, both days included (DOMAIN G07).

    The unit is an area, with all below it, or one service point; with ``staff_id`` it is that person's alone while they
    work there 首席代表 (DOMAIN A11). It follows the item's code through its versions.
    ``withdrawn_on`` is the first day on which it does not hold any more, ``withdrawn_at`` when that was said: on the
    very day, it held until then for what began before (NULL before 0.4.0); ``running`` says what becomes of the cases
    that the unit has in hand then.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        one_of("scope", DelegationScope),
        one_of("running", RunningCases),
        CheckConstraint("(to_area_id IS NULL) <> (to_point_id IS NULL)", name="unit"),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        CheckConstraint("(withdrawn_on IS NULL) = (running IS NULL)", name="withdrawn"),
        Index("delegation_service_idx", "service_code", "id"),
        Index("delegation_area_idx", "to_area_id", postgresql_where="to_area_id IS NOT NULL"),
        Index("delegation_point_idx", "to_point_id", postgresql_where="to_point_id IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_code: Mapped[str] = mapped_column(Text(collation="C"))
    from_area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))  # whose item it is
    to_area_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.area.id"), default=None)
    to_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.service_point.id"), default=None)
    scope: Mapped[DelegationScope] = mapped_column(EnumText(DelegationScope))
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(default=None)
    basis: Mapped[str]
    withdrawn_on: Mapped[date | None] = mapped_column(default=None)
    running: Mapped[RunningCases | None] = mapped_column(EnumText(RunningCases), default=None)
    withdrawal_reason: Mapped[str | None] = mapped_column(default=None)
    provenance: Mapped[str] = mapped_column(default="own")  # stated | sample | own
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
