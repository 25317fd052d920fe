"""按条线派单: among those who are equally near and fit, a case goes to the department of its item (DOMAIN C05, D16)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from tests.integration.features.cases.casework import MONDAY, World, hire, staff_id

from bangban.features.cases.service.staffing import find_holder
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.access.vocabulary import Role
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work


async def found(work: Work, path: str, level: AreaLevel, department: str | None) -> UUID:
    return await find_holder(work, area_path=path, levels=(level,), department=department)


async def join(work: Work, member: UUID, until: dt.date | None = None) -> None:
    """Somebody is in a team of the tax office since 2020."""
    team = TeamRow(id=new_id(), key=f"tax-{member}", name="税务", kind="DEPARTMENT", department="税务局")
    work.db.add(team)
    await work.db.flush()
    since = dt.date(2020, 1, 1)
    work.db.add(TeamMemberRow(id=new_id(), team_id=team.id, staff_id=member, since=since, until=until))


def test_the_department_comes_before_load_and_after_place(world: World) -> None:
    path = world.areas["town-a"].path
    world.act("admin", hire, world=world, name="second", role=Role.WINDOW_CLERK, area="county")
    usual = world.act("admin", found, path=path, level=AreaLevel.COUNTY, department=None)
    clerks = {staff_id(world, "clerk"), staff_id(world, "second")}
    assert usual in clerks
    (other,) = clerks - {usual}
    world.act("admin", join, member=usual, until=MONDAY.date() - dt.timedelta(days=1))
    world.act("admin", join, member=other)
    for department, holder in (("税务局", other), ("没有的局", usual), (None, usual)):
        assert world.act("admin", found, path=path, level=AreaLevel.COUNTY, department=department) == holder
    nearest = world.act("admin", found, path=path, level=AreaLevel.TOWN, department="税务局")
    assert nearest == staff_id(world, "clerk-a"), "what a town handles stays in the town"
