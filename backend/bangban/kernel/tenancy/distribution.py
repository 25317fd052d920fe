"""Districts on nodes of their own: Citus's schema-based sharding, through Citus's own functions (DESIGN 3).

A district's schema lives whole on one node; the platform's tables, the outbox, advisory locks and notifications
stay on the coordinator. infra/citus says how such an installation is set up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import asyncpg

from bangban.kernel.problems import ErrorCode, Problem
from bangban.kernel.tenancy.names import Names, Wall, quoted

# Roles and tables that a transaction has just made are known to its own connections only: one after the other.
SEQUENTIAL: Final = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"
_DISTRIBUTE: Final = "SELECT citus_schema_distribute($1::text::regnamespace)"
_MOVE: Final = "SELECT citus_schema_move($1::text::regnamespace, $2::text, $3::integer)"
_NODES: Final = (
    "SELECT nodename, nodeport FROM pg_dist_node"
    " WHERE noderole = 'primary' AND isactive AND shouldhaveshards ORDER BY nodename, nodeport"
)
_PLACES: Final = """
    SELECT d.slug, s.nodename, s.nodeport, coalesce(sum(s.shard_size), 0)::bigint AS bytes
    FROM platform.district AS d
    JOIN citus_schemas AS c ON c.schema_name::text = 'd_' || replace(d.slug, '-', '_')
    JOIN citus_shards AS s ON s.colocation_id = c.colocation_id
    GROUP BY d.slug, s.nodename, s.nodeport ORDER BY d.slug
"""
_UNDEFINED: Final = (
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedObjectError,
)
# The most connections to other nodes that a backend keeps for each role it took on: it takes on thousands.
_KEPT_CONNECTIONS: Final = 1
_KEPT_SECONDS: Final = 60


class NotDistributed(Problem):
    """There is no Citus in this database."""

    code = ErrorCode.CONFLICT
    zh = "此数据库未安装 Citus,地区不能分布到其他节点。参见 infra/citus。"
    en = "There is no Citus in this database, so districts cannot stand on other nodes. See infra/citus."


class NodeUnknown(Problem):
    """No such node takes districts."""

    zh = "没有可放置地区的节点 {host}:{port};现有:{known}。"
    en = "No node {host}:{port} takes districts; there are: {known}."


@dataclass(frozen=True, slots=True)
class Node:
    """A node that takes districts."""

    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Node:
        """From ``host:port``. Raises ``NodeUnknown``."""
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise NodeUnknown(host=host or address, port=port if host else "-", known="-")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a district stands, and its size in bytes there."""

    slug: str
    node: Node
    size: int


async def distribute(connection: asyncpg.Connection, slug: str) -> None:
    """Let Citus put a district's schema on a node of its choice, in the caller's transaction.

    Raises ``NotDistributed``.
    """
    try:
        await connection.fetchval(_DISTRIBUTE, Names.schema(slug))
    except _UNDEFINED as error:
        raise NotDistributed from error


async def place(connection: asyncpg.Connection, names: Names, slug: str) -> None:
    """Let Citus put a district that was made before on a node of its choice; its roles may log in from then on.

    All of it or nothing. Raises ``NotDistributed``.
    """
    async with connection.transaction():
        await connection.execute(SEQUENTIAL)
        for wall in Wall:
            await connection.execute(f"ALTER ROLE {quoted(names.role(slug, wall))} LOGIN")
        await distribute(connection, slug)


async def move(connection: asyncpg.Connection, slug: str, node: Node) -> None:
    """Move a district to another node while it is read and written; Citus copies, then switches.

    Outside a transaction of the caller's: a move takes as long as copying does. Raises ``NotDistributed``,
    ``NodeUnknown``.
    """
    known = await nodes(connection)
    if node not in known:
        raise NodeUnknown(host=node.host, port=node.port, known=" ".join(map(str, known)) or "-")
    await connection.fetchval(_MOVE, Names.schema(slug), node.host, node.port)


async def nodes(connection: asyncpg.Connection) -> list[Node]:
    """The nodes that take districts. Raises ``NotDistributed``."""
    try:
        rows = await connection.fetch(_NODES)
    except _UNDEFINED as error:
        raise NotDistributed from error
    return [Node(row["nodename"], row["nodeport"]) for row in rows]


async def places(connection: asyncpg.Connection) -> list[Place]:
    """Where each distributed district stands. Raises ``NotDistributed``."""
    try:
        rows = await connection.fetch(_PLACES)
    except _UNDEFINED as error:
        raise NotDistributed from error
    return [Place(row["slug"], Node(row["nodename"], row["nodeport"]), row["bytes"]) for row in rows]


def application_statements(names: Names) -> list[str]:
    """Bounds on the connections between nodes that the application's backends keep."""
    role = quoted(names.application)
    return [
        f"ALTER ROLE {role} SET citus.max_cached_conns_per_worker = {_KEPT_CONNECTIONS:d}",
        f"ALTER ROLE {role} SET citus.max_cached_connection_lifetime = '{_KEPT_SECONDS:d}s'",
    ]
