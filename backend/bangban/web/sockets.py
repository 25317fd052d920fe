"""The WebSockets of one process by district, so that those of a district that was suspended can be ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.websockets import WebSocket, WebSocketState

from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.problems import ErrorCode
from bangban.kernel.tenancy.registry import Registry
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.web.auth import Caller

FORBIDDEN: Final = 4403  # as a connection to a suspended district is refused; no client tries again by itself
_OPEN: Final = (DistrictStatus.LIVE, DistrictStatus.PROVISIONING)


class Sockets:
    """Connections of callers in a district. Auditors' are not ended with the others."""

    def __init__(self) -> None:
        self._open: dict[str, set[WebSocket]] = {}

    def enter(self, websocket: WebSocket, caller: Caller) -> Callable[[], None]:
        """Know a connection until what is returned is called."""
        if caller.district is None or caller.principal.kind is PrincipalKind.AUDITOR:
            return lambda: None
        slug = caller.district.slug
        self._open.setdefault(slug, set()).add(websocket)

        def leave() -> None:
            known = self._open.get(slug, set())
            known.discard(websocket)
            if not known:
                self._open.pop(slug, None)

        return leave

    async def look(self, registry: Registry, slug: str) -> None:
        """End a district's connections where it is open no longer, with 4403 and the code of the refusal."""
        district = registry.find(slug)
        if district is not None and district.status in _OPEN:
            return
        code = ErrorCode.DISTRICT_SUSPENDED if district is not None else ErrorCode.DISTRICT_UNKNOWN
        sockets = list(self._open.get(slug, ()))
        await asyncio.gather(*(_end(each, code) for each in sockets), return_exceptions=True)

    async def look_at_all(self, registry: Registry) -> None:
        """The same for every district: what changed was told to nobody."""
        for slug in list(self._open):
            await self.look(registry, slug)


async def _end(websocket: WebSocket, code: ErrorCode) -> None:
    if websocket.application_state is WebSocketState.CONNECTED:
        await websocket.close(FORBIDDEN, code.value)
