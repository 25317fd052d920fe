"""Somebody applies, follows the application with a ticket, and an operator makes it a district."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.districts import onboarding
from bangban.features.districts.applying import (
    Applied,
    apply_for_onboarding,
    own_row,
    resend_in,
    sweep_applications,
    verify_in,
)
from bangban.features.districts.contact import NOBODY, open_contact
from bangban.features.districts.deciding import DISCARD, PROVISION, approve_in, reject_in, retry_in
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.districts.problems import (
    ApplicationWaiting,
    ContactUnverified,
    OnboardingDecided,
    OnboardingExpired,
    OnboardingUnknown,
    ReasonWrong,
    SlugTaken,
)
from bangban.features.districts.rules import Application, Approval, Terms
from bangban.features.districts.service import (
    APPLICATION_STEPS,
    find_onboarding,
    get_onboarding,
    hash_ticket,
    list_onboardings,
    live_row_of,
    new_onboarding,
    reseal_contacts,
    set_onboarding_state,
    steps_of,
)
from bangban.features.districts.tables import OnboardingState, StepState
from bangban.features.districts.templates import templates_in
from bangban.features.people.tables import AssignmentRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.audit.platform import PlatformEntryRow
from bangban.kernel.identifiers.masks import mask_phone
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.levels import AreaLevel
from bangban.kernel.messenger.message import Message
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault import KeyRing

Run = Callable[[Any], Any]
TENANTS = Path(__file__).parents[4] / "tenants"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
FREE, WAITING = Terms(), Terms(approval=Approval(required=True))
OPERATOR = "operator:00000000-0000-7000-8000-000000000001"


class Outbox:
    """Keeps messages, or refuses them."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.broken = False

    async def send(self, message: Message) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.sent.append(message)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def application(**changes: Any) -> Application:
    number = uuid4().int % 100_000_000
    good = Application(
        slug=f"a{uuid4().hex[:10]}",
        name="样例区",
        contact_name="样例人",
        contact_phone=f"139{number:08}",
        contact_email="contact@example.org",
        admin_login="sample.admin",
        levels=(AreaLevel.COUNTY, AreaLevel.TOWN),
    )
    return replace(good, **changes)


def code_of(message: Message) -> str:
    (code,) = re.findall(r"[0-9]{6}", message.text.replace(message.to, "").partition("验证码")[2])
    return str(code)


async def broken(*_: Any) -> int:
    raise ValueError("张三 13812345678")


async def decide(tenancy: Tenancy, how: Any, onboarding_id: UUID, **more: Any) -> Any:
    async with tenancy.platform() as db:
        return await how(db, tenancy, onboarding_id, actor=OPERATOR, now=datetime.now(UTC), **more)


async def tasks_of(tenancy: Tenancy, slug: str) -> list[TaskRow]:
    async with tenancy.platform() as db:
        rows = await db.scalars(select(TaskRow).where(TaskRow.district == slug).order_by(TaskRow.asked_at))
        return list(rows)


async def verified(
    tenancy: Tenancy, applied: Applied, code: str, terms: Terms = FREE, now: datetime | None = None
) -> Any:
    """The row once the code was right, else None."""
    async with tenancy.platform() as db:
        row = await own_row(db, applied.row.id, hash_ticket(applied.ticket))
        right = await verify_in(db, tenancy, row, code, terms=terms, now=now or applied.row.applied_at)
        return row if right else None


def resend(run: Run, tenancy: Tenancy, applied: Applied, now: datetime) -> Message:
    async def send() -> Message:
        async with tenancy.platform() as db:
            row = await own_row(db, applied.row.id, hash_ticket(applied.ticket))
            return await resend_in(db, tenancy, row, terms=FREE, now=now)

    message: Message = run(send())
    return message


@pytest.fixture
def apply(tenancy: Tenancy, run: Run) -> Callable[..., Any]:
    def apply(wished: Application, now: datetime = NOW) -> Any:
        terms = Terms(address_daily=1000)
        return run(apply_for_onboarding(tenancy, wished, templates={"county"}, terms=terms, now=now))

    return apply


@pytest.fixture
def verify(tenancy: Tenancy, run: Run) -> Callable[..., Any]:
    def verify(applied: Applied, *, code: str | None = None, **how: Any) -> Any:
        return run(verified(tenancy, applied, code_of(applied.message) if code is None else code, **how))

    return verify


@pytest.fixture
def work_on(installation: Installation, tenancy: Tenancy, run: Run, outbox: Outbox) -> Callable[..., Any]:
    handlers = {
        PROVISION: onboarding.provisioning(
            installation, tenancy, templates=templates_in(TENANTS), messenger=outbox
        ),
        DISCARD: onboarding.discarding(installation, tenancy),
    }
    runner = TaskRunner(tenancy, installation.application, handlers)

    def work_on(task: TaskRow, *, once: bool = False, tell: Any = None) -> Any:
        if not once:
            return run(runner.run_here(task.id, tell=tell))
        assert run(runner.run(task.id))
        (row,) = [each for each in run(tasks_of(tenancy, task.district or "")) if each.id == task.id]
        return row

    return work_on


@pytest.fixture
def joined(
    verify: Callable[..., Any], work_on: Callable[..., Any], tenancy: Tenancy, run: Run
) -> Callable[..., Any]:
    """Verifies an application, and does the task that follows: how it ended."""

    def joined(applied: Applied, **how: Any) -> Any:
        assert verify(applied).state is OnboardingState.PROVISIONING
        (task,) = run(tasks_of(tenancy, applied.row.slug))
        return work_on(task, **how)

    return joined


def test_only_the_ticket_opens_an_application(apply: Callable[..., Any], tenancy: Tenancy, run: Run) -> None:
    row, ticket, _ = apply(application())
    assert row.state is OnboardingState.APPLIED
    assert ticket.encode() not in row.ticket_hash
    found = run(find_onboarding(tenancy, row.id, ticket))
    assert found is not None
    assert found.id == row.id
    assert run(find_onboarding(tenancy, row.id, ticket + "x")) is None
    with pytest.raises(OnboardingUnknown):
        run(get_onboarding(tenancy, uuid4(), ticket))
    steps = run(steps_of(tenancy, row.id))
    assert tuple(step.name for step in steps) == APPLICATION_STEPS
    assert {step.state for step in steps} == {StepState.WAITING}
    assert b"example.org" not in row.contact_sealed


def test_a_slug_belongs_to_the_first_who_asks(apply: Callable[..., Any], tenancy: Tenancy, run: Run) -> None:
    wished = application()

    async def both() -> list[Any]:
        tries = [
            apply_for_onboarding(
                tenancy,
                replace(wished, contact_phone=f"1390000000{number}"),
                templates={"county"},
                terms=Terms(address_daily=1000),
                now=NOW,
            )
            for number in range(3)
        ]
        return await asyncio.gather(*tries, return_exceptions=True)

    outcomes = run(both())
    assert sum(isinstance(outcome, SlugTaken) for outcome in outcomes) == 2
    (row,) = [outcome[0] for outcome in outcomes if not isinstance(outcome, BaseException)]
    run(decide(tenancy, reject_in, row.id, reason="重复"))
    again = apply(replace(wished, contact_phone="13900000009"))
    assert again.row.id != row.id
    with pytest.raises(OnboardingDecided):
        run(decide(tenancy, reject_in, row.id, reason="重复"))


def test_a_phone_applies_five_times_a_day(apply: Callable[..., Any]) -> None:
    wished = application()
    for _ in range(5):
        apply(application(contact_phone=wished.contact_phone))
    with pytest.raises(RateLimited) as refusal:
        apply(application(contact_phone=wished.contact_phone))
    assert 0 < refusal.value.seconds <= 24 * 3600
    apply(application(contact_phone=wished.contact_phone), now=NOW + timedelta(days=1, seconds=1))


def test_contacts_follow_a_rotation(
    apply: Callable[..., Any], installation: Installation, tenancy: Tenancy, run: Run
) -> None:
    row = apply(application()).row
    rotated = installation.ring.rotated()
    assert run(reseal_contacts(tenancy, rotated)) >= 1
    (again,) = [each for each in run(list_onboardings(tenancy)) if each.id == row.id]
    assert open_contact(KeyRing(rotated.current), again.contact_sealed).name == "样例人"
    back = KeyRing(installation.ring.current, (rotated.current,))
    run(reseal_contacts(tenancy, back))


def test_a_code_verifies_and_the_district_is_made_with_an_invited_administrator(
    apply: Callable[..., Any], joined: Callable[..., Any], outbox: Outbox, tenancy: Tenancy, run: Run
) -> None:
    applied = apply(application(division_code="999999"), now=datetime.now(UTC))
    assert b"example.org" not in applied.row.contact_sealed
    code = code_of(applied.message)
    assert code.encode() not in applied.row.code_hash
    assert applied.row.contact_masked == f"样* {mask_phone(applied.message.to)}"
    ended = joined(applied)
    row = run(get_onboarding(tenancy, applied.row.id, applied.ticket))
    assert (row.state, row.digest, row.code_hash) == (OnboardingState.CONFIGURING, None, None)
    assert (ended.state, ended.result, ended.district) == (TaskState.DONE, {"slug": row.slug}, row.slug)
    steps = run(steps_of(tenancy, row.id))
    assert tuple(step.name for step in steps) == APPLICATION_STEPS
    assert {step.state for step in steps} == {StepState.DONE}
    district = tenancy.registry.get(row.slug)
    assert district.status is DistrictStatus.PROVISIONING
    assert district.levels == (AreaLevel.COUNTY, AreaLevel.TOWN)
    (message,) = outbox.sent
    assert (message.district, message.language) == (row.slug, "zh-CN")
    assert "sample.admin" in message.text

    async def look() -> Any:
        async with platform_work(tenancy, district) as work:
            (root,) = (await work.db.scalars(select(AreaRow))).all()
            levels = (await work.db.scalars(select(ServiceItemRow.handled_at))).all()
            held = (await work.db.scalars(select(AssignmentRow.role))).all()
            return root.code, levels, held

    code, levels, held = run(look())
    assert code == "999999"
    assert levels
    assert all(set(each) <= {AreaLevel.COUNTY, AreaLevel.TOWN} and each for each in levels)
    assert held == ["admin"]


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


def test_a_code_is_good_for_five_wrong_tries_and_ten_minutes(
    apply: Callable[..., Any], verify: Callable[..., Any], tenancy: Tenancy, run: Run
) -> None:
    applied = apply(application())
    for wrong in (
        "",
        "12345",
        "1234567",
        "abcdef",
        "000000" if code_of(applied.message) != "000000" else "1",
    ):
        assert verify(applied, code=wrong) is None
    assert verify(applied) is None  # it is right, and too late
    with pytest.raises(RateLimited):
        resend(run, tenancy, applied, NOW + timedelta(seconds=59))
    again = resend(run, tenancy, applied, NOW + timedelta(seconds=61))
    fresh = applied._replace(message=again)
    if code_of(again) != code_of(applied.message):
        assert verify(fresh, code=code_of(applied.message), now=NOW + timedelta(seconds=62)) is None
    assert verify(fresh, now=NOW + timedelta(seconds=61 + 600)) is None
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code_of(again))  # a Chinese keyboard's digits
    assert verify(fresh, code=f" {wide}", now=NOW + timedelta(seconds=62 + 500)) is not None
    with pytest.raises(OnboardingDecided):
        verify(fresh)


def test_a_code_that_two_use_at_once_is_used_once(
    apply: Callable[..., Any], tenancy: Tenancy, run: Run
) -> None:
    applied = apply(application())

    async def both() -> list[Any]:
        return await asyncio.gather(
            *(verified(tenancy, applied, code_of(applied.message)) for _ in range(4)), return_exceptions=True
        )

    outcomes = run(both())
    assert sum(isinstance(outcome, OnboardingDecided) for outcome in outcomes) == 3
    assert len(run(tasks_of(tenancy, applied.row.slug))) == 1


def test_a_ticket_verifies_its_own_application_only(
    apply: Callable[..., Any], tenancy: Tenancy, run: Run
) -> None:
    one, other = apply(application()), apply(application())
    for ticket in (None, b"", hash_ticket(other.ticket)):

        async def strange(ticket: bytes | None = ticket) -> None:
            async with tenancy.platform() as db:
                await own_row(db, one.row.id, ticket)

        with pytest.raises(OnboardingUnknown):
            run(strange())


def test_an_unverified_application_does_not_keep_its_slug_for_ever(
    apply: Callable[..., Any], verify: Callable[..., Any], tenancy: Tenancy, run: Run
) -> None:
    wished, late = application(), NOW + timedelta(hours=2)
    first = apply(wished)
    second = replace(wished, contact_phone="13900000021")
    with pytest.raises(SlugTaken):
        apply(second, now=late - timedelta(seconds=1))
    with pytest.raises(OnboardingExpired):
        verify(first, now=late)
    with pytest.raises(OnboardingExpired):
        resend(run, tenancy, first, late)
    assert apply(second, now=late).row.id != first.row.id
    gone = run(get_onboarding(tenancy, first.row.id, first.ticket))
    assert (gone.state, gone.contact_masked) == (OnboardingState.REJECTED, "")
    assert open_contact(tenancy.ring, gone.contact_sealed) == NOBODY
    assert "核实" in gone.reason
    third = apply(application())
    run(sweep_applications(tenancy, now=late))
    assert run(get_onboarding(tenancy, third.row.id, third.ticket)).state is OnboardingState.REJECTED
    assert run(get_onboarding(tenancy, third.row.id, third.ticket)).code_hash is None


def test_one_address_applies_as_often_as_the_terms_say(tenancy: Tenancy, run: Run) -> None:
    terms = Terms(address_daily=2)

    def from_(address: str) -> Any:
        return run(
            apply_for_onboarding(
                tenancy, application(), templates={"county"}, terms=terms, address=address, now=NOW
            )
        )

    from_("192.0.2.1")
    from_("192.0.2.1")
    with pytest.raises(RateLimited):
        from_("192.0.2.1")
    from_("192.0.2.2")


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
            patch.setattr(onboarding, "take_over_people", broken)
            ended = joined(applied)
        assert (ended.state, "ValueError" in ended.problem_en) == (TaskState.FAILED, True)
        row = run(get_onboarding(tenancy, applied.row.id, applied.ticket))
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
    assert run(get_onboarding(tenancy, kept.row.id, kept.ticket)).state is OnboardingState.CONFIGURING
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
    row = run(get_onboarding(tenancy, applied.row.id, applied.ticket))
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


def test_a_slug_of_a_district_is_taken_and_an_application_goes_before_a_profile(
    apply: Callable[..., Any], installation: Installation, tenancy: Tenancy, run: Run
) -> None:
    row = apply(application(slug="nanjing-xuanwu")).row
    profile = read_profile(TENANTS / "nanjing-xuanwu")
    with pytest.raises(ApplicationWaiting):
        run(onboard(installation, tenancy, profile))
    run(decide(tenancy, reject_in, row.id, reason="由平台直接开通"))
    run(onboard(installation, tenancy, profile))
    with pytest.raises(SlugTaken):
        apply(application(slug="nanjing-xuanwu"))
