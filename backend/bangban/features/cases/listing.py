"""One case, and lists of cases, in the API: how they are narrowed, searched and ordered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import (
    LargeBinary,
    Text,
    and_,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.graphql import areas_under, containing
from bangban.features.cases import clock_sql
from bangban.features.cases.enums import (
    CaseOrder,
    CaseState,
    ClockLight,
)
from bangban.features.cases.graphql import Case
from bangban.features.cases.guard import own_cases, ways_to_own
from bangban.features.catalog.tables import ServiceItemRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate
from bangban.kernel.planner.sources import Each, Listing, Order, Rows, Way

# Sorts after every real ordinal, so that cases without a due day come last.
_NEVER_DUE = 2_147_483_647


@strawberry.input(description="Which cases to list 办件筛选条件.")
class CaseFilter:
    states: list[CaseState] | None = strawberry.field(
        default=None, description="In one of these states 状态."
    )
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this area's subtree 区域(含下级)."
    )
    service_code: str | None = strawberry.field(default=None, description="Of this matter 事项编码.")
    mine: bool | None = strawberry.field(
        default=None, description="That the caller holds, or applied for 与我有关."
    )
    light: ClockLight | None = strawberry.field(default=None, description="Showing this light 亮灯.")
    search: str | None = strawberry.field(
        default=None, description="Number, part of a name, or a whole identity number or phone 查询词."
    )


def _letters(words: Any) -> Any:
    """The single letters of a text: an index has them, since trigrams find nothing inside two or three letters."""
    return func.string_to_array(func.lower(words), null(), type_=ARRAY(Text()))


def searched(rows: Rows, search: Any, hashed: Callable[[str], Any]) -> Predicate:
    """Whether the words find a case. ``hashed`` gives them put through the derivation of this name."""
    by_number = rows.c.number == search
    if rows.request.principal_kind == "AUDITOR":
        return by_number  # auditors' role has no names to search
    return or_(
        by_number,
        and_(
            _letters(rows.c.applicant_name).contains(_letters(search)),
            containing(search, rows.c.applicant_name),
        ),
        rows.c.identity_hash == hashed("identity"),
        rows.c.phone_hash == hashed("phone"),
    )


def _searched(root: Rows, search: Any) -> Predicate:
    return searched(root, search, lambda how: root.request.derive(search, how, LargeBinary()))


def _cases(
    root: Rows,
    filter: Annotated[CaseFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
    order_by: Annotated[
        CaseOrder | None, strawberry.argument(description="In which order 排序.")
    ] = CaseOrder.NEWEST,
) -> Listing:
    where: list[Predicate] = []
    ways: list[tuple[Way, ...]] = []
    asked = None
    if filter is not None:
        asked = cast("Any", filter.states)
        if filter.mine and root.request.principal_kind == "RESIDENT":
            where.append(own_cases(root.c, root.request))
        elif filter.mine:
            ways.append(ways_to_own(root.request))
        if filter.area_id is not None:
            ways.append((Way("area_id", among=areas_under(filter.area_id)),))
        if filter.service_code is not None:
            item = ServiceItemRow.__table__.alias("wanted_item")
            versions = select(item.c.id).where(item.c.code == filter.service_code)
            ways.append((Way("service_item_id", among=versions),))
        if filter.light is not None:
            where.append(clock_sql.has_light(root, filter.light))
        if filter.search is not None:
            where.append(_searched(root, filter.search))
    # The first of them finds the rows, the others are tested.
    where += [or_(*(way.holds(root.c) for way in others)) for others in ways[1:]]
    orders = {
        CaseOrder.NEWEST: Order("newest", (root.c.submitted_at, root.c.id), descending=True),
        CaseOrder.OLDEST: Order("oldest", (root.c.submitted_at, root.c.id)),
        CaseOrder.DUE_FIRST: Order(
            "due", (func.coalesce(root.c.due_ordinal, literal(_NEVER_DUE)), root.c.id)
        ),
    }
    return Listing(
        orders[order_by or CaseOrder.NEWEST],
        tuple(where),
        ways=ways[0] if ways else None,
        each=Each("state", tuple(CaseState), asked),
        searched=filter is not None and filter.search is not None,
    )


def _one_case(
    root: Rows, number: Annotated[str, strawberry.argument(description="The case's number 办件编号.")]
) -> Predicate:
    return root.c.number == number


@strawberry.type
class CaseQuery:
    case: Case | None = one("One case, by its number 办件.", _one_case, requires=Permission.CASE_READ)
    cases: Connection[Case] = paged(
        "Cases that the caller may see 办件列表.", _cases, requires=Permission.CASE_READ
    )
