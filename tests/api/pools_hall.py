"""Arguments for halls, for moments, and for what stands at points. See ``pools``."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.api.drawing import Pools
from tests.api.pools import given, maybe, page
from tests.api.truth import Truth

from bangban.features.hall.tables import IntakeBatchRow, TicketRow, VisitRow
from bangban.features.places.tables import ServicePointRow

MOMENTS = (
    "2026-11-28T10:00:00+08:00",  # a Saturday
    "2026-11-23T09:00:00+08:00",  # a point opens
    "2026-11-23T12:00:00+08:00",  # and closes
    "2026-11-23T11:59:59+08:00",
    "2026-10-01T10:00:00+08:00",  # a holiday
    "2026-02-14T02:30:00Z",  # a Saturday that is worked
    "2099-01-01T00:00:00Z",
)


def pools_hall(truth: Truth) -> Pools:
    """Arguments that find something, and some that do not."""
    visits = truth.rows[VisitRow]
    greeted = truth.cursors("greeted", visits[:100], lambda r: (r.greeted_at, r.id))
    halls = sorted({str(each.point_id) for each in visits})
    points = [str(each.id) for each in truth.rows[ServicePointRow]]
    numbers = [each.number for each in truth.rows[TicketRow]]
    batches = [each.number for each in truth.rows[IntakeBatchRow]]
    today = truth.moment.day

    def point(random: Random) -> dict[str, Any]:
        """Mostly a hall in which somebody was."""
        return {"pointId": random.choice(halls if halls and random.random() < 0.8 else points)}

    def day(random: Random, often: float = 0.5) -> Any:
        near = [today + timedelta(days=each) for each in (-3, -2, -1, 0, 1, 6)]
        return maybe(random, *map(str, [*near, date(2019, 12, 31), date(9999, 12, 30)]), often=often)

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
        ("Hall", "shifts"): lambda r: given(day=day(r)),
        ("Hall", "rotaGaps"): lambda r: given(
            since=day(r),
            **({"days": r.choice([-1, 1, 3, 40])} if r.random() < 0.5 else {}),
            **({"kind": r.choice(["GUIDE", "ON_CALL", "REPRESENTATIVE"])} if r.random() < 0.6 else {}),
        ),
        ("Hall", "statistics"): lambda r: given(since=day(r), until=day(r)),
        ("ServicePoint", "open"): lambda r: given(at=maybe(r, *MOMENTS, often=0.7)),
        ("ServicePoint", "assessments"): lambda r: given(former=maybe(r, True, False)),
    }
