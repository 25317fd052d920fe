"""The sweep of one district: what ought to be supervised today is, and nothing else is.

It takes a few cases at a time, each batch a transaction with its announcements, so whatever interrupts it, the
next sweep goes on where it stopped: a duty is announced in the transaction that raised it, and raised once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

from bangban.features.cards.contact_reminders import remind_of_contacts
from bangban.features.cases.service.conditions import withdraw_lapsed
from bangban.features.districts.platform import PLATFORM
from bangban.features.supervision.finding import (
    LISTED_MISSING,
    MISSING,
    RAISE,
    VOID,
    VOID_ABOUT,
    VOID_KINDS_ABOUT,
)
from bangban.features.supervision.limits import Wanted
from bangban.features.supervision.looking import look, look_at_case, look_at_check_in
from bangban.features.supervision.rules import supervision_of
from bangban.features.supervision.values import BEFORE_ANSWER, CHECK_INS, FOR_SUPERVISORS, DutyKind
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

RAISED: Final = "duty.raised"
"""Announced with a duty's id: whoever is warned is told."""

GATHERED: Final = "duty.gathered"
"""Announced with a moment, once something was missed: supervisors are told how much has come since."""

BATCH: Final = 500
_REQUEST: Final = "supervision"


@dataclass
class Swept:
    """How many duties a sweep raised, by kind, how many it voided, of how many contacts leads are reminded, and how
    many results were withdrawn."""

    raised: Counter[DutyKind] = field(default_factory=Counter)
    void: int = 0
    contacts: int = 0
    withdrawn: int = 0

    def __bool__(self) -> bool:
        return bool(self.raised or self.void or self.contacts or self.withdrawn)


async def _never_mind() -> None:
    """Nobody wants the sweep to stop."""


async def sweep_district(
    tenancy: Tenancy,
    district: District,
    *,
    now: datetime | None = None,
    batch: int = BATCH,
    breathe: Callable[[], Awaitable[None]] = _never_mind,
) -> Swept:
    """Bring a district's duties and reminders up to the day it is there. Safe to repeat, to interrupt, and to do twice
    at once.

    ``breathe`` is called between transactions and may raise to stop. Raises what ``Tenancy.write`` raises.
    """
    began = now or datetime.now(UTC)
    done = Swept()
    found = batch
    while found == batch:  # before duties, since a result that is withdrawn is one for the supervisors
        await breathe()
        async with tenancy.write(district, PLATFORM, request_id=_REQUEST, now=began) as work:
            found, withdrawn = await withdraw_lapsed(work, most=batch)
        done.withdrawn += withdrawn
    await breathe()
    async with tenancy.write(district, PLATFORM, request_id=_REQUEST, now=began) as work:
        done.void = await _void(work)
    await breathe()
    async with tenancy.write(district, PLATFORM, request_id=_REQUEST, now=began) as work:
        done.contacts = (await remind_of_contacts(work)).total()
    for number in count():
        await breathe()
        # Each batch has a moment of its own, by which supervisors are told how much came with it.
        moment = began + timedelta(microseconds=number)
        async with tenancy.write(district, PLATFORM, request_id=_REQUEST, now=moment) as work:
            missing, raised = await _raise(work, batch)
        done.raised += raised
        if missing < batch:
            break
    return done


async def void_duties_of(work: Work, about: UUID) -> int:
    """Close what is open about a case that has ended, or about something that is as it ought to be again.

    How many duties that were. Safe to repeat.
    """
    return _voided(work, await work.run(VOID_ABOUT, about=about, now=work.now))


async def void_but_broken_promise(work: Work, case_id: UUID) -> int:
    """Close what is open about a case whose result was withdrawn, but for the promise that was broken, which
    supervisors look into. Safe to repeat."""
    return await _void_kinds(work, case_id, frozenset(DutyKind) - {DutyKind.PROMISE_BROKEN})


async def void_before_answer(work: Work, case_id: UUID) -> int:
    """Close what is open about an application whose applicant has heard of it by now. Safe to repeat."""
    return await _void_kinds(work, case_id, BEFORE_ANSWER)


async def void_check_ins(work: Work, case_id: UUID) -> int:
    """Close what is open about a tracked case whose applicant has heard of it, or which stands still. Safe to repeat.

    What is due by now stays, as where this comes late, after an outage.
    """
    await work.hold_calendar()
    due = await look_at_check_in(work, case_id)
    return await _void_kinds(work, case_id, CHECK_INS, but_due_on=due[0].due_on if due else None)


async def sweep_check_in(work: Work, case_id: UUID) -> None:
    """Raise that the applicant of a tracked case is to hear of it, if it is so. Safe to repeat."""
    await work.hold_calendar()
    listed = _listed(await look_at_check_in(work, case_id))
    await _put_in(work, await work.run(LISTED_MISSING, most=len(DutyKind), **listed))


async def sweep_case(work: Work, case_id: UUID) -> None:
    """Raise what is late about one application now, which no sweep of a day would see in time. Safe to repeat."""
    await work.hold_calendar()
    listed = _listed(await look_at_case(work, case_id))
    await _put_in(work, await work.run(LISTED_MISSING, most=len(DutyKind), **listed))


async def _void_kinds(
    work: Work, about: UUID, kinds: Collection[DutyKind], *, but_due_on: date | None = None
) -> int:
    given = {"about": about, "kinds": sorted(kinds), "but_due_on": but_due_on}
    return _voided(work, await work.run(VOID_KINDS_ABOUT, now=work.now, **given))


async def _void(work: Work) -> int:
    await work.hold_calendar()
    return _voided(work, await work.run(VOID, now=work.now, **_day(work), **_listed(await look(work))))


def _voided(work: Work, found: Sequence[object]) -> int:
    if found:
        work.record(action="duty:void", object="duties", details={"count": len(found)})
    return len(found)


async def _raise(work: Work, batch: int) -> tuple[int, Counter[DutyKind]]:
    """How many were missing, and what was raised here: less where somebody else did it at the same time."""
    await work.hold_calendar()  # a day's number and the cases' belong to the same calendar
    missing = await work.run(MISSING, most=batch, **_day(work), **_listed(await look(work)))
    return len(missing), await _put_in(work, missing)


async def _put_in(work: Work, missing: Sequence[Wanted]) -> Counter[DutyKind]:
    """Raise these; what of them was raised here, by kind."""
    if not missing:
        return Counter()
    raised = await work.run(
        RAISE,
        duty_id=[new_id() for _ in missing],
        duty_case_id=[each.case_id for each in missing],
        duty_subject_id=[each.subject_id for each in missing],
        duty_area_id=[each.area_id for each in missing],
        duty_kind=[each.kind for each in missing],
        duty_due_on=[each.due_on for each in missing],
        now=work.now,
    )
    kinds = Counter(each.kind for each in raised)
    for each in raised:
        work.announce(RAISED, str(each.id))
    if FOR_SUPERVISORS & kinds.keys():
        work.announce(GATHERED, work.now.isoformat())
    if kinds:
        counts = {kind.value: kinds[kind] for kind in DutyKind if kinds[kind]}
        work.record(action="duty:raise", object="duties", details=counts)
    return kinds


def _listed(limits: Sequence[Wanted]) -> dict[str, list[object]]:
    """Limits as the lists that statements take."""
    columns = zip(*limits, strict=True) if limits else ((),) * len(Wanted._fields)
    return {f"limit_{name}": list(column) for name, column in zip(Wanted._fields, columns, strict=True)}


def _day(work: Work) -> dict[str, object]:
    moment, settings = work.calendar.moment(work.today), supervision_of(work.settings)
    return {
        "today": work.today,
        "next_ordinal": moment.next_ordinal,
        "warn_until": work.today + timedelta(days=settings.promise_warning_days),
    }
