"""A team has a last day: nobody belongs to it and nobody is sent to it after that, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.features.people.own_teams import DAY, join, members, people, put, team
from tests.integration.features.people.some_people import BEGAN, STAFF, Body

from bangban.features.areas.service import area_ids
from bangban.features.cards.contacts import Entry, publish_contact
from bangban.features.configuring.service import level_uses
from bangban.features.districts.platform import PlatformGrants
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.people.drafts import MembershipDraft, TeamDraft
from bangban.features.people.imports import import_people
from bangban.features.people.problems import (
    PeopleFaulty,
)
from bangban.features.people.tables import TeamRow
from bangban.features.people.team_problems import (
    ContactOutlasts,
    MembershipOver,
    MembershipOverlaps,
    TeamEnded,
    TeamServedLater,
    TeamStillAsked,
)
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.work import Work


class Keeper(PlatformGrants):
    """The platform's grants, and the administrator's to keep the contact book."""

    __slots__ = ()

    def scope(self, permission: Permission) -> Scope:
        return Scope(whole=True) if permission is Permission.CONTACT_MANAGE else super().scope(permission)


def test_a_team_ends_with_its_memberships_and_nothing_is_lost(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        made = await put(work)
        await join(work, made, "q", BEGAN, until=BEGAN + DAY)
        await join(work, made, "q", BEGAN + 9 * DAY, lead=True)
        await join(work, made, "p", work.today, until=work.today + 3 * DAY)
        until = work.today + 9 * DAY
        await put(work, until=until)
        assert [(each.since, each.until) for each in await members(work, made)] == [
            (BEGAN, BEGAN + DAY),
            (BEGAN + 9 * DAY, until),
            (work.today, work.today + 3 * DAY),
        ]
        for since, last in ((until + DAY, None), (until, until + DAY)):
            with pytest.raises(TeamEnded):
                await join(work, made, "admin", since, until=last)
        await join(work, made, "admin", until)
        assert (await members(work, made))[-1].until == until
        with pytest.raises(TeamServedLater):
            await put(work, until=until - DAY)  # the administrator comes on the day after
        with pytest.raises(TeamServedLater):
            await put(work, until=BEGAN)  # what is past would be cut
        assert (await work.db.get(TeamRow, made)) is not None

    tried(body)


def test_a_team_that_is_over_counts_for_no_level_and_may_be_opened_again(
    tried: Callable[[Body], Any],
) -> None:
    async def body(work: Work) -> None:
        async def seated() -> int:
            (use,) = await level_uses(work, frozenset({AreaLevel.VILLAGE}))
            return use.teams

        await put(work, area="v1")
        assert await seated() == 1
        await put(work, area="v1", until=work.today)
        assert await seated() == 1, "today is its last day"
        await put(work, area="v1", until=work.today - DAY)
        assert await seated() == 0
        await put(work, area="v1", name="改名")
        assert (await team(work, "own")).until == work.today - DAY, "what is left out stays"
        made = await put(work, area="v1", until=None)
        await join(work, made, "q", work.today)
        assert await seated() == 1

    tried(body)


def test_no_entry_of_the_contact_book_outlasts_its_team(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        work.grants = Keeper()
        made = await put(work)
        soon = work.today + 5 * DAY
        entry = Entry(role="专员", phone="0543-1234567", until=soon)
        await publish_contact(work, team_id=made, entry=entry)
        with pytest.raises(ContactOutlasts):
            await put(work, until=soon - DAY)
        await put(work, until=soon)
        with pytest.raises(TeamEnded):
            await publish_contact(
                work, team_id=made, entry=Entry(role="专员", phone="0543-1234567", until=soon + DAY)
            )
        await publish_contact(work, team_id=made, entry=Entry(role="专员", phone="0543-1234567"))
        assert (await team(work, "own")).contact_until == soon, "the team's, where none is given"
        await publish_contact(work, team_id=made, entry=Entry(role=None))
        await put(work, until=work.today - DAY)
        with pytest.raises(TeamEnded):
            await publish_contact(work, team_id=made, entry=Entry(role="专员", phone="0543-1234567"))

    tried(body)


def test_a_team_that_is_offered_a_record_is_not_over_before_it_is_taken(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        made, who = await put(work), (await people(work))["p"]
        ask = FirstAskRow(
            id=new_id(),
            stem="X20260101-Q",
            channel=AskChannel.VISIT,
            state=AskState.HANDLING,
            matter="样本",
            within_duty=True,
            owner_id=who,
            handler_id=who,
            area_id=(await area_ids(work.db))["t1"],
            asked_at=work.now,
        )
        work.db.add(ask)
        await work.db.flush()
        offer = FirstAskTransferRow(
            id=new_id(), first_ask_id=ask.id, from_id=who, to_id=None, reason="样", offered_at=work.now
        )
        offer.to_team_id = made
        work.db.add(offer)
        await work.db.flush()
        await put(work, until=work.today + DAY)  # there is time to take it
        with pytest.raises(TeamStillAsked):
            await put(work, until=work.today)
        offer.returned_at, offer.to_id = work.now, who
        await put(work, until=work.today)

    tried(body)


# ---------------------------------------------------------------------- whatever the days


since_days = st.integers(0, 20)
lengths = st.none() | st.integers(0, 10)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    joined=st.lists(st.tuples(st.sampled_from("pq"), since_days, lengths), max_size=6),
    ends=st.integers(-3, 30),
    way=st.sampled_from(["file", "mutation"]),
)
def test_nobody_belongs_to_a_team_after_its_last_day_and_no_past_day_changes(
    tried: Callable[[Body], Any], joined: list[tuple[str, int, int | None]], ends: int, way: str
) -> None:
    """As a file or as mutations: either it is refused and nothing changed, or the days before are as they were."""

    async def body(work: Work) -> None:
        made, last = await put(work), BEGAN + ends * DAY
        for who, since, length in joined:
            first = BEGAN + since * DAY
            until = None if length is None else first + length * DAY
            try:
                await join(work, made, who, first, until=until)
            except (MembershipOverlaps, MembershipOver):
                continue
        before = {each.id: (each.since, each.until) for each in await members(work, made)}
        try:
            if way == "mutation":
                await put(work, until=last)
            else:
                draft = TeamDraft(key="own", name="自建队", kind="TOWN", area="t1", until=last)
                await import_people(work, staff=STAFF, teams=[draft])
        except (TeamServedLater, PeopleFaulty):
            # All of these days are past: somebody's time would begin after the last day, or it was longer.
            assert any(since > last or (until or last) > last for since, until in before.values())
            return
        after = {each.id: (each.since, each.until) for each in await members(work, made)}
        assert after == {key: (since, until or last) for key, (since, until) in before.items()}
        assert all(until is not None and until <= last for _, until in after.values())

    tried(body)


def test_a_file_says_the_last_day_and_its_memberships_end_by_it(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        last = work.today + 5 * DAY
        drafts = {
            "staff": STAFF,
            "teams": [TeamDraft(key="a", name="甲队", kind="TOWN", area="t1", until=last)],
            "memberships": [
                MembershipDraft(team="a", staff="p", since=BEGAN),
                MembershipDraft(team="a", staff="q", since=BEGAN, until=last + DAY),
            ],
        }
        assert (await import_people(work, **drafts)).changed_anything
        assert not (await import_people(work, **drafts)).changed_anything
        rows = await members(work, (await team(work, "a")).id)
        assert [each.until for each in rows] == [last, last]
        late = MembershipDraft(team="a", staff="admin", since=last + DAY)
        with pytest.raises(PeopleFaulty) as refusal:
            await import_people(work, staff=[], memberships=[late])
        assert isinstance(refusal.value, Problem)
        assert [fault.key for fault in refusal.value.faults] == ["a"]

    tried(body)
