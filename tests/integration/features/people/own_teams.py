"""Teams of a small district, made and looked at by tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.service import area_ids
from bangban.features.people.rules import TeamKind
from bangban.features.people.tables import StaffRow, TeamMemberRow, TeamRow
from bangban.features.staffing.memberships import Membership, set_member
from bangban.features.staffing.teams import set_team
from bangban.kernel.tenancy.work import Work

DAY = timedelta(days=1)


async def people(work: Work) -> dict[str, UUID]:
    return {row.key: row.id for row in await work.db.execute(select(StaffRow.key, StaffRow.id))}


async def put(work: Work, key: str = "own", area: str = "t1", name: str = "自建队", **changes: Any) -> UUID:
    areas = await area_ids(work.db)
    return await set_team(work, key=key, name=name, kind=TeamKind.TOWN, area_id=areas[area], changes=changes)


async def team(work: Work, key: str) -> TeamRow:
    found = select(TeamRow).where(TeamRow.key == key).execution_options(populate_existing=True)
    return (await work.db.scalars(found)).one()


async def members(work: Work, team_id: UUID) -> list[TeamMemberRow]:
    rows = select(TeamMemberRow).where(TeamMemberRow.team_id == team_id).order_by(TeamMemberRow.since)
    return list(await work.db.scalars(rows.execution_options(populate_existing=True)))


async def join(work: Work, team_id: UUID, who: str, since: date, **more: Any) -> None:
    await set_member(
        work, team_id=team_id, staff_id=(await people(work))[who], wished=Membership(since=since, **more)
    )
