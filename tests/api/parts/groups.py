"""Work groups and their logs, as the API's common tests need to know them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.api.access_world import World
from tests.api.casework import Desk, mutation_of
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

NOBODY, TOWN = "00000000-0000-7000-8000-000000000000", "371681101"
SINCE = date(2026, 1, 1)


async def _fill(work: Work, world: World) -> None:
    """A team of a town whose group asked something that nobody answered yet."""
    helper = world.people["helper GRID"].id
    assert helper is not None
    team = TeamRow(
        id=new_id(), key="group-team", name="样本群", kind="PROJECT", area_id=world.areas["town-a"].id
    )
    work.db.add(team)
    await work.db.flush()
    work.db.add(TeamMemberRow(id=new_id(), team_id=team.id, staff_id=helper, since=work.today, lead=True))
    work.db.add(
        FirstAskRow(
            id=new_id(),
            stem="AW20260101-Q",
            channel=AskChannel.GROUP,
            state=AskState.HANDLING,
            matter="样本问题",
            within_duty=True,
            owner_id=helper,
            handler_id=helper,
            area_id=world.areas["town-a"].id,
            asked_at=work.now,
            team_id=team.id,
            external_number="1",
        )
    )
    world.marks["group"] = str(team.id)


def group_of(desk: Desk, login: str) -> str:
    """The id of a team of a town that somebody leads, made for them where there is none."""

    async def do(work: Work) -> str:
        key = f"group-of-{login}"
        found = (await work.db.scalars(select(TeamRow.id).where(TeamRow.key == key))).first()
        if found is not None:
            return str(found)
        team = TeamRow(id=new_id(), key=key, name="样本项目群", kind="PROJECT", area_id=UUID(area))
        work.db.add(team)
        await work.db.flush()
        work.db.add(TeamMemberRow(id=new_id(), team_id=team.id, staff_id=UUID(lead), since=SINCE, lead=True))
        return str(team.id)

    area, lead = desk.area(TOWN), desk.staff_id(login)
    return desk.inside(do)


def line(number: str, minutes: int = 5, *, staff_id: str | None = None, **more: Any) -> dict[str, Any]:
    """A question of an hour ago; with somebody's id answered by them so many minutes later."""
    asked_at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    at = asked_at + timedelta(minutes=minutes)
    answer = {"staffId": staff_id, "at": at.isoformat(), "text": "先办规划许可"}
    return {
        "number": number,
        "askedAt": asked_at.isoformat(),
        "matter": "施工许可要先办哪一步",
        "answers": [] if staff_id is None else [answer],
        **more,
    }


def _importing(desk: Desk) -> Step:
    answered = line(f"n-{new_id()}", staff_id=desk.staff_id("clerk-town"))
    given = {"teamId": group_of(desk, "clerk-town"), "lines": [answered, line(f"n-{new_id()}")]}
    return desk.staff("clerk-town"), given


PART = Part(
    roots={
        "Query.workGroups": Root(
            AREA,
            "{ workGroups(first: 100) { edges { node { team { id } statistics { questions } } } } }",
            caller="supervisor",
        ),
        "Mutation.importGroupLog": Root(
            AREA,
            mutation_of("importGroupLog", "applied"),
            lambda world: {"input": {"teamId": world.marks["group"], "lines": []}},
            caller="supervisor",
        ),
    },
    attempts={
        Permission.ASKING_IMPORT: Attempt(
            mutation_of("importGroupLog", "applied"),
            {"input": {"teamId": NOBODY, "lines": []}},
            frozenset({"NOT_FOUND"}),
        ),
    },
    bounds={"ImportGroupLog": 14, "WorkGroups": 1},
    steps={"ImportGroupLog": _importing},
    variables={"WorkGroups": lambda _: {"since": "2026-01-01"}},
    logins={"WorkGroups": "clerk-town"},
    fill=_fill,
)
