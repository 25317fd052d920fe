"""The clock of a case as integer arithmetic in SQL; ``kernel.clock`` does the same in Python."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Text, and_, case, func, literal

from bangban.features.cases.values import ClockLight
from bangban.kernel.planner.reads import Predicate
from bangban.kernel.planner.sources import Rows


def remaining(rows: Rows) -> Any:
    """Working days left, negative once overdue; a stopped clock keeps what it had."""
    today = rows.request.bind("next_ordinal", BigInteger())
    return rows.c.due_ordinal - func.coalesce(rows.c.completed_ordinal, rows.c.suspended_ordinal, today)


def used(rows: Rows) -> Any:
    """Working days used since acceptance, without those paused."""
    today = rows.request.bind("ordinal", BigInteger())
    running = func.greatest(0, today - rows.c.accepted_ordinal - rows.c.paused_days)
    return func.coalesce(rows.c.stopped_used, running)


def _yellow_from(rows: Rows) -> Any:
    promised = rows.c.promised_days
    return func.least(func.greatest(2, (promised + 2) // 3), promised - 1)


def _red_from(rows: Rows) -> Any:
    return func.least(1, rows.c.promised_days - 1)


def light(rows: Rows) -> Any:
    """The light as text."""
    left = remaining(rows)
    return case(
        (left < 0, literal(ClockLight.OVERDUE.value, Text())),
        (left <= _red_from(rows), literal(ClockLight.RED.value, Text())),
        (left <= _yellow_from(rows), literal(ClockLight.YELLOW.value, Text())),
        else_=literal(ClockLight.GREEN.value, Text()),
    )


def has_light(rows: Rows, wanted: ClockLight) -> Predicate:
    """Whether an accepted case shows the light ``wanted``."""
    left = remaining(rows)
    yellow, red = _yellow_from(rows), _red_from(rows)
    accepted = rows.c.due_ordinal.is_not(None)
    tests = {
        ClockLight.OVERDUE: left < 0,
        ClockLight.RED: and_(left >= 0, left <= red),
        ClockLight.YELLOW: and_(left >= 0, left > red, left <= yellow),
        ClockLight.GREEN: and_(left >= 0, left > red, left > yellow),
    }
    return and_(accepted, tests[wanted])
