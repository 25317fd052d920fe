"""What closes at a point while people wait there: nobody is left whom no window would call (DOMAIN A03)."""

from __future__ import annotations

from sqlalchemy import select

from bangban.features.hall.rules.queues import queues_of
from bangban.features.hall.rules.tickets import LIVE
from bangban.features.hall.service.loading import windows_of
from bangban.features.hall.tables import TicketRow
from bangban.features.hall.ticket_problems import NumbersWait
from bangban.features.hall.values import TicketState
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.tenancy.work import Work


async def refuse_stranding(work: Work, *, key: str) -> None:
    """Whether all who wait at the point, as it stands now, can still be called. Asks for no permission.

    Raises ``NumbersWait``.
    """
    await work.db.flush()
    found = await work.db.execute(
        select(TicketRow.point_id, TicketRow.number, TicketRow.queue, TicketRow.state, ServicePointRow.until)
        .join(ServicePointRow, ServicePointRow.id == TicketRow.point_id)
        .where(ServicePointRow.key == key, TicketRow.day == work.today, TicketRow.state.in_(sorted(LIVE)))
        .order_by(TicketRow.queued_at, TicketRow.id)
    )
    live = found.all()
    if not live:
        return
    if live[0].until is not None and live[0].until < work.today:
        raise NumbersWait([each.number for each in live], field="input.until")
    queues = queues_of(await windows_of(work, live[0].point_id))
    waiting = [each for each in live if each.state is TicketState.ISSUED]
    if left := [each.number for each in waiting if not any(queue.calls(each.queue) for queue in queues)]:
        raise NumbersWait(left, field="input.windows")
