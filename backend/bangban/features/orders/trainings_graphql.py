"""Trainings and coachings in the API: what was held, who attended, and who passed its test (DOMAIN F01, K01, K07)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import any_, exists, func, select

from bangban.features.areas.graphql import in_subtree, within_paths
from bangban.features.orders.enums import TrainingKind
from bangban.features.people.graphql import Staff
from bangban.features.people.tables import AssignmentRow, TrainingRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.periods import touching
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


def _by_somebody(columns: Any, posted: Any) -> Predicate:
    """Whether somebody who attended holds, held or will hold a post where ``posted`` says so of its area."""
    held = AssignmentRow.__table__.alias("attendee_post")
    return exists(select(held.c.id)).where(held.c.staff_id == any_(columns.attendees), posted(held.c.area_id))


@reads(
    TrainingRow,
    guard=Guard(
        Permission.SKILL_MANAGE,
        within=lambda c, paths: _by_somebody(c, lambda area_id: within_paths(area_id, paths)),
    ),
)
@strawberry.type(description="A training or a coaching that was held 培训或辅导.")
class Training:
    id: strawberry.ID = column("Identifier 标识.")
    title: str = column("What it was 培训名称.")
    held_on: date = column("When 培训日期.")
    trainer: str = column("By whom 讲师.")
    services: list[str] = column("Codes of the matters it was on 事项编码.")
    attended: int = column(
        "How many attended; of a coaching, how many coached 参训人数.",
        lambda r: func.cardinality(r.c.attendees),
    )
    attendees: list[Staff] = many(
        "Who attended; of a coaching, who coached 参训人员.",
        lambda r: Pick(r.c.id == any_(r.parent.attendees), (r.c.id,)),
    )
    passed: int | None = column(
        "How many passed its test; null where there was none 测验合格人数.",
        lambda r: func.cardinality(r.c.passed),
    )
    passed_by: list[Staff] = many(
        "Who passed its test; nobody where there was none 测验合格人员.",
        lambda r: Pick(r.c.id == any_(r.parent.passed), (r.c.id,)),
    )
    kind: TrainingKind = column(
        "A training, or a coaching 类型.", lambda r: func.coalesce(r.c.kind, TrainingKind.TRAINING.value)
    )
    served: int | None = column("How many people were coached; null for a training 辅导人数.")


@strawberry.input(description="Which trainings to list 培训筛选条件.")
class TrainingFilter:
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Attended by somebody posted in this area's subtree 区域(含下级)."
    )
    staff_id: strawberry.ID | None = strawberry.field(
        default=None, description="Attended by this person 人员."
    )
    kind: TrainingKind | None = strawberry.field(default=None, description="Of this kind 类型.")
    since: date | None = strawberry.field(default=None, description="From this day on 起始日期.")
    until: date | None = strawberry.field(default=None, description="Until this day 截止日期.")


def _trainings(
    root: Rows,
    filter: Annotated[  # noqa: A002 - the API's usual name
        TrainingFilter | None, strawberry.argument(description="Which ones 筛选条件.")
    ] = None,
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        wanted = filter.area_id
        if wanted is not None:
            where.append(_by_somebody(root.c, lambda area_id: in_subtree(area_id, wanted)))
        if filter.staff_id is not None:
            where.append(filter.staff_id == any_(root.c.attendees))
        if filter.kind is not None:
            where.append(func.coalesce(root.c.kind, TrainingKind.TRAINING.value) == filter.kind)
        where += touching(root, filter.since, filter.until, first=root.c.held_on)
    return Listing(Order("training", (root.c.held_on, root.c.id), descending=True), tuple(where))


@strawberry.type
class TrainingQuery:
    trainings: Connection[Training] = paged(
        "Trainings and coachings, latest first 培训与辅导列表.", _trainings, requires=Permission.SKILL_MANAGE
    )
