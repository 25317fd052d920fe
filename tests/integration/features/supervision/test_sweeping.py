"""What a sweep finds, day by day, and what ends or settles it."""

from __future__ import annotations

from sqlalchemy import update
from tests.integration.features.cases.casework import REQUIRED, World
from tests.integration.features.supervision.sweeps import day, duties, kinds, outbox, sweep

from bangban.features.cases import service
from bangban.features.cases.service import MissingMaterial
from bangban.features.cases.tables import NoticeRow
from bangban.features.cases.values import CaseOutcome
from bangban.features.supervision.daily import handlers
from bangban.features.supervision.service import settle_duty
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.clock.lights import Light, light_for
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.tenancy.work import Work

PROMISED, LEGAL = 10, 20  # working days of the item


def test_lights_turn_day_by_day_as_the_clock_says(world: World) -> None:
    number = world.accepted()
    case = world.case(number)
    for passed in range(PROMISED + 3):
        now = day(passed, world)
        sweep(world, now)
        moment = world.calendar().moment(now.date())
        light = light_for(case.due_ordinal - moment.next_ordinal, promised=case.promised_days)
        expected = [] if light is Light.GREEN else [light.value]
        assert kinds(world, number) == expected, passed


def test_each_light_is_told_once_and_what_was_missed_is_gathered(world: World) -> None:
    world.accepted()
    for passed in range(PROMISED + 3):
        for _ in range(2):
            sweep(world, day(passed, world))
    assert outbox(world) == ["duty.raised", "duty.raised", "duty.raised", "duty.gathered"]


def test_beyond_the_law_is_a_duty_of_its_own(world: World) -> None:
    number = world.accepted()
    sweep(world, day(LEGAL, world))
    assert kinds(world, number) == ["OVERDUE"]
    sweep(world, day(LEGAL + 1, world))
    assert kinds(world, number) == ["LEGAL_LIMIT", "OVERDUE"]


def test_days_on_which_the_clock_stood_still_do_not_count_for_the_law_either(world: World) -> None:
    number = world.accepted()
    world.act("clerk", service.suspend_case, number=number, reason="等待鉴定", now=day(2, world))
    world.act("clerk", service.resume_case, number=number, now=day(7, world))
    sweep(world, day(LEGAL + 5, world))
    assert kinds(world, number) == ["OVERDUE"]
    sweep(world, day(LEGAL + 6, world))
    assert kinds(world, number) == ["LEGAL_LIMIT", "OVERDUE"]


def test_a_case_that_ends_leaves_nothing_open(world: World) -> None:
    number = world.accepted()
    sweep(world, day(PROMISED + 1, world))
    world.act(
        "clerk", service.complete_case, number=number, outcome=CaseOutcome.DONE, now=day(PROMISED + 1, world)
    )
    assert sweep(world, day(PROMISED + 2, world)).void == 1
    assert kinds(world, number) == []
    assert kinds(world, number, DutyState.VOID) == ["OVERDUE"]


def test_it_does_so_at_once_and_another_cases_duties_stay(world: World) -> None:
    number, other = world.accepted(), world.accepted()
    late = day(PROMISED + 1, world)
    sweep(world, late)
    world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.DONE, now=late)
    ended = handlers(world.tenancy)["case.completed"]
    reference = str(world.case(number).id)
    for _ in range(2):  # the outbox may say it twice
        world.run(
            ended(
                Delivery(
                    id=1,
                    kind="case.completed",
                    reference=reference,
                    district=world.district,
                    at=late,
                    tries=1,
                )
            )
        )
    assert kinds(world, number) == []
    assert kinds(world, other) == ["OVERDUE"]
    voided = world.rows(AuditEntryRow, AuditEntryRow.action == "duty:void")
    assert [each.details for each in voided] == [{"count": 1}]


def test_a_stopped_clock_warns_of_nothing_and_a_longer_limit_gets_duties_of_its_own(world: World) -> None:
    number = world.accepted()
    sweep(world, day(PROMISED - 1, world))
    assert kinds(world, number) == ["RED"]
    world.act("clerk", service.suspend_case, number=number, reason="等待鉴定", now=day(PROMISED - 1, world))
    sweep(world, day(PROMISED + 5, world))
    assert kinds(world, number) == []
    world.act("clerk", service.resume_case, number=number, now=day(PROMISED + 5, world))
    sweep(world, day(PROMISED + 5, world))
    assert kinds(world, number) == ["RED"]
    days = {due for _, _, due, _ in duties(world)}
    assert len(days) == 2  # the former due day's is void, the new one's is open


def test_stopping_the_clock_of_an_overdue_case_is_no_way_out(world: World) -> None:
    number = world.accepted()
    late = day(PROMISED + 1, world)
    sweep(world, late)
    world.act("clerk", service.suspend_case, number=number, reason="等待鉴定", now=late)
    sweep(world, day(PROMISED + 3, world))
    assert kinds(world, number) == ["OVERDUE"]


def test_a_promise_is_warned_of_then_broken(world: World) -> None:
    number = world.apply(supplied=["FORM", "LEASE"])
    world.act("clerk", service.pre_check_case, number=number)
    promised_by = day(4, world).date()
    world.act("clerk", service.accept_case, number=number, tolerated=["PHOTO"], promised_by=promised_by)
    sweep(world, day(0, world))
    assert kinds(world, number) == []
    for first_and_last in (1, 4):  # the third day before it, and the day itself
        sweep(world, day(first_and_last, world))
        assert kinds(world, number) == ["PROMISE_DUE"]
    sweep(world, day(5, world))
    assert kinds(world, number) == ["PROMISE_BROKEN"]
    world.act("clerk", service.supply_materials, number=number, codes=["PHOTO"], now=day(5, world))
    sweep(world, day(5, world))
    assert kinds(world, number) == []


def test_a_notice_whose_day_passed_is_looked_into(world: World) -> None:
    number = world.apply()
    missing = [MissingMaterial(code, "未提交") for code in REQUIRED]
    world.act("clerk", service.pre_check_case, number=number, missing=missing)

    deadline = day(2, world).date()

    async def until(work: Work) -> None:
        await work.db.execute(update(NoticeRow).values(deadline=deadline))

    world.act("clerk", until)
    sweep(world, day(2, world))
    assert kinds(world, number) == []
    sweep(world, day(3, world))
    assert kinds(world, number) == ["NOTICE_EXPIRED"]


def test_what_is_settled_stays_settled(world: World) -> None:
    number = world.accepted()
    late = day(PROMISED + 1, world)
    sweep(world, late)
    (duty,) = world.rows(DutyRow)
    world.act("supervisor", settle_duty, duty_id=duty.id, result="已约谈承办人", now=late)
    sweep(world, day(PROMISED + 2, world))
    assert kinds(world, number, *DutyState) == ["OVERDUE"]
    assert kinds(world, number) == []


def test_the_trail_counts_what_came_and_what_went(world: World) -> None:
    number = world.accepted()
    sweep(world, day(PROMISED + 1, world))
    world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.DONE)
    sweep(world, day(PROMISED + 1, world))
    entries = world.rows(AuditEntryRow, AuditEntryRow.object == "duties")
    assert [(each.action, each.details) for each in sorted(entries, key=lambda each: each.seq)] == [
        ("duty:raise", {"OVERDUE": 1}),
        ("duty:void", {"count": 1}),
    ]
    assert str(Permission.DUTY_SETTLE) not in {each.action for each in entries}
