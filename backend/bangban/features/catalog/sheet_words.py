"""The words of service lists as offices write them, beside the API's names."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bangban.features.catalog.drafts import MaterialForm, MaterialSource
from bangban.features.catalog.mobile import MobileApp
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.kernel.identifiers.text import half_width
from bangban.kernel.levels import AreaLevel

MOBILE_APPS: Final = {
    "手机应用": MobileApp.APP,
    "APP": MobileApp.APP,
    "微信小程序": MobileApp.WECHAT_MINI_PROGRAM,
    "小程序": MobileApp.WECHAT_MINI_PROGRAM,
    "网页": MobileApp.WEB,
}
KINDS: Final = {
    "行政许可": ServiceKind.LICENCE,
    "行政给付": ServiceKind.PAYMENT,
    "行政确认": ServiceKind.CONFIRMATION,
    "行政奖励": ServiceKind.REWARD,
    "行政裁决": ServiceKind.RULING,
    "其他行政权力": ServiceKind.OTHER_POWER,
    "公共服务": ServiceKind.PUBLIC_SERVICE,
}
CASE_TYPES: Final = {
    "即办件": CaseType.IMMEDIATE,
    "承诺件": CaseType.PROMISED,
    "其他": CaseType.OTHER,
}
AUDIENCES: Final = {
    "自然人": Audience.PERSON,
    "个人": Audience.PERSON,
    "法人": Audience.LEGAL_ENTITY,
    "企业": Audience.LEGAL_ENTITY,
    "法人和其他组织": Audience.LEGAL_ENTITY,
}
LEVELS: Final = {
    "县": AreaLevel.COUNTY,
    "县级": AreaLevel.COUNTY,
    "区": AreaLevel.COUNTY,
    "区级": AreaLevel.COUNTY,
    "镇": AreaLevel.TOWN,
    "镇街": AreaLevel.TOWN,
    "镇级": AreaLevel.TOWN,
    "村": AreaLevel.VILLAGE,
    "村居": AreaLevel.VILLAGE,
    "村级": AreaLevel.VILLAGE,
    "网格": AreaLevel.GRID,
    "微网格": AreaLevel.MICRO_GRID,
}
CHANNELS: Final = {
    "政务大厅": Channel.HALL,
    "窗口": Channel.HALL,
    "便民服务站": Channel.STATION,
    "银行网点": Channel.BANK,
    "自助终端": Channel.TERMINAL,
    "掌上办": Channel.MOBILE,
    "网上办": Channel.WEB,
    "电话": Channel.PHONE,
    "代办": Channel.PROXY,
    "上门": Channel.DOOR,
}
SOURCES: Final = {
    "申请人自备": MaterialSource.APPLICANT,
    "政府部门核发": MaterialSource.ISSUED,
    "中介机构产生": MaterialSource.INTERMEDIARY,
    "数据共享": MaterialSource.SHARED_DATA,
}
FORMS: Final = {
    "纸质": MaterialForm.PAPER,
    "电子": MaterialForm.ELECTRONIC,
    "纸质或电子": MaterialForm.EITHER,
}


def word_of(text: str, words: Mapping[str, StrEnum]) -> StrEnum | None:
    """The member that a word stands for: one of ``words``, or a member's own name in any case."""
    plain = "".join(half_width(text).split())
    known: dict[str, StrEnum] = {member.name.casefold(): member for member in words.values()}
    return words.get(plain) or known.get(plain.replace("-", "_").casefold())
