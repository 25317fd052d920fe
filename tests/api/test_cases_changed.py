"""An inbox over a real server: what enters, changes and leaves it, for whom, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from starlette.applications import Starlette
from tests.api.casework import REQUIRED, Desk, Run, applied, attempt, fresh, lacking
from tests.api.clients import PASSWORD, Client, Place
from tests.api.counting import settle
from tests.api.named import text_of
from tests.api.serving import Socket, introduced, serving
from tests.passwords import set_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

VILLAGE, OTHER_VILLAGE = "371681101200", "371681001213"
INBOX = """
subscription($f: CaseFilter) {
  casesChanged(filter: $f) { kind caseId number case { number state helper { name } } }
}
"""
LIST = "query($f: CaseFilter) { cases(filter: $f, first: 100) { edges { node { number state } } } }"
AGAIN = {"kind": "REFRESH", "caseId": None, "number": None, "case": None}


@pytest.fixture(scope="module")
def desk(zouping: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    made = Desk(zouping, services, run, app_settings.outbox_folder)
    for login in (
        "helper-village",
        "helper-village-2",
        "helper-town",
        "clerk-town",
        "clerk-county",
        "leader",
    ):
        made.staff(login)  # beforehand: inside a coroutine nobody else can be run
    made.staff("auditor")
    return made


@pytest.fixture(scope="module")
def address(app: Starlette, run: Run) -> Iterator[str]:
    stack = AsyncExitStack()
    yield run(stack.enter_async_context(serving(app)))
    run(stack.aclose())


@pytest.fixture
def number(desk: Desk) -> str:
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh(), supplied=list(REQUIRED))


def bearer(client: Client) -> str:
    return client.headers["Authorization"]


async def entered(desk: Desk, stack: AsyncExitStack, address: str, client: Client, **filter_: Any) -> Socket:
    """A connection on which an inbox is watched, its first event taken. What happened before is no news to it."""
    await settle(desk.services)
    one = await stack.enter_async_context(introduced(address, authorization=bearer(client)))
    await one.ask(INBOX, f=filter_ or None)
    assert await event(one) == AGAIN
    return one


async def event(one: Socket) -> dict[str, Any]:
    found: dict[str, Any] = (await one.data())["casesChanged"]
    return found


async def change(client: Client, name: str, **given: Any) -> None:
    reply = await attempt(client, name, **given)
    assert reply.data


# -------------------------------------------------------------------- what is told


def test_a_case_enters_changes_and_leaves(desk: Desk, address: str) -> None:
    helper, clerk = desk.staff("helper-village"), desk.staff("clerk-town")

    async def go() -> None:
        async with AsyncExitStack() as stack:
            everything = await entered(desk, stack, address, clerk)
            waiting = await entered(desk, stack, address, clerk, states=["SUBMITTED", "PRE_CHECKING"])
            number, name = None, None
            for verb, state, listed in (
                ("applyForCase", "SUBMITTED", True),
                ("preCheckCase", "PRE_CHECKING", True),
                ("acceptCase", "ACCEPTED", False),
            ):
                if verb == "applyForCase":
                    reply = await attempt(helper, verb, **application)
                    number = reply.data[verb]["number"]
                else:
                    await change(clerk if verb == "acceptCase" else helper, verb, number=number)
                told = await event(everything)
                name = told["case"]["helper"]["name"]
                assert told == {
                    "kind": "CHANGED",
                    "caseId": told["caseId"],
                    "number": number,
                    "case": {"number": number, "state": state, "helper": {"name": name}},
                }
                gone = {"kind": "GONE", "caseId": told["caseId"], "number": number, "case": None}
                assert await event(waiting) == (told if listed else gone)

    from tests.api.casework import application as form  # noqa: PLC0415 - its name is the argument's here

    application = form(desk.area(VILLAGE), fresh(), supplied=list(REQUIRED))
    desk.run(go())


def test_what_was_never_to_be_seen_is_never_told(desk: Desk, address: str, rushan: Place) -> None:
    """Neighbours, other districts with the same numbers, and filters of places outside the grant."""
    helper, neighbour = desk.staff("helper-village"), desk.staff("helper-village-2")
    foreign = rushan.sign_in("clerk-county")
    mine = applied(helper, desk.area(VILLAGE), n=fresh(), supplied=list(REQUIRED))
    theirs = applied(neighbour, desk.area(OTHER_VILLAGE), n=fresh(), supplied=list(REQUIRED))

    async def go() -> None:
        async with AsyncExitStack() as stack:
            here = await entered(desk, stack, address, helper)
            there = await entered(desk, stack, address, neighbour)
            nowhere = await entered(desk, stack, address, neighbour, areaId=desk.area(VILLAGE))
            abroad = await entered(desk, stack, address, foreign)
            await change(helper, "preCheckCase", number=mine)
            assert (await event(here))["number"] == mine
            await change(neighbour, "preCheckCase", number=theirs)
            assert (await event(there))["number"] == theirs, "the first they hear of"
            for one in (nowhere, abroad):
                await one.ask("{ __typename }")
                assert await one.data() == {"__typename": "Query"}, "nothing came before it"

    desk.run(go())


def test_a_hand_over_comes_and_goes_and_nothing_is_heard_of_the_case_afterwards(
    desk: Desk, address: str, number: str
) -> None:
    holder, offered = desk.staff("helper-village"), desk.staff("helper-village-2")
    other = applied(offered, desk.area(OTHER_VILLAGE), n=fresh(), supplied=list(REQUIRED))
    to = desk.staff_id("helper-village-2")

    async def go() -> None:
        async with AsyncExitStack() as stack:
            mine = await entered(desk, stack, address, offered, mine=True)
            every = await entered(desk, stack, address, offered)
            await change(holder, "handOverCase", number=number, toStaffId=to, reason="外出办事")
            told = await event(every)
            assert (told["kind"], told["case"]["number"]) == ("CHANGED", number)
            assert await event(mine) == told
            await change(offered, "returnCase", number=number, reason="不在本片区")
            gone = {"kind": "GONE", "caseId": told["caseId"], "number": number, "case": None}
            assert [await event(every), await event(mine)] == [gone, gone]
            await change(offered, "preCheckCase", number=other)
            assert (await event(every))["number"] == other

    desk.run(go())


def test_no_change_is_lost_between_the_list_and_its_changes(desk: Desk, address: str) -> None:
    """Whoever queries at REFRESH and follows from there on holds what the list holds in the end."""
    helper, clerk = desk.staff("helper-village"), desk.staff("clerk-town")
    wanted = {"states": ["PRE_CHECKING", "AWAITING_MATERIALS"]}
    *numbers, last = [
        applied(helper, desk.area(VILLAGE), n=fresh(), supplied=list(REQUIRED)) for _ in range(7)
    ]

    async def listed() -> dict[str, str]:
        page = (await clerk.send(LIST, f=wanted)).data["cases"]
        return {each["node"]["number"]: each["node"]["state"] for each in page["edges"]}

    async def work_on(number: str) -> None:
        await change(helper, "preCheckCase", number=number, missing=lacking(["PHOTO"]))
        await change(helper, "supplyMaterials", number=number, codes=["PHOTO"])
        await change(helper, "preCheckCase", number=number)
        if number != numbers[0]:
            await change(clerk, "acceptCase", number=number)

    async def follow(stack: AsyncExitStack) -> dict[str, str]:
        """As a front end does, until the last case is in the list."""
        one = await stack.enter_async_context(introduced(address, authorization=bearer(clerk)))
        await one.ask(INBOX, f=wanted)
        held: dict[str, str] = {}
        while last not in held:
            told = await event(one)
            if told["kind"] == "REFRESH":
                held = await listed()
            elif told["kind"] == "GONE":
                held.pop(told["number"], None)
            else:
                held[told["number"]] = told["case"]["state"]
        return held

    async def go() -> None:
        async with AsyncExitStack() as stack:
            working = [asyncio.create_task(work_on(each)) for each in numbers[:3]]
            following = [asyncio.create_task(follow(stack)) for _ in range(3)]
            await asyncio.gather(*working, *(work_on(each) for each in numbers[3:]))
            await change(helper, "preCheckCase", number=last)
            held = await asyncio.gather(*following)
            assert held == [await listed()] * 3

    desk.run(go())


# -------------------------------------------------------------------- who may, and for how long


def test_an_inbox_is_for_those_who_may_see_cases(desk: Desk, address: str) -> None:
    async def go() -> None:
        async with introduced(address, district=desk.place.slug) as one:
            await one.ask(text_of("CasesChanged"))
            assert await one.refused() == "UNAUTHENTICATED"
        async with introduced(address, authorization=bearer(desk.staff("clerk-county"))) as one:
            await one.ask(INBOX, f={"areaId": "x"})
            assert await one.refused() == "INVALID_INPUT"
            await one.ask(text_of("CasesChanged"), filter=None)
            assert await event(one) == AGAIN

    desk.run(go())


def test_signing_out_ends_an_inbox_at_once(desk: Desk, address: str) -> None:
    text = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }"
    signed = desk.place.anonymous(text, i={"login": "leader", "password": PASSWORD}).data["signIn"]
    client = desk.place.api.as_(Authorization=f"Bearer {signed['accessToken']}")

    async def go() -> None:
        async with AsyncExitStack() as stack:
            one = await entered(desk, stack, address, client)
            assert (await client.send("mutation { signOut }")).data
            assert await one.refused() == "SESSION_ENDED"

    desk.run(go())


def test_a_token_that_runs_out_ends_it_too(desk: Desk, address: str, services: AppServices) -> None:
    client, now = desk.staff("clerk-county"), datetime.now(UTC)
    claims = services.verifier.verify(bearer(client).removeprefix("Bearer "), now=now)
    principal = desk.run(services.principals.load(services.registry.get(desk.place.slug), claims))
    short = services.desk.issuer.issue(
        principal, now=now - timedelta(seconds=5), not_after=now + timedelta(seconds=2)
    )

    async def go() -> None:
        async with AsyncExitStack() as stack:
            one = await entered(
                desk, stack, address, desk.place.api.as_(Authorization=f"Bearer {short.text}")
            )
            assert await one.refused() == "SESSION_ENDED"

    desk.run(go())


@pytest.mark.parametrize("rest", [(OTHER_VILLAGE,), ()])
def test_whoever_loses_an_assignment_is_told_to_look_again_or_that_it_is_over(
    desk: Desk, address: str, number: str, rest: tuple[str, ...]
) -> None:
    login, staff_id, here = f"inbox-{fresh()}", new_id(), new_id()
    posts = [(here, UUID(desk.area(VILLAGE))), *((new_id(), UUID(desk.area(each))) for each in rest)]

    async def hire(work: Work) -> None:
        work.db.add(StaffRow(id=staff_id, key=login, name="样本人", login=login))
        await work.db.flush()
        for post, area in posts:
            work.db.add(
                AssignmentRow(id=post, staff_id=staff_id, role="helper", area_id=area, since=work.today)
            )
        await work.db.flush()
        cheap = Passwords(cost=Cost(1, 8, 1))
        await set_password(work, passwords=cheap, staff_id=staff_id, password=PASSWORD)

    async def lose(work: Work) -> None:
        yesterday = work.today - timedelta(days=1)
        ended = update(AssignmentRow).where(AssignmentRow.id == here)
        await work.db.execute(ended.values(since=yesterday, until=yesterday))
        assert await work.db.scalar(select(StaffRow.id).where(StaffRow.id == staff_id))
        work.announce("staff.changed", str(staff_id))

    async def begin(stack: AsyncExitStack) -> Socket:
        one = await entered(desk, stack, address, client)
        await change(desk.staff("helper-village"), "preCheckCase", number=number)
        assert (await event(one))["case"]["state"] == "PRE_CHECKING"
        return one

    async def go_on(one: Socket) -> None:
        if not rest:
            assert await one.refused() == "SESSION_ENDED"
            return
        assert await event(one) == AGAIN, "before anything changes"
        await change(desk.staff("clerk-town"), "acceptCase", number=number)
        await change(desk.staff("helper-village-2"), "preCheckCase", number=other)
        assert (await event(one))["number"] == other, "and nothing of the case that is out of sight"

    desk.inside(hire)
    other = applied(
        desk.staff("helper-village-2"), desk.area(OTHER_VILLAGE), n=fresh(), supplied=list(REQUIRED)
    )
    client, stack = desk.place.sign_in(login), AsyncExitStack()
    one = desk.run(begin(stack))
    desk.inside(lose)
    desk.run(go_on(one))
    desk.run(stack.aclose())


def test_whoever_leaves_leaves_nothing_behind(
    desk: Desk, address: str, number: str, services: AppServices
) -> None:
    async def go() -> None:
        async with AsyncExitStack() as stack:
            await entered(desk, stack, address, desk.staff("clerk-town"))
            assert services.fanout.seats == before + 1
        async with asyncio.timeout(60):
            while services.fanout.seats > before:  # the server hears of the end in its own time
                async with introduced(address, district=desk.place.slug) as another:
                    await another.ask("{ __typename }")
                    await another.data()
        assert services.listener.subscriptions == hints

    before, hints = services.fanout.seats, services.listener.subscriptions
    desk.run(go())
