"""What a hall is measured by, row by row; quantiles lie between neighbours as ``percentile_cont`` has them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol

from bangban.features.hall.values import ShiftKind, TicketState, VisitState


class Rows(Protocol):
    """The rows of one point, of any days."""

    visits: Any
    tickets: Any
    overtimes: Any
    shifts: Any
    alerts: Any


def quantile(values: list[float], share: float) -> float | None:
    """Null of nothing."""
    if not values:
        return None
    ordered, place = sorted(values), share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def minutes_between(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() / 60


def _guided(shifts: list[Any], now: datetime) -> float:
    """Minutes of guides as far as they are over."""
    return sum(
        minutes_between(each.begins_at, min(each.ends_at, now))
        for each in shifts
        if each.cancelled_at is None and each.kind in (None, ShiftKind.GUIDE) and each.begins_at < now
    )


def _late(ticket: Any, overtimes: list[Any]) -> int:
    """Minutes outside the hours; of a ticket that ended before they were kept, those of its overtime."""
    if ticket.overtime_minutes is not None:
        return int(ticket.overtime_minutes)
    ended = [o for o in overtimes if o.ticket_id == ticket.id and o.ended_at is not None]
    return sum(max(0, int(minutes_between(o.starts_at, o.ended_at))) for o in ended)


def measured(rows: Rows, since: date, until: date, *, target: int, now: datetime) -> dict[str, Any]:
    """The members of ``HallStatistics``."""

    def ours(table: Any) -> list[Any]:
        return [each for each in table if since <= each.day <= until]

    visits, tickets, alerts = ours(rows.visits), ours(rows.tickets), ours(rows.alerts)
    done = [
        minutes_between(v.arrived_at or v.greeted_at, v.ended_at)
        for v in visits
        if v.state is VisitState.DONE
    ]
    quick = [each for each in done if each < target]
    guided = _guided(ours(rows.shifts), now)
    waits = [(t, minutes_between(t.queued_at, t.served_from)) for t in tickets if t.served_from is not None]
    contact = [(v.greeted_at - v.arrived_at).total_seconds() for v in visits if v.arrived_at is not None]
    cleared = [minutes_between(a.raised_at, a.cleared_at) for a in alerts if a.cleared_at is not None]
    return {
        "visits": len(visits),
        "finished": len(done),
        "median_minutes": quantile(done, 0.5),
        "ninetieth_minutes": quantile(done, 0.9),
        "target_minutes": target,
        "within_target": len(quick),
        "within_target_share": len(quick) / len(done) if done else None,
        "guide_minutes": int(guided),
        "visits_per_guide_hour": (
            sum(v.guide_id is not None for v in visits) / (guided / 60) if guided else None
        ),
        "median_contact_seconds": quantile(contact, 0.5),
        "median_wait_minutes": quantile([wait for _, wait in waits], 0.5),
        "median_wait_minutes_of_priority": quantile([wait for t, wait in waits if t.priority > 0], 0.5),
        "no_shows": sum(t.state is TicketState.NO_SHOW for t in tickets),
        "transferred": sum(t.state is TicketState.TRANSFERRED for t in tickets),
        "overtime_minutes": sum(_late(each, rows.overtimes) for each in tickets),
        "alerts": len(alerts),
        "median_minutes_to_clear": quantile(cleared, 0.5),
    }
