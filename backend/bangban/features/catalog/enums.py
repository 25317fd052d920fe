"""What the API says of kinds of matters, of their papers, and of the doors that they come through."""

from __future__ import annotations

from bangban.features.catalog.drafts import MaterialForm, MaterialSource
from bangban.features.catalog.mobile import MobileApp
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.kernel.graphql.enums import describe

__all__ = ["Audience", "CaseType", "Channel", "MaterialForm", "MaterialSource", "MobileApp", "ServiceKind"]

describe(
    ServiceKind,
    "Kind of matter 事项类型.",
    {
        ServiceKind.LICENCE: "Administrative licence 行政许可.",
        ServiceKind.PAYMENT: "Administrative payment 行政给付.",
        ServiceKind.CONFIRMATION: "Administrative confirmation 行政确认.",
        ServiceKind.REWARD: "Administrative reward 行政奖励.",
        ServiceKind.RULING: "Administrative ruling 行政裁决.",
        ServiceKind.OTHER_POWER: "Other administrative power 其他行政权力.",
        ServiceKind.PUBLIC_SERVICE: "Public service 公共服务.",
    },
)
describe(
    CaseType,
    "Type of case by its time limit 办件类型.",
    {
        CaseType.IMMEDIATE: "Done on the spot 即办件.",
        CaseType.PROMISED: "Done within a promised limit 承诺件.",
        CaseType.OTHER: "Other 其他.",
    },
)
describe(
    Audience,
    "Who a matter is for 服务对象.",
    {Audience.PERSON: "Natural person 自然人.", Audience.LEGAL_ENTITY: "Legal entity or organisation 法人."},
)
describe(
    MaterialSource,
    "Where a material comes from 来源渠道.",
    {
        MaterialSource.APPLICANT: "The applicant has it 申请人自备.",
        MaterialSource.ISSUED: "A department issued it 政府部门核发.",
        MaterialSource.INTERMEDIARY: "An intermediary makes it 中介机构产生.",
        MaterialSource.SHARED_DATA: "Shared data; nobody need bring it 数据共享.",
    },
)
describe(
    MaterialForm,
    "Form a material is taken in 材料形式.",
    {
        MaterialForm.PAPER: "On paper 纸质.",
        MaterialForm.ELECTRONIC: "Electronic 电子.",
        MaterialForm.EITHER: "Either 纸质或电子.",
    },
)
describe(
    Channel,
    "The door a request came through 办理渠道.",
    {
        Channel.HALL: "Service hall 政务大厅.",
        Channel.STATION: "Village or community station 便民服务站.",
        Channel.BANK: "Bank outlet 银行网点.",
        Channel.TERMINAL: "Self-service terminal 自助终端.",
        Channel.MOBILE: "Mobile client 掌上办.",
        Channel.WEB: "Web portal 网上办.",
        Channel.PHONE: "Telephone 电话.",
        Channel.PROXY: "Somebody on the applicant's behalf 他人代办.",
        Channel.DOOR: "At the applicant's door 上门.",
    },
)
describe(
    MobileApp,
    "Where a matter is done on a phone 掌办应用类型.",
    {
        MobileApp.APP: "An app 手机应用.",
        MobileApp.WECHAT_MINI_PROGRAM: "A WeChat mini-program 微信小程序.",
        MobileApp.WEB: "A page in the browser 手机网页.",
    },
)
