"""The sweep of one district: what ought to be supervised today is, and nothing else is.

It takes a few cases at a time, each batch a transaction with its announcements, so whatever interrupts it, the
next sweep goes on where it stopped: a duty is announced in the transaction that raised it, and raised once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

from bangban.features.cards.contact_reminders import remind_of_contacts
from bangban.features.districts.platform import PLATFORM
from bangban.features.supervision.finding import MISSING, RAISE, VOID, VOID_OF_CASE
from bangban.features.supervision.rules import supervision_of
from bangban.features.supervision.values import FOR_SUPERVISORS, DutyKind
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
    """How many duties a sweep raised, by kind, how many it voided, and of how many contacts leads are reminded."""

    raised: Counter[DutyKind] = field(default_factory=Counter)
    void: int = 0
    contacts: int = 0

    def __bool__(self) -> bool:
        return bool(self.raised or self.void or self.contacts)


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


async def void_duties_of(work: Work, case_id: UUID) -> int:
    """Close what is open about a case that has ended; how many duties that were. Safe to repeat."""
    return _voided(work, await work.run(VOID_OF_CASE, case_id=case_id, now=work.now))


async def _void(work: Work) -> int:
    await work.hold_calendar()
    return _voided(work, await work.run(VOID, now=work.now, **_day(work)))


def _voided(work: Work, found: Sequence[object]) -> int:
    if found:
        work.record(action="duty:void", object="duties", details={"count": len(found)})
    return len(found)


async def _raise(work: Work, batch: int) -> tuple[int, Counter[DutyKind]]:
    """How many were missing, and what was raised here: less where somebody else did it at the same time."""
    await work.hold_calendar()  # a day's number and the cases' belong to the same calendar
    missing = await work.run(MISSING, most=batch, **_day(work))
    if not missing:
        return 0, Counter()
    raised = await work.run(
        RAISE,
        ids=[new_id() for _ in missing],
        case_ids=[each.case_id for each in missing],
        kinds=[each.kind for each in missing],
        dues=[each.due_on for each in missing],
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
    return len(missing), kinds


def _day(work: Work) -> dict[str, object]:
    moment = work.calendar.moment(work.today)
    days = supervision_of(work.settings).promise_warning_days
    return {
        "today": work.today,
        "next_ordinal": moment.next_ordinal,
        "warn_until": work.today + timedelta(days=days),
    }
