"""Opening the installation from the settings, for commands that run outside the server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.tenancy.fleet.starting import upgrade_districts
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.key_file import load_ring
from bangban.kernel.vault.keyring import KeyRing
from bangban.settings import Settings, settings
from bangban.web.messengers import open_messenger
from bangban.web.tasks import pace_of

DATABASE = "bangban"


def ring_of(chosen: Settings) -> KeyRing:
    """The master keys; raises StartProblem, which says what to do."""
    return load_ring(line=chosen.master_key, file=chosen.key_file)


@asynccontextmanager
async def open_administration(chosen: Settings) -> AsyncIterator[Endpoint]:
    """The administrative way in: ``BANGBAN_DATABASE_URL``, or the embedded server, started if need be."""
    if chosen.database_url is not None:
        yield Endpoint.from_url(chosen.database_url)
        return
    with EmbeddedPostgres(chosen.var.absolute() / "postgres") as server:
        admin = Endpoint.from_url(server.url)
        await _ensure_database(admin, DATABASE)
        yield admin.on(DATABASE)


async def _ensure_database(admin: Endpoint, name: str) -> None:
    connection = await admin.connect()
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            # From template0, so that the character type is ours and not the server's: DESIGN 3.
            await connection.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            )
    finally:
        await connection.close()


class Opened(NamedTuple):
    """An installation that commands work on."""

    installation: Installation
    tenancy: Tenancy
    messenger: Messenger


async def bring_up(chosen: Settings, installation: Installation) -> None:
    """Migrate the districts that lag, unless the settings leave that to ``bangban fleet migrate``."""
    if chosen.migrate_at_start:
        await upgrade_districts(installation.admin, installation.names, pace=pace_of(chosen))


@asynccontextmanager
async def open_installation(
    chosen: Settings | None = None, *, migrating: bool = True
) -> AsyncIterator[Opened]:
    """The installation, migrated unless told otherwise, and sessions in its districts."""
    wanted = chosen or settings()
    ring = ring_of(wanted)
    async with open_administration(wanted) as admin:
        installation = await Installation.prepare(admin, ring, citus=wanted.citus)
        if migrating:
            await bring_up(wanted, installation)
        tenancy = await Tenancy.open(
            installation.application, names=installation.names, ring=ring, apart=installation.citus
        )
        try:
            async with open_messenger(wanted) as messenger:
                yield Opened(installation, tenancy, messenger)
        finally:
            await tenancy.close()


@asynccontextmanager
async def open_tenancy() -> AsyncIterator[Tenancy]:
    """Sessions in the districts of the installation that the settings name."""
    async with open_installation() as opened:
        yield opened.tenancy
