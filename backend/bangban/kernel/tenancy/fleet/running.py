"""A run over the fleet: several districts at a time, each in one transaction, whole or not at all.

Where the fleet stands is each district's revision, and nothing else: a run that was killed is resumed by running
again. Two runs at once share the work, since each district has an advisory lock that its transaction holds.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.database.telling import tell
from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.fleet.declared import known_revisions
from bangban.kernel.tenancy.fleet.outcome import Ended, Outcome, Pace, Report
from bangban.kernel.tenancy.fleet.planning import Lagging, find_lagging
from bangban.kernel.tenancy.fleet.queueing import Job, Jobs
from bangban.kernel.tenancy.fleet.trouble import Trouble, is_away, trouble_of
from bangban.kernel.tenancy.migrations import district_head, pending, replay
from bangban.kernel.tenancy.names import Names

_log = structlog.get_logger(__name__)

_LOCK_SPACE: Final = 0x666C6565 << 32  # "flee"
_IDLE_MS: Final = 60_000  # a run that hangs between two statements lets go of its district after this
_MOST_FAILURES: Final = 100  # that an outcome names; all of them are in platform.fleet_finding

_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(:key)")
# Not before the lock was given: it is read as of then.
_STANDING: Final = text(
    "SELECT revision FROM platform.district WHERE slug = :slug AND revision = ANY(CAST(:behind AS text[]))"
    " FOR NO KEY UPDATE"
)
_WELL: Final = text("DELETE FROM platform.fleet_finding WHERE slug = :slug AND kind = 'MIGRATION'")
_FAILED: Final = text(
    """
    INSERT INTO platform.fleet_finding AS f (slug, kind, revision, tries, problem, items, at)
    SELECT slug, 'MIGRATION', revision, :tries, :problem, '[]', :at FROM platform.district WHERE slug = :slug
    ON CONFLICT (slug, kind) DO UPDATE SET
        revision = excluded.revision, tries = f.tries + excluded.tries, problem = excluded.problem, at = excluded.at
    """
)


def lock_of(slug: str) -> int:
    """Key of the advisory lock of the transaction that migrates a district."""
    return _LOCK_SPACE | zlib.crc32(slug.encode())


async def _untold(_stage: str, _done: int, _total: int) -> None:
    """Nobody wants to know."""


async def migrate(
    admin: Endpoint,
    names: Names,
    *,
    pace: Pace | None = None,
    only: Sequence[str] | None = None,
    wanted: Callable[[Lagging], bool] = lambda _: True,
    report: Report = _untold,
) -> Outcome:
    """Bring every district that lags to the head; with nothing to do it costs one query.

    A district that fails is left whole at its old revision, noted, and does not stop the others. Raises Unavailable
    where the database is away, and whatever ``report`` raises.
    """
    run = _Run(admin, names, pace or Pace(), report)
    try:
        return await run.go(only, wanted)
    finally:
        await run.close()


class _Run:
    def __init__(self, admin: Endpoint, names: Names, pace: Pace, report: Report) -> None:
        self._engine: AsyncEngine = admin.engine(size=0)
        self._names = names
        self._pace = pace
        self._report = report
        self._outcome = Outcome()
        self._done = 0

    async def close(self) -> None:
        await self._engine.dispose()

    async def go(self, only: Sequence[str] | None, wanted: Callable[[Lagging], bool]) -> Outcome:
        tried: set[str] = set()
        canary = self._pace.canary
        # Looked for again at the end: a process of the release before may have made a district meanwhile.
        while slugs := [each for each in await self._lagging(only, wanted) if each not in tried]:
            tried |= set(slugs)
            if canary:
                first, slugs, canary = slugs[:canary], slugs[canary:], 0
                await self._stage("canary", first)
                if self._outcome.failures:
                    self._outcome.held_back = len(slugs)
                    return self._outcome
            await self._stage("districts", slugs)
        return self._outcome

    async def _lagging(self, only: Sequence[str] | None, wanted: Callable[[Lagging], bool]) -> list[str]:
        try:
            async with self._engine.connect() as connection:
                return [each.slug for each in await find_lagging(connection, only=only) if wanted(each)]
        except Exception as error:
            if is_away(error):
                raise Unavailable from error
            raise

    async def _stage(self, name: str, slugs: list[str]) -> None:
        jobs, self._done = Jobs(slugs), 0
        if slugs:
            await self._tell(name, jobs, len(slugs))
        workers = min(self._pace.workers, len(slugs))
        await asyncio.gather(*(self._work(name, jobs, len(slugs)) for _ in range(workers)))
        if jobs.stopped is not None:
            raise jobs.stopped

    async def _tell(self, name: str, jobs: Jobs, total: int) -> None:
        try:
            await self._report(name, self._done, total)
        except Exception as halted:  # noqa: BLE001 - whatever it is, it is raised when the others are through
            jobs.stop(halted)

    async def _work(self, name: str, jobs: Jobs, total: int) -> None:
        try:
            async with self._engine.connect() as connection:
                while (job := await jobs.take()) is not None:
                    if await self._turn(connection, jobs, job):
                        self._done += 1
                        await self._tell(name, jobs, total)
        except Exception as error:  # noqa: BLE001 - it ends the run, once the other workers are through
            away = Unavailable() if is_away(error) else None
            if away is not None:
                away.__cause__ = error
            jobs.stop(away or error)

    async def _turn(self, connection: AsyncConnection, jobs: Jobs, job: Job) -> bool:
        """Whether the district's turn is over."""
        try:
            ended = await self._move(connection, job.slug)
        except Exception as error:
            if is_away(error):
                raise
            trouble = trouble_of(error)
            if trouble.passing and job.tries + 1 < self._pace.tries:
                jobs.again(job)
                return False
            await self._note(connection, job, trouble, error)
        else:
            if ended is Ended.BUSY:
                jobs.later(job)
                return False
            self._outcome.moved += ended is Ended.MOVED
        jobs.done()
        return True

    async def _move(self, connection: AsyncConnection, slug: str) -> Ended:
        async with connection.begin():
            # SQLAlchemy begins the transaction with its own first statement, so that one comes before the limits.
            if not await connection.scalar(_LOCK, {"key": lock_of(slug)}):
                return Ended.BUSY
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.execute(
                f"SET LOCAL lock_timeout = {self._pace.lock_timeout_ms:d};"
                f"SET LOCAL statement_timeout = {self._pace.statement_timeout_ms:d};"
                f"SET LOCAL idle_in_transaction_session_timeout = {_IDLE_MS:d}"
            )
            behind = list(known_revisions()[:-1])
            revision = await connection.scalar(_STANDING, {"slug": slug, "behind": behind})
            if revision is None:
                return Ended.ALREADY
            await replay(connection, self._names, slug, pending(revision))
            await connection.execute(_WELL, {"slug": slug})
            await tell(connection, self._names.channel, slug=slug, kind="registry.changed")
        return Ended.MOVED

    async def _note(
        self, connection: AsyncConnection, job: Job, trouble: Trouble, error: BaseException
    ) -> None:
        _log.warning(
            "a district could not be migrated",
            district=job.slug,
            head=district_head(),
            problem=str(trouble),
            error=type(error).__name__,
        )
        self._outcome.failures += 1
        if len(self._outcome.failed) < _MOST_FAILURES:
            self._outcome.failed.append((job.slug, trouble))
        values = {"slug": job.slug, "tries": job.tries + 1, "problem": str(trouble), "at": datetime.now(UTC)}
        async with connection.begin():
            await connection.execute(_FAILED, values)
