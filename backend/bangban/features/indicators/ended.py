"""Cases completed in the period, and those past their day now 办结 (DOMAIN A09, A10, B04, B07, C14)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Select, func, literal, select

from bangban.features.cases.attached import done_late, once_done, trips, usually_follows
from bangban.features.cases.clock_sql import has_light
from bangban.features.cases.commitments import kept_commitments
from bangban.features.cases.rules.facts import AFTER_ACCEPTANCE
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import ClockLight, CommitmentKind
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.indicators.scope import Asked, measure, share, told
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.kernel.planner.measures import DAY, quantile, seconds

_NEVER: Final = 2_147_483_647  # as the index on due days has a case without one


def ended(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of cases by when they were completed."""
    return [_done(asked), _overdue(asked), _led_on(asked)]


def _done(asked: Asked) -> Select[Any]:
    case = CaseRow.__table__.alias("done_case")
    row = asked.rows(case.c)
    each = (
        select(
            trips(row).label("trips"),
            once_done(row).label("once"),
            case.c.due_ordinal.is_not(None).label("limited"),
            done_late(row).label("late"),
            *(kept.label(kind.value) for kind, kept in kept_commitments(row).items()),
        )
        .where(asked.within(case.c.completed_at), asked.here(case.c.area_id))
        .subquery()
    )
    c = each.c
    seen = (
        select(
            func.count().label("cases"),
            func.sum(c.trips).label("trips"),
            func.count().filter(c.once).label("once"),
            func.count(c.once).label("once_known"),
            func.count().filter(c.limited).label("limited"),
            func.count().filter(c.limited & ~c.late).label("in_time"),
            *(func.count().filter(c[kind.value]).label(f"{kind.value}_kept") for kind in CommitmentKind),
            *(func.count(c[kind.value]).label(f"{kind.value}_known") for kind in CommitmentKind),
        )
        .select_from(each)
        .subquery()
    )
    kept = [seen.c[f"{kind.value}_kept"] for kind in CommitmentKind]
    known = [seen.c[f"{kind.value}_known"] for kind in CommitmentKind]
    nothing: Any = literal(0, BigInteger())
    return told(
        asked,
        seen,
        share(Key.TRIPS_PER_CASE, seen.c.trips, seen.c.cases),
        share(Key.ONCE_DONE, seen.c.once, seen.c.once_known),
        share(Key.ON_TIME, seen.c.in_time, seen.c.limited),
        *(
            share(Key.COMMITMENTS_KEPT, part, whole, label=kind.value)
            for kind, part, whole in zip(CommitmentKind, kept, known, strict=True)
        ),
        share(Key.COMMITMENT_SCORE, sum(kept, nothing), sum(known, nothing)),
    )


def _overdue(asked: Asked) -> Select[Any]:
    case = CaseRow.__table__.alias("open_case")
    states = sorted(state.value for state in AFTER_ACCEPTANCE)
    # What the index finds: nothing is overdue whose day has not passed, stopped or not.
    passed = func.coalesce(case.c.due_ordinal, _NEVER) < asked.request.bind("next_ordinal", BigInteger())
    seen = (
        select(
            func.count().filter(has_light(asked.rows(case.c), ClockLight.OVERDUE)).label("overdue"),
        )
        .where(case.c.state.in_(states), passed, asked.here(case.c.area_id))
        .subquery()
    )
    return told(asked, seen, measure(Key.OVERDUE, seen.c.overdue))


def _led_on(asked: Asked) -> Select[Any]:
    """From acknowledging what usually follows to applying for it."""
    case, later = CaseRow.__table__.alias("led_case"), CaseRow.__table__.alias("later_case")
    item = ServiceItemRow.__table__.alias("later_item")
    applied = (
        select(func.min(later.c.submitted_at))
        .select_from(later.join(item, item.c.id == later.c.service_item_id))
        .where(
            later.c.resident_id == case.c.resident_id,
            later.c.submitted_at > case.c.next_acknowledged_at,
            usually_follows(item.c.code, case.c.service_item_id),
        )
        .correlate(case)
        .scalar_subquery()
    )
    lead = seconds(case.c.next_acknowledged_at, applied)
    seen = (
        select(quantile(0.5, lead, DAY).label("days"), func.count(lead).label("cases"))
        .where(
            asked.within(case.c.completed_at),
            case.c.next_acknowledged_at.is_not(None),
            asked.here(case.c.area_id),
        )
        .subquery()
    )
    return told(asked, seen, measure(Key.NEXT_STEP_LEAD_DAYS, seen.c.days, whole=seen.c.cases))
