"""What of the answer a client chooses: its language and its media type, by the weights of its headers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"


def weighted(header: str | None) -> Iterator[tuple[str, float]]:
    """The values of an Accept header in lower case, each with its weight; those not wanted (q=0) left out."""
    for part in (header or "").split(","):
        value, *parameters = (each.strip().lower() for each in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, given = parameter.partition("=")
            if name.strip() == "q":
                weight = _weight(given.strip())
        if value and weight > 0:
            yield value, weight


def _weight(given: str) -> float:
    try:
        found = float(given)
    except ValueError:
        return 0.0
    return min(found, 1.0) if math.isfinite(found) else 0.0


def language_of(header: str | None) -> str:
    """``zh-CN`` or ``en``, whichever the Accept-Language header likes better; Chinese where it says neither."""
    best, found = 0.0, "zh-CN"
    for tag, weight in weighted(header):
        primary = tag.partition("-")[0]
        if primary in ("zh", "en") and weight > best:
            best, found = weight, "zh-CN" if primary == "zh" else "en"
    return found


def media_of(header: str | None) -> str:
    """The media type of an answer. Only a client that names the newer one gets it, with its status codes."""
    best, found = 0.0, JSON
    for media, weight in weighted(header):
        if media in (JSON, GRAPHQL_JSON) and weight > best:
            best, found = weight, media
    return found
