"""What nobody on duty has learnt is what looking at every minute finds (DOMAIN C11)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import or_, select
from tests.api.casework import Desk, Run
from tests.api.clients import Place
from tests.api.halls import make_point
from tests.api.named import text_of

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.catalog.values import DelegationScope
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import ShiftKind
from bangban.features.orders.tables import HelperSkillRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.hours import is_open, read_hours
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.clock.week import local_minute
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

WEEKS = ("Mo-Fr 09:00-12:00,13:30-17:00", "Mo-Su 08:30-24:00; PH off", "Mo-Su 10:00-11:00; PH 09:00-10:00")
DAYS = (
    date(2026, 9, 30),
    date(2026, 10, 1),
    date(2026, 10, 10),
)  # before a holiday, on it, and a worked Saturday
MINUTE = timedelta(minutes=1)
TURNS = 4


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


Times = list[tuple[datetime, datetime, int]]


async def _drawn(work: Work, *, turn: int, day: date) -> dict[str, Times]:
    """Points with hours and people on duty, a delegation to one and one to their area; what minutes find of each."""
    random, zone = Random(turn), work.district.zone
    themes = {
        row.code: row.details.get("theme")
        for row in await work.db.scalars(select(ServiceItemRow).order_by(ServiceItemRow.version))
    }
    taken = select(ServicePointRow.area_id)
    areas = select(AreaRow.id).where(AreaRow.id.not_in(taken), AreaRow.parent_id.is_not(None))
    area = (await work.db.scalars(areas.order_by(AreaRow.key).limit(1))).one()
    weeks = {
        await make_point(work, hours=read_hours(each), area_id=area): each
        for each in random.choices(WEEKS, k=2)
    }
    posted = select(AssignmentRow.staff_id).where(
        AssignmentRow.since < DAYS[0], or_(AssignmentRow.until.is_(None), AssignmentRow.until > DAYS[-1])
    )
    serving = select(StaffRow.id).where(StaffRow.active, StaffRow.id.in_(posted))
    people = (await work.db.scalars(serving.order_by(StaffRow.key).limit(4))).all()
    code = random.choice(sorted(themes))
    skills = {staff_id: random.choice(("all", "theme", "service", "other")) for staff_id in people}
    for staff_id, skill in skills.items():
        await work.db.merge(
            HelperSkillRow(
                staff_id=staff_id,
                all_round=skill == "all",
                themes=[themes[code]] if skill == "theme" and themes[code] else ["样本无此主题"],
                services=[code] if skill == "service" or (skill == "theme" and not themes[code]) else [],
                changed_at=work.now,
            )
        )
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    on_duty: dict[UUID, set[int]] = {point: set() for point in weeks}
    for _ in range(random.randint(2, 7)):
        point, staff_id = random.choice(list(weeks)), random.choice(people)
        begins, lasts, cancelled = random.randint(-600, 1200), random.randint(60, 800), random.random() < 0.2
        start = midnight + begins * MINUTE
        work.db.add(
            GuideShiftRow(
                id=new_id(),
                point_id=point,
                guide_id=staff_id,
                desk=None,
                day=start.date(),
                begins_at=start,
                ends_at=start + lasts * MINUTE,
                cancelled_at=start if cancelled else None,
                kind=random.choice([None, *ShiftKind]),
            )
        )
        if skills[staff_id] != "other" and not cancelled:
            on_duty[point] |= set(range(begins, begins + lasts))
    found: dict[str, Times] = {}
    for points in ([next(iter(weeks))], list(weeks)):
        given = DelegationRow(
            id=new_id(),
            service_code=code,
            from_area_id=area,
            to_area_id=area if len(points) > 1 else None,
            to_point_id=points[0] if len(points) == 1 else None,
            scope=DelegationScope.PRE_CHECK,
            since=work.today,
            basis=f"样本{turn}",
        )
        work.db.add(given)
        covered = set().union(*(on_duty[each] for each in points))

        def opened(minute: int, points: list[UUID] = points) -> bool:
            seen = local_minute(work.calendar, midnight + minute * MINUTE, zone)
            weeks_of = (read_hours(weeks[each]) for each in points)
            return any(is_open(week, key=seen.key, minute=seen.minute) for week in weeks_of)

        lacking = [each for each in range(1440) if each not in covered and opened(each)]
        runs = [
            [n for _, n in run] for _, run in groupby(enumerate(lacking), key=lambda pair: pair[1] - pair[0])
        ]
        found[str(given.id)] = [
            (midnight + run[0] * MINUTE, midnight + (run[-1] + 1) * MINUTE, len(run)) for run in runs
        ]
    await work.db.flush()
    return found


def _asked(desk: Desk, **given: Any) -> dict[str, Times]:
    said: Any = desk.staff("dispatcher")(text_of("SkillGaps"), first=100, **given).data["skillGaps"]["edges"]
    return {
        each["node"]["id"]: [
            (
                datetime.fromisoformat(time["beginsAt"]),
                datetime.fromisoformat(time["endsAt"]),
                time["minutes"],
            )
            for time in each["node"]["uncovered"]
        ]
        for each in said
    }


def test_who_is_on_duty_covers_what_looking_at_every_minute_says(desk: Desk) -> None:
    seen = [0, 0]
    for turn in range(TURNS):
        day = DAYS[turn % len(DAYS)]
        expected = desk.inside(partial(_drawn, turn=turn, day=day))
        said = _asked(desk, onDutyOn=day.isoformat())
        assert {each: said.get(each, []) for each in expected} == expected, turn
        assert [] not in said.values(), "what is covered at every hour is not listed"
        seen = [seen[0] + sum(map(bool, expected.values())), seen[1] + sum(map(len, expected.values()))]
    assert seen[1] > seen[0] > 0, "some matters are uncovered more than once a day"


def test_a_unit_that_is_closed_that_day_lacks_nobody(desk: Desk) -> None:
    async def closed(work: Work) -> str:
        point = await make_point(work, hours=read_hours("Mo 09:00-10:00; PH off"))
        given = DelegationRow(
            id=new_id(),
            service_code="NO-ITEM-OF-THIS-CODE",
            from_area_id=(await work.db.get_one(ServicePointRow, point)).area_id,
            to_point_id=point,
            scope=DelegationScope.PRE_CHECK,
            since=work.today,
            basis="样本",
        )
        work.db.add(given)
        return str(given.id)

    gap = desk.inside(closed)
    assert gap not in _asked(desk, onDutyOn="2026-09-29")  # a Tuesday
    monday = _asked(desk, onDutyOn="2026-09-28")
    assert [minutes for _, _, minutes in monday[gap]] == [60]
