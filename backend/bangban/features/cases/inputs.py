"""What case mutations take."""

from __future__ import annotations

from datetime import date

import strawberry

from bangban.features.cases.enums import (
    AuthorisationScope,
    CaseOutcome,
    Grade,
    HelpKind,
    HelpMode,
    NoticeChannel,
    RatingPhase,
)
from bangban.features.catalog.values import Audience, Channel
from bangban.features.guidance.inputs import GuidanceWayInput

_NUMBER = "The case's number 办件编号."


@strawberry.input(description="The applicant as typed 申请人信息.")
class ApplicantInput:
    kind: Audience = strawberry.field(description="Person or legal entity 申请人类型.")
    name: str = strawberry.field(description="Name 姓名或名称.")
    identity_number: str = strawberry.field(description="Resident ID, USCC or other document number 证件号.")
    phone: str = strawberry.field(description="Mobile or fixed-line number 联系电话.")


@strawberry.input(description="A power of attorney 委托书.")
class AuthorisationInput:
    scope: list[AuthorisationScope] = strawberry.field(description="What the agent may do 委托权限.")
    valid_until: date = strawberry.field(description="Last day it is valid 委托截止日期.")


@strawberry.input(description="One thing that a mode of help asks for 帮办方式填写项.")
class ModeFieldInput:
    mode: HelpMode = strawberry.field(description="The mode that asks for it 帮办方式.")
    key: str = strawberry.field(description="Which field, as the district names it 字段.")
    value: str = strawberry.field(description="What to say; kept sealed 内容.")


@strawberry.input(description="An application 申请.")
class ApplyForCaseInput:
    service_code: str = strawberry.field(description="The matter's code 事项编码.")
    area_id: strawberry.ID = strawberry.field(description="The area it belongs to 所属区域.")
    applicant: ApplicantInput = strawberry.field(description="Who asks 申请人.")
    help: HelpKind | None = strawberry.field(
        default=HelpKind.HELP, description="Helped or done for 帮办或代办."
    )
    modes: list[HelpMode] | None = strawberry.field(
        default_factory=lambda: [HelpMode.ONLINE], description="Modes of help 帮办方式."
    )
    supplied: list[str] | None = strawberry.field(
        default_factory=list, description="Codes of the materials handed in 已交材料编码."
    )
    note: str | None = strawberry.field(default=None, description="Anything to add 申请说明.")
    channel: Channel | None = strawberry.field(
        default=None, description="The door; taken from who files it if left out 办理渠道."
    )
    authorisation: AuthorisationInput | None = strawberry.field(
        default=None, description="Needed for AGENCY 代办所需的委托书."
    )
    mode_fields: list[ModeFieldInput] | None = strawberry.field(
        default_factory=list, description="What the chosen modes ask for 帮办方式填写项."
    )
    guidance: GuidanceWayInput | None = strawberry.field(
        default=None, description="The questions that led here, if any did 情形引导来源."
    )


@strawberry.input(description="A material that is missing 缺少的材料.")
class MissingMaterialInput:
    code: str = strawberry.field(description="Code of the material 材料编码.")
    reason: str = strawberry.field(description="Why it is missing or not right 原因.")


@strawberry.input(description="A pre-check: complete, or everything that is missing 初审与反馈.")
class PreCheckCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    missing: list[MissingMaterialInput] = strawberry.field(
        default_factory=list, description="Everything that is missing; empty if complete 缺少的全部材料."
    )
    opinion: str | None = strawberry.field(default=None, description="Opinion 初审意见.")
    channel: NoticeChannel | None = strawberry.field(
        default=None, description="How the notice is given; by the case's own door if left out 告知方式."
    )
    how: str | None = strawberry.field(
        default=None, description="How to supply what is missing; no numbers of people 补正方式."
    )
    where_id: strawberry.ID | None = strawberry.field(
        default=None, description="A service point that takes it 补正地点."
    )


@strawberry.input(description="Materials handed in later 补交材料.")
class SupplyMaterialsInput:
    number: str = strawberry.field(description=_NUMBER)
    codes: list[str] = strawberry.field(description="Codes of the materials 材料编码.")


@strawberry.input(description="An acceptance 受理.")
class AcceptCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    tolerated: list[str] | None = strawberry.field(
        default_factory=list, description="Codes of materials that may follow 容缺材料编码."
    )
    promised_by: date | None = strawberry.field(
        default=None, description="Last day of the promise; needed with `tolerated` 承诺补交期限."
    )


@strawberry.input(description="A completion 办结.")
class CompleteCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    outcome: CaseOutcome = strawberry.field(description="Result 办理结果.")
    opinion: str = strawberry.field(description="Opinion 办理意见.")
    basis: str | None = strawberry.field(default=None, description="Legal basis of a refusal 法律依据.")
    result_number: str | None = strawberry.field(default=None, description="Number of the document 结果文号.")
    collected: bool | None = strawberry.field(
        default=False, description="Whether the helper receives the result for the applicant 是否代领结果."
    )


@strawberry.input(description="The applicant's rating 评价.")
class RateCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    grade: Grade = strawberry.field(description="Grade 等级.")
    comment: str | None = strawberry.field(default=None, description="Anything to say 评价内容.")
    phase: RatingPhase | None = strawberry.field(
        default=RatingPhase.AFTER,
        description="Once it is completed, or while it is done, once a day at most 评价时点.",
    )


@strawberry.input(description="A refusal to accept, with reason and basis 不予受理.")
class DeclineCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str = strawberry.field(description="Reason 理由.")
    basis: str = strawberry.field(description="Legal basis 法律依据.")


@strawberry.input(description="A withdrawal 撤回.")
class WithdrawCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str | None = strawberry.field(default=None, description="Reason 理由.")


@strawberry.input(description="A suspension, which stops the clock 中止.")
class SuspendCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str = strawberry.field(description="Reason 理由.")


@strawberry.input(description="The end of a suspension 恢复办理.")
class ResumeCaseInput:
    number: str = strawberry.field(description=_NUMBER)


@strawberry.input(description="So many originals and copies of one material 材料份数.")
class PapersInput:
    code: str = strawberry.field(
        description="Code of the material, or RESULT for what the case results in 材料编码."
    )
    originals: int = strawberry.field(default=0, description="How many originals 原件份数.")
    copies: int = strawberry.field(default=0, description="How many copies 复印件份数.")


@strawberry.input(description="A hand-over to a colleague 交接.")
class HandOverCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    to_staff_id: strawberry.ID = strawberry.field(description="Who shall take it 接手人.")
    reason: str = strawberry.field(description="Reason 理由.")
    papers: list[PapersInput] | None = strawberry.field(
        default_factory=list,
        description="The applicant's papers that go with it once it is taken; the others stay 随交材料.",
    )


@strawberry.input(description="Taking over what was handed over 接手.")
class TakeOverCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    without_papers: bool | None = strawberry.field(
        default=False,
        description="Whether to take the case though its papers did not come; they stay with the sender 不接收材料.",
    )


@strawberry.input(description="Giving back what was handed over 退回交接.")
class ReturnCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str = strawberry.field(description="Reason 理由.")


@strawberry.input(description="A termination on a legal ground 终止.")
class TerminateCaseInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str = strawberry.field(description="Reason 理由.")
    basis: str = strawberry.field(description="Legal basis 法律依据.")


@strawberry.input(description="The end of a power of attorney 撤销委托.")
class RevokeAuthorisationInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str | None = strawberry.field(
        default=None, description="Why; staff state the applicant's word 理由."
    )


@strawberry.input(description="Another power of attorney for a running case 续办委托.")
class RenewAuthorisationInput:
    number: str = strawberry.field(description=_NUMBER)
    authorisation: AuthorisationInput = strawberry.field(description="What is given now 委托书.")


@strawberry.input(description="A broken promise that bars its applicant no longer 恢复容缺资格.")
class ClearBrokenPromiseInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str = strawberry.field(description="Reason 理由.")


@strawberry.input(description="The applicant takes note of what follows 知悉后续事项.")
class AcknowledgeNextStepsInput:
    number: str = strawberry.field(description=_NUMBER)


@strawberry.input(description="The helper told the applicant how a tracked case stands 跟踪回访.")
class RecordCheckInInput:
    number: str = strawberry.field(description=_NUMBER)
    said: str = strawberry.field(
        description="What the applicant is told, in 5 to 200 characters; it is sent as well 回访内容."
    )


@strawberry.input(description="A look at the applicant's unmasked data 查看未脱敏信息.")
class RevealApplicantInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str = strawberry.field(description="Why, in at least five characters; it is recorded 查看理由.")
