"""One connection for reads, and where it stands: in which district, on which side of the wall.

A lane that stands where a read wants to go serves it with that one statement. It stands there only if the
switch came back without an error on this very connection and nothing has gone wrong on it since; in every other
case the whole switch is sent again before anybody's statement is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final
from zlib import crc32

import asyncpg

from bangban.kernel.database.engine import Connection
from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.names import quoted

# A role that was taken from the application, or made anew, is noticed after so many seconds at the latest.
_TRUSTED_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 5.0


class Entrance:
    """Where a read goes, with the constant texts that lead there.

    ``name`` says whose turn is counted: the district's slug, or nothing for the platform. ``seconds``: after that
    a statement must have ended, by the server's limit; where it has not, the connection is lost.
    """

    __slots__ = ("home", "name", "role", "seconds", "stand", "visit")

    def __init__(self, name: str, role: str, *, timeout_ms: int) -> None:
        self.name = name
        self.role = role
        self.home = home_of(name)
        self.seconds = timeout_ms / 1000 + _GRACE_SECONDS if timeout_ms else float("inf")
        # For a session, all of what makes it: nothing depends on what was there before.
        self.stand = (
            f"SET ROLE {quoted(role)}; SET default_transaction_read_only = on;"
            f" SET statement_timeout = {timeout_ms:d}"
        )
        # For one transaction, behind a pooler, whose connections are others' in between.
        self.visit = (
            f"BEGIN READ ONLY; SET LOCAL ROLE {quoted(role)}; SET LOCAL statement_timeout = {timeout_ms:d}"
        )


def home_of(name: str) -> int:
    """A number that is the same for a district everywhere; its remainder is the lane where it is at home."""
    return crc32(name.encode())


@dataclass(frozen=True)
class LaneBounds:
    """Bounds of one process's lanes, in numbers and seconds.

    ``statements``: prepared ones that a lane keeps, in the process and in PostgreSQL. ``districts``: so many, and
    the connection is replaced, since a backend remembers every table that it ever met; as after ``max_age``.
    After ``max_idle`` it is closed. ``patience``: how long a read waits for a lane, a lane for its connection,
    and for its switch.
    """

    lanes: int = 8
    share: int = 4
    queue: int = 256
    patience: float = 5.0
    statements: int = 256
    districts: int = 400
    max_age: float = 1800.0
    max_idle: float = 300.0


class Lane:
    """A place in a process where one read at a time goes through. Opened when the first one comes."""

    __slots__ = (
        "_bounds", "_connect", "at", "connection", "districts", "due", "idle", "name", "number", "opened",
        "opened_at", "since", "switches", "until",
    )  # fmt: skip

    def __init__(self, number: int, bounds: LaneBounds, connect: Callable[[], Awaitable[Connection]]) -> None:
        self.number = number
        self._bounds = bounds
        self._connect = connect
        self.connection: Connection | None = None
        self.at: Entrance | None = None
        self.until = 0.0  # to be believed that long
        self.idle = True
        self.name = ""  # whose read is on it
        self.since = 0.0  # when that began
        self.due = float("inf")  # and when it must have ended
        self.opened_at = 0.0
        self.opened = self.switches = 0
        self.districts: set[str] = set()

    @property
    def open(self) -> bool:
        """Whether there is a connection."""
        return self.connection is not None and not self.connection.is_closed()

    def taken(self, entrance: Entrance) -> None:
        """A read begins."""
        self.since = now = monotonic()
        self.due = now + entrance.seconds
        self.name = entrance.name

    def get(self, entrance: Entrance) -> Connection | None:
        """The connection, if it stands at ``entrance``; else None."""
        connection = self.connection
        if self.at is entrance and self.since < self.until and connection and not connection.is_closed():
            return connection
        return None

    async def enter(self, entrance: Entrance) -> Connection:
        """Go and stand at ``entrance``. Raises Unavailable, or what the database says to the switch."""
        connection = await self.ready(entrance.name)
        await connection.execute(entrance.stand, timeout=self._bounds.patience)
        self.switches += 1
        self.at = entrance
        self.until = self.since + _TRUSTED_SECONDS
        return connection

    async def ready(self, name: str) -> Connection:
        """A connection that stands nowhere and will be used for ``name``. Raises Unavailable."""
        self.at = None
        crowded = len(self.districts) >= self._bounds.districts and name not in self.districts
        connection = None if crowded or self.worn(self.since) else self.connection
        if connection is None:
            self.drop()
            try:
                self.connection = connection = await self._connect()
            except (OSError, asyncpg.PostgresError) as error:  # a timeout is an OSError
                raise Unavailable from error
            self.opened_at = self.since
            self.opened += 1
        self.districts.add(name)
        return connection

    def worn(self, now: float) -> bool:
        """Whether the connection is lost, or so old that it is to be replaced before it goes anywhere else."""
        return not self.open or now - self.opened_at > self._bounds.max_age

    def lost_to(self, error: BaseException) -> bool:
        """Whether ``error`` is how the driver says that somebody ended the connection under its hands."""
        return isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError) and not self.open

    def drop(self) -> None:
        """Give the connection up, whatever it is at."""
        connection, self.connection, self.at = self.connection, None, None
        self.districts.clear()
        if connection is not None and not connection.is_closed():
            connection.terminate()
