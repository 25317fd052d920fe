"""Making room for what an archive holds: registry entry, roles, schema at the archive's revision, then the head's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bangban.features.archives.manifest import Manifest
from bangban.features.archives.problems import ArchiveAltered
from bangban.features.archives.service.structure import target
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.distribution import SEQUENTIAL, distribute
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.migrations import build_at, district_head, pending, replay
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.tenancy.provisioning import schema_statements


class Place(NamedTuple):
    """One administrative transaction: SQLAlchemy's connection for migrations, the driver's beneath it for COPY."""

    connection: AsyncConnection
    driver: asyncpg.Connection


@asynccontextmanager
async def one_transaction(installation: Installation) -> AsyncIterator[Place]:
    """All of it or none: a process that dies leaves nothing, since PostgreSQL rolls back what it began."""
    engine = installation.admin.engine(size=0)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = 30000"))
            # It stands still while files are put, for as long as those take.
            await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            if installation.citus:
                await connection.execute(text(SEQUENTIAL))
            driver: Any = (await connection.get_raw_connection()).driver_connection
            yield Place(connection, driver)
    finally:
        await engine.dispose()


def registered(manifest: Manifest, *, at_home: bool) -> NewDistrict:
    """What the registry is told of the archive's district; elsewhere it gets other addresses.

    Raises ArchiveAltered.
    """
    facts = manifest.district
    try:
        return NewDistrict(
            slug=manifest.slug,
            name=str(facts["name"]),
            brand=str(facts["brand"]),
            division_code=facts["division_code"],
            levels=[AreaLevel(level) for level in facts["levels"]],
            circle_minutes=int(facts["circle_minutes"]),
            timezone=str(facts["timezone"]),
            allowed_origins=[str(each) for each in facts["allowed_origins"]] if at_home else (),
            hosts=[str(each) for each in facts["hosts"]] if at_home else (),
            trusted_documents_only=bool(facts["trusted_documents_only"]),
        )
    except (KeyError, TypeError, ValueError):
        raise ArchiveAltered("its facts of the district are none", "地区概况无法识别") from None


async def build_schema(place: Place, installation: Installation, manifest: Manifest) -> None:
    """Empty tables at the archive's revision; the district's roles are there already."""
    schema = installation.names.schema(manifest.slug)
    if manifest.revision == district_head():
        await place.driver.execute(";\n".join(schema_statements(installation.names, manifest.slug)))
    else:
        await place.driver.execute(f"CREATE SCHEMA {quoted(schema)}")
        await build_at(place.connection, schema, manifest.revision)
    if installation.citus:
        await distribute(place.driver, manifest.slug)


async def bring_to_head(place: Place, installation: Installation, manifest: Manifest) -> None:
    """Replay what an older archive lacks, and give the roles their privileges."""
    if manifest.revision != district_head():
        await replay(place.connection, installation.names, manifest.slug, pending(manifest.revision))


async def record_in_trail(
    place: Place,
    installation: Installation,
    slug: str,
    *,
    action: str,
    now: datetime,
    details: dict[str, Any],
) -> None:
    """An entry at the end of the trail that was put here: the next seal joins it to those that came along."""
    entry = target(installation.names.schema(slug), "audit_entry")
    statement = (
        f"INSERT INTO {entry} (id, at, actor, action, object, request_id, details)"  # noqa: S608 - checked name
        " VALUES ($1, $2, 'operator:00000000-0000-0000-0000-000000000000', $3, $4, '-', $5::jsonb)"
    )
    await place.driver.execute(
        statement,
        new_id(),
        now,
        action,
        f"district:{slug}",
        json.dumps(details),
    )
    async with AsyncSession(bind=place.connection) as db:
        await record_platform(
            db, actor="system", action=action, object=f"district:{slug}", now=now, details=details
        )


async def tell_everybody(place: Place, installation: Installation, slug: str) -> None:
    """At the commit every process forgets what it knew of the district."""
    for kind in ("registry.changed", "staff.changed", "policy.changed", "calendar.changed"):
        await installation.tell(place.driver, kind, slug)
