"""The team of a work group, and the lines of its log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.integration.features.cases.casework import MONDAY, SINCE, World

from bangban.features.first_asks import service
from bangban.features.first_asks.group_rules import (
    GroupAnswer,
    GroupQuestion,
)
from bangban.features.first_asks.service import Asker, LogTaken
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
NOON = MONDAY - 3 * HOUR
MATTER = "施工许可要先办哪一步"


def team(world: World, *, lead: str = "helper-a", members: Sequence[str] = ("clerk-a",)) -> UUID:
    """A fresh team of a town with its lead and its members."""
    row = TeamRow(
        id=new_id(), key=f"g-{new_id().hex}", name="样本群", kind="PROJECT", area_id=world.areas["town-a"].id
    )

    async def do(work: Work) -> None:
        work.db.add(row)
        await work.db.flush()
        work.db.add_all(
            TeamMemberRow(
                id=new_id(), team_id=row.id, staff_id=world.people[name].id, since=SINCE, lead=name == lead
            )
            for name in (lead, *members)
        )

    world.act("admin", do)
    return row.id


def said(world: World, minutes: int = 2, text: str = "先办规划许可", by: str = "clerk-a") -> GroupAnswer:
    author = world.people[by].id
    assert author is not None
    return GroupAnswer(author, NOON + minutes * MINUTE, text)


def line(number: str, *answers: GroupAnswer, **how: Any) -> GroupQuestion:
    return GroupQuestion(
        number=number, answers=frozenset(answers), **{"asked_at": NOON, "matter": MATTER, **how}
    )


def given(team_id: UUID, lines: Sequence[GroupQuestion], asker: Asker | None = None) -> dict[str, Any]:
    return {"team_id": team_id, "lines": lines, "askers": [asker] * len(lines)}


def taken(world: World, team_id: UUID, *lines: GroupQuestion, who: str = "helper-a", **how: Any) -> LogTaken:
    return world.act(who, service.import_group_log, **given(team_id, lines, how.pop("asker", None)), **how)


def questions(world: World, team_id: UUID) -> dict[str, FirstAskRow]:
    found = world.rows(FirstAskRow, FirstAskRow.team_id == team_id)
    return {each.external_number or "": each for each in found}


def answers(world: World, row: FirstAskRow) -> list[FirstAskAnswerRow]:
    return sorted(
        world.rows(FirstAskAnswerRow, FirstAskAnswerRow.first_ask_id == row.id), key=lambda each: each.at
    )
