"""Indicators of what people are told and helped with 首问与帮办代办 (DOMAIN parts B and C)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bangban.features.indicators.values import Entry, IndicatorKey, Mechanism, Unit

_K, _M, _U = IndicatorKey, Mechanism, Unit

HELP: Final[Mapping[IndicatorKey, Entry]] = {
    _K.OWNER_GAPS: Entry(
        _M.B01, _U.COUNT, "首问责任空缺数", "Open first-asked records whose owner is not in service any more"
    ),
    _K.CLOSING_HOURS: Entry(
        _M.B01, _U.HOURS, "首问办结用时中位数", "Median time from being asked to the end"
    ),
    _K.TRANSFERS_IN_TIME: Entry(
        _M.B02, _U.SHARE, "内转按时接收率", "Transfers inside that were taken, of those that ended"
    ),
    _K.EXTERNAL_BOUNCES: Entry(_M.B02, _U.COUNT, "外转数", "Visits that were sent to another place"),
    _K.SECOND_NOTICES: Entry(
        _M.B03, _U.COUNT, "二次告知数", "Notices of missing papers after the first one of a case"
    ),
    _K.ON_TIME: Entry(_M.B04, _U.SHARE, "按时办结率", "Completed cases that were done by their due day"),
    _K.OVERDUE: Entry(_M.B04, _U.COUNT, "超期在办数", "Cases that are past their due day now"),
    _K.FLAGGED_PHRASES: Entry(_M.B05, _U.COUNT, "禁用语拦截数", "Texts refused for a banned phrase"),
    _K.UNATTRIBUTED_ANSWERS: Entry(_M.B06, _U.COUNT, "无署名答复数", "Answers of which nobody is the author"),
    _K.COMMITMENTS_KEPT: Entry(
        _M.B07, _U.SHARE, "承诺兑现率", "Completed cases that kept a commitment, one by one"
    ),
    _K.COMMITMENT_SCORE: Entry(
        _M.B07, _U.SHARE, "五项承诺总兑现率", "Commitments kept, of all that completed cases made"
    ),
    _K.ORDERS: Entry(_M.C01, _U.COUNT, "帮办单数", "Orders placed, by kind"),
    _K.HELPED_CASES: Entry(
        _M.C01,
        _U.COUNT,
        "帮办代办件数",
        "Cases applied for, by whether somebody helps or acts for the applicant",
    ),
    _K.FEES: Entry(_M.C01, _U.YUAN, "帮办收费", "What help cost"),
    _K.STEP_HOURS: Entry(_M.C02, _U.HOURS, "各环节用时中位数", "Median time of a step of the flow"),
    _K.DROP_OUTS: Entry(_M.C02, _U.SHARE, "未办成率", "Cases that ended without being done, by how"),
    _K.MODE_USE: Entry(_M.C03, _U.SHARE, "帮办方式使用率", "Cases helped in a mode, by mode"),
    _K.CHECK_INS_KEPT: Entry(
        _M.C03, _U.SHARE, "跟踪回访按期率", "Check-ins of tracked cases that were made by their day"
    ),
    _K.CHAIN_LENGTH: Entry(
        _M.C04, _U.COUNT, "接力链长度", "Hand-overs taken for a case that was handed over, on average"
    ),
    _K.HANDOVER_GAP_MINUTES: Entry(
        _M.C04, _U.MINUTES, "交接等待时长中位数", "Median time that a hand-over waited to be taken"
    ),
    _K.REASSIGNED: Entry(
        _M.C05, _U.SHARE, "改派率", "Orders that were given to somebody else once somebody had them"
    ),
    _K.LOAD_SPREAD: Entry(
        _M.C05, _U.RATIO, "负荷均衡度", "Orders in hand of the busiest helper, in times of the average"
    ),
    _K.HEADCOUNT: Entry(
        _M.C06, _U.PEOPLE, "队伍人数", "People in teams on the last day, by full time and part time"
    ),
    _K.TOWNS_WITH_TEAM: Entry(_M.C06, _U.SHARE, "镇街建队率", "Towns with a team that has people"),
    _K.CALL_ANSWER_MINUTES: Entry(
        _M.C07, _U.MINUTES, "呼叫应答用时中位数", "Median time until a call from a park was answered"
    ),
    _K.CALL_ATTEND_MINUTES: Entry(
        _M.C07, _U.MINUTES, "呼叫到场用时中位数", "Median time until somebody came"
    ),
    _K.NEED_CLAIM_MINUTES: Entry(
        _M.C08, _U.MINUTES, "点单认领用时中位数", "Median time until a resident's need was taken"
    ),
    _K.NEED_SATISFIED: Entry(_M.C08, _U.SHARE, "点单满意率", "Needs rated fairly satisfied or better"),
    _K.PAPERS_OUT: Entry(
        _M.C09,
        _U.COUNT,
        "在途材料数",
        "Papers taken for cases of the period that are in somebody's hands now",
    ),
    _K.PAPERS_BALANCED: Entry(
        _M.C09, _U.SHARE, "材料账平率", "Cases with papers taken that have none in somebody's hands"
    ),
    _K.DOOR_SUCCESS: Entry(
        _M.C10, _U.SHARE, "上门成功率", "Tasks at the door that were done, of those tried"
    ),
    _K.DOOR_RETRIES: Entry(_M.C10, _U.COUNT, "重复上门次数", "Further tries at the door"),
    _K.ITEMS_COVERED: Entry(
        _M.C11,
        _U.SHARE,
        "承接事项技能覆盖率",
        "Items taken on by a unit that somebody posted there can help with",
    ),
    _K.STALE_CONTACTS: Entry(
        _M.C12, _U.SHARE, "通讯录待核对率", "Entries of the contact book that nobody looked over in time"
    ),
    _K.GROUP_ANSWER_MINUTES: Entry(
        _M.C12,
        _U.MINUTES,
        "群内首次答复用时中位数",
        "Median time to the first answer to what was asked in work groups",
    ),
    _K.CARD_SCANS: Entry(_M.C13, _U.COUNT, "服务卡扫码数", "Scans of service cards, ever"),
    _K.STALE_SCANS: Entry(_M.C13, _U.COUNT, "作废卡扫码数", "Scans of cards that were revoked"),
    _K.NEXT_STEP_LEAD_DAYS: Entry(
        _M.C14,
        _U.DAYS,
        "主动告知提前天数中位数",
        "Median days from being told what follows to applying for it",
    ),
    _K.ELDERLY_HELPED: Entry(_M.C16, _U.SHARE, "代操作老年人占比", "Online steps done for old people"),
    _K.VOLUNTEER_HOURS: Entry(
        _M.C17, _U.HOURS, "志愿服务时长", "Time that volunteers spent on orders that were done"
    ),
    _K.RECOGNITIONS: Entry(_M.C18, _U.COUNT, "锦旗感谢信数", "Banners, letters and praise, by kind"),
    _K.BOOKINGS_USED: Entry(_M.C19, _U.SHARE, "预约到场率", "Bookings whose holder came, of those settled"),
}
