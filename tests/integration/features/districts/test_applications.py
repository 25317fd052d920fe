"""Somebody applies, follows the application with a ticket, and an operator makes it a district."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.accounts.tables import CredentialRow
from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.districts.contact import open_contact
from bangban.features.districts.onboarding import approve, onboard
from bangban.features.districts.platform import platform_work
from bangban.features.districts.problems import (
    ApplicationWaiting,
    OnboardingDecided,
    OnboardingUnknown,
    SlugTaken,
)
from bangban.features.districts.rules import Application
from bangban.features.districts.service import (
    INVITATION,
    STEPS,
    apply_for_onboarding,
    find_onboarding,
    get_onboarding,
    list_onboardings,
    live_row_of,
    new_onboarding,
    reject,
    reseal_contacts,
    set_onboarding_state,
    steps_of,
)
from bangban.features.districts.tables import OnboardingState, StepState
from bangban.features.districts.templates import templates_in
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.levels import AreaLevel
from bangban.kernel.messenger.message import Message
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault import KeyRing

Run = Callable[[Any], Any]
TENANTS = Path(__file__).parents[4] / "tenants"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


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


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    quick = Passwords(cost=Cost(passes=1, memory_kib=64))
    yield quick
    quick.close()


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


@pytest.fixture
def apply(tenancy: Tenancy, run: Run) -> Callable[..., Any]:
    def apply(wished: Application, now: datetime = NOW) -> Any:
        return run(apply_for_onboarding(tenancy, wished, templates={"county"}, now=now))

    return apply


@pytest.fixture
def grant(
    installation: Installation, tenancy: Tenancy, run: Run, outbox: Outbox, passwords: Passwords
) -> Callable[[Any], Any]:
    def grant(onboarding_id: Any) -> Any:
        return run(
            approve(
                installation,
                tenancy,
                onboarding_id,
                templates=templates_in(TENANTS),
                messenger=outbox,
                passwords=passwords,
            )
        )

    return grant


def test_only_the_ticket_opens_an_application(apply: Callable[..., Any], tenancy: Tenancy, run: Run) -> None:
    row, ticket = apply(application())
    assert row.state is OnboardingState.APPLIED
    assert ticket.encode() not in row.ticket_hash
    found = run(find_onboarding(tenancy, row.id, ticket))
    assert found is not None
    assert found.id == row.id
    assert run(find_onboarding(tenancy, row.id, ticket + "x")) is None
    with pytest.raises(OnboardingUnknown):
        run(get_onboarding(tenancy, uuid4(), ticket))
    steps = run(steps_of(tenancy, row.id))
    assert tuple(step.name for step in steps) == (*STEPS, INVITATION)
    assert {step.state for step in steps} == {StepState.WAITING}
    assert b"example.org" not in row.contact_sealed


def test_a_slug_belongs_to_the_first_who_asks(apply: Callable[..., Any], tenancy: Tenancy, run: Run) -> None:
    wished = application()

    async def both() -> list[Any]:
        tries = [
            apply_for_onboarding(
                tenancy, replace(wished, contact_phone=f"1390000000{number}"), templates={"county"}, now=NOW
            )
            for number in range(3)
        ]
        return await asyncio.gather(*tries, return_exceptions=True)

    outcomes = run(both())
    assert sum(isinstance(outcome, SlugTaken) for outcome in outcomes) == 2
    (row,) = [outcome[0] for outcome in outcomes if not isinstance(outcome, BaseException)]
    run(reject(tenancy, row.id))
    again, _ = apply(replace(wished, contact_phone="13900000009"))
    assert again.id != row.id
    with pytest.raises(OnboardingDecided):
        run(reject(tenancy, row.id))


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
    row, _ = apply(application())
    rotated = installation.ring.rotated()
    assert run(reseal_contacts(tenancy, rotated)) >= 1
    (again,) = [each for each in run(list_onboardings(tenancy)) if each.id == row.id]
    assert open_contact(KeyRing(rotated.current), again.contact_sealed).name == "样例人"
    back = KeyRing(installation.ring.current, (rotated.current,))
    run(reseal_contacts(tenancy, back))


def test_an_approved_application_is_a_live_district_with_an_invited_administrator(
    apply: Callable[..., Any],
    grant: Callable[[Any], Any],
    outbox: Outbox,
    passwords: Passwords,
    tenancy: Tenancy,
    run: Run,
) -> None:
    row, ticket = apply(application(division_code="999999"))
    outcome = grant(row.id)
    assert outcome.slug == row.slug
    district = tenancy.registry.get_live(row.slug)
    assert district.levels == (AreaLevel.COUNTY, AreaLevel.TOWN)
    after = run(get_onboarding(tenancy, row.id, ticket))
    assert after.state is OnboardingState.LIVE
    assert {step.state for step in run(steps_of(tenancy, row.id))} == {StepState.DONE}
    (message,) = outbox.sent
    assert message.district == row.slug
    assert "sample.admin" in message.text

    async def look() -> Any:
        async with platform_work(tenancy, district) as work:
            (root,) = (await work.db.scalars(select(AreaRow))).all()
            levels = (await work.db.scalars(select(ServiceItemRow.handled_at))).all()
            staff_id, hashed = (
                await work.db.execute(
                    select(StaffRow.id, CredentialRow.password_hash)
                    .join(CredentialRow, CredentialRow.staff_id == StaffRow.id)
                    .where(StaffRow.login == "sample.admin")
                )
            ).one()
            held = (
                await work.db.scalars(select(AssignmentRow.role).where(AssignmentRow.staff_id == staff_id))
            ).all()
            return root.code, levels, hashed, held

    code, levels, hashed, held = run(look())
    assert code == "999999"
    assert levels
    assert all(set(each) <= {AreaLevel.COUNTY, AreaLevel.TOWN} and each for each in levels)
    assert held == ["admin"]
    password = next(word for word in message.text.replace("，", " ").split() if word.count("-") == 3)
    assert run(passwords.verify(hashed, password)).right
    with pytest.raises(OnboardingDecided):
        grant(row.id)


def test_an_invitation_that_failed_is_sent_when_approved_again(
    apply: Callable[..., Any], grant: Callable[[Any], Any], outbox: Outbox, tenancy: Tenancy, run: Run
) -> None:
    row, _ = apply(application())
    outbox.broken = True
    with pytest.raises(OSError, match="disk"):
        grant(row.id)
    steps = {step.name: step for step in run(steps_of(tenancy, row.id))}
    assert steps[INVITATION].state is StepState.FAILED
    assert "disk" not in steps[INVITATION].problem  # words of a bug are nobody's business
    states = {each.id: each.state for each in run(list_onboardings(tenancy, states=[OnboardingState.FAILED]))}
    assert row.id in states
    outbox.broken = False
    grant(row.id)
    assert len(outbox.sent) == 1
    with pytest.raises(OnboardingDecided):
        run(reject(tenancy, row.id))


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
    row, _ = apply(application(slug="nanjing-xuanwu"))
    profile = read_profile(TENANTS / "nanjing-xuanwu")
    with pytest.raises(ApplicationWaiting):
        run(onboard(installation, tenancy, profile))
    run(reject(tenancy, row.id))
    run(onboard(installation, tenancy, profile))
    with pytest.raises(SlugTaken):
        apply(application(slug="nanjing-xuanwu"))
