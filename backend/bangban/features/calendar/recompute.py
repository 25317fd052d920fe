"""Open cases follow the calendar: after a change, their numbers of days are reckoned anew from dates.

Concurrent casework cannot slip through. Whoever stores numbers made with the calendar shares the profile's row
first (``Work.hold_calendar``); a change locks that row for itself, so it begins when such casework has ended,
and sees all of it. Casework that comes later waits until the change is committed, finds that the profile's
stamp is not the one that its process knew, and reads the calendar again. The order is the same on both sides,
profile then cases, so neither waits for the other in a circle.

What remains are readings: between the commit and the moment when a process has heard of it (NOTIFY), it shows
remaining days and lights with today's number of the former calendar. Nothing of that is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Uuid, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.calendar.rules import ClockColumns, OpenCase, reckon
from bangban.features.cases.rules.facts import AFTER_ACCEPTANCE
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import EventKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock import BeyondCalendar, WorkingCalendar
from bangban.kernel.tenancy.registry import Registry
from bangban.kernel.tenancy.rules import CALENDAR_CHANGED, CALENDAR_STAMP
from bangban.kernel.tenancy.tables import ClosureRow, ProfileRow
from bangban.kernel.tenancy.work import Work

BATCH: Final = 1_000
_TYPES: Final[dict[str, Any]] = {
    "accepted_ordinal": BigInteger(),
    "due_ordinal": BigInteger(),
    "due_on": Date(),
    "due_provisional": Boolean(),
    "paused_days": BigInteger(),
    "suspended_ordinal": BigInteger(),
    "stopped_used": BigInteger(),
}
_CLOCK: Final = tuple(getattr(CaseRow, name) for name in ClockColumns._fields)


@dataclass(frozen=True, kw_only=True)
class Recomputed:
    """What became of a district's open cases. ``unclear`` names those whose timeline gives no clock."""

    slug: str
    version: str
    open: int
    changed: int
    unclear: tuple[str, ...] = ()


async def hold_alone(work: Work) -> None:
    """Wait for casework that uses the calendar, and keep further casework waiting until this transaction ends."""
    await work.db.execute(select(ProfileRow.one).with_for_update())


async def recompute_cases(work: Work, registry: Registry, *, cause: str) -> Recomputed:
    """Give every open case the clock that its dates make under the calendar of this moment.

    Depends on dates alone, so that a second run changes nothing. Closed cases keep what they had. ``cause``
    goes into the one audit entry. Raises Forbidden, and what ``Registry.load_holidays`` raises.
    """
    work.grants.require_whole(Permission.CALENDAR_MANAGE)
    await hold_alone(work)
    calendar = await _calendar_now(work, registry)
    count = changed = 0
    unclear: list[str] = []
    after: UUID | None = None
    while cases := await _next_cases(work, after):
        after = cases[-1].id
        count += len(cases)
        new: list[tuple[UUID, ClockColumns]] = []
        for case in cases:
            try:
                columns = reckon(case, calendar, zone=work.district.zone)
            except (ValueError, BeyondCalendar):
                unclear.append(case.number)
                continue
            if columns != case.kept:
                new.append((case.id, columns))
        await _keep(work, new)
        changed += len(new)
    done = Recomputed(
        slug=work.district.slug,
        version=calendar.version,
        open=count,
        changed=changed,
        unclear=tuple(unclear),
    )
    await _conclude(work, done, calendar, cause)
    return done


async def _calendar_now(work: Work, registry: Registry) -> WorkingCalendar:
    """What is stored, as this transaction sees it; what processes have cached may be older."""
    await registry.load_holidays()
    local = await work.db.execute(select(ClosureRow.day, ClosureRow.working))
    return WorkingCalendar(registry.published, {row.day: row.working for row in local})


async def _next_cases(work: Work, after: UUID | None) -> list[OpenCase]:
    """The next open cases in the order of their ids, locked, with their pauses: two statements."""
    found = select(
        CaseRow.id,
        CaseRow.number,
        CaseRow.state,
        CaseRow.promised_days,
        CaseRow.accepted_at,
        CaseRow.counts_from,
        *_CLOCK,
    ).where(CaseRow.state.in_(AFTER_ACCEPTANCE), CaseRow.accepted_at.is_not(None))
    if after is not None:
        found = found.where(CaseRow.id > after)
    rows = (await work.db.execute(found.order_by(CaseRow.id).limit(BATCH).with_for_update())).all()
    stopped = await _stopped(work, [row.id for row in rows])
    return [
        OpenCase(
            id=row.id,
            number=row.number,
            state=row.state,
            promised_days=row.promised_days,
            accepted_at=row.accepted_at,
            counts_from=row.counts_from,
            stopped=tuple(stopped[row.id]),
            kept=ClockColumns._make(row[-len(_CLOCK) :]),
        )
        for row in rows
    ]


async def _stopped(work: Work, ids: Sequence[UUID]) -> defaultdict[UUID, list[tuple[EventKind, datetime]]]:
    events: defaultdict[UUID, list[tuple[EventKind, datetime]]] = defaultdict(list)
    if not ids:
        return events
    wanted = bindparam("ids", list(ids), ARRAY(Uuid()))
    rows = await work.db.execute(
        select(CaseEventRow.case_id, CaseEventRow.kind, CaseEventRow.at)
        .where(
            CaseEventRow.case_id == func.any(wanted),
            CaseEventRow.kind.in_([EventKind.SUSPENDED.value, EventKind.RESUMED.value]),
        )
        .order_by(CaseEventRow.case_id, CaseEventRow.at, CaseEventRow.id)
    )
    for case_id, kind, at in rows:
        events[case_id].append((EventKind(kind), at))
    return events


async def _keep(work: Work, new: Sequence[tuple[UUID, ClockColumns]]) -> None:
    """All of a batch in one statement."""
    if not new:
        return
    types = {"id": Uuid(), **_TYPES}
    cells = zip(*((case_id, *columns) for case_id, columns in new), strict=True)
    arrays = [
        bindparam(f"new_{name}", list(values), ARRAY(types[name]))
        for name, values in zip(types, cells, strict=True)
    ]
    fresh = (
        func.unnest(*arrays)
        .table_valued(*(column(name, kind) for name, kind in types.items()), name="fresh")
        .render_derived()
    )
    await work.db.execute(
        update(CaseRow)
        .where(CaseRow.id == fresh.c.id)
        .values({name: fresh.c[name] for name in ClockColumns._fields})
        .execution_options(synchronize_session=False)
    )


async def _conclude(work: Work, done: Recomputed, calendar: WorkingCalendar, cause: str) -> None:
    settings = await work.db.scalar(select(ProfileRow.settings))
    # No profile yet: nothing was accepted with any calendar.
    if settings is not None and settings.get(CALENDAR_STAMP) != done.version:
        stamped = {**settings, CALENDAR_STAMP: done.version}
        await work.db.execute(
            update(ProfileRow).values(settings=stamped).execution_options(synchronize_session=False)
        )
        work.announce(CALENDAR_CHANGED, "")
    work.record(
        action=Permission.CALENDAR_MANAGE,
        object="calendar:cases",
        details={
            "cause": cause,
            "version": done.version,
            "horizon": calendar.horizon.isoformat(),
            "open": done.open,
            "changed": done.changed,
            "unclear": len(done.unclear),
        },
    )
