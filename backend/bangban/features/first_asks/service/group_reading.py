"""What an import of a group's log finds: the team's people, who owns its questions, what was taken over before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from bangban.features.cases.tables import CaseRow
from bangban.features.first_asks.erasing import ERASED
from bangban.features.first_asks.group_rules import GroupAnswer, Kept
from bangban.features.first_asks.service.loading import in_service
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow
from bangban.features.orders.placing_problems import NobodyToAsk
from bangban.features.people.rules import counts_on
from bangban.features.people.tables import TeamMemberRow
from bangban.kernel.tenancy.work import Work


async def seats_of(work: Work, team_id: UUID) -> Sequence[TeamMemberRow]:
    """Who is, was or will be of the team; leads first."""
    seats = select(TeamMemberRow).where(TeamMemberRow.team_id == team_id)
    order = (TeamMemberRow.lead.desc(), TeamMemberRow.since, TeamMemberRow.staff_id)
    return (await work.db.scalars(seats.order_by(*order))).all()


async def owner_of(work: Work, seats: Sequence[TeamMemberRow]) -> UUID:
    """Who is asked when the group is: the team's lead, else the one who is longest in it. Raises NobodyToAsk."""
    today = [each.staff_id for each in seats if counts_on(each, work.today)]
    serving = await in_service(work, today)
    for staff_id in today:
        if staff_id in serving:
            return staff_id
    raise NobodyToAsk


def by_person(seats: Sequence[TeamMemberRow]) -> dict[UUID, list[TeamMemberRow]]:
    found = defaultdict(list)
    for seat in seats:
        found[seat.staff_id].append(seat)
    return dict(found)


async def kept_of(
    work: Work, team_id: UUID, numbers: set[str]
) -> tuple[dict[str, FirstAskRow], dict[str, Kept]]:
    """What was taken over before, locked."""
    known = (
        select(FirstAskRow)
        .where(FirstAskRow.team_id == team_id, FirstAskRow.external_number.in_(numbers))
        .order_by(FirstAskRow.id)
        .with_for_update()
    )
    rows = {each.external_number or "": each for each in await work.db.scalars(known)}
    ids = [each.id for each in rows.values()]
    answers = defaultdict(set)
    for each in await work.db.scalars(
        select(FirstAskAnswerRow).where(FirstAskAnswerRow.first_ask_id.in_(ids))
    ):
        answers[each.first_ask_id].add(GroupAnswer(each.author_id, each.at, each.text))
    about = select(FirstAskRow.id, CaseRow.number).join(CaseRow, CaseRow.id == FirstAskRow.case_id)
    cases = {row.id: row.number for row in await work.db.execute(about.where(FirstAskRow.id.in_(ids)))}
    kept = {
        number: Kept(
            asked_at=row.asked_at,
            matter=None if row.matter == ERASED else row.matter,
            case_number=cases.get(row.id),
            closed_at=row.closed_at,
            outcome=row.outcome,
            answers=frozenset(answers[row.id]),
        )
        for number, row in rows.items()
    }
    return rows, kept
