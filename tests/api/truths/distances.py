"""How far places lie apart, by geometry in space."""

from __future__ import annotations

import math
from typing import Any

EARTH = 6_371_008.8  # metres


def _upon(place: Any) -> tuple[float, float, float]:
    """A place on a ball of radius one."""
    north, east = math.radians(place.latitude), math.radians(place.longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def metres(one: Any, other: Any) -> float:
    """The great circle above the straight line that leads through the ball."""
    return 2 * EARTH * math.asin(min(1.0, math.dist(_upon(one), _upon(other)) / 2))
