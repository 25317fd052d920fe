"""The section ``bookings`` of ``district.yaml``: where and when people can book a place (DOMAIN C19)."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from bangban.features.places.values import PointKind
from bangban.features.profiles.models import Strict, each_once

BOOKINGS: Final = "bookings"
"""The section's key."""


class BookingsFile(Strict):
    """Which points take bookings, and how many; DOMAIN gives no numbers, so the defaults are an own choice."""

    kinds: Annotated[
        tuple[PointKind, ...],
        Field(max_length=len(PointKind), description="Kinds of points; none: nowhere."),
        each_once(),
    ] = (PointKind.LOUNGE, PointKind.BANK)
    slot_minutes: Annotated[int, Field(ge=10, le=240, description="How long a booking lasts.")] = 30
    capacity: Annotated[int, Field(ge=1, le=100, description="Bookings at a point at the same time.")] = 2
    days_ahead: Annotated[int, Field(ge=1, le=60, description="For how many days from today on.")] = 14
