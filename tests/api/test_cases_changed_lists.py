"""What ``casesChanged`` tells is what the list of the same filter would show: the database's guard is the oracle."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.api.access_building import build
from tests.api.access_ledger import NOWHERE, READERS, Kept, Ledger, begin, shown
from tests.api.case_changes import Step, make, some_case, some_filter, some_step
from tests.api.casework import Run
from tests.api.clients import Client
from tests.api.watchers import Watch, watching

from bangban.features.cases.glass import SLACK
from bangban.features.cases.tables import CaseRow, HandoverRow
from bangban.features.cases.values import CaseState
from bangban.kernel.access.principals import Principal
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

QUERY = """
subscription($filter: CaseFilter) {
  casesChanged(filter: $filter) { kind caseId number case { id number state area { name } } }
}
"""
WATCHING = [who for who in READERS if who not in NOWHERE]


@pytest.fixture(scope="module")
def ledger(installation: Installation, services: AppServices, api: Client, run: Run) -> Ledger:
    return begin(build("watched-lists", installation, services, api, run))


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> Callable[[str], Client]:
    made = {who: ledger.world.client(who) for who in READERS}
    return made.__getitem__


@pytest.fixture(scope="module")
def principal(ledger: Ledger, services: AppServices, run: Run) -> Callable[[str], Principal]:
    """Everybody with the assignments that count."""

    async def load(who: str) -> Principal:
        known = ledger.world.people[who]
        if who in ledger.phones:
            return known
        district = services.registry.get(ledger.world.slug)
        return await services.principals.get_staff_by_login(district, who)

    made = {who: run(load(who)) for who in WATCHING}
    return made.__getitem__


# Cases pile up from one example to the next, so a failing one is not made smaller: it is told as it was.
@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    kept=some_case,
    steps=st.lists(some_step, min_size=1, max_size=3),
    filters=st.lists(some_filter(), min_size=len(WATCHING), max_size=len(WATCHING)),
)
def test_an_event_comes_if_and_only_if_the_list_held_or_holds_the_case(
    ledger: Ledger,
    client: Callable[[str], Client],
    principal: Callable[[str], Principal],
    services: AppServices,
    kept: Kept,
    steps: list[Step],
    filters: list[dict[str, Any] | None],
) -> None:
    world = ledger.world
    people = [*ledger.phones.values(), 999]
    (number,) = ledger.put([kept._replace(applicant=people[kept.applicant])])
    named = [
        each and {**each, **({"areaId": str(world.areas[each["areaId"]].id)} if "areaId" in each else {})}
        for each in filters
    ]
    asked = list(zip(WATCHING, named, strict=True))

    def holds() -> list[tuple[bool, bool]]:
        """Whether each list holds the case, and whether its reader sees it at all."""
        return [
            (number in shown(client(who), filter=given), number in shown(client(who))) for who, given in asked
        ]

    async def begin_all(watch: Watch) -> list[Any]:
        watchers = [watch.begin(principal(who), QUERY, filter=given) for who, given in asked]
        await watch.settled()
        return watchers

    stack = watching(services)
    watch = world.run(stack.__aenter__())
    try:
        watchers = world.run(begin_all(watch))
        for each in watchers:
            assert [event["kind"] for event in each.told("casesChanged")] == ["REFRESH"], each.code
        before = holds()
        world.run(watch.settled())
        for step in steps:
            since = datetime.now(UTC)  # no later than the process hears of the step

            async def carry_out(step: Step = step) -> None:
                reference = await make(world, number, step, ledger)
                await watch.settled(reference=reference)

            world.run(carry_out())
            after = holds()
            for (who, given), watcher, was, now in zip(asked, watchers, before, after, strict=True):
                events = [(each["kind"], each["number"]) for each in watcher.told("casesChanged")]
                where = (who, given, step, events)
                if now[0]:
                    assert events == [("CHANGED", number)], where
                elif was[0]:
                    assert events == [("GONE", number)], where
                else:  # one too many may come, but only of what the reader sees, or has just seen
                    assert events in ([], [("GONE", number)]), where
                    assert not events or now[1] or was[1] or _lately(ledger, who, number, since), where
            before = after
    finally:
        world.run(stack.__aexit__(None, None, None))


def _lately(ledger: Ledger, who: str, number: str, since: datetime) -> bool:
    """Whether a hand-over that ended less than a minute before then, or after it, had to do with somebody."""

    async def look(work: Work) -> bool:
        over = select(HandoverRow).join(CaseRow, CaseRow.id == HandoverRow.case_id)
        rows = (await work.db.scalars(over.where(CaseRow.number == number))).all()
        floor = since - SLACK
        me = ledger.world.people[who].id
        return any(
            me in (row.from_id, row.to_id) and (row.taken_at or row.returned_at or floor) > floor
            for row in rows
        )

    found: bool = ledger.world.inside(look)
    return found


SUBMITTED, ACCEPTED = CaseState.SUBMITTED, CaseState.ACCEPTED


@pytest.mark.parametrize(
    ("long_ago", "now", "expected"),
    [
        (
            [Step(SUBMITTED, "mover", None, None)],
            Step(ACCEPTED, "mover", None, 5),
            "GONE CHANGED CHANGED CHANGED",
        ),
        ([Step(ACCEPTED, "mover", None, 5)], Step(ACCEPTED, "clerk", None, 5), "- CHANGED GONE GONE"),
        ([Step(ACCEPTED, "clerk", "mover", 5)], Step(ACCEPTED, "clerk", None, 5), "- CHANGED GONE GONE"),
        (
            [Step(SUBMITTED, "mover", None, None), Step(ACCEPTED, "clerk", None, 5)],
            Step(ACCEPTED, "clerk", None, 5),
            "- CHANGED - -",
        ),
    ],
)
def test_what_was_left_long_ago_is_no_event(
    ledger: Ledger,
    principal: Callable[[str], Principal],
    services: AppServices,
    long_ago: list[Step],
    now: Step,
    expected: str,
) -> None:
    """Exactly the lists' own changes, where the steps before were more than a minute ago."""
    world = ledger.world
    (number,) = ledger.put([Kept("village-a", "clerk", "clerk", None, 999)])
    filters: list[tuple[str, dict[str, Any] | None]] = [
        ("clerk", {"states": ["SUBMITTED"]}),
        ("clerk", {"states": ["ACCEPTED"]}),
        ("mover", {"mine": True}),
        ("mover", None),
    ]

    async def go() -> list[list[str]]:
        for step in long_ago:
            await make(world, number, step, ledger, ago=timedelta(hours=1))
        async with watching(services) as watch:
            watchers = [watch.begin(principal(who), QUERY, filter=given) for who, given in filters]
            await watch.settled()
            for each in watchers:
                assert [event["kind"] for event in each.told("casesChanged")] == ["REFRESH"]
            await watch.settled(reference=await make(world, number, now, ledger))
            return [[each["kind"] for each in one.told("casesChanged")] for one in watchers]

    assert world.run(go()) == [[kind] if kind != "-" else [] for kind in expected.split()]


def test_a_hint_that_comes_late_or_twice_tells_how_it_is_now(
    ledger: Ledger,
    client: Callable[[str], Client],
    principal: Callable[[str], Principal],
    services: AppServices,
) -> None:
    """A change from before the subscription may be told after REFRESH: again, never as it was before."""
    world = ledger.world
    (number,) = ledger.put([Kept("village-a", "clerk", "clerk", None, 999)])
    filters: list[dict[str, Any] | None] = [{"states": ["SUBMITTED"]}, {"states": ["ACCEPTED"]}]

    async def go() -> list[list[tuple[str, Any]]]:
        await make(world, number, Step(SUBMITTED, "clerk", None, None), ledger)
        case_id = await make(world, number, Step(ACCEPTED, "clerk", None, 5), ledger)
        late = json.dumps({"d": world.slug, "k": "case.changed", "r": case_id})
        async with watching(services) as watch:
            watchers = [watch.begin(principal("clerk"), QUERY, filter=given) for given in filters]
            await watch.settled()
            for each in watchers:
                assert [event["kind"] for event in each.told("casesChanged")] == ["REFRESH"]
            for _ in range(2):
                services.listener._received(None, 0, "", late)
            await watch.settled(reference=case_id)
            told = [each.told("casesChanged") for each in watchers]
        return [
            [(each["kind"], each["case"] and each["case"]["state"]) for each in events] for events in told
        ]

    left, holding = world.run(go())
    assert set(left) == {("GONE", None)}, "pass over it if it is not shown"
    assert set(holding) == {("CHANGED", "ACCEPTED")}
    assert [number in shown(client("clerk"), filter=each) for each in filters] == [False, True]


def test_the_case_is_sent_as_the_query_gives_it(
    ledger: Ledger,
    client: Callable[[str], Client],
    principal: Callable[[str], Principal],
    services: AppServices,
) -> None:
    """Aliases, fragments, ``__typename`` and all, for an auditor as for a clerk: name and numbers as each sees them."""
    fields = (
        "id standing: number states: state __typename applicant { name phone } helper { name } clock { light }"
        " timeline { at kind fromState } submittedAt area { ...A } first: area { name }"
    )
    fragment = "fragment A on Area { name level }"
    change = f"k: kind number one: case {{ {fields} }} two: case {{ number }}"
    text = f"subscription {{ c: casesChanged {{ {change} }} }} {fragment}"
    one = f"subscription($n: String!) {{ caseChanged(number: $n) {{ {fields} }} }} {fragment}"
    query = f"query($n: String!) {{ case(number: $n) {{ {fields} }} }} {fragment}"
    world = ledger.world
    (number,) = ledger.put([Kept("village-a", "mover", "clerk", None, 999)])

    async def go() -> list[tuple[Any, Any]]:
        async with watching(services) as watch:
            pairs = [
                (
                    watch.begin(principal(who), text),
                    watch.begin(principal(who), one, n=number),
                )
                for who in ("clerk", "auditor")
            ]
            await watch.settled()
            for lists, single in pairs:
                assert lists.told("c")[0]["k"] == "REFRESH"
                single.told("caseChanged")
            step = Step(CaseState.ACCEPTED, "mover", "clerk", 3)
            await watch.settled(reference=await make(world, number, step, ledger))
            return [(lists.told("c"), single.told("caseChanged")) for lists, single in pairs]

    for who, (lists, single) in zip(("clerk", "auditor"), world.run(go()), strict=True):
        expected = client(who)(query, n=number).data["case"]
        assert lists == [{"k": "CHANGED", "number": number, "one": expected, "two": {"number": number}}], who
        assert single == [expected], who
