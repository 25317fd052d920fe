"""What the mutations of a hall take."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from bangban.features.cases.enums import NoticeChannel, NoticeSigner
from bangban.features.cases.inputs import ApplicantInput
from bangban.features.catalog.values import Audience
from bangban.features.hall import enums as described  # noqa: F401 - it describes the value lists
from bangban.features.hall.values import (
    AlertAction,
    CareNeed,
    OvertimeKind,
    PaperState,
    ShiftKind,
    TicketStep,
    VisitEnd,
)
from bangban.kernel.planner.parameters import as_uuid


def id_of(value: strawberry.ID, name: str) -> UUID:
    """The id that an input names so. Raises as ``as_uuid``."""
    return as_uuid(value, ("input", name))


@strawberry.input(description="A turn to put on the rota 安排值班.")
class PlanGuideShiftInput:
    point_id: strawberry.ID = strawberry.field(description="The service point 服务点.")
    guide_id: strawberry.ID = strawberry.field(description="The guide, or who is on call 值班人.")
    begins_at: datetime = strawberry.field(description="From when on 开始.")
    ends_at: datetime = strawberry.field(
        description="Until when: a guide's turn has 14 hours at most, one on call 24 结束."
    )
    kind: ShiftKind = strawberry.field(
        default=ShiftKind.GUIDE, description="At the desk, or on call 值班类型."
    )
    desk: str | None = strawberry.field(default=None, description="Desk 咨询台.")
    lead: bool = strawberry.field(default=False, description="Whether the guide leads the shift 是否带班.")


@strawberry.input(description="Which shift to take off the rota 取消值班.")
class CancelGuideShiftInput:
    shift_id: strawberry.ID = strawberry.field(description="The shift 班次.")


@strawberry.input(description="A visitor at the desk 接待来访.")
class GreetVisitorInput:
    point_id: strawberry.ID = strawberry.field(description="The service point 服务点.")
    applicant_kind: Audience = strawberry.field(description="Person or legal entity 申请人类型.")
    service_code: str | None = strawberry.field(
        default=None, description="The matter, where it is one of the catalog 事项编码."
    )
    purpose: str | None = strawberry.field(
        default=None, description="Else in a few words what the visitor came for 来访事由."
    )
    case_number: str | None = strawberry.field(
        default=None, description="Or the case that the visitor comes about 关联办件编号."
    )
    visitor: str | None = strawberry.field(
        default=None, description="Phone or identity number, if the visitor gives one 手机号或证件号."
    )
    arrived_at: datetime | None = strawberry.field(
        default=None, description="When the visitor came in today, where that was noticed 到达时间."
    )
    care_needs: list[CareNeed] | None = strawberry.field(
        default=None, description="Why the visitor is looked after first 照顾需求."
    )


@strawberry.input(description="What a guide found of one required paper 单项预检.")
class CheckedPaperInput:
    code: str = strawberry.field(description="Code of the material 材料编码.")
    state: PaperState = strawberry.field(description="What was found 预检结果.")
    note: str | None = strawberry.field(default=None, description="What is wrong with it 说明.")


@strawberry.input(description="The checklist of a visit, every required paper of it 材料预检.")
class CheckPapersInput:
    visit_id: strawberry.ID = strawberry.field(description="The visit 到访.")
    papers: list[CheckedPaperInput] = strawberry.field(description="Each required paper, once 各项材料.")
    channel: NoticeChannel | None = strawberry.field(
        default=None, description="How the visitor is told; at the counter if left out 告知方式."
    )
    how: str | None = strawberry.field(
        default=None, description="How to bring what is missing; no numbers of people 补正方式."
    )
    where_id: strawberry.ID | None = strawberry.field(
        default=None, description="A service point that takes it 补正地点."
    )


@strawberry.input(
    description="A one-time notice that is acknowledged: of a case, or of a visit 签收一次性告知."
)
class AcknowledgeNoticeInput:
    number: str | None = strawberry.field(default=None, description="The case's number 办件编号.")
    visit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Or the visit, whose visitor signed before the guide 到访."
    )
    signer: NoticeSigner | None = strawberry.field(
        default=None,
        description="Of a case: who; left out, the applicant, and for staff a signature they saw 签收方式.",
    )


@strawberry.input(description="What a visitor enters at a terminal 自助取号.")
class AtTerminalInput:
    key: str = strawberry.field(description="The terminal 终端编码.")
    service_code: str = strawberry.field(description="The matter 事项编码.")
    visitor: str = strawberry.field(description="Phone or identity number 手机号或证件号.")
    applicant_kind: Audience | None = strawberry.field(
        default=None,
        description="Person or legal entity; left out, a person, unless the matter is for legal entities alone "
        "申请人类型.",
    )
    papers: list[CheckedPaperInput] | None = strawberry.field(
        default=None, description="What the visitor says of each required paper 各项材料."
    )


@strawberry.input(description="A number: for a visit, or at a terminal; one of the two 取号.")
class IssueTicketInput:
    visit_id: strawberry.ID | None = strawberry.field(
        default=None, description="The visit, at the desk 到访."
    )
    at_terminal: AtTerminalInput | None = strawberry.field(
        default=None, description="What a visitor enters at a terminal, where nobody greets 自助取号."
    )
    queue: str | None = strawberry.field(
        default=None, description="The queue; left out: the right one for the matter 队列代号."
    )
    advisory: bool = strawberry.field(
        default=False, description="For advice only, though papers are missing 是否咨询号."
    )


@strawberry.input(description="A window that is free 叫号.")
class CallNextTicketInput:
    window_id: strawberry.ID = strawberry.field(description="The window 窗口.")


@strawberry.input(description="What is done with a ticket 号票操作.")
class MoveTicketInput:
    ticket_id: strawberry.ID = strawberry.field(description="The ticket 号票.")
    step: TicketStep = strawberry.field(description="What is done 操作.")
    service_code: str | None = strawberry.field(
        default=None, description="For a transfer: the matter it turned out to be 转办事项编码."
    )
    case_number: str | None = strawberry.field(
        default=None,
        description="The case that came of the visit; left out: the one applied for at the window 关联办件编号.",
    )
    explanation: str | None = strawberry.field(
        default=None, description="For a carry-over: why it is not done today 未完原因."
    )


@strawberry.input(description="Overtime for a ticket 开启延时服务.")
class OpenOvertimeInput:
    ticket_id: strawberry.ID = strawberry.field(description="The ticket, given before closing 号票.")
    window_id: strawberry.ID = strawberry.field(description="The window that serves on 窗口.")
    kind: OvertimeKind = strawberry.field(default=OvertimeKind.EVENING, description="Kind 类型.")


@strawberry.input(description="One set of papers of a batch 批次中的一件.")
class BatchApplicationInput:
    service_code: str = strawberry.field(description="The matter 事项编码.")
    area_id: strawberry.ID = strawberry.field(description="The area it belongs to 所属区域.")
    supplied: list[str] | None = strawberry.field(
        default=None, description="Codes of the materials that were handed in 已交材料."
    )
    note: str | None = strawberry.field(default=None, description="What the submitter adds 说明.")


@strawberry.input(description="Many applications of one submitter 集中收件.")
class CollectBatchInput:
    window_id: strawberry.ID = strawberry.field(description="The window that takes them in 窗口.")
    submitter: ApplicantInput = strawberry.field(description="Who asks for all of them 申请人.")
    applications: list[BatchApplicationInput] = strawberry.field(description="Each set of papers 各件.")


@strawberry.input(description="How a visit without a live ticket ends 结束到访.")
class EndVisitInput:
    visit_id: strawberry.ID = strawberry.field(description="The visit 到访.")
    how: VisitEnd = strawberry.field(description="How it ends 结束方式.")
    note: str | None = strawberry.field(
        default=None, description="Where to, or why; asked for where the visitor is led elsewhere 说明."
    )
    case_number: str | None = strawberry.field(
        default=None, description="The case that was applied for at the desk, if one was 关联办件编号."
    )


@strawberry.input(description="What is done about a crowd 记录疏导措施.")
class AnswerHallAlertInput:
    alert_id: strawberry.ID = strawberry.field(description="The crowd 拥堵提醒.")
    action: AlertAction = strawberry.field(description="What is done 措施.")
