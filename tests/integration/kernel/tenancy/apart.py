"""Installations of a test's own, each in a database of its own on the common server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]

GOOD = "LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"


def new_district(slug: str) -> NewDistrict:
    """A small one."""
    return NewDistrict(slug=slug, name="测试区", brand="帮办", division_code=None, levels=[AreaLevel.COUNTY])


class Apart:
    """Makes databases and installations, and removes them with their roles."""

    def __init__(self, server: Endpoint, ring: KeyRing, run: Run) -> None:
        self._server, self._ring, self._run = server, ring, run
        self._made = ExitStack()

    def database(self, locale: str = GOOD) -> Endpoint:
        """An empty database."""
        name = f"apart_{uuid4().hex[:10]}"
        self._run(self._say(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {locale}"))
        self._made.callback(lambda: self._run(self._say(f"DROP DATABASE {name} WITH (FORCE)")))
        return self._server.on(name)

    def make(self, *slugs: str, ring: KeyRing | None = None) -> Installation:
        """An installation with live districts."""
        admin = self.database()
        installation: Installation = self._run(Installation.prepare(admin, ring or self._ring))
        # Undone in reverse: districts and their roles, then the database, then the installation's own roles.
        undo = self._made.pop_all()
        self._made.callback(lambda: self._run(self._drop_roles(installation)))
        self._made.push(undo)
        for slug in slugs:
            self.add(installation, slug)
        return installation

    def add(self, installation: Installation, slug: str) -> None:
        """One more district."""
        self._run(installation.create_district(new_district(slug)))
        self._run(installation.set_status(slug, DistrictStatus.LIVE))

    def close(self) -> None:
        """Remove everything."""
        self._made.close()

    async def _say(self, sql: str) -> None:
        connection = await self._server.connect()
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def _drop_roles(self, installation: Installation) -> None:
        connection = await self._server.connect()
        try:
            roles = await connection.fetch(
                "SELECT rolname FROM pg_roles WHERE rolname LIKE $1", f"bb\\_{installation.names.tag}\\_%"
            )
            for (role,) in roles:
                await connection.execute(f'DROP ROLE "{role}"')
        finally:
            await connection.close()
