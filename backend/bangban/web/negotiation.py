"""What of the answer a client chooses by its headers: language, media type, compression."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"

LANGUAGES: Final = ("zh-CN", "en")
"""In which sentences are said, the first where nobody chose."""

_OURS: Final = (JSON, GRAPHQL_JSON)
_ANY: Final = ("*/*", "application/*")


def weighted(header: str | None) -> Iterator[tuple[str, float]]:
    """The values of an Accept header in lower case, each with its weight; those not wanted (q=0) left out."""
    return ((value, weight) for value, weight in _weighed(header) if weight > 0)


def _weighed(header: str | None) -> Iterator[tuple[str, float]]:
    for part in (header or "").split(","):
        value, *parameters = (each.strip().lower() for each in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, given = parameter.partition("=")
            if name.strip() == "q":
                weight = _weight(given.strip())
        if value:
            yield value, weight


def _weight(given: str) -> float:
    try:
        found = float(given)
    except ValueError:
        return 0.0
    return min(found, 1.0) if math.isfinite(found) else 0.0


def language_of(header: str | None) -> str:
    """``zh-CN`` or ``en``, whichever the Accept-Language header likes better; Chinese where it says neither."""
    chinese, english = LANGUAGES
    best, found = 0.0, chinese
    for tag, weight in weighted(header):
        primary = tag.partition("-")[0]
        if primary in ("zh", "en") and weight > best:
            best, found = weight, chinese if primary == "zh" else english
    return found


def media_of(header: str | None) -> str:
    """The media type of an answer. Only a client that names the newer one, or will not have the older, gets it."""
    best, found = 0.0, JSON
    given = dict(_weighed(header))
    for media, weight in given.items():
        if media in _OURS and weight > best:
            best, found = weight, media
    older_refused = given.get(JSON) == 0.0 and GRAPHQL_JSON not in given
    return GRAPHQL_JSON if not best and older_refused and _takes_any(given) else found


def is_acceptable(header: str | None) -> bool:
    """Whether an Accept header lets us answer at all. One that is missing or empty does."""
    given = dict(_weighed(header))
    if not given or any(given.get(media, 0.0) > 0 for media in _OURS):
        return True
    return _takes_any(given) and any(media not in given for media in _OURS)


def _takes_any(given: dict[str, float]) -> bool:
    return any(given.get(each, 0.0) > 0 for each in _ANY)


def takes_gzip(header: str | None) -> bool:
    """Whether an Accept-Encoding header takes gzip. One that is missing takes nothing but the plain bytes."""
    given = dict(_weighed(header))
    return given.get("gzip", given.get("*", 0.0)) > 0
