"""Gaps of the rota are what looking at every minute finds: by the week's hours, the district's calendar, its clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.api.casework import Desk, Run
from tests.api.clients import Place
from tests.api.halls import make_point

from bangban.features.areas.tables import AreaRow
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import ShiftKind
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.hours import is_open, read_hours
from bangban.kernel.access.roles import Role
from bangban.kernel.clock import WorkingCalendar
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.clock.week import local_minute
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

GAPS = """query($p: ID!, $since: Date, $days: Int = 7, $kind: ShiftKind! = GUIDE) { hall(pointId: $p) {
    rotaGaps(since: $since, days: $days, kind: $kind) { beginsAt endsAt minutes } } }"""
WEEKS = st.sampled_from(
    ["Mo-Fr 09:00-12:00,13:30-17:00", "24/7", "Mo-Su 08:30-24:00; PH off", "Mo 00:00-09:00; PH 10:00-11:00"]
)
FIRST = date(2026, 9, 29)  # a holiday begins two days later, and a Saturday is worked ten days after that
SHIFTS = st.lists(
    st.tuples(
        st.integers(-1440, 4 * 1440), st.integers(1, 1440), st.sampled_from([None, *ShiftKind]), st.booleans()
    ),
    max_size=6,
)
Drawn = list[tuple[int, int, ShiftKind | None, bool]]
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


async def _put(
    work: Work, *, hours: str, shifts: Drawn, since: date, guide: str, until: date | None = None
) -> UUID:
    """A fresh point of the county with this rota."""
    point = await make_point(work, hours=read_hours(hours), until=until)
    for begins, lasts, kind, cancelled in shifts:
        start = _midnight(work, since) + begins * MINUTE
        work.db.add(
            GuideShiftRow(
                id=new_id(),
                point_id=point,
                guide_id=UUID(guide),
                desk=None,
                day=local_today(work.district.zone, start),
                begins_at=start,
                ends_at=start + lasts * MINUTE,
                cancelled_at=start if cancelled else None,
                kind=kind,
            )
        )
    await work.db.flush()
    return point


def _midnight(work: Work, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=work.district.zone)


def _by_minute(
    calendar: WorkingCalendar,
    zone: ZoneInfo,
    *,
    hours: str,
    shifts: Drawn,
    since: date,
    days: int,
    kind: ShiftKind,
) -> list[dict[str, Any]]:
    """The gaps as somebody finds them who looks at every minute."""
    week, start = read_hours(hours), datetime(since.year, since.month, since.day, tzinfo=zone)
    turns = {
        minute
        for begins, lasts, turn, cancelled in shifts
        if (turn or ShiftKind.GUIDE) is kind and not cancelled
        for minute in range(begins, begins + lasts)
    }

    def wanted(minute: int) -> bool:
        seen = local_minute(calendar, start + minute * MINUTE, zone)
        return is_open(week, key=seen.key, minute=seen.minute) is (kind is not ShiftKind.ON_CALL)

    missing = [each for each in range(days * 1440) if each not in turns and wanted(each)]
    found = []
    for _, run in groupby(enumerate(missing), key=lambda pair: pair[1] - pair[0]):
        minutes = [each for _, each in run]
        begins, ends = start + minutes[0] * MINUTE, start + (minutes[-1] + 1) * MINUTE
        found.append({"beginsAt": begins, "endsAt": ends, "minutes": len(minutes)})
    return found


def _said(desk: Desk, **given: Any) -> list[dict[str, Any]]:
    found: Any = desk.staff("dispatcher")(GAPS, **given).data["hall"]["rotaGaps"]
    moments = ("beginsAt", "endsAt")
    return [{**each, **{name: datetime.fromisoformat(each[name]) for name in moments}} for each in found]


def test_gaps_are_what_looking_at_every_minute_finds(desk: Desk) -> None:
    guide, (calendar, zone) = desk.staff_id("guide"), desk.inside(_clock)

    @settings(max_examples=6, deadline=None)
    @given(hours=WEEKS, shifts=SHIFTS, skipped=st.sampled_from([0, 11]), days=st.integers(1, 3))
    def same(hours: str, shifts: Drawn, skipped: int, days: int) -> None:
        since = FIRST + timedelta(days=skipped)
        drawn: dict[str, Any] = {"hours": hours, "shifts": shifts, "since": since}
        point = desk.inside(partial(_put, guide=guide, **drawn))
        for kind in ShiftKind:
            by_minute = _by_minute(calendar, zone, days=days, kind=kind, **drawn)
            said = _said(desk, p=str(point), since=since.isoformat(), days=days, kind=kind.value)
            assert said == by_minute

    same()


def test_gaps_end_with_the_point_and_are_looked_for_a_month_ahead_at_most(desk: Desk) -> None:
    today = local_today(desk.inside(_clock)[1], datetime.now(UTC))
    until = today + timedelta(days=1)
    put = partial(_put, shifts=[], since=today, guide=desk.staff_id("guide"))
    ending = str(desk.inside(partial(put, hours="24/7", until=until)))
    (gap,) = _said(desk, p=ending)
    assert gap["minutes"] == 2 * 1440
    always = str(desk.inside(partial(put, hours="24/7")))
    assert [each["minutes"] for each in _said(desk, p=always, days=31)] == [31 * 1440]
    assert [each["minutes"] for each in _said(desk, p=always, days=1)] == [1440]
    for days in (-1, 0, 32, 2_147_483_647):
        (error,) = desk.staff("dispatcher")(GAPS, p=always, days=days).body["errors"]
        found = error["extensions"]
        assert (found["code"], found["fields"]) == ("INVALID_INPUT", ["days"]), days
    assert _said(desk, p=always, kind="ON_CALL") == []
    assert _said(desk, p=always, since="9999-12-30") != []
    (error,) = desk.place.anonymous(GAPS, p=always).body["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_turn_of_nobody_leaves_a_gap(desk: Desk) -> None:
    """Whoever has no post on the turn's day, or is out of service, may not sign in then."""
    today = local_today(desk.inside(_clock)[1], datetime.now(UTC))
    day = (0, 1440, ShiftKind.ON_CALL, False)

    async def put(work: Work, *, active: bool, posted: bool) -> UUID:
        staff_id = new_id()
        work.db.add(
            StaffRow(id=staff_id, key=staff_id.hex, name="样本离岗", login=staff_id.hex, active=active)
        )
        await work.db.flush()
        county = (await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None)))).one()
        until = None if posted else today - timedelta(days=1)
        since = today - timedelta(days=9)
        work.db.add(
            AssignmentRow(
                id=new_id(), staff_id=staff_id, role=Role.GUIDE, area_id=county, since=since, until=until
            )
        )
        return await _put(
            work, hours="Mo 09:00-10:00; PH off", shifts=[day], since=today, guide=str(staff_id)
        )

    for active, posted in ((True, True), (False, True), (True, False)):
        point = desk.inside(partial(put, active=active, posted=posted))
        said = _said(desk, p=str(point), days=1, kind="ON_CALL")
        assert bool(said) is not (active and posted), (active, posted)


async def _clock(work: Work) -> tuple[WorkingCalendar, ZoneInfo]:
    return work.calendar, work.district.zone
