"""Telling every process of an installation, at commit, that something changed.

A notification is a hint: a district's slug, what kind of thing, and which one. Whoever hears it reads for itself.
"""

from __future__ import annotations

from typing import Final

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

_TELL: Final = text(
    "SELECT pg_notify(:channel, json_build_object('d', CAST(:slug AS text), 'k', CAST(:kind AS text),"
    " 'r', CAST(:reference AS text))::text)"
)
_TELL_PLAIN: Final = (
    "SELECT pg_notify($1, json_build_object('d', $2::text, 'k', $3::text, 'r', $4::text)::text)"
)


async def tell(
    db: AsyncSession | AsyncConnection, channel: str, *, kind: str, slug: str = "", reference: str = ""
) -> None:
    """Tell of it when the caller's transaction commits. Without ``slug`` it is of no district, or of all."""
    given = {"channel": channel, "slug": slug, "kind": kind, "reference": reference}
    await db.execute(_TELL, given)


async def tell_plainly(
    connection: asyncpg.Connection, channel: str, *, kind: str, slug: str = "", reference: str = ""
) -> None:
    """The same on a connection of the driver's own."""
    await connection.execute(_TELL_PLAIN, channel, slug, kind, reference)
