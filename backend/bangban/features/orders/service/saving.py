"""Writing a transition: the order, its event, the audit entry, the outbox rows and the timer."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, insert, select, update

from bangban.features.orders.rules.facts import Announcement, Event, OrderFacts, Transition
from bangban.features.orders.service.loading import Loaded
from bangban.features.orders.tables import OrderEventRow, OrderRow
from bangban.kernel.database.written import Given, Written, given_columns, together
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

_CHANGING: Final = (
    "state",
    "offered_to_area_id",
    "holder_id",
    "window_from",
    "window_until",
    "tries",
    "due_at",
    "claimed_at",
    "started_at",
    "ended_at",
    "grade",
    "comment",
    "rated_at",
)


def _event() -> Any:
    return insert(OrderEventRow).values(
        {
            **given_columns(OrderEventRow, "event", without=("order_id",)),
            "order_id": Given("order_id", Uuid()),
        }
    )


def _filing() -> Written:
    """The order and its first event in one statement, which answers with the number it got."""
    placed = (
        insert(OrderRow)
        .values({**given_columns(OrderRow, "order")})
        .returning(OrderRow.id, OrderRow.number)
        .cte("placed")
    )
    return together({"event": _event()}, select(placed.c.id, placed.c.number))


def _saving() -> Written:
    values = {name: Given(f"order_{name}", OrderRow.__table__.c[name].type) for name in _CHANGING}
    changed = update(OrderRow).where(OrderRow.id == Given("order_id", Uuid())).values(values)
    return together({"changed": changed, "event": _event()})


_FILING: Final = _filing()
_SAVING: Final = _saving()


async def file_order(work: Work, transition: Transition, *, area_id: UUID, columns: dict[str, Any]) -> UUID:
    """Write a new order; its id. ``columns`` are those that the rules do not look at."""
    order_id = new_id()
    order = transition.order
    (filed,) = await work.run(
        _FILING,
        order_id=order_id,
        order_stem=f"{work.number_prefix}{work.today:%Y%m%d}-D",
        order_kind=order.kind,
        order_area_id=area_id,
        order_resident_id=order.resident_id,
        order_service_code=order.service_code,
        order_placed_at=work.now,
        **{f"order_{name}": value for name, value in columns.items()},
        **_changing(order),
        **_event_values(transition.event, work),
    )
    _keep_record(work, transition, order_id=order_id, number=filed.number, area_id=area_id)
    return order_id


async def save(loaded: Loaded, transition: Transition) -> UUID:
    """Write what an act changed; the order's id."""
    work, row = loaded.work, loaded.row
    order_id: UUID = row.id
    await work.run(
        _SAVING,
        order_id=order_id,
        **_changing(transition.order),
        **_event_values(transition.event, work),
    )
    _keep_record(work, transition, order_id=order_id, number=row.number, area_id=row.area_id)
    return order_id


def _changing(order: OrderFacts) -> dict[str, Any]:
    window = order.window
    values = {
        "state": order.state,
        "offered_to_area_id": order.asked.id,
        "holder_id": order.holder_id,
        "window_from": window and window.begins,
        "window_until": window and window.ends,
        "tries": order.tries,
        "due_at": order.due_at,
        "claimed_at": order.claimed_at,
        "started_at": order.started_at,
        "ended_at": order.ended_at,
        "grade": order.grade,
        "comment": order.comment,
        "rated_at": order.rated_at,
    }
    return {f"order_{name}": value for name, value in values.items()}


def _event_values(event: Event, work: Work) -> dict[str, Any]:
    values = {
        "id": new_id(),
        "at": work.now,
        "kind": event.kind,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "actor": event.actor,
        "area_id": event.area_id,
        "staff_id": event.staff_id,
        "note": event.note,
    }
    return {f"event_{name}": value for name, value in values.items()}


def _keep_record(work: Work, transition: Transition, *, order_id: UUID, number: str, area_id: UUID) -> None:
    audit = transition.audit
    work.record(action=audit.action, object=f"order:{number}", area_id=area_id, details=dict(audit.details))
    for kind in transition.announce:
        work.announce(kind, str(order_id))
    if transition.timer is not None:
        work.announce(Announcement.UNCLAIMED, str(order_id), due=transition.timer)
    if transition.agreed is not None:
        work.announce(Announcement.WINDOW_OVER, str(order_id), due=transition.agreed.ends)
