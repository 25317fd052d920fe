"""A point's queues and how long they are, as rows and expressions of the planner's statements.

What the queues are is said twice, here and in ``rules.queues``; a test holds the two together.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Numeric,
    Text,
    all_,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, array

from bangban.features.hall.rules.queues import COMPREHENSIVE
from bangban.features.hall.settings import SETTING, USUAL
from bangban.features.hall.tables import TicketRow
from bangban.features.hall.values import TicketState
from bangban.features.places.sql import natural
from bangban.features.places.tables import ServiceWindowRow
from bangban.kernel.planner.periods import today
from bangban.kernel.planner.reads import Predicate
from bangban.kernel.planner.sources import Rows
from bangban.kernel.tenancy.tables import ProfileRow

ENOUGH: Final = 5
"""Tickets that must have been served today before their time counts for an estimate."""

_SECONDS: Final = literal(60, Integer())


def number_set(*path: str, usual: int) -> ColumnElement[int]:
    """A whole number of the district's section for halls, in a statement."""
    profile = ProfileRow.__table__.alias("hall_profile")
    said = select(cast(profile.c.settings[(SETTING, *path)].astext, Integer())).scalar_subquery()
    return func.coalesce(said, literal(usual, Integer()), type_=Integer())


def queues(rows: Rows, alias: str) -> FromClause:
    """The queues of the point at hand: ``key``, its ``aliases``, the ``windows`` that call from it.

    ``elsewhere``: of the comprehensive one, the names of all others; see ``called_from``.
    """
    window = ServiceWindowRow.__table__.alias(f"{alias}_window")
    special = window.c.kind != COMPREHENSIVE_KIND
    names, in_order = _name_of(window.c), natural(window.c.number)
    other = ServiceWindowRow.__table__.alias(f"{alias}_other")
    elsewhere = select(func.array_agg(_name_of(other.c), type_=ARRAY(Text()))).where(
        _is_open(other.c, rows.parent.id, rows), other.c.kind != COMPREHENSIVE_KIND
    )
    return (
        select(
            rows.parent.id.label("point_id"),
            case(
                (special, func.array_agg(aggregate_order_by(names, *in_order), type_=ARRAY(Text()))[1]),
                else_=literal(COMPREHENSIVE, Text()),
            ).label("key"),
            special.label("special"),
            case(
                (special, func.array_agg(names, type_=ARRAY(Text()))),
                else_=cast(array([literal(COMPREHENSIVE, Text())]), ARRAY(Text())),
            ).label("aliases"),
            case(
                (
                    ~special,
                    func.coalesce(
                        elsewhere.correlate_except(other).scalar_subquery(), cast(array([]), ARRAY(Text()))
                    ),
                )
            ).label("elsewhere"),
            cast(func.array_agg(aggregate_order_by(window.c.number, *in_order)), ARRAY(Text())).label(
                "windows"
            ),
        )
        .where(_is_open(window.c, rows.parent.id, rows))
        .group_by(window.c.kind, window.c.service_codes, window.c.themes)
        .correlate_except(window)
        .lateral(alias)
    )


COMPREHENSIVE_KIND: Final = "COMPREHENSIVE"


def _name_of(window: Any) -> ColumnElement[str]:
    """What a queue is called after a special window."""
    return func.concat(literal("W", Text()), window.number)


def _is_open(window: Any, point_id: Any, rows: Rows) -> Predicate:
    still = or_(window.closed_on.is_(None), window.closed_on > today(rows))
    return and_(window.point_id == point_id, still)


def called_from(named: Any, queue: Any) -> Predicate:
    """Whether the windows of a row of ``queues`` call numbers of a queue of that name, as ``Queue.calls`` has it."""
    return or_(named == any_(queue.aliases), named != all_(queue.elsewhere))


def _of_queue(ticket: Any, rows: Rows) -> Predicate:
    return and_(
        ticket.c.point_id == rows.c.point_id,
        ticket.c.day == today(rows),
        called_from(ticket.c.queue, rows.c),
    )


def _line(ticket: Any, rows: Rows, alias: str) -> ColumnElement[Any]:
    """By what a ticket's special windows differ from others; null where the comprehensive ones call it."""
    window = ServiceWindowRow.__table__.alias(alias)
    named = and_(window.c.kind != COMPREHENSIVE_KIND, _name_of(window.c) == ticket.queue)
    taken = func.concat(cast(window.c.service_codes, Text()), cast(window.c.themes, Text()))
    found = select(taken).where(_is_open(window.c, ticket.point_id, rows), named)
    return found.correlate_except(window).scalar_subquery()


def waiting(rows: Rows) -> ColumnElement[Any]:
    """How many wait in the queue at hand."""
    ticket = TicketRow.__table__.alias("waiting_ticket")
    return (
        select(func.count())
        .select_from(ticket)
        .where(_of_queue(ticket, rows), ticket.c.state == TicketState.ISSUED.value)
        .scalar_subquery()
    )


def estimated_minutes(rows: Rows) -> ColumnElement[Any]:
    """How long a number that is given now would wait, in whole minutes: today's pace, or what the district says."""
    ticket = TicketRow.__table__.alias("served_ticket")
    seconds = func.extract("epoch", ticket.c.ended_at - ticket.c.served_from)
    pace = (
        select(case((func.count() >= ENOUGH, func.avg(seconds) / _SECONDS)))
        .select_from(ticket)
        .where(_of_queue(ticket, rows), ticket.c.state == TicketState.SERVED.value)
        .scalar_subquery()
    )
    each = func.coalesce(cast(pace, Numeric()), number_set("service_minutes", usual=USUAL.service_minutes))
    return cast(func.ceil(waiting(rows) * each / func.cardinality(rows.c.windows)), Integer())


def ahead(rows: Rows) -> ColumnElement[Any]:
    """How many are called before the ticket at hand while it waits, by the same windows: by class, then by turn."""
    other = TicketRow.__table__.alias("ticket_ahead")
    sooner = or_(
        other.c.priority > rows.c.priority,
        and_(
            other.c.priority == rows.c.priority,
            or_(
                other.c.queued_at < rows.c.queued_at,
                and_(other.c.queued_at == rows.c.queued_at, other.c.serial < rows.c.serial),
            ),
        ),
    )
    count = (
        select(func.count())
        .select_from(other)
        .where(
            other.c.point_id == rows.c.point_id,
            other.c.day == rows.c.day,
            _line(other.c, rows, "line_ahead").is_not_distinct_from(_line(rows.c, rows, "own_line")),
            other.c.state == TicketState.ISSUED.value,
            sooner,
        )
        .scalar_subquery()
    )
    return case((rows.c.state == TicketState.ISSUED.value, count))
