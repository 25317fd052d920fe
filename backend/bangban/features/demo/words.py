"""What people of the samples say and write, and who they are. All of it is invented."""

from __future__ import annotations

import zlib
from random import Random
from typing import Final

from bangban.features.cases.service import ApplicantDetails
from bangban.features.cases.values import Grade
from bangban.features.catalog.values import Audience
from bangban.features.profiles.names import invented_name
from bangban.kernel.identifiers import sample_phone, sample_resident_id, sample_uscc

NOTES: Final = (
    "申请人年事已高,请优先安排上门。",
    "白天上班,请下午五点后联系。",
    "已在线上提交过电子版。",
    "希望证照邮寄到家。",
    "申请人听力不便,请短信联系。",
    "同时咨询相关补贴政策。",
)
REASONS: Final = ("未提交", "复印件不清晰,无法辨认", "缺少签字或盖章", "已过有效期", "信息与申请表不一致")
CHECKED: Final = ("材料齐全,符合受理条件。", "已当面核对原件。", "经核对,可以受理。", None, None)
NOTICE_OPINIONS: Final = ("请一次补齐,可就近到村居服务站提交。", "补齐后无需重新取号。", None)
REPEATED: Final = "首次告知时未发现该问题"
HAND_OVER: Final = (
    "属相关科室职责,请接续办理",
    "本人外出培训,请代为跟进",
    "需现场核验,请就近帮办",
    "按属地转派",
    "企业事项转专班办理",
)
RETURN: Final = ("不属本岗位职责", "近期请假,无法承接", "应由镇街窗口办理")
SUSPEND: Final = ("需进行现场勘验", "等待检测报告", "需专家评审", "依法需要听证", "与其他部门会商中")
DECLINE: Final = ("申请事项不属于本机关职权范围", "申请人不符合申请条件", "同一事项已在办理中")
WITHDRAW: Final = ("申请人决定暂不办理", "填报信息有误,将重新申请", "已在外地办理", None)
TERMINATE: Final = ("申请人逾期未补齐承诺的材料", "申请人下落不明,无法继续办理", "申请的标的物已灭失")

MODE_ANSWERS: Final = {
    "project": "样例标准厂房项目",
    "care-need": "行动不便,请上门",
    "visit-time": "工作日下午",
    "place": "样例网格",
}
BASIS: Final = "中华人民共和国行政许可法第三十二条"
TERMINATION_BASIS: Final = "办理前公示的终止情形"
REFUSED: Final = ("经核查不符合法定条件", "现场核验结果与申报情况不一致")
DONE: Final = ("已办结,请凭通知领取。", "结果已邮寄。", "已通过电子证照送达。", None, None)

COMMENTS: Final = {
    Grade.VERY_SATISFIED: ("帮办员全程陪同,一次就办好了。", "上门服务,老人很感动。", "比承诺的快多了,点赞!"),
    Grade.SATISFIED: ("态度很好,流程清楚。", "办得快,就是停车不太方便。"),
    Grade.FAIRLY_SATISFIED: ("等待时间稍长。", "材料要求可以再说清楚一点。"),
    Grade.DISSATISFIED: ("跑了两趟才办成。", "电话不好打通。"),
    Grade.VERY_DISSATISFIED: ("超过了承诺的时间,没有人解释。",),
}
# Out of twenty; every grade occurs as soon as twenty cases are rated.
GRADES: Final = (
    *(Grade.VERY_SATISFIED,) * 10,
    *(Grade.SATISFIED,) * 5,
    *(Grade.FAIRLY_SATISFIED,) * 2,
    *(Grade.DISSATISFIED,) * 2,
    Grade.VERY_DISSATISFIED,
)

_TRADES: Final = ("商贸", "餐饮管理", "机械制造", "农业科技", "物流", "建筑工程", "文化传媒", "食品")
_OFFSETS: Final = 19_000_000  # the sample resident IDs end at twenty million


def sample_applicant(slug: str, kind: Audience, n: int) -> ApplicantDetails:
    """The ``n``-th sample person or firm of a district. Firms say by their name that they are samples."""
    at = zlib.crc32(f"{slug} {kind}".encode()) % _OFFSETS + n
    if kind is Audience.PERSON:
        name, number = invented_name(f"{slug} residents", n), sample_resident_id(at)
    else:
        owner = invented_name(f"{slug} firms", n)
        name, number = f"样例{owner[-2:]}{_TRADES[n % len(_TRADES)]}有限公司", sample_uscc(at)
    return ApplicantDetails(kind=kind, name=name, identity_number=number, phone=sample_phone(at))


def rating_of(grade: Grade, rng: Random) -> dict[str, object]:
    """The arguments of a rating; the unhappy explain themselves more often."""
    says = rng.random() < (0.3 if grade in {Grade.VERY_SATISFIED, Grade.SATISFIED} else 0.7)
    return {"grade": grade, "comment": rng.choice(COMMENTS[grade]) if says else None}
