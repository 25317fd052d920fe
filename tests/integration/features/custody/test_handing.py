"""Papers go with a case that is handed over, or stay where they are; nothing is lost whatever becomes of it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World, race

from bangban.features.cases import service as cases
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.service.relay import expire_handover
from bangban.features.cases.tables import HandoverRow
from bangban.features.custody import handing, service
from bangban.features.custody.problems import PapersNotHeld
from bangban.features.custody.tables import CustodyEntryRow
from bangban.kernel.problems import InvalidInput, Problem

LEASE = Papers("LEASE", originals=1, copies=2)
PART = Papers("LEASE", originals=1, copies=1)


def taken(world: World) -> str:
    """A case of whose papers the village's helper, who holds it, has some."""
    number = world.apply(supplied=list(REQUIRED))
    world.act("helper-a", service.take_papers, number=number, papers=[LEASE])
    return number


def offer(world: World, number: str, *papers: Papers) -> None:
    how = {"to_staff_id": world.people["clerk-a"].id, "reason": "需镇街办理", "papers": papers}
    world.act("helper-a", handing.hand_over_case, number=number, **how)


def held(world: World, number: str) -> dict[str, tuple[int, int]]:
    """Who has how many originals and copies."""
    found: dict[str, tuple[int, int]] = {}
    names = {each.id: name for name, each in world.people.items()}
    case_id = world.case(number).id
    for row in world.rows(CustodyEntryRow, CustodyEntryRow.case_id == case_id):
        for who, sign in ((row.from_staff_id, -1), (row.to_staff_id, 1)):
            if who is not None:
                originals, copies = found.get(names[who], (0, 0))
                found[names[who]] = (originals + sign * row.originals, copies + sign * row.copies)
    return {who: each for who, each in found.items() if any(each)}


def test_they_go_with_the_case_when_it_is_taken_and_not_before(world: World) -> None:
    number = taken(world)
    offer(world, number, PART)
    assert held(world, number) == {"helper-a": (1, 2)}
    world.act("clerk-a", handing.take_over_case, number=number)
    assert held(world, number) == {"helper-a": (0, 1), "clerk-a": (1, 1)}
    assert world.case(number).papers_out == 3, "in people's hands as before"
    assert world.case(number).holder_id == world.people["clerk-a"].id
    *_, offered, forwarded, took = world.events(number)
    assert "样本材料 LEASE 原件1 复印件1" in (offered.note or "")
    assert [forwarded.kind, took.kind] == ["PAPERS_FORWARDED", "TAKEN_OVER"]
    (row,) = world.rows(HandoverRow, HandoverRow.case_id == world.case(number).id)
    assert row.papers == [{"code": "LEASE", "originals": 1, "copies": 1}]


@pytest.mark.parametrize("how", ["returned", "expired"])
def test_they_stay_with_the_sender_when_it_comes_back(world: World, how: str) -> None:
    number = taken(world)
    offer(world, number, LEASE)
    if how == "returned":
        world.act("clerk-a", cases.return_case, number=number, reason="不在岗")
    else:
        late = MONDAY + dt.timedelta(hours=3)
        world.act("admin", expire_handover, case_id=world.case(number).id, now=late)
    assert held(world, number) == {"helper-a": (1, 2)}
    offer(world, number, LEASE)


@pytest.mark.parametrize(
    ("papers", "refusal"),
    [
        ([Papers("LEASE", originals=2)], PapersNotHeld),
        ([Papers("PHOTO", originals=1)], PapersNotHeld),
        ([Papers("RESULT", originals=1)], PapersNotHeld),
        ([Papers("LEASE", originals=-1, copies=2)], InvalidInput),
        ([Papers("LEASE")], InvalidInput),
        ([PART, PART], InvalidInput),
    ],
)
def test_nobody_offers_what_is_not_in_hand(
    world: World, papers: list[Papers], refusal: type[Exception]
) -> None:
    number = taken(world)
    with pytest.raises(refusal):
        offer(world, number, *papers)
    assert len(world.events(number)) == 2, "no hand-over is left of it"


def test_to_take_the_case_without_its_papers_is_said_and_on_record(world: World) -> None:
    number = taken(world)
    offer(world, number, LEASE)
    how = {"number": number, "papers": [LEASE], "to_staff_id": world.people["clerk"].id}
    world.act("helper-a", service.forward_papers, **how)
    with pytest.raises(PapersNotHeld):
        world.act("clerk-a", handing.take_over_case, number=number)
    assert world.case(number).holder_id == world.people["helper-a"].id
    world.act("clerk-a", handing.take_over_case, number=number, without_papers=True)
    assert held(world, number) == {"clerk": (1, 2)}
    assert "未接收随交材料" in (world.events(number)[-1].note or "")


def test_of_two_who_take_papers_away_at_once_one_does(world: World) -> None:
    number = taken(world)
    offer(world, number, LEASE)
    forward = {"number": number, "papers": [LEASE], "to_staff_id": world.people["clerk"].id}
    lost = race(
        world,
        ("helper-a", service.forward_papers, forward),
        ("clerk-a", handing.take_over_case, {"number": number}),
    )
    assert lost == ["PAPERS_NOT_HELD"]
    assert list(held(world, number).values()) == [(1, 2)]


ACTS = st.lists(
    st.sampled_from(["offer", "offer-part", "take", "take-without", "return", "expire", "forward"]),
    min_size=3,
    max_size=7,
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_whatever_becomes_of_hand_overs_nothing_is_lost(world: World, acts: list[str]) -> None:
    number = taken(world)
    clerk = world.people["clerk"].id
    for act in acts:
        try:
            match act:
                case "offer":
                    offer(world, number, LEASE)
                case "offer-part":
                    offer(world, number, PART)
                case "take" | "take-without":
                    world.act(
                        "clerk-a", handing.take_over_case, number=number, without_papers=act == "take-without"
                    )
                case "return":
                    world.act("clerk-a", cases.return_case, number=number, reason="不在岗")
                case "expire":
                    late = MONDAY + dt.timedelta(hours=3)
                    world.act("admin", expire_handover, case_id=world.case(number).id, now=late)
                case _:
                    one = [Papers("LEASE", copies=1)]
                    world.act(
                        "helper-a", service.forward_papers, number=number, papers=one, to_staff_id=clerk
                    )
        except Problem:  # refused, which leaves no trace
            pass
        have = held(world, number).values()
        assert (sum(each[0] for each in have), sum(each[1] for each in have)) == (1, 2)
        assert all(min(each) >= 0 for each in have)
        assert world.case(number).papers_out == 3
