"""The rota: who is on call where, and that being on call is not being at the desk."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.hall.halls import Hall, on_shift, opened
from tests.integration.features.hall.test_many_at_once import at_once

from bangban.features.hall.problems import NotOnShift, TurnOver, TurnsOverlap
from bangban.features.hall.service.rota import Shift, cancel_shift, on_call_at, plan_shift
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import ShiftKind
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

NIGHT = MONDAY + dt.timedelta(days=1, hours=10)  # eight in the evening in Shanghai
HOUR = dt.timedelta(hours=1)


def on_call(hall: Hall, who: str, *, begins: dt.datetime = NIGHT, hours: int = 12, **how: Any) -> UUID:
    return on_shift(hall, who, begins=begins, hours=hours, kind=ShiftKind.ON_CALL, **how)


def called(world: World, area: str, moment: dt.datetime) -> list[str]:
    """Names of who is on call."""
    names = {each.id: name for name, each in world.people.items()}
    found = world.act("dispatcher", on_call_at, area_id=world.areas[area].id, moment=moment)
    return [names[each] for each in found]


def test_the_nearest_area_on_the_way_up_is_on_call(world: World) -> None:
    county, town = opened(world), opened(world, area="town-a")
    assert called(world, "grid-a", NIGHT) == []
    on_call(county, "guide-2")
    on_call(county, "clerk", begins=NIGHT - HOUR)
    on_call(opened(world), "clerk", elsewhere_over=False)  # on call at two points is one person
    assert called(world, "grid-a", NIGHT) == ["clerk", "guide-2"]
    there = on_call(town, "clerk-a")
    assert called(world, "grid-a", NIGHT) == called(world, "town-a", NIGHT) == ["clerk-a"]
    assert called(world, "town-b", NIGHT) == called(world, "county", NIGHT) == ["clerk", "guide-2"]
    assert called(world, "town-a", NIGHT + 12 * HOUR) == [], "the end is no part of the shift"
    world.act("dispatcher", cancel_shift, shift_id=there)
    assert called(world, "town-a", NIGHT) == ["clerk", "guide-2"]


def test_who_is_on_call_is_not_at_the_desk(hall: Hall) -> None:
    on_call(hall, "guide")
    with pytest.raises(NotOnShift):
        hall.greet(now=NIGHT)
    before = called(hall.world, "county", MONDAY)
    assert before == [], "a guide at the desk is not on call"
    on_shift(hall, "guide", begins=NIGHT)
    hall.greet(now=NIGHT)


def test_only_who_may_be_asked_there_is_on_call_for_a_day_at_most(hall: Hall) -> None:
    later = NIGHT + 48 * HOUR
    on_call(hall, "clerk", begins=later, hours=24)
    for wrong in ({"hours": 25}, {"who": "clerk-a"}, {"who": "auditor"}):
        with pytest.raises(InvalidInput):
            on_call(hall, **{"who": "clerk", "begins": later, **wrong})
    with pytest.raises(InvalidInput):
        on_shift(hall, "clerk", begins=later, lead=True, kind=ShiftKind.ON_CALL)


# ---------------------------------------------------------------------- whose turn it can be, and how many at once

DAYS = dt.timedelta(days=1)


def posted(world: World, *, since: dt.date, until: dt.date | None = None) -> str:
    """A fresh guide of the county with one post."""
    name = f"guide-{new_id().hex}"

    async def hire(work: Work) -> None:
        staff_id = new_id()
        work.db.add(StaffRow(id=staff_id, key=name, name="样本导办", login=name))
        await work.db.flush()
        area = world.areas["county"].id
        work.db.add(
            AssignmentRow(
                id=new_id(), staff_id=staff_id, role=Role.GUIDE, area_id=area, since=since, until=until
            )
        )
        world.people[name] = Principal(kind=PrincipalKind.STAFF, id=staff_id, district=world.district.slug)

    world.act("admin", hire)
    return name


def test_a_turn_is_judged_by_its_own_day(hall: Hall) -> None:
    today, later = MONDAY.date(), MONDAY + 10 * DAYS
    leaving = posted(hall.world, since=today - 9 * DAYS, until=today + 3 * DAYS)
    coming = posted(hall.world, since=later.date())
    on_shift(hall, leaving, begins=MONDAY + 3 * DAYS)
    on_shift(hall, coming, begins=later)
    for who, begins in ((leaving, MONDAY + 4 * DAYS), (coming, later - DAYS)):
        with pytest.raises(InvalidInput) as refused:
            on_shift(hall, who, begins=begins)
        assert refused.value.fields == ("input.guideId",)


def test_nobody_is_at_two_desks_at_once_nor_at_one_twice(hall: Hall) -> None:
    guide, there = posted(hall.world, since=MONDAY.date()), opened(hall.world)
    begins = MONDAY + 20 * DAYS
    first = on_shift(hall, guide, begins=begins, hours=8)
    for point in (hall, there):
        for moment in (begins - 7 * HOUR, begins, begins + 7 * HOUR):
            with pytest.raises(TurnsOverlap, match="2026-06-28") as refused:
                on_shift(point, guide, begins=moment, hours=8, elsewhere_over=False)
            assert refused.value.fields == ("input.beginsAt", "input.endsAt")
    on_shift(
        there, guide, begins=begins + 8 * HOUR, hours=2, elsewhere_over=False
    )  # the end is no part of a turn
    on_call(hall, guide, begins=begins, elsewhere_over=False)  # by phone, whatever desk they are at
    on_call(there, guide, begins=begins, elsewhere_over=False)
    with pytest.raises(TurnsOverlap):
        on_call(hall, guide, begins=begins + HOUR, elsewhere_over=False)
    hall.world.act("dispatcher", cancel_shift, shift_id=first)
    on_shift(hall, guide, begins=begins, hours=8, elsewhere_over=False)


def test_a_turn_that_runs_ends_when_it_is_cancelled_and_what_is_over_is_not_taken_back(hall: Hall) -> None:
    world, guide, begins = hall.world, "guide", MONDAY + 25 * DAYS
    turn = on_shift(hall, guide, begins=begins, hours=8)
    hall.greet(who=guide, now=begins + HOUR)
    world.act("dispatcher", cancel_shift, now=begins + 2 * HOUR, shift_id=turn)
    (kept,) = world.rows(GuideShiftRow, GuideShiftRow.id == turn)
    assert (kept.begins_at, kept.ends_at, kept.cancelled_at) == (begins, begins + 2 * HOUR, None)
    with pytest.raises(NotOnShift):
        hall.greet(who=guide, now=begins + 2 * HOUR)
    later = on_shift(hall, guide, begins=begins + 3 * HOUR)
    world.act("dispatcher", cancel_shift, now=begins + 2 * HOUR, shift_id=later)
    for over in (turn, later):
        with pytest.raises(TurnOver) as refused:
            world.act("dispatcher", cancel_shift, now=begins + 2 * HOUR, shift_id=over)
        assert refused.value.fields == ("input.shiftId",)


def test_of_many_desks_at_once_one_has_somebody(hall: Hall) -> None:
    guide, there = posted(hall.world, since=MONDAY.date()), opened(hall.world)
    staff_id = hall.world.people[guide].id
    assert staff_id is not None
    begins = MONDAY + 30 * DAYS
    turn = Shift(guide_id=staff_id, begins_at=begins, ends_at=begins + HOUR)
    points = [hall.id, there.id] * 4
    done = at_once(
        hall.world,
        *(hall.world.acting("dispatcher", plan_shift, point_id=each, shift=turn) for each in points),
    )
    assert sorted(isinstance(each, TurnsOverlap) for each in done) == [False] + [True] * 7


def test_the_name_of_a_desk_is_not_cut(hall: Hall) -> None:
    guide = posted(hall.world, since=MONDAY.date())
    with pytest.raises(InvalidInput) as refused:
        on_shift(hall, guide, desk="台" * 61)
    assert refused.value.fields == ("input.desk",)


def test_who_is_gone_is_on_call_no_more(world: World) -> None:
    grid = opened(world, area="town-b")
    gone = posted(world, since=MONDAY.date())
    on_call(grid, gone, begins=NIGHT + 30 * DAYS)
    assert called(world, "town-b", NIGHT + 30 * DAYS) == [gone]

    async def end(work: Work) -> None:
        own = AssignmentRow.staff_id == world.people[gone].id
        await work.db.execute(update(AssignmentRow).where(own).values(until=MONDAY.date()))

    world.act("admin", end)
    assert called(world, "town-b", NIGHT + 30 * DAYS) == []
