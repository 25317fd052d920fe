"""The outbox's handlers of halls: a day's end, a wait that grows too long, a crowd that the shift lead hears of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import select

from bangban.features.hall.service.announcing import DAY_ENDED, HALL_CROWDED, HALL_WAITED, day_of_reference
from bangban.features.hall.service.crowds import watch
from bangban.features.hall.service.days import end_day
from bangban.features.hall.tables import HallAlertRow, TicketRow
from bangban.features.hall.values import AlertKind, TicketState
from bangban.features.people.contacts import ways_to
from bangban.features.people.leads import leads_at
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.principals import Principal
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The handlers, by kind."""
    timers: dict[str, Callable[[Work, str], Awaitable[None]]] = {
        DAY_ENDED: _day_ended,
        HALL_WAITED: _waited,
    }
    return {
        **{kind: partial(_timer, tenancy, act) for kind, act in timers.items()},
        **tellers(tenancy, messenger, {HALL_CROWDED: _crowded}),
    }


async def _timer(tenancy: Tenancy, act: Callable[[Work, str], Awaitable[None]], delivery: Delivery) -> None:
    nobody = Principal.anonymous(district=delivery.district.slug)
    async with tenancy.write(delivery.district, nobody, now=delivery.moment()) as work:
        await act(work, delivery.reference)


async def _day_ended(work: Work, reference: str) -> None:
    point_id, day = day_of_reference(reference)
    await end_day(work, point_id=point_id, day=day)


async def _waited(work: Work, reference: str) -> None:
    """Somebody has had a number for as long as nobody should wait there: if it still waits, that is a crowd.

    Where longer is allowed by now, the queue is looked at again then.
    """
    ticket = await work.db.get(TicketRow, UUID(reference))
    if ticket is not None and ticket.state is TicketState.ISSUED and ticket.day == work.today:
        await watch(work, ticket)


async def _crowded(work: Work, delivery: Delivery) -> Sequence[Message]:
    """To whom the alert names, or the nearest supervisors where nobody was on duty; to nobody once it is over."""
    found = (
        await work.db.execute(
            select(HallAlertRow, ServicePointRow.name, ServicePointRow.area_id, StaffRow)
            .join(ServicePointRow, ServicePointRow.id == HallAlertRow.point_id)
            .join(StaffRow, StaffRow.id == HallAlertRow.lead_id, isouter=True)
            .where(HallAlertRow.id == UUID(delivery.reference), HallAlertRow.cleared_at.is_(None))
        )
    ).one_or_none()
    if found is None:
        return ()
    alert, name, area_id, lead = found
    told = await leads_at(work, area_id) if lead is None else [lead]
    template = Template.HALL_QUEUE_LONG if alert.kind is AlertKind.LENGTH else Template.HALL_WAIT_LONG
    return [
        letter(
            work,
            delivery,
            template,
            f"-{each.id}",
            to=to,
            language=each.language,
            point=name,
            queue=alert.queue,
            measured=alert.measured,
        )
        for each in told
        if (to := ways_to(work.vault, each))
    ]
