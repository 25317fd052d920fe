"""Recognitions in the API (DOMAIN C18)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from bangban.features.areas.graphql import Area, in_subtree, within_paths
from bangban.features.people.graphql import Staff
from bangban.features.people.team_graphql import Team
from bangban.features.recognitions.tables import RecognitionRow
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.periods import touching
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

describe(
    RecognitionKind,
    "What somebody gave their thanks with 表扬形式.",
    {
        RecognitionKind.BANNER: "A banner 锦旗.",
        RecognitionKind.LETTER: "A letter of thanks 感谢信.",
        RecognitionKind.PRAISE: "Praise in words 口头表扬.",
    },
)


@reads(
    RecognitionRow,
    guard=Guard(Permission.RECOGNITION_READ, within=lambda c, paths: within_paths(c.area_id, paths)),
)
@strawberry.type(description="A banner, a letter or praise; counted, and of no influence 锦旗、感谢信.")
class Recognition:
    id: strawberry.ID = column("Identifier 标识.")
    kind: RecognitionKind = column("What it is 形式.")
    on: date = column("On which day 日期.", lambda r: r.c.on_date)
    giver: str = column("Who gave it, masked 赠予人(脱敏).", lambda r: r.c.giver_masked)
    staff: Staff | None = one("For this person 受表扬人员.", lambda r: r.c.id == r.parent.staff_id)
    team: Team | None = one("For this team 受表扬队伍.", lambda r: r.c.id == r.parent.team_id)
    area: Area = one("Where it counts 区域.", lambda r: r.c.id == r.parent.area_id)


@strawberry.input(description="Which recognitions to list 锦旗感谢信筛选条件.")
class RecognitionFilter:
    kind: RecognitionKind | None = strawberry.field(default=None, description="Of this kind 形式.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this area's subtree 区域(含下级)."
    )
    staff_id: strawberry.ID | None = strawberry.field(default=None, description="For this person 人员.")
    team_id: strawberry.ID | None = strawberry.field(default=None, description="For this team 队伍.")
    since: date | None = strawberry.field(default=None, description="From this day on 起始日期.")
    until: date | None = strawberry.field(default=None, description="Until this day 截止日期.")


def _recognitions(
    root: Rows,
    filter: Annotated[  # noqa: A002 - the API's usual name
        RecognitionFilter | None, strawberry.argument(description="Which ones 筛选条件.")
    ] = None,
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.kind is not None:
            where.append(root.c.kind == filter.kind)
        if filter.area_id is not None:
            where.append(in_subtree(root.c.area_id, filter.area_id))
        if filter.staff_id is not None:
            where.append(root.c.staff_id == filter.staff_id)
        if filter.team_id is not None:
            where.append(root.c.team_id == filter.team_id)
        where += touching(root, filter.since, filter.until, first=root.c.on_date)
    return Listing(Order("given", (root.c.on_date, root.c.id), descending=True), tuple(where))


@strawberry.type
class RecognitionQuery:
    recognitions: Connection[Recognition] = paged(
        "Banners, letters of thanks and praise, latest first 锦旗感谢信列表.",
        _recognitions,
        requires=Permission.RECOGNITION_READ,
    )
