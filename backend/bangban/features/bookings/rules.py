"""The rules of bookings: which slots a day has, which is free, and what may become of a booking (DOMAIN C19). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from bangban.features.bookings.problems import (
    BookingSettled,
    NoSuchSlot,
    OutcomeNotNow,
    OutcomeNotYours,
    SlotFull,
    SlotOver,
    SlotTooFar,
)
from bangban.features.bookings.values import BookingOutcome, BookingState
from bangban.kernel.clock.week import day_key
from bangban.kernel.clock.working import WorkingCalendar

MOST_NAMED: Final = 3
"""How many free slots a refusal names."""
_DAY: Final = 24 * 60  # minutes


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A time that can be booked; both ends are moments in UTC, and the end is no part of it."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """When a point is open: its hours by day's key, the district's calendar and zone, its first and last day."""

    hours: Mapping[str, Any]
    calendar: WorkingCalendar
    zone: ZoneInfo
    since: date | None = None
    until: date | None = None

    def keeps(self, slot: Slot) -> bool:
        """Whether the point is open throughout ``slot``, however long slots are by now."""
        begins, ends = (each.astimezone(self.zone) for each in (slot.begins_at, slot.ends_at))
        day = begins.date()
        if not self._has(day):
            return False
        first = begins.hour * 60 + begins.minute
        last = ends.hour * 60 + ends.minute + (ends.date() - day).days * _DAY
        return any(
            opens <= first and last <= closes
            for opens, closes in self.hours.get(day_key(self.calendar, day), ())
        )

    def _has(self, day: date) -> bool:
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def slots_of(self, day: date, minutes: int) -> Iterator[Slot]:
        """The whole slots of a day in order, each from the opening on; none on a day when the point is closed.

        A slot that clocks being changed would make longer, shorter or ambiguous is left out.
        """
        if not self._has(day):
            return
        midnight, length = datetime.combine(day, time()), timedelta(minutes=minutes)
        for opens, closes in self.hours.get(day_key(self.calendar, day), ()):
            for minute in range(opens, closes - minutes + 1, minutes):
                shown = midnight + timedelta(minutes=minute)
                begins, ends = (
                    each.replace(tzinfo=self.zone).astimezone(UTC) for each in (shown, shown + length)
                )
                if begins.astimezone(self.zone).replace(tzinfo=None) == shown and ends - begins == length:
                    yield Slot(begins_at=begins, ends_at=ends)


def check_reach(begins_at: datetime, *, now: datetime, days_ahead: int, zone: ZoneInfo) -> date:
    """The district's day on which a booking would begin.

    Raises ``SlotOver``, ``SlotTooFar``.
    """
    if begins_at <= now:
        raise SlotOver
    if begins_at - now > timedelta(
        days=days_ahead + 1
    ):  # before it is taken to a zone, where it may be no date
        raise SlotTooFar(days_ahead)
    day = begins_at.astimezone(zone).date()
    if (day - now.astimezone(zone).date()).days > days_ahead:
        raise SlotTooFar(days_ahead)
    return day


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken(Slot):
    """A live booking: when, and which place."""

    place: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """A point's week with what is booked. Slots are as long, and places as many, as the district says now."""

    week: Week
    taken: Sequence[Taken]
    slot_minutes: int
    capacity: int
    days_ahead: int

    def place_in(self, slot: Slot) -> int | None:
        """The lowest free place of a slot, from 1 on; None where it is full.

        A booking of another length, from before the district changed it, takes its place wherever it overlaps.
        """
        busy = {
            each.place
            for each in self.taken
            if each.begins_at < slot.ends_at and slot.begins_at < each.ends_at
        }
        return next((number for number in range(1, self.capacity + 1) if number not in busy), None)

    def free(self, now: datetime) -> Iterator[Slot]:
        """The slots from now on with a place left, in order."""
        today = now.astimezone(self.week.zone).date()
        for ahead in range(self.days_ahead + 1):
            for slot in self.week.slots_of(today + timedelta(days=ahead), self.slot_minutes):
                if slot.begins_at > now and self.place_in(slot) is not None:
                    yield slot

    def choose(self, begins_at: datetime, *, now: datetime) -> tuple[Slot, int]:
        """The slot that begins then, and its lowest free place.

        Raises ``SlotOver``, ``SlotTooFar``, and with the next free slots ``NoSuchSlot``, ``SlotFull``.
        """
        zone = self.week.zone
        day = check_reach(begins_at, now=now, days_ahead=self.days_ahead, zone=zone)
        slots = self.week.slots_of(day, self.slot_minutes)
        slot = next((each for each in slots if each.begins_at == begins_at), None)
        place = None if slot is None else self.place_in(slot)
        if slot is None or place is None:
            named = [each.begins_at.astimezone(zone) for each in self._instead(begins_at, now)]
            raise NoSuchSlot(named) if slot is None else SlotFull(named)
        return slot, place

    def _instead(self, begins_at: datetime, now: datetime) -> list[Slot]:
        """The first free slots after the one that was asked for; where there are none, the first from now on."""
        later = islice((each for each in self.free(now) if each.begins_at > begins_at), MOST_NAMED)
        return list(later) or list(islice(self.free(now), MOST_NAMED))


def settle(
    state: BookingState,
    outcome: BookingOutcome,
    *,
    mine: bool,
    begins_at: datetime,
    now: datetime,
    zone: ZoneInfo,
) -> BookingState:
    """The state that follows; ``mine`` says that whoever booked asks, and not the staff.

    Raises ``OutcomeNotYours``, ``BookingSettled``, ``OutcomeNotNow``.
    """
    if mine is not (outcome is BookingOutcome.CANCELLED):
        raise OutcomeNotYours
    if state is not BookingState.BOOKED:
        raise BookingSettled(state)
    in_time = {
        BookingOutcome.CANCELLED: now < begins_at,
        BookingOutcome.ARRIVED: now.astimezone(zone).date() >= begins_at.astimezone(zone).date(),
        BookingOutcome.MISSED: now >= begins_at,
    }
    if not in_time[outcome]:
        raise OutcomeNotNow
    return BookingState(outcome.value)
