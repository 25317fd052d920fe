"""What watching costs: statements for each event, whoever watches, and bounded memory for whoever does not read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.api.access_building import build
from tests.api.access_ledger import Kept, Ledger, begin
from tests.api.case_changes import Step, make
from tests.api.casework import Run
from tests.api.clients import Client
from tests.api.counting import counted, hang_on
from tests.api.named import text_of
from tests.api.test_cases_changed_lists import ACCEPTED, SUBMITTED
from tests.api.watchers import Watcher, watching

from bangban.kernel.access.principals import Principal
from bangban.kernel.graphql.context import Context
from bangban.kernel.graphql.sharing import SharedData
from bangban.kernel.jobs.fanout import MOST_WAITING
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.operations import Operations
from bangban.web.requests import Request
from bangban.web.services import AppServices

MANY = 50
AREAS = ["county", "town-a", "village-a", "grid-a", "village-b"]


@pytest.fixture(scope="module", autouse=True)
def _listening() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        hang_on(patch)
        yield


@pytest.fixture(scope="module")
def ledger(installation: Installation, services: AppServices, api: Client, run: Run) -> Ledger:
    made = begin(build("watched-bounds", installation, services, api, run))

    async def hire(work: Work) -> None:
        for n in range(MANY):
            await made.world.hire(work, f"many {n}", ("helper", AREAS[n % len(AREAS)], work.today, None))

    made.world.inside(hire)
    return made


async def _people(ledger: Ledger, services: AppServices, names: list[str]) -> list[Principal]:
    district = services.registry.get(ledger.world.slug)
    return [await services.principals.get_staff_by_login(district, each) for each in names]


def test_a_change_is_read_once_for_all_who_look_through_the_same_selection(
    ledger: Ledger, services: AppServices
) -> None:
    """Fifty people with fifty names, at five places, with lists of four kinds: one statement; auditors' is another."""
    (number,) = ledger.put([Kept("village-a", "clerk", "clerk", None, 999)])
    world = ledger.world
    filters: list[dict[str, Any] | None] = [None, {"states": ["ACCEPTED"]}, {"mine": True}]
    filters.append({"areaId": str(world.areas["town-a"].id)})

    async def go() -> tuple[list[Watcher], list[Watcher], list[str], list[str]]:
        people = await _people(ledger, services, [f"many {n}" for n in range(MANY)])
        (auditor,) = await _people(ledger, services, ["auditor"])
        async with watching(services) as watch:
            with counted() as sent:
                inboxes = [
                    watch.begin(each, text_of("CasesChanged"), filter=filters[n % 4])
                    for n, each in enumerate(people)
                ]
            await watch.settled()
            assert sent.data == [], "a list that is watched is not read"
            await watch.settled(
                reference=await make(world, number, Step(SUBMITTED, "clerk", None, None), ledger)
            )
            of_lists = list(sent.data)
            with counted() as sent:
                singles = [
                    watch.begin(each, text_of("CaseChanged"), number=number)
                    for n, each in enumerate(people)
                    if AREAS[n % len(AREAS)] not in ("grid-a", "village-b")
                ]
                watch.begin(auditor, text_of("CaseChanged"), number=number)
            await watch.settled()
            sent.texts.clear()
            await watch.settled(reference=await make(world, number, Step(ACCEPTED, "clerk", None, 5), ledger))
            return inboxes, singles, of_lists, list(sent.data)

    inboxes, singles, of_lists, of_singles = world.run(go())
    assert len(of_lists) == 1, of_lists
    reads = [text for text in of_singles if "its_handover" in text]
    assert len(reads) == 2, "one for the staff, one for the auditor, whose reading is put on record besides"
    assert len(of_singles) - len(reads) < 10
    for each in singles:
        assert [event["state"] for event in each.told("caseChanged")] == ["SUBMITTED", "ACCEPTED"]
    told = [[event["kind"] for event in each.told("casesChanged")] for each in inboxes]
    heard = [kinds for n, kinds in enumerate(told) if AREAS[n % 5] in ("county", "town-a", "village-a")]
    assert ["REFRESH", "CHANGED", "CHANGED"] in heard
    assert {tuple(kinds) for n, kinds in enumerate(told) if AREAS[n % 5] == "village-b"} == {("REFRESH",)}


def test_everybody_is_told_the_same(ledger: Ledger, services: AppServices) -> None:
    (number,) = ledger.put([Kept("village-a", "clerk", "clerk", None, 999)])

    async def go() -> list[Any]:
        people = await _people(ledger, services, ["clerk", "town helper", "many 0"])
        async with watching(services) as watch:
            watchers = [watch.begin(each, text_of("CasesChanged"), filter=None) for each in people]
            await watch.settled()
            for each in watchers:
                each.told("casesChanged")
            step = Step(SUBMITTED, "clerk", None, None)
            await watch.settled(reference=await make(ledger.world, number, step, ledger))
            return [each.answers[0].body["data"] for each in watchers]

    one, *others = ledger.world.run(go())
    assert one["casesChanged"]["number"] == number
    assert isinstance(one, SharedData)
    assert all(each is one for each in others)  # read once, completed once, put into bytes once


def test_whoever_does_not_read_holds_a_bounded_number_of_news_and_then_looks_again(
    ledger: Ledger, services: AppServices
) -> None:
    numbers = ledger.put([Kept("village-a", "clerk", "clerk", None, 999)] * 2)
    world, slug = ledger.world, ledger.world.slug

    async def go() -> list[str]:
        (clerk,) = await _people(ledger, services, ["clerk"])
        context = Context(
            services=services,
            principal=clerk,
            district=services.registry.get(slug),
            request_id="-",
            language="en",
            now=datetime.now(UTC),
        )
        operations = Operations(introspection_for_anonymous=False)
        kinds = []
        async with aclosing(operations.stream(Request(text_of("CasesChanged"), {}), context)) as stream:
            kinds.append((await anext(stream)).body["data"]["casesChanged"]["kind"])
            room = services.fanout._rooms[slug, "case.changed"]
            (seat,) = room._of_everything
            for _ in range(3):  # the same two cases, again and again, while nobody reads
                for number in numbers:
                    await make(world, number, Step(SUBMITTED, "clerk", None, None), ledger)
            async with asyncio.timeout(60):
                while len(seat._waiting) < len(numbers) or room._gathered:  # noqa: ASYNC110 - no event says it
                    await asyncio.sleep(0)
            assert len(seat._waiting) == len(numbers)
            for n in range(MOST_WAITING + 1):
                seat.hear(services.fanout.news(f"00000000-0000-0000-0000-{n:012}"))
            assert len(seat._waiting) <= MOST_WAITING
            kinds.append((await anext(stream)).body["data"]["casesChanged"]["kind"])
        return kinds

    assert world.run(go()) == ["REFRESH", "REFRESH"]
