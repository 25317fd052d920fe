"""延时服务 (DOMAIN A07): for whoever was in the queue before closing, and opened before closing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bangban.features.hall.problems import (
    NotOpenToday,
    OvertimeNotOffered,
    OvertimeOpen,
    OvertimeUntimely,
    TicketExpired,
    TicketNotThere,
)
from bangban.features.hall.rules.tickets import LIVE, Ticket
from bangban.features.hall.values import OvertimeKind
from bangban.features.profiles.models_hall import OvertimeFile

Spans = Sequence[Sequence[int]]
"""A day's hours of service as minutes since midnight, each end excluded."""


def closing_of(kind: OvertimeKind, spans: Spans, *, day: date, zone: ZoneInfo) -> datetime:
    """When the point closes: before the noon break, or for the day.

    Raises:
        NotOpenToday: It has no hours today, or no break.
    """
    ends = [end for _, end in spans]
    if not ends or (kind is OvertimeKind.NOON and len(ends) < 2):
        raise NotOpenToday
    minute = ends[0] if kind is OvertimeKind.NOON else ends[-1]
    midnight = datetime.combine(day, time.min, tzinfo=zone)
    return midnight + timedelta(minutes=minute)


def open_overtime(
    ticket: Ticket,
    *,
    kind: OvertimeKind,
    offered: Iterable[OvertimeFile],
    closes: datetime,
    now: datetime,
    today: date,
) -> datetime:
    """From when on it counts as overtime: from closing.

    Raises:
        OvertimeNotOffered: The district does not offer this kind.
        TicketNotThere, TicketExpired: Nobody waits or is served with this ticket.
        OvertimeOpen: It is open already.
        OvertimeUntimely: It is too early or after closing, or the number was given after it.
    """
    terms = next((each for each in offered if each.kind is kind), None)
    if terms is None:
        raise OvertimeNotOffered
    if ticket.state not in LIVE:
        raise TicketNotThere(ticket.number, ticket.state)
    if ticket.day != today:
        raise TicketExpired(ticket.number)
    if ticket.overtime:
        raise OvertimeOpen(ticket.number)
    opens = closes - timedelta(minutes=terms.before_minutes)
    if not opens <= now < closes or ticket.queued_at >= closes:
        raise OvertimeUntimely(opens, closes)
    return closes
