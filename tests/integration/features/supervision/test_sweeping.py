"""What a sweep finds, day by day; and that interruptions and repetitions leave the same as one clean run."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World, settle
from tests.integration.features.supervision.sweeps import day, duties, kinds, sweep

from bangban.features.cases import service
from bangban.features.cases.service import MissingMaterial
from bangban.features.cases.tables import CaseRow, NoticeRow
from bangban.features.cases.values import CaseOutcome
from bangban.features.supervision.daily import handlers
from bangban.features.supervision.service import settle_duty
from bangban.features.supervision.sweeping import sweep_district
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.clock.lights import Light, light_for
from bangban.kernel.jobs.relay import Delivery
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import OutboxRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

PROMISED, LEGAL = 10, 20  # working days of the item


def outbox(world: World) -> list[str]:
    """What was announced in the district about duties, in order."""

    async def find() -> list[str]:
        role = world.tenancy.names.role(world.district.slug, Wall.WRITE)
        async with world.tenancy.platform() as db:
            rows = await db.execute(OutboxRow.__table__.select().order_by(OutboxRow.id))
            return [row.kind for row in rows if row.author == role and row.kind.startswith("duty.")]

    found: list[str] = world.run(find())
    return found


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


class Killed(Exception):  # noqa: N818 - no error: the process ends here
    """The worker is gone."""


@dataclass
class Fuse:
    """Lets so many transactions through, then the worker dies."""

    left: int

    async def __call__(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


@pytest.fixture(scope="module")
def busy(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district with nine cases under way, of nine different promises."""
    world = settle(tenancy, new_district(), run)
    for promised in range(1, 10):
        world.act("admin", _promised, number=world.accepted(), promised=promised)
    return world


async def _promised(work: Work, *, number: str, promised: int) -> None:
    due = work.calendar.ordinal(MONDAY.date()) + promised
    await work.db.execute(
        update(CaseRow)
        .where(CaseRow.number == number)
        .values(promised_days=promised, due_ordinal=due, due_on=work.calendar.date_of(due))
    )


def emptied(world: World, installation: Installation) -> None:
    """Without a duty, as before the first sweep. No role of the district's may delete one."""

    async def empty() -> None:
        async with installation.connection() as connection:
            await connection.execute(f'TRUNCATE "{world.district.schema}".duty')

    world.run(empty())


def test_whatever_was_promised_the_light_is_that_of_the_clock(
    busy: World, installation: Installation
) -> None:
    emptied(busy, installation)
    cases = busy.rows(CaseRow)
    assert {each.promised_days for each in cases} == set(range(1, 10))
    for passed in range(12):
        now = day(passed, busy)
        sweep(busy, now)
        today = busy.calendar().moment(now.date()).next_ordinal
        lights = {
            str(each.id): light_for(each.due_ordinal - today, promised=each.promised_days) for each in cases
        }
        expected = {(case, light.value) for case, light in lights.items() if light is not Light.GREEN}
        found = {(case, kind) for case, kind, _, _ in duties(busy, DutyState.OPEN)}
        assert found == expected, passed


Days = st.lists(st.integers(0, 14), min_size=1, max_size=4).map(sorted)
Faults = st.lists(
    st.tuples(st.lists(st.integers(0, 4), max_size=2), st.integers(1, 5), st.booleans()),
    min_size=4,
    max_size=4,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=Days, faults=Faults)
def test_however_often_a_sweep_is_killed_or_repeated_the_outcome_is_that_of_one(
    busy: World,
    installation: Installation,
    days: list[int],
    faults: list[tuple[list[int], int, bool]],
) -> None:
    emptied(busy, installation)
    before = len(outbox(busy))
    for each in days:
        sweep(busy, day(each, busy))
    clean, told = duties(busy), outbox(busy)[before:].count("duty.raised")
    emptied(busy, installation)
    before = len(outbox(busy))
    for each, (kills, batch, twice) in zip(days, faults, strict=False):
        now = day(each, busy)
        for let_through in kills:
            with suppress(Killed):
                sweep(busy, now, batch=batch, breathe=Fuse(let_through))
        if twice:
            busy.run(_both(busy, now, batch))
        sweep(busy, now, batch=batch)
    assert duties(busy) == clean
    assert outbox(busy)[before:].count("duty.raised") == told


async def _both(world: World, now: dt.datetime, batch: int) -> None:
    """Two workers at once."""
    once = partial(sweep_district, world.tenancy, world.district, now=now, batch=batch)
    await asyncio.gather(once(), once())
