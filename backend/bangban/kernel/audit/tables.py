"""Rows of the audit trail 审计轨迹: entries that are only ever inserted, and seals over ranges of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import APPEND_ONLY


class AuditEntryRow(TenantBase):
    """Who did what to which object, when. No personal data; objects are named by number or id."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("audit_entry_at_idx", "at"),
        Index("audit_entry_actor_idx", "actor", "seq"),
        Index("audit_entry_object_idx", "object", "seq"),
        Index("audit_entry_action_idx", "action", "seq"),
        APPEND_ONLY,
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    id: Mapped[UUID] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor: Mapped[str]  # kind and id: staff:…, resident:…, operator:…, system
    action: Mapped[str]  # a permission of the vocabulary, or system:…
    object: Mapped[str]  # kind and number or id: case:ZP20261121-000001
    area_id: Mapped[UUID | None] = mapped_column(default=None)
    request_id: Mapped[str | None] = mapped_column(default=None)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)


class AuditSealRow(TenantBase):
    """A seal over the entries ``first_seq``…``last_seq``, chained to the seal before it."""

    __tablename__ = "audit_seal"
    __table_args__ = (APPEND_ONLY,)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    entries: Mapped[int]
    digest: Mapped[bytes]
    sealed_at: Mapped[datetime]
