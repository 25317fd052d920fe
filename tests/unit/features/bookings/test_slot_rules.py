"""Slots lie inside the opening hours, whole, apart and to come; places run from 1 to the capacity."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.bookings.problems import (
    BookingSettled,
    NoSuchSlot,
    OutcomeNotNow,
    OutcomeNotYours,
    SlotFull,
    SlotOver,
    SlotTooFar,
)
from bangban.features.bookings.rules import MOST_NAMED, Book, Taken, Week, settle
from bangban.features.bookings.values import BookingOutcome, BookingState
from bangban.features.places.hours import is_open, read_hours
from bangban.kernel.clock import WorkingCalendar, published_calendar
from bangban.kernel.clock.week import DAY_KEYS, local_minute

CALENDAR = WorkingCalendar(published_calendar())
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from((SHANGHAI, ZoneInfo("Asia/Urumqi"), BERLIN))
MONDAY = dt.date(2026, 6, 8)
NOW = dt.datetime(2026, 6, 8, 2, tzinfo=dt.UTC)  # ten in the morning in Shanghai
MINUTE = dt.timedelta(minutes=1)

SPANS = st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True).map(
    lambda ends: [list(span) for span in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)]
)
HOURS = st.fixed_dictionaries(dict.fromkeys(DAY_KEYS, SPANS))
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def week(hours: str = "Mo-Fr 09:00-12:00,13:30-17:00", **how: object) -> Week:
    return Week(hours=read_hours(hours), calendar=CALENDAR, zone=SHANGHAI, **how)  # type: ignore[arg-type]  # days only


def book(*taken: Taken, capacity: int = 2, days_ahead: int = 14, minutes: int = 30) -> Book:
    return Book(week=week(), taken=taken, slot_minutes=minutes, capacity=capacity, days_ahead=days_ahead)


def at(clock: str, day: dt.date = MONDAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), SHANGHAI).astimezone(dt.UTC)


def taken(clock: str, place: int, minutes: int = 30) -> Taken:
    return Taken(begins_at=at(clock), ends_at=at(clock) + minutes * MINUTE, place=place)


@given(HOURS, DAYS, ZONES, st.integers(10, 240))
def test_slots_are_inside_the_hours_whole_and_apart(
    hours: dict[str, list[list[int]]], day: dt.date, zone: ZoneInfo, minutes: int
) -> None:
    slots = list(Week(hours=hours, calendar=CALENDAR, zone=zone).slots_of(day, minutes))
    for slot in slots:
        assert slot.ends_at - slot.begins_at == minutes * MINUTE
        for moment in (slot.begins_at, slot.ends_at - MINUTE):
            shown = local_minute(CALENDAR, moment, zone)
            assert shown.day == day.isoformat()
            assert is_open(hours, key=shown.key, minute=shown.minute)
    assert all(before.ends_at <= after.begins_at for before, after in pairwise(slots))


@given(st.integers(10, 240), DAYS)
def test_no_whole_slot_of_a_day_is_left_out(minutes: int, day: dt.date) -> None:
    hours = {key: [[540, 720], [810, 1020]] for key in DAY_KEYS}
    slots = list(Week(hours=hours, calendar=CALENDAR, zone=SHANGHAI).slots_of(day, minutes))
    assert len(slots) == 180 // minutes + 210 // minutes


def test_a_day_without_service_has_no_slots() -> None:
    assert not list(week().slots_of(MONDAY - dt.timedelta(days=1), 30)), "a Sunday"
    assert not list(week().slots_of(dt.date(2026, 10, 1), 30)), "a holiday"
    assert len(list(week().slots_of(MONDAY, 30))) == 13
    assert not list(week(since=MONDAY + dt.timedelta(days=1)).slots_of(MONDAY, 30))
    assert not list(week(until=MONDAY - dt.timedelta(days=1)).slots_of(MONDAY, 30))


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4)), max_size=30),
    st.integers(1, 4),
    st.integers(0, 12),
)
def test_a_place_that_is_given_is_free_and_within_capacity(
    booked: list[tuple[int, int]], capacity: int, wanted: int
) -> None:
    day = MONDAY + dt.timedelta(days=1)
    slots = list(week().slots_of(day, 30))
    live = [Taken(begins_at=slots[i].begins_at, ends_at=slots[i].ends_at, place=place) for i, place in booked]
    busy = {place for i, place in booked if i == wanted and place <= capacity}
    kept = book(*live, capacity=capacity)
    if len(busy) == capacity:
        with pytest.raises(SlotFull) as full:
            kept.choose(slots[wanted].begins_at, now=NOW)
        assert full.value.fields == ("input.beginsAt",)
        return
    slot, place = kept.choose(slots[wanted].begins_at, now=NOW)
    assert (slot, place) == (slots[wanted], min(set(range(1, capacity + 1)) - busy))


def test_the_refusal_names_the_next_free_slots() -> None:
    full = (taken("10:30", 1), taken("10:30", 2), taken("11:00", 1), taken("11:00", 2), taken("11:30", 1))
    with pytest.raises(SlotFull) as refused:
        book(*full).choose(at("11:00"), now=NOW)
    assert "06-08 11:30, 06-08 13:30, 06-08 14:00." in refused.value.message("en")
    assert "最近可约:06-08 11:30、06-08 13:30、06-08 14:00。" in refused.value.message("zh")
    assert refused.value.message("en").count(":") == MOST_NAMED + 1
    closed = Book(week=week("Mo-Su off"), taken=(), slot_minutes=30, capacity=1, days_ahead=2)
    with pytest.raises(NoSuchSlot, match="none"):
        closed.choose(at("11:00"), now=NOW)


@pytest.mark.parametrize(
    ("wished", "named"),
    [
        (at("14:00", MONDAY + dt.timedelta(days=1)), "06-09 14:30, 06-09 15:00, 06-09 15:30"),
        (at("16:10", MONDAY + dt.timedelta(days=1)), "06-09 16:30, 06-10 09:00, 06-10 09:30"),
        (at("16:00", MONDAY + dt.timedelta(days=2)), "06-10 16:30"),
        (at("17:00", MONDAY + dt.timedelta(days=2)), "06-08 11:00, 06-08 11:30, 06-08 13:30"),
    ],
)
def test_the_free_slots_that_a_refusal_names_come_after_the_one_asked_for(
    wished: dt.datetime, named: str
) -> None:
    busy = [
        at("10:30"),
        at("14:00", MONDAY + dt.timedelta(days=1)),
        at("16:00", MONDAY + dt.timedelta(days=2)),
    ]
    full = [Taken(begins_at=begins, ends_at=begins + 30 * MINUTE, place=1) for begins in busy]
    with pytest.raises((SlotFull, NoSuchSlot)) as refused:
        book(*full, capacity=1, days_ahead=2).choose(wished, now=NOW)
    assert refused.value.message("en").endswith(f"ones: {named}.")


def test_a_booking_of_another_length_takes_its_place_wherever_it_overlaps() -> None:
    kept = book(taken("13:30", 1), taken("14:00", 2), minutes=60)
    with pytest.raises(SlotFull):
        kept.choose(at("13:30"), now=NOW)
    assert kept.choose(at("14:30"), now=NOW)[1] == 1


@pytest.mark.parametrize(
    ("begins_at", "refusal"),
    [
        (at("09:30"), SlotOver),
        (at("10:00"), SlotOver),
        (at("10:31"), NoSuchSlot),
        (at("12:00"), NoSuchSlot),
        (at("11:45"), NoSuchSlot),
        (at("09:00", MONDAY + dt.timedelta(days=13)), NoSuchSlot),  # a Sunday
        (at("09:00", MONDAY + dt.timedelta(days=15)), SlotTooFar),
        (dt.datetime.max.replace(tzinfo=dt.UTC), SlotTooFar),
        (dt.datetime.min.replace(tzinfo=dt.UTC), SlotOver),
    ],
)
def test_what_is_no_slot_to_come_is_refused(begins_at: dt.datetime, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        book().choose(begins_at, now=NOW)


@pytest.mark.parametrize("changed", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_slot_that_the_clocks_skip_or_show_twice_is_left_out(changed: dt.date) -> None:
    night = {key: [[60, 240]] for key in DAY_KEYS}
    there = Week(hours=night, calendar=CALENDAR, zone=BERLIN)
    assert [each.begins_at.astimezone(BERLIN).hour for each in there.slots_of(changed, 60)] == [1, 3]


CANCELLED = BookingOutcome.CANCELLED
IN_TIME = {CANCELLED: {-24, -1}, BookingOutcome.ARRIVED: {-1, 0, 1}, BookingOutcome.MISSED: {0, 1}}  # hours


@pytest.mark.parametrize("state", BookingState)
@pytest.mark.parametrize("outcome", BookingOutcome)
@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize("hours", [-24, -1, 0, 1])
def test_who_settles_which_booking_when(
    state: BookingState, outcome: BookingOutcome, mine: bool, hours: int
) -> None:
    def settled() -> BookingState:
        now = NOW + dt.timedelta(hours=hours)
        return settle(state, outcome, mine=mine, begins_at=NOW, now=now, zone=SHANGHAI)

    if mine != (outcome is CANCELLED):
        with pytest.raises(OutcomeNotYours):
            settled()
    elif state is not BookingState.BOOKED:
        with pytest.raises(BookingSettled):
            settled()
    elif hours in IN_TIME[outcome]:
        assert settled().value == outcome.value
    else:
        with pytest.raises(OutcomeNotNow):
            settled()


def test_a_slot_is_kept_while_the_point_is_open_throughout_whatever_slots_are_by_now() -> None:
    morning, across, odd = taken("11:30", 1), taken("11:30", 1, 60), taken("09:10", 1, 45)
    assert [week().keeps(each) for each in (morning, across, odd)] == [True, False, True]
    assert not week("Mo-Fr 09:00-11:45").keeps(morning)
    assert not week("Tu-Su 00:00-24:00").keeps(morning)
    assert week("24/7").keeps(taken("23:30", 1)), "the end is midnight"
    assert not week("24/7").keeps(taken("23:45", 1)), "none runs past it"
    day = dt.timedelta(days=1)
    assert week(since=MONDAY, until=MONDAY).keeps(morning)
    assert not week(until=MONDAY - day).keeps(morning)
    assert not week(since=MONDAY + day).keeps(morning)


@given(HOURS, DAYS, ZONES, st.integers(10, 240))
def test_every_slot_of_a_day_is_kept(
    hours: dict[str, list[list[int]]], day: dt.date, zone: ZoneInfo, minutes: int
) -> None:
    kept = Week(hours=hours, calendar=CALENDAR, zone=zone)
    assert all(kept.keeps(slot) for slot in kept.slots_of(day, minutes))
