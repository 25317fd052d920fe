"""Reads: one statement, read only, as the role that the wall asks for.

Straight to PostgreSQL the role is the session's, and a lane that has it already is asked with that one statement,
which is a transaction by itself. Through a transaction-mode pooler a session is everybody's, so each read is a
transaction that begins with its role.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

import asyncpg

from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.lane import Entrance
from bangban.kernel.tenancy.lanes import Lanes
from bangban.kernel.tenancy.momentary import is_momentary
from bangban.kernel.tenancy.names import Names, Wall

# Both sides of the wall of every district of a large platform; each is a few hundred bytes.
_ENTRANCES: Final = 8192

MaybeNone: TypeAlias = Any
"""None where a statement gives no row. Statements that build JSON always give one, and need not be asked."""


class Reader:
    """Runs planned statements. It never sees two in one transaction, and never anything but bind parameters."""

    def __init__(
        self,
        lanes: Lanes,
        names: Names,
        *,
        statement_timeout_ms: int,
        timeouts: Mapping[str, int] | None = None,
    ) -> None:
        """``timeouts``: of districts that have a limit of their own, in milliseconds."""
        self.lanes = lanes
        self._names = names
        self._timeout_ms = statement_timeout_ms
        self._timeouts = {} if timeouts is None else timeouts  # an empty one may be filled later
        self._run = self._visit if lanes.pooled else self._stand
        self._entrance = lru_cache(maxsize=_ENTRANCES)(self._new_entrance)
        self._platform, self._registry = (
            Entrance("", names.platform_role(wall), timeout_ms=statement_timeout_ms)
            for wall in (Wall.READ, Wall.WRITE)
        )

    def _new_entrance(self, slug: str, wall: Wall, timeout_ms: int | None) -> Entrance:
        limit = self._timeout_ms if timeout_ms is None else timeout_ms
        return Entrance(slug, self._names.role(slug, wall), timeout_ms=limit)

    async def district(
        self,
        slug: str,
        wall: Wall,
        sql: str,
        arguments: Sequence[object],
        *,
        timeout_ms: int | None = None,
    ) -> bytes | MaybeNone:
        """The JSON that ``sql`` makes, read as the district's ``_ro`` or ``_audit`` role.

        It is what PostgreSQL built, undecoded; a text is given in UTF-8, and None where there is no row.
        ``timeout_ms``: this statement's own limit instead of the district's. Raises Unavailable.
        """
        # What the district's limit is now is part of what an entrance is known by: quotas change.
        limit = self._timeouts.get(slug) if timeout_ms is None else timeout_ms
        found: bytes | str | None = await self._run(self._entrance(slug, wall, limit), sql, arguments)
        return found.encode() if isinstance(found, str) else found

    async def platform(self, sql: str, arguments: Sequence[object]) -> bytes | MaybeNone:
        """The JSON that ``sql`` makes, read as the platform's ``_ro`` role; otherwise as ``district``."""
        found: bytes | str | None = await self._run(self._platform, sql, arguments)
        return found.encode() if isinstance(found, str) else found

    async def registry(self, sql: str, arguments: Sequence[object]) -> list[asyncpg.Record]:
        """Rows of the platform's tables as its ``_rw`` role, which alone sees them whole; read only as well."""
        rows: list[asyncpg.Record] = await self._run(self._registry, sql, arguments, many=True)
        return rows

    async def _stand(
        self, entrance: Entrance, sql: str, arguments: Sequence[object], *, many: bool = False
    ) -> Any:
        lanes = self.lanes
        lane = lanes.find(entrance) or await lanes.wait(entrance)
        try:
            standing = lane.get(entrance)
            connection = standing or await lane.enter(entrance)
            try:
                found = await _ask(connection, sql, arguments, many=many)
            except asyncpg.InsufficientPrivilegeError:
                if not standing:
                    raise
                # The district may have been made anew under the same names since the lane went there.
                connection = await lane.enter(entrance)
                found = await _ask(connection, sql, arguments, many=many)
        except BaseException as error:
            lanes.give_after_trouble(lane, error)
            if is_momentary(error) or lane.lost_to(error):
                raise Unavailable from error
            raise
        lanes.give(lane)
        return found

    async def _visit(
        self, entrance: Entrance, sql: str, arguments: Sequence[object], *, many: bool = False
    ) -> Any:
        lanes = self.lanes
        lane = lanes.find(entrance) or await lanes.wait(entrance)
        entered = False
        try:
            connection = await lane.ready(entrance.name)
            # This is where the wait for one of the pooler's connections is.
            await connection.execute(entrance.visit, timeout=lanes.patience)
            entered = True
            found = await _ask(connection, sql, arguments, many=many)
            await connection.execute("COMMIT")
        except BaseException as error:
            if entered or isinstance(error, asyncpg.PostgresError):
                lanes.give_after_trouble(lane, error, in_transaction=True)
            else:
                # A pooler does not cancel what still waits in it, so there is nothing to wait for here.
                lanes.give_up(lane)
            if is_momentary(error) or lane.lost_to(error):
                raise Unavailable from error
            raise
        lanes.give(lane)
        return found


def _ask(
    connection: asyncpg.Connection, sql: str, arguments: Sequence[object], *, many: bool
) -> Awaitable[Any]:
    asked: Awaitable[Any] = (
        connection.fetch(sql, *arguments) if many else connection.fetchval(sql, *arguments)
    )
    return asked
