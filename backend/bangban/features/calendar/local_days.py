"""A district's own exceptions to the published calendar 地方放假或加班, carried over to its open cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bangban.features.calendar.problems import NoLocalDay
from bangban.features.calendar.recompute import Recomputed, hold_alone, recompute_cases
from bangban.features.calendar.rules import LocalDay, require_change
from bangban.features.calendar.sheet import DaySheet
from bangban.features.files.problems import ImportRefused
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock import WorkingCalendar
from bangban.kernel.problems import InvalidInput, Problem
from bangban.kernel.tenancy.tables import ClosureRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

BY_LOCAL_DAY: Final = "local-day"


async def local_days(work: Work) -> list[ClosureRow]:
    """The district's own exceptions, in order."""
    return list(await work.db.scalars(select(ClosureRow).order_by(ClosureRow.day)))


@dataclass(frozen=True)
class DaysPlanned:
    """What setting days changes: which are new, different, or taken back; in order."""

    added: tuple[date, ...] = ()
    changed: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()

    @property
    def writes(self) -> bool:
        return bool(self.added or self.changed or self.removed)


async def set_local_day(
    work: Work, tenancy: Tenancy, *, day: date, working: bool, reason: str
) -> tuple[DaysPlanned, Recomputed]:
    """Close a day in the district, or open one, and recompute its cases, all in this transaction.

    Repeating it changes nothing but the reason.

    Raises:
        Forbidden: The caller may not manage the calendar.
        DayAlreadySo: Without the exception the day would be the same.
        BeyondCalendar: The day lies outside even the provisional calendar.
        InvalidInput: No reason.
    """
    work.grants.require_whole(Permission.CALENDAR_MANAGE)
    why = reason.strip()
    if not why:
        raise InvalidInput("State the reason.", "请填写理由。", fields=("input.reason",))
    wished = {day: LocalDay(working, why)}
    planned, faults = await plan_local_days(work, tenancy, wished)
    for problem in faults.values():
        raise problem
    await write_local_days(work, planned, wished)
    return planned, await recompute_cases(work, tenancy.registry, cause=BY_LOCAL_DAY)


async def plan_local_days(
    work: Work, tenancy: Tenancy, wished: Mapping[date, LocalDay], *, replacing: int | None = None
) -> tuple[DaysPlanned, dict[date, Problem]]:
    """What setting these days changes, and why some cannot be set. Casework waits from here on.

    Exceptions of the year ``replacing`` that are not wished for are taken back. Raises Forbidden.
    """
    work.grants.require_whole(Permission.CALENDAR_MANAGE)
    await hold_alone(work)
    known = {row.day: LocalDay(row.working, row.reason) for row in await local_days(work)}
    await tenancy.registry.load_holidays()
    published = WorkingCalendar(tenancy.registry.published)
    faults: dict[date, Problem] = {}
    for day in wished.keys() - known.keys():
        try:
            require_change(day, working=wished[day].working, published=published)
        except Problem as problem:
            faults[day] = problem
    planned = DaysPlanned(
        added=tuple(sorted(wished.keys() - known.keys() - faults.keys())),
        changed=tuple(sorted(day for day in wished.keys() & known.keys() if wished[day] != known[day])),
        removed=tuple(sorted(day for day in known.keys() - wished.keys() if day.year == replacing)),
    )
    return planned, faults


async def write_local_days(work: Work, planned: DaysPlanned, wished: Mapping[date, LocalDay]) -> None:
    """Write what was planned. Cases do not follow yet: ``recompute_cases``, once for all days."""
    if planned.removed:
        await work.db.execute(delete(ClosureRow).where(ClosureRow.day.in_(planned.removed)))
    new = insert(ClosureRow)
    upsert = new.on_conflict_do_update(
        index_elements=[ClosureRow.day],
        set_={"working": new.excluded.working, "reason": new.excluded.reason},
    )
    written = [*planned.added, *planned.changed]
    if written:
        rows = [{"day": day, "working": wished[day].working, "reason": wished[day].reason} for day in written]
        await work.db.execute(upsert, rows)
    for day in written:
        _record(work, day, working=wished[day].working)
    for day in planned.removed:
        _record(work, day, working=None)


async def reset_local_day(work: Work, tenancy: Tenancy, *, day: date) -> tuple[DaysPlanned, Recomputed]:
    """Take a local exception back, and recompute the district's cases. Raises Forbidden, NoLocalDay."""
    work.grants.require_whole(Permission.CALENDAR_MANAGE)
    await hold_alone(work)
    if await work.db.get(ClosureRow, day) is None:
        raise NoLocalDay(day)
    planned = DaysPlanned(removed=(day,))
    await write_local_days(work, planned, {})
    return planned, await recompute_cases(work, tenancy.registry, cause=BY_LOCAL_DAY)


def _record(work: Work, day: date, *, working: bool | None) -> None:
    """The trail's entry of an exception; ``working`` None where it was taken back. The reason is in its row."""
    work.record(action=Permission.CALENDAR_MANAGE, object=f"calendar:{day}", details={"working": working})


@dataclass(frozen=True)
class Arranged:
    """What became of the days, and of the open cases; ``recomputed`` is None where nothing was to be done."""

    planned: DaysPlanned
    recomputed: Recomputed | None = None
    applied: bool = True


async def import_local_days(
    work: Work, tenancy: Tenancy, sheet: DaySheet, *, replacing: int | None, apply: bool
) -> Arranged:
    """Set a table's days, all of them or none, and recompute the cases once. The same table again changes nothing.

    Exceptions of the year ``replacing`` that it does not name are taken back. Without ``apply`` nothing is
    written, and ``sheet`` has all that is wrong.

    Raises:
        Forbidden: The caller may not manage the calendar.
        ImportRefused: Lines are at fault, with ``apply``.
    """
    wished = sheet.read()
    planned, faults = await plan_local_days(work, tenancy, wished, replacing=replacing)
    for day, problem in faults.items():
        sheet.of_problem(day, problem)
    if not apply:
        return Arranged(planned, applied=False)
    if sheet.faults:
        raise ImportRefused(sorted(sheet.faults, key=lambda fault: fault.line))
    if not planned.writes:
        return Arranged(planned)
    await write_local_days(work, planned, wished)
    return Arranged(planned, await recompute_cases(work, tenancy.registry, cause=BY_LOCAL_DAY))
