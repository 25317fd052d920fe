"""The checks before going live: what the one statement says is what a plain model says; going live; the applicant."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from tests.conftest import Run
from tests.integration.features.configuring.conftest import READY, Setup
from tests.integration.features.configuring.model import drawn

from bangban.features.configuring import mirroring
from bangban.features.configuring.checks import MOST_FINDINGS
from bangban.features.configuring.handlers import handlers
from bangban.features.configuring.mirroring import open_district
from bangban.features.configuring.problems import NotReady
from bangban.features.configuring.readiness import go_live, keep_all, keep_readiness, missing_of, run_checks
from bangban.features.configuring.service import configure_district
from bangban.features.configuring.wording import WORDINGS
from bangban.features.districts.service import new_onboarding
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.features.people.tables import AssignmentRow
from bangban.kernel.access.vocabulary import Role
from bangban.kernel.audit.platform import PlatformEntryRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.relay import Relay
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.tables import DistrictStatus, PolicyLineRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

COUNTY, TOWN, VILLAGE, GRID, MICRO = AreaLevel


class UndoneError(Exception):
    """Ends a transaction without a trace."""


async def whole(work: Work, setup: Setup) -> None:
    """All that the required checks ask for."""
    await configure_district(work, READY)
    await setup.area(work, "town", TOWN, "county")
    await setup.area(work, "village", VILLAGE, "town")
    await setup.area(work, "grid", GRID, "village")
    await setup.staff(work, "boss", ("admin", "county"))
    await setup.staff(work, "audit", ("auditor", "county"))
    await setup.staff(work, "clerk", ("window-clerk", "town"), login=False)
    await setup.staff(work, "agent", ("helper", "grid"), login=False)
    await setup.item(work, "ITEM", TOWN)


def checked(setup: Setup) -> dict[str, dict[str, Any]]:
    found = setup.inside(run_checks)
    assert [check["code"] for check in found] == list(WORDINGS)
    return {check["code"]: check for check in found}


def test_the_statement_says_what_the_model_says(setup: Setup) -> None:
    wrong_somewhere: set[str] = set()
    right_somewhere: set[str] = set()

    @settings(
        max_examples=35,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(seed=st.integers(0, 2**32 - 1))
    def compare(seed: int) -> None:
        async def scene(work: Work) -> None:
            county = dict(setup.areas)
            model = await drawn(work, setup, Random(seed))
            await work.db.flush()
            found = {check["code"]: check for check in await run_checks(work)}
            setup.areas = county
            wanted = model.wrong(work.policy, work.calendar.days_left(work.today))
            assert set(found) == set(wanted)
            for code, names in wanted.items():
                check = found[code]
                assert check["count"] == len(names), (code, names, check)
                assert check["passed"] is (not names)
                said = {each["name"].removeprefix("样本事项") for each in check["findings"]}
                assert said <= names, (code, check)
                assert len(said) == min(len(names), MOST_FINDINGS)
                (wrong_somewhere if names else right_somewhere).add(code)
            raise UndoneError

        with pytest.raises(UndoneError):
            setup.inside(scene)

    compare()
    assert wrong_somewhere == right_somewhere == set(WORDINGS)


def test_every_check_says_what_to_do_in_both_languages_and_counts(setup: Setup) -> None:
    found = checked(setup)
    assert found["levels"]["count"] == 3
    assert found["levels"]["en"].startswith("3 levels have no area")
    assert found["levels"]["zh"].startswith("有 3 个层级没有区域")
    assert [each["reference"] for each in found["levels"]["findings"]] == [
        "level:GRID",
        "level:TOWN",
        "level:VILLAGE",
    ]
    for check in found.values():
        assert "{" not in check["zh"] + check["en"]


def test_ten_uncovered_villages_are_named_of_many(setup: Setup) -> None:
    async def fill(work: Work) -> None:
        await setup.area(work, "town", TOWN, "county")
        for number in range(23):
            await setup.area(work, f"v{number:02}", VILLAGE, "town")
        await setup.staff(work, "county only", ("helper", "county"))
        await setup.staff(work, "v00", ("guide", "v00"))

    setup.inside(fill)
    check = checked(setup)["villages-covered"]
    assert (check["count"], len(check["findings"])) == (22, MOST_FINDINGS)
    assert all(each["reference"].startswith("area:") for each in check["findings"])


def test_a_policy_that_lets_nobody_complete_leaves_every_item_unhandled(
    setup: Setup, tenancy: Tenancy
) -> None:
    setup.inside(lambda work: whole(work, setup))
    assert checked(setup)["items-handled"]["passed"]

    async def deny(work: Work) -> None:
        line = {
            "role": "window-clerk",
            "level": "TOWN",
            "object": "case",
            "action": "complete",
            "effect": "deny",
        }
        work.db.add(PolicyLineRow(id=new_id(), **line))

    setup.inside(deny)
    tenancy.forget(setup.slug)
    assert [each["name"] for each in checked(setup)["items-handled"]["findings"]] == ["样本事项ITEM"]


# ---------------------------------------------------------------------- going live


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


# ---------------------------------------------------------------------- what the applicant sees


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
