"""The outbox's handlers of bookings: residents are told of theirs, a timer marks who did not come, and what is booked
of a point that will be closed is called off."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from sqlalchemy import select

from bangban.features.accounts.residents import PHONE_CONTEXT, ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.bookings.ending import CALLED_OFF, call_off_bookings, miss_booking
from bangban.features.bookings.problems import clock_times
from bangban.features.bookings.service import BOOKED, BOOKING_OVER
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.districts.platform import PLATFORM
from bangban.features.places.service import HOURS_CHANGED
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.rules import CALENDAR_CHANGED
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The handlers, by kind."""
    told = {
        BOOKED: partial(_tell, Template.BOOKING_MADE, BookingState.BOOKED),
        CALLED_OFF: partial(_tell, Template.BOOKING_CALLED_OFF, BookingState.CANCELLED),
    }
    return {
        **tellers(tenancy, messenger, told),
        BOOKING_OVER: partial(_over, tenancy),
        HOURS_CHANGED: partial(_closed, tenancy),
        CALENDAR_CHANGED: partial(_closed, tenancy),
    }


async def _over(tenancy: Tenancy, delivery: Delivery) -> None:
    async with tenancy.write(
        delivery.district, PLATFORM, request_id="booking-over", now=delivery.moment()
    ) as work:
        await miss_booking(work, booking_id=UUID(delivery.reference))


async def _closed(tenancy: Tenancy, delivery: Delivery) -> None:
    point = UUID(delivery.reference) if delivery.kind == HOURS_CHANGED else None
    async with tenancy.write(
        delivery.district, PLATFORM, request_id="bookings-closed", now=delivery.moment()
    ) as work:
        await call_off_bookings(work, point_id=point)


async def _tell(template: Template, state: BookingState, work: Work, delivery: Delivery) -> Message | None:
    """To whoever booked: where and when; to nobody, if the booking is not in this state any more."""
    found = (
        await work.db.execute(
            select(
                BookingRow.begins_at,
                ServicePointRow.name,
                ResidentRow.phone_sealed,
                ResidentRow.wechat_sealed,
                RESIDENT_LANGUAGE,
            )
            .join(ServicePointRow, ServicePointRow.id == BookingRow.point_id)
            .join(ResidentRow, ResidentRow.id == BookingRow.resident_id)
            .where(
                BookingRow.id == UUID(delivery.reference),
                BookingRow.state == state,
                ResidentRow.phone_sealed.is_not(None),
            )
        )
    ).one_or_none()
    if found is None:
        return None
    phone = work.vault.open(found.phone_sealed, context=PHONE_CONTEXT)
    return letter(
        work,
        delivery,
        template,
        to=ways_to_resident(work.vault, wechat=found.wechat_sealed, phone=phone),
        language=found.language,
        point=found.name,
        begins_at=clock_times((found.begins_at.astimezone(work.district.zone),))[0],
    )
