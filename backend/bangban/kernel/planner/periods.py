"""Days in statements: the period that a question names, and the moments that lie in it where the district is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Time, and_, cast, func, select

from bangban.kernel.planner.fields import Rows
from bangban.kernel.tenancy.tables import ProfileRow


def today(rows: Rows) -> ColumnElement[Any]:
    """The day it is where the district is."""
    return rows.request.bind("today", Date())


def period(rows: Rows, since: Any, until: Any) -> tuple[Any, Any]:
    """The first and the last day: without ``until`` the last is today, without ``since`` that one day is all."""
    last = today(rows) if until is None else until
    return (last if since is None else since), last


def local_day(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day on which it was where the district is. No index on moments helps to find these."""
    return cast(func.timezone(_zone(), moment), Date())


def during(moment: ColumnElement[Any], since: Any, until: Any) -> ColumnElement[bool]:
    """Whether it lies in the days from ``since`` to ``until``, both included. An index on moments finds these."""
    return and_(moment >= midnight(since), moment < midnight(cast(until, Date()) + 1))


def midnight(day: Any) -> ColumnElement[Any]:
    """The moment when a day of the district's begins."""
    return func.timezone(_zone(), cast(day, DateTime(timezone=False)), type_=DateTime(timezone=True))


def local_time(moment: Any) -> ColumnElement[Any]:
    """What the clock showed then where the district is."""
    return cast(func.timezone(_zone(), moment), Time())


def _zone() -> Any:
    profile = ProfileRow.__table__.alias("zone_of")
    return select(profile.c.timezone).scalar_subquery()
