"""What operators are told of the fleet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

MIGRATE: Final = "fleet.migrate"
DRIFT: Final = "fleet.drift"
MOST_WORKERS: Final = 64
MOST_NAMED: Final = 1000


class FleetStatus(StrEnum):
    """Where a district's schema stands, seen from this release 地区库状态."""

    CURRENT = "CURRENT"
    LAGGING = "LAGGING"
    FAILED = "FAILED"
    AHEAD = "AHEAD"


@dataclass(frozen=True)
class Wish:
    """How a run is to go about it; None leaves it to the settings, or means every district."""

    workers: int | None = None
    canary: int = 0
    only: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Failure:
    """A district that could not be migrated."""

    slug: str
    revision: str
    tries: int
    problem: str | None
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Where the whole fleet stands. ``failures`` are the latest, bounded; ``revisions`` counts districts."""

    head: str
    districts: int
    current: int
    lagging: int
    failed: int
    ahead: int
    drifted: int
    revisions: dict[str, int]
    failures: tuple[Failure, ...]
