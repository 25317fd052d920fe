"""The calendar as data 工作日历: the national notice is the platform's, local exceptions are a district's.

Either change is carried over to the district's open cases (``recompute``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import BigInteger, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.calendar.local_days import reset_local_day, set_local_day
from bangban.features.calendar.notices import Notice, days_to_store, is_weekday, stays
from bangban.features.calendar.recompute import Recomputed, recompute_cases
from bangban.features.districts.platform import platform_work
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.clock import PublishedCalendar, published_calendar
from bangban.kernel.database.telling import tell
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.rules import CALENDAR_CHANGED
from bangban.kernel.tenancy.tables import HolidayRow
from bangban.kernel.tenancy.tenancy import Tenancy

BY_NOTICE: Final = "notice"
BY_HAND: Final = "repeated"
_IMPORT_LATCH: Final = 0x62616E67_686F6C79  # one import at a time in the database
_REQUEST: Final = "calendar"

Progress = Callable[[int, int], None]
"""Called with the number of districts done, and of all."""


@dataclass(frozen=True)
class Imported:
    """What an import stored. ``changed``: lines that are new, different or gone."""

    year: int
    holidays: int
    make_up_days: int
    changed: int
    horizon: date


@dataclass(frozen=True)
class DayShown:
    """A day that is not what its weekday would make it."""

    day: date
    working: bool
    source: str | None  # None where the software itself knows it


async def import_notice(
    tenancy: Tenancy, notice: Notice, *, source: str, now: datetime | None = None
) -> Imported:
    """Store a year's notice in place of what was known of that year, and tell every process at commit.

    Repeating it changes nothing. The districts' cases are another step: ``recompute_districts``.

    Raises:
        CalendarIncomplete: A year before it is not known yet.
        BeyondCalendar: The year lies before the calendar begins.
    """
    software = published_calendar()
    wanted = {
        day: (said.working, " · ".join(filter(None, (said.name, source))))
        for day, said in days_to_store(notice, software).items()
    }
    async with tenancy.platform() as db:
        await db.execute(select(func.pg_advisory_xact_lock(literal(_IMPORT_LATCH, BigInteger))))
        stored = {row.day: (row.working, row.source) for row in await db.scalars(select(HolidayRow))}
        next_known = any(day.year > notice.year for day in (*stored, software.horizon))
        gone = [
            day
            for day in stored.keys() - wanted.keys()
            if not stays(day, year=notice.year, next_year_known=next_known)
        ]
        after = {day: row for day, row in stored.items() if day not in gone} | wanted
        published = software.extended({day: working for day, (working, _) in after.items()})
        fresh = {day: row for day, row in wanted.items() if stored.get(day) != row}
        await _store(db, fresh, gone)
        if fresh or gone:
            await record_platform(
                db,
                actor="system",
                action="calendar:import",
                object=f"calendar:{notice.year}",
                details={"changed": len(fresh) + len(gone)},
                now=now or datetime.now(UTC),
            )
        await tell(db, tenancy.names.channel, slug="", kind=CALENDAR_CHANGED)
    await tenancy.holidays_changed()
    shown = shown_days(published, {}, year=notice.year)
    return Imported(
        year=notice.year,
        holidays=sum(not each.working for each in shown),
        make_up_days=sum(each.working for each in shown),
        changed=len(fresh) + len(gone),
        horizon=published.horizon,
    )


async def _store(db: AsyncSession, fresh: dict[date, tuple[bool, str]], gone: Sequence[date]) -> None:
    if gone:
        await db.execute(delete(HolidayRow).where(HolidayRow.day.in_(gone)))
    if fresh:
        new = insert(HolidayRow).values(
            [{"day": day, "working": working, "source": said} for day, (working, said) in fresh.items()]
        )
        changes = {"working": new.excluded.working, "source": new.excluded.source}
        await db.execute(new.on_conflict_do_update(index_elements=[HolidayRow.day], set_=changes))


def shown_days(published: PublishedCalendar, sources: dict[date, str], *, year: int) -> list[DayShown]:
    """The holidays and make-up working days of a year, in order, holidays on weekends included."""
    return [
        DayShown(day, working, sources.get(day))
        for day, working in sorted(published.changed.items())
        if day.year == year and not (working and is_weekday(day))
    ]


async def sources(tenancy: Tenancy) -> dict[date, str]:
    """What each imported day was imported from."""
    async with tenancy.platform() as db:
        rows = await db.execute(select(HolidayRow.day, HolidayRow.source))
        return {row.day: row.source for row in rows}


async def change_local_day(
    tenancy: Tenancy, district: District, *, day: date, working: bool | None, reason: str = ""
) -> Recomputed:
    """``set_local_day``, or ``reset_local_day`` where ``working`` is None, by the platform's operator."""
    async with platform_work(tenancy, district, request_id=_REQUEST) as work:
        if working is None:
            _, done = await reset_local_day(work, tenancy, day=day)
        else:
            _, done = await set_local_day(work, tenancy, day=day, working=working, reason=reason)
    tenancy.forget(district.slug)
    return done


async def recompute_districts(
    tenancy: Tenancy, districts: Sequence[District], *, cause: str
) -> AsyncIterator[Recomputed | Refused]:
    """Recompute the open cases of one district after the other, a transaction each.

    A district that refuses, such as one in which too much goes on at the moment, does not hold up the others;
    running it again for all is safe.
    """
    for district in districts:
        try:
            async with platform_work(tenancy, district, request_id=_REQUEST) as work:
                done = await recompute_cases(work, tenancy.registry, cause=cause)
        except Problem as problem:
            yield Refused(district.slug, problem)
            continue
        tenancy.forget(district.slug)
        yield done


@dataclass(frozen=True)
class Refused:
    """A district whose cases could not be recomputed, and why."""

    slug: str
    problem: Problem
