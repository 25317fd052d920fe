"""What numbers given at halls are measured by 取号与优先 (DOMAIN A03, A04, A09)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, literal, or_, select

from bangban.features.hall.measured_sql import (
    waited,
)
from bangban.features.hall.proposed import proposed, taken
from bangban.features.hall.tables import TicketRow, VisitRow
from bangban.features.hall.values import TicketState
from bangban.features.indicators.refused import refused
from bangban.features.indicators.scope import Asked, count, measure, share, told, unknown
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.places.tables import ServiceWindowRow
from bangban.features.places.values import WindowKind
from bangban.kernel.planner.measures import MINUTE, quantile
from bangban.kernel.planner.reads import Predicate
from bangban.kernel.problems import ErrorCode

FEWEST: Final = 5
"""Fewer people who were looked after first than this are not told of: somebody might know who they were (A04)."""


def numbers(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of numbers and of waiting with them."""
    return [_tickets(asked), _priorities(asked), _proposals(asked)]


def _tickets(asked: Asked) -> Select[Any]:
    ticket, window = (
        TicketRow.__table__.alias("counted_ticket"),
        ServiceWindowRow.__table__.alias("called_to"),
    )
    point, here = asked.at_points("ticketed_point")
    served = ticket.c.served_from.is_not(None)
    seen = (
        select(
            func.count().label("given"),
            func.count().filter(ticket.c.state == TicketState.TRANSFERRED.value).label("transferred"),
            quantile(0.5, waited(ticket.c), MINUTE).label("wait"),
            func.count().filter(served).label("served"),
            func.count()
            .filter(and_(served, window.c.kind == WindowKind.COMPREHENSIVE.value))
            .label("one_window"),
            refused(asked, ErrorCode.DUPLICATE_TICKET).label("twice"),
            refused(asked, ErrorCode.WRONG_QUEUE).label("wrong"),
        )
        .select_from(
            ticket.join(point, point.c.id == ticket.c.point_id).outerjoin(
                window, window.c.id == ticket.c.window_id
            )
        )
        .where(asked.on(ticket.c.day), here)
        .subquery()
    )
    return told(
        asked,
        seen,
        count(Key.DUPLICATE_TICKETS_REFUSED, seen.c.twice),
        share(Key.WRONG_QUEUES_REFUSED, seen.c.wrong, seen.c.wrong + seen.c.given),
        share(Key.TICKETS_TRANSFERRED, seen.c.transferred, seen.c.given),
        measure(Key.WAIT_MINUTES, seen.c.wait, part=seen.c.served),
        share(Key.ONE_WINDOW, seen.c.one_window, seen.c.served),
    )


def _priorities(asked: Asked) -> Select[Any]:
    """Waits of those who are looked after first, beside the others': not for auditors, and not of a handful."""
    keys = (Key.PRIORITY_WAIT_MINUTES, Key.OTHER_WAIT_MINUTES)
    if asked.audit:
        return unknown(asked, *keys)
    ticket = TicketRow.__table__.alias("ranked_ticket")
    point, here = asked.at_points("ranked_point")
    first = ticket.c.priority > 0
    seen = (
        select(
            quantile(0.5, case((first, waited(ticket.c))), MINUTE).label("first"),
            quantile(0.5, case((~first, waited(ticket.c))), MINUTE).label("others"),
            func.count().filter(first).label("people"),
        )
        .select_from(ticket.join(point, point.c.id == ticket.c.point_id))
        .where(asked.on(ticket.c.day), ticket.c.served_from.is_not(None), here)
        .subquery()
    )
    enough = seen.c.people >= FEWEST
    return told(
        asked,
        seen,
        measure(keys[0], case((enough, seen.c.first))),
        measure(keys[1], case((enough, seen.c.others))),
    )


def _proposals(asked: Asked) -> Select[Any]:
    """What was proposed for care needs, as it would be today: not for auditors, and not of a handful. Visits that
    were forgotten by now have no needs."""
    if asked.audit:
        return unknown(asked, Key.PROPOSALS_TAKEN_UP)
    visit = VisitRow.__table__.alias("cared_visit")
    point, here = asked.at_points("cared_point")
    took = taken(visit.c)
    each = (
        select(
            *(holds.label(f"proposed_{name.value}") for name, holds in proposed(visit.c).items()),
            *(holds.label(f"taken_{name.value}") for name, holds in took.items()),
        )
        .select_from(visit.join(point, point.c.id == visit.c.point_id))
        .where(asked.on(visit.c.day), func.cardinality(visit.c.care_needs) > 0, here)
        .subquery()
    )
    was = {name: each.c[f"proposed_{name.value}"] for name in took}
    took_it = [and_(holds, each.c[f"taken_{name.value}"]) for name, holds in was.items()]
    seen = select(
        func.count().filter(or_(*was.values())).label("people"),
        _of_all(was.values()).label("proposed"),
        _of_all(took_it).label("taken"),
    ).subquery()
    enough = seen.c.people >= FEWEST
    return told(
        asked,
        seen,
        share(Key.PROPOSALS_TAKEN_UP, case((enough, seen.c.taken)), case((enough, seen.c.proposed))),
    )


def _of_all(each: Iterable[Predicate]) -> ColumnElement[int]:
    """How many rows each of these holds for, added up."""
    return func.sum(sum((cast(holds, Integer()) for holds in each), literal(0, Integer())))
