"""Watching over graphql-transport-ws: from a real server, through changes made over HTTP, to the end of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from starlette.applications import Starlette
from tests.api.casework import NOWHERE, REQUIRED, Desk, Run, applied, attempt, fresh
from tests.api.clients import PASSWORD, Place
from tests.api.named import onboarding_of, text_of
from tests.api.serving import Socket, introduced, serving
from tests.passwords import set_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.districts.deciding import reject_in
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

VILLAGE, OTHER_VILLAGE = "371681101200", "371681001213"
WATCH = "subscription($n: String!) { caseChanged(number: $n) { number state helper { name } } }"


@pytest.fixture(scope="module")
def desk(zouping: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    made = Desk(zouping, services, run, app_settings.outbox_folder)
    for login in ("helper-village", "helper-village-2", "clerk-town", "clerk-county", "leader"):
        made.staff(login)  # beforehand: inside a coroutine nobody else can be run
    return made


@pytest.fixture(scope="module")
def address(app: Starlette, run: Run) -> Iterator[str]:
    stack = AsyncExitStack()
    yield run(stack.enter_async_context(serving(app)))
    run(stack.aclose())


@pytest.fixture
def number(desk: Desk) -> str:
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh(), supplied=list(REQUIRED))


def bearer(desk: Desk, login: str) -> str:
    return desk.staff(login).headers["Authorization"]


def session(desk: Desk, login: str) -> dict[str, str]:
    """A session of its own, which a test may end."""
    text = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken refreshToken } }"
    found: dict[str, str] = desk.place.anonymous(text, i={"login": login, "password": PASSWORD}).data[
        "signIn"
    ]
    return found


async def state_of(one: Socket) -> str:
    return str((await one.data())["caseChanged"]["state"])


async def change(desk: Desk, login: str, name: str, **given: Any) -> None:
    reply = await attempt(desk.staff(login), name, **given)
    assert reply.data


# -------------------------------------------------------------------- events


def test_a_case_is_sent_as_it_is_and_again_after_every_change(desk: Desk, address: str, number: str) -> None:
    async def go() -> None:
        async with introduced(address, authorization=bearer(desk, "helper-village")) as one:
            await one.ask(WATCH, n=number)
            assert (await one.data())["caseChanged"]["state"] == "SUBMITTED"
            await change(desk, "helper-village", "preCheckCase", number=number)
            assert await state_of(one) == "PRE_CHECKING"
            await change(desk, "clerk-town", "acceptCase", number=number)
            assert await state_of(one) == "ACCEPTED"
            done = {"number": number, "outcome": "GRANTED", "opinion": "材料齐全，准予办理"}
            await change(desk, "clerk-town", "completeCase", **done)
            assert await state_of(one) == "COMPLETED"

    desk.run(go())


def test_everybody_who_watches_is_told_the_same(desk: Desk, address: str, number: str) -> None:
    async def go() -> None:
        async with (
            introduced(address, authorization=bearer(desk, "helper-village")) as one,
            introduced(address, authorization=bearer(desk, "clerk-county")) as other,
        ):
            await one.ask(text_of("CaseChanged"), number=number)
            await other.ask(text_of("CaseChanged"), number=number)
            await other.ask(text_of("CaseChanged"), number=number)
            first = await one.data()
            assert [await other.data(), await other.data()] == [first, first]
            await change(desk, "helper-village", "preCheckCase", number=number)
            second = await one.data()
            assert second != first
            assert [await other.data(), await other.data()] == [second, second]

    desk.run(go())


def test_changes_of_other_cases_are_no_event(desk: Desk, address: str, number: str) -> None:
    other = applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh(), supplied=list(REQUIRED))

    async def go() -> None:
        async with introduced(address, authorization=bearer(desk, "helper-village")) as one:
            await one.ask(WATCH, n=number)
            assert await state_of(one) == "SUBMITTED"
            await change(desk, "helper-village", "preCheckCase", number=other)
            await change(desk, "helper-village", "preCheckCase", number=number)
            assert (await one.data())["caseChanged"] == {
                "number": number,
                "state": "PRE_CHECKING",
                "helper": helper,
            }

    helper = {"name": desk.staff("helper-village")("{ viewer { name } }").data["viewer"]["name"]}
    desk.run(go())


def test_whoever_stops_watching_leaves_nothing_behind(
    desk: Desk, address: str, number: str, services: AppServices
) -> None:
    before = services.listener.subscriptions

    async def go() -> None:
        async with introduced(address, authorization=bearer(desk, "helper-village")) as one:
            name = await one.ask(WATCH, n=number)
            await one.data()
            assert services.listener.subscriptions > before
            await one.send(type="complete", id=name)
            await one.ask("{ __typename }")
            assert await one.data() == {"__typename": "Query"}
            assert services.listener.subscriptions == before
            assert (await one.receive())["type"] == "complete"
            await one.ask(WATCH, n=number)
            await one.data()
        async with asyncio.timeout(60):
            while services.listener.subscriptions > before:  # the server hears of the end in its own time
                async with introduced(address, district=desk.place.slug) as another:
                    await another.ask("{ __typename }")
                    await another.data()

    desk.run(go())


# -------------------------------------------------------------------- who may


@pytest.mark.parametrize(
    ("login", "code"), [("helper-village-2", "NOT_FOUND"), (None, "UNAUTHENTICATED"), ("leader", None)]
)
def test_watching_is_for_those_who_may_see_the_case(
    desk: Desk, address: str, number: str, login: str | None, code: str | None
) -> None:
    async def go() -> None:
        who = {"authorization": bearer(desk, login)} if login else {"district": desk.place.slug}
        async with introduced(address, **who) as one:
            await one.ask(WATCH, n=number)
            if code is None:
                assert await state_of(one) == "SUBMITTED"
            else:
                assert await one.refused() == code
            await one.ask(WATCH, n=NOWHERE)
            assert await one.refused() in ("NOT_FOUND", "UNAUTHENTICATED")

    desk.run(go())


def test_a_case_of_another_district_is_not_there(
    desk: Desk, address: str, number: str, rushan: Place
) -> None:
    async def go() -> None:
        async with introduced(address, authorization=foreign.headers["Authorization"]) as one:
            await one.ask(WATCH, n=number)
            assert await one.refused() == "NOT_FOUND"

    foreign = rushan.sign_in("clerk-county")
    desk.run(go())


@pytest.fixture
def watcher(desk: Desk) -> Callable[..., tuple[str, list[UUID]]]:
    """A fresh helper of some villages: login, and the assignments."""

    def make(*villages: str) -> tuple[str, list[UUID]]:
        login, staff_id = f"watcher-{fresh()}", new_id()
        areas = [UUID(desk.area(code)) for code in villages]
        ids = [new_id() for _ in areas]

        async def hire(work: Work) -> None:
            work.db.add(StaffRow(id=staff_id, key=login, name="样本人", login=login))
            await work.db.flush()
            for assignment, area in zip(ids, areas, strict=True):
                work.db.add(
                    AssignmentRow(
                        id=assignment, staff_id=staff_id, role="helper", area_id=area, since=work.today
                    )
                )
            await work.db.flush()
            await set_password(
                work, passwords=Passwords(cost=Cost(1, 8, 1)), staff_id=staff_id, password=PASSWORD
            )

        desk.inside(hire)
        return login, ids

    return make


@pytest.mark.parametrize(
    ("villages", "code"), [((VILLAGE, OTHER_VILLAGE), "NOT_FOUND"), ((VILLAGE,), "SESSION_ENDED")]
)
def test_whoever_loses_the_assignment_is_told_nothing_more(
    desk: Desk, address: str, number: str, watcher: Any, villages: tuple[str, ...], code: str
) -> None:
    login, (here, *_) = watcher(*villages)

    async def lose(work: Work) -> None:
        yesterday = work.today - timedelta(days=1)
        await work.db.execute(
            update(AssignmentRow).where(AssignmentRow.id == here).values(since=yesterday, until=yesterday)
        )
        staff_id = await work.db.scalar(select(AssignmentRow.staff_id).where(AssignmentRow.id == here))
        work.announce("staff.changed", str(staff_id))

    async def begin(stack: AsyncExitStack) -> Socket:
        one = await stack.enter_async_context(introduced(address, authorization=bearer(desk, login)))
        await one.ask(WATCH, n=number)
        assert await state_of(one) == "SUBMITTED"
        return one

    async def go_on(one: Socket) -> None:
        await change(desk, "helper-village", "preCheckCase", number=number)
        assert await one.refused() == code

    stack = AsyncExitStack()
    desk.staff(login)
    one = desk.run(begin(stack))
    desk.inside(lose)
    desk.run(go_on(one))
    desk.run(stack.aclose())


def test_signing_out_ends_what_the_session_watches_at_once(desk: Desk, address: str, number: str) -> None:
    token = f"Bearer {session(desk, 'leader')['accessToken']}"

    async def go() -> None:
        async with introduced(address, authorization=token) as one:
            await one.ask(WATCH, n=number)
            await one.data()
            signed_out = await desk.place.api.as_(Authorization=token).send("mutation { signOut }")
            assert signed_out.data
            assert await one.refused() == "SESSION_ENDED"
            await one.ask("{ district { name } }")
            assert await one.refused() == "SESSION_ENDED", "nor may the connection be used for anything else"

    desk.run(go())


def test_a_session_that_another_process_ended_ends_here_with_the_notification(
    desk: Desk, address: str, number: str, services: AppServices
) -> None:
    token = f"Bearer {session(desk, 'supervisor')['accessToken']}"
    claims = services.verifier.verify(token.removeprefix("Bearer "), now=datetime.now(UTC))

    async def revoke(work: Work) -> None:
        work.announce("session.revoked", str(claims.session_id))

    async def begin(stack: AsyncExitStack) -> Socket:
        one = await stack.enter_async_context(introduced(address, authorization=token))
        await one.ask(WATCH, n=number)
        assert await state_of(one) == "SUBMITTED"
        return one

    stack = AsyncExitStack()
    one = desk.run(begin(stack))
    desk.inside(revoke)
    assert desk.run(one.refused()) == "SESSION_ENDED"
    desk.run(stack.aclose())


def test_a_token_that_runs_out_ends_it_too(
    desk: Desk, address: str, number: str, services: AppServices
) -> None:
    claims = services.verifier.verify(
        bearer(desk, "clerk-county").removeprefix("Bearer "), now=datetime.now(UTC)
    )
    principal = desk.run(services.principals.load(services.registry.get(desk.place.slug), claims))
    now = datetime.now(UTC)
    short = services.desk.issuer.issue(
        replace(principal), now=now - timedelta(seconds=5), not_after=now + timedelta(seconds=3)
    )

    async def go() -> None:
        async with introduced(address, authorization=f"Bearer {short.text}") as one:
            await one.ask(WATCH, n=number)
            assert await state_of(one) == "SUBMITTED"
            assert await one.refused() == "SESSION_ENDED"

    desk.run(go())


# -------------------------------------------------------------------- an onboarding


async def rejected(services: AppServices, onboarding_id: UUID) -> None:
    """An operator's decision."""
    async with services.tenancy.platform() as db:
        await reject_in(
            db,
            services.tenancy,
            onboarding_id,
            reason="请由市级统一申请",
            actor="operator:test",
            now=datetime.now(UTC),
        )


def test_an_onboarding_is_followed_with_its_ticket_and_with_nothing_else(
    desk: Desk, address: str, services: AppServices
) -> None:
    onboarding_id, ticket = onboarding_of(desk)

    async def go() -> None:
        async with (
            introduced(address, authorization=f"Bearer {ticket}") as one,
            introduced(address, authorization=f"Bearer {ticket}x") as wrong,
        ):
            await wrong.ask(text_of("OnboardingProgress"), id=onboarding_id)
            assert await wrong.refused() == "NOT_FOUND"
            await one.ask(text_of("OnboardingProgress"), id=onboarding_id)
            assert (await one.data())["onboardingProgress"]["state"] == "APPLIED"
            await rejected(services, UUID(onboarding_id))
            assert (await one.data())["onboardingProgress"]["state"] == "REJECTED"

    desk.run(go())
