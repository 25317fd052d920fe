"""Crowds 拥堵 (DOMAIN A05): when one begins, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bangban.features.hall.values import AlertKind


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a queue stands: people waiting, and since when the first of them does."""

    waiting: int
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From when on a queue is a crowd: more people, or a longer wait in minutes."""

    length: int
    minutes: int


def limits_at(usual: Limits, *, length: int | None, minutes: int | None) -> Limits:
    """What holds at a point that says so itself; what it does not say is as in the district."""
    return Limits(
        length=usual.length if length is None else length,
        minutes=usual.minutes if minutes is None else minutes,
    )


def crowds(standing: Standing, limits: Limits, *, now: datetime) -> dict[AlertKind, int]:
    """What is too much at this moment, each with what was measured: people, or minutes."""
    found: dict[AlertKind, int] = {}
    if standing.waiting > limits.length:
        found[AlertKind.LENGTH] = standing.waiting
    if standing.since is not None:
        waited = now - standing.since
        if waited >= timedelta(minutes=limits.minutes):
            found[AlertKind.WAIT] = int(waited.total_seconds() // 60)
    return found
