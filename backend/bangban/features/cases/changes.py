"""What a list of cases tells those who watch it."""

from __future__ import annotations

from enum import StrEnum

import strawberry
from sqlalchemy import Text, literal

from bangban.features.cases.graphql import Case
from bangban.features.cases.tables import CaseRow
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, same_row
from bangban.kernel.planner.reads import reads


class CaseChangeKind(StrEnum):
    """What happened to a list of cases 列表变化类型."""

    REFRESH = "REFRESH"
    CHANGED = "CHANGED"
    GONE = "GONE"


describe(
    CaseChangeKind,
    "What happened to a list of cases 列表变化类型.",
    {
        CaseChangeKind.REFRESH: (
            "Query the list now: the first event, and again whenever more than single cases may have changed, such"
            " as the caller's rights, or changes were missed 请重新查询列表."
        ),
        CaseChangeKind.CHANGED: "The list holds this case, new in it or changed 办件进入列表或有变化.",
        CaseChangeKind.GONE: (
            "The list holds this case no longer; to be passed over by whoever did not show it 办件已不在列表中."
        ),
    },
)


# The front ends' stores know a case by its id and their pages show its number, so both come with every case, also with
# one that is gone; of that one nothing else is told, since the caller may not see it any more. The field is not
# called ``id``: stores would take the change for the case.
@reads(CaseRow)
@strawberry.type(description="A change of a list of cases 办件列表变化.")
class CaseChange:
    kind: CaseChangeKind = column(
        "What happened 变化类型.", lambda _: literal(CaseChangeKind.CHANGED.value, Text())
    )
    case_id: strawberry.ID | None = column(
        "Identifier of the case; null with REFRESH 办件标识.", lambda rows: rows.c.id
    )
    number: str | None = column("Number of the case; null with REFRESH 办件编号.")
    case: Case | None = same_row("The case as it is now; null unless CHANGED 变化后的办件.")
