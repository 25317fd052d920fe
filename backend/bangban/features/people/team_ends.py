"""A team's last day: nobody belongs to it, and nobody is sent to it, after that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, or_, select, update

from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.features.people.team_problems import ContactOutlasts, TeamNeeded, TeamServedLater
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work


def not_over(columns: Any, today: Any) -> Any:
    """Whether a team, of whose row these are the columns, is there today or later, as a condition."""
    return or_(columns.until.is_(None), columns.until >= today)


async def end_memberships(work: Work, team: TeamRow) -> int:
    """Let nobody belong to the team after its last day; how many memberships end by it that ran on. Safe to repeat.

    Raises:
        TeamNeeded: The district's settings name the team.
        ContactOutlasts: Its entry in the contact book runs longer.
        TeamServedLater: Somebody's time in it begins later, or ended later.
    """
    if team.until is None:
        return 0
    # Who just names the team in the settings comes before this, or after and then finds it ending.
    held = select(ProfileRow.settings["hall"]["batch"]["team"].astext).with_for_update(read=True)
    if await work.db.scalar(held) == team.key:
        raise TeamNeeded(name=team.name, fields=("input.until",))
    entry = team.contact_until
    if team.contact_checked_on is not None and (entry is None or entry > team.until):
        raise ContactOutlasts(name=team.name, until=entry or "", fields=("input.until",))
    member = TeamMemberRow
    later = or_(member.since > team.until, and_(member.until > team.until, member.until < work.today))
    count = select(func.count()).where(member.team_id == team.id, later)
    if found := await work.db.scalar(count):
        raise TeamServedLater(name=team.name, until=team.until, count=found, fields=("input.until",))
    ended = await work.db.execute(
        update(member)
        .where(member.team_id == team.id, or_(member.until.is_(None), member.until > team.until))
        .values(until=team.until)
        .returning(member.id)
    )
    return len(ended.all())
