"""Sealing: what was committed after the last seal is hashed, in ranges, each chained to the one before.

Writers insert entries without a chain (DESIGN 7). What a sealer needs to know is how far the trail is
settled: up to which number nothing more can appear. ``docs/audit.md`` has the argument; in short, a writer
holds the district's latch shared from before its first number until its commit, so whoever holds it alone
sees all.
"""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bangban.kernel.audit.canonical import SealDigest, SealHead, canonical, genesis, microseconds
from bangban.kernel.audit.platform import audit_latch
from bangban.kernel.audit.ranges import Ranges, Seal, entries_in, seals_in
from bangban.kernel.audit.trails import Trail, platform_trail, trail_of
from bangban.kernel.problems import Conflict
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

BATCH: Final = 10_000
"""Entries in one seal at most: what an auditor has to look through when a seal does not agree."""

# Hashing a page holds the event loop for a few milliseconds; requests are served in between.
_PAGE: Final = 500
_TRIES: Final = 6
_PAUSE: Final = 0.004

PATIENCE_MS: Final = 40
"""How long a sealer that never found a gap between writers may keep new ones waiting."""


@dataclass(frozen=True)
class Sealed:
    """What a run did. ``settled`` is false where writers left no moment to look, or another sealer won."""

    seals: int
    entries: int
    settled: bool = True


class _OutrunBySealer(Conflict):
    """Another sealer made the seal of this number first."""


async def seal_district(
    tenancy: Tenancy,
    district: District,
    *,
    batch: int = BATCH,
    patience_ms: int = PATIENCE_MS,
    now: datetime | None = None,
) -> Sealed:
    """Seal everything that is settled in a district. See ``seal_trail``."""
    return await seal_trail(trail_of(tenancy, district), batch=batch, patience_ms=patience_ms, now=now)


async def seal_platform(
    tenancy: Tenancy, *, batch: int = BATCH, patience_ms: int = PATIENCE_MS, now: datetime | None = None
) -> Sealed:
    """Seal everything that is settled in the platform's own trail. See ``seal_trail``."""
    return await seal_trail(platform_trail(tenancy), batch=batch, patience_ms=patience_ms, now=now)


async def seal_trail(
    trail: Trail, *, batch: int = BATCH, patience_ms: int = PATIENCE_MS, now: datetime | None = None
) -> Sealed:
    """Seal everything that is settled, ``batch`` entries at a time. Costs one read where there is nothing.

    ``patience_ms`` bounds what writers can be made to wait, in the worst case; raise it where that starves.
    """
    if not json.loads(await trail.read(trail.ranges.unsealed)):
        return Sealed(0, 0)
    horizon = await _find_horizon(trail, patience_ms=patience_ms)
    if horizon is None:
        return Sealed(0, 0, settled=False)
    seals = entries = 0
    while True:
        try:
            head = await _seal_next(trail, horizon=horizon, batch=batch, now=now)
        except Conflict:  # outrun, whichever way the database put it
            return Sealed(seals, entries, settled=False)
        if head is None:
            return Sealed(seals, entries)
        seals, entries = seals + 1, entries + head.entries


async def _find_horizon(trail: Trail, *, patience_ms: int) -> int | None:
    """The number up to which the trail is settled, or None where writers overlap without a gap.

    A lock request that waits makes every later writer wait behind it. So the latch is only tried, again after
    short pauses; a busy district has gaps, since writers hold it no longer than their last statement and
    their commit take. Where there is none, one request queues, for at most ``patience_ms``: that is the
    longest that sealing can ever hold a writer up. It is let go before anything is hashed.
    """
    for attempt in range(_TRIES):
        horizon = await _horizon_now(trail)
        if horizon is not None:
            return horizon
        # Jitter, so that several processes' sealers do not keep getting into each other's way.
        await asyncio.sleep(_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - not a secret
    try:
        return await _horizon_now(trail, wait_ms=patience_ms)
    except Conflict:  # what the session makes of a lock timeout
        return None


async def _horizon_now(trail: Trail, *, wait_ms: int | None = None) -> int | None:
    async with trail.begin() as db:
        connection = await db.connection()
        latch = audit_latch(trail.schema)
        if wait_ms is None:
            held = await _scalar(connection, "SELECT pg_try_advisory_xact_lock($1)", latch)
            if not held:
                return None
        else:
            await connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms:d}")
            await _scalar(connection, "SELECT pg_advisory_xact_lock($1)", latch)
        return int(await _scalar(connection, trail.ranges.horizon))


async def _seal_next(trail: Trail, *, horizon: int, batch: int, now: datetime | None) -> SealHead | None:
    """One seal; None where nothing is left. Raises _OutrunBySealer."""
    ranges, at = trail.ranges, now or datetime.now(UTC)
    async with trail.begin() as db:
        connection = await db.connection()
        before = await _last_seal(connection, ranges, trail.name)
        since = before.head.last_seq
        count, last = json.loads(await _scalar(connection, ranges.span, since, horizon, batch))
        if not count:
            return None
        # From right after the last seal, not from the first entry: what is put into a gap is inside a seal.
        head = SealHead(before.head.number + 1, since + 1, last, count, microseconds(at))
        digest = SealDigest(before.digest, head)
        after = since
        while after < last:
            page = entries_in(await _scalar(connection, ranges.entries, after, last, _PAGE))
            if not page:
                break
            digest.feed(map(canonical, page))
            after, count = page[-1].seq, count - len(page)
        if count:
            message = "the trail changed below its horizon while it was being sealed"
            raise RuntimeError(message)
        # The primary key decides between two sealers, and the loser is told so without an error.
        statement = (
            insert(trail.seals)
            .values(
                number=head.number,
                first_seq=head.first_seq,
                last_seq=head.last_seq,
                entries=head.entries,
                digest=digest.digest(),
                sealed_at=at,
            )
            .on_conflict_do_nothing()
            .returning(trail.seals.number)
        )
        if (await db.execute(statement)).scalar_one_or_none() is None:
            raise _OutrunBySealer
        return head


async def _last_seal(connection: AsyncConnection, ranges: Ranges, slug: str) -> Seal:
    found = seals_in(await _scalar(connection, ranges.last_seal))
    return found[0] if found else Seal(SealHead(0, 0, 0, 0, 0), genesis(slug))


async def _scalar(connection: AsyncConnection, sql: str, *arguments: object) -> Any:
    return (await connection.exec_driver_sql(sql, arguments)).scalar_one()
