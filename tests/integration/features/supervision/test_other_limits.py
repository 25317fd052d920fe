"""What no light shows: orders, batches, papers, terminals, volunteers and confirmations that wait for too long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from tests.integration.features.cases.casework import ITEM, MONDAY, REQUIRED, World, applicant
from tests.integration.features.cases.settling import hire, settle
from tests.integration.features.supervision.sweeps import Fuse, Killed, day, emptied, kinds, sweep, told
from tests.letters import Letters

from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.values import BundleKind
from bangban.features.cases import service
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseState
from bangban.features.custody.service import forward_papers, take_papers
from bangban.features.hall.service.batches import Application, collect_batch
from bangban.features.hall.tables import IntakeBatchRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import ReleaseChoice
from bangban.features.orders import service as orders
from bangban.features.orders.service import Wanted
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import OrderKind, OrderStep
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.reporting import report_terminal
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow, TerminalRow
from bangban.features.places.values import PointKind, WindowKind
from bangban.features.supervision.daily import handlers
from bangban.features.supervision.service import settle_duty
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

OPEN_HOURS = {
    "text": "24/7",
    **{each: [[0, 1440]] for each in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")},
}


async def _point(work: Work, *, world: World) -> None:
    point = ServicePointRow(
        id=new_id(),
        key="hall",
        area_id=world.areas["county"].id,
        kind=PointKind.HALL,
        name="样本大厅",
        longitude=118.0,
        latitude=36.8,
        hours=OPEN_HOURS,
    )
    work.db.add(point)
    await work.db.flush()
    work.db.add(
        ServiceWindowRow(
            id=new_id(), point_id=point.id, number="1", name="综合窗口", kind=WindowKind.COMPREHENSIVE
        )
    )
    work.db.add(
        TerminalRow(
            id=new_id(),
            point_id=point.id,
            key="terminal",
            name="样本终端",
            service_codes=[ITEM],
            installed_at=MONDAY,
        )
    )


async def _volunteer(work: Work, *, world: World) -> None:
    await hire(work, world, "volunteer", Role.VOLUNTEER, "grid-a")
    await work.db.flush()
    since = MONDAY.date()
    await work.db.execute(
        update(AssignmentRow).where(AssignmentRow.role == Role.VOLUNTEER.value).values(since=since)
    )


def the_one(world: World, table: type[Any]) -> Any:
    (row,) = world.rows(table)
    return row


def found(world: World, *states: DutyState) -> set[tuple[str, str]]:
    """Kind and day of each open duty that is about no case."""
    rows = world.rows(DutyRow, DutyRow.case_id.is_(None))
    return {(row.kind.value, str(row.due_on)) for row in rows if row.state in (states or (DutyState.OPEN,))}


def raised(world: World, kind: str) -> str:
    (row,) = world.rows(DutyRow, DutyRow.kind == kind, DutyRow.state == DutyState.OPEN)
    return str(row.id)


@pytest.fixture(scope="module")
def others(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """On Monday a volunteer applied, an order was claimed, a batch came in, and a terminal broke down."""
    world = settle(tenancy, new_district(), run)
    world.act("admin", _volunteer, world=world)
    world.act("admin", _point, world=world)
    wanted = Wanted(kind=OrderKind.NEED, area_id=world.areas["grid-a"].id, note="请帮忙")
    world.act("resident", orders.place_order, wanted=wanted)
    world.act("grid-helper", orders.claim_order, number=the_one(world, OrderRow).number)
    window = the_one(world, ServiceWindowRow).id
    papers = [Application(service_code=ITEM, area_id=world.areas["village-a"].id)] * 2
    world.act("clerk", collect_batch, window_id=window, submitter=applicant(9), applications=papers)
    world.act("admin", report_terminal, key="terminal", fault="打印机卡纸")
    return world


@pytest.fixture
def fresh(others: World, installation: Installation) -> World:
    emptied(others, installation)
    return others


TUESDAY, WEDNESDAY, THURSDAY = "2026-06-09", "2026-06-10", "2026-06-11"
EXPECTED: dict[int, set[tuple[str, str]]] = {
    0: {("VOLUNTEER_WAITING", THURSDAY)},
    1: {("VOLUNTEER_WAITING", THURSDAY)},
    2: {
        ("VOLUNTEER_WAITING", THURSDAY),
        ("ORDER_IDLE", TUESDAY),
        ("BATCH_LATE", TUESDAY),
        ("TERMINAL_FAULT", TUESDAY),
    },
    3: {
        ("VOLUNTEER_WAITING", THURSDAY),
        ("ORDER_STUCK", WEDNESDAY),
        ("BATCH_LATE", TUESDAY),
        ("TERMINAL_FAULT", TUESDAY),
    },
    4: {
        ("VOLUNTEER_LATE", THURSDAY),
        ("ORDER_STUCK", WEDNESDAY),
        ("BATCH_LATE", TUESDAY),
        ("TERMINAL_FAULT", TUESDAY),
    },
}


def test_each_is_found_on_the_day_after_its_limit(fresh: World) -> None:
    for passed, expected in EXPECTED.items():
        sweep(fresh, day(passed, fresh))
        assert found(fresh) == expected, passed


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.sampled_from(sorted(EXPECTED)), min_size=1, max_size=3).map(sorted),
    kills=st.lists(st.integers(0, 4), max_size=2),
    batch=st.integers(1, 3),
)
def test_however_often_a_sweep_is_killed_or_repeated_the_same_is_found(
    others: World, installation: Installation, days: list[int], kills: list[int], batch: int
) -> None:
    emptied(others, installation)
    for passed in days:
        now = day(passed, others)
        for let_through in kills:
            with suppress(Killed):
                sweep(others, now, batch=batch, breathe=Fuse(let_through))
        sweep(others, now, batch=batch)
        assert found(others) == EXPECTED[passed]
        assert sweep(others, now).raised.total() == 0


def test_whoever_has_it_in_hand_is_told_and_whoever_leads_them(fresh: World, letters: Letters) -> None:
    sweep(fresh, day(2, fresh))
    boss, clerk = "staff:supervisor", "staff:clerk"
    expected = {
        "ORDER_IDLE": (Template.DUTY_ORDER_IDLE, {"staff:grid-helper", boss}),
        "BATCH_LATE": (Template.DUTY_BATCH_LATE, {clerk, boss}),
        "TERMINAL_FAULT": (Template.DUTY_TERMINAL_FAULT, {boss}),
    }
    for kind, (template, people) in expected.items():
        assert set(told(fresh, letters, "duty.raised", raised(fresh, kind))) == {
            (each, template) for each in people
        }, kind
    waiting = told(fresh, letters, "duty.raised", raised(fresh, "VOLUNTEER_WAITING"))
    assert {template for _, template in waiting} == {Template.DUTY_VOLUNTEER_WAITING}
    assert "样本volunteer" in letters.sent[0].text
    assert told(fresh, letters, "duty.urged", raised(fresh, "ORDER_IDLE")) == [
        ("staff:grid-helper", Template.DUTY_URGED)
    ]
    gathered = told(fresh, letters, "duty.gathered", day(2, fresh).isoformat())
    assert gathered == [(boss, Template.DUTIES_GATHERED)]


def test_a_supervisor_settles_what_is_about_no_case(fresh: World) -> None:
    sweep(fresh, day(2, fresh))
    duty_id = the_one_duty(fresh, "ORDER_IDLE")
    fresh.act("supervisor", settle_duty, duty_id=duty_id, result="已联系网格员，今日上门")
    assert ("ORDER_IDLE", TUESDAY) not in found(fresh)
    sweep(fresh, day(2, fresh))
    assert ("ORDER_IDLE", TUESDAY) in found(fresh, DutyState.SETTLED)
    assert ("ORDER_IDLE", TUESDAY) not in found(fresh)


def the_one_duty(world: World, kind: str) -> Any:
    (row,) = world.rows(DutyRow, DutyRow.kind == kind)
    return row.id


def test_what_is_done_leaves_nothing_open(
    tenancy: Tenancy, others: World, installation: Installation
) -> None:
    """The last of this district: everything is done."""
    emptied(others, installation)
    late = day(4, others)
    sweep(others, late)
    number = the_one(others, OrderRow).number
    others.act("grid-helper", orders.progress_order, number=number, step=OrderStep.START, now=late)
    others.act("admin", report_terminal, key="terminal", fault=None, now=late)
    for kind, table in (("order.changed", OrderRow), ("terminal.mended", TerminalRow)):
        subject = str(the_one(others, table).id)
        delivery = Delivery(id=1, kind=kind, reference=subject, district=others.district, at=late, tries=1)
        others.run(handlers(others.tenancy)[kind](delivery))
    assert found(others) == {("VOLUNTEER_LATE", THURSDAY), ("BATCH_LATE", TUESDAY)}

    async def begun(work: Work) -> None:
        await work.db.execute(update(CaseRow).values(state=CaseState.PRE_CHECKING))
        volunteer = await work.db.scalar(select(StaffRow.id).where(StaffRow.key == "volunteer"))
        work.db.add(
            HelperSkillRow(
                staff_id=volunteer, all_round=False, themes=[], services=[], approved_at=late, changed_at=late
            )
        )

    others.act("admin", begun)
    sweep(others, late)
    assert found(others) == set()
    assert the_one(others, IntakeBatchRow).size == 2


LEASE = [Papers("LEASE", originals=1)]


def test_papers_taken_at_a_community_are_forwarded_within_a_day(world: World, letters: Letters) -> None:
    number = world.accepted()
    world.act("helper-a", take_papers, number=number, papers=LEASE)
    sweep(world, day(1, world))
    assert kinds(world, number) == []
    sweep(world, day(2, world))
    assert kinds(world, number) == ["PAPERS_HELD"]
    assert set(told(world, letters, "duty.raised", raised(world, "PAPERS_HELD"))) == {
        ("staff:helper-a", Template.DUTY_PAPERS_HELD),
        ("staff:supervisor", Template.DUTY_PAPERS_HELD),
    }
    clerk = world.people["clerk"].id
    world.act("helper-a", forward_papers, number=number, papers=LEASE, to_staff_id=clerk, now=day(2, world))
    sweep(world, day(5, world))  # at the window they stay while the case is worked on
    assert kinds(world, number) == []


def test_a_department_is_warned_before_its_confirmation_is_due_and_supervised_after_it(world: World) -> None:
    """Its days count from acceptance on, and not while the case is suspended; of what is withdrawn nothing is due."""
    plain, waiting, paused, left = (world.apply(supplied=list(REQUIRED)) for _ in range(4))
    cases = [world.case(number) for number in (plain, waiting, paused, left)]

    async def asked(work: Work) -> None:
        bundle = BundleRow(
            id=new_id(),
            code="CONFIRM",
            version=1,
            kind=BundleKind.CONFIRMATIONS,
            name="样本多部门出证",
            lead_department="样本部门",
            items=[ITEM],
            optional=[],
            fields=[],
            materials=[],
            answer_working_days=3,
            effective_from=MONDAY.date(),
        )
        work.db.add(bundle)
        await work.db.flush()
        application = BundleApplicationRow(
            id=new_id(),
            stem="TS20260608",
            bundle_id=bundle.id,
            area_id=cases[0].area_id,
            resident_id=cases[0].resident_id,
            release=ReleaseChoice.IN_PARTS,
            answers_due_on=dt.date(2026, 6, 11),
            submitted_at=MONDAY,
        )
        work.db.add(application)
        await work.db.flush()
        for place, case in enumerate(cases):
            work.db.add(BundleMemberRow(case_id=case.id, application_id=application.id, position=place))

    world.act("admin", asked)
    for number in (plain, paused, left):
        world.act("clerk", service.pre_check_case, number=number)
        world.act("clerk", service.accept_case, number=number)
    acts = {
        1: lambda at: world.act("clerk", service.suspend_case, number=paused, reason="等待鉴定", now=at),
        3: lambda at: (
            world.act("clerk", service.resume_case, number=paused, now=at),
            world.act("clerk", service.withdraw_case, number=left, reason="企业撤回", now=at),
        ),
    }
    due, late = ["ANSWER_DUE"], ["ANSWER_LATE"]
    expected = {1: ([], []), 2: (due, []), 3: (due, []), 4: (late, due), 5: (late, due), 6: (late, late)}
    found = {}
    answers = {"ANSWER_DUE", "ANSWER_LATE"}
    for passed in expected:
        now = day(passed, world)
        if passed in acts:
            acts[passed](now)
        sweep(world, now)
        of = {each: [kind for kind in kinds(world, each) if kind in answers] for each in (plain, paused)}
        found[passed] = (of[plain], of[paused])
        assert not answers & {*kinds(world, waiting)}, passed
        assert ("ANSWER_DUE" in kinds(world, left)) == (passed == 2), passed
    assert found == expected
