"""People who leave leave nothing behind that nobody could go on with: cases, first-asked records, papers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.first_asks.asking import ask_of, passed
from tests.integration.features.staffing.leaving import (
    LEASE,
    TODAY,
    TOMORROW,
    YESTERDAY,
    case_in_hand,
    deactivated,
    gone,
    login_taken,
    newcomer,
    offered_question,
    papers_in_hand,
    post_ended,
    post_of,
    question,
)

from bangban.features.cases.rules.papers import Papers
from bangban.features.custody import service as custody
from bangban.features.custody.problems import PapersNotHeld
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.first_asks import service as asks
from bangban.features.first_asks.problems import NotInCharge
from bangban.features.first_asks.values import AskState
from bangban.features.people.problems import StillHoldsCases
from bangban.features.people.service import assign
from bangban.features.people.staff_sheet import COLUMNS, MOST_LINES
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.staffing import service
from bangban.features.staffing.problems import StillHoldsAsks, StillHoldsPapers
from bangban.kernel.access.roles import Role
from bangban.kernel.problems import Forbidden, InvalidInput, Problem
from bangban.kernel.sheets import read_sheet
from bangban.kernel.tenancy.work import Work

WAYS = (deactivated, post_ended, partial(post_ended, until=YESTERDAY), login_taken)
LEFT = (
    (question, StillHoldsAsks, "1 open first-asked records and is offered 0"),
    (offered_question, StillHoldsAsks, "0 open first-asked records and is offered 1"),
    (case_in_hand, StillHoldsCases, "1 open cases and is offered 0"),
    (papers_in_hand, StillHoldsPapers, "3 papers"),
)


@pytest.mark.parametrize(("leave", "refusal", "said"), LEFT, ids=[each[0].__name__ for each in LEFT])
def test_nobody_goes_with_something_in_hand(
    world: World, leave: Callable[[World, str], str], refusal: type[Problem], said: str
) -> None:
    who = newcomer(world)
    leave(world, who)
    for go in WAYS:
        with pytest.raises(refusal, match=said):
            go(world, who)
    (row,) = world.rows(StaffRow, StaffRow.id == world.people[who].id)
    (post,) = world.rows(AssignmentRow, AssignmentRow.id == post_of(world, who))
    assert (row.active, row.login, post.until) == (True, who, None), "refused: nothing happened"
    post_ended(world, who, until=TOMORROW)  # which leaves time to give it over


def test_whoever_has_another_post_that_lets_them_go_on_keeps_what_they_have(world: World) -> None:
    who = newcomer(world)
    case_in_hand(world, who)
    question(world, who)
    give = {"staff_id": world.people[who].id, "since": TODAY}
    town, first = world.areas["town-b"].id, post_of(world, who)
    world.act("admin", assign, role=Role.ADMIN, area_id=town, **give)
    with pytest.raises(StillHoldsCases):  # who only keeps the town's staff does no casework
        world.act("admin", service.end_post, assignment_id=first, until=TODAY)
    world.act("admin", assign, role=Role.HELPER, area_id=town, **give)
    world.act("admin", service.end_post, assignment_id=first, until=TODAY)


def test_a_list_ends_no_post_that_somebody_needs(world: World) -> None:
    who = newcomer(world)
    question(world, who)
    row = world.rows(StaffRow, StaffRow.id == world.people[who].id)[0]
    header = ("name", "login", "role", "area", "since", "until")
    line = (row.name, who, "window-clerk", "town-a", "2026-01-01", str(TODAY))

    lines = "\n".join(",".join(each) for each in (header, line)).encode()

    async def take(work: Work) -> None:
        sheet = read_sheet(lines, name="staff.csv", columns=COLUMNS, most_lines=MOST_LINES)
        await service.import_and_invite(work, sheet, apply=True, invite_new=False)

    with pytest.raises(StillHoldsAsks):
        world.act("admin", take)


def test_whoever_passed_on_what_they_had_may_go_and_the_handler_closes_it(world: World) -> None:
    who = newcomer(world)
    number = question(world, who)
    passed(world, number, who, "clerk")
    with pytest.raises(StillHoldsAsks):  # nobody has taken it yet
        deactivated(world, who)
    world.act("clerk", asks.take_first_ask, number=number, accept=True)
    world.act("clerk", asks.answer_first_ask, number=number, text="已联系")
    with pytest.raises(NotInCharge):
        world.act("clerk", asks.close_first_ask, number=number, outcome="已办妥")
    deactivated(world, who)
    world.act("clerk", asks.close_first_ask, number=number, outcome="已办妥")
    assert (ask_of(world, number).state, ask_of(world, number).owner_id) == (
        AskState.CLOSED,
        world.people[who].id,
    )


def test_what_somebody_had_whose_post_simply_ended_is_moved_by_a_supervisor(world: World) -> None:
    who = newcomer(world)
    one, papers, clerk = question(world, who), papers_in_hand(world, who), world.people["clerk"].id
    waiting = offered_question(world, who)
    gone(world, who)
    passed(world, one, "supervisor", "clerk")
    world.act("clerk", asks.take_first_ask, number=one, accept=True)
    world.act("supervisor", asks.take_first_ask, number=waiting, accept=False, reason="已离岗")
    assert ask_of(world, waiting).handler_id == world.people["clerk-a"].id
    held = {"number": papers, "from_staff_id": world.people[who].id}
    with pytest.raises(Forbidden):
        world.act("clerk-a", custody.forward_papers, papers=LEASE, to_staff_id=clerk, **held)
    with pytest.raises(PapersNotHeld):
        world.act("supervisor", custody.return_papers, papers=[Papers("LEASE", originals=2)], **held)
    with pytest.raises(InvalidInput):
        world.act(
            "supervisor", custody.return_papers, papers=LEASE, from_area_id=world.areas["town-a"].id, **held
        )
    world.act("supervisor", custody.forward_papers, papers=LEASE[:1], to_staff_id=clerk, **held)
    (*_, entry) = sorted(
        world.rows(CustodyEntryRow, CustodyEntryRow.case_id == world.case(papers).id),
        key=lambda each: each.id,
    )
    assert (entry.from_staff_id, entry.to_staff_id, entry.by_id) == (
        world.people[who].id,
        clerk,
        world.people["supervisor"].id,
    )
    deactivated(world, who)
