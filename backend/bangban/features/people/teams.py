"""One team, for whoever leads it or keeps the teams of its area."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.people.leads import counts_today
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work


async def hold_team(work: Work, team_id: UUID, permission: Permission) -> tuple[TeamRow, UUID] | None:
    """The team, which nobody else changes until this transaction ends, and the area that it belongs to.

    None where there is no such team, or the caller may not do this with it; a lead's own team is theirs.
    """
    row = await work.db.scalar(
        select(TeamRow)
        .where(TeamRow.id == team_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    # A department's team has no area of its own: it is the district's.
    of_team = AreaRow.parent_id.is_(None) if row.area_id is None else AreaRow.id == row.area_id
    area = (await work.db.execute(select(AreaRow.id, AreaRow.path).where(of_team))).one()
    if not work.grants.scope(permission).covers(area.path, owned=await _leads(work, team_id)):
        return None
    return row, area.id


async def _leads(work: Work, team_id: UUID) -> bool:
    """Whether the caller leads the team today."""
    seat = select(TeamMemberRow.id).where(
        TeamMemberRow.team_id == team_id,
        TeamMemberRow.staff_id == work.principal.id,
        TeamMemberRow.lead,
        counts_today(TeamMemberRow, work),
    )
    return (await work.db.scalars(seat)).first() is not None
