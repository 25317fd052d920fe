"""What becomes of bookings: kept, missed, cancelled, called off, forgotten (DOMAIN C19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, delete, select

from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.partners import kept_by_partner
from bangban.features.bookings.problems import no_such_booking
from bangban.features.bookings.rules import Slot, settle
from bangban.features.bookings.service import week_of
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingOutcome, BookingState
from bangban.features.places.tables import PartnerAgreementRow, ServicePointRow
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

CALLED_OFF: Final = "booking.called-off"
_BOOKINGS: Final = cast("Table", BookingRow.__table__)


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
    """Cancel what is still to come and lies outside the hours of its point by now, or is for an item that its partner
    does not take any more; how many. Safe to repeat.

    Of one point, or of all where the calendar changed. Whoever is on their way would stand before a closed door, and
    a timer would say that they did not come.
    """
    # What has been heard of the calendar here may be older than what was announced.
    await work.hold_calendar()
    found = (
        select(BookingRow, ServicePointRow, PartnerAgreementRow)
        .join(ServicePointRow, ServicePointRow.id == BookingRow.point_id)
        .outerjoin(PartnerAgreementRow, PartnerAgreementRow.id == ServicePointRow.agreement_id)
        .where(BookingRow.state == BookingState.BOOKED, BookingRow.begins_at > work.now)
        .order_by(BookingRow.begins_at, BookingRow.id)
        .with_for_update(of=_BOOKINGS)
    )
    if point_id is not None:
        found = found.where(BookingRow.point_id == point_id)
    count = 0
    for row, point, agreement in (await work.db.execute(found)).all():
        slot = Slot(begins_at=row.begins_at, ends_at=row.ends_at)
        agreed = agreement is None or row.service_code is None or row.service_code in agreement.service_codes
        if agreed and week_of(work, point, agreement).keeps(slot):
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


def _record_settled(work: Work, row: BookingRow, area_id: UUID | None) -> None:
    work.record(
        action=Permission.BOOKING_SETTLE,
        object=f"booking:{row.id}",
        area_id=area_id,
        details={"state": row.state.value},
    )
