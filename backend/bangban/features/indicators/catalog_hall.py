"""Indicators of the hall 大厅: guiding, numbers, waiting, and what is done at its windows (DOMAIN part A)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bangban.features.indicators.values import Entry, IndicatorKey, Mechanism, Unit

_K, _M, _U = IndicatorKey, Mechanism, Unit

HALL: Final[Mapping[IndicatorKey, Entry]] = {
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
    _K.PROPOSALS_TAKEN_UP: Entry(
        _M.A04, _U.SHARE, "照顾服务采纳率", "What was proposed for care needs and taken up on the spot"
    ),
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
}
