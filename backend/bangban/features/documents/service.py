"""Registering trusted documents, taking them back, and reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.documents.tables import EVERYBODY, TrustedDocumentRow
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.problems import ErrorCode, Problem
from bangban.kernel.tenancy.tenancy import Tenancy

DOCUMENTS_CHANGED: Final = "documents.changed"
MOST_DOCUMENTS: Final = 2000
"""That are registered for one district, or for everybody: every process may come to hold them all."""


class TooManyDocuments(Problem):
    """A district may not register more."""

    code = ErrorCode.LIMIT_EXCEEDED
    zh = "登记的文档过多:每个地区最多 {most} 份。"
    en = "Too many documents: a district may register {most}."


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that was found to fit the schema."""

    sha256: bytes
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered document. ``district`` is None where it is trusted in all of them."""

    sha256: bytes
    name: str
    district: str | None
    added_at: datetime


async def add_documents(
    tenancy: Tenancy,
    documents: Sequence[NewDocument],
    *,
    district: str | None = None,
    now: datetime | None = None,
) -> int:
    """Register all of them or none; how many were new. What is there already stays as it is.

    Raises DistrictUnknown or TooManyDocuments.
    """
    slug = _checked(tenancy, district)
    at = now or datetime.now(UTC)
    rows = [
        {"sha256": each.sha256, "district": slug, "name": each.name, "text": each.text, "added_at": at}
        for each in documents
    ]
    if not rows:
        return 0
    async with tenancy.platform() as db:
        added = await db.scalars(
            insert(TrustedDocumentRow).on_conflict_do_nothing().returning(TrustedDocumentRow.sha256), rows
        )
        fresh = len(added.all())
        mine = select(func.count()).where(TrustedDocumentRow.district == slug)
        if (await db.scalar(mine) or 0) > MOST_DOCUMENTS:
            raise TooManyDocuments(most=MOST_DOCUMENTS)
        if fresh:
            await _record(db, slug, {"registered": fresh}, now=at)
            await tell(db, tenancy.names.channel, slug=slug, kind=DOCUMENTS_CHANGED)
    return fresh


async def remove_documents(
    tenancy: Tenancy, hashes: Sequence[bytes], *, district: str | None = None, now: datetime | None = None
) -> int:
    """Trust these no longer, in the district or where everybody's are kept; how many there were."""
    slug = _checked(tenancy, district)
    async with tenancy.platform() as db:
        gone = await db.scalars(
            delete(TrustedDocumentRow)
            .where(TrustedDocumentRow.district == slug, TrustedDocumentRow.sha256.in_(hashes))
            .returning(TrustedDocumentRow.sha256)
        )
        count = len(gone.all())
        if count:
            await _record(db, slug, {"removed": count}, now=now or datetime.now(UTC))
            await tell(db, tenancy.names.channel, slug=slug, kind=DOCUMENTS_CHANGED)
    return count


async def list_documents(tenancy: Tenancy, *, district: str | None = None) -> list[Registered]:
    """What is registered: everything, or with ``district`` what is trusted there."""
    row = TrustedDocumentRow
    asked = select(row.sha256, row.name, row.district, row.added_at).order_by(
        row.district, row.name, row.sha256
    )
    if district is not None:
        asked = asked.where(row.district.in_((_checked(tenancy, district), EVERYBODY)))
    async with tenancy.platform() as db:
        found = (await db.execute(asked)).all()
    return [Registered(sha256, name, slug or None, at) for sha256, name, slug, at in found]


async def texts_of(tenancy: Tenancy, slug: str) -> dict[str, str]:
    """The texts registered for exactly this district (or, for ``EVERYBODY``, for all) by hash in hexadecimal."""
    row = TrustedDocumentRow
    async with tenancy.platform() as db:
        found = (await db.execute(select(row.sha256, row.text).where(row.district == slug))).all()
    return {sha256.hex(): text for sha256, text in found}


async def _record(db: AsyncSession, slug: str, details: dict[str, Any], *, now: datetime) -> None:
    """In the platform's trail: whoever is at the command line decides what a district trusts."""
    about = f"district:{slug}" if slug else "platform:documents"
    await record_platform(
        db, actor="system", action="documents:change", object=about, details=details, now=now
    )


def _checked(tenancy: Tenancy, district: str | None) -> str:
    return EVERYBODY if district is None else tenancy.registry.get(district).slug
