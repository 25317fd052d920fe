"""Which pages of other origins may call: those that the district of the request allows."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from bangban.kernel.problems import ErrorCode, Problem
from bangban.kernel.tenancy.registry import District, Registry

_HEADERS: Final = "Authorization, Content-Type, X-District, Idempotency-Key, Accept-Language, X-Request-Id"
_EXPOSED: Final = "X-Request-Id, Retry-After"


class OriginRefused(Problem):
    """A page of an origin that the district does not allow."""

    code = ErrorCode.FORBIDDEN
    zh = "该地区不允许来自此网站的请求。"
    en = "This district does not allow requests from that origin."


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page is this server's own, or the caller is no browser's page at all."""
    origin = connection.headers.get("origin")
    return origin is None or origin.partition("://")[2] == connection.headers.get("host")


def may_call(connection: HTTPConnection, registry: Registry, district: District | None) -> bool:
    """Whether the request's origin may call in ``district``; without one, whether any district allows it."""
    if same_origin(connection):
        return True
    origin = connection.headers["origin"]
    if district is not None:
        return origin in district.allowed_origins
    return any(origin in each.allowed_origins for each in registry)


def check_origin(request: HTTPConnection, registry: Registry, district: District | None) -> None:
    """Refuse a page of an origin that ``district`` does not allow; raises OriginRefused."""
    if not may_call(request, registry, district):
        raise OriginRefused(fields=("Origin",))


def headers_for(request: HTTPConnection, registry: Registry, district: District | None) -> dict[str, str]:
    """The headers that let a page of another origin read the answer, where it may call."""
    if same_origin(request) or not may_call(request, registry, district):
        return {}
    return {
        "Access-Control-Allow-Origin": request.headers["origin"],
        "Access-Control-Expose-Headers": _EXPOSED,
        "Vary": "Origin, Authorization, X-District, Accept-Language",
    }


def preflight(request: HTTPConnection, registry: Registry) -> Response:
    """The answer to a browser's question. It names no district yet, so any district's origin will do here."""
    if not may_call(request, registry, None):
        return Response(status_code=403)
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": request.headers.get("origin", ""),
            "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        },
    )
