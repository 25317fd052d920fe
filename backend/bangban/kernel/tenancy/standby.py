"""Reads that may be a moment old: asked of a hot standby, and of the primary where the standby cannot answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import structlog

from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.reading import MaybeNone, Reader

_log = structlog.get_logger(__name__)


class Relaxed:
    """Reads like ``Reader``, from a standby.

    Whatever goes wrong there is asked of the primary once more: the standby may be away, may have cancelled the
    statement for what it replays, or may not have heard of the district yet. What is wrong with the statement
    itself goes wrong there too.
    """

    def __init__(self, standby: Reader, primary: Reader) -> None:
        self.standby = standby
        self._primary = primary

    async def district(
        self, slug: str, wall: Wall, sql: str, arguments: Sequence[object]
    ) -> bytes | MaybeNone:
        """As ``Reader.district``."""
        return await self._ask(lambda reader: reader.district(slug, wall, sql, arguments))

    async def platform(self, sql: str, arguments: Sequence[object]) -> bytes | MaybeNone:
        """As ``Reader.platform``."""
        return await self._ask(lambda reader: reader.platform(sql, arguments))

    async def _ask(self, ask: Callable[[Reader], Awaitable[Any]]) -> Any:
        try:
            return await ask(self.standby)
        except (Unavailable, asyncpg.PostgresError) as error:
            _log.warning("the standby did not answer", problem=type(error).__name__)
        return await ask(self._primary)
