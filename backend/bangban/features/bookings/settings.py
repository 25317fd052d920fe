"""What a district says of bookings, from its profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bangban.features.profiles.models_bookings import BOOKINGS, BookingsFile


def bookings_of(settings: Mapping[str, Any]) -> BookingsFile:
    """What the district says of bookings; the usual where it says nothing."""
    return BookingsFile.model_validate(settings.get(BOOKINGS) or {})
