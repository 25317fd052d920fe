"""What a visitor has to bring, in the API: papers as they were found, and the one notice of what is missing."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from sqlalchemy import Text, cast, null

from bangban.features.cases.enums import NoticeChannel
from bangban.features.hall import enums as described  # noqa: F401 - it describes the value lists
from bangban.features.hall.values import PaperState
from bangban.features.people.graphql import Staff
from bangban.features.places.graphql import ServicePoint
from bangban.kernel.planner.elements import elements, in_place, value
from bangban.kernel.planner.fields import column, many, one
from bangban.kernel.planner.reads import reads


@strawberry.type(description="A required paper as the guide found it 材料预检.")
class CheckedPaper:
    code: str = column("Code of the material 材料编码.", value("code"))
    name: str = column("Name 材料名称.", value("name"))
    state: PaperState = column("What was found 预检结果.", value("state"))
    note: str | None = column(
        "What is wrong with it; not for auditors 说明.",
        value("note"),
        auditor=lambda _: cast(null(), Text()),
    )


@reads()
@strawberry.type(description="What a visitor was told to be missing, once 到访一次性告知.")
class VisitNotice:
    missing: list[CheckedPaper] | None = many(
        "The papers it names, as they were found; null for early ones and once forgotten 缺少的材料.",
        in_place,
        rows=lambda r, name: elements(r.parent.told_papers, name),
        when=lambda r: r.c.told_papers.is_not(None),
    )
    issued_at: datetime = column("When it was given 告知时间.", lambda r: r.c.told_at)
    issued_by: Staff | None = one("Who told it 告知人.", lambda r: r.c.id == r.parent.told_by)
    deadline: date | None = column("Last day to bring them 补正期限.", lambda r: r.c.told_until)
    channel: NoticeChannel | None = column(
        "How it was given; null for early ones 告知方式.", lambda r: r.c.told_channel
    )
    how: str | None = column("How to bring what is missing 补正方式.", lambda r: r.c.told_how)
    where: ServicePoint | None = one(
        "Where to bring it 补正地点.", lambda r: r.c.id == r.parent.told_where_id
    )
    acknowledged_at: datetime | None = column(
        "When the visitor signed for it 签收时间.", lambda r: r.c.told_signed_at
    )
    acknowledged_to: Staff | None = one(
        "Who saw the signature 签收经办人.", lambda r: r.c.id == r.parent.told_signed_to
    )
