"""An application stands nowhere without somebody hearing of it: reviewed, answered, accepted in time."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World
from tests.integration.features.supervision.sweeps import day, kinds, sweep, told
from tests.letters import Letters

from bangban.features.calendar.recompute import recompute_cases
from bangban.features.cases import service
from bangban.features.cases.service import MissingMaterial
from bangban.features.cases.tables import ViolationRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import ServiceKind
from bangban.features.supervision.daily import handlers
from bangban.features.supervision.sweeping import sweep_case
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.tables import OutboxRow
from bangban.kernel.tenancy.work import Work

REVIEW_DUE = "case.review-due"
HOUR = dt.timedelta(hours=1)


def timers(world: World, number: str) -> list[dt.datetime]:
    """When the case is to have been reviewed, each time that it waited for it."""

    case_id = str(world.case(number).id)

    async def of_case() -> list[dt.datetime]:
        async with world.tenancy.platform() as db:
            found = select(OutboxRow.due_at).where(
                OutboxRow.kind == REVIEW_DUE, OutboxRow.reference == case_id
            )
            return [each for each in await db.scalars(found.order_by(OutboxRow.id)) if each is not None]

    dues: list[dt.datetime] = world.run(of_case())
    return dues


def look(world: World, number: str, now: dt.datetime) -> None:
    """What the timer does when its time has come, twice, since the outbox may say it twice."""
    for _ in range(2):
        world.act("admin", sweep_case, case_id=world.case(number).id, now=now)


def test_a_review_is_due_in_four_hours_of_work_and_raised_by_its_timer_once(
    world: World, letters: Letters
) -> None:
    number = world.apply(supplied=list(REQUIRED))
    assert timers(world, number) == [MONDAY + 4 * HOUR]
    look(world, number, MONDAY + 3 * HOUR)
    assert kinds(world, number) == []
    look(world, number, MONDAY + 4 * HOUR)
    assert kinds(world, number) == ["REVIEW_LATE"]
    (duty,) = world.rows(DutyRow)
    assert set(told(world, letters, "duty.raised", str(duty.id))) == {
        ("staff:helper-a", Template.DUTY_REVIEW_LATE),
        ("staff:supervisor", Template.DUTY_REVIEW_LATE),
    }
    sweep(world, MONDAY + 5 * HOUR)  # whatever sweeps the district finds the same
    assert kinds(world, number) == ["REVIEW_LATE"]


def test_what_was_reviewed_meanwhile_is_no_news(world: World) -> None:
    number = world.apply(supplied=list(REQUIRED))
    world.act("clerk", service.pre_check_case, number=number, now=MONDAY + HOUR)
    look(world, number, MONDAY + 4 * HOUR)
    assert kinds(world, number) == []
    sweep(world, day(1, world))  # but its applicant heard of nothing on that day
    assert kinds(world, number) == ["FEEDBACK_LATE"]


def test_a_day_later_the_applicant_should_have_heard_and_in_five_the_law_says_so(world: World) -> None:
    number = world.apply(supplied=list(REQUIRED))
    expected = {passed: ["FEEDBACK_LATE"] for passed in range(1, 6)} | {6: ["ACCEPTANCE_LATE"]}
    for passed in range(7):
        sweep(world, day(passed, world))
        assert kinds(world, number) == expected.get(passed, []), passed
    world.act("clerk", service.pre_check_case, number=number, now=day(6, world))
    assert kinds(world, number) == ["ACCEPTANCE_LATE"]
    world.act("clerk", service.accept_case, number=number, now=day(6, world))
    _told_of(world, "case.accepted", number, day(6, world))
    assert kinds(world, number) == []


def test_a_notice_is_an_answer_and_what_it_named_waits_for_one_again(world: World) -> None:
    number = world.apply(supplied=["FORM", "PHOTO"])
    sweep(world, day(1, world))
    missing = [MissingMaterial("LEASE", "请补交租赁合同")]
    world.act("clerk", service.pre_check_case, number=number, missing=missing, now=day(1, world))
    _told_of(world, "case.notice", number, day(1, world))
    assert kinds(world, number) == []
    sweep(world, day(5, world))
    assert kinds(world, number) == []  # it is the applicant's turn
    came = day(5, world)
    world.act("helper-a", service.supply_materials, number=number, codes=["LEASE"], now=came)
    assert timers(world, number)[1:] == [came.replace(hour=13, minute=0)]
    sweep(world, day(6, world))
    assert kinds(world, number) == ["FEEDBACK_LATE"]
    sweep(world, day(10, world))
    assert kinds(world, number) == ["FEEDBACK_LATE"]
    sweep(world, day(11, world))
    assert kinds(world, number) == ["ACCEPTANCE_LATE"]


def test_a_timer_that_comes_late_raises_what_is_late_by_then(world: World) -> None:
    number = world.apply(supplied=list(REQUIRED))  # long ago, as the clock of the wall goes
    for _ in range(2):
        _told_of(world, REVIEW_DUE, number, MONDAY + 4 * HOUR)
    assert kinds(world, number) == ["ACCEPTANCE_LATE"]
    assert kinds(world, number, DutyState.VOID) == []


def _told_of(world: World, kind: str, number: str, at: dt.datetime) -> None:
    case_id = str(world.case(number).id)
    delivery = Delivery(id=1, kind=kind, reference=case_id, district=world.district, at=at, tries=1)
    world.run(handlers(world.tenancy)[kind](delivery))


def test_a_licence_that_nobody_answered_counts_from_the_day_it_came_in(world: World) -> None:
    async def licence(work: Work) -> None:
        await work.db.execute(update(ServiceItemRow).values(kind=ServiceKind.LICENCE))

    world.act("admin", licence)
    number = world.apply(supplied=list(REQUIRED))
    world.act("clerk", service.pre_check_case, number=number)
    late = day(6, world) + 4 * HOUR
    sweep(world, late)
    assert kinds(world, number) == ["ACCEPTANCE_LATE"]
    world.act("clerk", service.accept_case, number=number, now=late)
    row = world.case(number)
    assert (row.counts_from, row.accepted_at) == (MONDAY.date(), late)
    calendar = world.calendar()
    assert row.accepted_ordinal == calendar.ordinal(MONDAY.date())
    assert row.due_on == calendar.add_working_days(MONDAY.date(), 10)
    assert str(MONDAY.date()) in (world.events(number)[-1].note or "")
    (breach,) = world.rows(ViolationRow, ViolationRow.case_id == row.id)
    assert breach.kind == "LATE_ANSWER"
    world.act("admin", recompute_cases, registry=world.tenancy.registry, cause="test")
    assert world.case(number).due_on == row.due_on, "the calendar reckons from the same day"
    again = world.apply(supplied=["FORM"])
    missing = [MissingMaterial(code, "未提交") for code in REQUIRED[1:]]
    world.act("clerk", service.pre_check_case, number=again, missing=missing, now=late)
    world.act("clerk", service.supply_materials, number=again, codes=REQUIRED[1:], now=late)
    world.act("clerk", service.pre_check_case, number=again, now=late)
    world.act("clerk", service.accept_case, number=again, now=late + HOUR)
    assert world.case(again).counts_from == MONDAY.date(), "a late notice stops nothing"
