"""Staff as those who keep them see them, and portals, in the API."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Text, case, literal, select

from bangban.features.areas.graphql import Area, containing, within_paths
from bangban.features.people.enums import StaffSource
from bangban.features.people.graphql import told_source
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.graphql import ServicePoint
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


class AccountState(StrEnum):
    """How far somebody's account has come."""

    NO_LOGIN = "NO_LOGIN"
    NOT_INVITED = "NOT_INVITED"
    INVITED = "INVITED"
    JOINED = "JOINED"
    INACTIVE = "INACTIVE"


describe(
    AccountState,
    "How far an account has come 账号状态.",
    {
        AccountState.NO_LOGIN: "Has no login, so no account 未开通账号.",
        AccountState.NOT_INVITED: "Has a login and was not invited yet 未邀请.",
        AccountState.INVITED: "Was invited and has no password yet 已邀请.",
        AccountState.JOINED: "Has a password 已启用.",
        AccountState.INACTIVE: "Closed: may not sign in 已停用.",
    },
)


def account_state(columns: Any) -> Any:
    """The state as an expression over a row of staff."""
    return case(
        (~columns.active, literal(AccountState.INACTIVE.value, Text())),
        (columns.login.is_(None), literal(AccountState.NO_LOGIN.value, Text())),
        (columns.joined_at.is_not(None), literal(AccountState.JOINED.value, Text())),
        (columns.invited_at.is_not(None), literal(AccountState.INVITED.value, Text())),
        else_=literal(AccountState.NOT_INVITED.value, Text()),
    )


@reads(AssignmentRow)
@strawberry.type(description="A role at an area with its days, past and coming ones too 任职记录.")
class Post:
    id: strawberry.ID = column("Identifier, for `endAssignment` 标识.")
    role: str = column("Role 角色.")
    area: Area = one("Where it is held 任职区域.", lambda r: r.c.id == r.parent.area_id)
    point: ServicePoint | None = one(
        "The service point that they are posted at 所在服务点.", lambda r: r.c.id == r.parent.point_id
    )
    since: date = column("First day 起始日期.")
    until: date | None = column("Last day, if it is known 截止日期.")


def _posts(rows: Rows) -> Pick:
    return Pick(rows.c.staff_id == rows.parent.id, (rows.c.since, rows.c.id))


@reads(StaffRow)
@strawberry.type(description="A member of staff as whoever keeps the list sees them 人员账号.")
class StaffAccount:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("Number by which lists know the person 工号.", lambda r: r.c.key)
    name: str = column("Name 姓名.")
    login: str | None = column("Login name 登录名.")
    phone: str | None = column("Phone, masked 手机号(脱敏).", lambda r: r.c.phone_masked)
    email: str | None = column("E-mail address, masked 电子邮箱(脱敏).", lambda r: r.c.email_masked)
    wecom: str | None = column(
        "Userid in enterprise WeChat, masked 企业微信账号(脱敏).", lambda r: r.c.wecom_masked
    )
    source: StaffSource | None = column(
        "Where the person comes from; null where none of these is known 人员来源.", told_source
    )
    full_time: bool = column("Whether full-time 是否专职.")
    language: str = column("Language of messages 语言.")
    state: AccountState = column("How far the account has come 账号状态.", lambda r: account_state(r.c))
    invited_at: datetime | None = column("When last invited 最近邀请时间.")
    posts: list[Post] = many("Roles held, past and coming ones too 任职记录.", _posts)


@reads(StaffRow)
@strawberry.type(description="A front end's own account 门户账号.")
class Portal:
    id: strawberry.ID = column("Identifier 标识.")
    name: str = column("Name 名称.")
    login: str = column("Login name for `signIn` 登录名.", lambda r: r.c.login)
    origins: list[str] = column("Origins its pages come from 允许来源.", lambda r: r.c.portal_origins)
    trusted_documents_only: bool = column(
        "Whether it may send registered documents only 是否仅限可信查询.",
        lambda r: r.c.portal_documents_only,
    )
    active: bool = column("Whether it may sign in 是否启用.")


def _kept(staff_id: Any, paths: Any) -> Predicate:
    """Whether somebody holds, held or will hold a role in these subtrees."""
    held = AssignmentRow.__table__.alias("held_here")
    return staff_id.in_(select(held.c.staff_id).where(within_paths(held.c.area_id, paths)))


@strawberry.input(description="Which accounts to list 账号筛选条件.")
class StaffAccountFilter:
    state: AccountState | None = strawberry.field(default=None, description="Only this state 账号状态.")
    search: str | None = strawberry.field(
        default=None, description="Part of the name or the login 姓名或登录名片段."
    )


def _accounts(
    root: Rows,
    filter: Annotated[  # noqa: A002 - the contract's name
        StaffAccountFilter | None, strawberry.argument(description="Which ones 筛选条件.")
    ] = None,
) -> Listing:
    where: list[Predicate] = [root.c.portal_origins.is_(None)]
    if filter is not None:
        if filter.state is not None:
            where.append(account_state(root.c) == filter.state)
        if filter.search is not None:
            where.append(containing(filter.search, root.c.name, root.c.login))
    return Listing(Order("account", (root.c.id,)), tuple(where))


def _portals(root: Rows) -> Listing:
    return Listing(Order("portal", (root.c.id,)), (root.c.portal_origins.is_not(None),))


@strawberry.type
class StaffingQuery:
    staff_accounts: Connection[StaffAccount] = paged(
        "Staff of the areas that the caller manages, with their accounts 人员账号列表.",
        _accounts,
        guard=Guard(Permission.STAFF_MANAGE, within=lambda c, paths: _kept(c.id, paths)),
    )
    portals: Connection[Portal] = paged(
        "The district's portal accounts 门户账号列表.", _portals, requires=Permission.PORTAL_MANAGE
    )
