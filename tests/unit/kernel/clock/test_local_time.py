"""The day where the district is."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from bangban.kernel.clock import local_today


def test_late_afternoon_in_utc_is_the_next_day_in_shandong() -> None:
    before = dt.datetime(2026, 6, 12, 15, 59, tzinfo=dt.UTC)
    assert local_today("Asia/Shanghai", before) == dt.date(2026, 6, 12)
    assert local_today("Asia/Shanghai", before + dt.timedelta(minutes=1)) == dt.date(2026, 6, 13)
    assert local_today(ZoneInfo("Asia/Urumqi"), before) == dt.date(2026, 6, 12)


def test_a_time_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_today("Asia/Shanghai", dt.datetime(2026, 6, 12, 15, 59))  # noqa: DTZ001 - the point of the test
