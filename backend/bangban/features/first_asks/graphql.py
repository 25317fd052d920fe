"""First-asked records in the API: what can be read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import Date, Text, Uuid, and_, any_, exists, false, func, literal, or_, select, true

from bangban.features.areas.graphql import Area, areas_under, within_paths
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.graphql import ServiceItem
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.orders.graphql import whole_minutes
from bangban.features.people.graphql import Staff
from bangban.features.people.tables import TeamMemberRow
from bangban.features.people.team_graphql import Team
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.terms import runs_on
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows

describe(
    AskChannel,
    "How somebody asked 首问渠道.",
    {
        AskChannel.VISIT: "They came 来访.",
        AskChannel.CALL: "They called 来电.",
        AskChannel.LETTER: "They wrote 来信.",
        AskChannel.ONLINE: "They asked online 网上.",
        AskChannel.GROUP: "They asked in a work group, whose log was taken over 工作群.",
    },
)
describe(
    AskState,
    "State of a first-asked record 首问状态.",
    {
        AskState.RECEIVED: "Asked of somebody whose duty it is not, to be passed on inside 已接待.",
        AskState.HANDLING: "Handled by who was asked 办理中.",
        AskState.TRANSFERRED: "Offered to a colleague, who has not accepted yet 待接收.",
        AskState.FOLLOWING: "Handled by a colleague, followed by who was asked 跟踪中.",
        AskState.ANSWERED: "Answered 已答复.",
        AskState.CLOSED: "Closed with an outcome 已办结.",
    },
)
_MASK = "***"


@reads(FirstAskTransferRow)
@strawberry.type(description="A transfer inside, to a colleague or a team 内部转办.")
class FirstAskTransfer:
    sender: Staff = one("Who passed it on 转出人.", lambda r: r.c.id == r.parent.from_id)
    receiver: Staff | None = one(
        "Who was asked to take it, or of a team who did or gave it back 接收人.",
        lambda r: r.c.id == r.parent.to_id,
    )
    team: Team | None = one("The team that was asked 接收队伍.", lambda r: r.c.id == r.parent.to_team_id)
    reason: str = column("Why 转办原因.")
    offered_at: datetime = column("When it was offered 转办时间.")
    taken_at: datetime | None = column("When it was accepted 接收时间.")
    returned_at: datetime | None = column("When it went back, by the receiver or by time 退回时间.")
    return_reason: str | None = column("Why it went back 退回原因.")


@reads(FirstAskAnswerRow)
@strawberry.type(description="An answer, which nobody changes afterwards 答复.")
class FirstAskAnswer:
    at: datetime = column("When 答复时间.")
    author: Staff = one("Who answered, and answers for it 答复人.", lambda r: r.c.id == r.parent.author_id)
    text: str = column("What was answered 答复内容.")
    recorded_by: Staff | None = one(
        "Who took it over from a work group's log; null where the author wrote it here 导入人.",
        lambda r: r.c.id == r.parent.recorded_by_id,
    )
    banned_phrases: list[str] | None = column(
        "Phrases in it that staff do not write, found when it was taken over 出现的禁用语.",
    )


def _transfers(rows: Rows) -> Pick:
    """Inside it is nobody's but the office's: to the resident there is one voice (DOMAIN B02)."""
    inside = false() if rows.request.principal_kind == "RESIDENT" else true()
    return Pick(and_(rows.c.first_ask_id == rows.parent.id, inside), (rows.c.offered_at, rows.c.id))


def _answers(rows: Rows) -> Pick:
    return Pick(rows.c.first_ask_id == rows.parent.id, (rows.c.at, rows.c.id))


def _case_number(rows: Rows) -> Any:
    of = CaseRow.__table__.alias("case_asked_about")
    return select(of.c.number).where(of.c.id == rows.c.case_id).scalar_subquery()


def answered_at(rows: Rows) -> Any:
    answer = FirstAskAnswerRow.__table__.alias("first_answer")
    return select(func.min(answer.c.at)).where(answer.c.first_ask_id == rows.c.id).scalar_subquery()


def _own(columns: Any, request: Any) -> Predicate:
    """What a resident asked online; what staff were asked, have, or are being passed, alone or with their team."""
    me, today = request.bind("me", Uuid()), request.bind("today", Date())
    if request.principal_kind == "RESIDENT":
        return columns.resident_id == me
    offer, member = (
        FirstAskTransferRow.__table__.alias("offer"),
        TeamMemberRow.__table__.alias("offered_team"),
    )
    with_team = exists().where(
        member.c.team_id == offer.c.to_team_id,
        member.c.staff_id == me,
        runs_on(member.c, today),
    )
    offered = exists().where(
        offer.c.first_ask_id == columns.id,
        or_(offer.c.to_id == me, with_team),
        offer.c.taken_at.is_(None),
        offer.c.returned_at.is_(None),
    )
    return or_(columns.owner_id == me, columns.handler_id == me, offered)


_GUARD = Guard(
    Permission.ASKING_READ,
    within=lambda c, paths: within_paths(c.area_id, paths),
    own=_own,
    personal=True,
)


@reads(FirstAskRow, guard=_GUARD)
@strawberry.type(description="What somebody asked, and who answers for it to the end 首问记录.")
class FirstAsk:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("The number that the asker was given; it never changes 首问编号.")
    channel: AskChannel = column("How they asked 首问渠道.")
    state: AskState = column("State 状态.")
    matter: str = column(
        "What they asked; hidden from auditors 事由.",
        lambda r: r.c.matter,
        auditor=lambda _: literal(_MASK, Text()),
    )
    service: ServiceItem | None = one(
        "The matter of the catalog that it is about, as it was when it was asked online 咨询事项.",
        lambda r: r.c.id == r.parent.service_item_id,
    )
    asker: str | None = column("Who asked, masked 来访人(脱敏).", lambda r: r.c.asker_masked)
    within_duty: bool = column("Whether it is the duty of who was asked 是否本人职责.")
    owner: Staff = one(
        "Who was asked and answers for it to the end 首问责任人.", lambda r: r.c.id == r.parent.owner_id
    )
    handler: Staff = one("Who works on it now 承办人.", lambda r: r.c.id == r.parent.handler_id)
    area: Area = one("Where it was asked 所属区域.", lambda r: r.c.id == r.parent.area_id)
    case_number: str | None = column("The case that it is about 办件编号.", _case_number)
    team: Team | None = one(
        "In whose work group it was asked 工作群队伍.", lambda r: r.c.id == r.parent.team_id
    )
    external_number: str | None = column("Its number in that group's log 群消息编号.")
    asked_at: datetime = column("When 首问时间.")
    reply_due_at: datetime | None = column(
        "Until when an answer was promised to who asked online 承诺答复时间."
    )
    reply_minutes: int | None = column(
        "Whole minutes until the first answer 答复用时(分钟).",
        lambda r: whole_minutes(r.c.asked_at, answered_at(r)),
    )
    closed_at: datetime | None = column("When it was closed 办结时间.")
    outcome: str | None = column("What came of it 办理结果.")
    transfers: list[FirstAskTransfer] = many("Where it went inside, in order 转办记录.", _transfers)
    answers: list[FirstAskAnswer] = many("What was answered, in order 答复.", _answers)


@strawberry.input(description="Which first-asked records to list 首问筛选条件.")
class FirstAskFilter:
    states: list[AskState] | None = strawberry.field(default=None, description="In one of these states 状态.")
    number: str | None = strawberry.field(default=None, description="With this number 首问编号.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this area's subtree 区域(含下级)."
    )
    team_id: strawberry.ID | None = strawberry.field(
        default=None, description="Asked in the work group of this team 工作群队伍."
    )
    mine: bool | None = strawberry.field(
        default=None, description="That the caller asked online, was asked, has, or is being passed 与我有关."
    )


def _first_asks(
    root: Rows,
    filter: Annotated[FirstAskFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.states is not None:
            where.append(root.c.state == any_(cast("Any", filter.states)))
        if filter.number is not None:
            where.append(root.c.number == filter.number)
        if filter.area_id is not None:
            where.append(root.c.area_id.in_(areas_under(filter.area_id)))
        if filter.team_id is not None:
            where.append(root.c.team_id == filter.team_id)
        if filter.mine:
            where.append(_own(root.c, root.request))
    return Listing(Order("asked", (root.c.asked_at, root.c.id), descending=True), tuple(where))


@strawberry.type
class FirstAskQuery:
    first_asks: Connection[FirstAsk] = paged(
        "First-asked records that the caller may see, the newest first 首问记录列表.",
        _first_asks,
        requires=Permission.ASKING_READ,
    )
