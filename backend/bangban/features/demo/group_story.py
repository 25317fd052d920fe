"""A work group whose log was taken over twice: questions at lunch that were answered at once, and one that waits now.

Told where a district says who leads the help for a project (DOMAIN C12, D04).
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.demo.actors import acting, present, somebody
from bangban.features.demo.stage import Stage
from bangban.features.first_asks import service
from bangban.features.first_asks.group_rules import GroupAnswer, GroupQuestion
from bangban.features.people.leads import counts_today
from bangban.features.people.rules import TeamKind
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

OCCASION: Final = "project_lead"
_NOON: Final = time(12, 5)
_EVENING: Final = time(18)
_LUNCH: Final = (  # after how many minutes it was asked, and then answered
    (0, 3, "施工许可要先办哪一步", "先办规划许可,下午给您清单"),
    (11, 4, "图审要几天", "承诺五个工作日"),
)
_WAITING: Final = timedelta(minutes=20)


async def tell_of_groups(work: Work, stage: Stage) -> None:
    """Play it in the group of the centre's team, where somebody who keeps its area takes the log over."""
    if OCCASION not in work.settings:
        return
    team = await work.db.scalar(select(TeamRow).where(TeamRow.kind == TeamKind.CENTRE).order_by(TeamRow.key))
    area = None if team is None else next((each for each in stage.places if each.id == team.area_id), None)
    keeper = None if area is None else somebody(stage, Permission.ASKING_IMPORT, area.path)
    if team is None or keeper is None:
        return
    answering = await _answering(work, team.id, stage)
    if answering is None:
        return
    noon = datetime.combine(work.today - timedelta(days=1), _NOON, work.district.zone)
    lunch = _lunch(noon, answering)
    evening = datetime.combine(noon.date(), _EVENING, work.district.zone)
    await _taken(acting(work, keeper.principal, evening), team.id, lunch)
    waits = GroupQuestion(number="now-1", asked_at=work.now - _WAITING, matter="竣工验收能不能并联办理")
    await _taken(present(work, keeper.principal), team.id, [*lunch, waits])


def _lunch(noon: datetime, author: UUID) -> list[GroupQuestion]:
    lines = []
    for place, (after, minutes, matter, text) in enumerate(_LUNCH, start=1):
        asked_at = noon + timedelta(minutes=after)
        answer = GroupAnswer(author, asked_at + timedelta(minutes=minutes), text)
        lines.append(
            GroupQuestion(
                number=f"noon-{place}", asked_at=asked_at, matter=matter, answers=frozenset({answer})
            )
        )
    return lines


async def _taken(work: Work, team_id: UUID, lines: list[GroupQuestion]) -> None:
    done = await service.import_group_log(work, team_id=team_id, lines=lines, askers=[None] * len(lines))
    assert not done.faults, done.faults


async def _answering(work: Work, team_id: UUID, stage: Stage) -> UUID | None:
    """A member of today who was one yesterday and has an account."""
    yesterday = work.today - timedelta(days=1)
    seats = select(TeamMemberRow.staff_id).where(
        TeamMemberRow.team_id == team_id,
        TeamMemberRow.since <= yesterday,
        counts_today(TeamMemberRow, work),
        TeamMemberRow.staff_id.in_(stage.staff),
    )
    return (await work.db.scalars(seats.order_by(TeamMemberRow.staff_id))).first()
