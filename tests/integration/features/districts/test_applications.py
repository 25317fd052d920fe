"""Applications to join: whose a slug is, and that the contact is who it says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.features.districts.applications import (
    NOW,
    TENANTS,
    Outbox,
    application,
    code_of,
    decide,
    find_onboarding,
    resend,
    tasks_of,
    verified,
)

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.districts.applying import apply_for_onboarding, sweep_applications
from bangban.features.districts.contact import NOBODY, open_contact
from bangban.features.districts.deciding import reject_in
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.districts.problems import (
    ApplicationWaiting,
    OnboardingDecided,
    OnboardingExpired,
    OnboardingUnknown,
    SlugTaken,
)
from bangban.features.districts.rules import Terms
from bangban.features.districts.service import (
    APPLICATION_STEPS,
    hash_ticket,
    list_onboardings,
    reseal_contacts,
    steps_of,
)
from bangban.features.districts.tables import OnboardingState, StepState
from bangban.features.districts.verifying import own_row
from bangban.features.people.tables import AssignmentRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.identifiers.masks import mask_phone
from bangban.kernel.jobs.tables import TaskState
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault import KeyRing

Run = Callable[[Any], Any]


def test_of_an_applications_ticket_only_a_hash_is_kept(
    apply: Callable[..., Any], tenancy: Tenancy, run: Run
) -> None:
    row, ticket, _ = apply(application())
    assert row.state is OnboardingState.APPLIED
    assert ticket.encode() not in row.ticket_hash
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
    row = run(find_onboarding(tenancy, applied.row.id))
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
    gone = run(find_onboarding(tenancy, first.row.id))
    assert (gone.state, gone.contact_masked) == (OnboardingState.REJECTED, "")
    assert open_contact(tenancy.ring, gone.contact_sealed) == NOBODY
    assert "核实" in gone.reason
    third = apply(application())
    run(sweep_applications(tenancy, now=late))
    assert run(find_onboarding(tenancy, third.row.id)).state is OnboardingState.REJECTED
    assert run(find_onboarding(tenancy, third.row.id)).code_hash is None


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
