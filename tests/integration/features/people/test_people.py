"""Who holds what from when to when, and how many people there are on a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, literal, select
from tests.integration.features.people.some_people import (
    BEGAN,
    HELD,
    MEMBERS,
    STAFF,
    TEAMS,
    Body,
)

from bangban.features.people.drafts import MembershipDraft, StaffDraft
from bangban.features.people.imports import import_people
from bangban.features.people.periods import Counts
from bangban.features.people.problems import (
    PeopleFaulty,
)
from bangban.features.people.tables import StaffRow, TeamRow
from bangban.features.people.team_graphql import _headcount
from bangban.kernel.planner.sources import Rows
from bangban.kernel.tenancy.work import Work


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
    """Invariant 25, as the API counts them."""

    async def body(work: Work) -> None:
        try:
            await import_people(work, staff=[], memberships=wished)
        except PeopleFaulty:
            return  # the same person twice in one team
        day = BEGAN + timedelta(days=on)
        kept = [*MEMBERS, *wished]
        valid = [each for each in kept if each.since <= day and (each.until is None or day <= each.until)]
        teams = TeamRow.__table__
        counted = _headcount(Rows(c=teams.c, parent=None, request=None), on=literal(day, Date()))
        for team, heads in await work.db.execute(select(teams.c.key, counted)):
            assert heads == len({each.staff for each in valid if each.team == team})

    tried(body)
