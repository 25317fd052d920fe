"""按条线派单: among those who are equally near and fit, a case goes to the department of its item (DOMAIN C05, D16)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from tests.integration.features.cases.casework import MONDAY, World, staff_id
from tests.integration.features.cases.settling import hire

from bangban.features.cases.service.staffing import find_holder
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

SINCE = dt.date(2020, 1, 1)
DAY = dt.timedelta(days=1)


async def found(work: Work, path: str, level: AreaLevel, department: str | None) -> UUID:
    return await find_holder(work, area_path=path, levels=(level,), department=department)


async def join(
    work: Work, member: UUID, until: dt.date | None = None, since: dt.date = SINCE, department: str = "税务局"
) -> None:
    """Somebody is in a team of a department, the tax office, since 2020."""
    team = TeamRow(id=new_id(), key=f"team-{new_id()}", name="科", kind="DEPARTMENT", department=department)
    work.db.add(team)
    await work.db.flush()
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
    # Whoever is of it from today on, or until today, is; whoever comes tomorrow, or is of another one, is not.
    today = MONDAY.date()
    runs = {"海关": (today, None), "邮局": (SINCE, today), "银行": (today + DAY, None)}
    for department, (since, until) in runs.items():
        world.act("admin", join, member=other, since=since, until=until, department=department)
        holder = usual if department == "银行" else other
        assert world.act("admin", found, path=path, level=AreaLevel.COUNTY, department=department) == holder
    nearest = world.act("admin", found, path=path, level=AreaLevel.TOWN, department="税务局")
    assert nearest == staff_id(world, "clerk-a"), "what a town handles stays in the town"
    either = {"area_path": path, "levels": (AreaLevel.COUNTY, AreaLevel.TOWN), "department": "税务局"}
    holder = world.act("admin", find_holder, **either)
    assert holder == staff_id(world, "clerk-a"), "and where both may, the place comes before the department"
