"""Residents ask online at any hour: somebody owns it at once, an answer is promised, and a late one is told of."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, SINCE, World
from tests.integration.features.cases.settling import hire
from tests.integration.features.first_asks.asking import letters_of, row_of, told_of

from bangban.features.first_asks import service
from bangban.features.first_asks.problems import NoTransfer, TransferReceiverUnfit
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import ShiftKind
from bangban.features.orders.placing_problems import NobodyToAsk
from bangban.features.people.tables import StaffRow, TeamMemberRow, TeamRow
from bangban.features.personal_data.retention import erase_due
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind
from bangban.kernel.access.roles import Role
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.messenger import Template
from bangban.kernel.problems import Forbidden, InvalidInput, NotFound
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

NIGHT = dt.datetime(2026, 6, 8, 14, tzinfo=dt.UTC)  # ten in the evening in Shanghai


def ask(world: World, who: str = "resident", *, area: str = "grid-a", **how: Any) -> FirstAskRow:
    """A question of a resident."""
    how.setdefault("matter", "居住证到期前多久可以签注")
    ask_id = world.act(who, service.ask_online, area_id=world.areas[area].id, **how)
    return row_of(world, FirstAskRow.id == ask_id)


def decide(world: World, **said: Any) -> None:
    """Let the district decide something about questions. All tests' are one resident's, who may ask many."""

    async def change(work: Work) -> None:
        settings = {"assistance": {"open_questions": 1_000} | said}
        await work.db.execute(update(ProfileRow).values(settings=settings))

    world.act("admin", change)
    world.tenancy.forget(world.district.slug)


@pytest.fixture(autouse=True)
def _many_questions(world: World) -> None:
    decide(world)


def name_of(world: World, staff_id: UUID) -> str:
    return next(name for name, person in world.people.items() if person.id == staff_id)


def test_somebody_of_the_area_owns_it_at_once_and_the_resident_is_told_by_when(world: World) -> None:
    row = ask(world)
    assert (row.channel, row.state) == (AskChannel.ONLINE, AskState.HANDLING)
    assert name_of(world, row.owner_id) == "grid-helper"
    assert row.reply_due_at == MONDAY + dt.timedelta(minutes=30)
    (letter,) = letters_of(world, row.id, "asking.received")
    assert (letter.to, letter.template) == (sample_phone(1), Template.QUESTION_RECEIVED)
    assert (row.number in letter.text, "06-08 10:30" in letter.text) == (True, True)
    assert row.matter not in letter.text


def test_office_hours_and_other_hours_have_times_of_their_own(world: World) -> None:
    decide(world, reply_minutes_in_hours=10, reply_minutes_off_hours=45, office_hours="08:30-17:30")
    sunday, opening = MONDAY - dt.timedelta(days=1), dt.datetime(2026, 6, 8, 0, 30, tzinfo=dt.UTC)
    for now, minutes in ((MONDAY, 10), (NIGHT, 45), (sunday, 45), (opening, 10)):
        assert ask(world, now=now).reply_due_at == now + dt.timedelta(minutes=minutes), now
    decide(world)


def test_of_two_helpers_the_one_with_less_to_do_is_asked(apart: World) -> None:
    async def second(work: Work) -> None:
        await hire(work, apart, "second-helper", Role.HELPER, "village-a")

    apart.act("admin", second)
    owners = [name_of(apart, ask(apart, area="village-a").owner_id) for _ in range(4)]
    assert sorted(owners[:2]) == sorted(owners[2:]) == ["helper-a", "second-helper"]


def on_call(world: World, who: str, *, area: str, begins: dt.datetime) -> None:
    """Put somebody on call for twelve hours at a point of an area."""

    async def plan(work: Work) -> None:
        point = ServicePointRow(
            id=new_id(),
            key=new_id().hex,
            area_id=world.areas[area].id,
            kind=PointKind.HALL,
            name="值守点",
            longitude=117.7,
            latitude=36.9,
            hours={},
        )
        work.db.add(point)
        await work.db.flush()
        staff_id = world.people[who].id
        assert staff_id is not None
        work.db.add(
            GuideShiftRow(
                id=new_id(),
                point_id=point.id,
                guide_id=staff_id,
                kind=ShiftKind.ON_CALL,
                desk=None,
                day=begins.date(),
                begins_at=begins,
                ends_at=begins + dt.timedelta(hours=12),
            )
        )

    world.act("admin", plan)


def test_outside_office_hours_whoever_is_on_call_is_asked(world: World) -> None:
    on_call(world, "clerk", area="county", begins=NIGHT - dt.timedelta(hours=1))
    assert name_of(world, ask(world, now=NIGHT).owner_id) == "clerk"
    assert name_of(world, ask(world).owner_id) == "grid-helper", "in office hours it is the area's own"
    later = NIGHT + dt.timedelta(hours=12)
    assert name_of(world, ask(world, now=later).owner_id) == "grid-helper", "nobody is on call any more"
    on_call(world, "clerk-b", area="county", begins=later)  # whose town is another
    assert name_of(world, ask(world, now=later).owner_id) == "grid-helper"


def test_a_late_answer_is_told_to_the_owner_and_the_lead_and_an_answer_in_time_to_nobody(
    world: World,
) -> None:
    row = ask(world)
    assert told_of(world, row.id, "asking.reply-due") == [
        ("staff:grid-helper", Template.QUESTION_LATE),
        ("staff:supervisor", Template.QUESTION_LATE),
    ]
    world.act("grid-helper", service.answer_first_ask, number=row.number, text="到期前三十日内")
    assert told_of(world, row.id, "asking.reply-due") == []
    assert told_of(world, row.id, "asking.answered") == [(sample_phone(1), Template.QUESTION_ANSWERED)]


def test_only_residents_ask_and_only_of_somebody(world: World) -> None:
    for who in ("helper-a", "admin", "auditor"):
        with pytest.raises(Forbidden):
            ask(world, who)
    for matter in (" ", "问" * 2_001):
        with pytest.raises(InvalidInput):
            ask(world, matter=matter)
    with pytest.raises(NotFound):
        ask(world, service_code="NO-SUCH-ITEM")
    case = world.apply()  # of the first sample person, who is the resident
    with pytest.raises(NotFound):
        ask(world, "stranger", case_number=case)
    assert ask(world, case_number=case).case_id == world.case(case).id


def test_where_nobody_may_be_asked_nothing_is_kept(world: World) -> None:
    async def leave(work: Work, *, active: bool) -> None:
        await work.db.execute(update(StaffRow).values(active=active))

    before = len(world.rows(FirstAskRow))
    world.act("admin", leave, active=False)
    with pytest.raises(NobodyToAsk):
        ask(world)
    world.act("admin", leave, active=True)
    assert len(world.rows(FirstAskRow)) == before


def test_who_asked_is_forgotten_with_the_question(apart: World) -> None:
    row = ask(apart)
    apart.act("grid-helper", service.answer_first_ask, number=row.number, text="到期前三十日内")
    apart.act("grid-helper", service.close_first_ask, number=row.number, outcome="已答复")
    apart.act("admin", erase_due, now=MONDAY + dt.timedelta(days=4_000))
    row = row_of(apart, FirstAskRow.id == row.id)
    assert (row.resident_id, row.asker_masked, row.matter) == (None, None, "***")


# ---------------------------------------------------------------------- to a team


def team_of(world: World, *names: str) -> UUID:
    team_id = new_id()

    async def found(work: Work) -> None:
        work.db.add(TeamRow(id=team_id, key=team_id.hex, name="卫生健康窗口", kind="DEPARTMENT"))
        await work.db.flush()
        for name in names:
            staff_id = world.people[name].id
            assert staff_id is not None
            work.db.add(TeamMemberRow(id=new_id(), team_id=team_id, staff_id=staff_id, since=SINCE))

    world.act("admin", found)
    return team_id


def handed_to(world: World, *names: str) -> FirstAskRow:
    row = ask(world)
    world.act(
        "grid-helper",
        service.transfer_first_ask,
        number=row.number,
        to_team_id=team_of(world, *names),
        reason="属卫生健康部门职责",
    )
    return row_of(world, FirstAskRow.id == row.id)


def test_of_a_team_exactly_one_takes_it_and_the_owner_stays(world: World) -> None:
    row = handed_to(world, "clerk", "clerk-a", "clerk-b")

    async def all_three() -> list[Any]:
        acts = (
            world.acting(each, service.take_first_ask, number=row.number, accept=True)
            for each in ("clerk", "clerk-a", "clerk-b")
        )
        return list(await asyncio.gather(*acts, return_exceptions=True))

    came = world.run(all_three())
    assert sum(isinstance(each, UUID) for each in came) == 1
    assert all(isinstance(each, (UUID, NoTransfer, NotFound)) for each in came)
    after = row_of(world, FirstAskRow.id == row.id)
    assert (after.owner_id, after.number, after.state) == (row.owner_id, row.number, AskState.FOLLOWING)
    assert name_of(world, after.handler_id) in {"clerk", "clerk-a", "clerk-b"}


def test_all_of_a_team_are_told_and_it_goes_back_by_time(world: World) -> None:
    row = handed_to(world, "clerk", "clerk-b")
    (offer,) = [
        each.id for each in world.rows(FirstAskTransferRow, FirstAskTransferRow.first_ask_id == row.id)
    ]
    told = sorted(told_of(world, offer, "asking.transferred"))
    assert told == [(f"staff:{name}", Template.TRANSFER_OFFERED) for name in ("clerk", "clerk-b")]
    world.act("admin", service.expire_transfer, transfer_id=offer, now=MONDAY + dt.timedelta(minutes=120))
    assert row_of(world, FirstAskRow.id == row.id).state is AskState.HANDLING
    letters = letters_of(world, offer, "asking.transfer-expired")
    assert {each.to for each in letters} == {"staff:grid-helper", "staff:supervisor"}
    assert "卫生健康窗口" in letters[0].text


def test_nobodys_team_and_no_choice_are_refused(world: World) -> None:
    row = ask(world)
    empty = team_of(world)
    for to, problem in (
        ({"to_team_id": empty}, TransferReceiverUnfit),
        ({"to_team_id": team_of(world, "auditor", "admin")}, TransferReceiverUnfit),
        ({"to_team_id": uuid4()}, TransferReceiverUnfit),
        ({"to_team_id": team_of(world, "grid-helper")}, InvalidInput),  # has it already
        ({}, InvalidInput),
        ({"to_team_id": empty, "to_staff_id": world.people["clerk"].id}, InvalidInput),
    ):
        with pytest.raises(problem):
            world.act("grid-helper", service.transfer_first_ask, number=row.number, reason="x", **to)
    row = handed_to(world, "clerk")
    with pytest.raises(NotFound):  # not of the team
        world.act("clerk-b", service.take_first_ask, number=row.number, accept=True)
