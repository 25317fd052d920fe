"""People who come and go, and what they have in hand when they do."""

from __future__ import annotations

import datetime as dt
from itertools import count
from uuid import UUID

from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World
from tests.integration.features.cases.settling import hire
from tests.integration.features.first_asks.asking import asked, passed

from bangban.features.cases.rules.papers import Papers
from bangban.features.custody import service as custody
from bangban.features.people.tables import AssignmentRow
from bangban.features.staffing import service
from bangban.kernel.access.roles import Role
from bangban.kernel.tenancy.work import Work

TODAY = MONDAY.date()
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
LEASE = [Papers("LEASE", originals=1, copies=2)]
_NAMES = count(1)


def newcomer(world: World, role: Role = Role.WINDOW_CLERK, area: str = "town-a") -> str:
    """Somebody new, by name."""
    name = f"new-{next(_NAMES)}"
    world.act("admin", hire, world=world, name=name, role=role, area=area)
    return name


def post_of(world: World, who: str) -> UUID:
    """Their last post."""
    found = world.rows(AssignmentRow, AssignmentRow.staff_id == world.people[who].id)
    return max(found, key=lambda each: each.since).id


def deactivated(world: World, who: str) -> None:
    world.act("admin", service.deactivate_staff, staff_id=world.people[who].id)


def post_ended(world: World, who: str, until: dt.date = TODAY) -> None:
    world.act("admin", service.end_post, assignment_id=post_of(world, who), until=until)


def login_taken(world: World, who: str) -> None:
    world.act("admin", service.change_staff, staff_id=world.people[who].id, changes={"login": None})


def gone(world: World, who: str) -> None:
    """Out of service as by a post that simply ended, whatever they had."""

    async def ended(work: Work) -> None:
        of_them = AssignmentRow.staff_id == world.people[who].id
        await work.db.execute(update(AssignmentRow).where(of_them).values(until=YESTERDAY))

    world.act("admin", ended)


def question(world: World, who: str) -> str:
    return asked(world, who)


def offered_question(world: World, who: str) -> str:
    number = asked(world, "clerk-a")
    passed(world, number, "clerk-a", who)
    return number


def case_in_hand(world: World, who: str) -> str:
    return world.apply(who, area="town-a", supplied=list(REQUIRED))


def papers_in_hand(world: World, who: str) -> str:
    number = world.apply("clerk-a", area="town-a", supplied=list(REQUIRED))
    world.act(who, custody.take_papers, number=number, papers=LEASE)
    return number
