"""Days in statements: the period that a question names, and the moments that lie in it where the district is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Time, and_, cast, func, select

from bangban.kernel.planner.judged import Usual
from bangban.kernel.planner.sources import Rows
from bangban.kernel.tenancy.tables import ProfileRow


def today(rows: Rows) -> ColumnElement[Any]:
    """The day it is where the district is."""
    return rows.request.bind("today", Date())


def period(rows: Rows, since: Any, until: Any) -> tuple[Any, Any]:
    """The first and the last day: without ``until`` the last is today, without ``since`` that one day is all.

    Whoever asks for a last day before the first is refused (OutOfOrder).
    """
    if since is None:
        last = today(rows) if until is None else until
        return last, last
    return rows.request.in_order(since, until, Usual.UNTIL)


def bounds(rows: Rows, since: Any, until: Any, usual: Usual = Usual.NEITHER) -> tuple[Any, Any]:
    """Both as they are given, in order (OutOfOrder), or None; the ``usual`` one is today where it is left out."""
    if since is None and until is None:
        now = today(rows)
        return (now if usual is Usual.SINCE else None), (now if usual is Usual.UNTIL else None)
    return rows.request.in_order(since, until, usual)


def touching(
    rows: Rows, since: Any, until: Any, *, first: Any, last: Any = None
) -> list[ColumnElement[bool]]:
    """What a list asks of rows that last from ``first`` to ``last``, or that one day: to touch the days that are said.

    As ``bounds`` it refuses a last day before the first.
    """
    begins, ends = bounds(rows, since, until)
    where: list[ColumnElement[bool]] = []
    if begins is not None:
        where.append((first if last is None else last) >= begins)
    if ends is not None:
        where.append(first <= ends)
    return where


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
