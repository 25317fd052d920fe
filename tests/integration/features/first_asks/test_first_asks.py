"""First-asked records as the database keeps them: two transfers inside, one owner, one number."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.cases.settling import hire
from tests.integration.features.first_asks.asking import ask_of, asked, letters_of, passed, told_of

from bangban.features.cases.problems import PhraseBanned
from bangban.features.first_asks import service
from bangban.features.first_asks.problems import (
    AskStateRefused,
    NotInCharge,
    NoTransfer,
    TransferReceiverUnfit,
)
from bangban.features.first_asks.service import Asker
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskState
from bangban.features.personal_data.retention import erase_due
from bangban.kernel.access.roles import Role
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger import Template
from bangban.kernel.problems import Forbidden, InvalidInput, NotFound
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work


def test_two_transfers_inside_keep_owner_and_number(world: World) -> None:
    number = asked(world, asker=Asker(name="样本甲", phone=sample_phone(5)))
    assert number.startswith("TS20260608-Q")
    owner = world.people["clerk-a"].id
    for who, to in (("clerk-a", "clerk-b"), ("clerk-b", "clerk")):
        passed(world, number, who, to)
        world.act(to, service.take_first_ask, number=number, accept=True)
        row = ask_of(world, number)
        assert (row.state, row.owner_id, row.handler_id) == (AskState.FOLLOWING, owner, world.people[to].id)
    world.act("clerk", service.answer_first_ask, number=number, text="还需卫生许可证，我已与窗口约好")
    with pytest.raises(NotInCharge):
        world.act("clerk", service.close_first_ask, number=number, outcome="已办妥")
    world.act("clerk-a", service.close_first_ask, number=number, outcome="两证均已办妥")
    row = ask_of(world, number)
    assert (row.state, row.owner_id, row.outcome) == (AskState.CLOSED, owner, "两证均已办妥")
    assert (row.asker_masked, row.closed_at) == ("样* 154****0005", MONDAY)
    assert row.asker_sealed is not None
    (answer,) = world.rows(FirstAskAnswerRow, FirstAskAnswerRow.first_ask_id == row.id)
    assert (answer.author_id, answer.text) == (world.people["clerk"].id, "还需卫生许可证，我已与窗口约好")


def test_an_answer_is_changed_by_nobody(world: World) -> None:
    number = asked(world, within_duty=True)
    world.act("clerk-a", service.answer_first_ask, number=number, text="请稍等")

    async def change(work: Work) -> None:
        await work.db.execute(update(FirstAskAnswerRow).values(text="没说过"))

    with pytest.raises(ProgrammingError, match="permission denied"):
        world.act("clerk-a", change)


def test_of_two_who_act_at_once_one_does(world: World) -> None:
    number = asked(world)
    passed(world, number, "clerk-a", "clerk")

    async def both() -> list[Any]:
        acts = (
            world.acting("clerk", service.take_first_ask, number=number, accept=True),
            world.acting("clerk", service.take_first_ask, number=number, accept=False, reason="不在岗"),
        )
        return list(await asyncio.gather(*acts, return_exceptions=True))

    assert sorted(isinstance(each, (NoTransfer, NotFound)) for each in world.run(both())) == [False, True]


def test_what_nobody_accepts_goes_back_by_time_and_the_lead_is_told(world: World) -> None:
    number = asked(world)
    offer = passed(world, number, "clerk-a", "clerk")
    told = partial(told_of, world, offer)
    assert told("asking.transferred") == [("staff:clerk", Template.TRANSFER_OFFERED)]
    early, late = MONDAY + dt.timedelta(minutes=119), MONDAY + dt.timedelta(minutes=120)
    world.act("admin", service.expire_transfer, transfer_id=offer, now=early)
    assert ask_of(world, number).state is AskState.TRANSFERRED
    for _ in range(2):  # perhaps called twice
        world.act("admin", service.expire_transfer, transfer_id=offer, now=late)
    row = ask_of(world, number)
    assert (row.state, row.handler_id) == (AskState.RECEIVED, world.people["clerk-a"].id)
    with pytest.raises(NotFound):  # it is nothing to the clerk any more
        world.act("clerk", service.take_first_ask, number=number, accept=True, now=late)
    assert told("asking.transfer-expired") == [
        ("staff:clerk-a", Template.TRANSFER_EXPIRED),
        ("staff:supervisor", Template.TRANSFER_EXPIRED),
    ]
    assert told("asking.transferred") == []
    assert told("asking.transfer-due") == []


def test_a_timer_that_is_due_by_another_clock_is_not_set_again(world: World) -> None:
    number = asked(world)
    offer = passed(world, number, "clerk-a", "clerk")
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)

    async def later(work: Work) -> None:
        await work.db.execute(update(FirstAskTransferRow).values(offered_at=ahead).filter_by(id=offer))

    world.act("admin", later)
    letters_of(world, offer, "asking.transfer-due", at=ahead + dt.timedelta(minutes=120))
    assert world.outbox(offer).count("asking.transfer-due") == 1
    assert ask_of(world, number).state is AskState.RECEIVED


def test_a_supervisor_passes_on_and_closes_for_somebody_who_is_away(world: World) -> None:
    number = asked(world)
    passed(world, number, "supervisor", "clerk")
    world.act("clerk", service.take_first_ask, number=number, accept=True)
    world.act("clerk", service.answer_first_ask, number=number, text="已联系")
    world.act("supervisor", service.close_first_ask, number=number, outcome="已办妥")
    assert ask_of(world, number).owner_id == world.people["clerk-a"].id


def test_banned_phrases_are_no_answer(world: World) -> None:
    async def decide(work: Work) -> None:
        said = {"phrases": [{"phrase": "问别人", "instead": "我来联系"}]}
        await work.db.execute(update(ProfileRow).values(settings={"assistance": said}))

    world.act("admin", decide)
    world.tenancy.forget(world.district.slug)
    number = asked(world, within_duty=True)
    with pytest.raises(PhraseBanned, match="我来联系"):
        world.act("clerk-a", service.answer_first_ask, number=number, text="你去问 别-人")
    assert ask_of(world, number).state is AskState.HANDLING
    world.act("clerk-a", service.answer_first_ask, number=number, text="我来联系")
    with pytest.raises(PhraseBanned):
        world.act("clerk-a", service.close_first_ask, number=number, outcome="让他问别人去了")


@pytest.mark.parametrize("who", ["auditor", "admin", "resident"])
def test_who_is_not_asked_records_nothing(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        asked(world, who)


def test_what_is_not_ones_own_is_not_there(world: World) -> None:
    number = asked(world)
    for act, given in (
        (service.answer_first_ask, {"text": "x"}),
        (service.close_first_ask, {"outcome": "x"}),
        (service.take_first_ask, {"accept": True}),
    ):
        with pytest.raises(NotFound):
            world.act("clerk-b", act, number=number, **given)
    with pytest.raises(Forbidden):
        asked(world, "clerk-b")  # not their town
    with pytest.raises(NotFound):
        asked(world, "clerk-a", case_number="TS20200101-000001")


def test_matters_go_to_colleagues_in_service_only(world: World) -> None:
    number = asked(world)
    with pytest.raises(TransferReceiverUnfit):
        world.act("clerk-a", service.transfer_first_ask, number=number, to_staff_id=uuid4(), reason="x")
    with pytest.raises(AskStateRefused):
        world.act("clerk-a", service.close_first_ask, number=number, outcome="x")
    with pytest.raises(InvalidInput):
        asked(world, matter="  ")


@pytest.mark.parametrize("who", ["auditor", "admin", "volunteer"])
def test_matters_go_to_nobody_who_may_never_take_them(world: World, who: str) -> None:
    if who not in world.people:
        world.act("admin", hire, world=world, name=who, role=Role.VOLUNTEER, area="grid-a")
    number, to = asked(world), world.people[who].id
    with pytest.raises(TransferReceiverUnfit):
        world.act("clerk-a", service.transfer_first_ask, number=number, to_staff_id=to, reason="x")
    assert ask_of(world, number).state is AskState.RECEIVED


@pytest.mark.parametrize("who", ["clerk-a", "supervisor"])
def test_a_slip_of_the_finger_is_taken_back(world: World, who: str) -> None:
    number = asked(world)
    offer = passed(world, number, "clerk-a", "clerk")
    with pytest.raises(NotFound):
        world.act("clerk-b", service.take_first_ask, number=number, accept=False, reason="x")
    world.act(who, service.take_first_ask, number=number, accept=False, reason="点错了人")
    row = ask_of(world, number)
    assert (row.state, row.handler_id) == (AskState.RECEIVED, world.people["clerk-a"].id)
    assert told_of(world, offer, "asking.transferred") == []
    with pytest.raises(NotFound):  # it is nothing to the clerk any more
        world.act("clerk", service.take_first_ask, number=number, accept=True)
    passed(world, number, "clerk-a", "clerk-b")
    world.act("clerk-b", service.take_first_ask, number=number, accept=True)
    with pytest.raises(NoTransfer):  # taken is taken
        world.act(who, service.take_first_ask, number=number, accept=False, reason="点错了人")


def test_who_asked_what_is_forgotten_in_time_and_the_answer_is_not(world: World) -> None:
    number = asked(world, within_duty=True, asker=Asker(name="样本甲"))
    world.act("clerk-a", service.answer_first_ask, number=number, text="我来联系")
    world.act("clerk-a", service.close_first_ask, number=number, outcome="已办妥")
    others = asked(world, asker=Asker(name="样本乙"))
    for now, gone in ((MONDAY, False), (MONDAY + dt.timedelta(days=4_000), True)):
        world.act("admin", erase_due, now=now)
        row = ask_of(world, number)
        assert (row.asker_sealed is None, row.asker_masked is None, row.matter == "***") == (gone,) * 3
    assert ask_of(world, others).asker_masked == "样*", "it is not closed"
    assert world.rows(FirstAskAnswerRow, FirstAskAnswerRow.first_ask_id == row.id)[0].text == "我来联系"


def test_a_record_is_tied_to_a_case_that_its_owner_sees(world: World) -> None:
    case = world.apply()
    number = asked(world, case_number=case)
    assert ask_of(world, number).case_id == world.case(case).id
