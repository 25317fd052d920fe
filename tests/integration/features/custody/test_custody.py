"""Papers on their way through the district, as the database keeps them."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World

from bangban.features.areas.tables import AreaRow
from bangban.features.cases import service as cases
from bangban.features.cases.paper_problems import PapersOut
from bangban.features.cases.problems import ReceiverUnfit
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.values import CaseOutcome, Grade
from bangban.features.custody import service
from bangban.features.custody.problems import PapersNotHeld, ReceiverUnknown
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.custody.values import CustodyKind
from bangban.kernel.problems import Forbidden, NotFound, Problem
from bangban.kernel.tenancy.work import Work

LEASE = [Papers("LEASE", originals=1, copies=2)]
RESULT = [Papers("RESULT", originals=1)]


def entries(world: World, number: str) -> list[CustodyEntryRow]:
    found = world.rows(CustodyEntryRow, CustodyEntryRow.case_id == world.case(number).id)
    return sorted(found, key=lambda each: each.id)


def taken(world: World, **how: Any) -> str:
    """A case of whose papers the village's helper has some."""
    number = world.apply(supplied=list(REQUIRED), **how)
    world.act("helper-a", service.take_papers, number=number, papers=LEASE, note="上门代收")
    return number


def test_papers_go_from_the_door_to_the_window_and_back_and_balance(world: World) -> None:
    number = taken(world)
    clerk, window = world.people["clerk"].id, world.areas["county"].id
    assert world.case(number).papers_out == 3
    world.act("helper-a", service.forward_papers, number=number, papers=LEASE, to_staff_id=clerk)
    world.act(
        "clerk", service.forward_papers, number=number, papers=[Papers("LEASE", 0, 2)], to_area_id=window
    )
    assert world.case(number).papers_out == 1
    world.act("clerk", service.return_papers, number=number, papers=[Papers("LEASE", 1)])
    assert world.case(number).papers_out == 0

    kept = entries(world, number)
    assert [each.kind for each in kept] == [
        CustodyKind.TAKEN,
        CustodyKind.FORWARDED,
        CustodyKind.FORWARDED,
        CustodyKind.RETURNED,
    ]
    assert [(each.originals, each.copies) for each in kept] == [(1, 2), (1, 2), (0, 2), (1, 0)]
    assert kept[0].note == "上门代收"
    told = [each for each in world.events(number) if each.kind.startswith("PAPERS")]
    assert [each.note for each in told][:1] == ["样本材料 LEASE 原件1 复印件2;上门代收"]
    assert world.outbox(world.case(number).id)[-1] == "case.changed"


def test_a_case_waits_for_its_papers_to_be_completed_and_for_its_result_to_be_closed(world: World) -> None:
    number = taken(world)
    world.act("clerk", cases.pre_check_case, number=number)
    world.act("clerk", cases.accept_case, number=number)
    result = {"number": number, "outcome": CaseOutcome.GRANTED, "opinion": "准予办理"}
    with pytest.raises(PapersOut):
        world.act("clerk", cases.complete_case, **result)
    world.act("helper-a", service.return_papers, number=number, papers=LEASE)
    world.act("clerk", cases.complete_case, **result)
    world.act("helper-a", service.take_papers, number=number, papers=RESULT)
    with pytest.raises(PapersOut):
        world.act("resident", cases.rate_case, number=number, grade=Grade.SATISFIED)
    world.act("helper-a", service.return_papers, number=number, papers=RESULT)
    world.act("resident", cases.rate_case, number=number, grade=Grade.SATISFIED)


def test_of_two_who_give_the_same_papers_away_one_does(world: World) -> None:
    number = taken(world)
    window = world.areas["county"].id

    async def both() -> list[Any]:
        given = {"number": number, "papers": LEASE}
        acts = (
            world.acting("helper-a", service.forward_papers, **given, to_area_id=window),
            world.acting("helper-a", service.return_papers, **given),
        )
        return list(await asyncio.gather(*acts, return_exceptions=True))

    found = world.run(both())
    assert sorted(isinstance(each, PapersNotHeld) for each in found) == [False, True]
    assert world.case(number).papers_out == 0


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("clerk-b", NotFound),  # of another town
        ("stranger", Forbidden),
        ("resident", Forbidden),  # the applicant does not record what others did
        ("auditor", Forbidden),
        ("admin", Forbidden),
        ("dispatcher", Forbidden),  # sees the case, which is not theirs
    ],
)
def test_who_may_not_take_papers(world: World, who: str, refusal: type[Problem]) -> None:
    number = world.apply()
    with pytest.raises(refusal):
        world.act(who, service.take_papers, number=number, papers=LEASE)
    assert entries(world, number) == []


def test_papers_go_to_somebody_who_can_do_something_with_them(world: World) -> None:
    number = taken(world)
    for to in ("clerk-b", "auditor"):
        with pytest.raises(ReceiverUnfit):
            world.act(
                "helper-a",
                service.forward_papers,
                number=number,
                papers=LEASE,
                to_staff_id=world.people[to].id,
            )
    for nobody in (
        {},
        {"to_area_id": uuid4()},
        {"to_staff_id": world.people["clerk"].id, "to_area_id": uuid4()},
    ):
        with pytest.raises(ReceiverUnknown):
            world.act("helper-a", service.forward_papers, number=number, papers=LEASE, **nobody)


def test_papers_go_to_a_unit_until_the_day_it_is_retired(world: World) -> None:
    number, town = taken(world), world.areas["town-b"].id

    def retire(on: dt.date | None) -> None:
        async def write(work: Work) -> None:
            await work.db.execute(update(AreaRow).where(AreaRow.id == town).values(retired_on=on))

        world.act("admin", write)

    def forward() -> None:
        world.act("helper-a", service.forward_papers, number=number, papers=LEASE, to_area_id=town)

    retire(MONDAY.date())
    with pytest.raises(ReceiverUnknown):
        forward()
    retire(MONDAY.date() + dt.timedelta(days=1))
    forward()
    retire(None)


def test_what_a_unit_has_goes_out_through_those_who_act_for_it(world: World) -> None:
    number = taken(world)
    town = world.areas["town-a"].id
    world.act("helper-a", service.forward_papers, number=number, papers=LEASE, to_area_id=town)
    for who in ("helper-a", "clerk-b"):
        with pytest.raises((Forbidden, NotFound)):
            world.act(who, service.return_papers, number=number, papers=LEASE, from_area_id=town)
    with pytest.raises(Forbidden):
        world.act("clerk-a", service.return_papers, number=number, papers=LEASE, from_area_id=uuid4())
    world.act("clerk-a", service.return_papers, number=number, papers=LEASE, from_area_id=town)
    assert [each.from_area_id for each in entries(world, number)][-1] == town
