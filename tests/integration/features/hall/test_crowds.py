"""Crowds are seen when they begin, told to the lead, answered, and cleared; a wait that grows too long by a timer."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import ITEM, MONDAY, World
from tests.integration.features.cases.settling import hire
from tests.integration.features.hall.halls import Hall, on_shift, opened
from tests.letters import Letters

from bangban.features.hall.messages import handlers
from bangban.features.hall.problems import AlertCleared
from bangban.features.hall.service.announcing import DAY_ENDED, HALL_CROWDED, HALL_WAITED, day_reference
from bangban.features.hall.service.crowds import answer_alert, look_at_queue
from bangban.features.hall.service.moving import move_ticket
from bangban.features.hall.service.tickets import issue_ticket
from bangban.features.hall.values import AlertAction, AlertKind, TicketState, TicketStep
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.roles import Role
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

MINUTE = dt.timedelta(minutes=1)
FEW = {"crowd": {"queue_length": 2, "wait_minutes": 20}}


def deliver(
    world: World, kind: str, reference: str, *, messenger: Any = None, at: dt.datetime = MONDAY
) -> None:
    """Let the handler of a kind do its work, as the relay does: now, and not before ``at``."""
    delivery = Delivery(id=1, kind=kind, reference=reference, district=world.district, at=at, tries=1)
    world.run(handlers(world.tenancy, messenger or Letters())[kind](delivery))


def noon_to_come() -> dt.datetime:
    """The hours about it are of one day, and a timer that rings then does not ask what time it is."""
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).replace(hour=4, minute=0)


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


def say(hall: Hall, *, length: int | None = None, minutes: int | None = None) -> None:
    """What the hall's point says of itself."""

    async def write(work: Work) -> None:
        point = await work.db.get_one(ServicePointRow, hall.id)
        point.queue_length, point.wait_minutes = length, minutes

    hall.world.act("admin", write)


def test_a_point_has_its_own_limit_and_another_keeps_the_districts(small: Hall) -> None:
    hall = opened(small.world)
    say(hall, length=1)
    for each in (small, hall):
        for _ in range(2):
            each.ticketed()
    assert [(each.kind, each.measured) for each in hall.alerts()] == [(AlertKind.LENGTH, 2)]
    assert not small.alerts(), "two are none in the district"


def test_limits_that_change_while_a_queue_stands_hold_from_the_next_look_on(small: Hall) -> None:
    for _ in range(2):
        small.ticketed()
    assert not small.alerts()
    say(small, length=1)
    small.ticketed()
    (alert,) = small.alerts()
    assert (alert.measured, alert.cleared_at) == (3, None)
    say(small, length=5)
    small.ticketed(now=MONDAY + MINUTE)
    assert [each.cleared_at for each in small.alerts()] == [MONDAY + MINUTE]
    say(small)
    small.ticketed(now=MONDAY + 2 * MINUTE)
    assert [each.measured for each in small.alerts() if each.cleared_at is None] == [5], (
        "the district's again"
    )


def test_the_timer_of_a_number_rings_when_the_point_says(small: Hall) -> None:
    async def timed(work: Work, visit: UUID) -> list[dt.datetime | None]:
        await issue_ticket(work, visit_id=visit)
        return [due for kind, _, due in work._news if kind == HALL_WAITED]

    say(small, minutes=7)
    assert small.world.act("guide", timed, visit=small.greet()) == [MONDAY + 7 * MINUTE]
    say(small)
    assert small.world.act("guide", timed, visit=small.greet()) == [MONDAY + 20 * MINUTE]


def test_a_timer_that_rings_before_what_is_allowed_by_now_is_set_anew(small: Hall) -> None:
    noon = noon_to_come()
    on_shift(small, "guide", begins=noon - 60 * MINUTE)
    ticket = small.ticketed(now=noon - 20 * MINUTE)
    timers = small.world.outbox(ticket.id).count(HALL_WAITED)
    say(small, minutes=25)
    deliver(small.world, HALL_WAITED, str(ticket.id), at=noon)
    assert not small.alerts()
    assert small.world.outbox(ticket.id).count(HALL_WAITED) == timers + 1
    say(small, minutes=20)
    deliver(small.world, HALL_WAITED, str(ticket.id), at=noon)
    (alert,) = small.alerts()
    assert alert.kind is AlertKind.WAIT
    assert small.world.outbox(ticket.id).count(HALL_WAITED) == timers + 1, "it has rung"


def test_who_is_led_to_another_queue_is_watched_there(small: Hall) -> None:
    first = small.ticketed()
    assert small.call().id == first.id

    async def led(work: Work) -> list[dt.datetime | None]:
        await move_ticket(work, ticket_id=first.id, what=TicketStep.TRANSFER, service_code=ITEM)
        return [due for kind, _, due in work._news if kind == HALL_WAITED]

    small.move(first, TicketStep.SERVE)
    say(small, minutes=15)
    assert small.world.act("clerk", led, now=MONDAY + 5 * MINUTE) == [MONDAY + 15 * MINUTE]


def test_where_nobody_is_on_duty_the_nearest_supervisors_are_told_of_a_crowd(world: World) -> None:
    hall = opened(world, area="town-b")
    on_shift(hall, "guide-town", hours=2)
    hall.issue(hall.greet(who="guide-town"), who="guide-town")
    later = MONDAY + 90 * MINUTE
    world.act("guide-town", look_at_queue, now=later, point_id=hall.id, queue="A")
    (alert,) = hall.alerts()
    assert (alert.kind, alert.lead_id) == (AlertKind.WAIT, None)

    def told() -> list[str]:
        messenger = Letters()
        deliver(world, HALL_CROWDED, str(alert.id), messenger=messenger)
        assert all("90" in each.text for each in messenger.sent)
        return sorted(each.to for each in messenger.sent)

    assert told() == ["staff:supervisor"]
    for name in ("supervisor-b1", "supervisor-b2"):
        world.act("admin", hire, world=world, name=name, role=Role.SUPERVISOR, area="town-b")
    assert told() == ["staff:supervisor-b1", "staff:supervisor-b2"], "nearer than the county's"
    hall.call(now=later + MINUTE)
    assert told() == [], "it is over"


def test_the_timer_sees_who_waits_too_long_and_nobody_else(small: Hall) -> None:
    noon = noon_to_come()
    long_ago = noon - 30 * MINUTE
    for guide in ("guide", "guide-2"):
        on_shift(small, guide, begins=noon - 60 * MINUTE)
    served, waits = (small.ticketed(now=long_ago) for _ in range(2))
    small.call(now=long_ago + MINUTE)
    small.move(served, TicketStep.SERVE, TicketStep.FINISH, now=long_ago + 2 * MINUTE)
    deliver(small.world, HALL_WAITED, str(served.id), at=noon)
    assert not small.alerts()
    for _ in range(2):
        deliver(small.world, HALL_WAITED, str(waits.id), at=noon)
    (alert,) = small.alerts()
    assert alert.kind is AlertKind.WAIT
    assert alert.measured == 30


def test_the_timer_of_a_day_that_is_over_ends_it(hall: Hall) -> None:
    ticket = hall.ticketed()  # of a Monday long ago
    deliver(hall.world, DAY_ENDED, day_reference(hall.id, MONDAY.date()))
    assert hall.ticket(ticket.id).state is TicketState.CANCELLED
