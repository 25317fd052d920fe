"""Crowds are seen when they begin, told to the lead, answered, and cleared; a wait that grows too long by a timer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.hall.halls import Hall, on_shift
from tests.letters import Letters

from bangban.features.hall.messages import handlers
from bangban.features.hall.problems import AlertCleared
from bangban.features.hall.service.announcing import DAY_ENDED, HALL_CROWDED, HALL_WAITED, day_reference
from bangban.features.hall.service.crowds import answer_alert
from bangban.features.hall.values import AlertAction, AlertKind, TicketState, TicketStep
from bangban.features.people.tables import StaffRow
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

MINUTE = dt.timedelta(minutes=1)
FEW = {"crowd": {"queue_length": 2, "wait_minutes": 20}}


def deliver(world: World, kind: str, reference: str, *, messenger: Any = None) -> None:
    """Let the handler of a kind do its work, as the relay does."""
    delivery = Delivery(id=1, kind=kind, reference=reference, district=world.district, at=MONDAY, tries=1)
    world.run(handlers(world.tenancy, messenger or Letters())[kind](delivery))


@pytest.fixture
def small(hall: Hall) -> Hall:
    """A hall of a district in which three who wait are a crowd."""

    async def say(work: Work) -> None:
        await work.db.execute(update(ProfileRow).values(settings={"hall": FEW}))

    hall.world.act("admin", say)
    hall.world.tenancy.forget(hall.world.district.slug)
    return hall


def test_a_long_queue_is_seen_told_answered_and_cleared(small: Hall) -> None:
    for _ in range(2):
        small.ticketed()
    assert not small.alerts()
    for _ in range(2):
        small.ticketed()
    (alert,) = small.alerts()
    assert (alert.kind, alert.measured, alert.cleared_at) == (AlertKind.LENGTH, 3, None)
    assert alert.lead_id == small.world.people["guide-2"].id
    messenger = Letters()
    deliver(small.world, HALL_CROWDED, str(alert.id), messenger=messenger)
    (message,) = messenger.sent
    assert message.to == "staff:guide-2"
    assert "3" in message.text
    small.world.act("guide", answer_alert, alert_id=alert.id, action=AlertAction.OPEN_WINDOW)
    for window in ("1", "2"):
        small.call(window, now=MONDAY + 5 * MINUTE)
    (cleared,) = small.alerts()
    assert cleared.cleared_at == MONDAY + 5 * MINUTE
    assert [each["action"] for each in cleared.actions] == ["OPEN_WINDOW"]
    with pytest.raises(AlertCleared):
        small.world.act("guide", answer_alert, alert_id=alert.id, action=AlertAction.DIVERT)
    deliver(small.world, HALL_CROWDED, str(alert.id), messenger=messenger)
    assert len(messenger.sent) == 1, "nobody is told of what is over"


def test_where_nobody_leads_who_is_on_duty_is_told_of_a_crowd(small: Hall) -> None:
    """Not a lead who has no post any more, either."""
    world = small.world
    lead = world.people["guide-2"].id

    async def without(work: Work) -> None:
        await work.db.execute(update(StaffRow).where(StaffRow.id == lead).values(active=False))

    async def back(work: Work) -> None:
        await work.db.execute(update(StaffRow).where(StaffRow.id == lead).values(active=True))

    world.act("admin", without)
    try:
        for _ in range(3):
            small.ticketed()
    finally:
        world.act("admin", back)
    (alert,) = small.alerts()
    assert alert.lead_id == world.people["guide"].id


def test_the_timer_sees_who_waits_too_long_and_nobody_else(small: Hall) -> None:
    long_ago = dt.datetime.now(dt.UTC) - 30 * MINUTE
    for guide in ("guide", "guide-2"):
        on_shift(small, guide, begins=dt.datetime.now(dt.UTC) - 60 * MINUTE)
    served, waits = (small.ticketed(now=long_ago) for _ in range(2))
    small.call(now=long_ago + MINUTE)
    small.move(served, TicketStep.SERVE, TicketStep.FINISH, now=long_ago + 2 * MINUTE)
    deliver(small.world, HALL_WAITED, str(served.id))
    assert not small.alerts()
    for _ in range(2):
        deliver(small.world, HALL_WAITED, str(waits.id))
    (alert,) = small.alerts()
    assert alert.kind is AlertKind.WAIT
    assert alert.measured in (30, 31)


def test_the_timer_of_a_day_that_is_over_ends_it(hall: Hall) -> None:
    ticket = hall.ticketed()  # of a Monday long ago
    deliver(hall.world, DAY_ENDED, day_reference(hall.id, MONDAY.date()))
    assert hall.ticket(ticket.id).state is TicketState.CANCELLED
