"""Lanes whose connections only pretend."""

from __future__ import annotations

import asyncio
from typing import Any

from bangban.kernel.tenancy.lane import Entrance, LaneBounds
from bangban.kernel.tenancy.lanes import Lanes
from bangban.kernel.tenancy.names import Names, Wall
from bangban.kernel.tenancy.reading import Reader

NAMES = Names("itest0000")


class Pretended:
    """A connection that remembers what was sent, and fails where it is told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.closed = self.closes = False
        self.fails: list[BaseException | None] = []
        self.statements = 0

    async def execute(self, text: str, timeout: float) -> str:  # noqa: ASYNC109 - as asyncpg's
        return await self.fetchval(text)

    async def fetchval(self, text: str, *_: object) -> str:
        self.sent.append(text)
        if self.fails and (error := self.fails.pop(0)):
            self.closed = self.closes
            raise error
        return text

    def is_closed(self) -> bool:
        return self.closed

    def terminate(self) -> None:
        self.closed = True


class Row:
    """Lanes, the reader on them, and every connection that was opened."""

    def __init__(self, **bounds: Any) -> None:
        self.opened: list[Pretended] = []
        self.lanes = Lanes(self.connect, LaneBounds(**{"lanes": 4, "share": 2, **bounds}))
        self.reader = Reader(self.lanes, NAMES, statement_timeout_ms=1000)

    async def connect(self) -> Any:
        self.opened.append(Pretended())
        return self.opened[-1]

    async def read(self, slug: str, sql: str = "SELECT 1", wall: Wall = Wall.READ) -> bytes:
        return await self.reader.district(slug, wall, sql, ())

    def entrance(self, slug: str) -> Entrance:
        return self.reader._entrance(slug, Wall.READ, None)

    @property
    def switches(self) -> int:
        return self.lanes.counts().switches


def run(doing: Any) -> Any:
    return asyncio.run(doing)
