"""Teams that a district makes and changes, and who belongs to them: what is refused, and what is said again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.features.people.own_teams import DAY, join, members, people, put, team
from tests.integration.features.people.some_people import BEGAN, Body

from bangban.features.areas.problems import AreaRetired, AreaUnknown
from bangban.features.areas.service import area_ids, retire_area
from bangban.features.people.problems import (
    DatesReversed,
    PlaceOnly,
    StaffInactive,
    StaffUnknown,
)
from bangban.features.people.rules import TeamKind
from bangban.features.people.tables import StaffRow
from bangban.features.people.team_problems import (
    MembershipBegun,
    MembershipOver,
    MembershipOverlaps,
    MembershipUnknown,
    TeamKeyWrong,
    TeamNameWrong,
    TeamUnknown,
)
from bangban.features.staffing.memberships import Membership, end_membership, set_member
from bangban.features.staffing.teams import set_team
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


def test_a_team_is_made_and_changed_by_its_key_and_said_again_it_is_as_it_was(
    tried: Callable[[Body], Any],
) -> None:
    async def body(work: Work) -> None:
        made = await put(work, name_en="Own", brand="帮", department="民政局")
        changes = {"name_en": "Own", "brand": "帮", "department": "民政局"}
        assert await put(work, **changes) == made
        assert await put(work, name="改名队", department=None) == made
        row = await team(work, "own")
        assert (row.name, row.name_en, row.brand, row.department) == ("改名队", "Own", "帮", None)
        assert row.area_id == (await area_ids(work.db))["t1"]
        of_file = await put(work, key="a", name="甲队改")
        assert (await team(work, "a")).id == of_file, "a team of the district's file is just that team"
        assert len(await members(work, of_file)) == 1

    tried(body)


def test_nothing_that_is_said_again_is_recorded_again(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        until = work.today + 9 * DAY
        made = await put(work, until=until)
        await join(work, made, "q", work.today, lead=True)
        (row,) = await members(work, made)
        await end_membership(work, membership_id=row.id, until=work.today + DAY)
        before = len(work._entries)
        assert before
        await put(work, until=until)
        await put(work)
        await end_membership(work, membership_id=row.id, until=work.today + DAY)
        await join(work, made, "q", work.today, until=work.today + DAY, lead=True)
        assert len(work._entries) == before
        assert [(each.until, each.lead) for each in await members(work, made)] == [(work.today + DAY, True)]

    tried(body)


def test_teams_that_cannot_be_are_refused(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        await retire_area(work, area_id=(await area_ids(work.db))["t2"])
        unknown = set_team(work, key="x", name="队", kind=TeamKind.PARK, area_id=uuid4(), changes={})
        for attempt, refusal in (
            (unknown, AreaUnknown),
            (put(work, area="t2"), AreaRetired),
            (put(work, area="m1"), PlaceOnly),
            (put(work, key="a", area="m1"), PlaceOnly),
            (put(work, key="Own"), TeamKeyWrong),
            (put(work, key="x" * 61), TeamKeyWrong),
            (put(work, key=" own"), TeamKeyWrong),
            (put(work, name="两\n行"), TeamNameWrong),
            (put(work, name=" "), TeamNameWrong),
            (put(work, brand="长" * 101), TeamNameWrong),
            (put(work, department="\u202e"), TeamNameWrong),
        ):
            with pytest.raises(refusal):
                await attempt

    tried(body)


def test_memberships_that_cannot_be_are_refused(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        made = await put(work)
        known = await people(work)
        await join(work, made, "q", BEGAN, until=BEGAN + 9 * DAY)
        await join(work, made, "q", BEGAN + 10 * DAY)
        rows = await members(work, made)
        for attempt, refusal in (
            (join(work, uuid4(), "q", BEGAN), TeamUnknown),
            (
                set_member(work, team_id=made, staff_id=uuid4(), wished=Membership(since=BEGAN)),
                StaffUnknown,
            ),
            (join(work, made, "p", BEGAN, until=BEGAN - DAY), DatesReversed),
            (join(work, made, "q", BEGAN - DAY), MembershipOverlaps),
            (join(work, made, "q", BEGAN - DAY, until=BEGAN), MembershipOverlaps),
            (join(work, made, "q", BEGAN + 5 * DAY, until=BEGAN + 5 * DAY), MembershipOverlaps),
            (join(work, made, "q", work.today), MembershipOverlaps),
            (join(work, made, "q", BEGAN + 10 * DAY, lead=True), MembershipBegun),
            (join(work, made, "q", BEGAN + 10 * DAY, full_time=False), MembershipBegun),
            (join(work, made, "q", BEGAN, until=BEGAN + 20 * DAY), MembershipOverlaps),
            (end_membership(work, membership_id=uuid4(), until=BEGAN), MembershipUnknown),
            (end_membership(work, membership_id=rows[0].id, until=BEGAN - DAY), DatesReversed),
            (end_membership(work, membership_id=rows[0].id, until=BEGAN + 10 * DAY), MembershipOver),
        ):
            with pytest.raises(refusal):
                await attempt
        await join(work, made, "q", BEGAN - 9 * DAY, until=BEGAN - DAY)
        await end_membership(work, membership_id=rows[1].id, until=work.today)
        with pytest.raises(MembershipOver):
            await join(work, made, "q", BEGAN + 10 * DAY)
        assert len(await members(work, made)) == 3
        portal = StaffRow(id=new_id(), key="portal", name="门户", login="portal", portal_origins=[])
        work.db.add(portal)
        gone = await work.db.get(StaffRow, known["p"])
        assert gone is not None
        gone.active = False
        await work.db.flush()
        for who, refusal in (("p", StaffInactive), ("portal", StaffUnknown)):
            with pytest.raises(refusal):
                await join(work, made, who, work.today)

    tried(body)


def test_what_is_still_to_come_may_be_said_anew(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        made = await put(work)
        for since in (work.today, work.today + 9 * DAY):
            await join(work, made, "q", since, until=since)
            await join(work, made, "q", since, until=since + DAY, lead=True, full_time=False)
        assert [(each.lead, each.full_time, each.until) for each in await members(work, made)] == [
            (True, False, work.today + DAY),
            (True, False, work.today + 10 * DAY),
        ]

    tried(body)
