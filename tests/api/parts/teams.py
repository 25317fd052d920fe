"""The keeping of teams, as the API's common tests need to know it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from tests.api.access_world import World
from tests.api.casework import Desk, fresh
from tests.api.shapes import AREA, Part, Root, Step
from tests.api.staffing import TOWN, hired

from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

SINCE = date(2026, 1, 1)


async def _fill(work: Work, world: World) -> None:
    """A team of branch a with somebody in it."""
    leaver = world.people["leaver"].id
    assert leaver is not None
    team = TeamRow(id=new_id(), key="kept-team", name="样本队", kind="TOWN", area_id=world.areas["town-a"].id)
    work.db.add(team)
    await work.db.flush()
    member = TeamMemberRow(id=new_id(), team_id=team.id, staff_id=leaver, since=SINCE)
    work.db.add(member)
    world.marks["team"], world.marks["membership"] = str(team.id), str(member.id)


def team_of(desk: Desk, *, area: str = TOWN) -> dict[str, Any]:
    """What ``setTeam`` takes for a new one."""
    return {"key": f"team-{fresh()}", "name": "样本帮办队", "kind": "TOWN", "areaId": desk.area(area)}


def manned(desk: Desk) -> tuple[str, str]:
    """A new team with somebody in it since the year began: ids of the team and of the membership."""

    async def do(work: Work) -> tuple[str, str]:
        team = TeamRow(
            id=new_id(), key=given["key"], name=given["name"], kind="TOWN", area_id=UUID(given["areaId"])
        )
        work.db.add(team)
        await work.db.flush()
        member = TeamMemberRow(id=new_id(), team_id=team.id, staff_id=UUID(person), since=SINCE, lead=True)
        work.db.add(member)
        return str(team.id), str(member.id)

    given, person = team_of(desk), hired(desk)["id"]
    found: tuple[str, str] = desk.inside(do)
    return found


def _set(desk: Desk) -> Step:
    return desk.staff("admin"), {**team_of(desk), "nameEn": "Sample", "department": "民政局"}


def _member(desk: Desk) -> Step:
    return desk.staff("admin"), {"teamId": manned(desk)[0], "staffId": hired(desk)["id"], "lead": True}


def _end(desk: Desk) -> Step:
    return desk.staff("admin"), {"membershipId": manned(desk)[1]}


PART = Part(
    roots={
        "Mutation.setTeam": Root(
            AREA,
            "mutation($i: SetTeamInput!) { setTeam(input: $i) { id } }",
            lambda world: {
                "i": {"key": "A!", "name": "队", "kind": "TOWN", "areaId": str(world.areas["grid-a"].id)}
            },
            ("INVALID_INPUT",),
            "admin",
        ),
        "Mutation.setTeamMember": Root(
            AREA,
            "mutation($i: SetTeamMemberInput!) { setTeamMember(input: $i) { id } }",
            lambda world: {
                "i": {
                    "teamId": world.marks["team"],
                    "staffId": str(world.people["leaver"].id),
                    "since": "2026-02-02",
                    "until": "2026-02-01",
                }
            },
            ("INVALID_INPUT",),
            "admin",
        ),
        "Mutation.endTeamMembership": Root(
            AREA,
            "mutation($i: EndTeamMembershipInput!) { endTeamMembership(input: $i) { id } }",
            lambda world: {"i": {"membershipId": world.marks["membership"], "until": "2020-01-01"}},
            ("INVALID_INPUT",),
            "admin",
        ),
    },
    bounds={"SetTeam": 7, "SetTeamMember": 8, "EndTeamMembership": 7, "TeamMembers": 1},
    steps={"SetTeam": _set, "SetTeamMember": _member, "EndTeamMembership": _end},
    logins={"TeamMembers": "clerk-town"},
    fill=_fill,
)
