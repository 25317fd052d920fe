"""Applications that are decided, made into a district, and fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.integration.features.districts.applications import (
    NOW,
    OPERATOR,
    WAITING,
    Outbox,
    application,
    broken,
    decide,
    find_onboarding,
    tasks_of,
)

from bangban.features.districts import making
from bangban.features.districts.deciding import DISCARD, approve_in, reject_in, retry_in
from bangban.features.districts.problems import (
    ContactUnverified,
    OnboardingDecided,
    ReasonWrong,
    SlugTaken,
)
from bangban.features.districts.rules import Approval
from bangban.features.districts.service import live_row_of, new_onboarding, set_onboarding_state, steps_of
from bangban.features.districts.tables import OnboardingState, StepState
from bangban.kernel.audit.platform import PlatformEntryRow
from bangban.kernel.jobs.tables import TaskState
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[[Any], Any]


def test_who_goes_through_without_an_operator() -> None:
    assert Approval().waived(None, served=True)
    assert not Approval(required=True).waived("370101", served=False)
    listed = Approval(required=True, codes=frozenset({"370101"}))
    assert listed.waived("370101", served=False)
    assert not listed.waived("370101", served=True)  # somebody came with it already
    for other in ("370102", None, ""):
        assert not listed.waived(other, served=False)
        assert not Approval(codes=frozenset({"370101"})).waived(other, served=False)


def test_an_application_that_waits_is_approved_once_whoever_asks(
    apply: Callable[..., Any],
    verify: Callable[..., Any],
    work_on: Callable[..., Any],
    tenancy: Tenancy,
    run: Run,
) -> None:
    applied = apply(application(), now=datetime.now(UTC))
    with pytest.raises(ContactUnverified):
        run(decide(tenancy, approve_in, applied.row.id))
    assert verify(applied, terms=WAITING).state is OnboardingState.VERIFIED

    async def all_at_once() -> list[Any]:
        tries = (decide(tenancy, approve_in, applied.row.id) for _ in range(4))
        return await asyncio.gather(*tries, return_exceptions=True)

    outcomes = run(all_at_once())
    assert sum(isinstance(outcome, OnboardingDecided) for outcome in outcomes) == 3
    tasks = run(tasks_of(tenancy, applied.row.slug))
    assert [task.state for task in tasks] == [TaskState.WAITING]
    assert work_on(tasks[0]).state is TaskState.DONE
    with pytest.raises(OnboardingDecided):
        run(decide(tenancy, reject_in, applied.row.id, reason="迟了"))


def test_what_failed_for_good_is_retried_or_thrown_away(
    apply: Callable[..., Any],
    joined: Callable[..., Any],
    work_on: Callable[..., Any],
    tenancy: Tenancy,
    run: Run,
) -> None:
    kept, lost = (apply(application(), now=datetime.now(UTC)) for _ in range(2))
    for applied in (kept, lost):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(making, "take_over_people", broken)
            ended = joined(applied)
        assert (ended.state, "ValueError" in ended.problem_en) == (TaskState.FAILED, True)
        row = run(find_onboarding(tenancy, applied.row.id))
        assert row.state is OnboardingState.FAILED
        steps = {step.name: step for step in run(steps_of(tenancy, row.id))}
        assert (steps["people"].state, steps["policy"].state) == (StepState.FAILED, StepState.WAITING)
        assert "13812345678" not in steps["people"].problem
        with pytest.raises(SlugTaken):
            apply(application(slug=row.slug))
    run(decide(tenancy, retry_in, kept.row.id))
    again = [task for task in run(tasks_of(tenancy, kept.row.slug)) if task.state is TaskState.WAITING]
    begun: list[str] = []
    assert work_on(again[0], tell=lambda name, done, total: begun.append(name) if done < total else None)
    assert begun[0] == "people"  # what was done is not done again
    assert run(find_onboarding(tenancy, kept.row.id)).state is OnboardingState.CONFIGURING
    with pytest.raises(OnboardingDecided):
        run(decide(tenancy, retry_in, kept.row.id))

    for reason in ("", "  ", "长" * 501, "a\x00b"):
        with pytest.raises(ReasonWrong):
            run(decide(tenancy, reject_in, lost.row.id, reason=reason))
    assert run(decide(tenancy, reject_in, lost.row.id, reason="模板有误")).reason == "模板有误"
    (clearing,) = [task for task in run(tasks_of(tenancy, lost.row.slug)) if task.kind == DISCARD]
    assert work_on(clearing).state is TaskState.DONE
    assert tenancy.registry.find(lost.row.slug) is None
    apply(application(slug=lost.row.slug))


def test_a_task_that_stands_still_is_set_going_again(
    apply: Callable[..., Any],
    verify: Callable[..., Any],
    work_on: Callable[..., Any],
    joined: Callable[..., Any],
    outbox: Outbox,
    tenancy: Tenancy,
    run: Run,
) -> None:
    """A messenger that is away passes by itself: the onboarding is not failed, and an operator need not wait."""
    applied = apply(application(), now=datetime.now(UTC))
    outbox.broken = True
    assert joined(applied, once=True).state is TaskState.WAITING
    row = run(find_onboarding(tenancy, applied.row.id))
    assert row.state is OnboardingState.PROVISIONING
    outbox.broken = False
    run(decide(tenancy, retry_in, row.id))
    (task,) = run(tasks_of(tenancy, row.slug))
    assert work_on(task).state is TaskState.DONE
    assert len(outbox.sent) == 1


def test_everything_that_was_decided_is_in_the_platforms_trail(
    apply: Callable[..., Any], verify: Callable[..., Any], tenancy: Tenancy, run: Run
) -> None:
    applied = apply(application(division_code="999998"))
    verify(applied, code="1")
    verify(applied, terms=WAITING)
    run(decide(tenancy, reject_in, applied.row.id, reason="试行阶段"))

    async def entries() -> Any:
        async with tenancy.platform() as db:
            found = await db.execute(
                select(PlatformEntryRow.actor, PlatformEntryRow.action, PlatformEntryRow.details)
                .where(PlatformEntryRow.object == f"onboarding:{applied.row.id}")
                .order_by(PlatformEntryRow.seq)
            )
            return [tuple(each) for each in found]

    me, slug = f"applicant:{applied.row.id}", applied.row.slug
    assert run(entries()) == [
        (me, "onboarding:apply", {"slug": slug, "division_code_served": False}),
        (me, "onboarding:apply", {"refused": "code"}),
        (me, "onboarding:apply", {"contact": "verified"}),
        (OPERATOR, "onboarding:approve", {"slug": slug, "decided": "rejected"}),
    ]


def test_a_provisioned_onboarding_moves_to_ready_and_back_and_to_live_for_good(
    tenancy: Tenancy, run: Run
) -> None:
    slug = f"a{uuid4().hex[:10]}"
    configuring, ready, live = (OnboardingState(each) for each in ("CONFIGURING", "READY", "LIVE"))

    async def to(state: OnboardingState) -> tuple[bool, OnboardingState]:
        async with tenancy.platform() as db:
            moved = await set_onboarding_state(db, tenancy, slug, state)
            row = await live_row_of(db, slug)
            assert row is not None
            return moved, row.state

    async def scene() -> None:
        async with tenancy.platform() as db:
            await new_onboarding(
                db,
                slug=slug,
                name="样例区",
                brand="样例",
                template="county",
                levels=[AreaLevel.COUNTY],
                admin_login="admin",
                contact_sealed=b"",
                ticket_hash=b"",
                state=OnboardingState.PROVISIONING,
                applied_at=NOW,
            )
        assert await to(ready) == (False, OnboardingState.PROVISIONING)
        async with tenancy.platform() as db:
            row = await live_row_of(db, slug)
            assert row is not None
            row.state = configuring
        for state, outcome in (
            (ready, True),
            (ready, False),
            (configuring, True),
            (ready, True),
            (live, True),
        ):
            assert await to(state) == (outcome, state)
        for state in (configuring, ready, live):
            assert await to(state) == (False, live)
        async with tenancy.platform() as db:
            row = await live_row_of(db, slug)
            assert row is not None
            await db.delete(row)

    run(scene())
