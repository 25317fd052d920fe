"""Rows of proxy use 代操作记录."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.proxy_use.values import Consent, ProxyStep
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.types import EnumText, one_of


class ProxyUseRow(TenantBase):
    """One online step that an agent did for a resident who was there: of a case, or about an item alone.

    ``entered`` and ``shown`` are names out of the district's lists; no value is ever kept.
    """

    __tablename__ = "proxy_use"
    __table_args__ = (
        one_of("step", ProxyStep),
        one_of("consent", Consent),
        Index("proxy_use_at_idx", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.cases.id"))
    service_code: Mapped[str] = mapped_column(Text(collation="C"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    at: Mapped[datetime]
    step: Mapped[ProxyStep] = mapped_column(EnumText(ProxyStep))
    consent: Mapped[Consent] = mapped_column(EnumText(Consent))
    consented_at: Mapped[datetime]
    app: Mapped[str]
    entered: Mapped[list[str]]
    shown: Mapped[list[str]]
    elderly: Mapped[bool]  # of whoever was helped; that is all that is kept of them here
