"""The days that two arguments give: the last ones where they are left out, in order, and not too many."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.kernel.planner.planning import facts

from bangban.kernel.planner.spans import Edge, PeriodEdge, PeriodWrong

TODAY = date(2026, 11, 21)
USUAL, MOST = 30, 366


def _edge(edge: Edge, **said: Any) -> Any:
    return PeriodEdge(edge, ("it",), USUAL, MOST).value(said, facts())


@given(st.dates(), st.dates())
def test_a_period_is_refused_or_has_its_first_and_last_day(since: date, until: date) -> None:
    fits = since <= until < since + timedelta(days=MOST) if since.year < 9998 else False
    if fits and date(2000, 1, 1) <= until <= TODAY + timedelta(days=MOST):
        assert (_edge(Edge.SINCE, since=since, until=until), _edge(Edge.UNTIL, since=since, until=until)) == (
            since,
            until,
        )
    else:
        with pytest.raises(PeriodWrong):
            _edge(Edge.SINCE, since=since, until=until)


@pytest.mark.parametrize("said", [{}, {"since": None, "until": None}, {"until": TODAY}])
def test_left_out_it_is_the_last_days(said: dict[str, date | None]) -> None:
    assert _edge(Edge.SINCE, **said) == TODAY - timedelta(days=USUAL - 1)
    assert _edge(Edge.UNTIL, **said) == TODAY


@pytest.mark.parametrize("until", [date.min, date.max, date(1999, 12, 31)])
def test_a_last_day_where_nothing_is_is_refused(until: date) -> None:
    with pytest.raises(PeriodWrong):
        _edge(Edge.ENDS, until=until)


def test_days_begin_and_end_at_midnight_where_the_district_is() -> None:
    said = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}
    zone = ZoneInfo("Asia/Shanghai")
    assert _edge(Edge.BEGINS, **said) == datetime(2026, 3, 1, tzinfo=zone)
    assert _edge(Edge.ENDS, **said) == datetime(2026, 4, 1, tzinfo=zone)
