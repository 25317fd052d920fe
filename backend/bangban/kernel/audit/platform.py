"""The platform's own trail: what operators, applicants and long work did outside every district.

Append-only by privilege, like a district's. No personal data: people are named by kind and id.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import PlatformBase
from bangban.kernel.ids import new_id


class PlatformEntryRow(PlatformBase):
    """Who did what to which object of the platform, when."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("audit_entry_object_idx", "object", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    id: Mapped[UUID] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor: Mapped[str]  # operator:…, applicant:…, system
    action: Mapped[str]  # a permission of the vocabulary, or task:…
    object: Mapped[str]  # kind and name or id: district:zouping, onboarding:…
    request_id: Mapped[str | None] = mapped_column(default=None)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)


async def record_platform(
    db: AsyncSession,
    *,
    actor: str,
    action: str,
    object: str,  # noqa: A002 - the audit trail's own word
    now: datetime,
    details: dict[str, Any] | None = None,
    request_id: str = "-",
) -> None:
    """Add an entry to the platform's trail, in the caller's platform transaction. No personal data."""
    await db.execute(
        insert(PlatformEntryRow).values(
            id=new_id(),
            at=now,
            actor=actor,
            action=str(action),
            object=object,
            request_id=request_id,
            details=details or {},
        )
    )
