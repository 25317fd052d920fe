"""A district goes live once nothing is missing, once, and the applicant sees what is missing until then."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.conftest import Run
from tests.integration.features.configuring.conftest import Setup
from tests.integration.features.configuring.deciding import checked, whole

from bangban.features.configuring import mirroring
from bangban.features.configuring.handlers import handlers
from bangban.features.configuring.mirroring import open_district
from bangban.features.configuring.problems import NotReady
from bangban.features.configuring.readiness import go_live, keep_all, keep_readiness, missing_of
from bangban.features.districts.service import new_onboarding
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.features.people.tables import AssignmentRow
from bangban.kernel.access.roles import Role
from bangban.kernel.audit.platform import PlatformEntryRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.jobs.relay import Relay
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.work import Work


def test_going_live_is_refused_with_all_that_is_missing(setup: Setup) -> None:
    with pytest.raises(NotReady) as refused:
        setup.inside(go_live)
    missing = {check["code"] for check in missing_of(list(checked(setup).values()))}
    assert set(refused.value.fields) == missing
    assert {"admin", "auditor", "contact", "catalog", "levels"} <= missing
    assert not {"calendar", "origins"} & missing
    assert "administrator" in refused.value.message("en")
    assert setup.tenancy.registry.get(setup.slug).status is DistrictStatus.PROVISIONING


def test_only_an_administrator_of_the_whole_district_opens_it(setup: Setup) -> None:
    setup.inside(lambda work: whole(work, setup))
    for role, area in ((Role.ADMIN, "town"), (Role.AUDITOR, "county"), (Role.LEADER, "county")):
        with pytest.raises(Forbidden):
            setup.inside(go_live, setup.holder(role, area))


def test_of_two_who_open_it_at_once_one_does_and_the_trail_says_it_once(setup: Setup) -> None:
    setup.inside(lambda work: whole(work, setup))

    async def both() -> tuple[list[bool], list[bool]]:
        decided = await asyncio.gather(*(setup.write(go_live) for _ in range(4)))
        opened = await asyncio.gather(*(open_district(setup.tenancy, setup.slug) for _ in range(4)))
        return decided, opened

    decided, opened = setup.run(both())
    assert sorted(decided) == sorted(opened) == [False, False, False, True]
    assert setup.tenancy.registry.get(setup.slug).status is DistrictStatus.LIVE

    async def trail(work: Work) -> list[str]:
        rows = select(AuditEntryRow.action).where(AuditEntryRow.action == "district:go-live")
        return list(await work.db.scalars(rows))

    async def platform_trail() -> list[str]:
        async with setup.tenancy.platform() as db:
            rows = select(PlatformEntryRow.action).where(PlatformEntryRow.object == f"district:{setup.slug}")
            return list(await db.scalars(rows))

    assert setup.inside(trail) == ["district:go-live"]
    assert setup.run(platform_trail()) == ["district:go-live"]
    assert setup.inside(go_live) is False


def test_a_decision_that_the_registry_did_not_hear_of_is_carried_out_by_the_outbox(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.inside(lambda work: whole(work, setup))
    setup.inside(go_live)

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError("on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(mirroring, "tell", dies)
        setup.run(mirroring.try_now(open_district(setup.tenancy, setup.slug), slug=setup.slug))
    assert setup.tenancy.registry.get(setup.slug).status is DistrictStatus.PROVISIONING
    setup.run(Relay(setup.tenancy, handlers(setup.tenancy)).drain())
    assert setup.tenancy.registry.get(setup.slug).status is DistrictStatus.LIVE


def test_a_district_that_decided_nothing_is_not_opened_by_a_stray_announcement(setup: Setup) -> None:
    assert setup.run(open_district(setup.tenancy, setup.slug)) is False
    assert setup.tenancy.registry.get(setup.slug).status is DistrictStatus.PROVISIONING


@pytest.fixture
def applied(setup: Setup, run: Run[Any]) -> Iterator[Callable[[], OnboardingRow]]:
    """An onboarding of the district that is being configured; gives it as it stands."""

    async def make() -> None:
        async with setup.tenancy.platform() as db:
            await new_onboarding(
                db,
                slug=setup.slug,
                name="测试区",
                brand="帮办",
                template="county",
                levels=[AreaLevel.COUNTY],
                admin_login="boss",
                contact_sealed=b"",
                ticket_hash=b"",
                state=OnboardingState.CONFIGURING,
                applied_at=dt.datetime.now(dt.UTC),
            )

    async def get() -> OnboardingRow:
        async with setup.tenancy.platform() as db:
            return (await db.scalars(select(OnboardingRow).where(OnboardingRow.slug == setup.slug))).one()

    async def drop() -> None:
        async with setup.tenancy.platform() as db:
            await db.delete(
                (await db.scalars(select(OnboardingRow).where(OnboardingRow.slug == setup.slug))).one()
            )

    run(make())
    yield lambda: run(get())
    run(drop())


def test_the_applicant_sees_what_the_last_run_found_until_the_district_is_ready_and_live(
    setup: Setup, applied: Callable[[], OnboardingRow]
) -> None:
    def kept() -> set[str]:
        return {check["code"] for check in missing_of(applied().readiness or [])}

    assert applied().readiness is None
    setup.run(keep_readiness(setup.tenancy, setup.district))
    assert (applied().state, "admin" in kept()) == (OnboardingState.CONFIGURING, True)
    setup.inside(lambda work: whole(work, setup))
    setup.run(Relay(setup.tenancy, handlers(setup.tenancy)).drain())  # the settings were announced
    assert (applied().state, kept()) == (OnboardingState.READY, set())

    async def lose(work: Work) -> None:
        ended = update(AssignmentRow).where(AssignmentRow.role == "auditor")
        await work.db.execute(ended.values(until=work.today - dt.timedelta(days=1)))

    setup.inside(lose)
    setup.run(keep_all(setup.tenancy))
    assert (applied().state, kept()) == (OnboardingState.CONFIGURING, {"auditor"})
    text = str(applied().readiness)
    assert "样本boss" not in text
    assert "clerk" not in text


def test_a_live_district_keeps_no_checks(setup: Setup, applied: Callable[[], OnboardingRow]) -> None:
    setup.inside(lambda work: whole(work, setup))
    setup.inside(go_live)
    setup.run(keep_readiness(setup.tenancy, setup.district))
    setup.run(open_district(setup.tenancy, setup.slug))
    assert applied().state is OnboardingState.LIVE
    assert setup.run(keep_readiness(setup.tenancy, setup.district)) is None
