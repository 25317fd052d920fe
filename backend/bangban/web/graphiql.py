"""GraphiQL from this server alone: no address outside it is ever asked."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

_PAGES: Final = Path(__file__).parent / "pages"
_ASSETS: Final = ("static", "graphene_django_graphiql_static")
_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_NAMES: Final = (
    "react.production.min.js",
    "react-dom.production.min.js",
    "graphiql.min.js",
    "graphiql.min.css",
    "graphql-ws.min.js",
)
# Everything from here, nothing from elsewhere; the editor sets styles of its own.
_POLICY: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-ancestors 'none'"
)
# Nothing here is to be taken for anything but what it says it is.
_PLAIN: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


def _asset(name: str) -> bytes:
    folder = files("graphene_django_graphiql_static")
    for part in _ASSETS:
        folder = folder / part
    return (folder / name).read_bytes()


def page() -> HTMLResponse:
    """The editor's page."""
    return HTMLResponse(
        (_PAGES / "graphiql.html").read_text("utf-8"),
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache", **_PLAIN},
    )


def routes() -> list[Route]:
    """The editor's assets."""
    kept = {name: _asset(name) for name in _NAMES}
    kept["start.js"] = (_PAGES / "start.js").read_bytes()

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in kept:
            return Response(status_code=404)
        return Response(
            kept[name],
            media_type=_TYPES[Path(name).suffix],
            headers={"Cache-Control": "public, max-age=3600", **_PLAIN},
        )

    return [Route("/graphiql/{name}", asset)]
