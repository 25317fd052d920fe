"""The outbox's handlers of bookings: the resident is told of theirs, and a timer marks who did not come."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from sqlalchemy import select

from bangban.features.accounts.residents import PHONE_CONTEXT, ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.bookings.problems import clock_times
from bangban.features.bookings.service import BOOKED, BOOKING_OVER, miss_booking
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.districts.platform import PLATFORM
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The handlers, by kind."""
    return {**tellers(tenancy, messenger, {BOOKED: _booked}), BOOKING_OVER: partial(_over, tenancy)}


async def _over(tenancy: Tenancy, delivery: Delivery) -> None:
    async with tenancy.write(
        delivery.district, PLATFORM, request_id="booking-over", now=delivery.moment()
    ) as work:
        await miss_booking(work, booking_id=UUID(delivery.reference))


async def _booked(work: Work, delivery: Delivery) -> Message | None:
    """To whoever booked: where and when; to nobody, if it was cancelled meanwhile."""
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
                BookingRow.state == BookingState.BOOKED,
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
        Template.BOOKING_MADE,
        to=ways_to_resident(work.vault, wechat=found.wechat_sealed, phone=phone),
        language=found.language,
        point=found.name,
        begins_at=clock_times((found.begins_at.astimezone(work.district.zone),))[0],
    )
