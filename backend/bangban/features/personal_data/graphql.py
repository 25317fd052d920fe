"""People's own data in the API: what can be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, Integer, Text, Uuid, cast, func, literal, select, true

from bangban.features.accounts.tables import ResidentRow
from bangban.features.areas.graphql import Area, within_paths
from bangban.features.cases.tables import CaseRow
from bangban.features.outreach.enums import CareNeed
from bangban.features.outreach.tables import InterestRow
from bangban.features.personal_data.rules import (
    SETTING,
    USUAL_ACCOUNT_DAYS,
    USUAL_CASE_DAYS,
)
from bangban.features.personal_data.tables import DataField, DataRequestRow, DataRequestState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows
from bangban.kernel.tenancy.tables import ProfileRow

describe(
    DataField,
    "What of an applicant may be wrong 更正项.",
    {
        DataField.NAME: "Name 姓名或名称.",
        DataField.IDENTITY_NUMBER: "Identity number 证件号.",
        DataField.PHONE: "Phone number 手机号.",
    },
)
describe(
    DataRequestState,
    "State of a request about personal data 个人信息申请状态.",
    {
        DataRequestState.OPEN: "Waiting for an answer 待答复.",
        DataRequestState.GRANTED: "Corrected 已更正.",
        DataRequestState.REFUSED: "Refused, with a reason 未予更正.",
    },
)


def _case_number(rows: Rows) -> ColumnElement[str]:
    case = CaseRow.__table__.alias("case_of_request")
    return select(case.c.number).where(case.c.id == rows.c.case_id).scalar_subquery()


@reads(DataRequestRow)
@strawberry.type(description="A request to have personal data corrected 个人信息更正申请.")
class DataRequest:
    id: strawberry.ID = column("Identifier 标识.")
    case_number: str = column("The case it is about 办件编号.", _case_number)
    field: DataField = column("What is wrong 更正项.")
    value: str = column("What it should be, masked 更正内容(脱敏).", lambda r: r.c.value_masked)
    reason: str = column("Why 理由.")
    state: DataRequestState = column("State 状态.")
    asked_at: datetime = column("When it was asked 申请时间.")
    due_on: date = column("Last day for the answer 答复期限.")
    decided_at: datetime | None = column("When it was answered 答复时间.")
    answer: str | None = column("The answer 答复.")


def _my_requests(rows: Rows) -> Pick:
    return Pick(rows.c.resident_id == rows.parent.id, (rows.c.asked_at.desc(), rows.c.id))


def _my_cases(rows: Rows) -> ColumnElement[int]:
    case = CaseRow.__table__.alias("my_case")
    return select(func.count()).where(case.c.resident_id == rows.c.id).scalar_subquery()


@reads(InterestRow)
@strawberry.type(description="What the caller agreed to be told of 政策提示意愿.")
class Interests:
    area: Area = one("Where they live 所在区域.", lambda r: r.c.id == r.parent.area_id)
    themes: list[str] = column("Themes; none: whatever there is 关注主题.")
    care_needs: list[CareNeed] = column("Care that they need 照顾需求.")
    since: datetime = column("When they agreed 同意时间.")


@reads(ResidentRow)
@strawberry.type(description="What is kept of the caller 本人信息.")
class MyData:
    phone: str = column("Phone number, masked 手机号(脱敏).", lambda r: r.c.phone_masked)
    since: datetime = column("Since when it is kept 首次留存时间.", lambda r: r.c.created_at)
    language: str = column(
        "Language in which the caller is told of things: zh-CN or en 消息语言.",
        lambda r: func.coalesce(r.c.language, literal("zh-CN", Text())),
    )
    wechat_since: datetime | None = column(
        "Since when a WeChat account is bound, which messages go to first 微信绑定时间."
    )
    interests: Interests | None = one(
        "What the caller agreed to be told of; none without consent 政策提示意愿.",
        lambda r: r.c.resident_id == r.parent.id,
    )
    cases: int = column("How many cases it stands in 涉及办件数.", _my_cases)
    requests: list[DataRequest] = many("Requests for correction, latest first 更正申请.", _my_requests)


def _days(rows: Rows, key: str, usual: int) -> ColumnElement[int]:
    stored = cast(rows.c.settings[SETTING][key].astext, Integer)
    return func.coalesce(stored, literal(usual, Integer))


@reads(ProfileRow)
@strawberry.type(description="For how long personal data is kept 个人信息保存期限.")
class Retention:
    case_days: int = column(
        "Days after the end of a case 办件办结后天数.", lambda r: _days(r, "case_days", USUAL_CASE_DAYS)
    )
    account_days: int = column(
        "Days for an account without cases 无办件账户天数.",
        lambda r: _days(r, "account_days", USUAL_ACCOUNT_DAYS),
    )


def _in_areas(columns: object, paths: ColumnElement[list[str]]) -> Predicate:
    case = CaseRow.__table__.alias("case_in_area")
    inside = select(case.c.id).where(within_paths(case.c.area_id, paths))
    return columns.case_id.in_(inside)  # type: ignore[attr-defined]  # a row's columns


_GUARD = Guard(Permission.PERSONAL_DATA_DECIDE, within=_in_areas)


def _requests(
    root: Rows,
    state: Annotated[
        DataRequestState | None, strawberry.argument(description="Only in this state 状态.")
    ] = DataRequestState.OPEN,
) -> Listing:
    where: list[Predicate] = [] if state is None else [root.c.state == state]
    return Listing(Order("requests", (root.c.asked_at, root.c.id)), tuple(where))


@strawberry.type
class PersonalDataQuery:
    my_data: MyData | None = one(
        "What is kept of the caller 本人信息.",
        lambda r: r.c.id == r.request.bind("me", Uuid()),
        requires=Permission.PERSONAL_DATA_READ,
    )
    data_requests: Connection[DataRequest] = paged(
        "Requests to have personal data corrected, the oldest first 个人信息更正申请.",
        _requests,
        guard=_GUARD,
    )
    retention: Retention = one(
        "For how long personal data is kept 个人信息保存期限.",
        lambda r: true(),  # noqa: ARG005 - the profile has one row
        requires=Permission.DISTRICT_READ,
    )
