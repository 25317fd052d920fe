"""疏导: alerts are raised and cleared as queues grow and shrink, and what was done is kept (DOMAIN A05)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert

from bangban.features.hall.problems import AlertCleared, no_such
from bangban.features.hall.rules.crowds import Limits, Standing, crowds, limits_at
from bangban.features.hall.service.announcing import HALL_CROWDED, HALL_WAITED
from bangban.features.hall.service.loading import find_lead, load_point, require_shift, staff_of
from bangban.features.hall.settings import hall_settings
from bangban.features.hall.tables import HallAlertRow, TicketRow
from bangban.features.hall.values import AlertAction, TicketState
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


async def watch(work: Work, ticket: TicketRow) -> None:
    """Look at the queue in which somebody waits, and again when they will have waited too long by today's limits."""
    limits = await look_at_queue(work, point_id=ticket.point_id, queue=ticket.queue)
    due = ticket.queued_at + timedelta(minutes=limits.minutes)
    if due > work.now:
        work.announce(HALL_WAITED, str(ticket.id), due=due)


async def look_at_queue(work: Work, *, point_id: UUID, queue: str) -> Limits:
    """Raise what is too much now, and clear what no longer is; by which limits. Safe to repeat."""
    await work.db.flush()
    waits = (
        TicketRow.point_id == point_id,
        TicketRow.day == work.today,
        TicketRow.queue == queue,
        TicketRow.state == TicketState.ISSUED,
    )
    point = ServicePointRow
    waiting, since, length, minutes = (
        await work.db.execute(
            select(
                func.count(TicketRow.id),
                func.min(TicketRow.queued_at),
                point.queue_length,
                point.wait_minutes,
            )
            .select_from(point)
            .join(TicketRow, and_(*waits), isouter=True)
            .where(point.id == point_id)
            .group_by(point.id)
        )
    ).one()
    said = hall_settings(work.settings).crowd
    usual = Limits(length=said.queue_length, minutes=said.wait_minutes)
    limits = limits_at(usual, length=length, minutes=minutes)
    found = crowds(Standing(waiting=waiting, since=since), limits, now=work.now)
    open_ones = (
        await work.db.scalars(
            select(HallAlertRow).where(
                HallAlertRow.point_id == point_id,
                HallAlertRow.queue == queue,
                HallAlertRow.cleared_at.is_(None),
            )
        )
    ).all()
    for each in open_ones:
        if each.kind not in found:
            each.cleared_at = work.now
    known = {each.kind for each in open_ones}
    for kind, measured in found.items():
        if kind in known:
            continue
        new = insert(HallAlertRow).values(
            id=new_id(),
            point_id=point_id,
            day=work.today,
            queue=queue,
            kind=kind,
            measured=measured,
            raised_at=work.now,
            lead_id=await find_lead(work, point_id, or_anybody=True),
            actions=[],
        )
        raised = await work.db.scalar(new.on_conflict_do_nothing().returning(HallAlertRow.id))
        if raised is not None:
            work.announce(HALL_CROWDED, str(raised))
    return limits


async def answer_alert(work: Work, *, alert_id: UUID, action: AlertAction) -> UUID:
    """Keep what was done about a crowd. Anybody of the shift may do it; the lead is told of crowds.

    Raises:
        NotFound, NotOnShift, AlertCleared.
    """
    work.grants.require(Permission.HALL_GREET)
    alert = await work.db.scalar(select(HallAlertRow).where(HallAlertRow.id == alert_id).with_for_update())
    unknown = no_such("alert", "该拥堵提醒", "alertId")
    if alert is None:
        raise unknown
    point = await load_point(work, alert.point_id, Permission.HALL_GREET, hiding=unknown, also_closed=True)
    await require_shift(work, point.id)
    if alert.cleared_at is not None:
        raise AlertCleared
    done = {"action": action.value, "at": work.now.isoformat(), "by": str(staff_of(work))}
    alert.actions = [*alert.actions, done]
    work.record(
        action=Permission.HALL_GREET,
        object=f"hall-alert:{alert.id}",
        area_id=point.area_id,
        details={"action": action.value},
    )
    return alert.id
