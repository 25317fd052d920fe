"""What terminals and the hours outside office hours are measured by 自助与延时服务 (DOMAIN F02)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Select,
    Time,
    any_,
    cast,
    func,
    or_,
    select,
    union_all,
)

from bangban.features.cases.rules.assistance import SETTING, USUAL_HOURS
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.values import Channel
from bangban.features.hall.tables import TicketRow
from bangban.features.indicators.scope import Asked, measure, share, told
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.places.graphql import uptime
from bangban.features.places.tables import TerminalRow
from bangban.kernel.planner.periods import local_day, local_time
from bangban.kernel.tenancy.tables import ProfileRow


def self_service(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of terminals, and of hours at which no office is open."""
    return [_terminals(asked), _off_hours(asked)]


def _terminals(asked: Asked) -> Select[Any]:
    terminal = TerminalRow.__table__.alias("counted_terminal")
    point, here = asked.at_points("terminal_point")
    working = (
        select(func.avg(uptime(asked.rows(terminal.c))).label("uptime"), func.count().label("terminals"))
        .select_from(terminal.join(point, point.c.id == terminal.c.point_id))
        .where(here)
        .subquery()
    )
    return told(asked, working, measure(Key.TERMINAL_UPTIME, working.c.uptime, whole=working.c.terminals))


def _off_hours(asked: Asked) -> Select[Any]:
    used = _self_service(asked)
    begins, ends = (_office_hour(place) for place in (1, 2))
    closed = or_(
        local_day(used.c.at) == any_(asked.period.days_off),
        local_time(used.c.at) < begins,
        local_time(used.c.at) >= ends,
    )
    use = (
        select(func.count().filter(closed).label("off_hours"), func.count().label("uses"))
        .select_from(used)
        .subquery()
    )
    return told(asked, use, share(Key.OFF_HOURS_USE, use.c.off_hours, use.c.uses))


def _self_service(asked: Asked) -> Any:
    """Moments at which somebody used a terminal: took a number nobody gave, or applied there."""
    ticket, case = TicketRow.__table__.alias("own_ticket"), CaseRow.__table__.alias("own_case")
    point, here = asked.at_points("own_point")
    numbers = (
        select(ticket.c.issued_at.label("at"))
        .select_from(ticket.join(point, point.c.id == ticket.c.point_id))
        .where(asked.on(ticket.c.day), ticket.c.issued_by.is_(None), here)
    )
    applied = select(case.c.submitted_at.label("at")).where(
        asked.within(case.c.submitted_at),
        case.c.channel == Channel.TERMINAL.value,
        asked.here(case.c.area_id),
    )
    return union_all(numbers, applied).subquery()


def _office_hour(place: int) -> Any:
    """The first or the second of the district's office hours."""
    profile = ProfileRow.__table__.alias(f"office_{place}")
    said = select(profile.c.settings[SETTING]["office_hours"].astext).scalar_subquery()
    return cast(func.split_part(func.coalesce(said, USUAL_HOURS), "-", place), Time())
