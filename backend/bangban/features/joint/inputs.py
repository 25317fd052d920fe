"""What mutations about several matters take."""

from __future__ import annotations

import strawberry

from bangban.features.cases.enums import HelpKind, HelpMode
from bangban.features.cases.inputs import ApplicantInput, AuthorisationInput, ModeFieldInput
from bangban.features.catalog.values import Channel
from bangban.features.guidance.inputs import GuidanceWayInput
from bangban.features.joint.enums import ReleaseChoice

_NUMBER = "The application's number 申请编号."
_WORD = "How the applicant asked for it; needed where staff change the choice, and recorded 申请人意愿说明."


@strawberry.input(description="A line of the shared form 表单内容.")
class FilledFieldInput:
    key: str = strawberry.field(description="Key 键.")
    value: str = strawberry.field(description="What is filled in 内容.")


@strawberry.input(description="An application for several matters at once 一件事申请.")
class ApplyForBundleInput:
    bundle_code: str = strawberry.field(description="The bundle's code 一件事编码.")
    area_id: strawberry.ID = strawberry.field(description="The area it belongs to 所属区域.")
    applicant: ApplicantInput = strawberry.field(description="Who asks 申请人.")
    services: list[str] | None = strawberry.field(
        default=None, description="Codes of the matters wanted; all if left out 办理事项."
    )
    supplied: list[str] = strawberry.field(
        default_factory=list, description="Keys of the papers handed in 已交材料."
    )
    form: list[FilledFieldInput] = strawberry.field(
        default_factory=list, description="The shared form 共用表单."
    )
    release: ReleaseChoice = strawberry.field(
        default=ReleaseChoice.TOGETHER, description="How the results are wanted 结果领取方式."
    )
    help: HelpKind = strawberry.field(default=HelpKind.HELP, description="Helped or done for 帮办或代办.")
    modes: list[HelpMode] = strawberry.field(
        default_factory=lambda: [HelpMode.ONLINE], description="Modes of help 帮办方式."
    )
    mode_fields: list[ModeFieldInput] = strawberry.field(
        default_factory=list, description="What the chosen modes ask for 帮办方式填写项."
    )
    note: str | None = strawberry.field(default=None, description="Anything to add 申请说明.")
    channel: Channel | None = strawberry.field(
        default=None, description="The door; taken from who files it if left out 办理渠道."
    )
    authorisation: AuthorisationInput | None = strawberry.field(
        default=None, description="Needed for AGENCY 代办所需的委托书."
    )
    guidance: GuidanceWayInput | None = strawberry.field(
        default=None, description="The questions that led here, if any did 情形引导来源."
    )


@strawberry.input(description="Papers handed in later, each once 补交材料.")
class SupplyBundleMaterialsInput:
    number: str = strawberry.field(description=_NUMBER)
    materials: list[str] = strawberry.field(description="Keys of the papers 材料键.")


@strawberry.input(description="A withdrawal of what is still open 撤回.")
class WithdrawBundleInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str | None = strawberry.field(default=None, description="Why 撤回原因.")


@strawberry.input(description="A look at the shared form in the clear 查看共用表单.")
class RevealBundleFormInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str = strawberry.field(description="Why, in at least five characters; it is recorded 查看理由.")


@strawberry.input(description="Results given out 结果发放.")
class ReleaseResultsInput:
    number: str = strawberry.field(description=_NUMBER)
    in_parts: bool = strawberry.field(
        default=False, description="From now on each as it comes, as the applicant wants 改为分批领取."
    )
    reason: str | None = strawberry.field(default=None, description=_WORD)


@strawberry.input(description="Cases whose results are to be given out together 多证齐发.")
class IssueTogetherInput:
    case_numbers: list[str] = strawberry.field(description="Numbers of the cases 办件编号.")
    reason: str | None = strawberry.field(default=None, description=_WORD)
