"""Arguments for halls, for moments, and for what stands at points. See ``pools``."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.api.drawing import Pools
from tests.api.pools import given, maybe, page
from tests.api.truth import Truth

from bangban.features.catalog.tables import DelegationRow
from bangban.features.hall.tables import IntakeBatchRow, TicketRow, VisitRow
from bangban.features.places.tables import ServicePointRow

MOMENTS = (
    "2026-11-28T10:00:00+08:00",  # a Saturday
    "2026-11-23T09:00:00+08:00",  # a point opens
    "2026-11-23T12:00:00+08:00",  # and closes
    "2026-11-23T11:59:59+08:00",
    "2026-10-01T10:00:00+08:00",  # a holiday
    "2026-02-14T02:30:00Z",  # a Saturday that is worked
    "2027-01-01T02:00:00Z",  # a holiday that is not published
    "2099-01-01T00:00:00Z",
)


def in_order(today: date, since: Any, until: Any) -> dict[str, Any]:
    """Two days as they are asked for: the last one is today where it is left out, and not before the first."""
    last = until if isinstance(until, str) else str(today)
    turned = isinstance(since, str) and last < since
    return {"since": until, "until": since} if turned else {"since": since, "until": until}


def day_of(today: date, random: Random, often: float = 0.5) -> Any:
    """A day about today, or one of other times."""
    near = [today + timedelta(days=each) for each in (-3, -2, -1, 0, 1, 6)]
    return maybe(random, *map(str, [*near, date(2019, 12, 31), date(9999, 12, 30)]), often=often)


def pools_hall(truth: Truth) -> Pools:
    """Arguments that find something, and some that do not."""
    visits = truth.rows[VisitRow]
    taken_in = truth.cursors("batch", truth.rows[IntakeBatchRow], lambda r: (r.received_at, r.id))
    greeted = truth.cursors("greeted", visits[:100], lambda r: (r.greeted_at, r.id))
    gap = truth.cursors("gap", truth.rows[DelegationRow], lambda r: (r.id,))
    halls = sorted({str(each.point_id) for each in visits})
    points = [str(each.id) for each in truth.rows[ServicePointRow]]
    numbers = [each.number for each in truth.rows[TicketRow]]
    batches = [each.number for each in truth.rows[IntakeBatchRow]]
    today = truth.moment.day

    def point(random: Random) -> dict[str, Any]:
        """Mostly a hall in which somebody was."""
        return {"pointId": random.choice(halls if halls and random.random() < 0.8 else points)}

    def day(random: Random, often: float = 0.5) -> Any:
        return day_of(today, random, often)

    return {
        ("Query", "hall"): point,
        ("Query", "visits"): lambda r: {
            **point(r),
            "filter": maybe(
                r,
                given(
                    day=day(r, 0.4),
                    states=maybe(r, ["DONE"], ["GREETED", "TICKETED", "LEFT"], [], often=0.4),
                    number=maybe(r, r.choice([*numbers, "NONE"]), often=0.2),
                ),
            ),
            **page(r, greeted),
        },
        ("Query", "intakeBatch"): lambda r: {"number": r.choice([*batches, "NONE"])},
        ("Query", "intakeBatches"): lambda r: {
            **point(r),
            "closed": maybe(r, True, False),
            **page(r, taken_in),
        },
        ("Hall", "myTickets"): lambda r: given(
            phone=maybe(r, "13800138000", "NONE", ""),
            identityNumber=maybe(r, "11010119000101001X", "NONE", "", often=0.3),
        ),
        ("Hall", "shifts"): lambda r: given(day=day(r)),
        ("Hall", "rotaGaps"): lambda r: given(
            since=day(r),
            **({"days": r.choice([1, 3, 31])} if r.random() < 0.5 else {}),
            **({"kind": r.choice(["GUIDE", "ON_CALL", "REPRESENTATIVE"])} if r.random() < 0.6 else {}),
        ),
        ("Hall", "statistics"): lambda r: given(**in_order(today, day(r), day(r))),
        ("Query", "skillGaps"): lambda r: {**given(onDutyOn=day(r)), **page(r, gap)},
        ("SkillGap", "uncovered"): lambda r: given(on=day(r, 0.7)),
        **{
            ("ServicePoint", name): lambda r: given(at=maybe(r, *MOMENTS, often=0.7))
            for name in ("open", "openProvisional")
        },
        ("ServicePoint", "assessments"): lambda r: given(former=maybe(r, True, False)),
    }
