"""Booking a place at a point (DOMAIN C19). What becomes of it: ``ending``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.bookings.problems import (
    AlreadyBooked,
    PointNotBookable,
    ServiceNotTaken,
    no_such_point,
)
from bangban.features.bookings.rules import Book, Taken, Week
from bangban.features.bookings.settings import bookings_of
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import LIVE, BookingState
from bangban.features.catalog.service.offered import offered_of
from bangban.features.places.tables import PartnerAgreementRow, ServicePointRow
from bangban.features.places.values import PARTNER_KINDS
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.work import Work

BOOKED: Final = "booking.made"
BOOKING_OVER: Final = "booking.over"  # a timer


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A point's book, opened for one act: nobody else books there until its end."""

    book: Book
    area_id: UUID
    agreement: PartnerAgreementRow | None


async def open_book(work: Work, point_id: UUID) -> Opened:
    """A point that takes bookings, locked, with what is booked from today on.

    Raises NotFound, ``PointNotBookable``.
    """
    # A day that is being closed calls off what was booked before: whoever books meanwhile waits for it.
    await work.hold_calendar()
    # The weaker of the locks that exclude each other: whoever only refers to the point need not wait.
    point = await work.db.scalar(
        select(ServicePointRow).where(ServicePointRow.id == point_id).with_for_update(key_share=True)
    )
    if point is None or (point.until is not None and point.until < work.today):
        raise no_such_point()
    said = bookings_of(work.settings)
    if point.kind not in said.kinds:
        raise PointNotBookable
    rows = await work.db.execute(
        select(BookingRow.begins_at, BookingRow.ends_at, BookingRow.place_no).where(
            BookingRow.point_id == point_id,
            BookingRow.begins_at > work.now - timedelta(days=1),  # none runs past midnight
            BookingRow.state.in_(LIVE),
        )
    )
    taken = [Taken(begins_at=row.begins_at, ends_at=row.ends_at, place=row.place_no) for row in rows]
    agreement = await work.db.get(PartnerAgreementRow, point.agreement_id) if point.agreement_id else None
    book = Book(
        week=week_of(work, point, agreement),
        taken=taken,
        slot_minutes=said.slot_minutes,
        capacity=said.capacity,
        days_ahead=said.days_ahead,
    )
    return Opened(book=book, area_id=point.area_id, agreement=agreement)


async def book_point(
    work: Work, *, point_id: UUID, begins_at: datetime, service_code: str | None = None
) -> UUID:
    """预约: the resident books the slot that begins then, at its lowest free place; the booking's id.

    Raises:
        Forbidden: The caller is no resident.
        NotFound, PointNotBookable: No such point, or it takes no bookings.
        SlotOver, SlotTooFar, NoSuchSlot, SlotFull: As ``Book.choose``.
        AlreadyBooked: They have a live booking there on that day.
        ServiceNotTaken: The item is not taken there.
    """
    work.grants.require(Permission.BOOKING_MAKE)
    resident_id = work.principal.id
    if resident_id is None or work.principal.kind is not PrincipalKind.RESIDENT:
        raise Forbidden(permission=Permission.BOOKING_MAKE)
    opened = await open_book(work, point_id)
    slot, place = opened.book.choose(begins_at, now=work.now)
    day = slot.begins_at.astimezone(work.district.zone).date()
    mine = await work.db.scalar(
        select(BookingRow.begins_at).where(
            BookingRow.resident_id == resident_id,
            BookingRow.point_id == point_id,
            BookingRow.day == day,
            BookingRow.state.in_(LIVE),
        )
    )
    if mine is not None:
        raise AlreadyBooked(mine.astimezone(work.district.zone))
    code = None if service_code is None else service_code.strip()
    if code is not None and code not in await _taken_codes(work, opened, code):
        raise ServiceNotTaken(code)
    row = BookingRow(
        id=new_id(),
        point_id=point_id,
        resident_id=resident_id,
        day=day,
        begins_at=slot.begins_at,
        ends_at=slot.ends_at,
        place_no=place,
        state=BookingState.BOOKED,
        booked_at=work.now,
        service_code=code,
    )
    work.db.add(row)
    await work.db.flush()
    work.record(
        action=Permission.BOOKING_MAKE,
        object=f"booking:{row.id}",
        area_id=opened.area_id,
        details={"point": str(point_id)},
    )
    work.announce(BOOKED, str(row.id))
    work.announce(BOOKING_OVER, str(row.id), due=row.ends_at)
    return row.id


async def _taken_codes(work: Work, opened: Opened, code: str) -> Collection[str]:
    """Whether the catalog has the item and, at a partner's point, the agreement names it."""
    known = (await offered_of(work, codes=(code,))).codes
    return known if opened.agreement is None else known & set(opened.agreement.service_codes)


def week_of(work: Work, point: ServicePointRow, agreement: PartnerAgreementRow | None) -> Week:
    """When the point serves people: by its hours, its days and the calendar of today.

    A partner's point, by the days of its agreement as well, without which it serves nobody (DOMAIN G09).
    """
    terms = (point,) if agreement is None else (point, agreement)
    return Week(
        hours={} if point.kind in PARTNER_KINDS and agreement is None else point.hours,
        calendar=work.calendar,
        zone=work.district.zone,
        since=max((each.since for each in terms if each.since is not None), default=None),
        until=min((each.until for each in terms if each.until is not None), default=None),
    )
