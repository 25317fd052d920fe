"""What timers do about bookings: whoever did not come is marked, whoever booked is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from tests.api.booking_steps import SETTLE, begun, moment_of
from tests.api.casework import Desk, fresh
from tests.api.parts.bookings import booked, lounge, moment

from bangban.features.bookings.messages import handlers
from bangban.features.bookings.service import BOOKED, BOOKING_OVER
from bangban.features.bookings.tables import BookingRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Message, Template


def state_of(desk: Desk, booking: str) -> str:
    return str(desk.scalar(select(BookingRow.state).where(BookingRow.id == booking)))


class _Letters:
    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def delivered(desk: Desk, kind: str, booking: str, *, at: datetime | None = None) -> list[Message]:
    """What the outbox does when the time of an announcement has come: the messages."""
    services, letters = desk.services, _Letters()
    delivery = Delivery(
        id=1,
        kind=kind,
        reference=booking,
        district=services.registry.get(desk.place.slug),
        at=at or desk.inside(moment_of),
        tries=1,
    )
    desk.run(handlers(services.tenancy, letters)[kind](delivery))
    return letters.sent


def test_a_timer_marks_who_did_not_come_and_nobody_else(desk: Desk) -> None:
    point = lounge(desk)
    left, came, early = (booked(desk, fresh(), point, hour=hour) for hour in (9, 10, 11))
    begun(desk, left, minutes=31)
    begun(desk, came, minutes=32)
    assert desk.staff("guide")(SETTLE, input={"id": came, "outcome": "ARRIVED"}).data
    for booking in (left, left, came, early):  # at least once
        assert delivered(desk, BOOKING_OVER, booking) == []
    assert [state_of(desk, each) for each in (left, came, early)] == ["MISSED", "ARRIVED", "BOOKED"]
    assert len(desk.trail(f"booking:{left}")) == 2
    delivered(desk, BOOKING_OVER, early, at=datetime.now(UTC) + timedelta(days=30))
    assert state_of(desk, early) == "MISSED", "it comes once: by the clock that it was due by"


def test_whoever_booked_is_told_where_and_when_unless_they_cancelled(desk: Desk) -> None:
    n, point = fresh(), lounge(desk)
    mine = booked(desk, n, point)
    (letter,) = delivered(desk, BOOKED, mine)
    assert (letter.to, letter.template) == (sample_phone(n), Template.BOOKING_MADE)
    assert "样本会客厅" in letter.text
    assert moment(desk)[5:16].replace("T", " ") in letter.text
    desk.resident(n)(SETTLE, input={"id": mine, "outcome": "CANCELLED"})
    assert delivered(desk, BOOKED, mine) == []
