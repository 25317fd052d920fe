"""Which pages of other origins may call: those that the district of the request allows."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from bangban.kernel.access.principals import Principal
from bangban.kernel.problems import ErrorCode, Problem
from bangban.kernel.tenancy.registry import District, Registry

_HEADERS: Final = (
    "Authorization, Content-Type, X-District, Idempotency-Key, Accept-Language, X-Request-Id, If-None-Match, "
    "GraphQL-Cost, X-Read-From, X-Apollo-Operation-Name, Apollo-Require-Preflight, GraphQL-Require-Preflight"
)
_EXPOSED: Final = b"X-Request-Id, Retry-After, ETag"


class OriginRefused(Problem):
    """A page of an origin that the district does not allow, or with the token of a portal of another origin."""

    code = ErrorCode.FORBIDDEN
    zh = "该地区或该门户账号不允许来自此网站的请求。"
    en = "This district, or this portal's account, does not allow requests from that origin."


def same_origin(origin: str | None, host: str | None) -> bool:
    """Whether the page is this server's own, or the caller is no browser's page at all."""
    return origin is None or origin.partition("://")[2] == host


def origin_may_call(
    origin: str | None, host: str | None, registry: Registry, district: District | None
) -> bool:
    """Whether a page of ``origin`` may call in ``district``; without one, whether any district allows it."""
    if origin is None or same_origin(origin, host):
        return True
    if district is not None:
        return origin in district.allowed_origins
    return any(origin in each.allowed_origins for each in registry)


def origin_is_the_callers(origin: str | None, principal: Principal) -> bool:
    """Whether a page of ``origin`` may use the caller's token: a portal's is for that portal's pages alone.

    Whatever is no browser sends no origin, or any; against that a portal keeps its secret.
    """
    return origin is None or principal.origins is None or origin in principal.origins


def may_call(
    connection: HTTPConnection,
    registry: Registry,
    district: District | None,
    principal: Principal | None = None,
) -> bool:
    """The same of a connection and, once it is known, its caller."""
    headers = connection.headers
    origin = headers.get("origin")
    if principal is not None and not origin_is_the_callers(origin, principal):
        return False
    return origin_may_call(origin, headers.get("host"), registry, district)


def headers_for(origin: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers that let a page of ``origin``, which may call, read the answer."""
    return (
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", _EXPOSED),
    )


def require_origin(
    origin: str | None, host: str | None, registry: Registry, district: District | None, principal: Principal
) -> None:
    """Raises OriginRefused where a page of ``origin`` may not call here, or not with this caller's token."""
    if not origin_may_call(origin, host, registry, district) or not origin_is_the_callers(origin, principal):
        raise OriginRefused(fields=("Origin",))


def preflight(
    origin: str | None, host: str | None, registry: Registry, *, methods: str = "GET, POST, OPTIONS"
) -> Response:
    """The answer to a browser's question. It names no district yet, so any district's origin will do here."""
    if not origin_may_call(origin, host, registry, None):
        return Response(status_code=403)
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": origin or "",
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        },
    )
