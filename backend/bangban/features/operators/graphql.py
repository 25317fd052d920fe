"""Operators' accounts in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from bangban.features.accounts.tables import OperatorRow
from bangban.features.areas.graphql import containing
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

# Wherever an operator can be reached from, now or later, and not on this list alone.
OPERATORS = Guard(Permission.OPERATOR_MANAGE)


@reads(OperatorRow, guard=OPERATORS, platform=True)
@strawberry.type(description="An operator of the platform 平台管理员.")
class Operator:
    id: strawberry.ID = column("Identifier 标识.")
    login: str = column("Login name 登录名.")
    name: str = column("Name 姓名.")
    duty: OperatorDuty = column("The one duty of the account 职责.")
    active: bool = column("Whether it may be used 是否启用.")
    invited_until: datetime | None = column(
        "Until when the invitation is good, where one is open 邀请有效期.", lambda r: r.c.token_expires_at
    )


@strawberry.input(description="Which operators to list 平台账号筛选条件.")
class OperatorFilter:
    duty: OperatorDuty | None = strawberry.field(default=None, description="With this duty 职责.")
    active: bool | None = strawberry.field(default=None, description="Enabled or disabled ones 是否启用.")
    search: str | None = strawberry.field(default=None, description="Part of login or name 查询词.")


def _operators(
    root: Rows,
    filter: Annotated[OperatorFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.duty is not None:
            where.append(root.c.duty == filter.duty)
        if filter.active is not None:
            where.append(root.c.active == filter.active)
        if filter.search is not None:
            where.append(containing(filter.search, root.c.login, root.c.name))
    return Listing(Order("operators", (root.c.id,)), tuple(where))


@strawberry.type
class OperatorQuery:
    operators: Connection[Operator] = paged(
        "Operators of the platform, for security operators 平台管理员名册.",
        _operators,
        requires=Permission.OPERATOR_MANAGE,
        platform=True,
    )
