"""Reading orders: what the rules look at, in one statement."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, Uuid, func, select, true
from sqlalchemy.orm import aliased

from bangban.features.accounts.residents import hold_resident
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.orders.rules.facts import OrderFacts, Place, Signature, Window
from bangban.features.orders.tables import OrderEventRow, OrderRow
from bangban.features.orders.values import LIVE, OrderEventKind, OrderKind
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work

_PLACE, _ASKED = aliased(AreaRow), aliased(AreaRow)


def _item() -> Any:
    """The newest version of an order's item; versions of one item seldom differ in theme or department."""
    newest = ServiceItemRow.version.desc()
    return (
        select(ServiceItemRow.department, ServiceItemRow.details["theme"].astext.label("theme"))
        .where(ServiceItemRow.code == OrderRow.service_code)
        .order_by(newest)
        .limit(1)
        .correlate(OrderRow)
        .lateral("item")
    )


def _placed_by() -> Any:
    """Who of the staff placed an order; null where a resident did."""
    return (
        select(OrderEventRow.staff_id)
        .where(OrderEventRow.order_id == OrderRow.id, OrderEventRow.kind == OrderEventKind.PLACED)
        .correlate(OrderRow)
        .scalar_subquery()
    )


def _raised_to() -> Any:
    """The path of the highest area to which a problem of a community went because it was given back."""
    to = aliased(AreaRow)
    return (
        select(to.path)
        .select_from(OrderEventRow)
        .join(to, to.id == OrderEventRow.area_id)
        .where(
            OrderRow.kind == OrderKind.ISSUE,
            OrderEventRow.order_id == OrderRow.id,
            OrderEventRow.kind == OrderEventKind.RELEASED,
        )
        .order_by(to.path)  # all on one way up, the highest first
        .limit(1)
        .correlate(OrderRow)
        .scalar_subquery()
    )


def _whole_order() -> Written:
    item = _item()
    return Written(
        select(
            *OrderRow.__table__.columns,
            _PLACE.path.label("place_path"),
            _PLACE.level.label("place_level"),
            _ASKED.path.label("asked_path"),
            _ASKED.level.label("asked_level"),
            CaseRow.number.label("case_number"),
            CaseRow.state.label("case_state"),
            item.c.theme,
            item.c.department,
            _placed_by().label("placed_by_id"),
            _raised_to().label("raised_to"),
        )
        .select_from(OrderRow)
        .join(_PLACE, _PLACE.id == OrderRow.area_id)
        .join(_ASKED, _ASKED.id == OrderRow.offered_to_area_id)
        .outerjoin(CaseRow, CaseRow.id == OrderRow.case_id)
        .outerjoin(item, true())
        .where(OrderRow.id == Given("order_id", Uuid()))
    )


WHOLE_ORDER: Final = _whole_order()
LOCK_NUMBER: Final = Written(
    select(OrderRow.id).where(OrderRow.number == Given("number", Text())).with_for_update()
)
LOCK_ID: Final = Written(
    select(OrderRow.id).where(OrderRow.id == Given("order_id", Uuid())).with_for_update()
)


_OPEN: Final = Written(
    select(func.count().label("open")).where(
        OrderRow.resident_id == Given("resident_id", Uuid()), OrderRow.state.in_(sorted(LIVE))
    )
)


async def count_open(work: Work, resident_id: UUID) -> int:
    """How many orders of a resident are open. They are locked first, so of several at once none is overlooked."""
    await hold_resident(work, resident_id)
    (mine,) = await work.run(_OPEN, resident_id=resident_id)
    return int(mine.open)


def facts_of(row: Any) -> OrderFacts:
    """The facts of an order, from a row of ``WHOLE_ORDER``."""
    return OrderFacts(
        kind=row.kind,
        state=row.state,
        place=Place(id=row.area_id, path=row.place_path, level=row.place_level),
        asked=Place(id=row.offered_to_area_id, path=row.asked_path, level=row.asked_level),
        raised_to=row.raised_to,
        resident_id=row.resident_id,
        placed_by_id=row.placed_by_id,
        holder_id=row.holder_id,
        service_code=row.service_code,
        theme=row.theme,
        department=row.department,
        window=None if row.window_from is None else Window(begins=row.window_from, ends=row.window_until),
        tries=row.tries,
        due_at=row.due_at,
        claimed_at=row.claimed_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        grade=row.grade,
        comment=row.comment,
        rated_at=row.rated_at,
        signature=None
        if row.signed_at is None
        else Signature(
            sealed=row.signed_by_sealed,
            masked=row.signed_by_masked,
            at=row.signed_at,
            file_id=row.signature_file_id,
        ),
    )
