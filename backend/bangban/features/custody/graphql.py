"""Custody in the API: what can be read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, func, select, union_all

from bangban.features.areas.graphql import Area
from bangban.features.cases.guard import CASE_GUARD
from bangban.features.cases.tables import CaseMaterialRow, CaseRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.custody.values import CustodyKind
from bangban.features.people.graphql import Staff
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many, one
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows

describe(
    CustodyKind,
    "What happened to papers 材料流转类型.",
    {
        CustodyKind.TAKEN: "Taken from the applicant; the result, from the office 代收.",
        CustodyKind.FORWARDED: "Passed on to a person or a unit 转交.",
        CustodyKind.RETURNED: "Given back to the applicant; the result, delivered 退还或送达.",
    },
)


@reads(CustodyEntryRow)
@strawberry.type(description="Papers that went from one hand to another; never changed 材料流转记录.")
class CustodyEntry:
    at: datetime = column("When 时间.")
    kind: CustodyKind = column("What happened 流转类型.")
    code: str = column("Code of the material; RESULT is what the case results in 材料编码.")
    originals: int = column("How many originals 原件份数.")
    copies: int = column("How many copies 复印件份数.")
    from_staff: Staff | None = one(
        "The person who gave them; null for the applicant or a unit 移交人.",
        lambda r: r.c.id == r.parent.from_staff_id,
    )
    from_area: Area | None = one(
        "The unit that gave them 移交单位.", lambda r: r.c.id == r.parent.from_area_id
    )
    to_staff: Staff | None = one(
        "The person who got them; null for the applicant or a unit 接收人.",
        lambda r: r.c.id == r.parent.to_staff_id,
    )
    to_area: Area | None = one("The unit that got them 接收单位.", lambda r: r.c.id == r.parent.to_area_id)
    by: Staff = one("Who recorded it 记录人.", lambda r: r.c.id == r.parent.by_id)
    note: str | None = column("Anything to add 备注.")


@reads()
@strawberry.type(description="Papers in somebody's hands 在手材料.")
class HeldPapers:
    code: str = column("Code of the material 材料编码.")
    name: str | None = column(
        "Name of the material; null for the result 材料名称.",
        lambda r: r.c.name,
    )
    originals: int = column("How many originals 原件份数.")
    copies: int = column("How many copies 复印件份数.")
    staff: Staff | None = one("The person who has them 持有人.", lambda r: r.c.id == r.parent.staff_id)
    area: Area | None = one("The unit where they stay 存放单位.", lambda r: r.c.id == r.parent.area_id)


def _entries(rows: Rows) -> Pick:
    return Pick(rows.c.case_id == rows.parent.id, (rows.c.id,))


def _held(rows: Rows) -> Pick:
    """What came in less what went out, for each holder and material."""
    came, went = CustodyEntryRow.__table__.alias("came"), CustodyEntryRow.__table__.alias("went")
    material = CaseMaterialRow.__table__.alias("its_material")
    moves = union_all(
        select(
            came.c.case_id,
            came.c.code,
            came.c.to_staff_id.label("staff_id"),
            came.c.to_area_id.label("area_id"),
            came.c.originals,
            came.c.copies,
        ).where(came.c.kind != CustodyKind.RETURNED),
        select(
            went.c.case_id,
            went.c.code,
            went.c.from_staff_id,
            went.c.from_area_id,
            -went.c.originals,
            -went.c.copies,
        ).where(went.c.kind != CustodyKind.TAKEN),
    ).subquery("moves")
    name = select(material.c.name).where(
        material.c.case_id == moves.c.case_id, material.c.code == moves.c.code
    )
    keys = (moves.c.case_id, moves.c.code, moves.c.staff_id, moves.c.area_id)
    originals, copies = func.sum(moves.c.originals), func.sum(moves.c.copies)
    drawn = (
        select(
            *keys,
            name.scalar_subquery().label("name"),
            originals.label("originals"),
            copies.label("copies"),
        )
        .group_by(*keys)
        .having(originals + copies > 0)
        .subquery("held")
    )
    # PostgreSQL asks for the one case inside already, since it is among what is grouped by.
    mine = drawn.c.case_id == rows.parent.id
    return Pick(mine, (drawn.c.code, drawn.c.staff_id, drawn.c.area_id), drawn=drawn)


def _papers_out(rows: Rows) -> ColumnElement[int]:
    return func.coalesce(rows.c.papers_out, 0)


@reads(CaseRow, guard=CASE_GUARD)
@strawberry.type(description="The papers of a case and where they are 办件材料流转.")
class Custody:
    id: strawberry.ID = column("Identifier of the case 办件标识.")
    number: str = column("The case's number 办件编号.")
    papers_out: int = column("How many originals and copies are in people's hands 在途份数.", _papers_out)
    balanced: bool = column(
        "Whether all that was taken is returned or at its final place 是否平衡.",
        lambda r: _papers_out(r) == 0,
    )
    held: list[HeldPapers] = many("Who has what 在手材料.", _held)
    entries: list[CustodyEntry] = many("Everything that was moved, in order 流转记录.", _entries)


def _one_case(
    root: Rows, number: Annotated[str, strawberry.argument(description="The case's number 办件编号.")]
) -> Predicate:
    return root.c.number == number


@strawberry.type
class CustodyQuery:
    custody: Custody | None = one(
        "The papers of one case and where they are 办件材料流转.", _one_case, requires=Permission.CASE_READ
    )
