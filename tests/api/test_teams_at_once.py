"""Of two who change one team at once, each finds what the other did; and of one who asks twice."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from tests.api.casework import Desk
from tests.api.clients import Reply
from tests.api.keeping_teams import CONFIGURE, back_office, day, sent
from tests.api.meanwhile import waiting_in_turn
from tests.api.parts.teams import manned, team_of
from tests.api.staffing import hired

from bangban.features.areas.latch import take_latch
from bangban.features.people.service import LATCH
from bangban.features.people.tables import TeamRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

__all__ = ["back_office"]  # a fixture


def at_once(desk: Desk, installation: Installation, *acts: Coroutine[Any, Any, Reply]) -> list[Reply]:
    """The answers to acts that all began while somebody else was changing people."""

    async def hold(work: Work) -> None:
        await take_latch(work, LATCH)

    return desk.run(waiting_in_turn(desk, installation, hold, *acts))


def codes(replies: list[Reply]) -> list[str]:
    return sorted(reply.code if "errors" in reply.body else "" for reply in replies)


def test_of_two_who_make_one_key_at_once_there_is_one_team(desk: Desk, installation: Installation) -> None:
    admin, given = desk.staff("admin"), team_of(desk)
    first, second = at_once(
        desk,
        installation,
        sent(admin, "setTeam", **given),
        sent(admin, "setTeam", **{**given, "name": "另一名"}),
    )
    assert first.data["setTeam"]["id"] == second.data["setTeam"]["id"]
    count = select(func.count()).select_from(TeamRow).where(TeamRow.key == given["key"])
    assert desk.scalar(count) == 1


def test_of_two_memberships_at_once_none_overlaps_the_other(desk: Desk, installation: Installation) -> None:
    admin, person = desk.staff("admin"), hired(desk)["id"]
    team, _ = manned(desk)
    who = {"teamId": team, "staffId": person}
    replies = at_once(
        desk,
        installation,
        sent(admin, "setTeamMember", **who, since="2026-01-01"),
        sent(admin, "setTeamMember", **who, since="2026-02-01"),
    )
    assert codes(replies) == ["", "CONFLICT"]


@pytest.mark.parametrize(("first", "refused"), [("ending", "INVALID_INPUT"), ("named", "CONFLICT")])
def test_a_team_is_not_named_by_settings_while_it_is_given_a_last_day(
    first: str, refused: str, desk: Desk, installation: Installation, back_office: dict[str, Any]
) -> None:
    admin = desk.staff("admin")

    async def hold(work: Work) -> None:
        await work.db.execute(select(ProfileRow.slug).with_for_update())

    named = admin.send(CONFIGURE, input={"hall": {"batch": {"team": back_office["key"]}}})
    ending = sent(admin, "setTeam", **back_office, until=day(30))
    acts = (ending, named) if first == "ending" else (named, ending)
    replies = desk.run(waiting_in_turn(desk, installation, hold, *acts))
    assert codes(replies) == ["", refused]


def test_a_repeated_request_is_one_change_and_one_answer(desk: Desk) -> None:
    admin, given, retry = desk.staff("admin"), team_of(desk), uuid4().hex
    count = select(func.count()).select_from(AuditEntryRow)
    before = desk.scalar(count)
    first, again = (admin.run(sent(admin, "setTeam", retry, **given)) for _ in range(2))
    assert first.body == again.body
    other = admin.run(sent(admin, "setTeam", retry, **{**given, "name": "另一名"}))
    assert other.code == "IDEMPOTENCY_CONFLICT"
    assert desk.scalar(count) == before + 1
