"""Whose trail it is: a district's or the platform's. Both are sealed, verified and checkpointed by the same code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bangban.kernel.access.principals import Principal
from bangban.kernel.audit.platform import PLATFORM_TRAIL, PlatformSealRow
from bangban.kernel.audit.ranges import Ranges
from bangban.kernel.audit.tables import AuditSealRow
from bangban.kernel.database.base import PLATFORM_SCHEMA
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@dataclass(frozen=True)
class Trail:
    """One trail. ``name`` is a district's slug or ``PLATFORM_TRAIL``, and is what its chain begins with.

    ``read`` runs one statement as a role that may only read it, ``begin`` opens a transaction that may add to it.
    """

    name: str
    schema: str
    seals: type[Any]
    read: Callable[..., Awaitable[str | bytes]]
    begin: Callable[[], AbstractAsyncContextManager[AsyncSession]]

    @property
    def ranges(self) -> Ranges:
        """The statements over it."""
        return Ranges(self.schema)


def trail_of(tenancy: Tenancy, district: District) -> Trail:
    """A district's."""

    async def read(sql: str, *arguments: object) -> bytes:
        return await tenancy.reader.district(district.slug, Wall.AUDIT, sql, arguments)

    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncSession]:
        # The sealer decides nothing that access governs; it needs the district's writing role and no grants.
        async with tenancy.write(district, Principal.anonymous(district=district.slug)) as work:
            yield work.db

    return Trail(name=district.slug, schema=district.schema, seals=AuditSealRow, read=read, begin=begin)


def platform_trail(tenancy: Tenancy) -> Trail:
    """The platform's own."""

    async def read(sql: str, *arguments: object) -> bytes:
        return await tenancy.reader.platform(sql, arguments)

    return Trail(
        name=PLATFORM_TRAIL, schema=PLATFORM_SCHEMA, seals=PlatformSealRow, read=read, begin=tenancy.platform
    )
