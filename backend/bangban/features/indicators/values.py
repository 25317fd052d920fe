"""Names of what is measured. Mechanisms have the numbers of the domain brief."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Mechanism(StrEnum):
    """What is measured 机制, by its number in the domain brief."""

    A01 = "A01"  # 咨询导办
    A02 = "A02"  # 主动询问
    A03 = "A03"  # 取号
    A04 = "A04"  # 优先引导
    A05 = "A05"  # 疏导
    A06 = "A06"  # 材料预检
    A07 = "A07"  # 延时服务
    A08 = "A08"  # 集中收件
    A09 = "A09"  # 一窗受理
    A10 = "A10"  # 一次办好
    A11 = "A11"  # 首席代表
    A12 = "A12"  # 不打烊服务
    B01 = "B01"  # 首问负责
    B02 = "B02"  # 内转外不转
    B03 = "B03"  # 一次性告知
    B04 = "B04"  # 限时办结
    B05 = "B05"  # 用语规范
    B06 = "B06"  # 谁解答谁负责
    B07 = "B07"  # 五项承诺
    C01 = "C01"  # 帮办代办
    C02 = "C02"  # 五步流程
    C03 = "C03"  # 帮办方式
    C04 = "C04"  # 接力帮
    C05 = "C05"  # 任务分配
    C06 = "C06"  # 三级覆盖
    C07 = "C07"  # 园区代办
    C08 = "C08"  # 群众点单
    C09 = "C09"  # 代收材料
    C10 = "C10"  # 上门服务
    C11 = "C11"  # 全科社工
    C12 = "C12"  # 通讯录
    C13 = "C13"  # 服务卡
    C14 = "C14"  # 提前告知
    C16 = "C16"  # 代操作
    C17 = "C17"  # 志愿者
    C18 = "C18"  # 锦旗感谢信
    C19 = "C19"  # 会客厅预约
    D10 = "D10"  # 容缺承诺
    D11 = "D11"  # 多证齐发
    E01 = "E01"  # 一件事
    E02 = "E02"  # 即办一件事
    E04 = "E04"  # 情形引导
    F01 = "F01"  # 掌上办
    F02 = "F02"  # 自助服务
    F03 = "F03"  # 办理渠道
    F04 = "F04"  # 数据共享
    G01 = "G01"  # 便民服务圈
    G02 = "G02"  # 三级体系
    G03 = "G03"  # 四级体系
    G04 = "G04"  # 人员来源
    G05 = "G05"  # 专业站点
    G06 = "G06"  # 星级评定
    G07 = "G07"  # 服务下沉
    G08 = "G08"  # 五合一窗口
    G09 = "G09"  # 政银合作
    G10 = "G10"  # 三进
    G11 = "G11"  # 三级统一办
    G12 = "G12"  # 服务前移
    G13 = "G13"  # 政策宣讲
    G14 = "G14"  # 便民设施
    G15 = "G15"  # 内部循环


class Unit(StrEnum):
    """In what a value is given 计量单位."""

    COUNT = "COUNT"  # 数量
    PEOPLE = "PEOPLE"  # 人
    SHARE = "SHARE"  # 占比
    RATIO = "RATIO"  # 倍
    PER_HOUR = "PER_HOUR"  # 每小时
    SECONDS = "SECONDS"  # 秒
    MINUTES = "MINUTES"  # 分钟
    HOURS = "HOURS"  # 小时
    DAYS = "DAYS"  # 天
    TRIPS = "TRIPS"  # 次
    YUAN = "YUAN"  # 元


class IndicatorKey(StrEnum):
    """One thing that is measured of a mechanism 指标; ``catalog`` says what it is."""

    VISITS_PER_GUIDE_HOUR = "VISITS_PER_GUIDE_HOUR"
    CONTACT_SECONDS = "CONTACT_SECONDS"
    HALL_MINUTES_MEDIAN = "HALL_MINUTES_MEDIAN"
    HALL_MINUTES_NINETIETH = "HALL_MINUTES_NINETIETH"
    HALL_ON_TARGET = "HALL_ON_TARGET"
    DUPLICATE_TICKETS_REFUSED = "DUPLICATE_TICKETS_REFUSED"
    WRONG_QUEUES_REFUSED = "WRONG_QUEUES_REFUSED"
    TICKETS_TRANSFERRED = "TICKETS_TRANSFERRED"
    WAIT_MINUTES = "WAIT_MINUTES"
    PRIORITY_WAIT_MINUTES = "PRIORITY_WAIT_MINUTES"
    OTHER_WAIT_MINUTES = "OTHER_WAIT_MINUTES"
    PROPOSALS_TAKEN_UP = "PROPOSALS_TAKEN_UP"
    CROWD_ALERTS = "CROWD_ALERTS"
    CROWD_CLEAR_MINUTES = "CROWD_CLEAR_MINUTES"
    SENT_AWAY_ONCE = "SENT_AWAY_ONCE"
    OVERTIME_MINUTES = "OVERTIME_MINUTES"
    SECOND_TRIPS_AVOIDED = "SECOND_TRIPS_AVOIDED"
    BATCH_SIZE = "BATCH_SIZE"
    BATCH_FAULTY = "BATCH_FAULTY"
    TRIPS_PER_CASE = "TRIPS_PER_CASE"
    ONE_WINDOW = "ONE_WINDOW"
    ONCE_DONE = "ONCE_DONE"
    ON_SPOT_DECISIONS = "ON_SPOT_DECISIONS"
    REPLY_MINUTES = "REPLY_MINUTES"
    REPLIES_IN_TIME = "REPLIES_IN_TIME"
    OWNER_GAPS = "OWNER_GAPS"
    CLOSING_HOURS = "CLOSING_HOURS"
    TRANSFERS_IN_TIME = "TRANSFERS_IN_TIME"
    EXTERNAL_BOUNCES = "EXTERNAL_BOUNCES"
    SECOND_NOTICES = "SECOND_NOTICES"
    ON_TIME = "ON_TIME"
    OVERDUE = "OVERDUE"
    FLAGGED_PHRASES = "FLAGGED_PHRASES"
    UNATTRIBUTED_ANSWERS = "UNATTRIBUTED_ANSWERS"
    COMMITMENTS_KEPT = "COMMITMENTS_KEPT"
    COMMITMENT_SCORE = "COMMITMENT_SCORE"
    ORDERS = "ORDERS"
    HELPED_CASES = "HELPED_CASES"
    FEES = "FEES"
    STEP_HOURS = "STEP_HOURS"
    DROP_OUTS = "DROP_OUTS"
    MODE_USE = "MODE_USE"
    CHECK_INS_KEPT = "CHECK_INS_KEPT"
    CHAIN_LENGTH = "CHAIN_LENGTH"
    HANDOVER_GAP_MINUTES = "HANDOVER_GAP_MINUTES"
    REASSIGNED = "REASSIGNED"
    LOAD_SPREAD = "LOAD_SPREAD"
    HEADCOUNT = "HEADCOUNT"
    TOWNS_WITH_TEAM = "TOWNS_WITH_TEAM"
    CALL_ANSWER_MINUTES = "CALL_ANSWER_MINUTES"
    CALL_ATTEND_MINUTES = "CALL_ATTEND_MINUTES"
    NEED_CLAIM_MINUTES = "NEED_CLAIM_MINUTES"
    NEED_SATISFIED = "NEED_SATISFIED"
    PAPERS_OUT = "PAPERS_OUT"
    PAPERS_BALANCED = "PAPERS_BALANCED"
    DOOR_SUCCESS = "DOOR_SUCCESS"
    DOOR_RETRIES = "DOOR_RETRIES"
    ITEMS_COVERED = "ITEMS_COVERED"
    STALE_CONTACTS = "STALE_CONTACTS"
    GROUP_ANSWER_MINUTES = "GROUP_ANSWER_MINUTES"
    CARD_SCANS = "CARD_SCANS"
    STALE_SCANS = "STALE_SCANS"
    NEXT_STEP_LEAD_DAYS = "NEXT_STEP_LEAD_DAYS"
    ELDERLY_HELPED = "ELDERLY_HELPED"
    VOLUNTEER_HOURS = "VOLUNTEER_HOURS"
    RECOGNITIONS = "RECOGNITIONS"
    BOOKINGS_USED = "BOOKINGS_USED"
    PROMISES_OVERDUE = "PROMISES_OVERDUE"
    ISSUED_TOGETHER = "ISSUED_TOGETHER"
    TRIPS_SPARED = "TRIPS_SPARED"
    PAPERS_SPARED = "PAPERS_SPARED"
    BUNDLE_MINUTES = "BUNDLE_MINUTES"
    GUIDANCE_HITS = "GUIDANCE_HITS"
    PEOPLE_COACHED = "PEOPLE_COACHED"
    TERMINAL_UPTIME = "TERMINAL_UPTIME"
    OFF_HOURS_USE = "OFF_HOURS_USE"
    CHANNEL_USE = "CHANNEL_USE"
    UPLOADS_SPARED = "UPLOADS_SPARED"
    VILLAGES_IN_REACH = "VILLAGES_IN_REACH"
    VILLAGES_WITH_STATION = "VILLAGES_WITH_STATION"
    GRIDS_WITH_AGENTS = "GRIDS_WITH_AGENTS"
    AREAS = "AREAS"
    HELPER_SOURCES = "HELPER_SOURCES"
    STATION_MATURITY = "STATION_MATURITY"
    POINT_STARS = "POINT_STARS"
    ITEMS_DELEGATED = "ITEMS_DELEGATED"
    DELEGATIONS_USED = "DELEGATIONS_USED"
    CATEGORY_CASES = "CATEGORY_CASES"
    BANK_CASES = "BANK_CASES"
    SHOP_CASES = "SHOP_CASES"
    ACCEPTED_ELSEWHERE = "ACCEPTED_ELSEWHERE"
    FIELD_VISITS = "FIELD_VISITS"
    OUTREACH_REACHED = "OUTREACH_REACHED"
    OUTREACH_MATCHED = "OUTREACH_MATCHED"
    OUTREACH_APPLIED = "OUTREACH_APPLIED"
    AMENITIES = "AMENITIES"
    SOLVED_INSIDE = "SOLVED_INSIDE"


class Entry(NamedTuple):
    """What the catalog says of an indicator."""

    mechanism: Mechanism
    unit: Unit
    zh: str
    en: str
