"""What a hall is measured by 大厅统计 (DOMAIN A01–A05, A07): exact counts and quantiles of a period, in one statement.

Time in the hall is that of visits that were done, from coming in, else from the greeting, until leaving: whoever
left undone, or was still there at midnight, says nothing about how quickly a matter is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    cast,
    func,
    literal,
    null,
    select,
    true,
)

from bangban.features.hall.guards import OVERSIGHT_GUARD
from bangban.features.hall.measured_sql import (
    greeted_around,
    guiding,
    in_hall,
    is_done,
    overtime_minutes,
    to_clear,
    to_contact,
    waited,
    worked,
)
from bangban.features.hall.queue_sql import number_set
from bangban.features.hall.settings import USUAL
from bangban.features.hall.tables import GuideShiftRow, HallAlertRow, OvertimeRow, TicketRow, VisitRow
from bangban.features.hall.values import TicketState
from bangban.kernel.planner.fields import column
from bangban.kernel.planner.measures import HOUR, MINUTE, SECOND, quantile
from bangban.kernel.planner.periods import period
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows


def _of(table: Any, rows: Rows) -> list[Predicate]:
    """Whether a row is of the point and period at hand."""
    return [table.c.point_id == rows.c.point_id, table.c.day >= rows.c.since, table.c.day <= rows.c.until]


def _visits(measure: Callable[[Any], Any], *where: Callable[[Any], Predicate]) -> Callable[[Rows], Any]:
    """A measure of the period's visits."""

    def made(rows: Rows) -> Any:
        visit = VisitRow.__table__.alias("measured_visit")
        asked = [each(visit.c) for each in where]
        ours = (*_of(visit, rows), greeted_around(visit.c, rows.c.since, rows.c.until))
        return select(measure(visit.c)).select_from(visit).where(*ours, *asked).scalar_subquery()

    return made


def _tickets(measure: Callable[[Any], Any], *where: Callable[[Any], Predicate]) -> Callable[[Rows], Any]:
    """A measure of the period's tickets."""

    def made(rows: Rows) -> Any:
        ticket = TicketRow.__table__.alias("measured_ticket")
        asked = [each(ticket.c) for each in where]
        return (
            select(measure(ticket.c)).select_from(ticket).where(*_of(ticket, rows), *asked).scalar_subquery()
        )

    return made


def _target(_: Rows) -> ColumnElement[int]:
    return number_set("target_minutes", usual=USUAL.target_minutes)


def _within_target(rows: Rows) -> Any:
    return _visits(
        lambda _: func.count(),
        is_done,
        lambda visit: in_hall(visit) < _target(rows) * literal(MINUTE, Double()),
    )(rows)


def _share(part: Any, whole: Any) -> ColumnElement[float]:
    return cast(cast(part, Double()) / func.nullif(whole, 0), Double())


def _guide_seconds(rows: Rows) -> Any:
    """Seconds of guides at the desk in the period, as far as they are over."""
    shift = GuideShiftRow.__table__.alias("measured_shift")
    now = rows.request.bind("now", shift.c.begins_at.type)
    return (
        select(func.coalesce(func.sum(worked(shift.c, now)), literal(0.0, Double())))
        .select_from(shift)
        .where(*_of(shift, rows), guiding(shift.c, now))
        .scalar_subquery()
    )


_COUNT: Callable[[Any], Any] = lambda _: func.count()  # noqa: E731 - a measure like the others
_all = _visits(_COUNT)
_finished = _visits(_COUNT, is_done)
_greeted_by_guides = _visits(_COUNT, lambda visit: visit.guide_id.is_not(None))


def _wait(*where: Callable[[Any], Predicate]) -> Callable[[Rows], Any]:
    """Median minutes from taking a place in the queue to being served."""
    return _tickets(
        lambda ticket: quantile(0.5, waited(ticket), MINUTE),
        lambda ticket: ticket.served_from.is_not(None),
        *where,
    )


def _overtime(rows: Rows) -> Any:
    overtime, ticket = (
        OvertimeRow.__table__.alias("measured_overtime"),
        TicketRow.__table__.alias("late_ticket"),
    )
    return (
        select(cast(func.coalesce(func.sum(overtime_minutes(ticket.c, overtime.c)), 0), BigInteger()))
        .select_from(ticket.outerjoin(overtime, overtime.c.ticket_id == ticket.c.id))
        .where(*_of(ticket, rows))
        .scalar_subquery()
    )


def _alerts(measure: Callable[[Any], Any]) -> Callable[[Rows], Any]:
    def made(rows: Rows) -> Any:
        alert = HallAlertRow.__table__.alias("measured_alert")
        return select(measure(alert.c)).select_from(alert).where(*_of(alert, rows)).scalar_subquery()

    return made


@reads(guard=OVERSIGHT_GUARD)
@strawberry.type(description="What a hall is measured by, of some days 大厅统计.")
class HallStatistics:
    since: date = column("First day 起始日期.")
    until: date = column("Last day 截止日期.")
    visits: int = column("Visits 到访数.", _all)
    finished: int = column("Those that were done 办完数.", _finished)
    median_minutes: float | None = column(
        "Median of the minutes in the hall of those that were done 在厅时长中位数.",
        _visits(lambda visit: quantile(0.5, in_hall(visit), MINUTE), is_done),
    )
    ninetieth_minutes: float | None = column(
        "Minutes in the hall that nine of ten of them stay below, interpolated 在厅时长九成位.",
        _visits(lambda visit: quantile(0.9, in_hall(visit), MINUTE), is_done),
    )
    target_minutes: int = column("Minutes that the district aims at 目标分钟数.", _target)
    within_target: int = column("How many were done in less 达标数.", _within_target)
    within_target_share: float | None = column(
        "Their share of those that were done 达标率.", lambda r: _share(_within_target(r), _finished(r))
    )
    guide_minutes: int = column(
        "Minutes of guides on the rota, as far as they are over 导办值班分钟数.",
        lambda r: cast(func.floor(_guide_seconds(r) / literal(MINUTE, Double())), BigInteger()),
    )
    visits_per_guide_hour: float | None = column(
        "Visits that guides greeted for each hour of a guide 每导办小时接待数.",
        lambda r: _share(_greeted_by_guides(r), _guide_seconds(r) / literal(HOUR, Double())),
    )
    median_contact_seconds: float | None = column(
        "Median of the seconds from coming in to the greeting, where coming in was noticed 首次接待用时中位数(秒).",
        _visits(
            lambda visit: quantile(0.5, to_contact(visit), SECOND),
            lambda visit: visit.arrived_at.is_not(None),
        ),
    )
    median_wait_minutes: float | None = column(
        "Median of the minutes from the number to being served 等候时长中位数.", _wait()
    )
    median_wait_minutes_of_priority: float | None = column(
        "The same of those who are looked after first, as long as visits are remembered; not for auditors "
        "优先服务等候时长中位数.",
        _wait(lambda ticket: ticket.priority > 0),
        auditor=lambda _: cast(null(), Double()),
    )
    no_shows: int = column(
        "Tickets whose holder did not come 过号数.",
        _tickets(_COUNT, lambda ticket: ticket.state == TicketState.NO_SHOW.value),
    )
    transferred: int = column(
        "Tickets of another queue than it turned out to be for 转窗数.",
        _tickets(_COUNT, lambda ticket: ticket.state == TicketState.TRANSFERRED.value),
    )
    overtime_minutes: int = column(
        "Minutes that windows served outside the opening hours 延时服务分钟数.", _overtime
    )
    alerts: int = column("Crowds 拥堵次数.", _alerts(_COUNT))
    median_minutes_to_clear: float | None = column(
        "Median of the minutes until crowds were over 疏导用时中位数.",
        _alerts(lambda alert: quantile(0.5, to_clear(alert), MINUTE)),
    )


def hall_statistics(
    rows: Rows,
    since: Annotated[
        date | None, strawberry.argument(description="First day; the last one if left out 起始日期.")
    ] = None,
    until: Annotated[
        date | None, strawberry.argument(description="Last day; today if left out 截止日期.")
    ] = None,
) -> Pick:
    """The measures of the point at hand: one row, made of no table."""
    first, last = period(rows, since, until)
    drawn = (
        select(
            rows.parent.id.label("point_id"),
            first.label("since"),
            last.label("until"),
        )
        .correlate(rows.parent.id.table)
        .subquery("measured")
    )
    return Pick(true(), drawn=drawn)
