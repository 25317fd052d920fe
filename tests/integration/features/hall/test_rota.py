"""The rota: who is on call where, and that being on call is not being at the desk."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.hall.halls import Hall, on_shift, opened

from bangban.features.hall.problems import NotOnShift
from bangban.features.hall.service.rota import cancel_shift, on_call_at
from bangban.features.hall.values import ShiftKind
from bangban.kernel.problems import InvalidInput

NIGHT = MONDAY + dt.timedelta(days=1, hours=10)  # eight in the evening in Shanghai
HOUR = dt.timedelta(hours=1)


def on_call(hall: Hall, who: str, *, begins: dt.datetime = NIGHT, hours: int = 12) -> UUID:
    return on_shift(hall, who, begins=begins, hours=hours, kind=ShiftKind.ON_CALL)


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
    on_call(county, "clerk")  # twice on the rota is one person
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
