"""Posts that run out while their holders have something in hand: told before and after, and all of it can be moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World
from tests.integration.features.cases.settling import hire, settle
from tests.integration.features.first_asks.asking import ask_of, asked, passed
from tests.integration.features.supervision.sweeps import sweep, told
from tests.letters import Letters

from bangban.features.cases import service as cases
from bangban.features.cases.problems import HandoverPending, NoHandover
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.values import EventKind
from bangban.features.custody import service as custody
from bangban.features.first_asks import service as asks
from bangban.features.hall.service.rota import cancel_shift
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.orders import service as orders
from bangban.features.orders.service import Wanted
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind, OrderStep
from bangban.features.people.tables import AssignmentRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind
from bangban.features.staffing import service as staffing
from bangban.features.staffing.problems import StillHoldsTurns
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

TODAY = MONDAY.date()
LEASE = [Papers("LEASE", originals=1, copies=2)]
FAR = 20_000  # days, whenever letters are written
_NAMES = count(1)


@pytest.fixture(scope="module")
def town(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district in which each test has people of its own."""
    return settle(tenancy, new_district(), run)


def on(days: int) -> dt.datetime:
    """Early in the morning so many days after today."""
    return MONDAY.replace(hour=0) + dt.timedelta(days=days)


def newcomer(world: World, *, until: dt.date | None = TODAY, role: Role = Role.HELPER) -> str:
    name = f"leaver-{next(_NAMES)}"
    world.act("admin", hire, world=world, name=name, role=role, area="town-a")
    ending(world, name, until)
    return name


def ending(world: World, name: str, until: dt.date | None) -> None:
    async def ends(work: Work) -> None:
        of_them = AssignmentRow.staff_id == world.people[name].id
        await work.db.execute(update(AssignmentRow).where(of_them).values(until=until))

    world.act("admin", ends)


def posted(world: World, name: str, role: Role, *, since: dt.date, until: dt.date | None = None) -> None:
    async def post(work: Work) -> None:
        area_id, staff_id = world.areas["town-a"].id, world.people[name].id
        work.db.add(
            AssignmentRow(
                id=new_id(), staff_id=staff_id, role=role.value, area_id=area_id, since=since, until=until
            )
        )

    world.act("admin", post)


def case_of(world: World, name: str) -> str:
    return world.apply(name, area="town-a", supplied=list(REQUIRED))


def duties_of(world: World, name: str, *states: DutyState) -> list[tuple[str, dt.date]]:
    """Kind and day of the duties about somebody, open ones where nothing else is said."""
    rows = world.rows(DutyRow, DutyRow.subject_id == world.people[name].id)
    return [(row.kind.value, row.due_on) for row in rows if row.state in (states or (DutyState.OPEN,))]


def letters_about(world: World, name: str, letters: Letters, at: dt.datetime) -> list[tuple[str, Template]]:
    (duty,) = world.rows(
        DutyRow, DutyRow.subject_id == world.people[name].id, DutyRow.state == DutyState.OPEN
    )
    return told(world, letters, "duty.raised", str(duty.id), at=at)


def test_a_post_that_ends_with_something_in_hand_is_told_before_and_after_each_once(
    town: World, letters: Letters
) -> None:
    who = newcomer(town, until=TODAY + dt.timedelta(days=9))
    idle = newcomer(town, until=TODAY + dt.timedelta(days=1))
    case_of(town, who)
    sweep(town, on(1))
    assert duties_of(town, who) == [], "a week ahead, and not before"
    for _ in range(2):
        sweep(town, on(2))
    ends = TODAY + dt.timedelta(days=9)
    assert duties_of(town, who) == [("POST_ENDING", ends)]
    assert {*letters_about(town, who, letters, on(2))} == {
        (f"staff:{each}", Template.DUTY_POST_ENDING) for each in (who, "dispatcher", "supervisor")
    }
    assert "办件 1 件" in letters.sent[0].text
    sweep(town, on(9))
    assert duties_of(town, who) == [("POST_ENDING", ends)], "its last day counts"
    for _ in range(2):
        sweep(town, on(10))
    assert duties_of(town, who) == [("POST_ENDED", ends)]
    assert {*letters_about(town, who, letters, on(10))} == {
        (f"staff:{each}", Template.DUTY_POST_ENDED) for each in ("dispatcher", "supervisor")
    }
    assert ("staff:supervisor", Template.DUTIES_GATHERED) in told(
        town, letters, "duty.gathered", on(10).isoformat()
    )
    assert duties_of(town, idle, *DutyState) == [], "who has nothing may just go"


def test_who_has_another_post_that_lets_them_go_on_leaves_nothing(town: World) -> None:
    who, keeper = newcomer(town), newcomer(town)
    for each in (who, keeper):
        case_of(town, each)
    posted(town, who, Role.WINDOW_CLERK, since=TODAY + dt.timedelta(days=1))
    posted(town, keeper, Role.ADMIN, since=TODAY)  # who does no casework
    sweep(town, on(0))
    assert (duties_of(town, who), duties_of(town, keeper)) == ([], [("POST_ENDING", TODAY)])
    sweep(town, on(1))
    assert (duties_of(town, who), duties_of(town, keeper)) == ([], [("POST_ENDED", TODAY)])
    posted(town, keeper, Role.HELPER, since=TODAY)
    sweep(town, on(1))
    assert duties_of(town, keeper) == []
    assert duties_of(town, keeper, DutyState.VOID) == [("POST_ENDING", TODAY), ("POST_ENDED", TODAY)]


def test_the_district_says_how_early(town: World) -> None:
    who = newcomer(town, until=TODAY + dt.timedelta(days=2))
    case_of(town, who)

    async def days(work: Work, ahead: int) -> None:
        said = {"supervision": {"post_warning_days": ahead}}
        await work.db.execute(update(ProfileRow).values(settings=said))

    for ahead, expected in ((1, []), (2, [("POST_ENDING", TODAY + dt.timedelta(days=2))])):
        town.act("admin", days, ahead=ahead)
        town.tenancy.forget(town.district.slug)
        sweep(town, on(0))
        assert duties_of(town, who) == expected
    town.act("admin", days, ahead=7)
    town.tenancy.forget(town.district.slug)


async def _turn(work: Work, *, world: World, guide: str, days: int) -> Any:
    point = await work.db.scalar(select(ServicePointRow.id))
    if point is None:
        area_id = world.areas["town-a"].id
        row = ServicePointRow(
            id=new_id(),
            key="hall",
            area_id=area_id,
            kind=PointKind.HALL,
            name="样本大厅",
            longitude=118.0,
            latitude=36.8,
            hours={"text": "Mo 09:00-17:00", "Mo": [[540, 1020]]},
        )
        work.db.add(row)
        await work.db.flush()
        point = row.id
    begins = MONDAY + dt.timedelta(days=days)
    turn = GuideShiftRow(
        id=new_id(),
        point_id=point,
        guide_id=world.people[guide].id,
        desk=None,
        day=begins.date(),
        begins_at=begins,
        ends_at=begins + dt.timedelta(hours=4),
    )
    work.db.add(turn)
    return turn.id


def test_whatever_was_left_by_a_post_that_ran_out_can_be_moved(town: World, letters: Letters) -> None:
    who = newcomer(town)
    own, waiting, order = case_of(town, who), case_of(town, "clerk-a"), _order(town, who)
    to_them = {"to_staff_id": town.people[who].id, "reason": "样本"}
    town.act("clerk-a", cases.hand_over_case, number=waiting, **to_them)
    asking, offered = asked(town, who), asked(town, "clerk-a")
    passed(town, offered, "clerk-a", who)
    papers = town.apply("clerk-a", area="town-a", supplied=list(REQUIRED))
    town.act(who, custody.take_papers, number=papers, papers=LEASE)
    turns = [town.act("admin", _turn, world=town, guide=who, days=days) for days in (0, FAR)]
    sweep(town, on(1))
    assert duties_of(town, who) == [("POST_ENDED", TODAY)]
    letters_about(town, who, letters, on(1))
    assert (
        "办件 1 件、待接收的交接 1 件、帮办单 1 个、首问记录 1 件、待接收的首问转办 1 件、申请人材料 3 份、值班 1 个"
        in letters.sent[0].text
    )

    later = {"now": on(1)}
    clerk = {"to_staff_id": town.people["clerk"].id, "reason": "原承办人任职到期"}
    town.act("dispatcher", cases.hand_over_case, number=own, **clerk, **later)
    town.act("clerk", cases.take_over_case, number=own, **later)
    with pytest.raises(HandoverPending):
        town.act("dispatcher", cases.hand_over_case, number=waiting, **clerk, **later)
    with pytest.raises(NoHandover):  # a colleague of the same town cannot call it back
        town.act("helper-a", cases.return_case, number=_seen(town, who), reason="任职到期", **later)
    town.act("supervisor", cases.return_case, number=waiting, reason="接收人任职到期", **later)
    assert town.case(waiting).holder_id == town.people["clerk-a"].id
    assert town.events(waiting)[-1].kind == EventKind.RECALLED
    town.act(
        "dispatcher",
        orders.assign_order,
        number=order,
        to_staff_id=town.people["grid-helper"].id,
        reason="原接单人任职到期",
        **later,
    )
    town.act("supervisor", asks.transfer_first_ask, number=asking, **clerk, **later)
    town.act("clerk", asks.take_first_ask, number=asking, accept=True, **later)
    town.act("clerk", asks.answer_first_ask, number=asking, text="已联系", **later)
    town.act("supervisor", asks.take_first_ask, number=offered, accept=False, reason="任职到期", **later)
    held = {"number": papers, "papers": LEASE, "from_staff_id": town.people[who].id}
    town.act("dispatcher", custody.forward_papers, to_staff_id=town.people["clerk"].id, **held, **later)
    sweep(town, on(1))
    assert duties_of(town, who) == [("POST_ENDED", TODAY)], "a turn on the rota is left"
    with pytest.raises(StillHoldsTurns, match="1 turns"):
        town.act("admin", staffing.deactivate_staff, staff_id=town.people[who].id, **later)
    town.act("dispatcher", cancel_shift, shift_id=turns[1], **later)
    sweep(town, on(1))
    assert (duties_of(town, who), duties_of(town, who, DutyState.VOID)) == ([], [("POST_ENDED", TODAY)])
    town.act("admin", staffing.deactivate_staff, staff_id=town.people[who].id, **later)
    # Who was asked is gone for good; whoever has it closes it.
    town.act("clerk", asks.close_first_ask, number=asking, outcome="已办妥", **later)
    assert ask_of(town, asking).owner_id == town.people[who].id


def _order(world: World, who: str) -> str:
    """One that somebody is working on."""
    wanted = Wanted(kind=OrderKind.NEED, area_id=world.areas["grid-a"].id, note="请帮忙")
    order_id = world.act("resident", orders.place_order, wanted=wanted)
    (row,) = world.rows(OrderRow, OrderRow.id == order_id)
    to_id = world.people[who].id
    world.act("dispatcher", orders.assign_order, number=row.number, to_staff_id=to_id, reason="样本")
    world.act(who, orders.progress_order, number=row.number, step=OrderStep.START)
    return row.number


def _seen(world: World, who: str) -> str:
    """A case that its first helper sees, and that waits for somebody who is gone."""
    number = world.apply("helper-a", supplied=list(REQUIRED))
    to_id = world.people["clerk-a"].id
    world.act("helper-a", cases.hand_over_case, number=number, to_staff_id=to_id, reason="样本")
    return number
