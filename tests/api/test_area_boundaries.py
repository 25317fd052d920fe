"""Areas are added, renamed, moved, retired and restored, merged and split; whoever served there goes on serving."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.api.access_building import build
from tests.api.access_world import SINCE, World
from tests.api.casework import Run
from tests.api.clients import Client, Reply
from tests.api.named import text_of

from bangban.features.areas.tables import AreaChangeRow, AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseState
from bangban.features.people.tables import AssignmentRow, TeamRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

CASES = "{ cases(first: 100) { edges { node { number } } } }"


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    return build("area-boundaries", installation, services, api, run)


@pytest.fixture(scope="module")
def admin(world: World) -> Client:
    return world.client("admin COUNTY")


def do(client: Client, operation: str, /, **given: Any) -> Reply:
    return client(text_of(operation), input=given)


def done(client: Client, operation: str, /, **given: Any) -> dict[str, Any]:
    (found,) = do(client, operation, **given).data.values()
    return dict(found)


def added(client: Client, parent_id: str, name: str, kind: str, **more: Any) -> str:
    return str(done(client, "AddArea", parentId=parent_id, name=name, kind=kind, **more)["id"])


def stored(world: World, area_id: str) -> Any:
    async def read(work: Work) -> Any:
        return await work.db.scalar(select(AreaRow).where(AreaRow.id == area_id))

    return world.inside(read)


def history(world: World, area_id: str) -> list[str]:
    async def read(work: Work) -> list[str]:
        kinds = select(AreaChangeRow.kind).where(AreaChangeRow.area_id == area_id)
        return list(await work.db.scalars(kinds.order_by(AreaChangeRow.id)))

    return world.inside(read)


def numbers(client: Client) -> set[str]:
    return {edge["node"]["number"] for edge in client(CASES).data["cases"]["edges"]}


def test_an_area_lives_through_all_its_changes(world: World, admin: Client) -> None:
    county, town = str(world.areas["county"].id), str(world.areas["town-a"].id)
    centre = added(admin, county, "管理中心", "MANAGEMENT_CENTRE")
    village = added(admin, town, "尚庄村", "VILLAGE", code="371681001213", fullName="尚庄村委会")
    done(admin, "RenameArea", areaId=village, name="尚庄新村")
    moved = done(admin, "MoveArea", areaId=village, toParentId=centre)
    assert (moved["name"], moved["parent"]["id"]) == ("尚庄新村", centre)
    assert done(admin, "RetireArea", areaId=village)["retired"] is True
    done(admin, "RetireArea", areaId=centre)
    assert do(admin, "RestoreArea", areaId=village).code == "CONFLICT"  # the area above is out of use
    done(admin, "RestoreArea", areaId=centre)
    assert done(admin, "RestoreArea", areaId=village)["retired"] is False
    assert done(admin, "RestoreArea", areaId=village)["retired"] is False  # and is so already
    assert history(world, village) == ["created", "renamed", "moved", "retired", "restored"]
    assert stored(world, village).path == f"{stored(world, centre).path}.{stored(world, village).id.hex}"


@pytest.mark.parametrize(
    ("kind", "code", "refused"),
    [
        ("VILLAGE", "37168100121", "INVALID_INPUT"),
        ("VILLAGE", "３７１６８１００１２１４", "INVALID_INPUT"),
        ("TOWN", None, "INVALID_INPUT"),
        ("COUNTY", None, "INVALID_INPUT"),
    ],
)
def test_an_area_that_cannot_stand_there_is_refused(
    world: World, admin: Client, kind: str, code: str | None, refused: str
) -> None:
    town = str(world.areas["town-a"].id)
    assert do(admin, "AddArea", parentId=town, name="某", kind=kind, code=code).code == refused


def test_a_town_keeps_what_is_its_own_and_nothing_else(world: World) -> None:
    town, auditor = world.client("admin TOWN"), world.client("auditor COUNTY")
    ids = {name: str(area.id) for name, area in world.areas.items()}
    own = added(town, ids["town-a"], "新村", "VILLAGE")
    done(town, "RenameArea", areaId=own, name="更新村")
    for client, operation, given in (
        (town, "AddArea", {"parentId": ids["town-b"], "name": "村", "kind": "VILLAGE"}),
        (town, "AddArea", {"parentId": ids["county"], "name": "园", "kind": "PARK"}),
        (town, "RenameArea", {"areaId": ids["village-b"], "name": "某村"}),
        (town, "MoveArea", {"areaId": own, "toParentId": ids["town-b"]}),
        (town, "MoveArea", {"areaId": ids["village-b"], "toParentId": ids["town-a"]}),
        (town, "RetireArea", {"areaId": ids["micro-grid-b"]}),
        (town, "RestoreArea", {"areaId": ids["micro-grid-b"]}),
        (town, "MergeAreas", {"areaIds": [ids["village-b"]], "intoId": own}),
        (town, "MergeAreas", {"areaIds": [own], "intoId": ids["village-b"]}),
        (town, "SplitArea", {"areaId": ids["town-a"], "into": []}),
        (auditor, "RenameArea", {"areaId": own, "name": "某村"}),
        (auditor, "MergeAreas", {"areaIds": [own], "intoId": ids["village-a"]}),
        (world.client("helper TOWN"), "RenameArea", {"areaId": own, "name": "某村"}),
    ):
        assert do(client, operation, **given).code == "FORBIDDEN", (operation, given)


async def _served(work: Work, world: World, area_id: str, who: str, n: int) -> tuple[str, str]:
    """A helper, a team, an open case and one that has ended, of an area; the numbers of the cases."""
    area = await work.db.scalar(select(AreaRow).where(AreaRow.id == area_id))
    assert area is not None
    world.areas[area_id] = type(world.areas["county"])(area.id, area.path, area.level)
    helper = await world.hire(work, who, ("helper", area_id, SINCE, None))
    work.db.add(TeamRow(id=new_id(), key=who, name=who, kind="TOWN", area_id=area.id))
    running = await world.case(work, area_id, holder=helper, state=CaseState.SUBMITTED, n=n)
    ended = await world.case(work, area_id, holder=helper, state=CaseState.WITHDRAWN, n=n)
    return running, ended


def test_merged_areas_hand_on_everything_that_is_open(world: World, admin: Client) -> None:
    town = str(world.areas["town-a"].id)
    gone, into = (added(admin, town, name, "VILLAGE") for name in ("并入村", "大村"))
    grid = added(admin, gone, "一网格", "GRID")
    running, ended = world.inside(lambda work: _served(work, world, gone, "helper of merged", 9_101))

    async def neighbour(work: Work) -> None:
        area = await work.db.scalar(select(AreaRow).where(AreaRow.id == into))
        assert area is not None
        world.areas["into"] = type(world.areas["county"])(area.id, area.path, area.level)
        await world.hire(work, "helper of the other", ("helper", "into", SINCE, None))

    world.inside(neighbour)
    assert numbers(world.client("helper of the other")) == set()
    merged = done(admin, "MergeAreas", areaIds=[gone], intoId=into)
    assert [edge["node"]["id"] for edge in merged["children"]["edges"]] == [grid]
    assert stored(world, gone).retired_on is not None
    assert stored(world, grid).path.startswith(stored(world, into).path)
    # Whoever serves there finds what is open; what has ended keeps the area it was of.
    assert numbers(world.client("helper of the other")) == {running}
    assert running in numbers(world.client("helper of merged"))

    async def left(work: Work) -> tuple[Any, ...]:
        posts = await work.db.execute(
            select(AssignmentRow.area_id, AssignmentRow.until)
            .where(AssignmentRow.staff_id == world.people["helper of merged"].id)
            .order_by(AssignmentRow.since)
        )
        case = await work.db.scalar(select(CaseRow.area_id).where(CaseRow.number == ended))
        team = await work.db.scalar(select(TeamRow.area_id).where(TeamRow.key == "helper of merged"))
        return posts.all(), str(case), str(team)

    posts, case, team = world.inside(left)
    assert [(str(area), until is None) for area, until in posts] == [(gone, False), (into, True)]
    assert (case, team) == (gone, into)
    assert do(admin, "MergeAreas", areaIds=[gone], intoId=into).code == "CONFLICT"  # it is so already
    assert do(admin, "MergeAreas", areaIds=[into], intoId=into).code == "INVALID_INPUT"
    assert do(admin, "MergeAreas", areaIds=[into], intoId=town).code == "INVALID_INPUT"


def test_a_split_leaves_nobody_without_an_area(world: World, admin: Client) -> None:
    town = str(world.areas["town-b"].id)
    whole = added(admin, town, "大社区", "COMMUNITY")
    grids = [added(admin, whole, f"{n}网格", "GRID") for n in range(3)]
    cases = world.inside(lambda work: _served(work, world, whole, "helper of split", 9_102))
    east, west = {"name": "东社区", "childIds": grids[:1]}, {"name": "西社区", "childIds": grids[1:]}
    for into in ([east], [east, {**west, "childIds": grids[2:]}], [east, {**west, "childIds": grids}]):
        assert do(admin, "SplitArea", areaId=whole, into=into).code in ("INVALID_INPUT", "CONFLICT")
    assert stored(world, whole).retired_on is None
    held = added(admin, town, "旁社区", "COMMUNITY", code="370199001001")
    for into, field in (
        ([{**east, "childIds": [held]}, west], "input.into.0.childIds.0"),
        ([east, {**west, "name": ""}], "input.into.1.name"),
        ([east, {**west, "code": "1"}], "input.into.1.code"),
        ([east, {**west, "code": "370199001001"}], "input.into.1.code"),
    ):
        refused = do(admin, "SplitArea", areaId=whole, into=into)
        assert refused.body["errors"][0]["extensions"]["fields"] == [field]
    assert (stored(world, held).name, stored(world, held).retired_on) == ("旁社区", None)
    made = done(admin, "SplitArea", areaId=whole, into=[east, west])
    assert made["area"]["retired"] is True
    assert [area["name"] for area in made["into"]] == ["东社区", "西社区"]
    new = [stored(world, area["id"]) for area in made["into"]]
    assert [stored(world, grid).parent_id for grid in grids] == [new[0].id, new[1].id, new[1].id]
    assert numbers(world.client("helper of split")) == set(cases)

    async def of_case(work: Work) -> list[Any]:
        return [await work.db.scalar(select(CaseRow.area_id).where(CaseRow.number == each)) for each in cases]

    assert [str(area) for area in world.inside(of_case)] == [str(new[0].id), whole]  # what has ended stays

    async def posts(work: Work) -> set[Any]:
        held = select(AssignmentRow.area_id).where(
            AssignmentRow.staff_id == world.people["helper of split"].id, AssignmentRow.until.is_(None)
        )
        return set(await work.db.scalars(held))

    assert world.inside(posts) == {area.id for area in new}
    assert do(admin, "SplitArea", areaId=whole, into=[east, west]).code == "CONFLICT"
