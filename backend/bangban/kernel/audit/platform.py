"""The platform's own trail: what operators, applicants and long work did outside every district.

Append-only by privilege and sealed, like a district's (``sealing.py``). No personal data: people are named by kind
and id.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import PLATFORM_SCHEMA, PlatformBase
from bangban.kernel.database.telling import tell
from bangban.kernel.ids import new_id

PLATFORM_TRAIL: Final = "@platform"
"""What the platform's trail is called where districts are called by slug; no slug has such a letter."""

RECORDED: Final = "audit.recorded"
"""Notified at commit, for whoever seals."""

CHANNEL: Final = "channel"
"""In a platform session's ``info``: the installation's channel of notifications."""


def audit_latch(schema: str) -> int:
    """Key of the advisory lock around the audit numbers of a district or of the platform."""
    return (0x62616E67 << 32) | zlib.crc32(schema.encode())


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


class PlatformSealRow(PlatformBase):
    """A seal over the entries ``first_seq``…``last_seq``, chained to the seal before it."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    entries: Mapped[int]
    digest: Mapped[bytes]
    sealed_at: Mapped[datetime]


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
    """Add an entry to the platform's trail, in the caller's platform transaction. No personal data.

    Its number is taken under the shared latch, so that the sealer knows when no lower one is on its way.
    """
    latch = (
        select(func.pg_advisory_xact_lock_shared(literal(audit_latch(PLATFORM_SCHEMA), BigInteger())))
        .cte("latch")
        .prefix_with("MATERIALIZED")
    )
    columns = PlatformEntryRow.__table__.c
    given = {
        "id": new_id(),
        "at": now,
        "actor": actor,
        "action": str(action),
        "object": object,
        "request_id": request_id,
        "details": details or {},
    }
    values = [cast(literal(value, columns[name].type), columns[name].type) for name, value in given.items()]
    entry = select(*values).select_from(latch)
    await db.execute(insert(PlatformEntryRow).from_select([*given], entry, include_defaults=False))
    if (channel := db.info.get(CHANNEL)) is not None:
        await tell(db, channel, kind=RECORDED)
