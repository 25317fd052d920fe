"""Days on which a district is swept, what came of it, and what stops a sweep."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.integration.features.cases.casework import MONDAY, World
from tests.letters import Letters

from bangban.features.supervision.messages import handlers
from bangban.features.supervision.sweeping import Swept, sweep_district
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import OutboxRow


def day(working_days: int, world: World) -> dt.datetime:
    """Early on the morning so many working days after Monday, 8 June 2026."""
    calendar = world.calendar()
    found = calendar.date_of(calendar.ordinal(MONDAY.date()) + working_days)
    return dt.datetime.combine(found, dt.time(0, 5), tzinfo=world.district.zone)


def sweep(world: World, now: dt.datetime, **how: Any) -> Swept:
    """One sweep on one day."""
    swept: Swept = world.run(sweep_district(world.tenancy, world.district, now=now, **how))
    return swept


def duties(world: World, *states: DutyState) -> set[tuple[str, str, dt.date, str]]:
    """Case, kind, day and state of each duty."""
    return {
        (str(row.case_id), row.kind.value, row.due_on, row.state.value)
        for row in world.rows(DutyRow)
        if not states or row.state in states
    }


def kinds(world: World, number: str, *states: DutyState) -> list[str]:
    """The kinds of one case's duties, open ones where nothing else is said."""
    case_id = str(world.case(number).id)
    found = duties(world, *(states or (DutyState.OPEN,)))
    return sorted(kind for case, kind, _, _ in found if case == case_id)


def told(
    world: World, letters: Letters, kind: str, reference: str, *, at: dt.datetime = MONDAY
) -> list[tuple[str, Template]]:
    """Whom the handler of ``kind`` tells what."""
    delivery = Delivery(id=7, kind=kind, reference=reference, district=world.district, at=at, tries=1)
    letters.sent.clear()
    world.run(handlers(world.tenancy, letters)[kind](delivery))
    return [(each.to, each.template) for each in letters.sent]


def outbox(world: World) -> list[str]:
    """What was announced in the district about duties, in order."""

    async def find() -> list[str]:
        role = world.tenancy.names.role(world.district.slug, Wall.WRITE)
        async with world.tenancy.platform() as db:
            rows = await db.execute(OutboxRow.__table__.select().order_by(OutboxRow.id))
            return [row.kind for row in rows if row.author == role and row.kind.startswith("duty.")]

    found: list[str] = world.run(find())
    return found


class Killed(Exception):  # noqa: N818 - no error: the process ends here
    """The worker is gone."""


@dataclass
class Fuse:
    """Lets so many transactions through, then the worker dies."""

    left: int

    async def __call__(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


def emptied(world: World, installation: Installation) -> None:
    """Without a duty, as before the first sweep. No role of the district's may delete one."""

    async def empty() -> None:
        async with installation.connection() as connection:
            await connection.execute(f'TRUNCATE "{world.district.schema}".duty')

    world.run(empty())
