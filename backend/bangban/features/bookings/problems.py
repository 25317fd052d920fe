"""Refusals of bookings. Times are shown by the district's clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bangban.features.bookings.values import BookingState
from bangban.kernel.problems import ErrorCode, NotFound, Problem

_STATE_ZH = {
    BookingState.BOOKED: "已预约",
    BookingState.CANCELLED: "已取消",
    BookingState.ARRIVED: "已到场",
    BookingState.MISSED: "已爽约",
}
_BEGINS = ("input.beginsAt",)


def no_such_point() -> NotFound:
    """There is no such service point, or it is not there on that day."""
    return NotFound("service point", "服务点", fields=("input.pointId",))


def no_such_booking() -> NotFound:
    """The one refusal for a booking that is not there, and for one that is not the caller's to settle."""
    return NotFound("booking", "该预约", fields=("input.id",))


def clock_times(times: Sequence[datetime]) -> list[str]:
    """Moments, in the zone that they are in, to the minute."""
    return [f"{each:%m-%d %H:%M}" for each in times]


class PointNotBookable(Problem):
    """The district lets points of other kinds be booked."""

    zh = "该服务点不提供预约,可直接前往。"
    en = "This point takes no bookings. You can simply come."

    def __init__(self) -> None:
        super().__init__(fields=("input.pointId",))


class ServiceNotTaken(Problem):
    """The catalog has no such item, or the partner's agreement does not name it on that day."""

    zh = "该服务点当日不受理事项“{code}”。"
    en = "Item {code} is not taken at this point on that day."

    def __init__(self, code: str) -> None:
        super().__init__(fields=("input.serviceCode",), code=code)


class SlotOver(Problem):
    """It began already."""

    zh = "该时段已开始或已过,请另选时段。"
    en = "That time has begun or is over. Choose a later one."

    def __init__(self) -> None:
        super().__init__(fields=_BEGINS)


class SlotTooFar(Problem):
    """Further ahead than the district lets people book."""

    zh = "只能预约 {days} 天以内的时段。"
    en = "Bookings are taken for the next {days} days."

    def __init__(self, days: int) -> None:
        super().__init__(fields=_BEGINS, days=days)


class NoSuchSlot(Problem):
    """No slot of the point begins then: it is closed, or the time is between two slots."""

    zh = "该服务点没有此开始时间的时段。最近可约:{free_zh}。"
    en = "No slot of this point begins then. The next free ones: {free}."

    def __init__(self, free: Sequence[datetime]) -> None:
        super().__init__(
            fields=_BEGINS, free=clock_times(free) or ["none"], free_zh=clock_times(free) or ["无"]
        )


class SlotFull(Problem):
    """Every place of the slot is taken; the refusal names the next slots with a free place."""

    code = ErrorCode.FULLY_BOOKED
    zh = "该时段已约满。最近可约:{free_zh}。"
    en = "That time is fully booked. The next free ones: {free}."

    def __init__(self, free: Sequence[datetime]) -> None:
        super().__init__(
            fields=_BEGINS, free=clock_times(free) or ["none"], free_zh=clock_times(free) or ["无"]
        )


class AlreadyBooked(Problem):
    """One live booking of a resident for a point and day."""

    code = ErrorCode.CONFLICT
    zh = "您当日在该服务点已有 {at} 的预约。"
    en = "You have a booking at this point on that day already, at {at}."

    def __init__(self, at: datetime) -> None:
        super().__init__(fields=_BEGINS, at=clock_times((at,)))


class BookingSettled(Problem):
    """It is cancelled, kept or missed already."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "该预约当前状态为“{state_zh}”,不能执行此操作。"
    en = "The booking is {state}; this cannot be done from there."

    def __init__(self, state: BookingState) -> None:
        super().__init__(fields=("input.id",), state=state, state_zh=_STATE_ZH[state])


class OutcomeNotYours(Problem):
    """Residents cancel, the staff of the point say who came."""

    code = ErrorCode.FORBIDDEN
    zh = "预约由本人取消;是否到场由服务点工作人员登记。"
    en = "Whoever booked cancels; whether they came is for the staff of the point to say."

    def __init__(self) -> None:
        super().__init__(fields=("input.outcome",))


class OutcomeNotNow(Problem):
    """Cancelled before it begins, arrived on its day, missed once it has begun."""

    code = ErrorCode.CONFLICT
    zh = "取消须在开始之前,到场须在当日,爽约须在开始之后。"
    en = "A booking is cancelled before it begins, kept on its day, and missed once it has begun."

    def __init__(self) -> None:
        super().__init__(fields=("input.outcome",))
