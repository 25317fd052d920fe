"""The embedded PostgreSQL that a benchmark builds and measures on; the same settings for every contestant."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.settings import Settings

SERVING: Final[Mapping[str, str]] = {
    "max_connections": "300",
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",  # everything lies in memory or on a solid-state disk
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # compiling costs more than it saves in statements of a millisecond
    "max_parallel_workers_per_gather": "0",  # a request is served by one core; the others serve other requests
}
"""What is measured on. Durability is PostgreSQL's own: fsync, synchronous_commit and full_page_writes are on."""

LOADING: Final[Mapping[str, str]] = {
    **SERVING,
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}
"""While the data is built: whatever is lost then is built again."""


def settings_of(folder: Path) -> Settings:
    """The settings of an installation kept in ``folder``, whatever the environment says of another one."""
    root = Path(__file__).resolve().parents[2]
    return Settings(var=folder, tenants=root / "tenants", database_url=None, pooler_url=None)


DATABASE: Final = "bangban"
_CREATE: Final = (
    f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
)


@asynccontextmanager
async def running(folder: Path, settings: Mapping[str, str] = SERVING) -> AsyncIterator[Endpoint]:
    """The administrator's way into the server of ``folder``: started here, or found running as it is."""
    with EmbeddedPostgres(folder / "postgres", settings=settings) as server:
        admin = Endpoint.from_url(server.url)
        connection = await admin.connect()
        try:
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(_CREATE)
        finally:
            await connection.close()
        yield admin.on(DATABASE)
    if settings.get("fsync") == "off":
        os.sync()  # so that what was built survives what may come
