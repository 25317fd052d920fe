"""However visits and casework fall together, every visit is one trip, and so is what was counted without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.hall.rules.trips import Stay, trips_of

START = datetime(2026, 6, 8, tzinfo=UTC)
MINUTES = st.integers(0, 40)


def _at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


@given(st.lists(st.tuples(MINUTES, st.integers(0, 15)), max_size=5), st.lists(MINUTES, max_size=6))
def test_trips_are_the_visits_and_what_was_counted_outside_of_them(
    stays: list[tuple[int, int]], counted: list[int]
) -> None:
    visits = sorted(
        (Stay(begins=_at(begins), ends=_at(begins + lasts)) for begins, lasts in stays),
        key=lambda each: each.ends,
    )
    moments = [_at(each) for each in counted]
    trips = len(moments)
    for place, visit in enumerate(visits):
        known = [each for each in moments if each <= visit.ends]  # what is to come is not known
        trips += trips_of(visit, known, visits[:place])
    outside = [each for each in moments if not any(visit.holds(each) for visit in visits)]
    assert trips == len(visits) + len(outside)


def test_whoever_comes_or_leaves_is_there() -> None:
    stay = Stay(begins=_at(5), ends=_at(9))
    assert [stay.holds(_at(each)) for each in (4, 5, 9, 10)] == [False, True, True, False]
