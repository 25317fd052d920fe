"""Reading in what an act is about: a point with its windows; a visit, then its ticket, both locked in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, true

from bangban.features.areas.tables import AreaRow
from bangban.features.hall.problems import NotOnShift, no_such
from bangban.features.hall.rules.queues import Window
from bangban.features.hall.rules.tickets import Ticket
from bangban.features.hall.tables import GuideShiftRow, TicketRow, VisitRow
from bangban.features.hall.turns import has_somebody
from bangban.features.hall.values import ShiftKind
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.features.places.values import WindowKind
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import ErrorCode, NotAuthenticated, NotFound
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True)
class Point:
    """A service point, as a hall needs it."""

    id: UUID
    area_id: UUID
    area_path: str
    hours: dict[str, Any]


def staff_of(work: Work) -> UUID:
    """The id of the member of staff who acts. Raises ``NotAuthenticated`` for everybody else."""
    principal = work.principal
    if principal.id is None or principal.kind is not PrincipalKind.STAFF:
        raise NotAuthenticated
    return principal.id


async def load_point(
    work: Work,
    point_id: UUID,
    permission: Permission,
    *,
    hiding: NotFound | None = None,
    also_closed: bool = False,
) -> Point:
    """A point where the caller holds the permission. Points are public; what is ``hiding`` at one elsewhere is not.

    ``also_closed`` is for what was begun there: whoever is inside when a point ends is served, or let go.

    Raises:
        NotAuthenticated, Forbidden, AreaOutsideGrant: The caller does not hold it there.
        NotFound: There is no such point.
    """
    work.grants.require(permission)
    staff_of(work)
    found = (
        await work.db.execute(
            select(ServicePointRow.id, ServicePointRow.area_id, AreaRow.path, ServicePointRow.hours)
            .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
            .where(
                ServicePointRow.id == point_id,
                true()
                if also_closed
                else or_(ServicePointRow.until.is_(None), ServicePointRow.until >= work.today),
            )
        )
    ).one_or_none()
    if found is None:
        raise no_such("service point", "服务点", "pointId")
    if hiding is not None and not work.grants.scope(permission).covers(found.path):
        raise hiding
    work.grants.require_at(permission, found.path)
    count_refused_numbers(work, found.id, found.area_id)
    return Point(id=found.id, area_id=found.area_id, area_path=found.path, hours=found.hours)


def count_refused_numbers(work: Work, point_id: UUID, area_id: UUID) -> None:
    """A second number, and one of the wrong queue, are refused and counted (DOMAIN A03)."""
    codes = (ErrorCode.DUPLICATE_TICKET, ErrorCode.WRONG_QUEUE)
    work.counts_refusals(f"service-point:{point_id}", area_id, *codes)


async def windows_of(work: Work, point_id: UUID) -> Sequence[Window]:
    """The windows of a point that are open for service today."""
    rows = await work.db.scalars(
        select(ServiceWindowRow).where(
            ServiceWindowRow.point_id == point_id,
            or_(ServiceWindowRow.closed_on.is_(None), ServiceWindowRow.closed_on > work.today),
        )
    )
    return [
        Window(
            id=each.id,
            number=each.number,
            special=each.kind is WindowKind.SPECIAL,
            service_codes=frozenset(each.service_codes),
            themes=frozenset(each.themes),
        )
        for each in rows
    ]


async def require_shift(work: Work, point_id: UUID) -> UUID:
    """The guide who acts, who is on the rota of the point now (DOMAIN A01). Raises ``NotOnShift``."""
    guide = staff_of(work)
    found = await work.db.scalar(
        select(GuideShiftRow.id)
        .where(*_on_duty(point_id, work.now), GuideShiftRow.guide_id == guide)
        .limit(1)
    )
    if found is None:
        raise NotOnShift
    return guide


async def find_lead(work: Work, point_id: UUID, *, or_anybody: bool = False) -> UUID | None:
    """Who leads the shift at a point now; None where nobody does.

    ``or_anybody``: where nobody leads, who has been on duty there longest.
    """
    leads = (GuideShiftRow.lead,) if not or_anybody else ()
    return await work.db.scalar(
        select(GuideShiftRow.guide_id)
        .where(*_on_duty(point_id, work.now), has_somebody(GuideShiftRow), *leads)
        .order_by(GuideShiftRow.lead.desc(), GuideShiftRow.begins_at, GuideShiftRow.id)
        .limit(1)
    )


def _on_duty(point_id: UUID, now: datetime) -> tuple[Any, ...]:
    shift = GuideShiftRow
    return (
        shift.point_id == point_id,
        shift.begins_at <= now,
        shift.ends_at > now,
        shift.cancelled_at.is_(None),
        func.coalesce(shift.kind, ShiftKind.GUIDE.value) == ShiftKind.GUIDE,
    )


async def lock_visit(work: Work, visit_id: UUID, permission: Permission) -> tuple[VisitRow, Point]:
    """A visit, locked, at a point where the caller holds the permission.

    Whoever is known is locked with all visits of that day, so that two guides do not give one number each.

    Raises:
        NotAuthenticated, Forbidden: The caller holds it nowhere; nothing was read.
        NotFound: There is no such visit, or it is elsewhere; the two look the same.
    """
    work.grants.require(permission)
    found = (
        await work.db.execute(
            select(VisitRow.point_id, VisitRow.day, VisitRow.visitor_hash).where(VisitRow.id == visit_id)
        )
    ).one_or_none()
    unknown = no_such("visit", "该到访", "visitId")
    if found is None:
        raise unknown
    point = await load_point(work, found.point_id, permission, hiding=unknown, also_closed=True)
    whose: tuple[Any, ...] = (VisitRow.id == visit_id,)
    if found.visitor_hash is not None:
        whose = (
            VisitRow.visitor_hash == found.visitor_hash,
            VisitRow.day == found.day,
            VisitRow.point_id == found.point_id,
        )
    locked = await work.db.scalars(select(VisitRow).where(*whose).order_by(VisitRow.id).with_for_update())
    return next(each for each in locked.all() if each.id == visit_id), point


async def lock_visits_of(work: Work, point_id: UUID, visitor: bytes) -> None:
    """Lock today's visits of somebody known, as ``lock_visit`` does."""
    await work.db.execute(
        select(VisitRow.id)
        .where(VisitRow.visitor_hash == visitor, VisitRow.day == work.today, VisitRow.point_id == point_id)
        .order_by(VisitRow.id)
        .with_for_update()
    )


async def lock_ticket(
    work: Work, ticket_id: UUID, permission: Permission
) -> tuple[TicketRow, VisitRow, Point]:
    """A ticket with its visit, both locked, the visit first: every act does so, and nobody waits in a circle.

    Raises as ``lock_visit``.
    """
    work.grants.require(permission)
    visit_id = await work.db.scalar(select(TicketRow.visit_id).where(TicketRow.id == ticket_id))
    if visit_id is None:
        raise no_such("ticket", "该号票", "ticketId")
    visit, point = await lock_visit(work, visit_id, permission)
    ticket = (
        await work.db.scalars(select(TicketRow).where(TicketRow.id == ticket_id).with_for_update())
    ).one()
    return ticket, visit, point


def facts_of(ticket: TicketRow, *, overtime: bool = False) -> Ticket:
    """A row as the rules know it."""
    return Ticket(
        number=ticket.number,
        state=ticket.state,
        day=ticket.day,
        priority=ticket.priority,
        queued_at=ticket.queued_at,
        serial=ticket.serial,
        overtime=overtime,
    )
