"""Booking a place at a point, and what becomes of it (DOMAIN C19)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, delete, select

from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.partners import kept_by_partner
from bangban.features.bookings.problems import (
    AlreadyBooked,
    PointNotBookable,
    ServiceNotTaken,
    no_such_booking,
    no_such_point,
)
from bangban.features.bookings.rules import Book, Slot, Taken, Week, settle
from bangban.features.bookings.settings import bookings_of
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import LIVE, BookingOutcome, BookingState
from bangban.features.catalog.service.offered import offered_of
from bangban.features.places.tables import PartnerAgreementRow, ServicePointRow
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.work import Work

BOOKED: Final = "booking.made"
CALLED_OFF: Final = "booking.called-off"
BOOKING_OVER: Final = "booking.over"  # a timer
_BOOKINGS: Final = cast("Table", BookingRow.__table__)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A point's book, opened for one act: nobody else books there until its end."""

    book: Book
    area_id: UUID
    agreement_id: UUID | None


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
    book = Book(
        week=_week_of(work, point),
        taken=taken,
        slot_minutes=said.slot_minutes,
        capacity=said.capacity,
        days_ahead=said.days_ahead,
    )
    return Opened(book=book, area_id=point.area_id, agreement_id=point.agreement_id)


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
    if code is not None and code not in await _taken_codes(work, opened, code, day=day):
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


async def settle_booking(work: Work, *, booking_id: UUID, outcome: BookingOutcome) -> UUID:
    """The resident cancels, or the staff of the point say whether they came; of two at once, one does. Its id.

    A partner's clerk says so of today's at their own point, while the agreement runs.

    Raises NotFound also to whom it does not belong; Forbidden, ``OutcomeNotYours``, ``BookingSettled``,
    ``OutcomeNotNow``.
    """
    scope, me = work.grants.require(Permission.BOOKING_SETTLE), work.principal
    found = (
        await work.db.execute(
            select(
                BookingRow,
                ServicePointRow.area_id,
                AreaRow.path,
                kept_by_partner(_BOOKINGS.c, staff_id=me.id, today=work.today).label("kept_here"),
            )
            .join(ServicePointRow, ServicePointRow.id == BookingRow.point_id)
            .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
            .where(BookingRow.id == booking_id)
            .with_for_update(of=_BOOKINGS)
        )
    ).one_or_none()
    mine = found is not None and me.kind is PrincipalKind.RESIDENT and found[0].resident_id == me.id
    if found is None or not scope.covers(found.path, owned=mine or found.kept_here):
        raise no_such_booking()
    row: BookingRow = found[0]
    row.state = settle(
        row.state, outcome, mine=mine, begins_at=row.begins_at, now=work.now, zone=work.district.zone
    )
    row.settled_at, row.settled_by = work.now, None if mine else me.id
    await work.db.flush()
    _record_settled(work, row, found.area_id)
    return row.id


async def miss_booking(work: Work, *, booking_id: UUID) -> bool:
    """爽约: nobody settled the booking until its end; whether it was so. Safe to repeat."""
    row = await work.db.scalar(
        select(BookingRow)
        .where(
            BookingRow.id == booking_id,
            BookingRow.state == BookingState.BOOKED,
            BookingRow.ends_at <= work.now,
        )
        .with_for_update()
    )
    if row is None:
        return False
    row.state, row.settled_at = BookingState.MISSED, work.now
    _record_settled(work, row, None)
    return True


async def call_off_bookings(work: Work, *, point_id: UUID | None = None) -> int:
    """Cancel what is still to come and lies outside its point's hours by now; how many. Safe to repeat.

    Of one point, or of all where the calendar changed. Whoever is on their way would stand before a closed door, and
    a timer would say that they did not come.
    """
    # What has been heard of the calendar here may be older than what was announced.
    await work.hold_calendar()
    found = (
        select(BookingRow, ServicePointRow)
        .join(ServicePointRow, ServicePointRow.id == BookingRow.point_id)
        .where(BookingRow.state == BookingState.BOOKED, BookingRow.begins_at > work.now)
        .order_by(BookingRow.begins_at, BookingRow.id)
        .with_for_update(of=_BOOKINGS)
    )
    if point_id is not None:
        found = found.where(BookingRow.point_id == point_id)
    count = 0
    for row, point in (await work.db.execute(found)).all():
        if _week_of(work, point).keeps(Slot(begins_at=row.begins_at, ends_at=row.ends_at)):
            continue
        row.state, row.settled_at = BookingState.CANCELLED, work.now
        _record_settled(work, row, point.area_id)
        work.announce(CALLED_OFF, str(row.id))
        count += 1
    return count


async def forget_bookings(work: Work, *, residents: Sequence[UUID], ended_before: datetime, most: int) -> int:
    """Delete these residents' bookings, and up to ``most`` that ended before; how many of the latter."""
    if residents:
        await work.db.execute(delete(_BOOKINGS).where(_BOOKINGS.c.resident_id.in_(residents)))
    due = (
        select(BookingRow.id)
        .where(BookingRow.ends_at < ended_before)
        .order_by(BookingRow.begins_at, BookingRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = list(await work.db.scalars(due))
    if found:
        await work.db.execute(delete(_BOOKINGS).where(_BOOKINGS.c.id.in_(found)))
    return len(found)


async def _taken_codes(work: Work, opened: Opened, code: str, *, day: date) -> Collection[str]:
    """Whether the catalog has the item and, at a partner's point, the agreement names it on that day."""
    known = (await offered_of(work, codes=(code,))).codes
    if opened.agreement_id is None:
        return known
    named = await work.db.scalar(
        select(PartnerAgreementRow.service_codes).where(
            PartnerAgreementRow.id == opened.agreement_id,
            PartnerAgreementRow.since <= day,
            PartnerAgreementRow.until >= day,
        )
    )
    return known & set(named or ())


def _week_of(work: Work, point: ServicePointRow) -> Week:
    return Week(
        hours=point.hours,
        calendar=work.calendar,
        zone=work.district.zone,
        since=point.since,
        until=point.until,
    )


def _record_settled(work: Work, row: BookingRow, area_id: UUID | None) -> None:
    work.record(
        action=Permission.BOOKING_SETTLE,
        object=f"booking:{row.id}",
        area_id=area_id,
        details={"state": row.state.value},
    )
