"""Teams over the API: made and ended by whoever keeps their seat, and read back as they were said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.clients import Client
from tests.api.keeping_teams import CONFIGURE, TEAM, ZONE, back_office, day, did, refusal
from tests.api.parts.teams import manned, team_of
from tests.api.staffing import TOWN, VILLAGE, bearer, file_of, hired, joined, made, signed_in

from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.tenancy.work import Work

OTHER = "371681102"
__all__ = ["back_office"]  # a fixture


@pytest.fixture(scope="module")
def town_admin(desk: Desk) -> Client:
    """The administrator of one town, signed in."""
    login = joined(desk, role="admin", area=TOWN)["login"]
    return bearer(desk, signed_in(desk, login).data["signIn"]["accessToken"])


def test_a_district_makes_its_teams_and_reads_back_what_it_said(desk: Desk) -> None:
    admin, given, person = desk.staff("admin"), team_of(desk), hired(desk)
    first, last = day(), day(30)
    said = {"nameEn": "Sample team", "brand": "样本牌", "department": "民政局", "until": last}
    answer = did(admin, "setTeam", **given, **said)
    assert {name: answer[name] for name in said} == said
    assert (answer["area"], answer["members"], answer["headcount"]) == ({"code": TOWN}, [], 0)
    lead = did(admin, "setTeamMember", teamId=answer["id"], staffId=person["id"], lead=True, fullTime=False)
    (member,) = lead["members"]
    assert {**member, "id": ""} == {
        "id": "",
        "since": first,
        "until": last,
        "lead": True,
        "fullTime": False,
        "staff": {"id": person["id"], "name": person["name"]},
    }
    ended = did(admin, "endTeamMembership", membershipId=member["id"])
    assert (ended["members"][0]["until"], ended["headcount"]) == (first, 1)
    again = did(admin, "setTeam", **{**given, "name": "改名队"}, department=None)
    assert again["until"] == last, "what is left out stays"
    assert (again["name"], again["nameEn"], again["department"]) == ("改名队", "Sample team", None)
    read = f"{{ teams(first: 100) {{ edges {{ node {{ {TEAM} }} }} }} }}"
    listed = desk.staff("clerk-town")(read).data["teams"]["edges"]
    assert again in [edge["node"] for edge in listed]
    trail = desk.trail(f"team:{given['key']}")
    assert trail == [(desk.actor("admin"), "staff:manage")] * 4


def test_a_towns_administrator_keeps_the_towns_teams_only(desk: Desk, town_admin: Client) -> None:
    admin, own = desk.staff("admin"), team_of(desk)
    mine = did(town_admin, "setTeam", **own)
    elsewhere, whole = team_of(desk, area=OTHER), team_of(desk, area="371681")
    outside = did(admin, "setTeam", **elsewhere)
    did(admin, "setTeam", **whole)
    for given in (
        team_of(desk, area=OTHER),
        whole,
        elsewhere,
        {**own, "areaId": elsewhere["areaId"]},  # away from the town
        {**elsewhere, "areaId": own["areaId"]},  # into it
    ):
        assert refusal(town_admin, "setTeam", **given)[0] == "FORBIDDEN"
    anybody = hired(desk, area=OTHER)["id"]
    joined_here = did(town_admin, "setTeamMember", teamId=mine["id"], staffId=anybody)
    assert joined_here["headcount"] == 1, "as with posts, anybody may come to a team of the town"
    member = did(admin, "setTeamMember", teamId=outside["id"], staffId=anybody)["members"][0]["id"]
    assert refusal(town_admin, "setTeamMember", teamId=outside["id"], staffId=anybody)[0] == "FORBIDDEN"
    assert refusal(town_admin, "endTeamMembership", membershipId=member)[0] == "FORBIDDEN"
    did(town_admin, "endTeamMembership", membershipId=joined_here["members"][0]["id"])
    did(town_admin, "setTeam", **{**own, "areaId": desk.area(VILLAGE)})
    assert desk.scalar(select(TeamRow.name).where(TeamRow.key == elsewhere["key"])) == elsewhere["name"]


def test_a_team_of_the_whole_district_is_the_whole_districts(desk: Desk, town_admin: Client) -> None:
    """A team that a former release imported for a department, without a seat."""
    key = f"seatless-{fresh()}"

    async def add(work: Work) -> None:
        work.db.add(TeamRow(id=uuid4(), key=key, name="样本部门队", kind="DEPARTMENT"))

    desk.inside(add)
    given = {**team_of(desk), "key": key}
    assert refusal(town_admin, "setTeam", **given)[0] == "FORBIDDEN"
    assert did(desk.staff("admin"), "setTeam", **given)["area"] == {"code": TOWN}


@pytest.mark.parametrize("who", ["auditor", "clerk-town", "leader"])
def test_nobody_else_keeps_teams(desk: Desk, who: str) -> None:
    team, member = manned(desk)
    client = desk.staff(who)
    assert refusal(client, "setTeam", **team_of(desk))[0] == "FORBIDDEN"
    assert refusal(client, "setTeamMember", teamId=team, staffId=desk.staff_id(who))[0] == "FORBIDDEN"
    assert refusal(client, "endTeamMembership", membershipId=member)[0] == "FORBIDDEN"


def test_who_belongs_to_a_team_is_told_to_staff_alone(desk: Desk) -> None:
    told = "{ firstAsks { edges { node { team { name %s } } } } }"
    resident = desk.resident(fresh())
    assert "errors" not in resident(told.replace("%s", "")).body
    refused = resident(told.replace("%s", "members { staff { name } }"))
    assert (refused.code, refused.body.get("data")) == ("FORBIDDEN", None)


def test_refusals_name_their_fields_in_both_languages(desk: Desk) -> None:
    admin, (team, member), person = desk.staff("admin"), manned(desk), hired(desk)["id"]
    closed = hired(desk, name="Sample")["id"]
    made(admin, "deactivateStaff", staffId=closed)
    nobody = str(uuid4())
    for name, given, wanted in (
        ("setTeam", {**team_of(desk), "areaId": nobody}, ("NOT_FOUND", ["input.areaId"])),
        ("setTeam", {**team_of(desk), "key": "大"}, ("INVALID_INPUT", ["input.key"])),
        ("setTeam", {**team_of(desk), "nameEn": "a\nb"}, ("INVALID_INPUT", ["input.nameEn"])),
        ("setTeamMember", {"teamId": nobody, "staffId": person}, ("NOT_FOUND", ["input.teamId"])),
        ("setTeamMember", {"teamId": team, "staffId": nobody}, ("NOT_FOUND", ["input.staffId"])),
        ("setTeamMember", {"teamId": team, "staffId": closed}, ("CONFLICT", ["input.staffId"])),
        (
            "setTeamMember",
            {"teamId": team, "staffId": person, "until": "2020-01-01"},
            ("INVALID_INPUT", ["input.until"]),
        ),
        ("endTeamMembership", {"membershipId": nobody}, ("NOT_FOUND", ["input.membershipId"])),
        (
            "endTeamMembership",
            {"membershipId": member, "until": "2020-01-01"},
            ("INVALID_INPUT", ["input.until"]),
        ),
    ):
        assert refusal(admin, name, **given) == wanted, name
        for language, letters in (("zh-CN", True), ("en", False)):
            reply = admin(mutation_of(name, TEAM), headers={"Accept-Language": language}, input=given)
            text = reply.body["errors"][0]["message"]
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text) is letters, text


def test_a_team_that_settings_name_has_no_last_day(desk: Desk, back_office: dict[str, Any]) -> None:
    admin, named = desk.staff("admin"), {"hall": {"batch": {"team": back_office["key"]}}}
    assert "errors" not in admin(CONFIGURE, input=named).body
    assert refusal(admin, "setTeam", **back_office, until=day(30)) == ("CONFLICT", ["input.until"])
    admin(CONFIGURE, input={"hall": {"batch": None}})
    did(admin, "setTeam", **back_office, until=day(30))
    reply = admin(CONFIGURE, input=named)
    assert (reply.code, reply.body["errors"][0]["extensions"]["fields"]) == (
        "INVALID_INPUT",
        ["input.hall.batch.team"],
    )
    did(admin, "setTeam", **back_office, until=None)
    assert "errors" not in admin(CONFIGURE, input=named).body


def test_lists_of_staff_name_teams_that_are_there(desk: Desk) -> None:
    admin, given, n = desk.staff("admin"), team_of(desk), fresh()
    team = did(admin, "setTeam", **given, until=day(30))["id"]

    def listed(login: str, since: str, *, apply: bool = False) -> Any:
        line = f"样本人,{login},,guide,{TOWN},{since},,,{given['key']}"
        return made(admin, "importStaff", file=file_of(line), apply=apply)

    assert listed(f"in-{n}", "2026-01-01", apply=True)["faults"] == []
    ends = select(TeamMemberRow.until).where(TeamMemberRow.team_id == team)
    assert desk.scalar(ends).isoformat() == day(30)
    (fault,) = listed(f"late-{n}", day(31))["faults"]
    assert fault["column"] == "队伍"
    assert day(30) in fault["message"]
    over = did(admin, "setTeam", **team_of(desk), until="2020-01-01")["key"]
    given["key"] = over
    (fault,) = listed(f"over-{n}", "2026-01-01")["faults"]
    assert over in fault["message"]


def test_a_team_that_is_over_stands_in_no_contact_book(desk: Desk) -> None:
    admin, given = desk.staff("admin"), team_of(desk)
    team = did(admin, "setTeam", **given, nameEn="Sample")["id"]
    publish = mutation_of("publishContact", "until teamEn")
    entry = {"teamId": team, "role": "专员", "phone": "0543-1234567", "until": day(5)}
    assert admin(publish, input=entry).data["publishContact"] == {"until": day(5), "teamEn": "Sample"}
    assert refusal(admin, "setTeam", **given, until=day(4)) == ("CONFLICT", ["input.until"])

    def there() -> bool:
        book = "{ contactBook(stale: true, first: 100) { edges { node { id } } } }"
        return team in [edge["node"]["id"] for edge in admin(book).data["contactBook"]["edges"]]

    def overdue(**dates: Any) -> None:
        async def pass_by(work: Work) -> None:
            await work.db.execute(update(TeamRow).where(TeamRow.id == team).values(**dates))

        desk.inside(pass_by)

    yesterday = datetime.now(ZONE).date() - timedelta(days=1)
    overdue(contact_until=yesterday)
    assert there()
    overdue(until=yesterday)
    assert not there()
