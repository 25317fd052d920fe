"""Batches in the API 集中收件: what was taken in at once, and how much of it is done (DOMAIN A08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any
from typing import cast as cast_to

import strawberry
from sqlalchemy import Integer, case, cast, func, select

from bangban.features.cases.graphql import Case
from bangban.features.cases.tables import CaseRow
from bangban.features.hall.guards import OVERSIGHT_GUARD, window_number
from bangban.features.hall.tables import IntakeBatchCaseRow, IntakeBatchRow
from bangban.features.people.graphql import Staff
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.elements import tables_of
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


def _batch_cases(rows: Rows) -> Pick:
    link = IntakeBatchCaseRow.__table__.alias("batch_link")
    mine = select(link.c.case_id).where(link.c.batch_id == rows.parent.id)
    return Pick(rows.c.id.in_(mine.correlate(*tables_of(rows.parent.id))), (rows.c.number,))


def _of_cases(rows: Rows, measure: Callable[[Any], Any]) -> Any:
    """A measure of the moments at which a batch's cases came to their end."""
    link = IntakeBatchCaseRow.__table__.alias("batch_link")
    matter = CaseRow.__table__.alias("batch_case")
    end = func.coalesce(matter.c.completed_at, matter.c.ended_at)
    return (
        select(measure(end))
        .select_from(link.join(matter, matter.c.id == link.c.case_id))
        .where(link.c.batch_id == rows.c.id)
        .scalar_subquery()
    )


def _ended(rows: Rows) -> Any:
    """When the last of a batch's cases came to its end; null while one is open."""
    return _of_cases(rows, lambda end: case((func.bool_and(end.is_not(None)), func.max(end))))


def _closed(rows: Rows) -> Any:
    return _of_cases(rows, lambda end: cast(func.count(end), Integer()))


@reads(IntakeBatchRow, guard=OVERSIGHT_GUARD)
@strawberry.type(description="Applications of one submitter taken in at once 集中收件.")
class IntakeBatch:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("Number of its one receipt 收件回执编号.")
    size: int = column("How many applications 件数.")
    window: str = column("The window that took it in 窗口号.", window_number)
    collector: Staff = one("Who took it in 收件人.", lambda r: r.c.id == r.parent.collector_id)
    received_at: datetime = column("When 收件时间.")
    due_on: date = column("By when the back office begins with each 后台启动期限.")
    closed_at: datetime | None = column("When the last of its cases was closed 全部办结时间.", _ended)
    closed: int = column("How many of its cases are closed 已办结件数.", _closed)
    cases: list[Case] = many("Its cases 办件.", _batch_cases)


def _batch(
    root: Rows, number: Annotated[str, strawberry.argument(description="Number of the receipt 回执编号.")]
) -> Predicate:
    return root.c.number == number


def _batches(
    root: Rows,
    point_id: Annotated[strawberry.ID, strawberry.argument(description="The service point 服务点.")],
    closed: Annotated[
        bool | None,
        strawberry.argument(
            description="All of its cases closed, or some open; both if left out 是否全部办结."
        ),
    ] = None,
) -> Listing:
    where: list[Predicate] = [root.c.point_id == point_id]
    if closed is not None:
        where.append(_ended(root).is_not(None) == cast_to("Any", closed))
    return Listing(Order("batch", (root.c.received_at, root.c.id), descending=True), tuple(where))


@strawberry.type
class IntakeBatchQuery:
    intake_batch: IntakeBatch | None = one(
        "A batch, by the number of its receipt 集中收件.", _batch, requires=Permission.OVERSIGHT_READ
    )
    intake_batches: Connection[IntakeBatch] = paged(
        "Batches that a point took in, latest first 集中收件列表.",
        _batches,
        requires=Permission.OVERSIGHT_READ,
    )
