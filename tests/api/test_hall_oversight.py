"""Who answers for a hall sees how it runs, at their reach; who came, why, and in what need stays inside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLObjectType, get_named_type
from sqlalchemy import update
from tests.api.casework import PERMIT, Desk, applicant, fresh, mutation_of
from tests.api.clients import Client
from tests.api.halls import make_hall
from tests.api.named import text_of
from tests.api.parts.hall import hall_of

from bangban.features.cases.tables import CaseRow
from bangban.features.hall.tables import VisitRow
from bangban.kernel.access.guard import district_policy
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.selection import declared_reads
from bangban.kernel.tenancy.work import Work
from bangban.web.schema import core_schema

TOWN, VILLAGE = "371681101", "371681101200"
INSIDE = {
    "visits": "visits(pointId: $p) { edges { node { id } } }",
    "needs": "visits(pointId: $p) { edges { node { careNeeds purpose visitor } } }",
    "tickets": "visits(pointId: $p) { edges { node { tickets { number priority } } } }",
}


@pytest.mark.parametrize("login", ["leader", "supervisor"])
def test_who_answers_for_a_hall_sees_how_it_runs(desk: Desk, login: str) -> None:
    made = hall_of(desk)
    client = desk.staff(login)
    hall = client(text_of("Hall"), pointId=made["point"]).data["hall"]
    assert made["shift"] in [each["id"] for each in hall["shifts"]]
    assert made["alert"] in [each["id"] for each in hall["alerts"]]
    assert hall["statistics"]["visits"] >= 2
    batch = client(text_of("IntakeBatch"), number=made["number"]).data["intakeBatch"]
    assert (batch["id"], batch["size"]) == (made["batch"], 2)


def test_batches_are_listed_latest_first_with_what_is_still_open(desk: Desk) -> None:
    clerk, window, point = desk.staff("clerk-county"), hall_of(desk)["window"], hall_of(desk)["point"]
    taken = []
    for _ in range(2):
        batch = {
            "windowId": window,
            "submitter": applicant(fresh()),
            "applications": [{"serviceCode": PERMIT, "areaId": desk.area(VILLAGE)} for _ in range(2)],
        }
        made = clerk(mutation_of("collectBatch", "number cases { number }"), input=batch).data["collectBatch"]
        taken.append(made)

    def listed(**how: Any) -> list[dict[str, Any]]:
        edges = desk.staff("leader")(text_of("IntakeBatches"), pointId=point, **how).data["intakeBatches"][
            "edges"
        ]
        return [each["node"] for each in edges]

    first, second = (each["number"] for each in taken)
    numbers = [each["number"] for each in listed()]
    assert numbers.index(second) < numbers.index(first)
    assert {each["number"]: (each["size"], each["closed"]) for each in listed()}[first] == (2, 0)

    async def end(work: Work, cases: list[str]) -> None:
        await work.db.execute(
            update(CaseRow).where(CaseRow.number.in_(cases)).values(state="WITHDRAWN", ended_at=work.now)
        )

    cases = [each["number"] for each in taken[0]["cases"]]
    desk.inside(lambda work: end(work, cases[:1]))
    (one,) = [each for each in listed(closed=False) if each["number"] == first]
    assert (one["closed"], one["closedAt"]) == (1, None)
    desk.inside(lambda work: end(work, cases))
    assert first not in [each["number"] for each in listed(closed=False)]
    (whole,) = [each for each in listed(closed=True) if each["number"] == first]
    assert whole["closed"] == 2
    assert whole["closedAt"] is not None
    assert listed(first=1)[0]["number"] == second
    nobody = desk.staff("helper-village")(text_of("IntakeBatches"), pointId=point)
    assert nobody.code == "FORBIDDEN"


@pytest.mark.parametrize("login", ["leader", "supervisor"])
@pytest.mark.parametrize("query", INSIDE.values(), ids=INSIDE)
def test_and_nobody_who_came(desk: Desk, login: str, query: str) -> None:
    reply = desk.staff(login)(f"query($p: ID!) {{ {query} }}", p=hall_of(desk)["point"])
    assert reply.code == "FORBIDDEN"
    assert "data" not in reply.body or not reply.body["data"]


def test_the_dispatcher_plans_the_rota_and_sees_nobody_who_came(desk: Desk) -> None:
    made, dispatcher = hall_of(desk), desk.staff("dispatcher")
    assert made["shift"] in [
        each["id"] for each in dispatcher(text_of("Hall"), pointId=made["point"]).data["hall"]["shifts"]
    ]
    for query in INSIDE.values():
        assert dispatcher(f"query($p: ID!) {{ {query} }}", p=made["point"]).code == "FORBIDDEN"


def test_what_a_visitor_said_and_needs_stays_inside_the_point(desk: Desk) -> None:
    """A county clerk reaches the halls below; what was said there is for the town's people, and for its rota's."""
    clerk, guide = desk.staff("clerk-county"), desk.staff("guide")
    county, town = (UUID(desk.area(each)) for each in ("371681", TOWN))
    people = {"guide_id": UUID(desk.staff_id("guide")), "clerk_id": UUID(desk.staff_id("clerk-county"))}

    async def at_county(work: Work) -> dict[str, str]:
        return await make_hall(work, area_id=county, special=PERMIT, **people)

    async def in_town(work: Work) -> dict[str, str]:
        made = await make_hall(work, area_id=town, special=PERMIT, **people)
        await work.db.execute(
            update(VisitRow)
            .where(VisitRow.id == UUID(made["visit"]))
            .values(care_needs=["ELDERLY"], end_note="不动产登记大厅")
        )
        return made

    own, below = desk.inside(at_county), desk.inside(in_town)
    facts = "id careNeeds purpose proposals takenUp endNote tickets { priority }"
    told = f"visits(pointId: $p) {{ edges {{ node {{ {facts} }} }} }}"

    def seen(by: Client, hall: dict[str, str], name: str = "visit") -> dict[str, Any]:
        edges = by(f"query($p: ID!) {{ {told} }}", p=hall["point"]).data["visits"]["edges"]
        (mine,) = [each["node"] for each in edges if each["node"]["id"] == hall[name]]
        return mine

    nothing = dict.fromkeys(("careNeeds", "purpose", "proposals", "takenUp", "endNote"))
    assert {**seen(clerk, below), **nothing} == seen(clerk, below)
    assert seen(clerk, below, "waiting")["tickets"] == [{"priority": None}]
    here = seen(clerk, own)
    assert (here["careNeeds"], here["purpose"]) == ([], "咨询")
    assert seen(clerk, own, "waiting")["tickets"] == [{"priority": 0}]
    inside = seen(guide, below)  # of the county, on the rota of the town's hall
    assert (inside["careNeeds"], inside["endNote"]) == (["ELDERLY"], "不动产登记大厅")
    assert "CARING" in inside["proposals"]
    theirs = seen(desk.staff("clerk-town"), below)
    assert (theirs["careNeeds"], theirs["purpose"]) == (["ELDERLY"], "咨询")


@pytest.mark.parametrize("login", ["helper-village", "admin"])
def test_others_see_the_screen_alone(desk: Desk, login: str) -> None:
    made = hall_of(desk)
    client = desk.staff(login)
    assert client(text_of("HallScreen"), pointId=made["point"]).data["hall"]["queues"]
    assert client(text_of("Hall"), pointId=made["point"]).code == "FORBIDDEN"


def test_whoever_oversees_without_reading_reaches_no_visit_by_any_path() -> None:
    """From what ``oversight:read`` opens, following every field, nothing leads to a type of those who came."""
    types = core_schema().type_map
    seen: set[str] = set()

    def below(name: str) -> Iterator[Any]:
        type_ = types[name]
        if name in seen or not isinstance(type_, GraphQLObjectType):
            return
        seen.add(name)
        yield type_
        for field in type_.fields.values():
            yield from below(get_named_type(field.type).name)

    reached = [each for root in ("Hall", "IntakeBatch") for each in below(root)]
    guards = {each.name: declared_reads(each).guard for each in reached if each.name in ("Visit", "Ticket")}
    assert all(guard.permission is Permission.HALL_READ for guard in guards.values()), guards
    assert not {"Visit", "Ticket"} & {get_named_type(f.type).name for f in types["Hall"].fields.values()}


def test_only_those_who_work_in_halls_read_visits() -> None:
    policy = district_policy(())
    for role in (Role.LEADER, Role.SUPERVISOR, Role.DISPATCHER):
        for reach in Reach:
            assert not policy.allows(role, reach, Permission.HALL_READ)
        assert policy.allows(role, Reach.COUNTY, Permission.OVERSIGHT_READ)
        assert policy.allows(role, Reach.TOWN, Permission.OVERSIGHT_READ)
