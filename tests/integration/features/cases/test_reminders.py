"""What falls due in casework: hand-overs that nobody took, promises, and what follows a case."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World, applicant
from tests.letters import Letters

from bangban.features.cases import service
from bangban.features.cases.paper_problems import PromiseNotBroken, ToleranceBarred
from bangban.features.cases.problems import NoHandover
from bangban.features.cases.reminders import handlers
from bangban.features.cases.service.relay import expire_handover
from bangban.features.cases.tables import HandoverRow, ToleranceRow
from bangban.features.cases.values import CaseOutcome
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Message, Template
from bangban.kernel.problems import Forbidden, InvalidInput
from bangban.kernel.tenancy.work import Work


@pytest.fixture
def world(assisted_world: World) -> World:
    """The district that decides something about assistance."""
    return assisted_world


def due(world: World, letters: Letters, kind: str, number: str, *, at: dt.datetime = MONDAY) -> list[Message]:
    """What the outbox does when something is due."""
    reference = str(world.case(number).id)
    delivery = Delivery(id=1, kind=kind, reference=reference, district=world.district, at=at, tries=1)
    world.run(handlers(world.tenancy, letters)[kind](delivery))
    return letters.sent


def offered(world: World) -> str:
    number = world.apply()
    to = world.people["clerk-a"].id
    world.act("helper-a", service.hand_over_case, number=number, to_staff_id=to, reason="接力")
    return number


def test_a_handover_that_nobody_takes_goes_back_in_time_and_once(world: World, letters: Letters) -> None:
    number = offered(world)
    case, later = world.case(number), MONDAY + dt.timedelta(minutes=60)
    timers = world.outbox(case.id).count("case.handover-due")
    world.act("admin", expire_handover, case_id=case.id, now=later - dt.timedelta(seconds=1))
    assert world.outbox(case.id).count("case.handover-due") == timers + 1, "it is looked at again, in time"
    assert [each.returned_at for each in world.rows(HandoverRow, HandoverRow.case_id == case.id)] == [None]

    for _ in range(2):  # perhaps called twice
        world.act("admin", expire_handover, case_id=case.id, now=later)
    (link,) = world.rows(HandoverRow, HandoverRow.case_id == case.id)
    assert (link.taken_at, link.returned_at) == (None, later)
    assert world.case(number).holder_id == world.people["helper-a"].id
    assert [each.kind for each in world.events(number)].count("EXPIRED") == 1
    with pytest.raises(NoHandover):
        world.act("clerk-a", service.take_over_case, number=number, now=later)
    world.act(
        "helper-a",
        service.hand_over_case,
        number=number,
        to_staff_id=world.people["clerk"].id,
        reason="再次交接",
    )

    told = due(world, letters, "case.handover-expired", number)
    assert [(each.to, each.template) for each in told] == [
        ("staff:helper-a", Template.HANDOVER_EXPIRED),
        ("staff:supervisor", Template.HANDOVER_EXPIRED),
    ]


def test_a_teams_lead_is_told_rather_than_a_supervisor(world: World, letters: Letters) -> None:
    async def team(work: Work) -> None:
        team_id, since = new_id(), dt.date(2026, 1, 1)
        work.db.add(TeamRow(id=team_id, key="team", name="样本队", kind="TOWN"))
        await work.db.flush()
        for who, lead in (("helper-a", False), ("clerk-a", True)):
            member = {
                "team_id": team_id,
                "staff_id": world.people[who].id,
                "since": since,
                "lead": lead,
            }
            work.db.add(TeamMemberRow(id=new_id(), **member))

    world.act("admin", team)
    number = offered(world)
    world.act("admin", expire_handover, case_id=world.case(number).id, now=MONDAY + dt.timedelta(hours=2))
    told = due(world, letters, "case.handover-expired", number)
    assert [each.to for each in told] == ["staff:helper-a", "staff:clerk-a"]


def test_a_timer_that_is_due_by_another_clock_is_not_set_again(world: World, letters: Letters) -> None:
    """The relay that claims it may be ahead of the process's own clock, or that clock be set back meanwhile."""
    number, ahead = world.apply(), dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    to = world.people["clerk-a"].id
    world.act("helper-a", service.hand_over_case, number=number, to_staff_id=to, reason="接力", now=ahead)
    due(world, letters, "case.handover-due", number, at=ahead + dt.timedelta(minutes=60))
    assert world.outbox(world.case(number).id).count("case.handover-due") == 1
    assert [each.kind for each in world.events(number)].count("EXPIRED") == 1


def test_the_timer_of_a_handover_that_was_taken_does_nothing(world: World, letters: Letters) -> None:
    number = offered(world)
    world.act("clerk-a", service.take_over_case, number=number)
    assert due(world, letters, "case.handover-due", number) == []
    assert world.case(number).holder_id == world.people["clerk-a"].id


def promised(world: World, n: int) -> str:
    number = world.apply(supplied=["FORM", "PHOTO"], applicant=applicant(n))
    world.act("clerk", service.pre_check_case, number=number)
    by = MONDAY.date() + dt.timedelta(days=2)
    world.act("clerk", service.accept_case, number=number, tolerated=["LEASE"], promised_by=by)
    return number


def test_a_broken_promise_bars_its_applicant_until_it_is_cleared(world: World) -> None:
    broken, later = promised(world, 31), MONDAY + dt.timedelta(days=3)
    with pytest.raises(PromiseNotBroken):
        world.act("supervisor", service.clear_broken_promise, number=broken, reason="尚未逾期")
    again = {"supplied": ["FORM", "PHOTO"], "applicant": applicant(31)}
    number = world.apply(**again)
    world.act("clerk", service.pre_check_case, number=number)
    asked = {
        "number": number,
        "tolerated": ["LEASE"],
        "promised_by": later.date() + dt.timedelta(days=1),
        "now": later,
    }
    with pytest.raises(ToleranceBarred):
        world.act("clerk", service.accept_case, **asked)
    # Nobody else is barred, and whoever has everything needs no promise.
    other = world.apply(supplied=["FORM", "PHOTO"], applicant=applicant(32))
    world.act("clerk", service.pre_check_case, number=other)
    world.act("clerk", service.accept_case, **{**asked, "number": other})

    with pytest.raises(Forbidden):
        world.act("clerk", service.clear_broken_promise, number=broken, reason="样本", now=later)
    world.act("supervisor", service.clear_broken_promise, number=broken, reason="材料遗失已说明", now=later)
    world.act("clerk", service.accept_case, **asked)
    (promise,) = world.rows(ToleranceRow, ToleranceRow.case_id == world.case(broken).id)
    assert (promise.cleared_at, promise.fulfilled_at) == (later, None)


@pytest.mark.parametrize(("days", "barred"), [(0, False), (2, False), (3, True)])
def test_a_promise_lapses_with_a_case_that_ends_before_its_day_is_over(
    world: World, days: int, barred: bool
) -> None:
    """Nothing is owed for what is not done any more; what was broken before stays broken."""
    n = 40 + days
    number, later = promised(world, n), MONDAY + dt.timedelta(days=3)
    ends = MONDAY + dt.timedelta(days=days)
    world.act(
        "supervisor",
        service.terminate_case,
        number=number,
        reason="申请人另行办理",
        basis="样本条例",
        now=ends,
    )
    again = world.apply(supplied=["FORM", "PHOTO"], applicant=applicant(n))
    world.act("clerk", service.pre_check_case, number=again)
    by = later.date() + dt.timedelta(days=1)
    given = {"number": again, "tolerated": ["LEASE"], "promised_by": by, "now": later}
    if barred:
        with pytest.raises(ToleranceBarred):
            world.act("clerk", service.accept_case, **given)
        world.act("supervisor", service.clear_broken_promise, number=number, reason="已说明", now=later)
    else:
        with pytest.raises(PromiseNotBroken):
            world.act("supervisor", service.clear_broken_promise, number=number, reason="未失信", now=later)
    world.act("clerk", service.accept_case, **given)


def test_what_comes_late_mends_a_promise(world: World) -> None:
    broken, later = promised(world, 33), MONDAY + dt.timedelta(days=3)
    world.act("helper-a", service.supply_materials, number=broken, codes=["LEASE"], now=later)
    number = world.apply(supplied=["FORM", "PHOTO"], applicant=applicant(33))
    world.act("clerk", service.pre_check_case, number=number)
    by = later.date() + dt.timedelta(days=1)
    world.act("clerk", service.accept_case, number=number, tolerated=["LEASE"], promised_by=by, now=later)


def test_what_follows_is_told_in_time_until_the_applicant_knows(world: World, letters: Letters) -> None:
    number = world.accepted()
    kinds = world.outbox(world.case(number).id)
    assert kinds.count("case.next-steps") == 1  # a timer
    (message,) = due(world, letters, "case.next-steps", number)
    assert (message.to, message.template) == (sample_phone(1), Template.NEXT_STEPS)
    assert "样本材料 FORM" in message.text
    world.act("resident", service.acknowledge_next_steps, number=number)
    assert len(due(world, letters, "case.next-steps", number)) == 1, "told once"
    world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.DONE)
    assert world.outbox(world.case(number).id).count("case.next-steps") == 1
    with pytest.raises(Forbidden):
        world.act("helper-a", service.acknowledge_next_steps, number=number)


def test_nothing_is_said_of_what_nothing_follows(world: World) -> None:
    number = world.apply("clerk", item="370000-ITEM-COUNTY", area="county", supplied=list(REQUIRED))
    world.act("clerk", service.pre_check_case, number=number)
    world.act("clerk", service.accept_case, number=number)
    assert "case.next-steps" not in world.outbox(world.case(number).id)
    with pytest.raises(InvalidInput):
        world.act("resident", service.acknowledge_next_steps, number=number)
