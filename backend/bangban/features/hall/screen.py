"""A hall in the API: what its screen shows to everybody, and its staff's rota and crowds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import DateTime, Uuid, and_, cast, func, or_

from bangban.features.areas.graphql import within_paths
from bangban.features.hall import enums as described  # noqa: F401 - it describes the value lists
from bangban.features.hall.gaps import RotaGap, rota_gaps
from bangban.features.hall.guards import OVERSIGHT_GUARD, minutes, window_number
from bangban.features.hall.measures import HallStatistics, hall_statistics
from bangban.features.hall.own_tickets import OwnTicket, own_tickets
from bangban.features.hall.queue_sql import called_from, estimated_minutes, number_set, queues, waiting
from bangban.features.hall.settings import USUAL
from bangban.features.hall.tables import (
    GuideShiftRow,
    HallAlertRow,
    TicketRow,
)
from bangban.features.hall.values import (
    AlertAction,
    AlertKind,
    ShiftKind,
    TicketState,
)
from bangban.features.people.graphql import Staff
from bangban.features.places.sql import natural
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.elements import elements, in_place, value
from bangban.kernel.planner.fields import column, many, one
from bangban.kernel.planner.periods import today
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows

_MOMENT = DateTime(timezone=True)


# ---------------------------------------------------------------------- what everybody may see on a screen


@reads(TicketRow)
@strawberry.type(description="A number that was called; it names nobody 叫号.")
class TicketCall:
    number: str = column("The number 号码.")
    queue: str = column("Its queue 队列.")
    window: str = column("The window it was called to 窗口号.", window_number)
    state: TicketState = column("Called, or being served 状态.")
    called_at: datetime = column("When it was called last 叫号时间.", lambda r: r.c.called_at)
    calls: int = column("How often it was called 叫号次数.")


def _serving(rows: Rows, *where: Predicate) -> Pick:
    called = and_(
        rows.c.day == today(rows),
        rows.c.state.in_([TicketState.CALLED.value, TicketState.SERVING.value]),
        *where,
    )
    return Pick(called, (rows.c.called_at.desc(), rows.c.id))


def _serving_of_queue(rows: Rows) -> Pick:
    return _serving(rows, rows.c.point_id == rows.parent.point_id, called_from(rows.c.queue, rows.parent))


def _serving_of_point(rows: Rows) -> Pick:
    return _serving(rows, rows.c.point_id == rows.parent.id)


@strawberry.type(description="A queue of a hall as it stands 队列.")
class HallQueue:
    key: str = column("Its key, with which its numbers begin 队列代号.")
    special: bool = column("Whether its windows take certain matters only 是否专窗队列.")
    windows: list[str] = column("Numbers of the windows that call from it 窗口号.")
    waiting: int = column("How many wait 等候人数.", waiting)
    estimated_wait_minutes: int = column(
        "How long a number given now would wait, estimated 预计等候分钟.", estimated_minutes
    )
    now_serving: list[TicketCall] = many("Numbers at its windows, latest first 正在办理.", _serving_of_queue)


# ------------------------------------------------- what the staff of the point and those above it may see


@reads(GuideShiftRow, guard=OVERSIGHT_GUARD)
@strawberry.type(description="A turn on the rota of a point 值班.")
class GuideShift:
    id: strawberry.ID = column("Identifier 标识.")
    kind: ShiftKind = column(
        "At the desk, or on call 值班类型.", lambda r: func.coalesce(r.c.kind, ShiftKind.GUIDE.value)
    )
    guide: Staff = one("The guide, or who is on call 值班人.", lambda r: r.c.id == r.parent.guide_id)
    desk: str | None = column("Desk 咨询台.")
    begins_at: datetime = column("From when on 开始.")
    ends_at: datetime = column("Until when 结束.")
    lead: bool = column("Whether the guide leads the shift and hears of crowds 是否带班.")
    cancelled: bool = column(
        "Whether it was taken off the rota before it began 是否取消.", lambda r: r.c.cancelled_at.is_not(None)
    )


@strawberry.type(description="Something that was done about a crowd 疏导记录.")
class AlertAnswer:
    action: AlertAction = column("What was done 措施.", value("action"))
    at: datetime = column("When 时间.", lambda r: cast(r.c.value["at"].astext, _MOMENT))
    by: Staff | None = one(
        "Who did it 处置人.", lambda r: r.c.id == cast(r.parent.value["by"].astext, Uuid())
    )


@reads(HallAlertRow, guard=OVERSIGHT_GUARD)
@strawberry.type(description="A crowd in a queue 拥堵提醒.")
class HallAlert:
    id: strawberry.ID = column("Identifier 标识.")
    queue: str = column("The queue 队列.")
    kind: AlertKind = column("What is too much 类型.")
    measured: int = column("People waiting, or minutes waited, when it was seen 人数或分钟数.")
    raised_at: datetime = column("Since when 开始时间.")
    lead: Staff | None = one(
        "Who was told: the lead of the shift, or who was on duty longest; null: nobody was on duty, and the "
        "nearest supervisors were told 带班人.",
        lambda r: r.c.id == r.parent.lead_id,
    )
    actions: list[AlertAnswer] = many(
        "What was done, in order 疏导措施.", in_place, rows=lambda r, name: elements(r.parent.actions, name)
    )
    cleared_at: datetime | None = column("When it was over 解除时间.")
    minutes_to_clear: int | None = column(
        "How long it took 疏导用时(分钟).", lambda r: minutes(r.c.raised_at, r.c.cleared_at)
    )


_POINT_GUARD = Guard(
    Permission.OVERSIGHT_READ, within=lambda columns, paths: within_paths(columns.area_id, paths)
)


@reads(ServicePointRow, guard=_POINT_GUARD)
@strawberry.type(
    description="From when on a queue is a crowd at a point: as it says, else as the district does 拥堵标准."
)
class CrowdLimits:
    queue_length: int = column(
        "People waiting, more than this 排队人数.",
        lambda r: func.coalesce(
            r.c.queue_length, number_set("crowd", "queue_length", usual=USUAL.crowd.queue_length)
        ),
    )
    wait_minutes: int = column(
        "Minutes that somebody waits 等候分钟数.",
        lambda r: func.coalesce(
            r.c.wait_minutes, number_set("crowd", "wait_minutes", usual=USUAL.crowd.wait_minutes)
        ),
    )


def _shifts(
    rows: Rows,
    day: Annotated[date | None, strawberry.argument(description="The day; today if left out 日期.")] = None,
) -> Pick:
    wanted = today(rows) if day is None else day
    return Pick(and_(rows.c.point_id == rows.parent.id, rows.c.day == wanted), (rows.c.begins_at, rows.c.id))


def _alerts(rows: Rows) -> Pick:
    now = or_(rows.c.cleared_at.is_(None), rows.c.day == today(rows))
    return Pick(and_(rows.c.point_id == rows.parent.id, now), (rows.c.raised_at, rows.c.id))


def _queues_in_order(rows: Rows) -> Pick:
    return Pick(rows.c.key.is_not(None), natural(rows.c.key))


@reads(ServicePointRow)
@strawberry.type(
    description="A service point as a hall: queues and calls for everybody, rota and crowds for its staff 大厅."
)
class Hall:
    id: strawberry.ID = column("Identifier of the point 服务点标识.")
    name: str = column("Name 名称.")
    queues: list[HallQueue] = many("Its queues today 队列.", _queues_in_order, rows=queues)
    now_serving: list[TicketCall] = many("Numbers at its windows, latest first 正在办理.", _serving_of_point)
    shifts: list[GuideShift] = many("The rota of a day 值班表.", _shifts)
    rota_gaps: list[RotaGap] = many(
        "When the rota leaves the point without a guide while it is open, or without anybody on call while it is "
        "closed 值班空缺.",
        rota_gaps,
    )
    my_tickets: list[OwnTicket] = many(
        "The caller's own numbers there today, while they are live; nobody else's, and none that was given "
        "without a phone or identity number 本人号票.",
        own_tickets,
    )
    crowd_limits: CrowdLimits | None = one(
        "From when on a queue is a crowd there 拥堵标准.", lambda r: r.c.id == r.parent.id
    )
    alerts: list[HallAlert] = many("Crowds of today 今日拥堵提醒.", _alerts)
    statistics: HallStatistics | None = one("What the hall is measured by 大厅统计.", hall_statistics)
