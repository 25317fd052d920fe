"""A limit is over exactly when its days are, whatever the weekday and the hour."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.supervision.limits import (
    Clocks,
    Limit,
    Sheets,
    in_hand,
    unanswered,
    unapproved,
    unbegun,
    unchecked,
    unforwarded,
    unmended,
    unseen,
    unworked,
)
from bangban.features.supervision.rules import Supervision
from bangban.features.supervision.values import DutyKind
from bangban.kernel.clock import WorkingCalendar, published_calendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(published_calendar())
MONDAY = dt.datetime(2026, 6, 8, tzinfo=ZONE)
MINUTES = st.integers(0, 60 * 24 * 28)


def clocks(now: dt.datetime, **said: int) -> Clocks:
    return Clocks(
        calendar=CALENDAR,
        zone=ZONE,
        now=now,
        hours=(dt.time(9), dt.time(17)),
        review=dt.timedelta(hours=4),
        settings=Supervision(**said),
    )


def on(day: int, hour: int = 0) -> dt.datetime:
    """A moment in June 2026, in which the 8th is a Monday."""
    return MONDAY + dt.timedelta(days=day - 8, hours=hour)


def test_an_application_is_reviewed_in_four_hours_answered_that_day_and_accepted_in_five() -> None:
    def late(now: dt.datetime, *, reviewed: bool = False) -> Limit | None:
        return unanswered(clocks(now), received_at=on(8, 10), reviewed=reviewed)

    assert late(on(8, 13)) is None
    assert late(on(8, 14)) == (DutyKind.REVIEW_LATE, dt.date(2026, 6, 8))
    assert late(on(8, 23)) == (DutyKind.REVIEW_LATE, dt.date(2026, 6, 8))
    assert late(on(8, 14), reviewed=True) is None
    assert late(on(9), reviewed=True) == (DutyKind.FEEDBACK_LATE, dt.date(2026, 6, 8))
    assert late(on(15, 23), reviewed=True) == (DutyKind.FEEDBACK_LATE, dt.date(2026, 6, 8))
    assert late(on(16)) == (DutyKind.ACCEPTANCE_LATE, dt.date(2026, 6, 15))


def test_what_comes_in_the_evening_is_answered_on_the_day_on_which_it_can_be_reviewed() -> None:
    evening = {"received_at": on(12, 16), "reviewed": False}  # a Friday
    assert unanswered(clocks(on(14)), **evening) is None
    assert unanswered(clocks(on(15, 11)), **evening) is None
    assert unanswered(clocks(on(15, 12)), **evening) == (DutyKind.REVIEW_LATE, dt.date(2026, 6, 15))


@given(MINUTES, st.lists(MINUTES, min_size=2, max_size=5).map(sorted), st.booleans(), st.integers(1, 5))
def test_it_grows_worse_and_never_better_by_itself(
    begins: int, waits: list[int], reviewed: bool, days: int
) -> None:
    received = MONDAY + dt.timedelta(minutes=begins)
    order = [None, DutyKind.REVIEW_LATE, DutyKind.FEEDBACK_LATE, DutyKind.ACCEPTANCE_LATE]
    stages = []
    for wait in waits:
        now = received + dt.timedelta(minutes=wait)
        found = unanswered(clocks(now, acceptance_working_days=days), received_at=received, reviewed=reviewed)
        stages.append(order.index(found and found.kind))
        over = now.date() > CALENDAR.add_working_days(received.date(), days)
        assert (found is not None and found.kind is DutyKind.ACCEPTANCE_LATE) == over
        assert found is None or found.due_on <= now.date()
    assert stages == sorted(stages)


@given(MINUTES, MINUTES, st.integers(1, 6))
def test_a_limit_of_days_is_over_when_more_working_days_have_begun(begins: int, wait: int, days: int) -> None:
    since = MONDAY + dt.timedelta(minutes=begins)
    now = since + dt.timedelta(minutes=wait)
    passed = sum(
        CALENDAR.is_working(since.date() + dt.timedelta(days=each + 1))
        for each in range((now.date() - since.date()).days)
    )
    rests = 0 if CALENDAR.is_working(now.date()) else 1  # what was due on Friday is late on Saturday
    over = passed + rests > days
    at = clocks(
        now,
        papers_working_days=days,
        fault_working_days=days,
        order_working_days=days,
        order_supervised_working_days=days + 1,
        volunteer_working_days=days,
    )
    due = CALENDAR.add_working_days(since.date(), days)
    assert unforwarded(at, since=since) == ((DutyKind.PAPERS_HELD, due) if over else None)
    assert unmended(at, since=since) == ((DutyKind.TERMINAL_FAULT, due) if over else None)
    assert unbegun(at, due_on=due) == ((DutyKind.BATCH_LATE, due) if over else None)
    late = DutyKind.VOLUNTEER_LATE if over else DutyKind.VOLUNTEER_WAITING
    assert unapproved(at, since=since.date()) == (late, due)
    next_day = CALENDAR.add_working_days(since.date(), days + 1)
    stuck = (DutyKind.ORDER_STUCK, next_day) if passed + rests > days + 1 else (DutyKind.ORDER_IDLE, due)
    assert unworked(at, since=since) == (stuck if over else None)


def test_each_limit_has_days_of_its_own() -> None:
    said = {"papers": 1, "fault": 2, "volunteer": 3, "order": 4, "order_supervised": 6}
    at = clocks(on(30), **{f"{name}_working_days": days for name, days in said.items()})

    def due(days: int) -> dt.date:
        return CALENDAR.add_working_days(on(8).date(), days)

    assert unforwarded(at, since=on(8)) == (DutyKind.PAPERS_HELD, due(1))
    assert unmended(at, since=on(8)) == (DutyKind.TERMINAL_FAULT, due(2))
    assert unapproved(at, since=on(8).date()) == (DutyKind.VOLUNTEER_LATE, due(3))
    assert unworked(at, since=on(8)) == (DutyKind.ORDER_STUCK, due(6))
    assert unworked(replace(at, now=on(13)), since=on(8)) == (DutyKind.ORDER_IDLE, due(4))


def test_days_are_those_on_the_wall_wherever_moments_are_written_down() -> None:
    """At seven in the morning here it is still yesterday in Greenwich."""
    early, late = (on(day, 7).astimezone(dt.UTC) for day in (8, 10))
    at = clocks(late, papers_working_days=1)
    assert unforwarded(at, since=early) == (DutyKind.PAPERS_HELD, dt.date(2026, 6, 9))
    assert unforwarded(replace(at, now=on(9, 23)), since=early) is None


def test_papers_that_came_in_are_late_from_the_very_end_of_four_hours_on() -> None:
    came = on(8, 10)
    assert unseen(clocks(on(8, 14) - dt.timedelta(seconds=1)), received_at=came) is None
    assert unseen(clocks(on(8, 14)), received_at=came) == (DutyKind.REVIEW_LATE, dt.date(2026, 6, 8))


def test_what_began_before_the_calendar_is_late_and_refused_by_nothing() -> None:
    assert unapproved(clocks(MONDAY), since=dt.date(1990, 1, 1)).kind is DutyKind.VOLUNTEER_LATE


def test_an_agreed_time_that_is_still_to_come_makes_no_order_idle() -> None:
    assert unworked(clocks(on(8)), since=on(11)) is None


HANDS = [UUID(int=each) for each in range(1, 4)]
Moves = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.integers(1, 3), st.sampled_from(HANDS), st.sampled_from([*HANDS, None])
    ),
    max_size=8,
)


@given(Moves)
def test_papers_are_in_the_hand_that_has_more_than_it_gave(
    moves: list[tuple[str, int, UUID, UUID | None]],
) -> None:
    """Each has what they were given; of what they do not have they can give nothing."""
    held: Counter[tuple[UUID, str]] = Counter()
    since: dict[tuple[UUID, str], dt.datetime] = {}
    sheets: list[Sheets] = []
    for minute, (code, count, hand, other) in enumerate(moves):
        at = MONDAY + dt.timedelta(minutes=minute)
        giver = hand if held[hand, code] >= count else None
        receiver = other if giver is not None else hand
        if giver == receiver:
            continue
        sheets.append(Sheets(at, code, count, giver, receiver))
        for staff_id, sign in ((giver, -1), (receiver, 1)):
            if staff_id is not None:
                held[staff_id, code] += sign * count
        if giver is not None and not held[giver, code]:
            del since[giver, code]
        if receiver is not None:
            since.setdefault((receiver, code), at)
    expected = {
        hand: min(at for (who, _), at in since.items() if who == hand) for hand in {who for who, _ in since}
    }
    assert in_hand(sheets) == expected


@given(MINUTES, st.integers(0, 27), st.integers(0, 23))
def test_a_check_in_is_due_from_when_the_office_opens_and_missed_from_the_next_day_on(
    passed: int, day: int, opens: int
) -> None:
    now = MONDAY + dt.timedelta(minutes=passed)
    due_on = MONDAY.date() + dt.timedelta(days=day)
    found = unchecked(replace(clocks(now), hours=(dt.time(opens), dt.time(23, 59))), due_on=due_on)
    if now.date() > due_on:
        assert found == (DutyKind.CHECK_IN_LATE, due_on)
    elif now.date() == due_on and now.hour >= opens:
        assert found == (DutyKind.CHECK_IN_DUE, due_on)
    else:
        assert found is None
