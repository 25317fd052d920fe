"""Which points of a district take bookings and how many, as its settings say or as is usual."""

from __future__ import annotations

import json
from typing import Final

import strawberry
from sqlalchemy import Text, cast, func, literal
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.districts.presenting import number_or_usual, setting
from bangban.features.places.enums import PointKind
from bangban.features.profiles.models_bookings import BOOKINGS, BookingsFile
from bangban.kernel.planner.fields import column

_USUAL: Final = BookingsFile()


@strawberry.type(description="Which points take bookings, and how many 预约设置.")
class BookingsSettings:
    kinds: list[PointKind] = column(
        "Kinds of points that take bookings; none: nowhere 可预约的服务点类型.",
        lambda rows: func.coalesce(
            setting(rows.c, BOOKINGS, "kinds"),
            cast(literal(json.dumps(_USUAL.kinds), Text()), JSONB()),
            type_=JSONB(),
        ),
    )
    slot_minutes: int = column(
        "How long a booking lasts, in minutes 时段分钟数.",
        number_or_usual(BOOKINGS, "slot_minutes", _USUAL.slot_minutes),
    )
    capacity: int = column(
        "Bookings at a point at the same time 席位数.",
        number_or_usual(BOOKINGS, "capacity", _USUAL.capacity),
    )
    days_ahead: int = column(
        "For how many days from today on 可提前预约天数.",
        number_or_usual(BOOKINGS, "days_ahead", _USUAL.days_ahead),
    )
