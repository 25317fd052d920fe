"""The value lists of bookings."""

from __future__ import annotations

from enum import StrEnum


class BookingState(StrEnum):
    """State of a booking 预约状态 (DOMAIN C19)."""

    BOOKED = "BOOKED"  # 已预约
    CANCELLED = "CANCELLED"  # 已取消
    ARRIVED = "ARRIVED"  # 已到场
    MISSED = "MISSED"  # 已爽约


class BookingOutcome(StrEnum):
    """What becomes of a booking 预约结果."""

    CANCELLED = "CANCELLED"
    ARRIVED = "ARRIVED"
    MISSED = "MISSED"


LIVE = (BookingState.BOOKED, BookingState.ARRIVED)
"""Those that take a place."""
