"""Results that depend on promised materials, day by day: told, lifted, or withdrawn by the sweep and nobody else."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import ITEM, MONDAY, World, applicant
from tests.integration.features.cases.settling import settle
from tests.integration.features.supervision.sweeps import day, kinds, sweep
from tests.letters import Letters

from bangban.features.cases import service
from bangban.features.cases.messages import handlers
from bangban.features.cases.paper_problems import ToleranceBarred
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.service import MissingMaterial
from bangban.features.cases.service.conditions import withdraw_lapsed
from bangban.features.cases.values import CaseOutcome, CaseState, ResultStanding
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.districts.platform import PLATFORM
from bangban.features.supervision.daily import handlers as of_supervision
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

BY = dt.date(2026, 6, 11)
LATER = dt.datetime(2026, 6, 12, 2, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district whose item lets results depend on promises."""
    world = settle(tenancy, new_district(), run)

    async def let(work: Work) -> None:
        details = {"result_before_supplied": True}
        await work.db.execute(
            update(ServiceItemRow).where(ServiceItemRow.code == ITEM).values(details=details)
        )

    world.act("admin", let)
    return world


def conditional(world: World, n: int = 1) -> str:
    """A case of the n-th sample person, completed on condition that two materials come by Thursday."""
    number = world.apply(supplied=["FORM"], applicant=applicant(n))
    world.act("clerk", service.pre_check_case, number=number)
    world.act("clerk", service.accept_case, number=number, tolerated=["LEASE", "PHOTO"], promised_by=BY)
    world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.GRANTED, opinion="准予")
    return number


def supply(world: World, number: str, *codes: str, now: dt.datetime = MONDAY) -> None:
    world.act("clerk", service.supply_materials, number=number, codes=codes or ("LEASE", "PHOTO"), now=now)


def standing(world: World, number: str) -> tuple[CaseState, ResultStanding | None]:
    row = world.case(number)
    return row.state, row.result_standing


def told(world: World, letters: Letters, number: str, kind: str) -> list[tuple[Template, str]]:
    """What the applicant is told when something of this kind is announced."""
    reference = str(world.case(number).id)
    delivery = Delivery(id=9, kind=kind, reference=reference, district=world.district, at=MONDAY, tries=1)
    letters.sent.clear()
    world.run(handlers(world.tenancy, letters)[kind](delivery))
    return [(each.template, each.text) for each in letters.sent]


def test_what_came_and_was_checked_lifts_the_condition(world: World, letters: Letters) -> None:
    number = conditional(world)
    assert standing(world, number) == (CaseState.COMPLETED, ResultStanding.CONDITIONAL)
    assert told(world, letters, number, "case.completed")[0][0] is Template.RESULT_CONDITIONAL
    supply(world, number)
    assert "case.review-due" in world.outbox(world.case(number).id)
    world.act("clerk", service.pre_check_case, number=number, missing=[MissingMaterial("PHOTO", "不清楚")])
    ((template, materials),) = told(world, letters, number, "case.promised-rejected")
    assert template is Template.PROMISED_REJECTED
    assert "不清楚" in materials
    supply(world, number, "PHOTO")
    world.act("clerk", service.pre_check_case, number=number)
    assert standing(world, number) == (CaseState.COMPLETED, ResultStanding.CONDITION_MET)
    assert told(world, letters, number, "case.condition-met")[0][0] is Template.CONDITION_MET
    assert [each.kind for each in world.events(number)][-4:] == [
        "MATERIALS_SUPPLIED",
        "PROMISED_REJECTED",
        "MATERIALS_SUPPLIED",
        "CONDITION_MET",
    ]
    sweep(world, LATER)
    assert standing(world, number)[1] is ResultStanding.CONDITION_MET


def test_a_withdrawn_result_leaves_supervisors_the_broken_promise_and_nothing_else(world: World) -> None:
    number = conditional(world, 31)
    sweep(world, day(3, world))
    assert kinds(world, number) == ["PROMISE_DUE"]
    reference = world.case(number).id

    async def lapse(work: Work) -> None:
        await withdraw_lapsed(work, most=100)

    world.act("admin", lapse, now=LATER)
    assert standing(world, number)[1] is ResultStanding.WITHDRAWN
    announced = of_supervision(world.tenancy)["case.result-withdrawn"]
    delivery = Delivery(
        id=9,
        kind="case.result-withdrawn",
        reference=str(reference),
        district=world.district,
        at=LATER,
        tries=1,
    )
    world.run(announced(delivery))
    assert kinds(world, number) == [], "what was due of it is due no more, before any sweep"
    sweep(world, LATER)
    assert kinds(world, number) == ["PROMISE_BROKEN"]
    world.run(announced(delivery))
    assert kinds(world, number) == ["PROMISE_BROKEN"], (
        "an announcement that comes late or twice takes nothing away"
    )


def test_the_day_passes_and_the_result_is_withdrawn_told_and_looked_into(
    world: World, letters: Letters
) -> None:
    number = conditional(world)
    sweep(world, day(3, world))
    assert standing(world, number)[1] is ResultStanding.CONDITIONAL, "the promised day is not over"
    assert kinds(world, number) == ["PROMISE_DUE"]
    assert sweep(world, LATER).withdrawn == 1
    assert standing(world, number) == (CaseState.TERMINATED, ResultStanding.WITHDRAWN)
    assert kinds(world, number) == ["PROMISE_BROKEN"]
    ((template, materials),) = told(world, letters, number, "case.result-withdrawn")
    assert template is Template.RESULT_WITHDRAWN
    assert "LEASE" in materials
    assert sweep(world, LATER).withdrawn == 0, "once"
    with pytest.raises(IllegalTransition):
        supply(world, number, now=LATER)
    again = world.apply(supplied=["FORM"])
    world.act("clerk", service.pre_check_case, number=again)
    by = LATER.date() + dt.timedelta(days=2)
    accept = {"number": again, "tolerated": ["LEASE", "PHOTO"], "promised_by": by, "now": LATER}
    with pytest.raises(ToleranceBarred):
        world.act("clerk", service.accept_case, **accept)
    world.act("supervisor", service.clear_broken_promise, number=number, reason="已核实", now=LATER)
    world.act("clerk", service.accept_case, **accept)
    sweep(world, LATER)
    assert kinds(world, number) == [], "what was cleared is nobody's duty any more"


def test_what_came_in_time_and_nobody_checked_is_a_duty_and_no_loss(world: World) -> None:
    number = conditional(world, n=3)
    supply(world, number)
    sweep(world, LATER)
    assert standing(world, number)[1] is ResultStanding.CONDITIONAL
    assert kinds(world, number) == ["REVIEW_LATE"]
    world.act("clerk", service.pre_check_case, number=number, now=LATER)
    sweep(world, LATER)
    assert kinds(world, number) == []


@pytest.mark.parametrize("n", [4, 5, 6])
def test_papers_and_the_sweep_come_at_once_and_one_wins(world: World, n: int) -> None:
    number = conditional(world, n=n)

    async def sweeping() -> int:
        async with world.tenancy.write(world.district, PLATFORM, request_id="test", now=LATER) as work:
            return (await withdraw_lapsed(work, most=9))[1]

    async def supplying() -> bool:
        try:
            await world.acting(
                "clerk", service.supply_materials, number=number, codes=["LEASE", "PHOTO"], now=LATER
            )
        except IllegalTransition:
            return False
        return True

    async def at_once() -> tuple[int, bool]:
        return await asyncio.gather(sweeping(), supplying())

    withdrawn, came = world.run(at_once())
    assert came is not bool(withdrawn)
    state, result = standing(world, number)
    if came:
        assert (state, result) == (CaseState.COMPLETED, ResultStanding.CONDITIONAL)
    else:
        assert (state, result) == (CaseState.TERMINATED, ResultStanding.WITHDRAWN)
