"""延时服务 (DOMAIN A07): for whoever was in the queue before closing, and opened before closing.

What counts is service: the minutes of a number at its window, as far as the point is closed by its hours then. A
window serves one number at a time, so no minute of a window counts twice, whoever has its overtime open meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from bangban.features.hall.problems import NotOpenToday, OvertimeNotOffered, OvertimeOpen, OvertimeUntimely
from bangban.features.hall.rules.tickets import LIVE, Ticket
from bangban.features.hall.ticket_problems import TicketExpired, TicketNotThere
from bangban.features.hall.values import OvertimeKind
from bangban.features.profiles.models_hall import OvertimeFile

Spans = Sequence[Sequence[int]]
"""A day's hours of service as minutes since midnight, each end excluded."""

_DAY: Final = 24 * 60  # minutes
_NOTHING: Final = timedelta()


def outside_hours(since: datetime, until: datetime, spans: Spans, *, day: date, zone: ZoneInfo) -> timedelta:
    """How much of a service, from when it began until it ended that day, the point was closed by its hours."""
    closed, reached = _NOTHING, since
    for begin, end in _ordered(spans):
        opens, closes = (_moment(each, day=day, zone=zone).astimezone(UTC) for each in (begin, end))
        closed += max(min(opens, until) - reached, _NOTHING)
        reached = max(reached, closes)
    return closed + max(until - reached, _NOTHING)


def kept_on(
    queued_at: datetime, since: datetime, until: datetime, spans: Spans, *, day: date, zone: ZoneInfo
) -> tuple[OvertimeKind, datetime] | None:
    """The last closing that somebody waited at and was served after, before the point opened again; if any.

    ``since`` and ``until`` are when the service began and ended.
    """
    found = None
    for (_, end), (opens, _) in pairwise([*_ordered(spans), (_DAY, _DAY)]):
        closes, reopens = (_moment(each, day=day, zone=zone) for each in (end, opens))
        if closes < reopens and queued_at < closes < until and since < reopens:
            found = (OvertimeKind.EVENING if opens == _DAY else OvertimeKind.NOON), closes
    return found


def closing_of(kind: OvertimeKind, spans: Spans, *, day: date, zone: ZoneInfo) -> datetime:
    """When the point closes: before the noon break, or for the day.

    Raises:
        NotOpenToday: It has no hours today, or no break.
    """
    ends = [end for _, end in spans]
    if not ends or (kind is OvertimeKind.NOON and len(ends) < 2):
        raise NotOpenToday
    return _moment(ends[0] if kind is OvertimeKind.NOON else ends[-1], day=day, zone=zone)


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


def _ordered(spans: Spans) -> list[tuple[int, int]]:
    return sorted((begin, end) for begin, end in spans)


def _moment(minute: int, *, day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone) + timedelta(minutes=minute)
