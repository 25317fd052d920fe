"""What halls are measured by 大厅 (DOMAIN A01, A02, A05–A08, A11, B02, G12); HallStatistics tells it of one point."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Double, Select, and_, case, cast, func, literal, select

from bangban.features.cases.tables import NoticeRow
from bangban.features.hall.measured_sql import (
    greeted_around,
    guiding,
    in_hall,
    is_done,
    overtime_minutes,
    to_clear,
    to_contact,
    worked,
)
from bangban.features.hall.queue_sql import number_set
from bangban.features.hall.representatives import decisions
from bangban.features.hall.settings import USUAL
from bangban.features.hall.tables import (
    GuideShiftRow,
    HallAlertRow,
    IntakeBatchCaseRow,
    IntakeBatchRow,
    OvertimeRow,
    TicketRow,
    VisitRow,
)
from bangban.features.hall.values import OvertimeOutcome, ShiftKind, VisitState
from bangban.features.indicators.scope import Asked, count, measure, share, told, unknown
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.places.values import PointKind
from bangban.kernel.planner.measures import HOUR, MINUTE, SECOND, quantile


def hall(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured at halls."""
    return [
        _visits(asked),
        _sent_away(asked),
        _crowds(asked),
        _overtime(asked),
        _batches(asked),
        _field_points(asked),
        _representatives(asked),
    ]


def _come(asked: Asked, name: str) -> tuple[Any, Any, Any]:
    """Visits of the period at points that count: the table, the FROM, the condition."""
    visit = VisitRow.__table__.alias(name)
    point, here = asked.at_points(f"{name}_point")
    days = and_(asked.on(visit.c.day), greeted_around(visit.c, asked.period.since, asked.period.until), here)
    return visit, visit.join(point, point.c.id == visit.c.point_id), days


def _visits(asked: Asked) -> Select[Any]:
    visit, source, ours = _come(asked, "counted_visit")
    shift = GuideShiftRow.__table__.alias("counted_shift")
    point, here = asked.at_points("guided_point")
    target = number_set("target_minutes", usual=USUAL.target_minutes) * literal(MINUTE, Double())
    done = is_done(visit.c)
    seen = (
        select(
            func.count().filter(visit.c.guide_id.is_not(None)).label("greeted"),
            quantile(0.5, to_contact(visit.c), SECOND).label("contact"),
            quantile(0.5, case((done, in_hall(visit.c))), MINUTE).label("median"),
            quantile(0.9, case((done, in_hall(visit.c))), MINUTE).label("ninetieth"),
            func.count().filter(done).label("done"),
            func.count().filter(and_(done, in_hall(visit.c) < target)).label("quick"),
            func.count().filter(visit.c.state == VisitState.REDIRECTED.value).label("redirected"),
        )
        .select_from(source)
        .where(ours)
        .subquery()
    )
    guided = (
        select(func.sum(worked(shift.c, asked.now)).label("seconds"))
        .select_from(shift.join(point, point.c.id == shift.c.point_id))
        .where(asked.on(shift.c.day), guiding(shift.c, asked.now), here)
        .subquery()
    )
    hours: Any = select(guided.c.seconds / literal(HOUR, Double())).scalar_subquery()
    return told(
        asked,
        seen,
        measure(Key.VISITS_PER_GUIDE_HOUR, seen.c.greeted / func.nullif(hours, 0), part=seen.c.greeted),
        measure(Key.CONTACT_SECONDS, seen.c.contact),
        measure(Key.HALL_MINUTES_MEDIAN, seen.c.median),
        measure(Key.HALL_MINUTES_NINETIETH, seen.c.ninetieth),
        share(Key.HALL_ON_TARGET, seen.c.quick, seen.c.done),
        count(Key.EXTERNAL_BOUNCES, seen.c.redirected),
    )


def _sent_away(asked: Asked) -> Select[Any]:
    """Visitors who are known, and auditors are not told who is: so they cannot tell who came back either."""
    if asked.audit:
        return unknown(asked, Key.SENT_AWAY_ONCE)
    visit, source, ours = _come(asked, "told_visit")
    each = (
        select(func.count().label("times"))
        .select_from(source)
        .where(ours, visit.c.told_at.is_not(None), visit.c.visitor_hash.is_not(None))
        .group_by(visit.c.visitor_hash, visit.c.service_item_id)
        .subquery()
    )
    seen = select(
        func.count().filter(each.c.times == 1).label("once"), func.count().label("visitors")
    ).select_from(each)
    counted = seen.subquery()
    return told(asked, counted, share(Key.SENT_AWAY_ONCE, counted.c.once, counted.c.visitors))


def _crowds(asked: Asked) -> Select[Any]:
    alert = HallAlertRow.__table__.alias("counted_alert")
    point, here = asked.at_points("crowded_point")
    seen = (
        select(func.count().label("alerts"), quantile(0.5, to_clear(alert.c), MINUTE).label("clear"))
        .select_from(alert.join(point, point.c.id == alert.c.point_id))
        .where(asked.on(alert.c.day), here)
        .subquery()
    )
    return told(
        asked,
        seen,
        count(Key.CROWD_ALERTS, seen.c.alerts),
        measure(Key.CROWD_CLEAR_MINUTES, seen.c.clear),
    )


def _overtime(asked: Asked) -> Select[Any]:
    overtime, ticket = OvertimeRow.__table__.alias("counted_overtime"), TicketRow.__table__.alias("late_one")
    point, here = asked.at_points("late_point")
    spared = and_(
        overtime.c.outcome == OvertimeOutcome.DONE.value, overtime.c.ended_at > overtime.c.starts_at
    )
    seen = (
        select(
            cast(func.sum(overtime_minutes(ticket.c, overtime.c)), BigInteger()).label("minutes"),
            func.count().filter(spared).label("spared"),
        )
        .select_from(
            ticket.join(point, point.c.id == ticket.c.point_id).outerjoin(
                overtime, overtime.c.ticket_id == ticket.c.id
            )
        )
        .where(asked.on(ticket.c.day), here)
        .subquery()
    )
    return told(
        asked,
        seen,
        count(Key.OVERTIME_MINUTES, seen.c.minutes),
        count(Key.SECOND_TRIPS_AVOIDED, seen.c.spared),
    )


def _batches(asked: Asked) -> Select[Any]:
    batch, member = (
        IntakeBatchRow.__table__.alias("counted_batch"),
        IntakeBatchCaseRow.__table__.alias("piece"),
    )
    notice = NoticeRow.__table__.alias("noticed")
    point, here = asked.at_points("batch_point")
    missing = select(notice.c.id).where(notice.c.case_id == member.c.case_id).correlate(member).exists()
    seen = (
        select(
            func.count(batch.c.id.distinct()).label("batches"),
            func.count().label("pieces"),
            func.count().filter(missing).label("faulty"),
        )
        .select_from(
            batch.join(point, point.c.id == batch.c.point_id).join(member, member.c.batch_id == batch.c.id)
        )
        .where(asked.within(batch.c.received_at), here)
        .subquery()
    )
    return told(
        asked,
        seen,
        share(Key.BATCH_SIZE, seen.c.pieces, seen.c.batches),
        share(Key.BATCH_FAULTY, seen.c.faulty, seen.c.pieces),
    )


def _field_points(asked: Asked) -> Select[Any]:
    visit = VisitRow.__table__.alias("field_visit")
    point, here = asked.at_points("field_point")
    near = greeted_around(visit.c, asked.period.since, asked.period.until)
    seen = (
        select(point.c.key, func.count().label("visits"))
        .select_from(visit.join(point, point.c.id == visit.c.point_id))
        .where(point.c.kind == PointKind.FIELD.value, asked.on(visit.c.day), near, here)
        .group_by(point.c.key)
        .subquery()
    )
    return told(asked, seen, count(Key.FIELD_VISITS, seen.c.visits, label=seen.c.key))


def _representatives(asked: Asked) -> Select[Any]:
    shift = GuideShiftRow.__table__.alias("deciding_shift")
    point, here = asked.at_points("decided_point")
    turns = (
        select(decisions(asked.rows(shift.c)).label("decided"))
        .select_from(shift.join(point, point.c.id == shift.c.point_id))
        .where(
            asked.on(shift.c.day),
            shift.c.kind == ShiftKind.REPRESENTATIVE.value,
            shift.c.cancelled_at.is_(None),
            here,
        )
        .subquery()
    )
    seen = select(func.sum(turns.c.decided).label("decided")).select_from(turns).subquery()
    return told(asked, seen, count(Key.ON_SPOT_DECISIONS, seen.c.decided))
