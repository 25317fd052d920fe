"""What a request is counted as before anything about it is known for certain."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import Any, Final

from bangban.kernel.tenancy.registry import Registry
from bangban.web.auth import host_name

_MUTATION: Final = "mutation"


def looks_like_writing(document: str) -> bool:
    """A guess, for the choice of a lane: both are fair, so a wrong one harms nobody but who provoked it."""
    return _MUTATION in document


def counted_as(
    registry: Registry, authorization: bytes | None, district: bytes | None, host: bytes | None
) -> str:
    """The district that a request is counted for; empty for none and for one that is not there."""
    slug = _named(authorization, district) or (registry.slug_of_host(_host(host)) if host else None)
    return slug if slug is not None and registry.find(slug) is not None else ""


def _named(authorization: bytes | None, district: bytes | None) -> str | None:
    if district is not None:
        return district.decode("latin-1").strip()
    return claimed_district(authorization) if authorization is not None else None


@lru_cache(maxsize=512)
def _host(host: bytes) -> str:
    return host_name(host.decode("latin-1"))


@lru_cache(maxsize=8192)
def claimed_district(authorization: bytes) -> str | None:
    """The district that a bearer token names, unverified: for counting, and nothing else."""
    parts = authorization.split(b".")
    if len(parts) != 3 or len(authorization) > 4096:  # header, claims, signature
        return None
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(parts[1] + b"=="))
        found = claims.get("dst")
    except (ValueError, AttributeError, RecursionError):
        return None
    return found if isinstance(found, str) else None
