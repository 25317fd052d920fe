"""So many tries in so much time: the counting rule, against a plain simulation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.accounts.limits import SIGN_IN, SIGN_IN_CODE, Window, seconds_to_wait

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

windows = st.lists(
    st.builds(Window, most=st.integers(1, 6), seconds=st.integers(1, 600)), min_size=1, max_size=3
)


def fits(times: list[datetime], rules: list[Window], moment: datetime) -> bool:
    """Whether one more try at ``moment`` stays within every window."""
    return all(
        sum(time > moment - timedelta(seconds=rule.seconds) for time in times) < rule.most for rule in rules
    )


@given(st.lists(st.integers(0, 900), max_size=12), windows)
def test_it_waits_as_long_as_it_must_and_no_longer(ages: list[int], rules: list[Window]) -> None:
    times = [NOW - timedelta(seconds=age) for age in ages]
    seconds = seconds_to_wait(times, rules, now=NOW)
    if seconds <= 0:
        assert fits(times, rules, NOW)
    else:
        assert not fits(times, rules, NOW)
        assert fits(times, rules, NOW + timedelta(seconds=seconds))
        assert not fits(times, rules, NOW + timedelta(seconds=seconds - 1))


def test_ten_sign_ins_in_a_quarter_of_an_hour() -> None:
    nine = [NOW - timedelta(seconds=each) for each in range(9)]
    assert seconds_to_wait(nine, SIGN_IN.windows, now=NOW) <= 0
    assert seconds_to_wait([*nine, NOW - timedelta(seconds=600)], SIGN_IN.windows, now=NOW) == 300


def test_a_code_a_minute_and_five_an_hour() -> None:
    assert seconds_to_wait([NOW], SIGN_IN_CODE.windows, now=NOW) == 60
    spread = [NOW - timedelta(minutes=each) for each in (5, 10, 15, 20, 25)]
    assert seconds_to_wait(spread, SIGN_IN_CODE.windows, now=NOW) == 35 * 60


def test_a_part_of_a_second_is_a_whole_one_to_the_caller() -> None:
    started = NOW - timedelta(seconds=59, milliseconds=900)
    assert seconds_to_wait([started], SIGN_IN_CODE.windows, now=NOW) == 1
