"""Every indicator: of which mechanism, in what unit, and its name 指标目录. In the order in which they are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from bangban.features.indicators.values import IndicatorKey, Mechanism, Unit


class Entry(NamedTuple):
    """What an indicator is."""

    mechanism: Mechanism
    unit: Unit
    zh: str
    en: str


_K, _M, _U = IndicatorKey, Mechanism, Unit

CATALOG: Final[Mapping[IndicatorKey, Entry]] = {
    _K.VISITS_PER_GUIDE_HOUR: Entry(
        _M.A01, _U.PER_HOUR, "每导办小时接待数", "Visits that guides greeted for each hour of a guide"
    ),
    _K.CONTACT_SECONDS: Entry(
        _M.A01,
        _U.SECONDS,
        "首次接待用时中位数",
        "Median time from coming in to the greeting, where coming in was noticed",
    ),
    _K.HALL_MINUTES_MEDIAN: Entry(
        _M.A02, _U.MINUTES, "在厅时长中位数", "Median time in the hall of visits that were done"
    ),
    _K.HALL_MINUTES_NINETIETH: Entry(
        _M.A02,
        _U.MINUTES,
        "在厅时长九成位",
        "Time in the hall that nine of ten visits that were done stay below",
    ),
    _K.HALL_ON_TARGET: Entry(
        _M.A02, _U.SHARE, "在厅时长达标率", "Visits that were done within the district's target"
    ),
    _K.DUPLICATE_TICKETS_REFUSED: Entry(
        _M.A03, _U.COUNT, "重复取号拦截数", "Numbers refused because the visitor had one"
    ),
    _K.WRONG_QUEUES_REFUSED: Entry(
        _M.A03,
        _U.SHARE,
        "错号拦截率",
        "Numbers refused because the queue does not take the matter, of these and those given",
    ),
    _K.TICKETS_TRANSFERRED: Entry(
        _M.A03, _U.SHARE, "转窗率", "Numbers of another queue than the matter turned out to be for"
    ),
    _K.WAIT_MINUTES: Entry(
        _M.A03, _U.MINUTES, "等候时长中位数", "Median time from the number to being served"
    ),
    _K.PRIORITY_WAIT_MINUTES: Entry(
        _M.A04, _U.MINUTES, "优先服务等候时长中位数", "Median wait of those who are looked after first"
    ),
    _K.OTHER_WAIT_MINUTES: Entry(_M.A04, _U.MINUTES, "普通等候时长中位数", "Median wait of all others"),
    _K.CROWD_ALERTS: Entry(_M.A05, _U.COUNT, "拥堵次数", "Crowds that were noticed"),
    _K.CROWD_CLEAR_MINUTES: Entry(_M.A05, _U.MINUTES, "疏导用时中位数", "Median time until a crowd was over"),
    _K.SENT_AWAY_ONCE: Entry(
        _M.A06,
        _U.SHARE,
        "一次告知即备齐率",
        "Visitors sent away for missing papers who were sent away once only for the matter",
    ),
    _K.OVERTIME_MINUTES: Entry(_M.A07, _U.MINUTES, "延时服务分钟数", "Minutes of overtime"),
    _K.SECOND_TRIPS_AVOIDED: Entry(
        _M.A07, _U.COUNT, "免二次跑数", "Tickets that were finished after closing"
    ),
    _K.BATCH_SIZE: Entry(_M.A08, _U.COUNT, "集中收件平均件数", "Applications in a batch, on average"),
    _K.BATCH_FAULTY: Entry(
        _M.A08,
        _U.SHARE,
        "集中收件补正率",
        "Applications of batches of which papers were missing all the same",
    ),
    _K.TRIPS_PER_CASE: Entry(
        _M.A09,
        _U.TRIPS,
        "件均跑动次数",
        "Times that applicants came for a case that was completed, on average",
    ),
    _K.ONE_WINDOW: Entry(_M.A09, _U.SHARE, "一窗受理率", "Tickets served at comprehensive windows"),
    _K.ONCE_DONE: Entry(_M.A10, _U.SHARE, "一次办好率", "Completed cases that were done in one go"),
    _K.ON_SPOT_DECISIONS: Entry(
        _M.A11,
        _U.COUNT,
        "首席代表现场办理数",
        "What chief representatives did on the spot by their own delegation",
    ),
    _K.REPLY_MINUTES: Entry(
        _M.A12,
        _U.MINUTES,
        "网上咨询首次答复用时中位数",
        "Median time to the first answer to what was asked online",
    ),
    _K.REPLIES_IN_TIME: Entry(
        _M.A12,
        _U.SHARE,
        "网上咨询按时答复率",
        "Questions asked online whose first answer came by the promised time",
    ),
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
    _K.PROMISES_OVERDUE: Entry(
        _M.D10, _U.SHARE, "容缺承诺逾期率", "Promises to bring papers that were not kept by their day"
    ),
    _K.ISSUED_TOGETHER: Entry(
        _M.D11, _U.COUNT, "多证齐发数", "Applications whose results were all given out together"
    ),
    _K.TRIPS_SPARED: Entry(
        _M.E01,
        _U.TRIPS,
        "一件事少跑次数",
        "Trips that the matters of bundles would have taken one by one, without those made",
    ),
    _K.PAPERS_SPARED: Entry(
        _M.E01,
        _U.COUNT,
        "一件事少交材料数",
        "Papers that the matters of bundles would have taken one by one, without those given",
    ),
    _K.BUNDLE_MINUTES: Entry(
        _M.E02,
        _U.MINUTES,
        "即办一件事用时中位数",
        "Median time from application to the last result of bundles that are done on the spot",
    ),
    _K.GUIDANCE_HITS: Entry(
        _M.E04,
        _U.SHARE,
        "情形引导命中率",
        "Applications after questions that were accepted for what these led to, of those that do not wait",
    ),
    _K.PEOPLE_COACHED: Entry(_M.F01, _U.PEOPLE, "手把手辅导人数", "People coached"),
    _K.TERMINAL_UPTIME: Entry(
        _M.F02,
        _U.SHARE,
        "终端在线率",
        "Share of their time in which terminals worked, since they were installed",
    ),
    _K.OFF_HOURS_USE: Entry(
        _M.F02,
        _U.SHARE,
        "非工作时间自助使用占比",
        "Numbers and applications at terminals outside office hours",
    ),
    _K.CHANNEL_USE: Entry(
        _M.F03, _U.SHARE, "办理渠道占比", "Cases applied for, by the door they came through"
    ),
    _K.UPLOADS_SPARED: Entry(
        _M.F04,
        _U.SHARE,
        "数据共享免提交率",
        "Materials of cases that nobody handed in because the data are shared",
    ),
    _K.VILLAGES_IN_REACH: Entry(
        _M.G01, _U.SHARE, "便民服务圈村居覆盖率", "Villages within the district's circle of a service point"
    ),
    _K.VILLAGES_WITH_STATION: Entry(_M.G02, _U.SHARE, "村居设站率", "Villages with a station"),
    _K.GRIDS_WITH_AGENTS: Entry(
        _M.G02, _U.SHARE, "网格帮办员达标率", "Grids with as many agents as they should have"
    ),
    _K.AREAS: Entry(_M.G03, _U.COUNT, "各级单元数", "Areas in use, by level"),
    _K.HELPER_SOURCES: Entry(_M.G04, _U.SHARE, "帮办员来源占比", "Helpers, by where they come from"),
    _K.STATION_MATURITY: Entry(_M.G05, _U.COUNT, "站点成熟度", "Stations assessed, by how mature they are"),
    _K.POINT_STARS: Entry(_M.G06, _U.COUNT, "星级服务点数", "Points assessed, by stars"),
    _K.ITEMS_DELEGATED: Entry(_M.G07, _U.COUNT, "下放事项数", "Items that units take on"),
    _K.DELEGATIONS_USED: Entry(_M.G07, _U.SHARE, "下放事项使用率", "Delegations by which something was done"),
    _K.CATEGORY_CASES: Entry(_M.G08, _U.COUNT, "各类事项办件量", "Cases applied for, by theme"),
    _K.BANK_CASES: Entry(_M.G09, _U.COUNT, "政银网点办件量", "Cases worked on at a bank's outlet, by outlet"),
    _K.SHOP_CASES: Entry(_M.G10, _U.COUNT, "商超网点办件量", "Cases worked on at a shop, by outlet"),
    _K.ACCEPTED_ELSEWHERE: Entry(
        _M.G11, _U.SHARE, "就近受理率", "Cases accepted by a unit to which the item was delegated"
    ),
    _K.FIELD_VISITS: Entry(
        _M.G12, _U.COUNT, "临时服务点服务人次", "Visits to points set up for some days, by point"
    ),
    _K.OUTREACH_REACHED: Entry(_M.G13, _U.PEOPLE, "宣讲触达人数", "People reached by outreach"),
    _K.OUTREACH_MATCHED: Entry(
        _M.G13, _U.PEOPLE, "可告知群众人次", "People who agreed to be told, for each outreach that suits them"
    ),
    _K.OUTREACH_APPLIED: Entry(_M.G13, _U.COUNT, "宣讲后申请数", "Cases begun for what was presented"),
    _K.AMENITIES: Entry(_M.G14, _U.COUNT, "便民设施数", "Points with an amenity, by amenity"),
    _K.SOLVED_INSIDE: Entry(
        _M.G15, _U.SHARE, "社区问题内部解决率", "Problems of communities that were solved inside the street"
    ),
}
