"""Who holds what from when to when, and how many people there are on a day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bangban.features.areas.problems import AreaRetired, AreaUnknown
from bangban.features.areas.rules import AreaDraft
from bangban.features.areas.service import area_ids, retire_area
from bangban.features.areas.values import AreaKind
from bangban.features.areas.whole_tree import import_areas
from bangban.features.districts.platform import PlatformGrants, platform_work
from bangban.features.people.imports import import_people
from bangban.features.people.periods import Counts
from bangban.features.people.problems import (
    AssignmentOver,
    AssignmentOverlaps,
    AssignmentUnknown,
    AuditorApart,
    DatesReversed,
    LastAdmin,
    PeopleFaulty,
    PlaceOnly,
    StaffInactive,
    StaffUnknown,
)
from bangban.features.people.rules import AssignmentDraft, MembershipDraft, StaffDraft, TeamDraft, count_heads
from bangban.features.people.service import assign, end_assignment, headcount
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

Body = Callable[[Work], Awaitable[Any]]
BEGAN = date(2024, 1, 1)


def area(key: str, parent: str | None, kind: AreaKind) -> AreaDraft:
    return AreaDraft(key=key, parent=parent, kind=kind, level=kind.level, name=f"区域{key}")


AREAS = [
    area("c", None, AreaKind.COUNTY),
    area("t1", "c", AreaKind.TOWN),
    area("t2", "c", AreaKind.TOWN),
    area("v1", "t1", AreaKind.VILLAGE),
    area("m1", "v1", AreaKind.MICRO_GRID),  # the fixture's district works at four levels: a place only
]
STAFF = [StaffDraft(key=key, name=f"样例{key}", login=key) for key in ("admin", "p", "q")]
TEAMS = [
    TeamDraft(key="a", name="甲队", kind="TOWN", area="t1"),
    TeamDraft(key="b", name="乙队", kind="CENTRE"),
]
HELD = [
    AssignmentDraft(staff="admin", role="admin", area="c", since=BEGAN),
    AssignmentDraft(staff="p", role="helper", area="t1", since=BEGAN),
    AssignmentDraft(staff="p", role="window-clerk", area="t2", since=BEGAN, until=date(2024, 12, 31)),
]
MEMBERS = [
    MembershipDraft(team="a", staff="p", since=BEGAN),
    MembershipDraft(team="b", staff="p", since=BEGAN),
]


class _Undo(Exception):  # noqa: N818 - not an error, an ending
    """Ends a test's transaction without leaving anything behind."""


@pytest.fixture(scope="module")
def place(new_district: Callable[..., District]) -> District:
    return new_district()


@pytest.fixture
def tried(tenancy: Tenancy, place: District, run: Callable[[Any], Any]) -> Callable[[Body], Any]:
    """Runs a body over a few areas and people in one transaction, and undoes it."""

    def tried(body: Body) -> Any:
        async def whole() -> None:
            async with platform_work(tenancy, place) as work:
                await import_areas(work, AREAS)
                await import_people(work, staff=STAFF, assignments=HELD, teams=TEAMS, memberships=MEMBERS)
                await body(work)
                await work.finish()
                raise _Undo

        with suppress(_Undo):
            run(whole())

    return tried


async def staff_ids(work: Work) -> dict[str, Any]:
    return {row.key: row.id for row in await work.db.execute(select(StaffRow.key, StaffRow.id))}


def test_the_same_list_again_changes_nothing(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        done = await import_people(work, staff=STAFF, assignments=HELD, teams=TEAMS, memberships=MEMBERS)
        assert not done.changed_anything
        assert done.staff == Counts(unchanged=3)
        assert done.assignments == Counts(unchanged=3)
        assert done.memberships == Counts(unchanged=2)

    tried(body)


def test_changes_are_taken_over_and_what_is_not_named_stays(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        done = await import_people(
            work,
            staff=[replace(STAFF[0], login="p"), replace(STAFF[1], login="admin", name="新名")],
            assignments=[replace(HELD[1], until=date(2025, 6, 30))],
            teams=[replace(TEAMS[0], brand="新品牌")],
        )
        assert done.staff == Counts(changed=2, unnamed=1)
        assert done.assignments == Counts(changed=1, unnamed=2)
        assert done.teams == Counts(changed=1, unnamed=1)
        logins = {row.key: row.login for row in await work.db.execute(select(StaffRow.key, StaffRow.login))}
        assert logins == {"admin": "p", "p": "admin", "q": "q"}

    tried(body)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"assignments": [replace(HELD[1], area="nowhere")]}, "p"),
        ({"assignments": [replace(HELD[1], area="m1")]}, "p"),
        ({"assignments": [replace(HELD[1], staff="nobody")]}, "nobody"),
        ({"assignments": [HELD[1], replace(HELD[1], since=date(2025, 1, 1))]}, "p"),
        ({"memberships": [MembershipDraft(team="z", staff="p", since=BEGAN)]}, "p"),
        ({"staff": [StaffDraft(key="new", name="新人", login="p")]}, "new"),
    ],
    ids=["unknown area", "place only", "unknown person", "overlap", "unknown team", "taken login"],
)
def test_a_faulty_list_is_refused(tried: Callable[[Body], Any], wrong: dict[str, Any], named: str) -> None:
    async def body(work: Work) -> None:
        with pytest.raises(PeopleFaulty) as refusal:
            await import_people(work, **{"staff": [], **wrong})
        assert named in {fault.key for fault in refusal.value.faults}

    tried(body)


def test_one_person_holds_several_posts_but_none_twice(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        people, areas = await staff_ids(work), await area_ids(work.db)
        p = people["p"]
        village = await assign(work, staff_id=p, role="helper", area_id=areas["v1"], since=date(2025, 1, 1))
        assert village.until is None
        with pytest.raises(AssignmentOverlaps):
            await assign(work, staff_id=p, role="helper", area_id=areas["v1"], since=date(2030, 1, 1))
        clerk = {"staff_id": p, "role": "window-clerk", "area_id": areas["t2"]}
        again = await assign(work, **clerk, since=date(2025, 1, 1))
        with pytest.raises(AssignmentOverlaps):
            await assign(work, **clerk, since=date(2024, 12, 31), until=date(2024, 12, 31))
        ended = await end_assignment(work, assignment_id=again.id, until=date(2025, 3, 31))
        assert ended.until == date(2025, 3, 31)
        with pytest.raises(AssignmentOver):
            await end_assignment(work, assignment_id=again.id, until=date(2025, 4, 30))
        with pytest.raises(DatesReversed):
            await end_assignment(work, assignment_id=again.id, until=date(2024, 12, 31))

    tried(body)


def test_posts_that_cannot_be_are_refused(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        people, areas = await staff_ids(work), await area_ids(work.db)
        backwards = {"since": BEGAN, "until": date(2023, 1, 1)}
        gone = await work.db.get(StaffRow, people["q"])
        assert gone is not None
        for attempt, refusal in (
            (assign(work, staff_id=uuid4(), role="helper", area_id=areas["t1"]), StaffUnknown),
            (assign(work, staff_id=people["p"], role="helper", area_id=uuid4()), AreaUnknown),
            (assign(work, staff_id=people["p"], role="resident", area_id=areas["t1"]), InvalidInput),
            (assign(work, staff_id=people["p"], role="helper", area_id=areas["m1"]), PlaceOnly),
            (assign(work, staff_id=people["p"], role="auditor", area_id=areas["c"]), AuditorApart),
            (
                assign(work, staff_id=people["p"], role="guide", area_id=areas["c"], **backwards),
                DatesReversed,
            ),
            (end_assignment(work, assignment_id=uuid4(), until=BEGAN), AssignmentUnknown),
        ):
            with pytest.raises(refusal):
                await attempt
        gone.active = False
        await work.db.flush()
        with pytest.raises(StaffInactive):
            await assign(work, staff_id=people["q"], role="guide", area_id=areas["t1"])
        await retire_area(work, area_id=areas["t2"])
        with pytest.raises(AreaRetired):
            await assign(work, staff_id=people["p"], role="guide", area_id=areas["t2"])

    tried(body)


def test_the_last_administrator_stays_until_there_is_another(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        people, areas = await staff_ids(work), await area_ids(work.db)
        row = await work.db.scalar(select(AssignmentRow).where(AssignmentRow.role == "admin"))
        assert row is not None
        with pytest.raises(LastAdmin):
            await end_assignment(work, assignment_id=row.id, until=work.today)
        await assign(work, staff_id=people["q"], role="admin", area_id=areas["c"])
        await end_assignment(work, assignment_id=row.id, until=work.today)

    tried(body)


def test_a_town_gives_posts_in_the_town_only(tried: Callable[[Body], Any]) -> None:
    class GrantsAt(PlatformGrants):
        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

        def scope(self, permission: Permission) -> Scope:
            return Scope(paths=(self.path,))

    async def body(work: Work) -> None:
        people, areas = await staff_ids(work), await area_ids(work.db)
        work.grants = GrantsAt(f"{areas['c'].hex}.{areas['t1'].hex}")
        await assign(work, staff_id=people["q"], role="guide", area_id=areas["v1"])
        with pytest.raises(AreaOutsideGrant):
            await assign(work, staff_id=people["q"], role="guide", area_id=areas["t2"])
        with pytest.raises(AreaOutsideGrant):
            await import_people(work, staff=STAFF)

    tried(body)


members = st.builds(
    lambda team, staff, since, length: MembershipDraft(
        team=team,
        staff=staff,
        since=BEGAN + timedelta(days=since),
        until=None if length is None else BEGAN + timedelta(days=since + length),
    ),
    team=st.sampled_from("ab"),
    staff=st.sampled_from(["admin", "q"]),
    since=st.integers(0, 20),
    length=st.none() | st.integers(0, 10),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wished=st.lists(members, max_size=6), on=st.integers(0, 25))
def test_the_headcount_is_that_of_the_memberships_valid_that_day(
    tried: Callable[[Body], Any], wished: list[MembershipDraft], on: int
) -> None:
    """Invariant 25, counted by PostgreSQL and by the rule."""

    async def body(work: Work) -> None:
        try:
            await import_people(work, staff=[], memberships=wished)
        except PeopleFaulty:
            return  # the same person twice in one team
        day = BEGAN + timedelta(days=on)
        kept = [*MEMBERS, *wished]
        assert await headcount(work, on=day) == count_heads(kept, on=day)
        for team in "ab":
            assert await headcount(work, on=day, team=team) == count_heads(kept, on=day, team=team)

    tried(body)
