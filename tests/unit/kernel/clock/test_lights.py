"""The traffic light, and that its integer form says the same (DOMAIN B04)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.clock import Light, light_for, light_thresholds

ORDER = [Light.OVERDUE, Light.RED, Light.YELLOW, Light.GREEN]


@pytest.mark.parametrize(
    ("promised", "lights"),  # from the day of acceptance to the day after the due day
    [
        (0, "G O"),
        (1, "G R O"),
        (2, "G R R O"),
        (3, "G Y R R O"),
        (5, "G G G Y R R O"),
        (10, "G G G G G G Y Y Y R R O"),
    ],
)
def test_the_lights_of_a_promise_day_by_day(promised: int, lights: str) -> None:
    shown = [light_for(remaining, promised=promised) for remaining in range(promised, -2, -1)]
    assert " ".join(light.name[0] for light in shown) == lights


def test_twenty_days_turn_yellow_when_a_third_is_left() -> None:
    assert light_thresholds(20) == (7, 1)


@given(st.integers(0, 500))
def test_thresholds_are_what_sql_reckons_and_never_reach_the_promise(promised: int) -> None:
    yellow_from, red_from = light_thresholds(promised)
    assert yellow_from == min(max(2, (promised + 2) // 3), promised - 1)
    assert red_from == min(1, promised - 1)
    assert red_from <= yellow_from < promised
    assert light_for(promised, promised=promised) is Light.GREEN


@given(st.integers(0, 500), st.integers(-50, 500))
def test_time_never_improves_the_light(promised: int, remaining: int) -> None:
    now, later = light_for(remaining, promised=promised), light_for(remaining - 1, promised=promised)
    assert ORDER.index(later) <= ORDER.index(now)


@given(st.integers(0, 500), st.integers(max_value=-1))
def test_past_the_due_day_is_overdue(promised: int, remaining: int) -> None:
    assert light_for(remaining, promised=promised) is Light.OVERDUE
