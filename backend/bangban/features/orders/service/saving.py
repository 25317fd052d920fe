"""Writing a transition: the order, its event, the audit entry, the outbox rows and the timer."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Date, Uuid, func, insert, null, select, update
from sqlalchemy.orm import aliased

from bangban.features.hall.tables import VisitRow
from bangban.features.orders.problems import TooManyInHand
from bangban.features.orders.rules.facts import Announcement, Event, OrderFacts, Transition
from bangban.features.orders.service.loading import Loaded
from bangban.features.orders.tables import OrderEventRow, OrderRow
from bangban.features.orders.values import AT_THE_DOOR, HELD, OrderState
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
    "signed_by_sealed",
    "signed_by_masked",
    "signed_at",
    "signature_file_id",
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


def _changed() -> Any:
    values = {name: Given(f"order_{name}", OrderRow.__table__.c[name].type) for name in _CHANGING}
    return update(OrderRow).where(OrderRow.id == Given("order_id", Uuid())).values(values)


def _saving(**others: Any) -> Written:
    return together({"changed": _changed(), "event": _event(), **others})


def _taking() -> Written:
    """The same where whoever gets the order has fewer than ``most`` others in hand; else no row is answered.

    They are locked by now (``read_helpers``), and only a statement that begins after that sees what they took last.
    """
    other = aliased(OrderRow)
    in_hand = (
        select(func.count())
        .select_from(other)
        .where(
            other.holder_id == Given("order_holder_id", Uuid()),
            other.state.in_(sorted(HELD)),
            other.id != Given("order_id", Uuid()),
        )
        .scalar_subquery()
    )
    changed = _changed().where(in_hand < Given("most", BigInteger())).returning(OrderRow.id).cte("changed")
    return together({"event": _event()}, select(changed.c.id))


def _freed() -> Any:
    """The visit of which the order came, without it: what was proposed may be taken up again (DOMAIN A04).

    Such an order is placed on the visit's own day, and visits that are forgotten have none: an index has the rest.
    """
    return (
        update(VisitRow)
        .where(
            VisitRow.day == Given("placed_on", Date()),
            ~VisitRow.forgotten,
            VisitRow.order_id == Given("order_id", Uuid()),
        )
        .values(order_id=null())
    )


_FILING: Final = _filing()
_SAVING: Final = _saving()
_CANCELLING: Final = _saving(freed=_freed())
_TAKING: Final = _taking()


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


async def save(loaded: Loaded, transition: Transition, *, load_limit: int | None = None) -> UUID:
    """Write what an act changed; the order's id.

    With a ``load_limit`` whoever gets it is locked and has fewer in hand. Raises ``TooManyInHand``: so of two that
    they take at once with room for one, they get one (DOMAIN C05).
    """
    work, row = loaded.work, loaded.row
    order_id: UUID = row.id
    values = {**_changing(transition.order), **_event_values(transition.event, work)}
    if transition.order.kind in AT_THE_DOOR and transition.order.state is OrderState.CANCELLED:
        placed_on = row.placed_at.astimezone(work.district.zone).date()
        await work.run(_CANCELLING, order_id=order_id, placed_on=placed_on, **values)
    elif load_limit is not None:
        if not await work.run(_TAKING, order_id=order_id, most=load_limit, **values):
            raise TooManyInHand(load_limit)
    else:
        await work.run(_SAVING, order_id=order_id, **values)
    _keep_record(work, transition, order_id=order_id, number=row.number, area_id=row.area_id)
    return order_id


def _changing(order: OrderFacts) -> dict[str, Any]:
    window, signed = order.window, order.signature
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
        "signed_by_sealed": signed and signed.sealed,
        "signed_by_masked": signed and signed.masked,
        "signed_at": signed and signed.at,
        "signature_file_id": signed and signed.file_id,
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
