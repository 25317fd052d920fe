"""Days on which a district is swept, and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.integration.features.cases.casework import MONDAY, World
from tests.letters import Letters

from bangban.features.supervision.messages import handlers
from bangban.features.supervision.sweeping import Swept, sweep_district
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.jobs.relay import Delivery
from bangban.kernel.messenger import Template


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


def told(world: World, letters: Letters, kind: str, reference: str) -> list[tuple[str, Template]]:
    """Whom the handler of ``kind`` tells what."""
    delivery = Delivery(id=7, kind=kind, reference=reference, district=world.district, at=MONDAY, tries=1)
    letters.sent.clear()
    world.run(handlers(world.tenancy, letters)[kind](delivery))
    return [(each.to, each.template) for each in letters.sent]
