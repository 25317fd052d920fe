"""用印记录 in the API: which results went out under the district's one seal, by its numbers (DOMAIN A09)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import select

from bangban.features.areas.graphql import within_paths
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Columns, Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows


def _called(*path: str) -> Any:
    """What the seal was called when it was used."""
    return lambda rows: rows.c.seal[path].astext


def _case_number(rows: Rows) -> Any:
    of = CaseRow.__table__.alias("sealed_case")
    return select(of.c.number).where(of.c.id == rows.c.case_id).scalar_subquery()


@reads(CaseEventRow)
@strawberry.type(description="A result that went out under the district's one seal 用印记录.")
class SealUse:
    year: int = column("Year of the number 年份.", lambda r: r.c.seal_year)
    number: int = column(
        "Its place among the results of that year, without a gap 用印序号.", lambda r: r.c.seal_number
    )
    name: str = column("What the seal was called then 印章名称.", _called("name", "zh"))
    name_en: str = column("The same in English 印章英文名称.", _called("name", "en"))
    keeper: str | None = column("The unit that kept it then 保管单位.", _called("keeper", "zh"))
    keeper_en: str | None = column("The same in English 保管单位英文名称.", _called("keeper", "en"))
    at: datetime = column("When it was used 用印时间.")
    actor: str | None = column("Who completed the case 经办人.")
    case_number: str = column("The case whose result it is 办件编号.", _case_number)


def _within(columns: Columns, paths: Any) -> Predicate:
    case = CaseRow.__table__.alias("audited_case")
    return cast(
        "Predicate", columns.case_id.in_(select(case.c.id).where(within_paths(case.c.area_id, paths)))
    )


def _uses(
    root: Rows,
    year: Annotated[int | None, strawberry.argument(description="Of this year 年份.")] = None,
    number: Annotated[int | None, strawberry.argument(description="With this number 用印序号.")] = None,
) -> Listing:
    where: list[Predicate] = [root.c.seal_number.is_not(None)]
    if year is not None:
        where.append(root.c.seal_year == year)
    if number is not None:
        where.append(root.c.seal_number == number)
    order = Order("seal", (root.c.seal_year, root.c.seal_number), descending=True)
    return Listing(order, tuple(where))


@strawberry.type
class SealQuery:
    seal_uses: Connection[SealUse] = paged(
        "Results under the district's one seal, the latest first 用印记录列表.",
        _uses,
        guard=Guard(Permission.AUDIT_READ, within=_within),
    )
