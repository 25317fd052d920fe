"""The installation: extensions, platform schema, its roles, and the making and removing of districts.

Everything here runs as the administrative login. The API processes never use it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest

import asyncpg

from bangban.kernel.database.base import EXTENSION_SCHEMA, PLATFORM_SCHEMA
from bangban.kernel.database.engine import Endpoint, run_script
from bangban.kernel.database.telling import tell_plainly
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.distribution import SEQUENTIAL, application_statements, distribute
from bangban.kernel.tenancy.migrations import code_from_of, district_head, upgrade_platform
from bangban.kernel.tenancy.names import Names, checked_slug, new_tag, quoted
from bangban.kernel.tenancy.provisioning import create_statements, drop_statements, platform_statements
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.vault.keyring import KeyRing
from bangban.kernel.vault.problems import MasterKeyWrong, StartProblem

# Searching Chinese by trigram silently finds nothing where the database's LC_CTYPE is plain C.
_CHINESE_WORKS = f"SELECT cardinality({EXTENSION_SCHEMA}.show_trgm('帮办')) > 0"
_CHECK_PURPOSE = "installation-check"
_PREPARING = 0x62616E67707265  # advisory lock: whoever holds it prepares this database


class ChineseSearchBroken(StartProblem):
    """The database cannot search Chinese text."""

    zh = "数据库的字符类型不支持中文检索:请以 LC_CTYPE=C.UTF-8(或其他 UTF-8 区域)重建数据库。"
    en = "This database cannot search Chinese text: create it anew with LC_CTYPE C.UTF-8 or another UTF-8 locale."


@dataclass(frozen=True)
class NewDistrict:
    """The registry's facts of a district to be made."""

    slug: str
    name: str
    brand: str
    division_code: str | None
    levels: Sequence[AreaLevel]
    circle_minutes: int = 15
    timezone: str = "Asia/Shanghai"
    allowed_origins: Sequence[str] = ()
    hosts: Sequence[str] = ()
    trusted_documents_only: bool = False


@dataclass(frozen=True)
class Installation:
    """One database prepared for Bangban, seen as its administrator."""

    admin: Endpoint
    names: Names
    ring: KeyRing
    citus: bool = False  # districts stand on nodes of their own

    @property
    def application(self) -> Endpoint:
        """The way in for API processes; its password follows from the master key."""
        return self.admin.as_user(self.names.application, self.ring.app_password(self.names.tag))

    @classmethod
    async def prepare(
        cls, admin: Endpoint, ring: KeyRing, *, tag: str | None = None, citus: bool = False
    ) -> Installation:
        """Make the database ready, or find it so. Idempotent; refuses a master key that is not its own."""
        connection = await admin.connect()
        try:
            # Processes that start together do this one after the other; the lock goes with the connection.
            await connection.execute("SELECT pg_advisory_lock($1)", _PREPARING)
            await run_script(
                connection,
                [
                    f"CREATE SCHEMA IF NOT EXISTS {quoted(EXTENSION_SCHEMA)}",
                    f"CREATE SCHEMA IF NOT EXISTS {quoted(PLATFORM_SCHEMA)}",
                    f"CREATE EXTENSION IF NOT EXISTS ltree SCHEMA {quoted(EXTENSION_SCHEMA)}",
                    f"CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA {quoted(EXTENSION_SCHEMA)}",
                ],
            )
            if not await connection.fetchval(_CHINESE_WORKS):
                raise ChineseSearchBroken
            await upgrade_platform(admin)
            names = Names(await _claim(connection, ring, tag or new_tag()))
            await _roles(connection, names, ring, citus=citus)
        finally:
            await connection.close()
        return cls(admin=admin, names=names, ring=ring, citus=citus)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """An administrative connection."""
        connection = await self.admin.connect()
        try:
            yield connection
        finally:
            await connection.close()

    async def create_district(self, new: NewDistrict) -> None:
        """Registry entry, schema, roles and profile, in one transaction: all of it or none."""
        async with self.connection() as connection, connection.transaction():
            if self.citus:
                await connection.execute(SEQUENTIAL)
            slug = checked_slug(new.slug)
            await self.register(connection, new, data_key=os.urandom(32))
            await connection.execute(";\n".join(create_statements(self.names, slug, login=self.citus)))
            if self.citus:
                await distribute(connection, slug)

    async def register(
        self,
        connection: asyncpg.Connection,
        new: NewDistrict,
        *,
        data_key: bytes,
        status: DistrictStatus = DistrictStatus.PROVISIONING,
    ) -> None:
        """The registry entry alone, at the head revision, in the caller's transaction."""
        slug = checked_slug(new.slug)
        await connection.execute(
            "INSERT INTO platform.district (slug, name, brand, division_code, levels, status, circle_minutes,"
            " timezone, allowed_origins, hosts, data_key, revision, created_at, trusted_documents_only,"
            " code_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            slug,
            new.name,
            new.brand,
            new.division_code,
            [str(level) for level in new.levels],
            status,
            new.circle_minutes,
            new.timezone,
            list(new.allowed_origins),
            list(new.hosts),
            self.ring.wrap_data_key(data_key, tag=self.names.tag, slug=slug),
            district_head(),
            datetime.now(UTC),
            new.trusted_documents_only,
            code_from_of(district_head()),
        )

    async def set_status(self, slug: str, status: DistrictStatus) -> None:
        """Open, suspend or close a district, and tell every process."""
        async with self.connection() as connection, connection.transaction():
            await connection.execute(
                "UPDATE platform.district SET status = $2,"
                " live_since = CASE WHEN $2 = 'LIVE' THEN coalesce(live_since, $3) ELSE live_since END,"
                " suspended_why = CASE WHEN $2 = 'SUSPENDED' THEN suspended_why END WHERE slug = $1",
                slug,
                status,
                datetime.now(UTC),
            )
            await self.tell(connection, "registry.changed", slug)

    async def set_trusted_documents_only(self, slug: str, *, only: bool) -> None:
        """Bind the district's anonymous callers and portals to trusted documents, or release them."""
        async with self.connection() as connection, connection.transaction():
            await connection.execute(
                "UPDATE platform.district SET trusted_documents_only = $2 WHERE slug = $1", slug, only
            )
            await self.tell(connection, "registry.changed", slug)

    async def tell(self, connection: asyncpg.Connection, kind: str, slug: str) -> None:
        """Notify every process of the installation."""
        await tell_plainly(connection, self.names.channel, kind=kind, slug=slug)

    async def drop_district(self, slug: str) -> None:
        """Remove a district: schema, roles and registry entry."""
        async with self.connection() as connection, connection.transaction():
            await connection.execute(";\n".join(drop_statements(self.names, checked_slug(slug))))
            await connection.execute("DELETE FROM platform.trusted_document WHERE district = $1", slug)
            await connection.execute("DELETE FROM platform.fleet_finding WHERE slug = $1", slug)
            await connection.execute("DELETE FROM platform.district WHERE slug = $1", slug)
            await self.tell(connection, "registry.changed", slug)


async def _claim(connection: asyncpg.Connection, ring: KeyRing, tag: str) -> str:
    """The installation's tag, decided by whoever comes first; raises MasterKeyWrong."""
    check = ring.derive(_CHECK_PURPOSE)
    await connection.execute(
        "INSERT INTO platform.installation (one, tag, key_check, created_at) VALUES (1, $1, $2, $3)"
        " ON CONFLICT (one) DO NOTHING",
        tag,
        check,
        datetime.now(UTC),
    )
    row = await connection.fetchrow("SELECT tag, key_check FROM platform.installation")
    if not any(compare_digest(row["key_check"], each) for each in ring.derive_all(_CHECK_PURPOSE)):
        raise MasterKeyWrong
    if row["key_check"] != check:
        # The key was rotated: the previous one opened the door, the current one keeps it from now on.
        await connection.execute("UPDATE platform.installation SET key_check = $1", check)
    return str(row["tag"])


async def _roles(connection: asyncpg.Connection, names: Names, ring: KeyRing, *, citus: bool) -> None:
    exists = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", names.application)
    statements = platform_statements(names, application_exists=bool(exists))
    await run_script(connection, statements + (application_statements(names) if citus else []))
    # Utility statements take no bind parameters; format() quotes the literal on the server.
    password = ring.app_password(names.tag)
    statement = await connection.fetchval(
        "SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)", names.application, password
    )
    await connection.execute(statement)
    database = await connection.fetchval("SELECT current_database()")
    # PostgreSQL lets everybody in and make temporary tables: other installations' logins and our own roles too.
    statement = await connection.fetchval(
        "SELECT format('REVOKE ALL ON DATABASE %1$I FROM PUBLIC; GRANT CONNECT ON DATABASE %1$I TO %2$I',"
        " $1::text, $2::text)",
        database,
        names.application,
    )
    await connection.execute(statement)
