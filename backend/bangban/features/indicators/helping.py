"""Orders placed in the period, and who has them now 帮办单 (DOMAIN C01, C05, C07, C08, C10, C17, G15)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Numeric, Select, and_, case, cast, func, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.values import Grade
from bangban.features.indicators.scope import Asked, count, measure, share, told
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.orders.issues_graphql import is_solved
from bangban.features.orders.skills_graphql import served_seconds
from bangban.features.orders.tables import OrderEventRow, OrderRow
from bangban.features.orders.values import AT_THE_DOOR, HELD, OrderEventKind, OrderKind, OrderState
from bangban.features.people.tables import AssignmentRow
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.measures import HOUR, MINUTE, quantile, seconds

_SATISFIED: Final = (Grade.VERY_SATISFIED, Grade.SATISFIED, Grade.FAIRLY_SATISFIED)


def helping(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of orders."""
    return [_orders(asked), _load(asked)]


def _orders(asked: Asked) -> Select[Any]:
    order, reached = OrderRow.__table__.alias("counted_order"), AreaRow.__table__.alias("offer_reached")
    event, post = (
        OrderEventRow.__table__.alias("given_again"),
        AssignmentRow.__table__.alias("volunteer_post"),
    )
    again = (
        select(event.c.id)
        .where(
            event.c.order_id == order.c.id,
            event.c.kind == OrderEventKind.ASSIGNED.value,
            event.c.from_state != OrderState.OPEN.value,
        )
        .correlate(order)
        .exists()
    )
    volunteers = (
        select(post.c.id)
        .where(post.c.staff_id == order.c.holder_id, post.c.role == Role.VOLUNTEER.value)
        .correlate(order)
        .exists()
    )
    c = order.c
    done, solved = c.state == OrderState.DONE.value, is_solved(c)
    call, need, issue = (
        c.kind == kind.value for kind in (OrderKind.CALL_OUT, OrderKind.NEED, OrderKind.ISSUE)
    )
    door = and_(c.kind.in_(sorted(kind.value for kind in AT_THE_DOOR)), c.tries > 0)
    inside = reached.c.level != AreaLevel.COUNTY.value
    answered, attended = seconds(c.placed_at, c.claimed_at), seconds(c.placed_at, c.started_at)
    seen = (
        select(
            func.count().label("orders"),
            *(_how_many(c.kind == kind.value, kind.value) for kind in OrderKind),
            _how_many(again, "again"),
            quantile(0.5, case((call, answered)), MINUTE).label("answered"),
            quantile(0.5, case((call, attended)), MINUTE).label("attended"),
            quantile(0.5, case((need, answered)), MINUTE).label("claimed"),
            _how_many(and_(need, c.grade.in_([grade.value for grade in _SATISFIED])), "satisfied"),
            _how_many(and_(need, c.grade.is_not(None)), "rated"),
            _how_many(door, "tried"),
            _how_many(and_(door, done), "succeeded"),
            func.sum(c.tries - 1).filter(door).label("retries"),
            func.sum(served_seconds(c)).filter(and_(done, volunteers)).label("given"),
            _how_many(and_(issue, solved), "solved"),
            _how_many(and_(issue, solved, inside), "inside"),
        )
        .select_from(order.join(reached, reached.c.id == c.offered_to_area_id))
        .where(asked.within(c.placed_at), asked.here(c.area_id))
        .subquery()
    )
    found = seen.c
    return told(
        asked,
        seen,
        *(count(Key.ORDERS, found[kind.value], label=kind.value) for kind in OrderKind),
        share(Key.REASSIGNED, found.again, found.orders),
        measure(Key.CALL_ANSWER_MINUTES, found.answered),
        measure(Key.CALL_ATTEND_MINUTES, found.attended),
        measure(Key.NEED_CLAIM_MINUTES, found.claimed),
        share(Key.NEED_SATISFIED, found.satisfied, found.rated),
        share(Key.DOOR_SUCCESS, found.succeeded, found.tried),
        count(Key.DOOR_RETRIES, found.retries),
        measure(Key.VOLUNTEER_HOURS, func.coalesce(found.given, 0) / HOUR),
        share(Key.SOLVED_INSIDE, found.inside, found.solved),
    )


def _how_many(test: Any, name: str) -> ColumnElement[Any]:
    return func.count().filter(test).label(name)


def _load(asked: Asked) -> Select[Any]:
    """How far the busiest helper is from the average of those who have any order in hand."""
    order = OrderRow.__table__.alias("held_order")
    held = sorted(state.value for state in HELD)
    each = (
        select(func.count().label("orders"))
        .where(order.c.state.in_(held), asked.here(order.c.area_id))
        .group_by(order.c.holder_id)
        .subquery()
    )
    seen = (
        select(
            func.max(each.c.orders).label("most"),
            func.sum(each.c.orders).label("orders"),
            func.count().label("helpers"),
        )
        .select_from(each)
        .subquery()
    )
    average = func.nullif(cast(seen.c.orders, Numeric()) / func.nullif(seen.c.helpers, 0), 0)
    return told(
        asked,
        seen,
        measure(Key.LOAD_SPREAD, seen.c.most / average, part=seen.c.orders, whole=seen.c.helpers),
    )
