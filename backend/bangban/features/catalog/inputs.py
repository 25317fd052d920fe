"""What catalog mutations take."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft, MaterialForm, MaterialSource
from bangban.features.catalog.mobile import MobileApp, MobileDraft
from bangban.features.catalog.templates import USUAL_TEMPLATE
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.features.files.graphql import FileInput
from bangban.kernel.levels import AreaLevel


@strawberry.input(description="What a matter costs by law 收费.")
class FeeInput:
    amount: Decimal = strawberry.field(description="Amount in yuan 金额(元).")
    basis: str = strawberry.field(description="Legal basis of the fee 收费依据.")


@strawberry.input(description="A paper that a matter asks for 申请材料.")
class ServiceMaterialInput:
    code: str = strawberry.field(description="Code, unique within the item 材料编码.")
    name: str = strawberry.field(description="Name 材料名称.")
    name_en: str | None = strawberry.field(default=None, description="Name in English 英文名称.")
    required: bool = strawberry.field(
        default=True, description="Whether the matter cannot be accepted without it 是否必备."
    )
    core: bool = strawberry.field(default=False, description="Whether it can never be tolerated 主要材料.")
    tolerable: bool = strawberry.field(
        default=False, description="Whether it may follow later by promise 是否可容缺."
    )
    tolerable_days: int | None = strawberry.field(
        default=None,
        description="Working days within which it follows; the item's promise if left out 容缺期限.",
    )
    originals: int = strawberry.field(default=0, description="How many originals 原件份数.")
    copies: int = strawberry.field(default=0, description="How many copies 复印件份数.")
    issuer: str | None = strawberry.field(default=None, description="Who issues it 出具机构.")
    source: MaterialSource = strawberry.field(
        default=MaterialSource.APPLICANT, description="Where it comes from 来源渠道."
    )
    form: MaterialForm = strawberry.field(
        default=MaterialForm.PAPER, description="Form it is taken in 材料形式."
    )


@strawberry.input(description="How a matter is done on a phone 掌办指南.")
class MobileGuideInput:
    app: MobileApp = strawberry.field(description="Where it is done 应用类型.")
    name: str = strawberry.field(description="Name of the app, mini-program or page 应用名称.")
    link: str = strawberry.field(description="Link that leads straight to it 直达链接.")
    steps: list[str] = strawberry.field(description="What to do, step by step; 20 at most 办理步骤.")
    steps_en: list[str] = strawberry.field(
        default_factory=list, description="The same in English; none, or as many 英文步骤."
    )
    validated_on: date | None = strawberry.field(
        default=None, description="When the steps were last gone through and right 核验日期."
    )

    def draft(self) -> MobileDraft:
        """The draft, without blanks around its texts."""
        return MobileDraft(
            app=self.app,
            name=self.name.strip(),
            link=self.link.strip(),
            steps=tuple(each.strip() for each in self.steps),
            steps_en=tuple(each.strip() for each in self.steps_en),
            validated_on=self.validated_on,
        )


@strawberry.input(description="An item of the catalog, whole, as it shall be 事项.")
class ServiceItemInput:
    code: str = strawberry.field(
        description="Implementation code, 10 to 40 digits, capitals or hyphens 实施编码."
    )
    name: str = strawberry.field(description="Name 事项名称.")
    name_en: str | None = strawberry.field(default=None, description="Name in English 英文名称.")
    kind: ServiceKind = strawberry.field(description="Kind of matter 事项类型.")
    audience: list[Audience] = strawberry.field(description="Who it is for 服务对象.")
    level: AreaLevel = strawberry.field(
        default=AreaLevel.COUNTY, description="Level at which the power is exercised 行使层级."
    )
    case_type: CaseType = strawberry.field(description="Type of case 办件类型.")
    promised_working_days: int = strawberry.field(
        description="Promised limit in working days, 0 for what is done on the spot 承诺办结时限(工作日)."
    )
    legal_working_days: int = strawberry.field(
        description="Legal limit in working days 法定办结时限(工作日)."
    )
    legal_limit_note: str | None = strawberry.field(
        default=None, description="Ground of an unusual legal limit 法定时限说明."
    )
    max_trips: int = strawberry.field(description="Most trips an applicant makes 到办事现场次数.")
    fee: FeeInput | None = strawberry.field(default=None, description="Statutory fee, if any 收费.")
    materials: list[ServiceMaterialInput] = strawberry.field(
        default_factory=list, description="Papers it asks for, in their order 申请材料."
    )
    no_materials_reason: str | None = strawberry.field(
        default=None, description="Why no paper is needed 无需材料的理由."
    )
    channels: list[Channel] = strawberry.field(description="Ways to apply 办理渠道.")
    online_not_offered_reason: str | None = strawberry.field(
        default=None, description="Why it is not offered online 不支持网办的理由."
    )
    handled_at: list[AreaLevel] = strawberry.field(description="Levels whose windows accept it 受理层级.")
    pre_checked_at: list[AreaLevel] = strawberry.field(
        default_factory=list, description="Levels that pre-check it 初审层级."
    )
    legal_basis: list[str] = strawberry.field(description="Laws and rules it rests on 设定依据.")
    result_name: str = strawberry.field(description="What the applicant gets 办理结果.")
    conditions: str | None = strawberry.field(default=None, description="Conditions of acceptance 受理条件.")
    department: str | None = strawberry.field(default=None, description="Department in charge 实施主体.")
    theme: str | None = strawberry.field(default=None, description="Theme it is listed under 服务主题.")
    delegated_only: bool = strawberry.field(
        default=False, description="Whether units below its level handle it by delegation alone 须经下放承接."
    )
    result_before_supplied: bool = strawberry.field(
        default=False,
        description="Whether its result may be issued on condition that promised materials come 是否可附条件办结.",
    )
    mobile: MobileGuideInput | None = strawberry.field(
        default=None, description="How it is done on a phone 掌办指南."
    )
    effective_from: date | None = strawberry.field(
        default=None, description="First day of this text; as soon as may be if left out 生效日期."
    )
    effective_to: date | None = strawberry.field(
        default=None, description="Day from which it holds no longer 失效日期."
    )
    based_on: int | None = strawberry.field(
        default=None,
        description="Version it was written from, 0 for none; refused if there is a newer one 修改所依据的版本.",
    )

    def draft(self, effective_from: date) -> ItemDraft:
        """The draft that begins on a day. Blank texts are as good as none."""
        return ItemDraft(
            code=self.code.strip(),
            name=self.name.strip(),
            name_en=_text(self.name_en),
            kind=self.kind,
            audience=tuple(dict.fromkeys(self.audience)),
            level=self.level,
            case_type=self.case_type,
            promised_working_days=self.promised_working_days,
            legal_working_days=self.legal_working_days,
            legal_limit_note=_text(self.legal_limit_note),
            max_trips=self.max_trips,
            fee=None if self.fee is None else FeeDraft(amount=self.fee.amount, basis=self.fee.basis.strip()),
            materials=tuple(_material(each) for each in self.materials),
            no_materials_reason=_text(self.no_materials_reason),
            channels=tuple(dict.fromkeys(self.channels)),
            online_not_offered_reason=_text(self.online_not_offered_reason),
            handled_at=tuple(dict.fromkeys(self.handled_at)),
            pre_checked_at=tuple(dict.fromkeys(self.pre_checked_at)),
            legal_basis=tuple(each.strip() for each in self.legal_basis),
            result=self.result_name.strip(),
            conditions=_text(self.conditions),
            department=_text(self.department),
            theme=_text(self.theme),
            delegated_only=self.delegated_only,
            result_before_supplied=self.result_before_supplied,
            mobile=None if self.mobile is None else self.mobile.draft(),
            effective_from=effective_from,
            effective_to=self.effective_to,
        )


def _material(given: ServiceMaterialInput) -> MaterialDraft:
    return MaterialDraft(
        code=given.code.strip(),
        name=given.name.strip(),
        name_en=_text(given.name_en),
        required=given.required,
        core=given.core,
        tolerable=given.tolerable,
        tolerable_days=given.tolerable_days,
        originals=given.originals,
        copies=given.copies,
        issuer=_text(given.issuer),
        source=given.source,
        form=given.form,
    )


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


@strawberry.input(description="A withdrawal of an item 停办.")
class WithdrawServiceItemInput:
    code: str = strawberry.field(description="Implementation code 实施编码.")
    from_: date | None = strawberry.field(
        default=None,
        name="from",
        description="First day on which it is not offered; today if left out 停办日期.",
    )


@strawberry.input(description="Taking items from a template 采用模板.")
class AdoptTemplateInput:
    template: str = strawberry.field(default=USUAL_TEMPLATE, description="Name of the template 模板名称.")
    codes: list[str] | None = strawberry.field(
        default=None, description="Which items; all that fit the district's levels if left out 事项编码."
    )
    apply: bool = strawberry.field(default=True, description="False shows what it would do 是否执行.")


@strawberry.input(description="Taking over what a template changed 采纳模板变更.")
class TakeOverTemplateItemsInput:
    template: str = strawberry.field(default=USUAL_TEMPLATE, description="Name of the template 模板名称.")
    codes: list[str] = strawberry.field(description="Which items 事项编码.")
    keep_own: bool = strawberry.field(
        default=True,
        description="Whether fields that the district changed itself stay as they are 是否保留本地区变更.",
    )
    from_: date | None = strawberry.field(
        default=None, name="from", description="First day; today if left out 生效日期."
    )


@strawberry.input(description="Items from tables 导入事项.")
class ImportServiceItemsInput:
    file: FileInput = strawberry.field(description="Table of items, CSV or XLSX 事项表.")
    materials: FileInput | None = strawberry.field(
        default=None,
        description="Table of their materials, CSV or XLSX; without it items keep those they have 材料表.",
    )
    apply: bool = strawberry.field(default=False, description="False shows what it would do 是否执行.")
