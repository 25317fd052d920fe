"""Connections: where the server is, as whom, and through what.

Behind a transaction-mode pooler both statement caches are off and prepared statements carry no name: a named
one would stay on a server connection that its client never meets again. LISTEN always takes the direct address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from sqlalchemy import URL, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    """A connection whose only state between transactions is its statement cache."""

    def get_reset_query(self) -> str:
        # Every use is one transaction with SET LOCAL only, so there is nothing to reset: a round trip saved.
        return ""

    @property
    def statements(self) -> int:
        """How many prepared statements its cache holds."""
        return len(self._stmt_cache)


@dataclass(frozen=True)
class Endpoint:
    """One way into one database. ``pooled`` says that a transaction-mode pooler stands in between."""

    host: str
    port: int
    user: str
    password: str
    database: str
    pooled: bool = False

    @classmethod
    def from_url(cls, url: str) -> Endpoint:
        """From ``postgresql://user:password@host:port/database``; raises ValueError when it is not one."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        host = parts.hostname or query.get("host")  # a socket's folder can only stand in the query
        if not parts.scheme.startswith("postgres") or not host:
            message = "a database URL looks like postgresql://user:password@host:5432/name"
            raise ValueError(message)
        return cls(
            host=host,
            port=parts.port or int(query.get("port", "5432")),
            user=unquote(parts.username or "postgres"),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")) or "postgres",
        )

    def as_user(self, user: str, password: str) -> Endpoint:
        """The same database for another login."""
        return replace(self, user=user, password=password)

    def through(self, pooler: str) -> Endpoint:
        """The same database through a transaction-mode pooler at ``host:port``."""
        return replace(self.at(pooler), pooled=True)

    def at(self, address: str) -> Endpoint:
        """The same database and login on another server at ``host:port``, such as a standby."""
        host, _, port = address.rpartition(":")
        return replace(self, host=host, port=int(port))

    def on(self, database: str) -> Endpoint:
        """The same login in another database of the server."""
        return replace(self, database=database)

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments of asyncpg's connect and create_pool."""
        arguments: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }
        # Poolers carry these two along with each client; whatever else they are sent, they refuse.
        arguments["server_settings"] = {"application_name": "bangban", "timezone": "UTC"}
        if self.pooled:
            arguments["statement_cache_size"] = 0
        else:
            arguments["server_settings"]["jit"] = "off"  # the application's login has it set for itself
        return arguments

    async def connect(self) -> Connection:
        """A connection of its own, for administration and for LISTEN."""
        connection: Connection = await asyncpg.connect(**self.arguments(), connection_class=Connection)
        return connection

    async def lane(self, *, statements: int, idle_seconds: float, patience: float) -> Connection:
        """A connection for reads, which gives JSON as the bytes that PostgreSQL built.

        It keeps so many prepared ``statements``, whatever their age and length. The server ends it where this
        process has gone, after twice the ``idle_seconds`` after which the process itself would; and it never has
        a transaction open between two statements. ``patience``: seconds for connecting. Raises OSError,
        asyncpg.PostgresError.
        """
        arguments = self.arguments()
        if not self.pooled:
            arguments["server_settings"] |= {
                "default_transaction_read_only": "on",
                # Planning anew for each request took as long as the statement itself. Statements are shaped by
                # the grant and reach their rows by indexes whatever the values (tests/integration/plans).
                "plan_cache_mode": "force_generic_plan",
                "idle_session_timeout": f"{int(idle_seconds * 2000):d}",
                "idle_in_transaction_session_timeout": "10000",
            }
            arguments |= {
                "statement_cache_size": statements,
                "max_cached_statement_lifetime": 0,
                "max_cacheable_statement_size": 0,
            }
        connection: Connection = await asyncpg.connect(
            **arguments, timeout=patience, connection_class=Connection
        )
        # The driver knows this type by itself, so nothing is asked here.
        await connection.set_type_codec(
            "json", schema="pg_catalog", encoder=str.encode, decoder=bytes, format="binary"
        )
        return connection

    def engine(
        self, *, size: int, acquire_timeout: float = 5.0, statement_timeout_ms: int | None = None
    ) -> AsyncEngine:
        """A SQLAlchemy engine for writes, which wait ``acquire_timeout`` seconds at most for a connection.

        Behind a pooler ``statement_timeout_ms`` is not the connection's to carry; each transaction sets it.
        """
        arguments = self.arguments()
        if statement_timeout_ms is not None and not self.pooled:
            arguments["server_settings"]["statement_timeout"] = f"{statement_timeout_ms:d}"
        for key in ("host", "port", "user", "password", "database"):
            arguments.pop(key)
        if self.pooled:
            arguments["prepared_statement_cache_size"] = 0
        url = URL.create(
            "postgresql+asyncpg",
            username=self.user,
            password=self.password,
            host=self.host,
            port=self.port,
            database=self.database,
        )
        if size == 0:
            return create_async_engine(url, connect_args=arguments, poolclass=NullPool)
        engine = create_async_engine(
            url, connect_args=arguments, pool_size=size, max_overflow=0, pool_timeout=acquire_timeout
        )
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
        return engine


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """What the server closed meanwhile is replaced before anybody uses it. Costs no round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def run_script(connection: asyncpg.Connection, statements: Sequence[str]) -> None:
    """Run constant statements as one simple-protocol text in one transaction. No data goes this way."""
    async with connection.transaction():
        await connection.execute(";\n".join(statements))
