"""How long a terminal was down, against a count of every second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.places.terminals import Life

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
SILENCE = timedelta(seconds=10)


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from([None, "缺纸"])), max_size=8))
def test_it_is_down_from_a_fault_and_from_the_end_of_a_silence(reports: list[tuple[int, str | None]]) -> None:
    life, at = Life(installed_at=BEGIN), BEGIN
    down, heard, fault, second = 0, 0, False, 0
    for gap, wrong in reports:
        for _ in range(gap):
            down += fault or second - heard >= 10
            second += 1
        at += timedelta(seconds=gap)
        life = life.reported(at, wrong, silence=SILENCE)
        heard = second
        was, fault = fault, wrong is not None
        del was
        running = 0 if life.down_since is None else round((at - life.down_since).total_seconds())
        assert life.down_seconds + running == down


def test_a_report_that_comes_late_says_nothing() -> None:
    life = Life(installed_at=BEGIN).reported(BEGIN + timedelta(seconds=5), None, silence=SILENCE)
    assert life.reported(BEGIN + timedelta(seconds=3), "缺纸", silence=SILENCE) == life
