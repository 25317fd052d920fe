"""Keeping the statistics up to date: each district counts itself, and the platform adds up what it was told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, case, delete, exists, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.statistics.counting import Figures, count_district
from bangban.features.statistics.rules import told
from bangban.features.statistics.tables import StatisticRow
from bangban.features.statistics.values import ALL, EVERYWHERE, UNTOLD
from bangban.kernel.database.telling import tell
from bangban.kernel.tenancy.quotas import MEGABYTE, Quotas
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy

_log = structlog.get_logger(__name__)

KEPT: Final = timedelta(days=400)
"""How long the sums of a day are kept: more than a year, to compare a month with the same one before."""

_ONE_AT_A_TIME: Final = 0x73746174  # advisory lock: whoever holds it counts
_COUNTED: Final = (DistrictStatus.LIVE, DistrictStatus.SUSPENDED)


async def keep_statistics(
    tenancy: Tenancy,
    *,
    every: timedelta,
    now: datetime | None = None,
    step: Callable[[int, int], Awaitable[None]] | None = None,
) -> int:
    """Count the districts that were last counted longer than ``every`` ago, then add up; how many there were.

    Each district is a transaction of its own, so a process that is killed leaves the rest to the next look. Of
    several processes that count the same one at once, all write the same. ``step`` is told, between districts,
    how many are behind and how many there are; it may raise to stop.
    """
    at = now or datetime.now(UTC)
    async with tenancy.platform() as db:
        slugs = (
            await db.scalars(
                select(DistrictRow.slug)
                .where(*_stale(at - every))
                .order_by(DistrictRow.measured_at.nulls_first(), DistrictRow.slug)
            )
        ).all()
    done = 0
    for place, slug in enumerate(slugs):
        if step is not None:
            await step(place, len(slugs))
        try:
            done += await count_one(tenancy, slug, now=at)
        except Exception as error:  # noqa: BLE001 - one district's trouble is not the others'
            _log.error("counting failed", district=slug, problem=type(error).__name__)
    if done:
        await add_up(tenancy, now=at)
    if step is not None:
        await step(len(slugs), len(slugs))
    return done


async def is_stale(db: AsyncSession, *, before: datetime) -> bool:
    """Whether a district was last counted before this moment, or never."""
    return bool(await db.scalar(select(exists().where(*_stale(before)))))


def _stale(before: datetime) -> tuple[ColumnElement[bool], ...]:
    never_since = or_(DistrictRow.measured_at.is_(None), DistrictRow.measured_at <= before)
    return DistrictRow.status.in_(_COUNTED), never_since


async def count_one(tenancy: Tenancy, slug: str, *, now: datetime) -> bool:
    """Count one district and keep what may be told of it; whether it is there."""
    district = tenancy.registry.find(slug)
    if district is None:
        return False
    figures = await count_district(tenancy, district, now=now)
    async with tenancy.platform() as db:
        await _keep_sizes(db, tenancy, slug, figures, now=now)
        await db.execute(delete(StatisticRow).where(StatisticRow.district == slug))
        rows = [
            {"district": slug, "measure": measure, "word": word, "day": now.date(), "count": count}
            for measure, cells in figures.counts.items()
            for word, count in {**told(cells), ALL: sum(cells.values())}.items()
        ]
        for row in rows:
            row["computed_at"] = now
        await db.execute(insert(StatisticRow).on_conflict_do_nothing(), rows)
    return True


async def add_up(tenancy: Tenancy, *, now: datetime) -> None:
    """The sums over all districts, of this day: of what was told, and how much was not."""
    async with tenancy.platform() as db:
        await db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        day = now.date()
        await db.execute(
            delete(StatisticRow).where(
                StatisticRow.district == EVERYWHERE,
                or_(StatisticRow.day == day, StatisticRow.day < day - KEPT),
            )
        )
        # Districts that left or were dropped since count no longer.
        here = select(DistrictRow.slug).where(DistrictRow.status.in_(_COUNTED))
        await db.execute(
            delete(StatisticRow).where(
                StatisticRow.district != EVERYWHERE, StatisticRow.district.not_in(here)
            )
        )
        await _sum(db, day, now)


async def _sum(db: AsyncSession, day: date, now: datetime) -> None:
    of_districts = StatisticRow.district != EVERYWHERE
    words = (
        select(StatisticRow.measure, StatisticRow.word, func.sum(StatisticRow.count).label("count"))
        .where(of_districts)
        .group_by(StatisticRow.measure, StatisticRow.word)
    )
    signed = case((StatisticRow.word == ALL, StatisticRow.count), else_=-StatisticRow.count)
    untold = (
        select(StatisticRow.measure, literal(UNTOLD).label("word"), func.sum(signed).label("count"))
        .where(of_districts)
        .group_by(StatisticRow.measure)
    )
    rows: list[dict[str, Any]] = [
        {
            "district": EVERYWHERE,
            "measure": measure,
            "word": word,
            "day": day,
            "count": int(count or 0),
            "computed_at": now,
        }
        for statement in (words, untold)
        for measure, word, count in (await db.execute(statement)).all()
    ]
    if rows:
        await db.execute(insert(StatisticRow), rows)


async def _keep_sizes(
    db: AsyncSession, tenancy: Tenancy, slug: str, figures: Figures, *, now: datetime
) -> None:
    """The sizes in the registry. Processes are told where it makes a difference to what is refused."""
    row = (
        await db.execute(
            select(DistrictRow.storage_bytes, DistrictRow.quotas).where(DistrictRow.slug == slug)
        )
    ).one_or_none()
    if row is None:
        return
    await db.execute(
        update(DistrictRow)
        .where(DistrictRow.slug == slug)
        .values(storage_bytes=figures.storage_bytes, staff_accounts=figures.staff_accounts, measured_at=now)
    )
    most = Quotas.of(row.quotas).storage_mb
    if most is not None:
        limit = most * MEGABYTE
        if ((row.storage_bytes or 0) >= limit) is not (figures.storage_bytes >= limit):
            await tell(db, tenancy.names.channel, slug=slug, kind="registry.changed")
