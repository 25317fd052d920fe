"""Indicators of what is done together, online and in the network 集成办、掌上办与服务网络 (DOMAIN parts D to G)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bangban.features.indicators.values import Entry, IndicatorKey, Mechanism, Unit

_K, _M, _U = IndicatorKey, Mechanism, Unit

NETWORK: Final[Mapping[IndicatorKey, Entry]] = {
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
